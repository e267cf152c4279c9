//! Rows as the crates above hand them in and get them back.

use sqlx::{QueryBuilder, Sqlite};

/// Adds each condition whose number is there, and the chain's where one is asked for.
pub(crate) fn push_bounds(
    query: &mut QueryBuilder<Sqlite>,
    numbers: &[(&str, Option<i64>)],
    chain: Option<&str>,
) {
    for (condition, value) in numbers {
        if let Some(value) = value {
            query.push(condition).push_bind(*value);
        }
    }
    if let Some(chain) = chain {
        query.push(" AND chain = ").push_bind(chain.to_owned());
    }
}

/// An event of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Its number. The writer gives it, ever growing.
    pub seq: i64,
    /// When it happened.
    pub at_ms: i64,
    /// The word for what happened.
    pub kind: String,
    /// The chain that it concerns.
    pub chain: Option<String>,
    /// The tier that it concerns.
    pub tier: Option<String>,
    /// Whether the chain is simulated.
    pub simulated: bool,
    /// Whether it must never be lost; others are pruned by age.
    pub durable: bool,
    /// The whole event as JSON.
    pub body: String,
}

/// Which events are asked for; the default is the oldest 1,000.
#[derive(Clone, Debug)]
pub struct EventFilter {
    /// Not before.
    pub from_ms: Option<i64>,
    /// Before.
    pub to_ms: Option<i64>,
    /// Any of these; all when empty.
    pub kinds: Vec<String>,
    /// Of this chain.
    pub chain: Option<String>,
    /// Real or simulated alone.
    pub simulated: Option<bool>,
    /// Only later ones than this.
    pub after_seq: Option<i64>,
    /// Only earlier ones than this.
    pub before_seq: Option<i64>,
    /// Newest first instead of oldest first.
    pub newest_first: bool,
    /// At most so many, 1 to 10,000.
    pub limit: u32,
}

impl Default for EventFilter {
    fn default() -> Self {
        Self {
            from_ms: None,
            to_ms: None,
            kinds: Vec::new(),
            chain: None,
            simulated: None,
            after_seq: None,
            before_seq: None,
            newest_first: false,
            limit: 1_000,
        }
    }
}

/// A change-over with the incident that its event is part of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeoverRow {
    /// The event.
    pub event: EventRow,
    /// The incident's number.
    pub incident: Option<i64>,
}

/// A revision of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionRow {
    /// Its number, from 1.
    pub revision: i64,
    /// When it was made.
    pub at_ms: i64,
    /// Who made it.
    pub author: String,
    /// Why.
    pub note: String,
    /// The document as YAML; empty in lists.
    pub document: String,
}

/// An incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentRow {
    /// Its number. The fold gives it.
    pub id: i64,
    /// The chain.
    pub chain: String,
    /// The tier.
    pub tier: String,
    /// Whether the chain is simulated.
    pub simulated: bool,
    /// The word for what it is about.
    pub kind: String,
    /// 0 (worst) to 3.
    pub severity: i64,
    /// `open`, `acknowledged` or `closed`.
    pub state: String,
    /// One line.
    pub title: String,
    /// What failed, in words.
    pub cause: String,
    /// What to do, in words.
    pub advice: String,
    /// The first evidence.
    pub began_ms: i64,
    /// When the program noticed.
    pub detected_ms: i64,
    /// When the severity was set.
    pub assessed_ms: Option<i64>,
    /// First good answer from another tier.
    pub failed_over_ms: Option<i64>,
    /// The tier serves again.
    pub restored_ms: Option<i64>,
    /// When it was closed.
    pub closed_ms: Option<i64>,
    /// Requests that another tier answered.
    pub saved: i64,
    /// Requests that failed.
    pub failed: i64,
    /// How often it came back.
    pub relapses: i64,
}

/// Which incidents are asked for.
#[derive(Clone, Debug, Default)]
pub struct IncidentFilter {
    /// Only those that go on (`true`) or are closed (`false`).
    pub going_on: Option<bool>,
    /// Of this chain.
    pub chain: Option<String>,
    /// Real or simulated alone.
    pub simulated: Option<bool>,
    /// Began not before.
    pub from_ms: Option<i64>,
    /// Began before.
    pub to_ms: Option<i64>,
}

/// A line of a timeline, to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineNew {
    /// The incident's number.
    pub incident: i64,
    /// The event that it comes from.
    pub seq: i64,
    /// When.
    pub at_ms: i64,
    /// The word for what it is.
    pub kind: String,
    /// What, in words.
    pub text: String,
    /// Who did it, when a person did.
    pub actor: Option<String>,
}

/// A line of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineRow {
    /// Its number, unique over all timelines.
    pub id: i64,
    /// The event that it comes from.
    pub seq: i64,
    /// When.
    pub at_ms: i64,
    /// The word for what it is.
    pub kind: String,
    /// What, in words.
    pub text: String,
    /// Who did it, when a person did.
    pub actor: Option<String>,
}

/// Attempts of one minute, tier and result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptMinute {
    /// The minute.
    pub minute: i64,
    /// The chain.
    pub chain: String,
    /// The tier.
    pub tier: String,
    /// Whether the chain is simulated.
    pub simulated: bool,
    /// `ok`, or the class of failure.
    pub result: String,
    /// How many.
    pub count: i64,
    /// Input tokens, where the server counted them.
    pub tokens_in: i64,
    /// Output tokens, where the server counted them.
    pub tokens_out: i64,
}

/// Requests of one minute, answering tier and result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestMinute {
    /// The minute.
    pub minute: i64,
    /// The chain.
    pub chain: String,
    /// The tier that answered last; empty when none did.
    pub tier: String,
    /// Whether the chain is simulated.
    pub simulated: bool,
    /// The word for how they ended.
    pub result: String,
    /// How many.
    pub count: i64,
    /// How many of them the first tier alone would have answered.
    pub first_tier_ok: i64,
}

/// Times to the first token of one minute and tier, as one bucket of a histogram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstTokenMinute {
    /// The minute.
    pub minute: i64,
    /// The chain.
    pub chain: String,
    /// The tier.
    pub tier: String,
    /// Whether the chain is simulated.
    pub simulated: bool,
    /// The bucket's upper bound, milliseconds.
    pub bucket_ms: i64,
    /// How many.
    pub count: i64,
}

/// Which figures are asked for.
#[derive(Clone, Debug)]
pub struct RollupFilter {
    /// First minute.
    pub from_minute: i64,
    /// The minute after the last.
    pub to_minute: i64,
    /// Real or simulated: they never mix.
    pub simulated: bool,
    /// Of this chain; of all when absent.
    pub chain: Option<String>,
}

/// Everything that one commit writes, in one transaction: all of it or nothing.
#[derive(Clone, Debug, Default)]
pub struct Commit {
    /// Events with their numbers, each greater than all before.
    pub events: Vec<EventRow>,
    /// Incidents, new or changed.
    pub incidents: Vec<IncidentRow>,
    /// Lines of timelines; their incidents exist or are in the same commit.
    pub timeline: Vec<TimelineNew>,
    /// Added to what the minute already counts.
    pub attempts: Vec<AttemptMinute>,
    /// Added to what the minute already counts.
    pub requests: Vec<RequestMinute>,
    /// Added to what the minute already counts.
    pub first_tokens: Vec<FirstTokenMinute>,
    /// Small states by name.
    pub states: Vec<(String, String)>,
}
