//! A histogram of durations that can be kept, read back and added up: figures per minute become those of an hour.
//!
//! Resolution: a microsecond or 1 %, whichever is coarser; what is longer than an hour counts as an hour. Kept as
//! pairs of a value in microseconds and its count, each in the usual seven bits a byte: a few bytes per distinct value.

use std::time::Duration;

/// The longest duration that is told apart.
const LONGEST_US: u64 = 3_600_000_000;

/// Durations, counted.
#[derive(Clone, Debug)]
pub struct Durations(hdrhistogram::Histogram<u32>);

impl Default for Durations {
    fn default() -> Self {
        Self(empty())
    }
}

#[expect(clippy::expect_used, reason = "constant bounds, and a test constructs one")]
pub(crate) fn empty() -> hdrhistogram::Histogram<u32> {
    hdrhistogram::Histogram::new_with_bounds(1, LONGEST_US, 2).expect("the bounds are valid")
}

/// The value that stands for a duration.
pub(crate) fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(LONGEST_US).min(LONGEST_US)
}

impl Durations {
    /// Counts one.
    pub fn record(&mut self, took: Duration) {
        self.0.saturating_record(micros(took));
    }

    /// Counts all that `other` counted.
    pub fn add(&mut self, other: &Self) {
        // Both have the same bounds, so that nothing can be out of them.
        let _same_bounds = self.0.add(&other.0);
    }

    /// The duration below which the part `of` (0 to 1) of all lies; absent when there is none.
    #[must_use]
    pub fn quantile(&self, of: f64) -> Option<Duration> {
        (!self.0.is_empty()).then(|| Duration::from_micros(self.0.value_at_quantile(of)))
    }

    /// How many were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// As bytes; empty for none.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for step in self.0.iter_recorded() {
            write(&mut bytes, step.value_iterated_to());
            write(&mut bytes, u64::from(step.count_at_value()));
        }
        bytes
    }

    /// From bytes that [`Durations::to_bytes`] wrote; what is damaged is left out.
    #[must_use]
    pub fn from_bytes(mut bytes: &[u8]) -> Self {
        let mut found = Self::default();
        while let (Some(value), Some(count)) = (read(&mut bytes), read(&mut bytes)) {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            found.0.saturating_record_n(value.min(LONGEST_US), count);
        }
        found
    }
}

fn write(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_is_kept_is_read_back(all in proptest::collection::vec(0_u64..4_000_000_000, 0..200)) {
            let mut durations = Durations::default();
            all.iter().for_each(|us| durations.record(Duration::from_micros(*us)));
            let back = Durations::from_bytes(&durations.to_bytes());
            proptest::prop_assert_eq!(back.count(), durations.count());
            for of in [0.0, 0.5, 0.95, 1.0] {
                proptest::prop_assert_eq!(back.quantile(of), durations.quantile(of));
            }
        }

        #[test]
        fn damaged_bytes_do_no_harm(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..100)) {
            let _whatever = Durations::from_bytes(&bytes).quantile(0.5);
        }
    }

    #[test]
    fn sums_are_those_of_all() {
        let (mut a, mut b) = (Durations::default(), Durations::default());
        (1..=50).for_each(|ms| a.record(Duration::from_millis(ms)));
        (51..=100).for_each(|ms| b.record(Duration::from_millis(ms)));
        a.add(&b);
        assert_eq!(a.count(), 100);
        let near = |of: f64, ms: f64| {
            let got = a.quantile(of).unwrap().as_secs_f64() * 1000.0;
            assert!((got - ms).abs() / ms < 0.01, "{got} for {ms}");
        };
        near(0.5, 50.0);
        near(0.95, 95.0);
        assert_eq!(Durations::default().quantile(0.5), None);
        assert!(Durations::default().to_bytes().is_empty());
    }
}
