//! What was around an incident: figures of its time, what the tiers were like when another one took over, what it cost.
//!
//! Within the last hour figures come from memory, second by second; before that from the rollups, minute by minute.

use std::collections::{BTreeMap, HashSet};

use contract::{
    RpcError,
    rpc::{Metric, SeriesRequest},
    view::{AroundChart, IncidentAround, Series, SeriesLine, TierThen},
};
use domain::{
    Event,
    event::{Order, ReplicaChange},
    time::wall_ms,
};
use monitor::gpu::GpuMetric;
use operations::reports;
use store::{EventFilter, FirstTokenMinute, GpuMinuteRow, IncidentRow, RollupFilter, StoreError};

use crate::{Engine, rpc::failed, views};

const MINUTE_MS: i64 = 60_000;
/// So much is shown before the first evidence, and after the end.
const MARGIN_MS: i64 = 2 * MINUTE_MS;
/// The longest that is shown.
const LONGEST_MS: i64 = 86_400_000;
/// What memory holds.
const IN_MEMORY_MS: i64 = 3_600_000;
const POINTS: u32 = 300;
/// Changes of replicas that are looked through for the state at a moment.
const LOOK_BACK: u32 = 2_000;
/// Orders that are looked through for the one in force.
const ORDERS: u32 = 100;

impl Engine {
    pub(crate) async fn incident_around(&self, row: &IncidentRow) -> Result<IncidentAround, RpcError> {
        let now = wall_ms();
        let over = row.restored_ms.or(row.closed_ms).unwrap_or(now);
        let from_ms = row.began_ms - MARGIN_MS;
        let to_ms = (over + MARGIN_MS).min(now).min(from_ms + LONGEST_MS).max(from_ms + MINUTE_MS);
        let at_ms = row.failed_over_ms.unwrap_or(row.detected_ms);
        Ok(IncidentAround {
            from_ms,
            to_ms,
            charts: self.charts(row, (from_ms, to_ms), now).await.map_err(failed)?,
            at_ms,
            tiers: self.tiers_then(row, at_ms).await.map_err(failed)?,
            order: self.order_then(row, at_ms).await.map_err(failed)?,
            cost: self.cost_of(row, over).await.map_err(failed)?,
        })
    }

    async fn charts(
        &self,
        row: &IncidentRow,
        (from_ms, to_ms): (i64, i64),
        now: i64,
    ) -> Result<Vec<AroundChart>, StoreError> {
        let in_memory = from_ms > now - IN_MEMORY_MS;
        let mut charts = Vec::new();
        for metric in [Metric::FirstToken, Metric::Errors] {
            let series = if in_memory {
                let (of, range_ms) = (Some(row.chain.clone()), to_ms - from_ms);
                let request = SeriesRequest { metric, of, range_ms, points: POINTS };
                // A chart ends before the second that it is asked for.
                self.inner.figures.series(&request, to_ms + 1_000)
            } else {
                self.minutes(row, metric, (from_ms, to_ms)).await?
            };
            charts.push(AroundChart { metric, series });
        }
        charts.extend(self.gpu_charts(row, (from_ms, to_ms), in_memory).await?);
        let marks = self.marks(Some(&row.chain), from_ms, to_ms).await?;
        for chart in &mut charts {
            chart.series.marks.clone_from(&marks);
        }
        Ok(charts)
    }

    async fn minutes(
        &self,
        row: &IncidentRow,
        metric: Metric,
        (from_ms, to_ms): (i64, i64),
    ) -> Result<Series, StoreError> {
        let steps = Minutes::of(from_ms, to_ms);
        let filter = RollupFilter {
            from_minute: steps.first,
            to_minute: steps.end,
            simulated: row.simulated,
            chain: Some(row.chain.clone()),
        };
        let lines = if metric == Metric::FirstToken {
            first_tokens(&steps, &self.inner.store.first_token_minutes(&filter).await?)
        } else {
            let rows = self.inner.store.attempt_minutes(&filter).await?;
            let failed = rows.iter().filter(|r| r.result != "ok");
            per_second(&steps, failed.map(|r| (r.minute, r.result.as_str(), r.count)))
        };
        Ok(Series { at_ms: steps.times(), lines, marks: vec![] })
    }

