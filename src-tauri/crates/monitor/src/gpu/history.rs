//! The last hour of each GPU, second by second, for charts. In memory alone.

use std::collections::{BTreeMap, VecDeque};

use super::reading::Reading;

/// How many samples are kept of a GPU: an hour, at one a second.
const KEPT: usize = 3600;

/// A value holds for this long when none comes after it.
const HELD_MS: i64 = 10_000;

/// A figure that is kept over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GpuMetric {
    /// Busy share, percent.
    Utilisation,
    /// Memory in use, MiB.
    Memory,
    /// Degrees Celsius.
    Temperature,
    /// Watts.
    Power,
}

/// A chart of one figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GpuSeries {
    /// When each point begins, wall clock, milliseconds, oldest first.
    pub at_ms: Vec<i64>,
    /// Per GPU its UUID and a value per point: the mean over the point's time; absent where nothing was measured.
    pub lines: Vec<(String, Vec<Option<f64>>)>,
}

#[derive(Clone, Copy, Debug)]
struct Sample {
    at_ms: i64,
    /// In the order of [`GpuMetric`]; single precision is finer than any sensor.
    values: [Option<f32>; 4],
}

/// What a GPU measured in one minute.
#[derive(Clone, Debug, PartialEq)]
pub struct GpuMinute {
    /// The minute since 1970.
    pub minute: i64,
    /// Its UUID.
    pub uuid: String,
    /// `GPU 0`, or its host and number.
    pub name: String,
    /// Means, in the order of [`GpuMetric`]; absent where nothing was measured.
    pub means: [Option<f64>; 4],
}

/// The last hour.
#[derive(Debug, Default)]
pub(crate) struct History(BTreeMap<String, VecDeque<Sample>>);

impl History {
    pub(crate) fn add(&mut self, at_ms: i64, reading: &Reading) {
        #[expect(clippy::cast_possible_truncation, reason = "single precision is finer than any sensor")]
        let short = |value: Option<f64>| value.map(|v| v as f32);
        let figures = [reading.utilisation, reading.memory_used_mib, reading.temperature, reading.power];
        let ring = self.0.entry(reading.uuid.clone()).or_default();
        if ring.len() == KEPT {
            ring.pop_front();
        }
        ring.push_back(Sample { at_ms, values: figures.map(short) });
    }

    /// The means of each GPU over a minute in which it was sampled.
    pub(crate) fn minute(&self, minute: i64) -> Vec<(String, [Option<f64>; 4])> {
        let within = |s: &&Sample| s.at_ms.div_euclid(60_000) == minute;
        let means = |(uuid, ring): (&String, &VecDeque<Sample>)| {
            let mut sums = [(0.0_f64, 0_u32); 4];
            let mut any = false;
            for sample in
                ring.iter().rev().skip_while(|s| s.at_ms.div_euclid(60_000) > minute).take_while(within)
            {
                any = true;
                for (sum, value) in sums.iter_mut().zip(sample.values) {
                    if let Some(value) = value {
                        *sum = (sum.0 + f64::from(value), sum.1 + 1);
                    }
                }
            }
            any.then(|| (uuid.clone(), sums.map(|(sum, n)| (n > 0).then(|| sum / f64::from(n)))))
        };
        self.0.iter().filter_map(means).collect()
    }

