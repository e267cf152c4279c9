//! What latency to expect of a target: quick to believe bad news, slow to believe good news.
//!
//! Two numbers are kept: what is typical (an exponentially weighted mean of good answers), and a peak that any
//! slower answer raises at once and that decays towards the typical one. A failure raises the peak to a penalty,
//! so that a target that fails fast does not look fast and draw all traffic to itself.

use std::time::Duration;

use tokio::time::Instant;

use crate::scaled;

/// A peak-sensitive moving average of latency.
#[derive(Clone, Debug)]
pub struct PeakEwma {
    decay: Duration,
    penalty: Duration,
    measured: Option<Measured>,
}

#[derive(Clone, Copy, Debug)]
struct Measured {
    typical: Option<Duration>,
    peak: Duration,
    at: Instant,
}

impl PeakEwma {
    /// An estimate without measurements. After `decay`, an old measurement weighs `1/e` (37 %) of what it did; a
    /// failure counts as an answer after `penalty`.
    #[must_use]
    pub fn new(decay: Duration, penalty: Duration) -> Self {
        Self { decay: decay.max(Duration::from_nanos(1)), penalty, measured: None }
    }

    /// A good answer took `sample`.
    pub fn record(&mut self, now: Instant, sample: Duration) {
        let old = self.weight(now);
        let typical = match self.measured.and_then(|m| m.typical) {
            None => sample,
            Some(before) => blend(before, sample, old),
        };
        let peak = self.estimate(now).map_or(sample, |now| blend(now, sample, old));
        self.set(now, Some(typical), peak.max(sample).max(typical));
    }

    /// An attempt failed after `took`.
    pub fn record_failure(&mut self, now: Instant, took: Duration) {
        let peak = self.estimate(now).unwrap_or_default().max(took).max(self.penalty);
        self.set(now, self.measured.and_then(|m| m.typical), peak);
    }

    /// The latency to expect at `now`; absent before the first attempt ended.
    #[must_use]
    pub fn estimate(&self, now: Instant) -> Option<Duration> {
        let measured = self.measured?;
        Some(blend(measured.peak, measured.typical.unwrap_or_default(), self.weight(now)))
    }

    /// How much a target is to be avoided at `now`, with `in_flight` requests at it: seconds of expected latency
    /// times the length of the queue. A target that was never measured gets one request at a time.
    #[must_use]
    pub fn load(&self, now: Instant, in_flight: u32) -> f64 {
        match self.estimate(now) {
            Some(latency) => latency.as_secs_f64() * (f64::from(in_flight) + 1.0),
            None => self.penalty.as_secs_f64() * f64::from(in_flight),
        }
    }

    /// What the last measurement still weighs at `now`, 0 to 1.
    fn weight(&self, now: Instant) -> f64 {
        let age = self.measured.map_or(Duration::ZERO, |m| now.saturating_duration_since(m.at));
        (-age.as_secs_f64() / self.decay.as_secs_f64()).exp()
    }

    fn set(&mut self, now: Instant, typical: Option<Duration>, peak: Duration) {
        let at = self.measured.map_or(now, |m| m.at.max(now));
        self.measured = Some(Measured { typical, peak, at });
    }
}

/// `old` with a weight of `weight`, `new` with the rest.
fn blend(old: Duration, new: Duration, weight: f64) -> Duration {
    scaled(old, weight, Duration::MAX).saturating_add(scaled(new, 1.0 - weight, Duration::MAX))
}
