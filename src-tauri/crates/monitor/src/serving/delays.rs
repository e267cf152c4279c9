//! Who was kept waiting by which tier: what a change-over says of the client whose request set it off.

use std::{collections::BTreeMap, time::Duration};

use domain::serving::Delayed;
use tokio::time::Instant;

/// A client that gave a tier up longer ago than this has nothing to do with what happens to the tier now. Checks that
/// run into their time limits one after the other take this long to say that it is down.
const RELATED: Duration = Duration::from_secs(30);

/// The last client that each tier kept waiting: when its request came, and until when it waited at most.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Delays(BTreeMap<String, (Instant, Instant)>);

impl Delays {
    /// A client waits, or has waited, in vain.
    pub(super) fn note(&mut self, delayed: Delayed) {
        self.0.insert(delayed.tier, (delayed.since, delayed.until));
    }

    /// The tier answered, or what happened to it has been told.
    pub(super) fn forget(&mut self, tier: &str) {
        self.0.remove(tier);
    }

    /// Whether the tier kept a client waiting and has not answered since.
    pub(super) fn holds(&self, tier: &str) -> bool {
        self.0.contains_key(tier)
    }

    /// How long the client had waited by `now`, milliseconds; absent when the tier kept nobody waiting lately.
    pub(super) fn waited_ms(&self, tier: &str, now: Instant) -> Option<i64> {
        let (since, until) = self.0.get(tier)?;
        let related = now.saturating_duration_since(*until) <= RELATED;
        let waited = now.min(*until).saturating_duration_since(*since);
        related.then(|| i64::try_from(waited.as_millis()).unwrap_or(i64::MAX))
    }
}
