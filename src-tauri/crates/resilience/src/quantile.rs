//! The median and the 95th percentile of durations over the last while.
//!
//! A ring of histograms: each covers one step of the window and is dropped whole. A duration is counted for at
//! least `span - span / slots` and for less than `span`. Resolution: a microsecond or 1 %, whichever is coarser;
//! what is longer than an hour counts as an hour.

use std::time::Duration;

use hdrhistogram::Histogram;
use tokio::time::Instant;

use crate::{
    histogram::{empty, micros},
    window::Ticks,
};

/// Durations over a sliding window.
#[derive(Clone, Debug)]
pub struct Quantiles {
    ticks: Ticks,
    slots: Vec<Option<(u64, Histogram<u32>)>>,
}

impl Quantiles {
    /// A window over `span`, in `slots` steps (at least one).
    #[must_use]
    pub fn new(span: Duration, slots: u32) -> Self {
        let slots = slots.max(1);
        Self { ticks: Ticks::new(span, slots), slots: vec![None; slots as usize] }
    }

    /// Counts one duration at `now`. What lies before the window is not counted.
    pub fn record(&mut self, now: Instant, took: Duration) {
        let tick = self.ticks.at_or_begin(now);
        let Some(slot) = self.slots.get_mut(self.ticks.slot(tick)) else { return };
        let (held, histogram) = slot.get_or_insert_with(|| (tick, empty()));
        if tick < *held {
            return;
        }
        if tick > *held {
            histogram.reset();
            *held = tick;
        }
        histogram.saturating_record(micros(took));
    }

    /// The durations below which the parts `of` (each 0 to 1) of all durations lie, for the window that ends at
    /// `now`; absent when there is none.
    #[must_use]
    pub fn quantiles<const N: usize>(&self, now: Instant, of: [f64; N]) -> Option<[Duration; N]> {
        let tick = self.ticks.at(now);
        let mut all = empty();
        for (held, part) in self.slots.iter().flatten() {
            if self.ticks.is_live(*held, tick) {
                // Parts and sum have the same bounds, so that nothing can be out of them.
                all.add(part).ok()?;
            }
        }
        (!all.is_empty()).then(|| of.map(|part| Duration::from_micros(all.value_at_quantile(part))))
    }

    /// The median and the 95th percentile.
    #[must_use]
    pub fn p50_p95(&self, now: Instant) -> Option<(Duration, Duration)> {
        self.quantiles(now, [0.5, 0.95]).map(|[p50, p95]| (p50, p95))
    }

    /// How many durations are in the window.
    #[must_use]
    pub fn count(&self, now: Instant) -> u64 {
        let tick = self.ticks.at(now);
        let live = self.slots.iter().flatten().filter(|(held, _)| self.ticks.is_live(*held, tick));
        live.map(|(_, part)| part.len()).sum()
    }
}
