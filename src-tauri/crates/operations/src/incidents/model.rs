//! What an incident is. All times are wall clock, milliseconds since the Unix epoch.

use std::collections::BTreeMap;

use domain::{
    IncidentKind,
    event::{Milestone, Phase},
};
use serde::{Deserialize, Serialize};

use super::told::Told;

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
    /// The severity of this number in an event; the mildest when it is none.
    #[must_use]
    pub const fn of_event(number: u8) -> Self {
        Self::from_number(number as i64)
    }

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
    /// The time of a milestone, when it was reached.
    #[must_use]
    pub const fn of(&self, milestone: Milestone) -> Option<i64> {
        match milestone {
            Milestone::Began => Some(self.began_ms),
            Milestone::Detected => Some(self.detected_ms),
            Milestone::Assessed => self.assessed_ms,
            Milestone::FailedOver => self.failed_over_ms,
            Milestone::Restored => self.restored_ms,
        }
    }

    /// The latest that is known.
    #[must_use]
    pub fn latest(&self) -> i64 {
        [self.assessed_ms, self.failed_over_ms, self.restored_ms]
            .into_iter()
            .flatten()
            .fold(self.detected_ms.max(self.began_ms), i64::max)
    }

    /// The same with one time corrected; none when a time would run backwards.
    #[must_use]
    pub fn corrected(mut self, milestone: Milestone, at_ms: i64) -> Option<Self> {
        match milestone {
            Milestone::Began => self.began_ms = at_ms,
            Milestone::Detected => self.detected_ms = at_ms,
            Milestone::Assessed => self.assessed_ms = Some(at_ms),
            Milestone::FailedOver => self.failed_over_ms = Some(at_ms),
            Milestone::Restored => self.restored_ms = Some(at_ms),
        }
        let later = [self.assessed_ms, self.failed_over_ms, self.restored_ms];
        let known: Vec<_> =
            [self.began_ms, self.detected_ms].into_iter().chain(later.into_iter().flatten()).collect();
        known.is_sorted().then_some(self)
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
    /// What each channel was told of it.
    #[serde(default)]
    pub told: BTreeMap<String, Told>,
    /// Whether a person set the severity, so that no rule changes it.
    #[serde(default)]
    pub severity_by_hand: bool,
    /// How far the people who work on it have come.
    #[serde(default)]
    pub phase: Phase,
    /// The runbook that is followed.
    #[serde(default)]
    pub runbook: Option<String>,
    /// The incident that it was merged into.
    #[serde(default)]
    pub merged_into: Option<i64>,
    /// When somebody first acknowledged it.
    #[serde(default)]
    pub acknowledged_ms: Option<i64>,
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
    /// The event of the note that this is another wording of.
    pub edits: Option<i64>,
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
    Correction,
    Runbook,
    Revision,
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
            Self::Correction => "correction",
            Self::Runbook => "runbook",
            Self::Revision => "revision",
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
    /// An act upon an incident that the fold need not hold in memory.
    Act(Acted),
}

/// What a person did to an incident's row. Where the fold holds the incident, the row follows from that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// The incident's number.
    pub incident: i64,
    /// The event that it comes from.
    pub seq: i64,
    /// When.
    pub at_ms: i64,
    /// Who.
    pub actor: String,
    /// What.
    pub act: Deed,
}

/// A corrected time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Which.
    pub milestone: Milestone,
    /// What was recorded before, where the fold still knows the incident; else its row has it.
    pub was_ms: Option<Option<i64>>,
    /// The right time.
    pub at_ms: i64,
    /// Why.
    pub reason: String,
}

/// What changes in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Its severity.
    Severity(Severity),
    /// Its phase.
    Phase(Phase),
    /// The incident that it was merged into.
    MergedInto(i64),
    /// A time, with the reason.
    Correct(Correction),
    /// The runbook that is followed.
    Runbook(Option<String>),
    /// A step of a runbook: its name, the step's number and whether it is done.
    Step(String, u32, bool),
    /// The post-mortem.
    PostMortem(String),
}
