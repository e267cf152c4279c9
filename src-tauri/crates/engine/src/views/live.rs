//! The live state of every chain, put together from the board.

use contract::view::{
    BreakerState, ChainView, Check, EngineFinding, EngineLoad, EngineModel, Health, Mode, ReplicaView,
    RestartView, TierView,
};
use domain::{
    Board, Chain, Orders, Replica, ReplicaState, Snapshot, Tier, board,
    plan::{Ask, WhyNot, judge_replica, plan},
    serving::ServingPort,
    time::wall_ms,
};
use tokio::time::Instant;

use super::figures::{check_costs, quota, window};
use crate::{config, series::Figures};

/// What the live state is made from.
pub(crate) struct LiveParts<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) document: &'a contract::config::Document,
    pub(crate) board: &'a Board,
    pub(crate) serving: &'a ServingPort,
    pub(crate) orders: &'a Orders,
    pub(crate) figures: &'a Figures,
    /// Open incidents: chain, and id.
    pub(crate) incidents: &'a [(String, String)],
    /// The UUIDs of the GPUs that a replica runs on.
    pub(crate) gpus_of: &'a dyn Fn(&str) -> Vec<String>,
}

/// Every chain as it is now.
pub(crate) fn live(parts: &LiveParts<'_>) -> Vec<ChainView> {
    let moment = Moment { now: Instant::now(), wall: wall_ms() };
    let documents = parts.document.chains.iter();
    parts
        .snapshot
        .chains
        .iter()
        .zip(documents)
        .map(|(chain, doc)| chain_view(parts, &moment, chain, doc))
        .collect()
}

/// One reading of both clocks, so that monotonic deadlines can be shown as wall-clock times.
struct Moment {
    now: Instant,
    wall: i64,
}

impl Moment {
    fn wall_of(&self, at: Instant) -> i64 {
        let ms = |d: std::time::Duration| i64::try_from(d.as_millis()).unwrap_or(i64::MAX);
        if at >= self.now {
            self.wall.saturating_add(ms(at - self.now))
        } else {
            self.wall.saturating_sub(ms(self.now - at))
        }
    }
}

fn chain_view(
    parts: &LiveParts<'_>,
    moment: &Moment,
    chain: &Chain,
    document: &contract::config::Chain,
) -> ChainView {
    let traffic = parts.figures.traffic(&chain.name, moment.wall);
    let serving = parts.serving.of(&chain.name);
    let tiers: Vec<TierView> = chain
        .tiers
        .iter()
        .zip(&document.tiers)
        .map(|(tier, doc)| {
            let share = (!traffic.is_empty()).then(|| traffic.get(&tier.name).copied().unwrap_or(0.0));
            tier_view(parts, moment, chain, tier, doc, share)
        })
        .collect();
    let tier = serving.as_ref().and_then(|s| s.tier.clone());
    let position = tier.as_deref().and_then(|tier| chain.position(tier));
    let not_armed = not_armed(parts, moment, chain, tier.as_deref());
    ChainView {
        name: chain.name.clone(),
        aliases: chain.aliases.clone(),
        simulated: chain.simulated,
        mode: mode(chain, position),
        score: domain::mode::score(chain, position),
        serving: tier,
        since_ms: serving.map_or(moment.wall, |s| s.since_ms),
        armed: not_armed.is_none(),
        not_armed,
        manual_failback: !chain.failback.auto,
        pin: super::pin_of(parts.orders, &chain.name, moment.wall),
        tiers,
        incident: parts.incidents.iter().find(|(of, _)| *of == chain.name).map(|(_, id)| id.clone()),
    }
}

fn mode(chain: &Chain, serving: Option<usize>) -> Mode {
    match domain::mode::mode(chain, serving) {
        domain::mode::Mode::Full => Mode::Full,
        domain::mode::Mode::Degraded => Mode::Degraded,
        domain::mode::Mode::Emergency => Mode::Emergency,
        domain::mode::Mode::Off => Mode::Off,
    }
}

fn tier_view(
    parts: &LiveParts<'_>,
    moment: &Moment,
    chain: &Chain,
    tier: &Tier,
    document: &contract::config::Tier,
    traffic: Option<f64>,
) -> TierView {
    let states: Vec<Option<ReplicaState>> =
        tier.replicas.iter().map(|r| parts.board.port(&r.id).map(|p| p.state())).collect();
    let why_not = why_not(moment, tier, &states);
    let best_share = states.iter().flatten().map(|s| s.share).fold(0.0, f64::max);
    let written = config::written_urls(document);
    let replicas = tier.replicas.iter().zip(&states).zip(written);
    TierView {
        name: tier.name.clone(),
        provider: document.provider,
        model: tier.model.clone(),
        enabled: tier.enabled,
        quality_impact: document.quality_impact,
        may_serve: why_not.as_ref().is_none_or(WhyNot::still_serves),
        why_not: why_not.map(|w| w.to_string()),
        order: super::order_of(parts.orders, chain, tier, moment.wall),
        waits: why_not_waits(&states),
        share: best_share,
        traffic,
        replicas: replicas
            .map(|((r, state), url)| ReplicaView {
                check_costs: check_costs(
                    state.as_ref().map(|s| s.stats.checks).unwrap_or_default(),
                    tier.provider.paid(),
                ),
                ..replica_view(parts, moment, r, url, state.clone().unwrap_or_default())
            })
            .collect(),
    }
}