    /// Temperature and power of the GPUs of the tier's servers; none where it runs on none.
    async fn gpu_charts(
        &self,
        row: &IncidentRow,
        (from_ms, to_ms): (i64, i64),
        in_memory: bool,
    ) -> Result<Vec<AroundChart>, StoreError> {
        let gpus = self.gpus_of(row);
        if gpus.is_empty() {
            return Ok(vec![]);
        }
        let steps = Minutes::of(from_ms, to_ms);
        let rows = if in_memory {
            vec![]
        } else {
            let mut rows = self.inner.store.gpu_minutes(steps.first, steps.end, None).await?;
            rows.retain(|row| gpus.contains(&row.gpu));
            rows
        };
        let chart = |(metric, source, unit): (Metric, GpuMetric, &str)| {
            let (at_ms, lines) = if in_memory {
                let mut series = self.inner.gpus.series(None, source, to_ms - from_ms, POINTS, to_ms);
                series.lines.retain(|(gpu, _)| gpus.contains(gpu));
                let named = |(gpu, values): (String, _)| (views::gpu_name(&self.inner.gpus, &gpu), values);
                (series.at_ms, series.lines.into_iter().map(named).collect())
            } else {
                (steps.times(), gpu_lines(&steps, &rows, metric))
            };
            let line = |(name, values)| SeriesLine { name, unit: unit.into(), values };
            let lines = lines.into_iter().map(line).collect();
            AroundChart { metric, series: Series { at_ms, lines, marks: vec![] } }
        };
        let metrics = [
            (Metric::GpuTemperature, GpuMetric::Temperature, "°C"),
            (Metric::GpuPower, GpuMetric::Power, "W"),
        ];
        Ok(metrics.map(chart).into())
    }

    /// The GPUs that carry servers of the incident's tier, by UUID.
    fn gpus_of(&self, row: &IncidentRow) -> HashSet<String> {
        let snapshot = self.inner.snapshot.load();
        let of_tier = |t: &str| t == row.tier || row.tier == operations::incidents::ALL_TIERS;
        let replicas: HashSet<_> = snapshot
            .chains
            .iter()
            .filter(|c| c.name == row.chain)
            .flat_map(|c| &c.tiers)
            .filter(|t| of_tier(&t.name))
            .flat_map(|t| t.replicas.iter().map(|r| r.id.clone()))
            .collect();
        let bindings = self.inner.gpus.bindings().into_iter();
        bindings.filter(|(_, replica)| replicas.contains(replica)).map(|(gpu, _)| gpu).collect()
    }

