//! The state of routing at this moment.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{CheckCosts, FiguresView, OrderView, PinView, QuotaView, RestartView};
use crate::config::{Provider, QualityImpact};

/// How much of a chain's capability is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The tier that answers is as capable as the chain's best.
    Full,
    /// A lesser tier answers.
    Degraded,
    /// No tier may serve.
    Emergency,
    /// The chain has no enabled tier.
    Off,
}

/// What a replica's checks and traffic say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Health {
    Unknown,
    Healthy,
    Degraded,
    Down,
}

/// The state of a circuit breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// Requests pass.
    Closed,
    /// No request passes until the time given beside it.
    Open,
    /// A bounded number of trial requests passes.
    HalfOpen,
}

/// Everything the frame and the Overview show; sent whole with every change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Overview {
    /// When this was put together.
    pub at_ms: i64,
    /// One sentence: who answers, since when, and why not the first tier.
    pub sentence: String,
    /// The chain that `sentence` speaks of; absent without chains.
    pub chain: Option<String>,
    /// Whether requests are accepted.
    pub endpoint: EndpointState,
    /// What keeps the program from keeping its records, in words; requests are answered all the same.
    pub problems: Vec<String>,
    /// The revision in force.
    pub revision: i64,
    /// Every chain.
    pub chains: Vec<ChainView>,
    /// Incidents not closed.
    pub open_incidents: u32,
    /// The newest change-overs, newest first; at most 10.
    pub recent: Vec<ChangeOver>,
    /// The last 7 days; real traffic and practice apart.
    pub week: Vec<WeekFigures>,
    /// The labels of the simulated servers that were switched to fail.
    pub faults_injected: Vec<String>,
}

/// Availability over the last seven days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct WeekFigures {
    /// Whether these are the practice chain's figures.
    pub simulated: bool,
    /// Requests that counted: not those that failed through the client's own mistake or hang-up.
    pub requests: u64,
    /// Share answered, 0 to 1; absent without requests.
    pub availability: Option<f64>,
    /// Share that the first tier alone would have answered.
    pub first_tier_alone: Option<f64>,
    /// Change-overs away from a better tier.
    pub failovers: u64,
    /// The longest recovery of a closed incident.
    pub worst_rto_ms: Option<i64>,
}

/// Where applications connect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct EndpointState {
    /// Whether the endpoint listens.
    pub listening: bool,
    /// `http://127.0.0.1:4747/v1`.
    pub base_url: String,
    /// Why it does not listen, and what to do.
    pub problem: Option<String>,
    /// Whether clients need a key.
    pub needs_key: bool,
}

/// A chain and what it does now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ChainView {
    /// Its name: the model clients ask for.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Whether its tiers are simulated.
    pub simulated: bool,
    /// How much of it is left.
    pub mode: Mode,
    /// The capability of the tier that answers, as a share of what the chain's best tier can do: 0 to 1.
    pub score: f64,
    /// The name of the tier that answers; absent when none does.
    pub serving: Option<String>,
    /// Since when that tier answers.
    pub since_ms: i64,
    /// Whether another tier would answer if the one that does failed now; read off the router's own plan.
    pub armed: bool,
    /// Why not.
    pub not_armed: Option<String>,
    /// Whether a recovered tier waits for the operator (`failback: manual`).
    pub manual_failback: bool,
    /// The operator's pin.
    pub pin: Option<PinView>,
    /// The tiers in order.
    pub tiers: Vec<TierView>,
    /// The open incident that concerns it, if any.
    pub incident: Option<String>,
}

/// A tier and what it does now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TierView {
    /// Unique within the chain.
    pub name: String,
    /// What kind of server answers.
    pub provider: Provider,
    /// The model's name there.
    pub model: String,
    /// The operator's switch.
    pub enabled: bool,
    /// How much worse its answers are.
    pub quality_impact: QualityImpact,
    /// Whether a request would be sent to it now.
    pub may_serve: bool,
    /// Why not.
    pub why_not: Option<String>,
    /// The operator's order that holds for it.
    pub order: Option<OrderView>,
    /// Whether it recovered and waits for Fail back now.
    pub waits: bool,
    /// Share of traffic it is ramped up to, 0 to 1.
    pub share: f64,
    /// Share of the chain's requests it served in the last minute, 0 to 1; absent without requests.
    pub traffic: Option<f64>,
    /// Its servers.
    pub replicas: Vec<ReplicaView>,
}

