//! Incidents and their timelines.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ChangeOver;

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
    /// `outage`, `rate_limit`, `degradation`, `model`, `gpu`, `credential`, `quality`, `cost`, `safety`, `all_down`.
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
    /// Whether a person set the severity.
    pub severity_by_hand: bool,
    /// How far the people who work on it have come.
    pub phase: Phase,
    /// The runbook that is followed.
    pub runbook: Option<String>,
    /// The incident that it was merged into.
    pub merged_into: Option<String>,
    /// The tier that took over, where one did.
    pub answered_by: Option<String>,
    /// When somebody first acknowledged it.
    pub acknowledged_ms: Option<i64>,
    /// When it was closed.
    pub closed_ms: Option<i64>,
}

/// How far the people who work on an incident have come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
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

/// A recorded time of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
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
    /// How many match in all; absent in a page that follows another.
    pub total: Option<u64>,
}

/// A page of the change-overs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct HistoryPage {
    /// Newest first.
    pub changes: Vec<ChangeOver>,
    /// How many match in all; absent in a page that follows another.
    pub total: Option<u64>,
}

/// An incident with everything that belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct IncidentDetail {
    /// The row.
    pub incident: Incident,
    /// Every relevant event, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// Corrected times with what was recorded first, oldest first.
    pub corrections: Vec<Correction>,
    /// The steps of runbooks as they were last ticked.
    pub steps: Vec<StepState>,
    /// The post-mortem as Markdown; empty until it is written.
    pub post_mortem: String,
}

/// A corrected time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Correction {
    /// Which time.
    pub milestone: Milestone,
    /// What had been recorded.
    pub was_ms: Option<i64>,
    /// What it was set to.
    pub now_ms: i64,
    /// Why.
    pub reason: String,
    /// When it was corrected.
    pub at_ms: i64,
    /// By whom.
    pub actor: String,
}

/// A step of a runbook, as it was last ticked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct StepState {
    /// The runbook's name.
    pub runbook: String,
    /// The step's number, from 1.
    pub step: u32,
    /// Whether it is done.
    pub done: bool,
    /// When it was ticked.
    pub at_ms: i64,
    /// By whom.
    pub actor: String,
}

/// Incidents that began on one day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct IncidentDay {
    /// The day's start.
    pub from_ms: i64,
    /// How many of severity P0, P1, P2, P3.
    pub counts: [u32; 4],
}

/// One line of a timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TimelineEntry {
    /// The journal's number, as text.
    pub id: String,
    /// When.
    pub at_ms: i64,
    /// `evidence`, `state`, `failover`, `answer`, `probe`, `alert`, `operator`, `note`, `milestone`, `gpu`,
    /// `correction`, `runbook`, `revision`.
    pub kind: String,
    /// What, in words.
    pub text: String,
    /// Who did it, when a person did.
    pub actor: Option<String>,
    /// The earlier wordings of a note, first one first.
    pub earlier: Vec<String>,
}
