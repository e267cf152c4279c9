//! Hedging: when a server is later than it usually is, the next one is asked beside it; the first to answer wins, and the
//! other is let go, which stops its work and counts against nobody.
//!
//! At most two servers work for a request at a time, and a budget that good answers fill bounds how many requests are
//! doubled, so that a chain whose every tier is slow does not multiply its load. Nothing of an answer goes out before
//! one has won.

use std::time::Duration;

use domain::{plan::Candidate, verdict, verdict::Next};
use tokio::time::{Instant, sleep};

use crate::{
    attempt::{Bad, Good},
    record::Record,
    tries::Tries,
    turn::Turn,
};

/// No server is late before this, however fast it is usually.
const SHORTEST: Duration = Duration::from_millis(10);

/// How a try ended: not made, good or bad.
type Tried = Option<Result<Good, Bad>>;

/// A candidate and its turn.
pub(crate) type Runner<'a> = (&'a Candidate, Turn);

/// How a race ended.
pub(crate) struct Raced {
    pub(crate) first: Tried,
    /// Absent when the second was not asked.
    pub(crate) second: Option<Tried>,
}

impl Raced {
    /// The first ran alone.
    pub(crate) fn alone(first: Tried) -> Self {
        Self { first, second: None }
    }
}

/// Asks the first, and the second beside it once the first is late. At most one of the two has a good answer.
pub(crate) async fn race(tries: &Tries, first: Runner<'_>, second: Runner<'_>, record: &mut Record) -> Raced {
    let late = late_after(tries, first.0);
    let mut beside = record.beside();
    let mut one = Box::pin(tries.candidate(record, first.0, first.1));
    tokio::select! {
        biased;
        tried = &mut one => return Raced::alone(tried),
        () = sleep(late) => {}
    }
    if tries.fault.is_none() && !tries.shared.budgets.may_hedge(&tries.chain.name, Instant::now()) {
        return Raced::alone(one.await);
    }
    let mut two = Box::pin(tries.candidate(&mut beside, second.0, second.1));
    let raced = tokio::select! {
        biased;
        tried = &mut one => match tried {
            Some(Err(bad)) if verdict(bad.failure.class).next == Next::NextTier => {
                Raced { first: Some(Err(bad)), second: Some(two.as_mut().await) }
            }
            None => Raced { first: None, second: Some(two.as_mut().await) },
            settled => Raced { first: settled, second: None },
        },
        tried = &mut two => match tried {
            Some(Ok(good)) => Raced { first: None, second: Some(Some(Ok(good))) },
            other => Raced { first: one.as_mut().await, second: Some(other) },
        },
    };
    drop((one, two));
    if matches!(&raced.second, Some(Some(Ok(_)))) {
        record.superseded();
    } else {
        beside.superseded();
    }
    record.join(beside);
    raced
}

/// When an answer of this candidate is late: by its own figures, else as the chain says. A whole answer has no first
/// token to see, and takes as long as it is long.
fn late_after(tries: &Tries, candidate: &Candidate) -> Duration {
    let usual = tries.chain.hedge.unwrap_or(Duration::MAX);
    let Some(tier) = tries.chain.tiers.get(candidate.tier) else { return usual };
    let late = tier
        .replicas
        .get(candidate.replica)
        .and_then(|replica| tries.shared.deps.board.read(&replica.id, |state| state.late));
    let (own, usual) = if tries.asked.peek.stream {
        (late.and_then(|late| late.first_token), usual)
    } else {
        (late.and_then(|late| late.whole), usual.max(tier.timeouts.first_token))
    };
    own.unwrap_or(usual).max(SHORTEST)
}
