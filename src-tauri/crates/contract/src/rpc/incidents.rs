//! What is asked about incidents, change-overs, runbooks and alerts, and what people do with them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::view::{Direction, IncidentSeverity, IncidentState, Milestone, Phase};

/// A page of the incidents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct IncidentsRequest {
    /// At most this many; up to 500.
    pub limit: u32,
    /// Leave out this many of the newest.
    pub offset: u64,
    /// Only those older than this one, by its id: the next page, at the same price however far it is. Nothing is counted then.
    #[serde(default)]
    #[ts(optional, as = "Option<String>")]
    pub before: Option<String>,
    /// Which ones; all when absent.
    #[serde(default)]
    pub filter: Option<IncidentFilter>,
}

/// Which incidents are asked for. What is absent or empty narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct IncidentFilter {
    /// Of any of these states.
    pub states: Vec<IncidentState>,
    /// Of any of these severities.
    pub severities: Vec<IncidentSeverity>,
    /// Of any of these kinds.
    pub kinds: Vec<String>,
    /// Of this chain.
    pub chain: Option<String>,
    /// Of this tier.
    pub tier: Option<String>,
    /// With this text in title, cause, chain or tier.
    pub text: Option<String>,
    /// Simulated or real alone.
    pub simulated: Option<bool>,
    /// Began not before.
    pub from_ms: Option<i64>,
    /// Began before.
    pub to_ms: Option<i64>,
}

/// Incidents as a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct IncidentsExport {
    /// Which ones; the newest 10,000 of them.
    pub filter: IncidentFilter,
    /// The form.
    pub format: ListFormat,
}

/// The form of an exported list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ListFormat {
    Csv,
    Json,
}

/// Days to count incidents of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct IncidentDays {
    /// How many days up to today; 1 to 400.
    pub days: u32,
    /// What the clock on the wall is ahead of UTC by, minutes.
    pub offset_minutes: i32,
    /// Simulated or real alone.
    pub simulated: Option<bool>,
}

/// The same act upon incidents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct IncidentActs {
    /// Their ids; 1 to 500.
    pub ids: Vec<String>,
    /// What is done.
    pub act: IncidentAct,
}

/// What people do with an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum IncidentAct {
    /// Somebody works on it.
    Acknowledge,
    /// Sets the severity by hand.
    Severity {
        /// Which.
        severity: IncidentSeverity,
        /// Why; 1 to 4000 characters.
        reason: String,
    },
    /// Says how far the people who work on it have come.
    Phase {
        /// Which.
        phase: Phase,
        /// What was done; may be empty, at most 4000 characters.
        text: String,
    },
    /// Ends it before its tier is back.
    Resolve {
        /// Why; 1 to 4000 characters.
        reason: String,
    },
    /// Makes it part of another incident.
    Merge {
        /// The other one's id.
        into: String,
    },
    /// Another wording of a note.
    EditNote {
        /// The note's entry.
        entry: String,
        /// The wording; 1 to 4000 characters.
        text: String,
    },
    /// Corrects a recorded time.
    Correct {
        /// Which.
        milestone: Milestone,
        /// The right time.
        at_ms: i64,
        /// Why; 1 to 4000 characters.
        reason: String,
    },
    /// Attaches a runbook, or takes it away.
    Runbook {
        /// Its name.
        name: Option<String>,
    },
    /// Ticks a step of a runbook, or takes the tick away.
    Step {
        /// The runbook's name.
        runbook: String,
        /// The step's number, from 1.
        step: u32,
        /// Whether it is done.
        done: bool,
    },
    /// Writes the post-mortem.
    PostMortem {
        /// Markdown; at most 100,000 characters.
        text: String,
    },
}

/// A page of the change-overs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct HistoryRequest {
    /// At most this many; up to 500.
    pub limit: u32,
    /// Leave out this many of the newest.
    pub offset: u64,
    /// Only those older than this one, by its id: the next page, at the same price however far it is. Nothing is counted then.
    #[serde(default)]
    #[ts(optional, as = "Option<String>")]
    pub before: Option<String>,
    /// Which ones.
    pub filter: HistoryFilter,
}

/// Which change-overs are asked for. What is absent narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct HistoryFilter {
    /// Of this chain.
    pub chain: Option<String>,
    /// From or to this tier.
    pub tier: Option<String>,
    /// One way alone.
    pub direction: Option<Direction>,
    /// Set off by this.
    pub cause: Option<String>,
    /// With this text in chain, tiers, cause or error.
    pub text: Option<String>,
    /// Simulated or real alone.
    pub simulated: Option<bool>,
    /// Part of this incident.
    pub incident: Option<String>,
    /// Not before.
    pub from_ms: Option<i64>,
    /// Before.
    pub to_ms: Option<i64>,
}

/// Change-overs as a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct HistoryExport {
    /// Which ones; the newest 100,000 of them.
    pub filter: HistoryFilter,
    /// The form.
    pub format: ListFormat,
}

/// A rehearsal to record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RunbookRehearsed {
    /// The runbook's name.
    pub name: String,
    /// What was learned; at most 4000 characters, may be empty.
    pub note: String,
}

/// Which channel is tested.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AlertTest {
    /// Its name in the configuration, or `desktop`.
    pub channel: String,
}

/// A note for an incident's timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct IncidentNote {
    /// The incident's id.
    pub id: String,
    /// The note; 1 to 4000 characters.
    pub text: String,
}
