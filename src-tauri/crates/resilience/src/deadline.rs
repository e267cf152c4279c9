//! One deadline for a request, shared out over the tiers that may still be asked.
//!
//! An attempt gets what it wants, but no more than an equal share of what is left, so that the last tier still has
//! time to answer. What an attempt does not use goes to those after it. The share bounds the wait for the first
//! content; once that has come no other tier is kept waiting, and only [`Deadline::remaining`] bounds the rest.

use std::time::Duration;

use tokio::time::Instant;

/// When a request must be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    began: Instant,
    total: Duration,
}

impl Deadline {
    /// `total` from `now`.
    #[must_use]
    pub fn new(now: Instant, total: Duration) -> Self {
        Self { began: now, total }
    }

    /// What is left at `now`; zero once it has passed.
    #[must_use]
    pub fn remaining(&self, now: Instant) -> Duration {
        self.total.saturating_sub(now.saturating_duration_since(self.began))
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn has_passed(&self, now: Instant) -> bool {
        self.remaining(now).is_zero()
    }

    /// How long an attempt that begins at `now` and would like `wanted` may wait for its first content, when
    /// `remaining_tiers` more tiers could be asked after it (0: it is the last one, and all that is left is its
    /// own).
    #[must_use]
    pub fn for_attempt(&self, now: Instant, remaining_tiers: usize, wanted: Duration) -> Duration {
        let takers = u32::try_from(remaining_tiers).unwrap_or(u32::MAX).saturating_add(1);
        wanted.min(self.remaining(now) / takers)
    }
}
