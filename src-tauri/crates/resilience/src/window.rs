//! How many outcomes were good and bad in the last while.
//!
//! Time is cut into buckets of equal width, counted from the first outcome. An outcome leaves with its whole
//! bucket, so it is counted for at least `span - width` and for less than `span`. Memory is fixed, whatever the
//! traffic.

use std::time::Duration;

use tokio::time::Instant;

/// Good and bad outcomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Outcomes that were good.
    pub ok: u64,
    /// Outcomes that were failures.
    pub failed: u64,
}

impl Counts {
    /// All outcomes.
    #[must_use]
    pub fn total(self) -> u64 {
        self.ok.saturating_add(self.failed)
    }

    /// Failures per outcome, 0 to 1; 0 when there was none.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no more than 52 bits")]
    pub fn failure_rate(self) -> f64 {
        match self.total() {
            0 => 0.0,
            total => self.failed as f64 / total as f64,
        }
    }
}

/// A sliding window of outcomes.
#[derive(Clone, Debug)]
pub struct Window {
    ticks: Ticks,
    buckets: Vec<(u64, Counts)>,
}

impl Window {
    /// A window over `span`, in `buckets` steps (at least one; a span of zero is taken as a nanosecond a step).
    #[must_use]
    pub fn new(span: Duration, buckets: u32) -> Self {
        let buckets = buckets.max(1);
        Self { ticks: Ticks::new(span, buckets), buckets: vec![(0, Counts::default()); buckets as usize] }
    }

    /// Counts one outcome at `now`. What lies before the window is not counted.
    pub fn record(&mut self, now: Instant, ok: bool) {
        let tick = self.ticks.at_or_begin(now);
        let slot = self.ticks.slot(tick);
        let Some((held, counts)) = self.buckets.get_mut(slot) else { return };
        match tick.cmp(held) {
            std::cmp::Ordering::Less => return,
            std::cmp::Ordering::Equal => {}
            std::cmp::Ordering::Greater => (*held, *counts) = (tick, Counts::default()),
        }
        let count = if ok { &mut counts.ok } else { &mut counts.failed };
        *count = count.saturating_add(1);
    }

    /// The outcomes in the window that ends at `now`.
    #[must_use]
    pub fn counts(&self, now: Instant) -> Counts {
        let tick = self.ticks.at(now);
        let live = self.buckets.iter().filter(|(held, _)| self.ticks.is_live(*held, tick));
        live.fold(Counts::default(), |sum, (_, counts)| Counts {
            ok: sum.ok.saturating_add(counts.ok),
            failed: sum.failed.saturating_add(counts.failed),
        })
    }

    /// Forgets every outcome.
    pub fn clear(&mut self) {
        self.buckets.fill((0, Counts::default()));
    }
}

/// Time as a number of steps since the first one seen, and a ring of slots over the newest of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticks {
    origin: Option<Instant>,
    width: Duration,
    slots: u32,
}

impl Ticks {
    pub(crate) fn new(span: Duration, slots: u32) -> Self {
        let slots = slots.max(1);
        Self { origin: None, width: (span / slots).max(Duration::from_nanos(1)), slots }
    }

    /// The step that `now` falls into; the first call fixes where counting begins.
    pub(crate) fn at_or_begin(&mut self, now: Instant) -> u64 {
        self.origin.get_or_insert(now);
        self.at(now)
    }

    /// The step that `now` falls into; 0 before counting began.
    pub(crate) fn at(&self, now: Instant) -> u64 {
        let since = self.origin.map_or(Duration::ZERO, |origin| now.saturating_duration_since(origin));
        u64::try_from(since.as_nanos() / self.width.as_nanos()).unwrap_or(u64::MAX)
    }

    /// The place of a step in the ring.
    pub(crate) fn slot(&self, tick: u64) -> usize {
        usize::try_from(tick % u64::from(self.slots)).unwrap_or(0)
    }

    /// Whether a slot that was last written at step `held` still counts at step `now`.
    pub(crate) fn is_live(&self, held: u64, now: u64) -> bool {
        held.saturating_add(u64::from(self.slots)) > now
    }
}
