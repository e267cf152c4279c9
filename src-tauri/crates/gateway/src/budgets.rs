//! How often the same replica may be asked again: a share of the tier's good answers, so that an outage does not
//! multiply its own traffic.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use resilience::budget::{Budget, Settings};
use tokio::time::Instant;

/// The budget of a chain's hedges; no tier has this name.
const HEDGES: &str = "";

/// One budget per tier, by chain and tier. A tier that never retried needs none: it would be full.
#[derive(Default)]
pub(crate) struct Budgets(Mutex<HashMap<String, HashMap<String, Budget>>>);

impl Budgets {
    /// Spends a retry of the tier, if there is one to spend.
    pub(crate) fn may_retry(&self, chain: &str, tier: &str, now: Instant) -> bool {
        let mut chains = self.lock();
        let tiers = chains.entry(chain.to_owned()).or_default();
        let new = || Budget::new(now, Settings::default());
        tiers.entry(tier.to_owned()).or_insert_with(new).withdraw(now)
    }

    /// The tier answered well.
    pub(crate) fn deposit(&self, chain: &str, tier: &str, now: Instant) {
        if let Some(budget) = self.lock().get_mut(chain).and_then(|tiers| tiers.get_mut(tier)) {
            budget.deposit(now);
        }
    }

    /// Spends a request to a second server beside a late one, if there is one to spend.
    pub(crate) fn may_hedge(&self, chain: &str, now: Instant) -> bool {
        self.may_retry(chain, HEDGES, now)
    }

    /// The chain answered well.
    pub(crate) fn answered(&self, chain: &str, now: Instant) {
        self.deposit(chain, HEDGES, now);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, HashMap<String, Budget>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tier_has_a_budget_of_its_own_that_its_answers_fill() {
        let (budgets, now) = (Budgets::default(), Instant::now());
        let spent = |tier: &str| (0..50).filter(|_| budgets.may_retry("chat", tier, now)).count();
        assert_eq!(spent("gpu"), 10);
        assert_eq!(spent("gpu"), 0);
        assert_eq!(spent("cpu"), 10);
        for _ in 0..10 {
            budgets.deposit("chat", "gpu", now);
        }
        assert_eq!((spent("gpu"), spent("cpu")), (2, 0));
    }
}