    /// `points` points (2 to 2000) over the last `range_ms` before `now_ms`, of one GPU or of all.
    pub(crate) fn series(
        &self,
        of: Option<&str>,
        metric: GpuMetric,
        range_ms: i64,
        points: u32,
        now_ms: i64,
    ) -> GpuSeries {
        let points = i64::from(points.clamp(2, 2000));
        let step = (range_ms.clamp(2_000, 3_600_000) / points).max(1000);
        // Points begin at multiples of their length, so that a chart that is drawn again does not waver.
        let end = (now_ms / step + 1) * step;
        let count = (range_ms.clamp(2_000, 3_600_000) / step).max(2);
        let start = end - count * step;
        let wanted = self.0.iter().filter(|(uuid, _)| of.is_none_or(|of| of == *uuid));
        let line = |(uuid, ring): (&String, &VecDeque<Sample>)| {
            // Sum, values and samples of each point.
            let mut sums = vec![(0.0_f64, 0_u32, 0_u32); usize::try_from(count).unwrap_or(0)];
            for sample in ring.iter().rev().take_while(|s| s.at_ms >= start) {
                let place =
                    usize::try_from((sample.at_ms - start) / step).ok().and_then(|at| sums.get_mut(at));
                let Some((sum, n, samples)) = place else { continue };
                *samples += 1;
                if let Some(value) = sample.values[metric as usize] {
                    *sum += f64::from(value);
                    *n += 1;
                }
            }
            (uuid.clone(), held(&sums, step))
        };
        GpuSeries { at_ms: (0..count).map(|i| start + i * step).collect(), lines: wanted.map(line).collect() }
    }
}

/// The mean of each point. Where a point has no sample, the last value holds for a while: other machines are asked more
/// seldom than a point is long. A sample without a value is a gap.
fn held(sums: &[(f64, u32, u32)], step: i64) -> Vec<Option<f64>> {
    let mut last: Option<(f64, i64)> = None;
    let value = |(sum, n, samples): &(f64, u32, u32)| {
        last = match (*samples, *n) {
            (0, _) => last.map(|(value, age)| (value, age + step)).filter(|(_, age)| *age <= HELD_MS),
            (_, 0) => None,
            (_, n) => Some((sum / f64::from(n), 0)),
        };
        last.map(|(value, _)| value)
    };
    sums.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(uuid: &str, temperature: Option<f64>) -> Reading {
        Reading { uuid: uuid.into(), temperature, ..Reading::default() }
    }

    #[test]
    fn a_point_is_the_mean_of_its_samples_and_a_gap_stays_a_gap() {
        let mut history = History::default();
        history.add(10_000, &reading("a", Some(40.0)));
        history.add(11_000, &reading("a", Some(60.0)));
        history.add(12_000, &reading("a", None));
        history.add(10_000, &reading("b", Some(1.0)));
        let series = history.series(Some("a"), GpuMetric::Temperature, 6_000, 3, 13_500);
        assert_eq!(series.at_ms, [8_000, 10_000, 12_000]);
        assert_eq!(series.lines, [("a".to_owned(), vec![None, Some(50.0), None])]);
        assert_eq!(history.series(None, GpuMetric::Power, 6_000, 3, 13_500).lines.len(), 2);
    }

    #[test]
    fn a_machine_that_is_asked_seldom_has_an_unbroken_line_and_one_that_is_gone_ends() {
        let mut history = History::default();
        for at_ms in [100_000, 105_000, 110_000] {
            history.add(at_ms, &reading("a", Some(50.0)));
        }
        let series = history.series(None, GpuMetric::Temperature, 30_000, 30, 129_500);
        let there: Vec<bool> = series.lines[0].1.iter().map(Option::is_some).collect();
        assert_eq!(there, [vec![true; 21], vec![false; 9]].concat());
    }

    #[test]
    fn a_minute_is_the_mean_of_what_was_sampled_in_it() {
        let mut history = History::default();
        for (at_ms, degrees) in [(59_999, 10.0), (60_000, 40.0), (119_999, 60.0), (120_000, 90.0)] {
            history.add(at_ms, &reading("a", Some(degrees)));
        }
        assert_eq!(history.minute(1), [("a".to_owned(), [None, None, Some(50.0), None])]);
        assert_eq!(history.minute(3), []);
    }

    #[test]
    fn an_hour_is_kept() {
        let mut history = History::default();
        for second in 0..KEPT as i64 + 10 {
            history.add(second * 1000, &reading("a", Some(1.0)));
        }
        assert_eq!(history.0["a"].len(), KEPT);
        assert_eq!(history.0["a"][0].at_ms, 10_000);
    }
}
