//! Recovery times and availability over a period, computed from recorded rows alone.
//!
//! Real and simulated figures never mix: a report is of one kind. Every measure has its formula beside it, in
//! [`definitions`]. Times are milliseconds since the Unix epoch, durations milliseconds, shares 0 to 1.

mod chart;
mod csv;
mod definitions;
mod figures;
mod html;
mod pdf;
mod recovery;
mod sheet;
pub(crate) mod times;

use store::{IncidentFilter, IncidentRow, RequestMinute, RollupFilter, Store, StoreError};

pub(crate) use self::csv::table;
pub use self::{
    csv::csv,
    definitions::{Definition, definitions},
    figures::{AVAILABILITY_TARGET, ChainFigures, Target, TierFigures},
    html::{ExportError, html},
    pdf::pdf,
    recovery::{RTO_TARGET_MS, Recovery},
};

const MINUTE_MS: i64 = 60_000;
const WEEK_MS: i64 = 7 * 86_400_000;
/// The most incidents in one report.
const MOST_INCIDENTS: u32 = 1_000;

/// A report over a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Start of the period.
    pub from_ms: i64,
    /// End of the period; not part of it.
    pub to_ms: i64,
    /// Whether it is of simulated chains.
    pub simulated: bool,
    /// Target for the time without a good answer.
    pub rto_target_ms: i64,
    /// Requests that counted.
    pub requests: u64,
    /// Share of them answered.
    pub availability: Option<f64>,
    /// Share that the first tier alone would have answered.
    pub first_tier_alone: Option<f64>,
    /// Mean time to detect.
    pub mttd_ms: Option<i64>,
    /// Mean time to assess.
    pub mtta_ms: Option<i64>,
    /// Mean time to restore.
    pub mttr_ms: Option<i64>,
    /// Per incident that began in the period, newest first; at most 1,000.
    pub recoveries: Vec<Recovery>,
    /// Incidents that began in the period, also those beyond the first 1,000.
    pub incidents: u64,
    /// Change-overs to a less preferred tier by what set them off, most frequent first.
    pub by_cause: Vec<(String, u64)>,
    /// Each component's target against the worst of the period.
    pub targets: Vec<Target>,
    /// Each chain's figures.
    pub chains: Vec<ChainFigures>,
    /// Each tier's figures.
    pub tiers: Vec<TierFigures>,
    /// What each measure means.
    pub definitions: Vec<Definition>,
}

/// The last seven days.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Week {
    /// Requests that counted.
    pub requests: u64,
    /// Share of them answered.
    pub availability: Option<f64>,
    /// Share that the first tier alone would have answered.
    pub first_tier_alone: Option<f64>,
    /// Change-overs to a less preferred tier.
    pub failovers: u64,
    /// The longest recovery of an incident that began in these days and was restored.
    pub worst_rto_ms: Option<i64>,
}

/// The report over `from_ms..to_ms`. Figures of requests are per whole minute.
///
/// # Errors
/// When the database cannot be read.
pub async fn report(store: &Store, from_ms: i64, to_ms: i64, simulated: bool) -> Result<Report, StoreError> {
    let minutes = minutes(from_ms, to_ms, simulated);
    let (chains, shares) = figures::chains(store, &minutes).await?;
    let filter = IncidentFilter {
        simulated: Some(simulated),
        from_ms: Some(from_ms),
        to_ms: Some(to_ms),
        ..IncidentFilter::default()
    };
    let (rows, incidents) = store.incidents(&filter, MOST_INCIDENTS, 0).await?;
    let recoveries: Vec<_> = rows.into_iter().map(Recovery::of).collect();
    let over_restored = |part: fn(&Recovery) -> Option<i64>| {
        mean(recoveries.iter().filter(|r| r.incident.restored_ms.is_some()).filter_map(part))
    };
    Ok(Report {
        from_ms,
        to_ms,
        simulated,
        rto_target_ms: RTO_TARGET_MS,
        requests: shares.counted,
        availability: shares.availability(),
        first_tier_alone: shares.first_tier_alone(),
        mttd_ms: over_restored(|r| Some(r.detect_ms)),
        mtta_ms: over_restored(|r| r.assess_ms),
        mttr_ms: over_restored(Recovery::rto_ms),
        incidents,
        by_cause: store.changeover_causes(from_ms, to_ms, simulated).await?,
        targets: figures::targets(&recoveries),
        chains,
        tiers: figures::tiers(store, &minutes).await?,
        definitions: definitions(),
        recoveries,
    })
}