/// A server and what is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ReplicaView {
    /// Stable over restarts and edits.
    pub id: String,
    /// Base URL.
    pub url: String,
    /// What checks and traffic say.
    pub health: Health,
    /// Since when.
    pub since_ms: i64,
    /// The breaker.
    pub breaker: BreakerState,
    /// When the next trial is due, while the breaker is open.
    pub trial_at_ms: Option<i64>,
    /// Left alone until then (rate limit, quota, credential).
    pub cool_down_until_ms: Option<i64>,
    /// Why it is left alone.
    pub cool_down_reason: Option<String>,
    /// The last failure, in words, and when.
    pub last_error: Option<String>,
    /// When that was.
    pub last_error_ms: Option<i64>,
    /// Requests being answered.
    pub in_flight: u32,
    /// Requests in the last 15 minutes.
    pub requests: u64,
    /// Failures among them.
    pub failures: u64,
    /// Median time to the first token in the last 15 minutes.
    pub first_token_p50_ms: Option<f64>,
    /// 95th percentile of the same.
    pub first_token_p95_ms: Option<f64>,
    /// The newest active checks, oldest first; at most 90.
    pub checks: Vec<Check>,
    /// GPUs it is known to run on, by UUID.
    pub gpus: Vec<String>,
    /// What its serving engine says of its load; absent where none does, or none was read yet.
    pub load: Option<EngineLoad>,
    /// What was counted and measured in the last 15 minutes.
    pub figures: FiguresView,
    /// What is left of its rate limits; absent where its answers do not say.
    pub quota: Option<QuotaView>,
    /// The last step of its restarts; absent before the first.
    pub restart: Option<RestartView>,
    /// What its active checks came to.
    pub check_costs: CheckCosts,
}

/// What a serving engine said of its load. What it does not say is absent, never zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct EngineLoad {
    /// When it was asked last.
    pub at_ms: i64,
    /// Requests that it works on.
    pub running: Option<u32>,
    /// Requests that wait in its queue.
    pub waiting: Option<u32>,
    /// Requests that it can work on at once.
    pub slots: Option<u32>,
    /// Share of its key-value cache in use, 0 to 1.
    pub cache: Option<f64>,
    /// Tokens generated per second since the reading before.
    pub tokens_per_second: Option<f64>,
    /// Models in its memory.
    pub models: Vec<EngineModel>,
    /// What is wrong; the worst first.
    pub findings: Vec<EngineFinding>,
}

/// A model in a serving engine's memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct EngineModel {
    /// Its name.
    pub name: String,
    /// Its size, bytes.
    pub size: u64,
    /// What of it is in GPU memory, bytes.
    pub in_gpu: u64,
}

/// What is wrong with a serving engine's load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct EngineFinding {
    /// Whether it degrades the replica; else it is only told.
    pub degrades: bool,
    /// What, in words.
    pub what: String,
    /// What to do, in words.
    pub remedy: String,
}

/// One active check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Check {
    /// When it ended.
    pub at_ms: i64,
    /// Whether it succeeded.
    pub ok: bool,
    /// How long it took.
    pub took_ms: f64,
    /// Why it failed, in words.
    pub error: Option<String>,
}

/// One change-over from a tier to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ChangeOver {
    /// The journal's number.
    pub id: String,
    /// When.
    pub at_ms: i64,
    /// In which chain.
    pub chain: String,
    /// Whether the chain is simulated.
    pub simulated: bool,
    /// Away from a better tier, or back to one.
    pub direction: Direction,
    /// The tier that answered before.
    pub from: String,
    /// The tier that answers now.
    pub to: String,
    /// The failure class or the operator's act: `refused`, `rate_limited`, `operator`, `recovered`, ...
    pub trigger: String,
    /// The error, in words.
    pub error: String,
    /// What to do about it, in words.
    pub advice: String,
    /// How much longer the client waited for it; absent when no request was in flight.
    pub waited_ms: Option<i64>,
    /// The incident it belongs to.
    pub incident: Option<String>,
}

/// Away from a better tier, or back to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To a less preferred tier.
    Over,
    /// To a more preferred tier.
    Back,
}

/// Figures over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Series {
    /// The points' times, oldest first.
    pub at_ms: Vec<i64>,
    /// The lines; each has as many values as there are times.
    pub lines: Vec<SeriesLine>,
    /// Change-overs in the range.
    pub marks: Vec<SeriesMark>,
}

/// One line of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SeriesLine {
    /// What it is of: a tier's name, `p50`, a GPU.
    pub name: String,
    /// `/s`, `ms`, `%`, `°C`, `W`, `MiB`.
    pub unit: String,
    /// The values; absent where nothing was measured.
    pub values: Vec<Option<f64>>,
}

/// Something that happened at a moment of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SeriesMark {
    /// When.
    pub at_ms: i64,
    /// What, in a few words.
    pub label: String,
}