    /// The chain's tiers at a moment: the last change of each server before it.
    async fn tiers_then(&self, row: &IncidentRow, at_ms: i64) -> Result<Vec<TierThen>, StoreError> {
        let rows = self.events_before(row, "replica", at_ms, LOOK_BACK).await?;
        let mut seen = HashSet::new();
        let mut last = BTreeMap::<String, (i64, ReplicaChange)>::new();
        for (at, event) in rows {
            let Event::Replica(change) = event else { continue };
            // Of a tier with several servers the one that changed last is told.
            if change.simulated == row.simulated && seen.insert(change.replica.clone()) {
                last.entry(change.tier.clone()).or_insert((at, change));
            }
        }
        let document = self.inner.config.current();
        let order = document.document.chains.iter().find(|c| c.name == row.chain);
        let mut names: Vec<String> = order.iter().flat_map(|c| &c.tiers).map(|t| t.name.clone()).collect();
        // A tier that was taken out of the configuration since stands at the end.
        names.extend(last.keys().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
        let then = |tier: String| {
            let change = last.get(&tier);
            TierThen {
                answered: row.answered_by.as_ref() == Some(&tier),
                failed: row.tier == tier,
                state: change.map(|(_, c)| operations::incidents::state_words(&c.to)),
                why: change.map(|(_, c)| c.why.clone()).unwrap_or_default(),
                since_ms: change.map(|(at, _)| *at),
                tier,
            }
        };
        Ok(names.into_iter().map(then).collect())
    }

    /// The order that decided at a moment who answers, if one did.
    async fn order_then(&self, row: &IncidentRow, at_ms: i64) -> Result<Option<String>, StoreError> {
        for (_, event) in self.events_before(row, "operator", at_ms, ORDERS).await? {
            let Event::Operator(act) = event else { continue };
            let holds = match act.order {
                Order::Pinned { until_ms, .. } => until_ms.is_none_or(|until| until > at_ms),
                Order::FailedOver { .. } => true,
                Order::Unpinned | Order::PinExpired | Order::FailedBack => false,
                _ => continue,
            };
            let tier = act.tier.as_deref().map(|t| format!("{t} ")).unwrap_or_default();
            return Ok(holds.then(|| format!("{tier}{} by {}", act.order.words(), act.actor)));
        }
        Ok(None)
    }

    async fn events_before(
        &self,
        row: &IncidentRow,
        kind: &str,
        at_ms: i64,
        limit: u32,
    ) -> Result<Vec<(i64, Event)>, StoreError> {
        let filter = EventFilter {
            kinds: vec![kind.into()],
            chain: Some(row.chain.clone()),
            to_ms: Some(at_ms + 1),
            newest_first: true,
            limit,
            ..EventFilter::default()
        };
        let rows = self.inner.store.events(&filter).await?;
        Ok(rows.iter().filter_map(|row| views::stamped(row).map(|s| (s.at_ms, s.event))).collect())
    }

    /// What the chain's tries cost while the incident went on; figures are per whole minute.
    async fn cost_of(
        &self,
        row: &IncidentRow,
        over: i64,
    ) -> Result<Option<contract::view::FallbackCost>, StoreError> {
        let filter = RollupFilter {
            from_minute: row.began_ms.div_euclid(MINUTE_MS),
            to_minute: over.div_euclid(MINUTE_MS) + 1,
            simulated: row.simulated,
            chain: Some(row.chain.clone()),
        };
        let attempts = self.inner.store.attempt_totals(&filter).await?;
        Ok(reports::cost(&attempts, &self.terms().await?).as_ref().map(views::cost))
    }
}

/// The minutes of a chart, some of them together where they are many.
struct Minutes {
    first: i64,
    end: i64,
    step: i64,
}

impl Minutes {
    fn of(from_ms: i64, to_ms: i64) -> Self {
        let (first, last) = (from_ms.div_euclid(MINUTE_MS), to_ms.div_euclid(MINUTE_MS));
        let step = (last - first) / i64::from(POINTS) + 1;
        let count = (last - first) / step + 1;
        Self { first, end: first + count * step, step }
    }

    fn count(&self) -> usize {
        usize::try_from((self.end - self.first) / self.step).unwrap_or(0)
    }

    fn place(&self, minute: i64) -> Option<usize> {
        usize::try_from((minute - self.first).div_euclid(self.step)).ok().filter(|at| *at < self.count())
    }

    fn times(&self) -> Vec<i64> {
        (0..self.count())
            .map(|at| (self.first + self.step * i64::try_from(at).unwrap_or(0)) * MINUTE_MS)
            .collect()
    }
}

/// A line per GPU: temperature or power.
fn gpu_lines(steps: &Minutes, rows: &[GpuMinuteRow], metric: Metric) -> Vec<(String, Vec<Option<f64>>)> {
    let mut lines = BTreeMap::<(&str, &str), Vec<Option<f64>>>::new();
    for row in rows {
        let values = lines.entry((&row.name, &row.gpu)).or_insert_with(|| vec![None; steps.count()]);
        if let Some(value) = steps.place(row.minute).and_then(|at| values.get_mut(at)) {
            *value = if metric == Metric::GpuPower { row.power } else { row.temperature };
        }
    }
    lines.into_iter().map(|((name, _), values)| (name.to_owned(), values)).collect()
}

/// A line per name: how many a second.
fn per_second<'a>(steps: &Minutes, rows: impl Iterator<Item = (i64, &'a str, i64)>) -> Vec<SeriesLine> {
    let mut lines = BTreeMap::<&str, Vec<i64>>::new();
    for (minute, name, count) in rows {
        let counts = lines.entry(name).or_insert_with(|| vec![0; steps.count()]);
        if let Some(place) = steps.place(minute).and_then(|at| counts.get_mut(at)) {
            *place += count;
        }
    }
    let seconds = (steps.step * 60) as f64;
    let line = |(name, counts): (&str, Vec<i64>)| SeriesLine {
        name: name.to_owned(),
        unit: "/s".into(),
        values: counts.into_iter().map(|n| Some(n as f64 / seconds)).collect(),
    };
    lines.into_iter().map(line).collect()
}

