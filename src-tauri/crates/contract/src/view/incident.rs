//! Incidents and their timelines.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How bad an incident is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the field's own scale, worst first")]
pub enum IncidentSeverity {
    P0,
    P1,
    P2,
    P3,
}

/// Whether an incident still goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum IncidentState {
    /// Nobody has acknowledged it.
    Open,
    /// Somebody works on it.
    Acknowledged,
    /// The tier is back; closed by itself.
    Closed,
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Incident {
    /// Its number, as text.
    pub id: String,
    /// Whether it goes on.
    pub state: IncidentState,
    /// How bad.
    pub severity: IncidentSeverity,
    /// `outage`, `rate_limit`, `degradation`, `model`, `gpu`, `credential`, `all_down`.
    pub kind: String,
    /// One line.
    pub title: String,
    /// Which chain.
    pub chain: String,
    /// Which tier.
    pub tier: String,
    /// Whether the chain is simulated.
    pub simulated: bool,
    /// The four times.
    pub times: IncidentTimes,
    /// Sum of the parts, once restored.
    pub rto_ms: Option<i64>,
    /// Requests that another tier saved.
    pub saved: u64,
    /// Requests that failed.
    pub failed: u64,
    /// How often it came back before it was closed.
    pub relapses: u32,
    /// What failed, in words.
    pub cause: String,
    /// What to do, in words.
    pub advice: String,
}

/// The recorded times of an incident; a later one is absent until it has happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct IncidentTimes {
    /// The first evidence, looking back.
    pub began_ms: i64,
    /// When the program noticed.
    pub detected_ms: i64,
    /// When the severity was set.
    pub assessed_ms: Option<i64>,
    /// First good answer from another tier.
    pub failed_over_ms: Option<i64>,
    /// The tier serves again, hold and ramp passed.
    pub restored_ms: Option<i64>,
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct IncidentPage {
    /// Newest first.
    pub incidents: Vec<Incident>,
    /// How many match in all.
    pub total: u64,
}

/// An incident with everything that belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct IncidentDetail {
    /// The row.
    pub incident: Incident,
    /// Every relevant event, oldest first.
    pub timeline: Vec<TimelineEntry>,
}

/// One line of a timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TimelineEntry {
    /// The journal's number, as text.
    pub id: String,
    /// When.
    pub at_ms: i64,
    /// `evidence`, `state`, `failover`, `answer`, `probe`, `alert`, `operator`, `note`, `milestone`, `gpu`.
    pub kind: String,
    /// What, in words.
    pub text: String,
    /// Who did it, when a person did.
    pub actor: Option<String>,
}
