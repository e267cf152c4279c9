//! Figures of a period that are no incident's own: targets by component, chains, tiers, error budget.

use std::collections::BTreeMap;

use store::{RollupFilter, Store, StoreError};

use super::{RTO_TARGET_MS, Recovery, Shares};

/// Availability that a chain has to reach; what is missing to 1 is its error budget.
pub const AVAILABILITY_TARGET: f64 = 0.999;
/// A tier that failed has to be in full service again within this time.
const MODEL_TARGET_MS: i64 = 300_000;
/// The rest of what has to come back, and how much of it may be lost.
const HISTORY_TARGET_MS: i64 = 300_000;
const HISTORY_LOSS_MS: i64 = 60_000;
const PREFERENCES_TARGET_MS: i64 = 900_000;
const PREFERENCES_LOSS_MS: i64 = 300_000;

/// A component's target, and what was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Its name.
    pub component: &'static str,
    /// The longest that is allowed, milliseconds.
    pub target_ms: i64,
    /// The worst of the period; absent when nothing was measured.
    pub measured_ms: Option<i64>,
    /// Whether the target was held; absent when nothing was measured.
    pub held: Option<bool>,
    /// What is measured, and where it comes from.
    pub source: &'static str,
}

/// A chain's figures.
#[derive(Clone, Debug, PartialEq)]
pub struct ChainFigures {
    /// Its name.
    pub chain: String,
    /// Requests that counted.
    pub requests: u64,
    /// Share of them answered.
    pub availability: Option<f64>,
    /// Share that the first tier alone would have answered.
    pub first_tier_alone: Option<f64>,
    /// Share of the error budget that is left; below 0 when it is overspent.
    pub budget_left: Option<f64>,
}

/// A tier's figures.
#[derive(Clone, Debug, PartialEq)]
pub struct TierFigures {
    /// Its chain.
    pub chain: String,
    /// Its name.
    pub tier: String,
    /// Tries at it.
    pub attempts: u64,
    /// Share of them that were answered.
    pub availability: Option<f64>,
}

/// Each component's target held against the worst of the period.
pub(super) fn targets(recoveries: &[Recovery]) -> Vec<Target> {
    let target = |component, target_ms, measured_ms: Option<i64>, source| Target {
        component,
        target_ms,
        measured_ms,
        held: measured_ms.map(|ms| ms <= target_ms),
        source,
    };
    let worst = |of: fn(&Recovery) -> Option<i64>| recoveries.iter().filter_map(of).max();
    vec![
        target("API routing, RTO", RTO_TARGET_MS, worst(|r| r.service_ms), "worst service time"),
        target("Model serving, RTO", MODEL_TARGET_MS, worst(Recovery::rto_ms), "worst RTO of a tier"),
        target("Conversation history, RTO", HISTORY_TARGET_MS, None, "no event tells of it"),
        target("Conversation history, RPO", HISTORY_LOSS_MS, None, "no event tells of it"),
        target("Preferences, RTO", PREFERENCES_TARGET_MS, None, "no event tells of it"),
        target(
            "Preferences, RPO",
            PREFERENCES_LOSS_MS,
            Some(0),
            "a revision is on disk before it is in force",
        ),
    ]
}

/// The figures of each chain, by name, and of all of them together.
pub(super) async fn chains(
    store: &Store,
    filter: &RollupFilter,
) -> Result<(Vec<ChainFigures>, Shares), StoreError> {
    let mut chains = BTreeMap::<String, Shares>::new();
    let mut all = Shares::default();
    for row in store.request_totals(filter).await? {
        chains.entry(row.chain.clone()).or_default().add(&row);
        all.add(&row);
    }
    let figures = |(chain, shares): (String, Shares)| ChainFigures {
        chain,
        requests: shares.counted,
        availability: shares.availability(),
        first_tier_alone: shares.first_tier_alone(),
        budget_left: shares.budget_left(),
    };
    Ok((chains.into_iter().map(figures).collect(), all))
}

/// The figures of each tier, by chain and name.
pub(super) async fn tiers(store: &Store, filter: &RollupFilter) -> Result<Vec<TierFigures>, StoreError> {
    let mut tiers = BTreeMap::<(String, String), (u64, u64)>::new();
    for (chain, tier, result, count) in store.attempt_totals(filter).await? {
        let figures = tiers.entry((chain, tier)).or_default();
        figures.0 += count;
        if result == "ok" {
            figures.1 += count;
        }
    }
    let figures = |((chain, tier), (attempts, good)): ((String, String), (u64, u64))| TierFigures {
        chain,
        tier,
        attempts,
        availability: (attempts > 0).then(|| good as f64 / attempts as f64),
    };
    Ok(tiers.into_iter().map(figures).collect())
}
