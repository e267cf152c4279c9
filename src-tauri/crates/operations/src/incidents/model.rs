//! What an incident is. All times are wall clock, milliseconds since the Unix epoch.

use domain::IncidentKind;
use serde::{Deserialize, Serialize};

/// Stands in the place of a tier when no tier answers.
pub const ALL_TIERS: &str = "all tiers";

/// How bad an incident is, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// Nobody answers.
    P0,
    /// The serving tier is lost and at most one other is left.
    P1,
    /// The serving tier is lost and others answer.
    P2,
    /// Slower, limited, or a tier that carried no traffic.
    P3,
}

impl Severity {
    /// 0 to 3.
    #[must_use]
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// The severity of this number; the mildest when it is none.
    #[must_use]
    pub const fn from_number(number: i64) -> Self {
        match number {
            0 => Self::P0,
            1 => Self::P1,
            2 => Self::P2,
            _ => Self::P3,
        }
    }

    /// `P0` to `P3`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::P0 => "P0",
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
        }
    }
}

/// Whether an incident goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody has acknowledged it.
    Open,
    /// Somebody works on it.
    Acknowledged,
    /// It is over.
    Closed,
}

impl State {
    /// The stable word for rows.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Closed => "closed",
        }
    }
}

/// The recorded times; each is at or after the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// The first evidence, looking back.
    pub began_ms: i64,
    /// When the program noticed.
    pub detected_ms: i64,
    /// When the severity was set.
    pub assessed_ms: Option<i64>,
    /// First good answer from another tier; absent when no traffic was on the tier.
    pub failed_over_ms: Option<i64>,
    /// The tier is in full service again.
    pub restored_ms: Option<i64>,
}

impl Times {
    /// The latest that is known.
    #[must_use]
    pub fn latest(&self) -> i64 {
        [self.assessed_ms, self.failed_over_ms, self.restored_ms]
            .into_iter()
            .flatten()
            .fold(self.detected_ms.max(self.began_ms), i64::max)
    }
}

/// An incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Its number, from 1.
    pub id: i64,
    /// The chain.
    pub chain: String,
    /// The tier, or [`ALL_TIERS`].
    pub tier: String,
    /// Whether the chain is simulated.
    pub simulated: bool,
    /// What it is about.
    pub kind: IncidentKind,
    /// How bad.
    pub severity: Severity,
    /// Whether it goes on.
    pub state: State,
    /// One line.
    pub title: String,
    /// What failed, in words.
    pub cause: String,
    /// What to do, in words.
    pub advice: String,
    /// Its times.
    pub times: Times,
    /// When it was closed.
    pub closed_ms: Option<i64>,
    /// Requests that another tier answered.
    pub saved: u64,
    /// Requests that failed.
    pub failed: u64,
    /// How often it came back within five minutes.
    pub relapses: u32,
    /// The tier that took over, where one did.
    pub answered_by: Option<String>,
    /// Whether traffic ever had to leave the tier.
    pub traffic_hit: bool,
    /// Whether traffic is away from the tier at this moment.
    pub away: bool,
    /// Whether its opening was announced (or the attempt given up).
    pub announced: bool,
    /// Whether its latest closing was announced (or the attempt given up).
    pub close_announced: bool,
    /// Lines about states in its timeline, so that a tier that fails for weeks does not fill the disk.
    pub(super) state_lines: u32,
    /// No evidence counts from before this time.
    pub(super) floor_ms: i64,
}

impl Incident {
    /// Whether it is about this chain, real or simulated.
    pub(super) fn is_of(&self, chain: &str, simulated: bool) -> bool {
        self.chain == chain && self.simulated == simulated
    }
}

/// A line of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The incident's number.
    pub incident: i64,
    /// The event that it comes from.
    pub seq: i64,
    /// When, as the clock read.
    pub at_ms: i64,
    /// What it is.
    pub kind: EntryKind,
    /// What, in words.
    pub text: String,
    /// Who did it, when a person did.
    pub actor: Option<String>,
}

/// What a line of a timeline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum EntryKind {
    Evidence,
    State,
    Failover,
    Answer,
    Alert,
    Operator,
    Note,
    Milestone,
    Gpu,
    Restart,
}

impl EntryKind {
    /// The stable word for rows.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Evidence => "evidence",
            Self::State => "state",
            Self::Failover => "failover",
            Self::Answer => "answer",
            Self::Alert => "alert",
            Self::Operator => "operator",
            Self::Note => "note",
            Self::Milestone => "milestone",
            Self::Gpu => "gpu",
            Self::Restart => "restart",
        }
    }
}

/// What an incident went through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is new.
    Opened,
    /// It came back within five minutes.
    Reopened,
    /// Something in it changed.
    Updated,
    /// It is over.
    Closed,
}

/// What an event changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// An incident, as it is now.
    Incident(Step, Box<Incident>),
    /// A new line of a timeline.
    Entry(Entry),
}
