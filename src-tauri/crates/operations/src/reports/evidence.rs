//! Whether what is known of a chain's recovery is still true. A failover proves what was configured when it happened, and
//! not for ever.

use store::{Store, StoreError};

use super::{ChainTerms, Terms, times::readable};

/// A proof is good for a quarter.
const QUARTER_MS: i64 = 92 * 86_400_000;

/// What proves a chain's recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The chain.
    pub chain: String,
    /// When a failover last proved it, at or before the end of the period.
    pub proven_ms: Option<i64>,
    /// The incident of that failover.
    pub incident: Option<i64>,
    /// When the chain's configuration last changed.
    pub changed_ms: Option<i64>,
    /// Whether the proof is none any more.
    pub stale: bool,
    /// That in words.
    pub why: String,
}

/// The evidence of each chain of this kind, as of the end of the period.
pub(super) async fn of(
    store: &Store,
    terms: &Terms,
    to_ms: i64,
    simulated: bool,
) -> Result<Vec<Evidence>, StoreError> {
    let to_ms = to_ms.min(terms.now_ms);
    let mut found = Vec::new();
    for chain in terms.chains.iter().filter(|c| c.simulated == simulated) {
        let last = store.last_failover(&chain.name, simulated, to_ms).await?;
        found.push(judge(chain, last, to_ms));
    }
    Ok(found)
}

fn judge(chain: &ChainTerms, last: Option<(i64, Option<i64>)>, to_ms: i64) -> Evidence {
    let proven_ms = last.map(|(at, _)| at);
    let changed_ms = chain.changed_ms.filter(|at| *at < to_ms);
    let (stale, why) = match (proven_ms, changed_ms) {
        (None, _) => (true, "No failover of this chain is on record: drill it.".to_owned()),
        (Some(proven), Some(changed)) if changed > proven => {
            let at = readable(changed);
            (true, format!("The chain changed on {at}, after the last failover: drill it again."))
        }
        (Some(proven), _) if to_ms.saturating_sub(proven) > QUARTER_MS => {
            (true, "The last failover is more than a quarter ago: drill it again.".to_owned())
        }
        (Some(_), _) => (false, "Proven since the chain last changed.".to_owned()),
    };
    let incident = last.and_then(|(_, incident)| incident);
    Evidence { chain: chain.name.clone(), proven_ms, incident, changed_ms, stale, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_good_until_the_chain_changes_and_for_a_quarter() {
        let chain = |changed_ms| ChainTerms { name: "chat".into(), changed_ms, ..ChainTerms::default() };
        let stale = |changed, proven: Option<i64>, now| {
            judge(&chain(changed), proven.map(|at| (at, Some(7))), now).stale
        };
        assert!(stale(None, None, 1_000), "nothing proves it");
        assert!(!stale(Some(5), Some(6), 1_000));
        assert!(stale(Some(6), Some(5), 1_000), "changed since");
        assert!(!stale(Some(2_000), Some(5), 1_000), "changed after the end of the period");
        assert!(!stale(None, Some(5), 5 + QUARTER_MS));
        assert!(stale(None, Some(5), 6 + QUARTER_MS));
        assert_eq!(judge(&chain(None), Some((5, Some(7))), 9).incident, Some(7));
    }
}
