//! Figures of a period that are no incident's own: targets by component, chains, tiers, error budget.

use std::collections::BTreeMap;

use store::{AttemptMinute, EventFilter, RecoveryTotals, RollupFilter, Store, StoreError};

use super::{Shares, Terms};

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
    /// Those that failed.
    pub failed: u64,
    /// As many may fail.
    pub budget: f64,
    /// Share of the error budget that is left; below 0 when it is overspent.
    pub budget_left: Option<f64>,
}

/// A tier's figures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TierFigures {
    /// Its chain.
    pub chain: String,
    /// Its name.
    pub tier: String,
    /// Tries at it.
    pub attempts: u64,
    /// Share of them that were answered.
    pub availability: Option<f64>,
    /// Tokens of prompts, where the server counted them.
    pub tokens_in: u64,
    /// Tokens of answers, where the server counted them.
    pub tokens_out: u64,
    /// What these cost, US dollars; absent without a price.
    pub cost: Option<f64>,
}

/// Each component's target held against the worst of the period. `start_ms`: the longest start of the program.
pub(super) fn targets(terms: &Terms, totals: &RecoveryTotals, start_ms: Option<i64>) -> Vec<Target> {
    let target = |component, target_ms, measured_ms: Option<i64>, source| Target {
        component,
        target_ms,
        measured_ms,
        held: measured_ms.map(|ms| ms <= target_ms),
        source,
    };
    let none = "conversations are not kept in this version, so there is nothing to bring back";
    vec![
        target("API routing, RTO", terms.routing_rto_ms, totals.worst_service_ms, "worst service time"),
        target("Model serving, RTO", terms.serving_rto_ms, totals.worst_rto_ms, "worst RTO of a tier"),
        target("Conversation history, RTO", terms.history_rto_ms, None, none),
        target("Conversation history, RPO", terms.history_rpo_ms, None, none),
        target(
            "Preferences, RTO",
            terms.preferences_rto_ms,
            start_ms,
            "longest start of the program until its configuration was in force",
        ),
        target(
            "Preferences, RPO",
            terms.preferences_rpo_ms,
            Some(0),
            "a revision is on disk before it is in force",
        ),
    ]
}

/// The longest that the program took to put its configuration in force, of the starts of a period.
pub(super) async fn longest_start(
    store: &Store,
    from_ms: i64,
    to_ms: i64,
) -> Result<Option<i64>, StoreError> {
    let filter = EventFilter {
        kinds: vec!["started".into()],
        from_ms: Some(from_ms),
        to_ms: Some(to_ms),
        newest_first: true,
        limit: 1_000,
        ..EventFilter::default()
    };
    let took = |row: &store::EventRow| -> Option<i64> {
        serde_json::from_str::<serde_json::Value>(&row.body).ok()?.get("in_force_ms")?.as_i64()
    };
    Ok(store.events(&filter).await?.iter().filter_map(took).max())
}

/// The figures of each chain, by name, and of all of them together.
pub(super) async fn chains(
    store: &Store,
    filter: &RollupFilter,
    terms: &Terms,
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
        failed: shares.failed(),
        budget: shares.budget(terms.availability),
        budget_left: shares.budget_left(terms.availability),
    };
    Ok((chains.into_iter().map(figures).collect(), all))
}

/// The figures of each tier: by chain and, within it, in the order of the configuration.
pub(super) fn tiers(attempts: &[AttemptMinute], terms: &Terms) -> Vec<TierFigures> {
    let mut tiers = BTreeMap::<(String, String), (u64, TierFigures)>::new();
    for row in attempts {
        let (good, tier) = tiers.entry((row.chain.clone(), row.tier.clone())).or_default();
        tier.attempts += row.count.unsigned_abs();
        tier.tokens_in += row.tokens_in.unsigned_abs();
        tier.tokens_out += row.tokens_out.unsigned_abs();
        if row.result == "ok" {
            *good += row.count.unsigned_abs();
        }
    }
    let figures = |((chain, tier), (good, sums)): ((String, String), (u64, TierFigures))| TierFigures {
        availability: (sums.attempts > 0).then(|| good as f64 / sums.attempts as f64),
        cost: terms.price(&chain, &tier).map(|p| p.of(sums.tokens_in, sums.tokens_out)),
        chain,
        tier,
        ..sums
    };
    let mut tiers: Vec<_> = tiers.into_iter().map(figures).collect();
    let place = |tier: &TierFigures| {
        terms.chain(&tier.chain).and_then(|c| c.tiers.iter().position(|(name, _)| *name == tier.tier))
    };
    tiers.sort_by_key(|tier| (tier.chain.clone(), place(tier).unwrap_or(usize::MAX)));
    tiers
}
