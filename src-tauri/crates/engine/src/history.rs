//! Charts and figures that reach back further than memory does, from the database.

use std::{collections::BTreeMap, time::Duration};

use contract::{
    RpcError,
    rpc::{Metric, ReplicaFiguresRequest, SeriesRequest},
    view::{DataSizes, ReplicaFigures, Series, SeriesLine, SeriesMark},
};
use domain::time::wall_ms;
use operations::figures::{self, DAY, HOUR, MINUTE, Sum};
use store::{GpuMinuteRow, StoreError};
use tokio::time::{MissedTickBehavior, interval};

use crate::{Engine, views};

/// What memory holds; a longer chart is read from the database.
const IN_MEMORY_MS: i64 = 3_600_000;
/// The longest chart.
const LONGEST_MS: i64 = 31 * 86_400_000;
/// Marks on one chart, at most.
const MARKS: u32 = 500;
/// A minute is written this long after its end, when its last sample is sure to be there.
const AFTER_ITS_END: i64 = 2;

fn failed(e: StoreError) -> RpcError {
    RpcError {
        code: "failed".into(),
        message: e.to_string(),
        remedy: "try again; if it persists, look at the program's log".into(),
        problems: vec![],
    }
}

impl Engine {
    /// The lines and marks of a chart.
    pub(crate) async fn series(&self, request: &SeriesRequest) -> Result<Series, RpcError> {
        let now_ms = wall_ms();
        let is_gpu = matches!(
            request.metric,
            Metric::GpuUtilisation | Metric::GpuMemory | Metric::GpuTemperature | Metric::GpuPower
        );
        let mut series = match (is_gpu, request.range_ms > IN_MEMORY_MS) {
            (true, false) => views::gpu_series(&self.inner.gpus, request),
            (false, false) => self.inner.figures.series(request, now_ms),
            (true, true) => self.gpu_history(request, now_ms).await.map_err(failed)?,
            (false, true) => self.first_token_history(request, now_ms).await.map_err(failed)?,
        };
        if let Some(first) = series.at_ms.first() {
            let of = if is_gpu { None } else { request.of.as_deref() };
            series.marks = self.marks(of, *first, now_ms).await.map_err(failed)?;
        }
        Ok(series)
    }

