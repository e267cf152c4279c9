//! What happened: the journal's one closed type.
//!
//! The serialized form is the journal's format on disk: fields are only ever added, with a default. Every
//! point in time here is wall clock, milliseconds since the Unix epoch.

mod alert;

use serde::{Deserialize, Serialize};

pub use alert::*;

use crate::{
    board::{Admin, Health},
    failure::FailureClass,
    restart::RestartStep,
    triggers::Impact,
    verdict::IncidentKind,
};

/// An event with its place in the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stamped {
    /// Its number in the journal; 0 until it is committed.
    pub seq: i64,
    /// When it was handed in.
    pub at_ms: i64,
    /// What happened.
    pub event: Event,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The program started.
    Started {
        /// Its version.
        version: String,
        /// How long it took until its configuration was in force, milliseconds.
        #[serde(default)]
        in_force_ms: Option<u64>,
    },
    /// A try at one replica ended. May be thinned.
    Attempt(Attempt),
    /// A client's request ended. May be thinned.
    Request(RequestEnd),
    /// A replica's state changed.
    Replica(ReplicaChange),
    /// Traffic moved to another tier.
    ChangedOver(ChangedOver),
    /// The first good answer after a change-over that came before it.
    Answered {
        /// The chain.
        chain: String,
        /// The tier that answered.
        tier: String,
        /// Whether the chain is simulated.
        simulated: bool,
    },
    /// The configuration changed.
    Revision {
        /// The new revision.
        revision: i64,
        /// Who changed it.
        author: String,
        /// Why.
        note: String,
    },
    /// A GPU's findings changed.
    Gpu(GpuChange),
    /// What a tier costs is far above the usual, or no longer.
    Cost(CostChange),
    /// A step of a server's restart.
    Restart(RestartRecord),
    /// The operator gave an order, or one ended by itself.
    Operator(OperatorAct),
    /// The operator acted on an incident.
    IncidentAct(IncidentAct),
    /// An alert was sent, failed or was held back.
    Alert(AlertRecord),
    /// A runbook was rehearsed.
    Rehearsed {
        /// Its name.
        runbook: String,
        /// By whom.
        actor: String,
        /// What was learned.
        note: String,
    },
    /// A simulated server was switched.
    PracticeSwitched {
        /// Which.
        name: String,
        /// Whether it fails now.
        failing: bool,
    },
}

impl Event {
    /// Whether it may be thinned out under load. Everything else must never be lost.
    #[must_use]
    pub const fn may_be_thinned(&self) -> bool {
        matches!(self, Self::Attempt(_) | Self::Request(_))
    }
}

/// A try at one replica.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// The client's request.
    pub request: String,
    /// The chain.
    pub chain: String,
    /// The tier.
    pub tier: String,
    /// The replica's id.
    pub replica: String,
    /// Whether the chain is simulated.
    pub simulated: bool,
    /// When it was begun.
    pub began_ms: i64,
    /// How it failed; absent when the answer was good.
    pub failure: Option<FailureClass>,
    /// The failure in words; empty without one.
    pub message: String,
    /// Time to the first meaningful token, milliseconds.
    pub first_token_ms: Option<f64>,
    /// Time to the end, milliseconds.
    pub total_ms: f64,
    /// Input tokens, when the server counted them.
    pub tokens_in: Option<u64>,
    /// Output tokens, when the server counted them.
    pub tokens_out: Option<u64>,
    /// Whether it went on with an answer that an earlier try had begun.
    #[serde(default)]
    pub resumes: bool,
}

/// How a client's request ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestResult {
    /// A whole answer.
    Answered,
    /// No tier could answer, or the answer was cut.
    #[default]
    Failed,
    /// The client's own mistake.
    ClientMistake,
    /// The client hung up.
    ClientGone,
}

/// A client's request, ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestEnd {
    /// Its id, as in `x-changeover-request-id`.
    pub request: String,
    /// The chain.
    pub chain: String,
    /// The tier that answered last.
    pub tier: Option<String>,
    /// Whether the chain is simulated.
    pub simulated: bool,
    /// How it ended.
    pub result: RequestResult,
    /// Whether the chain's first tier alone would have answered: it was not out of service, and did not fail.
    pub first_tier_ok: bool,
    /// Tries at replicas.
    pub attempts: u32,
    /// Whether the answer was streamed.
    pub stream: bool,
    /// Time to the end, milliseconds.
    pub total_ms: f64,
}

/// A replica's state before or after a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplicaFacts {
    /// What checks and traffic say.
    pub health: Health,
    /// `closed`, `open`, `half_open`.
    pub breaker: String,
    /// The operator's switch.
    pub admin: Admin,
    /// The class of failure that it is left alone for.
    pub cool_down: Option<FailureClass>,
    /// Share of traffic, percent.
    pub share_percent: u8,
}