/// The figures of the seven days before `now_ms`.
///
/// # Errors
/// When the database cannot be read.
pub async fn week(store: &Store, now_ms: i64, simulated: bool) -> Result<Week, StoreError> {
    // The minute that goes on counts too.
    let (from_ms, to_ms) = (now_ms - WEEK_MS, now_ms + 1);
    let shares = shares(store, from_ms, to_ms, simulated).await?;
    let filter = IncidentFilter {
        simulated: Some(simulated),
        from_ms: Some(from_ms),
        going_on: Some(false),
        ..Default::default()
    };
    let (rows, _) = store.incidents(&filter, MOST_INCIDENTS, 0).await?;
    let rto = |row: &IncidentRow| row.restored_ms.map(|restored| restored - row.began_ms);
    Ok(Week {
        requests: shares.counted,
        availability: shares.availability(),
        first_tier_alone: shares.first_tier_alone(),
        failovers: store
            .changeover_causes(from_ms, to_ms, simulated)
            .await?
            .iter()
            .map(|(_, count)| count)
            .sum(),
        worst_rto_ms: rows.iter().filter_map(rto).max(),
    })
}

/// Requests by what became of them.
#[derive(Clone, Copy, Debug, Default)]
struct Shares {
    counted: u64,
    answered: u64,
    first_tier_ok: u64,
}

impl Shares {
    /// Requests that failed through the client's own mistake, or whose client hung up, do not count.
    fn add(&mut self, row: &RequestMinute) {
        if row.result == "answered" || row.result == "failed" {
            self.counted += row.count.unsigned_abs();
            self.first_tier_ok += row.first_tier_ok.unsigned_abs();
        }
        if row.result == "answered" {
            self.answered += row.count.unsigned_abs();
        }
    }

    fn availability(&self) -> Option<f64> {
        (self.counted > 0).then(|| self.answered as f64 / self.counted as f64)
    }

    /// The share of the error budget that is left.
    fn budget_left(&self) -> Option<f64> {
        let failed = self.counted.saturating_sub(self.answered);
        let budget = self.counted as f64 * (1.0 - AVAILABILITY_TARGET);
        (self.counted > 0).then(|| 1.0 - failed as f64 / budget)
    }

    fn first_tier_alone(&self) -> Option<f64> {
        (self.counted > 0).then(|| self.first_tier_ok as f64 / self.counted as f64)
    }
}

async fn shares(store: &Store, from_ms: i64, to_ms: i64, simulated: bool) -> Result<Shares, StoreError> {
    let mut shares = Shares::default();
    for row in store.request_totals(&minutes(from_ms, to_ms, simulated)).await? {
        shares.add(&row);
    }
    Ok(shares)
}

fn minutes(from_ms: i64, to_ms: i64, simulated: bool) -> RollupFilter {
    RollupFilter {
        from_minute: from_ms.div_euclid(MINUTE_MS),
        to_minute: to_ms.saturating_add(MINUTE_MS - 1).div_euclid(MINUTE_MS),
        simulated,
        chain: None,
    }
}

/// The mean, rounded down; absent without values.
fn mean(values: impl Iterator<Item = i64>) -> Option<i64> {
    let (sum, count) = values.fold((0_i64, 0_i64), |(sum, count), v| (sum.saturating_add(v), count + 1));
    (count > 0).then(|| sum / count)
}

#[cfg(test)]
mod tests;
