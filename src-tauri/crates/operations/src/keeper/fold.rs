//! From a batch of events to everything that one transaction writes.

use std::collections::{BTreeMap, HashMap};

use domain::{
    Event, Stamped,
    event::{Attempt, RequestEnd, RequestResult},
};
use store::{AttemptMinute, Commit, FirstTokenMinute, RequestMinute};

use super::rows;
use crate::incidents::{Change, Incident, IncidentBook, Step};

const MINUTE_MS: i64 = 60_000;

/// Upper bounds of the histogram of times to the first token, milliseconds.
const BUCKETS_MS: [i64; 24] = [
    5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000,
    15_000, 20_000, 30_000, 60_000, 120_000,
];

/// Of routine events, so many are kept as rows for each second; all of them are counted.
const ROUTINE_PER_SECOND: u32 = 50;

/// Thins out routine rows, so that heavy traffic costs figures and not gigabytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Thinning {
    second: i64,
    kept: u32,
}

impl Thinning {
    fn keeps(&mut self, stamped: &Stamped) -> bool {
        let routine = match &stamped.event {
            Event::Attempt(attempt) => attempt.failure.is_none(),
            Event::Request(end) => end.result == RequestResult::Answered && end.attempts <= 1,
            _ => false,
        };
        let second = stamped.at_ms.div_euclid(1_000);
        if second != self.second {
            *self = Self { second, kept: 0 };
        }
        self.kept += u32::from(routine);
        !routine || self.kept <= ROUTINE_PER_SECOND
    }
}

/// Folds new events: rows for the events, their figures, and what they changed in incidents.
pub(crate) fn fold(
    batch: &[Stamped],
    book: &mut IncidentBook,
    thinning: &mut Thinning,
) -> (Commit, Vec<(Step, Incident)>) {
    let changes = last_updates(batch.iter().flat_map(|s| book.apply(s)).collect());
    let mut commit = Commit {
        events: batch.iter().filter(|s| thinning.keeps(s)).map(rows::write_event).collect(),
        ..Commit::default()
    };
    write_changes(batch, &changes, &mut commit);
    Figures::of(batch).write(&mut commit);
    let of_incident = |change| match change {
        Change::Incident(step, incident) => Some((step, *incident)),
        Change::Entry(_) | Change::Act(_) => None,
    };
    (commit, changes.into_iter().filter_map(of_incident).collect())
}

/// Folds events that are in the journal already; their figures were counted when they were committed.
pub(super) fn refold(batch: &[Stamped], book: &mut IncidentBook) -> Commit {
    let changes = last_updates(batch.iter().flat_map(|s| book.apply(s)).collect());
    let mut commit = Commit::default();
    write_changes(batch, &changes, &mut commit);
    commit
}

fn write_changes(batch: &[Stamped], changes: &[Change], commit: &mut Commit) {
    let mut parts = HashMap::new();
    for change in changes {
        match change {
            Change::Incident(_, incident) => commit.incidents.push(rows::write_incident(incident)),
            Change::Entry(entry) => {
                parts.entry(entry.seq).or_insert(entry.incident);
                commit.timeline.push(rows::write_entry(entry));
            }
            Change::Act(act) => commit.deeds.push(rows::write_act(act)),
        }
    }
    for stamped in batch {
        if let Event::ChangedOver(change) = &stamped.event {
            let incident = parts.get(&stamped.seq).copied();
            commit.changeovers.push(rows::write_changeover(stamped, change, incident));
        }
    }
}

/// Of mere updates, keeps the last of each incident.
fn last_updates(changes: Vec<Change>) -> Vec<Change> {
    let mut last = HashMap::new();
    for (at, change) in changes.iter().enumerate() {
        if let Change::Incident(_, incident) = change {
            last.insert(incident.id, at);
        }
    }
    let keep = |(at, change): &(usize, Change)| match change {
        Change::Incident(Step::Updated, incident) => last.get(&incident.id) == Some(at),
        _ => true,
    };
    changes.into_iter().enumerate().filter(keep).map(|(_, change)| change).collect()
}

/// Minute, chain, tier, simulated, and the result's word or the bucket.
type Key<W> = (i64, String, String, bool, W);

/// Figures per minute of one batch.
#[derive(Debug, Default)]
struct Figures {
    attempts: BTreeMap<Key<&'static str>, (i64, u64, u64)>,
    requests: BTreeMap<Key<&'static str>, (i64, i64)>,
    first_tokens: BTreeMap<Key<i64>, i64>,
}

impl Figures {
    fn of(batch: &[Stamped]) -> Self {
        let mut figures = Self::default();
        for stamped in batch {
            let minute = stamped.at_ms.div_euclid(MINUTE_MS);
            match &stamped.event {
                Event::Attempt(attempt) => figures.attempt(minute, attempt),
                Event::Request(end) => figures.request(minute, end),
                _ => {}
            }
        }
        figures
    }

    fn attempt(&mut self, minute: i64, attempt: &Attempt) {
        let place = |word| (minute, attempt.chain.clone(), attempt.tier.clone(), attempt.simulated, word);
        let result = attempt.failure.map_or("ok", domain::FailureClass::word);
        let figures = self.attempts.entry(place(result)).or_default();
        figures.0 += 1;
        figures.1 += attempt.tokens_in.unwrap_or(0);
        figures.2 += attempt.tokens_out.unwrap_or(0);
        if let Some(ms) = attempt.first_token_ms {
            let bucket = BUCKETS_MS.into_iter().find(|b| ms <= *b as f64).unwrap_or(i64::MAX);
            let (minute, chain, tier, simulated, _) = place("");
            *self.first_tokens.entry((minute, chain, tier, simulated, bucket)).or_default() += 1;
        }
    }

    fn request(&mut self, minute: i64, end: &RequestEnd) {
        let result = match end.result {
            RequestResult::Answered => "answered",
            RequestResult::Failed => "failed",
            RequestResult::ClientMistake => "client_mistake",
            RequestResult::ClientGone => "client_gone",
        };
        let tier = end.tier.clone().unwrap_or_default();
        let figures =
            self.requests.entry((minute, end.chain.clone(), tier, end.simulated, result)).or_default();
        figures.0 += 1;
        figures.1 += i64::from(end.first_tier_ok);
    }

    fn write(self, commit: &mut Commit) {
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        for ((minute, chain, tier, simulated, result), (count, tokens_in, tokens_out)) in self.attempts {
            let (tokens_in, tokens_out) = (number(tokens_in), number(tokens_out));
            let result = result.to_owned();
            commit.attempts.push(AttemptMinute {
                minute,
                chain,
                tier,
                simulated,
                result,
                count,
                tokens_in,
                tokens_out,
            });
        }
        for ((minute, chain, tier, simulated, result), (count, first_tier_ok)) in self.requests {
            let result = result.to_owned();
            commit.requests.push(RequestMinute {
                minute,
                chain,
                tier,
                simulated,
                result,
                count,
                first_tier_ok,
            });
        }
        for ((minute, chain, tier, simulated, bucket_ms), count) in self.first_tokens {
            commit.first_tokens.push(FirstTokenMinute { minute, chain, tier, simulated, bucket_ms, count });
        }
    }
}
