//! Figures of one replica over one step of time: added up, kept and read back.

use std::{collections::BTreeMap, time::Duration};

use domain::{FailureClass, event::Attempt};
use resilience::histogram::Durations;
use store::ReplicaFiguresRow;

/// Counts and measurements.
#[derive(Clone, Debug, Default)]
pub struct Sum {
    /// Whether the replica is simulated.
    pub simulated: bool,
    /// Tries, but for those that ended by the client's doing.
    pub requests: u64,
    /// Those that failed.
    pub failed: u64,
    /// Those that were refused for their rate or quota.
    pub rate_limited: u64,
    /// Answers that broke off after their first token.
    pub partial: u64,
    /// Output tokens of good answers.
    pub tokens_out: u64,
    /// Time in which they were made, milliseconds.
    pub generating_ms: u64,
    /// Failures by class.
    pub errors: BTreeMap<String, u64>,
    /// Times to the first token.
    pub first_token: Durations,
    /// Times to the end of good answers.
    pub total: Durations,
    /// Mean times between two tokens of good answers.
    pub inter_token: Durations,
}

impl Sum {
    /// Counts one try.
    pub fn attempt(&mut self, attempt: &Attempt) {
        self.requests += 1;
        let first = attempt.first_token_ms.map(millis);
        first.into_iter().for_each(|took| self.first_token.record(took));
        if let Some(class) = attempt.failure {
            self.failed += 1;
            let limited = matches!(class, FailureClass::RateLimited | FailureClass::QuotaExhausted);
            self.rate_limited += u64::from(limited);
            self.partial += u64::from(first.is_some());
            *self.errors.entry(class.word().to_owned()).or_default() += 1;
            return;
        }
        let total = millis(attempt.total_ms);
        self.total.record(total);
        if let Some(tokens) = attempt.tokens_out.filter(|n| *n > 0) {
            let making = total.saturating_sub(first.unwrap_or_default());
            self.tokens_out += tokens;
            self.generating_ms += u64::try_from(making.as_millis()).unwrap_or(u64::MAX);
            if let (Some(_), Some(gaps)) = (first, u32::try_from(tokens - 1).ok().filter(|n| *n > 0)) {
                self.inter_token.record(making / gaps);
            }
        }
    }

    /// Adds another step's figures.
    pub fn add(&mut self, other: &Self) {
        self.simulated |= other.simulated;
        self.requests += other.requests;
        self.failed += other.failed;
        self.rate_limited += other.rate_limited;
        self.partial += other.partial;
        self.tokens_out += other.tokens_out;
        self.generating_ms += other.generating_ms;
        for (class, n) in &other.errors {
            *self.errors.entry(class.clone()).or_default() += n;
        }
        self.first_token.add(&other.first_token);
        self.total.add(&other.total);
        self.inter_token.add(&other.inter_token);
    }

    /// Output tokens per second while answers were made.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no more than 52 bits")]
    pub fn tokens_per_second(&self) -> Option<f64> {
        (self.generating_ms > 0).then(|| self.tokens_out as f64 * 1000.0 / self.generating_ms as f64)
    }

    pub(super) fn row(&self, step: i64, start_s: i64, replica: &str) -> ReplicaFiguresRow {
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        ReplicaFiguresRow {
            step,
            start_s,
            replica: replica.to_owned(),
            simulated: self.simulated,
            requests: number(self.requests),
            failed: number(self.failed),
            rate_limited: number(self.rate_limited),
            partial: number(self.partial),
            tokens_out: number(self.tokens_out),
            generating_ms: number(self.generating_ms),
            // Words and numbers alone, so that writing them cannot fail.
            errors: serde_json::to_string(&self.errors).unwrap_or_default(),
            first_token: self.first_token.to_bytes(),
            total: self.total.to_bytes(),
            inter_token: self.inter_token.to_bytes(),
        }
    }
}

impl From<&ReplicaFiguresRow> for Sum {
    fn from(row: &ReplicaFiguresRow) -> Self {
        let number = |n: i64| u64::try_from(n).unwrap_or(0);
        Self {
            simulated: row.simulated,
            requests: number(row.requests),
            failed: number(row.failed),
            rate_limited: number(row.rate_limited),
            partial: number(row.partial),
            tokens_out: number(row.tokens_out),
            generating_ms: number(row.generating_ms),
            // A row of a newer version may hold what this one cannot read; its counts are still right.
            errors: serde_json::from_str(&row.errors).unwrap_or_default(),
            first_token: Durations::from_bytes(&row.first_token),
            total: Durations::from_bytes(&row.total),
            inter_token: Durations::from_bytes(&row.inter_token),
        }
    }
}

fn millis(ms: f64) -> Duration {
    Duration::try_from_secs_f64(ms / 1000.0).unwrap_or_default()
}
