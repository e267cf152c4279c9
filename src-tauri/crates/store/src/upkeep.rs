//! What keeps the database small and recoverable: pruning by age in small steps, and a backup a day.

use std::path::PathBuf;

use time::{Duration, OffsetDateTime};

use crate::{Store, backup, error::StoreError};

const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;
/// Rows per deletion, so that the writer is never held for long.
const STEP: i64 = 5_000;

/// How long things are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Events that may be thinned, days.
    pub thin_days: i64,
    /// Figures per minute and hour, days.
    pub rollup_days: i64,
}

impl Default for Retention {
    fn default() -> Self {
        Self { thin_days: 7, rollup_days: 400 }
    }
}

/// What one step of pruning removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Rows removed.
    pub rows: u64,
    /// Whether there may be more to remove.
    pub more: bool,
}

impl Store {
    /// Removes a bounded number of rows that are older than `retention` allows. Durable events, incidents, timelines
    /// and revisions are kept for good.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn prune(&self, now_ms: i64, retention: Retention) -> Result<Pruned, StoreError> {
        let thin = now_ms - retention.thin_days * DAY_MS;
        let minute = (now_ms - retention.rollup_days * DAY_MS) / MINUTE_MS;
        let events = sqlx::query!(
            "DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE durable = 0 AND at_ms < ? LIMIT ?)",
            thin,
            STEP
        );
        let attempts = sqlx::query!(
            "DELETE FROM attempt_minutes WHERE minute < ?1
             AND minute <= (SELECT MIN(minute) + 1440 FROM attempt_minutes)",
            minute
        );
        let requests = sqlx::query!(
            "DELETE FROM request_minutes WHERE minute < ?1
             AND minute <= (SELECT MIN(minute) + 1440 FROM request_minutes)",
            minute
        );
        let first_tokens = sqlx::query!(
            "DELETE FROM first_token_minutes WHERE minute < ?1
             AND minute <= (SELECT MIN(minute) + 1440 FROM first_token_minutes)",
            minute
        );
        let hour = minute / 60;
        let attempt_hours = sqlx::query!(
            "DELETE FROM attempt_hours WHERE hour < ?1 AND hour <= (SELECT MIN(hour) + 720 FROM attempt_hours)",
            hour
        );
        let request_hours = sqlx::query!(
            "DELETE FROM request_hours WHERE hour < ?1 AND hour <= (SELECT MIN(hour) + 720 FROM request_hours)",
            hour
        );
        let events = events.execute(&self.writer).await?.rows_affected();
        let mut rollups = attempts.execute(&self.writer).await?.rows_affected();
        rollups += requests.execute(&self.writer).await?.rows_affected();
        rollups += first_tokens.execute(&self.writer).await?.rows_affected();
        rollups += attempt_hours.execute(&self.writer).await?.rows_affected();
        rollups += request_hours.execute(&self.writer).await?.rows_affected();
        Ok(Pruned { rows: events + rollups, more: events >= STEP.unsigned_abs() || rollups > 0 })
    }

    /// Writes a backup unless the newest is less than a day old. Returns the new one.
    ///
    /// # Errors
    /// When it cannot be written; an incomplete one is never counted as a backup.
    pub async fn back_up_daily(&self, now: OffsetDateTime) -> Result<Option<PathBuf>, StoreError> {
        let age = backup::newest(&self.folder)
            .and_then(|path| path.metadata().and_then(|m| m.modified()).ok())
            .map(|at| now - OffsetDateTime::from(at));
        if age.is_some_and(|age| age < Duration::DAY) {
            return Ok(None);
        }
        self.back_up(now).await.map(Some)
    }

    /// Writes a backup now.
    ///
    /// # Errors
    /// When it cannot be written; an incomplete one is never counted as a backup.
    pub async fn back_up(&self, now: OffsetDateTime) -> Result<PathBuf, StoreError> {
        backup::write(&self.folder, &self.path(), now).await
    }

    /// Complete backups, oldest first.
    #[must_use]
    pub fn backups(&self) -> Vec<PathBuf> {
        backup::list(&self.folder)
    }
}