/// The percentiles of the first token, as far as their buckets tell.
fn first_tokens(steps: &Minutes, rows: &[FirstTokenMinute]) -> Vec<SeriesLine> {
    let mut sums = vec![BTreeMap::<i64, i64>::new(); steps.count()];
    for row in rows {
        if let Some(sum) = steps.place(row.minute).and_then(|at| sums.get_mut(at)) {
            *sum.entry(row.bucket_ms).or_default() += row.count;
        }
    }
    let line = |(name, share): (&str, f64)| SeriesLine {
        name: name.into(),
        unit: "ms".into(),
        values: sums.iter().map(|sum| quantile(sum, share)).collect(),
    };
    [("p50", 0.5), ("p95", 0.95)].map(line).into()
}

/// The upper bound of the bucket that the quantile falls into; none of nothing.
fn quantile(buckets: &BTreeMap<i64, i64>, share: f64) -> Option<f64> {
    let all: i64 = buckets.values().sum();
    let rank = (all as f64 * share).ceil() as i64;
    let mut seen = 0;
    for (bucket, count) in buckets {
        seen += count;
        if seen >= rank {
            return Some(*bucket as f64);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_put_together_where_they_are_many() {
        let steps = Minutes::of(0, 10 * MINUTE_MS);
        assert_eq!((steps.step, steps.count(), steps.place(10), steps.place(11)), (1, 11, Some(10), None));
        let day = Minutes::of(0, LONGEST_MS);
        assert!(day.count() <= 301 && day.step == 5, "{} {}", day.count(), day.step);
        assert_eq!(day.place(1_440), Some(288));
        let lines = per_second(&steps, [(0, "refused", 60), (0, "refused", 60), (99, "late", 1)].into_iter());
        assert_eq!(lines[1].values[0], Some(2.0));
        assert_eq!(lines[0].values.iter().flatten().sum::<f64>(), 0.0, "beyond the end");
    }

    #[test]
    fn gpus_of_the_same_name_are_lines_of_their_own() {
        let row = |gpu: &str, minute, temperature| GpuMinuteRow {
            minute,
            gpu: gpu.into(),
            name: "GPU 0".into(),
            utilisation: None,
            memory_mib: None,
            temperature: Some(temperature),
            power: Some(2.0 * temperature),
        };
        let rows = [row("a", 1, 50.0), row("b", 1, 60.0), row("a", 2, 51.0), row("a", 99, 1.0)];
        let lines = gpu_lines(&Minutes::of(0, 2 * MINUTE_MS), &rows, Metric::GpuTemperature);
        let line = |values: [Option<f64>; 3]| ("GPU 0".to_owned(), values.to_vec());
        assert_eq!(lines, [line([None, Some(50.0), Some(51.0)]), line([None, Some(60.0), None])]);
        let power = gpu_lines(&Minutes::of(0, 2 * MINUTE_MS), &rows, Metric::GpuPower);
        assert_eq!(power[0].1[1], Some(100.0));
    }

    #[test]
    fn percentiles_are_the_bounds_of_their_buckets() {
        let row = |bucket_ms, count| FirstTokenMinute {
            minute: 2,
            chain: "chat".into(),
            tier: "gpu".into(),
            simulated: false,
            bucket_ms,
            count,
        };
        let lines = first_tokens(&Minutes::of(0, 5 * MINUTE_MS), &[row(50, 94), row(1_000, 6)]);
        assert_eq!((lines[0].values[2], lines[1].values[2]), (Some(50.0), Some(1_000.0)));
        assert_eq!(lines[1].values[1], None);
    }
}
