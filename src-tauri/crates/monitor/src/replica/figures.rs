//! A replica's figures: latency, requests, checks. They steer nothing but the choice between replicas.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use domain::{
    FailureClass, Outcome,
    board::{Check, Late},
    chain::ProbeKind,
    stats::{ChecksMade, Percentiles, Quota, Stats},
};
use resilience::{latency::PeakEwma, quantile::Quantiles, window::Window};
use tokio::time::Instant;

/// Figures look back this far.
const SPAN: Duration = Duration::from_secs(15 * 60);
const SLOTS: u32 = 15;
/// Percentiles take memory for each step, so that they have fewer.
const STEPS: u32 = 5;
/// A measurement weighs a third after this long.
const DECAY: Duration = Duration::from_secs(30);
/// A failure counts as an answer this slow.
const PENALTY: Duration = Duration::from_secs(5);
/// A percentile of fewer answers than this says nothing.
const ENOUGH: u64 = 20;
/// The checks that are kept.
const CHECKS: usize = 90;

/// What is counted by the minute.
#[derive(Debug)]
struct Minute {
    began: Instant,
    errors: HashMap<FailureClass, u64>,
    partial: u64,
    tokens: u64,
    making: Duration,
}

#[derive(Debug)]
pub(crate) struct Figures {
    latency: PeakEwma,
    first_token: Quantiles,
    total: Quantiles,
    inter_token: Quantiles,
    whole: Quantiles,
    requests: Window,
    minutes: VecDeque<Minute>,
    quota: Option<Quota>,
    made: ChecksMade,
    checks: VecDeque<Check>,
    shared_checks: Arc<[Check]>,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            latency: PeakEwma::new(DECAY, PENALTY),
            first_token: Quantiles::new(SPAN, STEPS),
            total: Quantiles::new(SPAN, STEPS),
            inter_token: Quantiles::new(SPAN, STEPS),
            whole: Quantiles::new(SPAN, STEPS),
            requests: Window::new(SPAN, SLOTS),
            minutes: VecDeque::new(),
            quota: None,
            made: ChecksMade::default(),
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
        } else if outcome.failure.is_none() {
            self.whole.record(now, outcome.total);
        }
        self.count(now, outcome);
        if failed {
            self.latency.record_failure(now, outcome.total);
        } else {
            self.latency.record(now, outcome.first_token.unwrap_or(outcome.total));
        }
    }

    /// Counts what an attempt came to.
    fn count(&mut self, now: Instant, outcome: &Outcome) {
        let minute = self.minute(now);
        if let Some(failure) = &outcome.failure {
            *minute.errors.entry(failure.class).or_default() += 1;
            minute.partial += u64::from(outcome.first_token.is_some());
            return;
        }
        let making = outcome.total.saturating_sub(outcome.first_token.unwrap_or_default());
        let tokens = outcome.tokens_out.unwrap_or(0);
        if tokens > 0 {
            minute.tokens += tokens;
            minute.making += making;
        }
        self.total.record(now, outcome.total);
        let gaps = u32::try_from(tokens.saturating_sub(1)).unwrap_or(u32::MAX);
        if gaps > 0 && outcome.first_token.is_some() {
            self.inter_token.record(now, making / gaps);
        }
    }

    fn minute(&mut self, now: Instant) -> &mut Minute {
        while self.minutes.front().is_some_and(|m| now.saturating_duration_since(m.began) >= SPAN) {
            self.minutes.pop_front();
        }
        let fresh = |m: &Minute| now.saturating_duration_since(m.began) < SPAN / SLOTS;
        if !self.minutes.back().is_some_and(fresh) {
            self.minutes.push_back(Minute {
                began: now,
                errors: HashMap::new(),
                partial: 0,
                tokens: 0,
                making: Duration::ZERO,
            });
        }
        let last = self.minutes.len() - 1;
        &mut self.minutes[last]
    }

    /// What is left of its rate limits.
    pub(crate) fn quota(&mut self, quota: Quota) {
        self.quota = Some(quota);
    }

    /// Everything over the window that ends at `now`. Costs some microseconds.
    pub(crate) fn stats(&self, now: Instant) -> Stats {
        let counts = self.requests.counts(now);
        let live = || self.minutes.iter().filter(|m| now.saturating_duration_since(m.began) < SPAN);
        let mut errors: HashMap<FailureClass, u64> = HashMap::new();
        for (class, n) in live().flat_map(|m| &m.errors) {
            *errors.entry(*class).or_default() += n;
        }
        let of = |class| errors.get(&class).copied().unwrap_or(0);
        let rate_limited = of(FailureClass::RateLimited) + of(FailureClass::QuotaExhausted);
        let (tokens, making): (u64, Duration) =
            live().fold((0, Duration::ZERO), |(t, d), m| (t + m.tokens, d + m.making));
        #[expect(clippy::cast_precision_loss, reason = "a rate needs no more than 52 bits")]
        let rate = (!making.is_zero()).then(|| tokens as f64 / making.as_secs_f64());
        let mut errors: Vec<_> = errors.into_iter().collect();
        errors.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.word().cmp(b.0.word())));
        Stats {
            span: SPAN,
            requests: counts.total(),
            failed: counts.failed,
            rate_limited,
            partial: live().map(|m| m.partial).sum(),
            errors,
            first_token: percentiles(&self.first_token, now),
            total: percentiles(&self.total, now),
            inter_token: percentiles(&self.inter_token, now),
            tokens_per_second: rate,
            quota: self.quota,
            checks: self.made,
        }
    }

    /// A check of this kind ended.
    pub(crate) fn check(&mut self, check: Check, kind: &ProbeKind) {
        self.made.made += 1;
        self.made.generations += u64::from(*kind == ProbeKind::Generation);
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

    /// When an answer is late.
    pub(crate) fn late(&self, now: Instant) -> Late {
        let p95 = |of: &Quantiles| {
            let [p95] = of.quantiles(now, [0.95]).filter(|_| of.count(now) >= ENOUGH)?;
            Some(p95)
        };
        Late { first_token: p95(&self.first_token), whole: p95(&self.whole) }
    }

    /// Requests and failures.
    pub(crate) fn requests(&self, now: Instant) -> (u64, u64) {
        let counts = self.requests.counts(now);
        (counts.total(), counts.failed)
    }
}

fn percentiles(of: &Quantiles, now: Instant) -> Option<Percentiles> {
    of.quantiles(now, [0.5, 0.95, 0.99]).map(|[p50, p95, p99]| Percentiles { p50, p95, p99 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_late_is_known_after_enough_answers_of_its_kind() {
        let now = Instant::now();
        let mut figures = Figures::default();
        let mut answered = |first_token: Option<u64>| {
            let (total, first_token) = (Duration::from_secs(2), first_token.map(Duration::from_millis));
            let outcome =
                Outcome { began_ms: 0, failure: None, stream: true, first_token, total, tokens_out: None };
            figures.attempt(now, &outcome, false);
            figures.late(now)
        };
        let streams: Vec<Late> = (1..=20).map(|ms| answered(Some(ms))).collect();
        assert_eq!(streams[18], Late::default());
        assert_eq!(streams[19].first_token.map(|it| it.as_millis()), Some(19));
        assert_eq!(streams[19].whole, None);
        let wholes: Vec<Late> = (0..20).map(|_| answered(None)).collect();
        assert!(wholes[18].whole.is_none());
        assert!(wholes[19].whole.is_some_and(|it| it.as_millis().abs_diff(2000) < 40));
    }
}
