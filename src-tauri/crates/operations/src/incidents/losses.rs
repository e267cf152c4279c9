//! Requests whose failure was the first that anybody saw of an outage: they end before its incident begins.

use std::collections::VecDeque;

use domain::event::RequestEnd;
use serde::{Deserialize, Serialize};

use super::{ALL_TIERS, Incident};

/// So long before a change-over a failed request may be due to the same fault, milliseconds.
const WINDOW_MS: i64 = 60_000;
/// Older ones are let go.
const MOST: usize = 200;

/// The newest failed requests that no incident has counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Losses(VecDeque<Loss>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Loss {
    at_ms: i64,
    chain: String,
    /// The tier whose answer broke off; none when nobody answered.
    tier: Option<String>,
    simulated: bool,
}

impl Losses {
    /// A request failed while traffic was away from no tier of its chain.
    pub(super) fn note(&mut self, end: &RequestEnd, at_ms: i64) {
        self.0.retain(|loss| at_ms - loss.at_ms <= WINDOW_MS);
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        let (chain, tier) = (end.chain.clone(), end.tier.clone());
        self.0.push_back(Loss { at_ms, chain, tier, simulated: end.simulated });
    }

    /// Those since the fault of `incident` began that it explains; no other incident counts them again.
    pub(super) fn claim(&mut self, incident: &Incident) -> u64 {
        let before = self.0.len();
        self.0.retain(|loss| {
            let its_tier = loss.tier.as_deref().unwrap_or(ALL_TIERS) == incident.tier;
            let its_time = loss.at_ms >= incident.times.began_ms;
            !(its_tier && its_time && incident.is_of(&loss.chain, loss.simulated))
        });
        (before - self.0.len()) as u64
    }
}
