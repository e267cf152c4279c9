//! A replica's figures: latency, requests, checks. They steer nothing but the choice between replicas.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use domain::{Outcome, board::Check};
use resilience::{latency::PeakEwma, quantile::Quantiles, window::Window};
use tokio::time::Instant;

/// Figures look back this far.
const SPAN: Duration = Duration::from_secs(15 * 60);
const SLOTS: u32 = 15;
/// A measurement weighs a third after this long.
const DECAY: Duration = Duration::from_secs(30);
/// A failure counts as an answer this slow.
const PENALTY: Duration = Duration::from_secs(5);
/// The checks that are kept.
const CHECKS: usize = 90;

#[derive(Debug)]
pub(crate) struct Figures {
    latency: PeakEwma,
    first_token: Quantiles,
    requests: Window,
    checks: VecDeque<Check>,
    shared_checks: Arc<[Check]>,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            latency: PeakEwma::new(DECAY, PENALTY),
            first_token: Quantiles::new(SPAN, SLOTS),
            requests: Window::new(SPAN, SLOTS),
            checks: VecDeque::new(),
            shared_checks: Arc::new([]),
        }
    }
}

impl Figures {
    /// An attempt ended; `failed` when it was the replica's doing.
    pub(crate) fn attempt(&mut self, now: Instant, outcome: &Outcome, failed: bool) {
        self.requests.record(now, !failed);
        if let Some(took) = outcome.first_token {
            self.first_token.record(now, took);
        }
        if failed {
            self.latency.record_failure(now, outcome.total);
        } else {
            self.latency.record(now, outcome.first_token.unwrap_or(outcome.total));
        }
    }

    /// A check ended.
    pub(crate) fn check(&mut self, check: Check) {
        if self.checks.len() == CHECKS {
            self.checks.pop_front();
        }
        self.checks.push_back(check);
        self.shared_checks = self.checks.iter().cloned().collect();
    }

    pub(crate) fn checks(&self) -> Arc<[Check]> {
        Arc::clone(&self.shared_checks)
    }

    pub(crate) fn latency(&self, now: Instant) -> Option<Duration> {
        self.latency.estimate(now)
    }

    pub(crate) fn first_token(&self, now: Instant) -> Option<(Duration, Duration)> {
        self.first_token.p50_p95(now)
    }

    /// Requests and failures.
    pub(crate) fn requests(&self, now: Instant) -> (u64, u64) {
        let counts = self.requests.counts(now);
        (counts.total(), counts.failed)
    }
}
