//! Figures per replica over time: counted from the journal per minute, rolled up into hours and days.
//!
//! The minute that goes on is in memory: a kill loses it, and nothing else. What is written is added to what an earlier
//! run wrote for the same minute. A roll-up is computed anew from its parts, so that doing it twice does no harm.

mod sum;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use domain::{Event, FailureClass, event::Attempt, time::wall_ms};
use store::{ReplicaFiguresRow, Store, StoreError};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

pub use self::sum::Sum;
use crate::keeper::Committed;

/// Seconds in a minute, an hour, a day: the steps that are kept.
pub const MINUTE: i64 = 60;
/// An hour's seconds.
pub const HOUR: i64 = 3_600;
/// A day's seconds.
pub const DAY: i64 = 86_400;

const LOOK: Duration = Duration::from_secs(5);
/// Until when hours and days are rolled up, seconds since 1970.
const ROLLED: &str = "figures.rolled";

/// Counts until `stop` is cancelled. `commits` are the keeper's.
pub async fn run(store: Store, mut commits: Receiver<Arc<Committed>>, stop: CancellationToken) {
    let mut minutes = Minutes::default();
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            commit = commits.recv() => match commit {
                Ok(commit) => minutes.add(&commit),
                Err(RecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "figures per replica lack {missed} commits: the disk is slower than the traffic");
                }
                Err(RecvError::Closed) => break,
            },
            _ = ticks.tick() => {
                let now_s = wall_ms().div_euclid(1_000);
                minutes.write(&store, now_s.div_euclid(MINUTE)).await;
                if let Err(error) = roll_up(&store, now_s).await {
                    tracing::error!(%error, "figures could not be rolled up");
                }
            }
        }
    }
    minutes.write(&store, i64::MAX).await;
}

/// Minutes that are not written yet, by minute and replica.
#[derive(Debug, Default)]
struct Minutes(BTreeMap<i64, HashMap<String, Sum>>);

impl Minutes {
    fn add(&mut self, commit: &Committed) {
        for stamped in &commit.events {
            if let Event::Attempt(attempt) = &stamped.event {
                self.attempt(stamped.at_ms.div_euclid(MINUTE * 1_000), attempt);
            }
        }
    }

    fn attempt(&mut self, minute: i64, attempt: &Attempt) {
        if matches!(attempt.failure, Some(FailureClass::ClientMistake | FailureClass::ClientGone)) {
            return;
        }
        let sums = self.0.entry(minute).or_default();
        if !sums.contains_key(&attempt.replica) {
            sums.insert(attempt.replica.clone(), Sum { simulated: attempt.simulated, ..Sum::default() });
        }
        if let Some(sum) = sums.get_mut(&attempt.replica) {
            sum.attempt(attempt);
        }
    }

    /// Writes the minutes that have ended before `now`. What cannot be written is tried again.
    async fn write(&mut self, store: &Store, now: i64) {
        while let Some(entry) = self.0.first_entry().filter(|e| *e.key() < now) {
            let minute = *entry.key();
            if let Err(error) = write_minute(store, minute, entry.get()).await {
                tracing::warn!(%error, "figures of a minute could not be written");
                return;
            }
            entry.remove();
        }
    }
}

async fn write_minute(store: &Store, minute: i64, sums: &HashMap<String, Sum>) -> Result<(), StoreError> {
    let start_s = minute * MINUTE;
    let before = store.replica_figures(MINUTE, start_s, start_s + 1, None).await?;
    let row = |(replica, sum): (&String, &Sum)| {
        let mut all = sum.clone();
        before.iter().filter(|row| row.replica == *replica).for_each(|row| all.add(&Sum::from(row)));
        all.row(MINUTE, start_s, replica)
    };
    store.put_replica_figures(&sums.iter().map(row).collect::<Vec<_>>()).await
}

/// Rolls up the hours and days that have ended before `now_s` and were not rolled up yet.
async fn roll_up(store: &Store, now_s: i64) -> Result<(), StoreError> {
    // A minute is written a little after its end, so that an hour is left alone until its last one is.
    let until = (now_s - 2 * MINUTE).div_euclid(HOUR) * HOUR;
    let kept = store.state(ROLLED).await?.and_then(|text| text.parse::<i64>().ok());
    let oldest = until - store::FiguresKept::default().minutes * DAY;
    let from = kept.unwrap_or(oldest).clamp(oldest, until);
    if from == until {
        return Ok(());
    }
    for hour in (from..until).step_by(HOUR as usize) {
        sum_up(store, MINUTE, HOUR, hour).await?;
    }
    // A day is computed anew with each of its hours, so that the day that goes on is there too.
    for day in (from.div_euclid(DAY)..=(until - 1).div_euclid(DAY)).map(|day| day * DAY) {
        sum_up(store, HOUR, DAY, day).await?;
    }
    store.put_state(ROLLED, &until.to_string()).await
}

async fn sum_up(store: &Store, part: i64, step: i64, start_s: i64) -> Result<(), StoreError> {
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    for row in store.replica_figures(part, start_s, start_s + step, None).await? {
        sums.entry(row.replica.clone()).or_default().add(&Sum::from(&row));
    }
    let rows: Vec<ReplicaFiguresRow> =
        sums.iter().map(|(replica, sum)| sum.row(step, start_s, replica)).collect();
    if rows.is_empty() { Ok(()) } else { store.put_replica_figures(&rows).await }
}

/// Figures of steps that began in `from_s..to_s`, of one replica or of all, oldest first: from minutes up to two days, beyond
/// from hours, with the minutes that are not rolled up yet.
///
/// # Errors
/// When the database cannot be read.
pub async fn between(
    store: &Store,
    replica: Option<&str>,
    from_s: i64,
    to_s: i64,
) -> Result<Vec<ReplicaFiguresRow>, StoreError> {
    if to_s - from_s <= 2 * DAY {
        return store.replica_figures(MINUTE, from_s, to_s, replica).await;
    }
    let rolled = store.state(ROLLED).await?.and_then(|text| text.parse::<i64>().ok()).unwrap_or(from_s);
    let mut rows = store.replica_figures(HOUR, from_s, rolled.min(to_s), replica).await?;
    rows.extend(store.replica_figures(MINUTE, rolled.max(from_s), to_s, replica).await?);
    Ok(rows)
}
