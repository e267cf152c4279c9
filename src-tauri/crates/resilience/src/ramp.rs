//! How much traffic a recovered target gets: none for a while, then a little, then all of it.
//!
//! The hold doubles with each relapse, within bounds, which is what stops flapping; the steps depend on time alone, so that a
//! chain with few requests is back as soon as a busy one.

use std::time::Duration;

use tokio::time::Instant;

use crate::doubled;

/// The longest way back, hold and ramp, that relapses lead to: with the seconds that checks need to find the recovery,
/// a target is back in full within half a minute of it.
pub const LONGEST_WAY_BACK: Duration = Duration::from_secs(20);

const STEPS: [f64; 4] = [0.01, 0.1, 0.5, 1.0];

/// The way back after a recovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ramp {
    /// When the target recovered.
    from: Instant,
    hold: Duration,
    ramp: Duration,
}

impl Ramp {
    /// Begins at `now`. Nothing for `hold` (doubled for each of `relapses`, as long as hold and ramp stay within
    /// [`LONGEST_WAY_BACK`]; a `hold` that is longer by itself does not grow); then 1 %, 10 % after a third of `ramp`, 50 % after two thirds, and 100 % at its end.
    #[must_use]
    pub fn begin(now: Instant, hold: Duration, relapses: u32, ramp: Duration) -> Self {
        let longest = LONGEST_WAY_BACK.saturating_sub(ramp);
        Self { from: now, hold: doubled(hold, relapses, longest), ramp }
    }

    /// The share of traffic that the target may take at `now`, 0 to 1; it never falls.
    #[must_use]
    pub fn share(&self, now: Instant) -> f64 {
        let age = now.saturating_duration_since(self.from);
        let reached = self.steps().filter(|(at, _)| age >= *at);
        reached.map(|(_, share)| share).last().unwrap_or(0.0)
    }

    /// Whether the target has its whole share.
    #[must_use]
    pub fn done(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.from) >= self.length()
    }

    /// When the share changes next; absent once it is whole.
    #[must_use]
    pub fn next_change(&self, now: Instant) -> Option<Instant> {
        let age = now.saturating_duration_since(self.from);
        let next = self.steps().map(|(at, _)| at).find(|at| *at > age)?;
        self.from.checked_add(next)
    }

    /// From the recovery to the whole share.
    #[must_use]
    pub fn length(&self) -> Duration {
        self.hold.saturating_add(self.ramp)
    }

    /// When each share begins, as the time since the recovery.
    fn steps(&self) -> impl Iterator<Item = (Duration, f64)> {
        let (hold, ramp, last) = (self.hold, self.ramp, self.length());
        (0_u32..).zip(STEPS).map(move |(step, share)| match step {
            3 => (last, share),
            _ => (hold.saturating_add(ramp / 3 * step), share),
        })
    }
}