/// Whether a tier recovered and waits for the operator: a replica of it does, and none serves.
fn why_not_waits(states: &[Option<ReplicaState>]) -> bool {
    let mut known = states.iter().flatten();
    known.clone().any(|s| s.waits) && !known.any(|s| !s.waits && s.share > 0.0)
}

/// Why nobody would answer if the tier that does failed now, by the router's own plan.
fn not_armed(parts: &LiveParts<'_>, moment: &Moment, chain: &Chain, serving: Option<&str>) -> Option<String> {
    let prefer = parts.orders.preference(chain, moment.wall);
    if let Some(pinned) = prefer.pinned.filter(|_| prefer.only).and_then(|at| chain.tiers.get(at)) {
        return Some(format!("pinned to {} alone", pinned.name));
    }
    let ask = Ask { now: moment.now, dice: 0.0, seed: 0 };
    let planned = plan(chain, &prefer, &ask, |id| parts.board.load(id));
    let able = planned.order.iter().filter(|c| !c.last_resort).filter_map(|c| chain.tiers.get(c.tier));
    let serving = serving.or_else(|| able.clone().next().map(|t| t.name.as_str()));
    if able.clone().any(|t| Some(t.name.as_str()) != serving) {
        return None;
    }
    let out = planned.steps.iter().filter_map(|step| {
        let tier = chain.tiers.get(step.tier).filter(|t| Some(t.name.as_str()) != serving)?;
        Some(format!("{} is {}", tier.name, step.why_not.as_ref()?))
    });
    let out: Vec<String> = out.collect();
    Some(if out.is_empty() { "there is no other tier".into() } else { out.join("; ") })
}

/// Why no replica of a tier may serve, or why requests leave it; a share below one is no such reason.
fn why_not(moment: &Moment, tier: &Tier, states: &[Option<ReplicaState>]) -> Option<WhyNot> {
    if !tier.enabled {
        return Some(WhyNot::Disabled);
    }
    let ask = Ask { now: moment.now, dice: 0.0, seed: 0 };
    let mut first = None;
    for state in states {
        let reason = state.as_ref().map_or(Some(WhyNot::NotReady), |s| judge_replica(s, &ask));
        match reason {
            None => return None,
            Some(reason @ WhyNot::Triggered { .. }) => first = Some(reason),
            Some(reason) if reason.still_serves() => return None,
            Some(reason) => {
                first.get_or_insert(reason);
            }
        }
    }
    first
}

fn replica_view(
    parts: &LiveParts<'_>,
    moment: &Moment,
    replica: &Replica,
    url: String,
    state: ReplicaState,
) -> ReplicaView {
    let (breaker, trial_at_ms) = match state.breaker {
        board::BreakerState::Closed => (BreakerState::Closed, None),
        board::BreakerState::Open { until } => (BreakerState::Open, Some(moment.wall_of(until))),
        board::BreakerState::HalfOpen => (BreakerState::HalfOpen, None),
    };
    let cool = state.cool_down.filter(|c| c.until > moment.now);
    let (last_error, last_error_ms) = state.last_failure.map(|(f, at)| (f.message, at)).unzip();
    let id = replica.id.as_str().to_owned();
    let ms = |d: std::time::Duration| d.as_secs_f64() * 1000.0;
    ReplicaView {
        gpus: (parts.gpus_of)(&id),
        id,
        url,
        health: health(state.health),
        since_ms: state.since_ms,
        breaker,
        trial_at_ms,
        cool_down_until_ms: cool.as_ref().map(|c| moment.wall_of(c.until)),
        cool_down_reason: cool.map(|c| c.class.word().to_owned()),
        last_error,
        last_error_ms,
        in_flight: parts.board.port(&replica.id).map_or(0, |p| p.in_flight()),
        requests: state.requests.0,
        failures: state.requests.1,
        first_token_p50_ms: state.first_token.map(|(p50, _)| ms(p50)),
        first_token_p95_ms: state.first_token.map(|(_, p95)| ms(p95)),
        checks: state
            .checks
            .iter()
            .map(|c| Check {
                at_ms: c.at_ms,
                ok: c.error.is_none(),
                took_ms: ms(c.took),
                error: c.error.clone(),
            })
            .collect(),
        load: state.load.as_deref().map(engine_load),
        figures: window(&state.stats),
        quota: state.stats.quota.map(quota),
        restart: state.restart.map(|note| RestartView {
            at_ms: note.at_ms,
            failed: matches!(
                note.step,
                domain::restart::RestartStep::Failed | domain::restart::RestartStep::GaveUp
            ),
            words: note.words,
        }),
        check_costs: check_costs(state.stats.checks, false),
    }
}

fn engine_load(load: &domain::Load) -> EngineLoad {
    let model =
        |m: &domain::LoadedModel| EngineModel { name: m.name.clone(), size: m.size, in_gpu: m.in_gpu };
    let finding = |f: &domain::LoadFinding| EngineFinding {
        degrades: f.kind.degrades(),
        what: f.what.clone(),
        remedy: f.remedy.clone(),
    };
    EngineLoad {
        at_ms: load.at_ms,
        running: load.running,
        waiting: load.waiting,
        slots: load.slots,
        cache: load.cache,
        tokens_per_second: load.tokens_per_second,
        models: load.models.iter().map(model).collect(),
        findings: load.findings.iter().map(finding).collect(),
    }
}

pub(crate) fn health(health: board::Health) -> Health {
    match health {
        board::Health::Unknown => Health::Unknown,
        board::Health::Healthy => Health::Healthy,
        board::Health::Degraded => Health::Degraded,
        board::Health::Down => Health::Down,
    }
}