    /// Change-overs and revisions from `from_ms` to `to_ms`, oldest first. Without a chain each change-over names its own.
    pub(crate) async fn marks(
        &self,
        chain: Option<&str>,
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Vec<SeriesMark>, StoreError> {
        let filter = store::ChangeoverFilter {
            chain: chain.map(str::to_owned),
            from_ms: Some(from_ms),
            to_ms: Some(to_ms),
            ..store::ChangeoverFilter::default()
        };
        let store = &self.inner.store;
        let (changes, revisions) =
            tokio::try_join!(store.changeovers(&filter, MARKS, 0), store.revisions(MARKS))?;
        let change = |row: &store::ChangeoverRow| {
            let arrow = if row.direction == "over" { "failover to" } else { "back to" };
            let to = if row.to_tier.is_empty() { "none" } else { &row.to_tier };
            let whose = if chain.is_some() { String::new() } else { format!("{}: ", row.chain) };
            SeriesMark { at_ms: row.at_ms, label: format!("{whose}{arrow} {to}") }
        };
        let revised = revisions.iter().filter(|row| (from_ms..=to_ms).contains(&row.at_ms));
        let revised =
            revised.map(|row| SeriesMark { at_ms: row.at_ms, label: format!("revision {}", row.revision) });
        let mut marks: Vec<_> = changes.iter().map(change).chain(revised).collect();
        marks.sort_by_key(|mark| mark.at_ms);
        Ok(marks)
    }

    async fn gpu_history(&self, request: &SeriesRequest, now_ms: i64) -> Result<Series, StoreError> {
        let steps = Steps::of(request, now_ms, MINUTE * 1000);
        let (from, to) = (steps.start / 60_000, steps.end() / 60_000 + 1);
        let rows = self.inner.store.gpu_minutes(from, to, request.of.as_deref()).await?;
        let (pick, unit): (fn(&GpuMinuteRow) -> Option<f64>, _) = match request.metric {
            Metric::GpuUtilisation => (|r| r.utilisation, "%"),
            Metric::GpuMemory => (|r| r.memory_mib, "MiB"),
            Metric::GpuTemperature => (|r| r.temperature, "°C"),
            _ => (|r| r.power, "W"),
        };
        let mut lines: BTreeMap<String, Vec<(f64, u32)>> = BTreeMap::new();
        for row in &rows {
            let sums = lines.entry(row.name.clone()).or_insert_with(|| vec![(0.0, 0); steps.count]);
            if let (Some(place), Some(value)) =
                (steps.place(row.minute * 60_000).and_then(|at| sums.get_mut(at)), pick(row))
            {
                *place = (place.0 + value, place.1 + 1);
            }
        }
        let mean = |(sum, n): &(f64, u32)| (*n > 0).then(|| sum / f64::from(*n));
        let line = |(name, sums): (String, Vec<(f64, u32)>)| SeriesLine {
            name,
            unit: unit.into(),
            values: sums.iter().map(mean).collect(),
        };
        Ok(Series { at_ms: steps.times(), lines: lines.into_iter().map(line).collect(), marks: vec![] })
    }

    /// The first token's percentiles; of any other metric an empty chart, since only these are kept for long.
    async fn first_token_history(&self, request: &SeriesRequest, now_ms: i64) -> Result<Series, StoreError> {
        let steps = Steps::of(request, now_ms, MINUTE * 1000);
        if request.metric != Metric::FirstToken {
            return Ok(Series { at_ms: steps.times(), lines: vec![], marks: vec![] });
        }
        let step = if steps.end() - steps.start <= 2 * DAY * 1000 { MINUTE } else { HOUR };
        let rows =
            self.inner.store.replica_figures(step, steps.start / 1000, steps.end() / 1000, None).await?;
        let chain = request.of.as_deref().map(|chain| format!("{chain}/"));
        let mut sums = vec![Sum::default(); steps.count];
        for row in rows.iter().filter(|row| chain.as_ref().is_none_or(|c| row.replica.starts_with(c))) {
            if let Some(sum) = steps.place(row.start_s * 1000).and_then(|at| sums.get_mut(at)) {
                sum.add(&Sum::from(row));
            }
        }
        let line = |(name, part): (&str, f64)| SeriesLine {
            name: name.into(),
            unit: "ms".into(),
            values: sums
                .iter()
                .map(|sum| sum.first_token.quantile(part).map(|d| d.as_secs_f64() * 1000.0))
                .collect(),
        };
        Ok(Series {
            at_ms: steps.times(),
            lines: [("p50", 0.5), ("p95", 0.95)].map(line).into(),
            marks: vec![],
        })
    }

    /// A replica's figures over the last hour, day and week.
    pub(crate) async fn replica_figures(
        &self,
        request: &ReplicaFiguresRequest,
    ) -> Result<ReplicaFigures, RpcError> {
        let now_s = wall_ms() / 1000;
        let mut periods = Vec::new();
        for span_s in [HOUR, DAY, 7 * DAY] {
            let replica = Some(request.replica.as_str());
            let rows = figures::between(&self.inner.store, replica, now_s - span_s, now_s + 1).await;
            let mut sum = Sum::default();
            rows.map_err(failed)?.iter().for_each(|row| sum.add(&Sum::from(row)));
            periods.push(views::period(span_s, &sum));
        }
        Ok(ReplicaFigures { replica: request.replica.clone(), periods })
    }

    pub(crate) async fn data_sizes(&self) -> Result<DataSizes, RpcError> {
        let sizes = self.inner.store.table_sizes().await.map_err(failed)?;
        let database_bytes = self.inner.store.size_bytes();
        Ok(DataSizes { database_bytes, parts: views::data_parts(&sizes) })
    }

    /// Writes what the GPUs measured, minute by minute, and removes figures that are older than they are kept.
    pub(crate) async fn follow_gpu_minutes(self) {
        let mut ticks = interval(Duration::from_secs(5));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut written = wall_ms() / 60_000 - 1;
        loop {
            tokio::select! {
                () = self.inner.stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            let ended = (wall_ms() / 1000 - AFTER_ITS_END) / 60 - 1;
            if ended == written {
                continue;
            }
            // A clock that jumped skips minutes, or writes one again.
            written = ended;
            let rows: Vec<_> = self.inner.gpus.minute(ended).into_iter().map(views::gpu_minute).collect();
            if !rows.is_empty()
                && let Err(error) = self.inner.store.put_gpu_minutes(&rows).await
            {
                tracing::warn!(%error, "a minute of the GPUs' figures could not be written");
            }
            if ended % 60 == 0
                && let Err(error) =
                    self.inner.store.prune_figures(wall_ms(), store::FiguresKept::default()).await
            {
                tracing::warn!(%error, "old figures could not be removed");
            }
        }
    }
}

/// The points of a chart: they begin at multiples of their length, so that one that is drawn again does not waver.
struct Steps {
    start: i64,
    step: i64,
    count: usize,
}

impl Steps {
    fn of(request: &SeriesRequest, now_ms: i64, least: i64) -> Self {
        let range = request.range_ms.clamp(2 * least, LONGEST_MS);
        let points = i64::from(request.points.clamp(2, 2000));
        let step = (range / points / least).max(1) * least;
        let count = (range / step).max(2);
        let end = (now_ms / step + 1) * step;
        Self { start: end - count * step, step, count: usize::try_from(count).unwrap_or(2) }
    }

    fn end(&self) -> i64 {
        self.start + self.step * i64::try_from(self.count).unwrap_or(0)
    }

    fn place(&self, at_ms: i64) -> Option<usize> {
        usize::try_from((at_ms - self.start).div_euclid(self.step)).ok().filter(|at| *at < self.count)
    }

    fn times(&self) -> Vec<i64> {
        (0..self.count).map(|i| self.start + self.step * i64::try_from(i).unwrap_or(0)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_chart_has_at_most_the_points_asked_for_at_whole_minutes() {
        let request =
            SeriesRequest { metric: Metric::GpuPower, of: None, range_ms: 7 * 86_400_000, points: 300 };
        let steps = Steps::of(&request, 1_764_000_123_456, 60_000);
        assert!(steps.count <= 306 && steps.step % 60_000 == 0 && steps.start % steps.step == 0);
        assert!(steps.end() > 1_764_000_123_456 && steps.end() - 1_764_000_123_456 <= steps.step);
        assert_eq!(steps.place(steps.start), Some(0));
        assert_eq!(steps.place(steps.start - 1), None);
        assert_eq!(steps.place(steps.end()), None);
        assert_eq!(steps.place(steps.end() - 1), Some(steps.count - 1));
    }
}
