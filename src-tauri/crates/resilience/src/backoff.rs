//! How long to wait before trying the same target again: twice as long each time, up to a limit, and never the
//! same for everyone, so that those who failed together do not come back together.

use std::time::Duration;

use crate::{doubled, scaled};

/// Exponential backoff with jitter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    /// The first wait, before jitter.
    pub base: Duration,
    /// The longest wait.
    pub cap: Duration,
    /// The part of a wait that is left to chance, 0 to 1: with 0.2 a wait of 1 s becomes 0.8 s to 1 s.
    pub jitter: f64,
}

impl Default for Backoff {
    /// 500 ms, doubling up to 5 s, 20 % of it left to chance.
    fn default() -> Self {
        Self { base: Duration::from_millis(500), cap: Duration::from_secs(5), jitter: 0.2 }
    }
}

impl Backoff {
    /// The wait before retry number `retry` (0 is the first). `random` is in `0.0..1.0`.
    #[must_use]
    pub fn delay(&self, retry: u32, random: f64) -> Duration {
        let nominal = doubled(self.base.min(self.cap), retry, self.cap);
        let jitter = if self.jitter.is_finite() { self.jitter.clamp(0.0, 1.0) } else { 0.0 };
        let random = if random.is_finite() { random.clamp(0.0, 1.0) } else { 0.0 };
        scaled(nominal, 1.0 - jitter * random, nominal)
    }
}
