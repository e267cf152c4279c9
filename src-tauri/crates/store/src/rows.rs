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

/// Adds that one of `columns` holds `text`, in any case of ASCII letters.
pub(crate) fn push_search(query: &mut QueryBuilder<Sqlite>, columns: &[&str], text: Option<&str>) {
    let Some(text) = text.filter(|t| !t.is_empty()) else { return };
    let plain = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    query.push(" AND (FALSE");
    for column in columns {
        query.push(format_args!(" OR {column} LIKE ")).push_bind(format!("%{plain}%")).push(" ESCAPE '\\'");
    }
    query.push(")");
}

/// Adds that `column` is one of `values`, unless there are none.
pub(crate) fn push_any<T>(query: &mut QueryBuilder<Sqlite>, column: &str, values: &[T])
where
    T: Clone + Send + sqlx::Type<Sqlite> + for<'q> sqlx::Encode<'q, Sqlite> + 'static,
{
    if values.is_empty() {
        return;
    }
    query.push(format_args!(" AND {column} IN ("));
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value.clone());
    }
    query.push(")");
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

/// A change-over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeoverRow {
    /// The event.
    pub seq: i64,
    /// When.
    pub at_ms: i64,
    /// The chain.
    pub chain: String,
    /// Whether the chain is simulated.
    pub simulated: bool,
    /// `over` or `back`.
    pub direction: String,
    /// The tier that answered before; empty for none.
    pub from_tier: String,
    /// The tier that answers since; empty for none.
    pub to_tier: String,
    /// What set it off.
    pub cause: String,
    /// The error, in words.
    pub error: String,
    /// What to do, in words.
    pub advice: String,
    /// How long the client waited, milliseconds.
    pub waited_ms: Option<i64>,
    /// The incident that it is part of.
    pub incident: Option<i64>,
}

/// Which change-overs are asked for.
#[derive(Clone, Debug, Default)]
pub struct ChangeoverFilter {
    /// Not before.
    pub from_ms: Option<i64>,
    /// Before.
    pub to_ms: Option<i64>,
    /// Of this chain.
    pub chain: Option<String>,
    /// From or to this tier.
    pub tier: Option<String>,
    /// `over` or `back` alone.
    pub direction: Option<String>,
    /// Set off by this.
    pub cause: Option<String>,
    /// Real or simulated alone.
    pub simulated: Option<bool>,
    /// Part of this incident.
    pub incident: Option<i64>,
    /// With this text in chain, tiers, cause or error, in any case.
    pub text: Option<String>,
    /// Only earlier ones than this event.
    pub before_seq: Option<i64>,
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// Whether a person set the severity.
    pub severity_by_hand: bool,
    /// The word for how far the people who work on it have come; empty is `detect`.
    pub phase: String,
    /// The runbook that is followed.
    pub runbook: Option<String>,
    /// The incident that it was merged into.
    pub merged_into: Option<i64>,
    /// When somebody first acknowledged it.
    pub acknowledged_ms: Option<i64>,
    /// The tier that took over, where one did.
    pub answered_by: Option<String>,
    /// The post-mortem. Read alone: [`DeedRow`] writes it.
    pub post_mortem: Option<String>,
}

/// Which incidents are asked for.
#[derive(Clone, Debug, Default)]
pub struct IncidentFilter {
    /// Only with a lower number.
    pub before_id: Option<i64>,
    /// Only those that go on (`true`) or are closed (`false`).
    pub going_on: Option<bool>,
    /// Of any of these states; all when empty.
    pub states: Vec<String>,
    /// Of any of these severities, 0 to 3; all when empty.
    pub severities: Vec<i64>,
    /// Of any of these kinds; all when empty.
    pub kinds: Vec<String>,
    /// Of this chain.
    pub chain: Option<String>,
    /// Of this tier.
    pub tier: Option<String>,
    /// With this text in title, cause, chain or tier, in any case.
    pub text: Option<String>,
    /// Real or simulated alone.
    pub simulated: Option<bool>,
    /// Began not before.
    pub from_ms: Option<i64>,
    /// Began before.
    pub to_ms: Option<i64>,
}

/// What a person did to an incident that ended long ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeedRow {
    /// The incident's number.
    pub incident: i64,
    /// The event that it comes from.
    pub seq: i64,
    /// When.
    pub at_ms: i64,
    /// Who.
    pub actor: String,
    /// What.
    pub deed: RowDeed,
}

/// What changes in an incident's row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum RowDeed {
    Severity(i64),
    Phase(String),
    MergedInto(i64),
    Runbook(Option<String>),
    PostMortem(String),
    Step {
        runbook: String,
        step: i64,
        done: bool,
    },
    /// `was_ms` is known where the row holds the new time already.
    Correct {
        milestone: String,
        was_ms: Option<Option<i64>>,
        now_ms: i64,
        reason: String,
    },
}

/// A corrected time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectionRow {
    /// When it was corrected.
    pub at_ms: i64,
    /// By whom.
    pub actor: String,
    /// The word for the time.
    pub milestone: String,
    /// What had been recorded.
    pub was_ms: Option<i64>,
    /// What it was set to.
    pub now_ms: i64,
    /// Why.
    pub reason: String,
}

/// A step of a runbook, as it was last ticked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    /// The runbook's name.
    pub runbook: String,
    /// The step's number, from 1.
    pub step: i64,
    /// Whether it is done.
    pub done: bool,
    /// When it was ticked.
    pub at_ms: i64,
    /// By whom.
    pub actor: String,
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
    /// The event of the note that this is another wording of.
    pub edits: Option<i64>,
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
    /// The event of the note that this is another wording of.
    pub edits: Option<i64>,
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

/// Means and worst of the recoveries of a period, milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecoveryTotals {
    /// Incidents that began in it.
    pub incidents: i64,
    /// Those of them that were restored.
    pub restored: i64,
    /// Mean from the first evidence to detection, over restored incidents.
    pub detect_ms: Option<i64>,
    /// Mean from detection to assessment, over the same.
    pub assess_ms: Option<i64>,
    /// Mean from the first evidence to restoration, over the same.
    pub restore_ms: Option<i64>,
    /// The longest time without a good answer.
    pub worst_service_ms: Option<i64>,
    /// The longest recovery.
    pub worst_rto_ms: Option<i64>,
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
    /// What people did to incidents, applied after `incidents`.
    pub deeds: Vec<DeedRow>,
    /// Change-overs.
    pub changeovers: Vec<ChangeoverRow>,
    /// Added to what the minute already counts.
    pub attempts: Vec<AttemptMinute>,
    /// Added to what the minute already counts.
    pub requests: Vec<RequestMinute>,
    /// Added to what the minute already counts.
    pub first_tokens: Vec<FirstTokenMinute>,
    /// Small states by name.
    pub states: Vec<(String, String)>,
}
