//! A limit on retries as a share of successes, so that an outage does not multiply its own traffic.
//!
//! Successes fill the budget, retries spend from it, and a trickle keeps a quiet target from never being retried
//! at all. The budget holds at most [`Settings::burst`] retries, however long all was well.

use std::time::Duration;

use tokio::time::Instant;

/// How much a budget gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Retries that one success pays for; 0.2 allows a retry for every five successes.
    pub per_success: f64,
    /// Retries per second that are free.
    pub per_second: f64,
    /// The most retries that can be saved up, and what a new budget starts with.
    pub burst: f64,
}

impl Default for Settings {
    /// A fifth of successes, one free retry in two seconds, ten at once.
    fn default() -> Self {
        Self { per_success: 0.2, per_second: 0.5, burst: 10.0 }
    }
}

/// What is left for retries.
#[derive(Clone, Debug)]
pub struct Budget {
    settings: Settings,
    balance: f64,
    at: Instant,
}

impl Budget {
    /// A full budget.
    #[must_use]
    pub fn new(now: Instant, settings: Settings) -> Self {
        let within = |number: f64| if number.is_finite() { number.max(0.0) } else { 0.0 };
        let settings = Settings {
            per_success: within(settings.per_success),
            per_second: within(settings.per_second),
            burst: within(settings.burst),
        };
        Self { settings, balance: settings.burst, at: now }
    }

    /// A success pays in.
    pub fn deposit(&mut self, now: Instant) {
        self.balance = self.balance(now) + self.settings.per_success;
        self.at = self.at.max(now);
    }

    /// Spends one retry, if there is one to spend. When `false`, do not retry.
    #[must_use]
    pub fn withdraw(&mut self, now: Instant) -> bool {
        let balance = self.balance(now);
        // A sum of fifths is a little less than one.
        let may = balance >= 1.0 - 1e-9;
        self.balance = if may { (balance - 1.0).max(0.0) } else { balance };
        self.at = self.at.max(now);
        may
    }

    /// Retries left at `now`, in fractions.
    #[must_use]
    pub fn balance(&self, now: Instant) -> f64 {
        let idle: Duration = now.saturating_duration_since(self.at);
        (self.balance + idle.as_secs_f64() * self.settings.per_second).min(self.settings.burst)
    }
}