/// A replica's state changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplicaChange {
    /// The chain.
    pub chain: String,
    /// The tier.
    pub tier: String,
    /// The replica's id.
    pub replica: String,
    /// Whether the chain is simulated.
    pub simulated: bool,
    /// Before.
    pub from: ReplicaFacts,
    /// After.
    pub to: ReplicaFacts,
    /// Why, in words.
    pub why: String,
    /// The class of failure behind it.
    pub class: Option<FailureClass>,
    /// The first evidence of the failure that goes on; absent when none does.
    pub evidence_ms: Option<i64>,
    /// Whether the replica is in full service after it.
    pub in_service: bool,
}

/// Which way traffic moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To a less preferred tier, or to none.
    Over,
    /// To a more preferred tier.
    Back,
}

/// Traffic moved to another tier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangedOver {
    /// The chain.
    pub chain: String,
    /// Whether it is simulated.
    pub simulated: bool,
    /// Which way.
    pub direction: Direction,
    /// The tier that answered before; absent when none did.
    pub from: Option<String>,
    /// The tier that answers now; absent when none does.
    pub to: Option<String>,
    /// A failure class, `operator`, `recovered` or `order`.
    pub trigger: String,
    /// The error, in words.
    pub error: String,
    /// What to do, in words.
    pub advice: String,
    /// The incident it is part of.
    pub incident: Option<IncidentKind>,
    /// The first evidence of the failure, looking back.
    pub evidence_ms: Option<i64>,
    /// How long the client whose request set it off had waited in vain: from its request until the next tier was
    /// asked, or until now where it waits still. Absent when no request set it off.
    pub waited_ms: Option<i64>,
    /// How much worse answers became by it, as the operator estimates it of the trigger or else of the tier that answers
    /// now. Absent where no better tier was left.
    #[serde(default)]
    pub impact: Option<Impact>,
    /// Whether the tier that answers now has answered a request already; else [`Event::Answered`] says when.
    #[serde(default)]
    pub answered: bool,
}

/// A GPU's findings changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GpuChange {
    /// `GPU-...`
    pub uuid: String,
    /// Number and product name.
    pub name: String,
    /// Whether it is out of service now.
    pub fatal: bool,
    /// The findings, in words; empty when it is well again.
    pub findings: Vec<String>,
}

/// What a tier costs is far above the usual, or no longer. US dollars.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CostChange {
    /// The chain.
    pub chain: String,
    /// The tier.
    pub tier: String,
    /// Whether it is far above the usual now.
    pub spiking: bool,
    /// The cost of the last sixty minutes.
    pub hour: f64,
    /// The cost of a usual hour.
    pub usual: f64,
}

/// A step of a server's restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestartRecord {
    /// The chain.
    pub chain: String,
    /// The tier.
    pub tier: String,
    /// The replica's id.
    pub replica: String,
    /// Whether the chain is simulated.
    pub simulated: bool,
    /// Which step.
    pub step: RestartStep,
    /// In words.
    pub words: String,
}

/// An order of the operator's, or the end of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorAct {
    /// The chain; absent where it concerns all.
    pub chain: Option<String>,
    /// The tier; absent where it concerns the whole chain.
    pub tier: Option<String>,
    /// Whether the chain is simulated.
    pub simulated: bool,
    /// Who.
    pub actor: String,
    /// Why; may be empty.
    pub why: String,
    /// What.
    pub order: Order,
}

impl Order {
    /// What was ordered, as the end of a line that names the tier or chain.
    #[must_use]
    pub fn words(&self) -> String {
        let of = |replica: &Option<String>| {
            let url = replica.as_deref().map(|r| r.rsplit_once('@').map_or(r, |(_, url)| url));
            url.map_or_else(String::new, |url| format!(" ({url})"))
        };
        match self {
            Self::Pinned { only: true, until_ms: None } => "pinned, alone, until released".into(),
            Self::Pinned { only: true, .. } => "pinned, alone, for a time".into(),
            Self::Pinned { until_ms: None, .. } => "pinned until released".into(),
            Self::Pinned { .. } => "pinned for a time".into(),
            Self::Unpinned => "pin released".into(),
            Self::PinExpired => "pin expired".into(),
            Self::Drained { replica } => format!("drained{}", of(replica)),
            Self::Disabled { replica } => format!("disabled{}", of(replica)),
            Self::Enabled { replica } => format!("enabled{}", of(replica)),
            Self::FailedOver { to } => format!("failed over to {to}"),
            Self::FailedBack => "failed back".into(),
            Self::MaintenanceSet { id, .. } => format!("maintenance window {id} set"),
            Self::MaintenanceBegan { id, .. } => format!("maintenance window {id} began"),
            Self::MaintenanceEnded { id } => format!("maintenance window {id} ended"),
            Self::Retired { model, .. } => format!("model {model} retired"),
            Self::Unretired { model } => format!("model {model} back in use"),
        }
    }
}

