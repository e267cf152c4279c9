//! Recovery times and availability over a period, computed from recorded rows alone.
//!
//! Real and simulated figures never mix: a report is of one kind. Every measure has its formula beside it, in
//! [`definitions`]. Times are milliseconds since the Unix epoch, durations milliseconds, shares 0 to 1.

mod chart;
mod cost;
mod csv;
mod definitions;
mod evidence;
mod figures;
mod html;
mod pdf;
mod recovery;
mod scatter;
mod sheet;
mod terms;
pub(crate) mod times;

use store::{IncidentFilter, IncidentRow, RequestMinute, RollupFilter, Store, StoreError};

pub(crate) use self::csv::table;
pub use self::{
    cost::{FallbackCost, of as cost},
    csv::csv,
    definitions::{Definition, definitions},
    evidence::Evidence,
    figures::{ChainFigures, Target, TierFigures},
    html::{ExportError, html},
    pdf::pdf,
    recovery::Recovery,
    terms::{ChainTerms, Price, Terms},
};
use crate::incidents::ALL_TIERS;

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
    /// The revision of the configuration whose targets and prices it is held against.
    pub revision: i64,
    /// Target for the time without a good answer.
    pub rto_target_ms: i64,
    /// Target for the share of answered requests.
    pub availability_target: f64,
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
    /// What fallback cost; absent while no tier has a price.
    pub cost: Option<FallbackCost>,
    /// Of each chain, whether what is known of its recovery is still true.
    pub evidence: Vec<Evidence>,
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

/// The report over `from_ms..to_ms`, held against `terms`. Figures of requests are per whole minute.
///
/// # Errors
/// When the database cannot be read.
pub async fn report(
    store: &Store,
    (from_ms, to_ms): (i64, i64),
    simulated: bool,
    terms: &Terms,
) -> Result<Report, StoreError> {
    let minutes = minutes(from_ms, to_ms, simulated);
    let (chains, shares) = figures::chains(store, &minutes, terms).await?;
    let attempts = store.attempt_totals(&minutes).await?;
    let totals = store.recovery_totals(from_ms, to_ms, simulated, ALL_TIERS).await?;
    let start_ms = figures::longest_start(store, from_ms, to_ms).await?;
    let filter = IncidentFilter {
        simulated: Some(simulated),
        from_ms: Some(from_ms),
        to_ms: Some(to_ms),
        ..IncidentFilter::default()
    };
    let (rows, _) = store.incidents(&filter, MOST_INCIDENTS, 0).await?;
    Ok(Report {
        from_ms,
        to_ms,
        simulated,
        revision: terms.revision,
        rto_target_ms: terms.routing_rto_ms,
        availability_target: terms.availability,
        requests: shares.counted,
        availability: shares.availability(),
        first_tier_alone: shares.first_tier_alone(),
        mttd_ms: totals.detect_ms,
        mtta_ms: totals.assess_ms,
        mttr_ms: totals.restore_ms,
        incidents: totals.incidents.unsigned_abs(),
        by_cause: store.changeover_causes(from_ms, to_ms, simulated).await?,
        targets: figures::targets(terms, &totals, start_ms),
        chains,
        tiers: figures::tiers(&attempts, terms),
        cost: cost(&attempts, terms),
        evidence: evidence::of(store, terms, to_ms, simulated).await?,
        definitions: definitions(),
        recoveries: rows.into_iter().map(|row| Recovery::of(row, terms.routing_rto_ms)).collect(),
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

    fn failed(&self) -> u64 {
        self.counted.saturating_sub(self.answered)
    }

    /// As many requests may fail.
    fn budget(&self, target: f64) -> f64 {
        self.counted as f64 * (1.0 - target)
    }

    /// The share of the error budget that is left; none where nothing may fail.
    fn budget_left(&self, target: f64) -> Option<f64> {
        let budget = self.budget(target);
        (budget > 0.0).then(|| 1.0 - self.failed() as f64 / budget)
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

#[cfg(test)]
mod tests;