/// What was ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// The tier comes first.
    Pinned {
        /// Whether no other may answer.
        only: bool,
        /// When that ends by itself.
        until_ms: Option<i64>,
    },
    /// The pin was released.
    Unpinned,
    /// The pin ended by itself.
    PinExpired,
    /// No new requests.
    Drained {
        /// The replica's id; absent: the whole tier.
        replica: Option<String>,
    },
    /// Out of service.
    Disabled {
        /// The replica's id; absent: the whole tier.
        replica: Option<String>,
    },
    /// Back in service.
    Enabled {
        /// The replica's id; absent: the whole tier.
        replica: Option<String>,
    },
    /// Traffic left the tier.
    FailedOver {
        /// The tier that is next.
        to: String,
    },
    /// Traffic may return to every tier.
    FailedBack,
    /// A maintenance window was set.
    MaintenanceSet {
        /// Its number.
        id: u64,
        /// Its beginning.
        from_ms: i64,
        /// Its end.
        to_ms: i64,
    },
    /// A maintenance window began.
    MaintenanceBegan {
        /// Its number.
        id: u64,
        /// Its end.
        to_ms: i64,
    },
    /// A maintenance window is over, or was taken back.
    MaintenanceEnded {
        /// Its number.
        id: u64,
    },
    /// A model may not answer anywhere.
    Retired {
        /// Its name.
        model: String,
        /// The tiers that this takes out, `chain/tier`.
        tiers: Vec<String>,
    },
    /// The model may answer again.
    Unretired {
        /// Its name.
        model: String,
    },
}

/// What an operator did with an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentAct {
    /// The incident's number.
    pub incident: i64,
    /// Who.
    pub actor: String,
    /// What.
    pub act: Act,
}

/// An operator's act.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Somebody works on it.
    Acknowledge,
    /// A note for the timeline.
    Note {
        /// The note.
        text: String,
    },
    /// Another wording of a note; the first one stays in the timeline.
    EditNote {
        /// The event of the note.
        note: i64,
        /// The new wording.
        text: String,
    },
    /// Another severity than the rule's.
    SetSeverity {
        /// 0 (worst) to 3.
        severity: u8,
        /// Why.
        reason: String,
    },
    /// How far the people who work on it have come.
    SetPhase {
        /// The phase.
        phase: Phase,
        /// What was done, in words; may be empty.
        text: String,
    },
    /// It is over as far as people are concerned.
    Resolve {
        /// Why.
        reason: String,
    },
    /// It is the same as another incident, which goes on.
    MergeInto {
        /// The other incident's number.
        into: i64,
    },
    /// A recorded time was wrong.
    Correct {
        /// Which.
        milestone: Milestone,
        /// The right time.
        at_ms: i64,
        /// Why.
        reason: String,
    },
    /// The runbook that is followed; none takes it away.
    AttachRunbook {
        /// Its name.
        runbook: Option<String>,
    },
    /// A step of a runbook was ticked or unticked.
    Step {
        /// The runbook's name.
        runbook: String,
        /// The step's number, from 1.
        step: u32,
        /// Whether it is done.
        done: bool,
        /// The step in words.
        text: String,
    },
    /// The post-mortem, as Markdown; every version stays in the journal.
    PostMortem {
        /// The text.
        text: String,
    },
}

/// How far the people who work on an incident have come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The program noticed.
    #[default]
    Detect,
    /// Somebody finds out how bad it is.
    Triage,
    /// Its effect is being lessened.
    Mitigate,
    /// Its cause is being looked for.
    Investigate,
    /// The way back to normal service.
    Recover,
    /// What is to be learned of it.
    PostMortem,
}

impl Phase {
    /// The stable word for rows.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Detect => "detect",
            Self::Triage => "triage",
            Self::Mitigate => "mitigate",
            Self::Investigate => "investigate",
            Self::Recover => "recover",
            Self::PostMortem => "post_mortem",
        }
    }
}

/// A recorded time of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    /// The first evidence.
    Began,
    /// The program noticed.
    Detected,
    /// The severity was set.
    Assessed,
    /// First good answer from another tier.
    FailedOver,
    /// The tier serves again.
    Restored,
}
