//! What reports are held against, from the configuration in force and its history.

use std::collections::BTreeMap;

use contract::config::{Chain, Document, Provider};
use operations::reports::{ChainTerms, Price, Terms};
use store::{Store, StoreError};

use crate::{Engine, config};

/// Revisions read at once.
const PAGE: u32 = 20;
/// A chain that has not changed in so many revisions counts as changed with the oldest of them.
const FURTHEST: usize = 200;

/// When each chain last changed, as of a revision.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    revision: i64,
    at_ms: BTreeMap<String, i64>,
}

impl Engine {
    /// Targets, prices and chains of the configuration in force.
    pub(crate) async fn terms(&self) -> Result<Terms, StoreError> {
        let in_force = self.inner.config.current();
        let mut known = self.inner.changes.lock().await;
        if known.revision != in_force.revision {
            let at_ms = changes(&self.inner.store, &in_force.document, in_force.revision).await?;
            *known = Changes { revision: in_force.revision, at_ms };
        }
        Ok(terms(in_force.revision, &in_force.document, &known.at_ms))
    }
}

/// The terms of a document.
pub(crate) fn terms(revision: i64, document: &Document, changed: &BTreeMap<String, i64>) -> Terms {
    let targets = &document.targets;
    let ms = |span: contract::Span| i64::try_from(span.0.as_millis()).unwrap_or(i64::MAX);
    let chain = |chain: &Chain| ChainTerms {
        name: chain.name.clone(),
        simulated: chain.tiers.iter().any(|t| t.provider == Provider::Practice),
        changed_ms: changed.get(&chain.name).copied(),
        tiers: chain
            .tiers
            .iter()
            .map(|t| (t.name.clone(), t.price.map(|p| Price { input: p.input, output: p.output })))
            .collect(),
    };
    Terms {
        revision,
        now_ms: domain::time::wall_ms(),
        availability: targets.availability,
        routing_rto_ms: ms(targets.routing_rto),
        serving_rto_ms: ms(targets.serving_rto),
        history_rto_ms: ms(targets.history_rto),
        history_rpo_ms: ms(targets.history_rpo),
        preferences_rto_ms: ms(targets.preferences_rto),
        preferences_rpo_ms: ms(targets.preferences_rpo),
        cost_spike: targets.cost_spike,
        cost_floor: targets.cost_floor,
        chains: document.chains.iter().map(chain).collect(),
    }
}

/// When each chain became what it is: the time of the oldest revision since which it has not changed.
async fn changes(
    store: &Store,
    document: &Document,
    revision: i64,
) -> Result<BTreeMap<String, i64>, StoreError> {
    let mut found = BTreeMap::new();
    let mut open: Vec<Chain> = document.chains.iter().map(bare).collect();
    let mut before = revision + 1;
    let mut looked_at = 0;
    while !open.is_empty() && looked_at < FURTHEST {
        let rows = store.revisions_before(before, PAGE).await?;
        let Some(last) = rows.last() else { break };
        before = last.revision;
        looked_at += rows.len();
        for row in &rows {
            // What an older version wrote and this one cannot read is not the same.
            let then = config::read(&row.document).document;
            open.retain(|chain| {
                let same = then.iter().flat_map(|d| &d.chains).any(|c| bare(c) == *chain);
                if same {
                    found.insert(chain.name.clone(), row.at_ms);
                }
                same
            });
        }
    }
    Ok(found)
}

/// A chain without what does not bear on its recovery.
fn bare(chain: &Chain) -> Chain {
    let mut chain = chain.clone();
    for tier in &mut chain.tiers {
        tier.price = None;
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_chain_changed_when_it_last_became_what_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let first = config::starter();
        let mut aliased = first.clone();
        aliased.chains[0].aliases.push("other".into());
        let mut priced = aliased.clone();
        priced.chains[0].tiers[0].price = Some(contract::config::Price { input: 1.0, output: 2.0 });
        priced.targets.availability = 0.99;
        for (at_ms, document) in [(10, &first), (20, &aliased), (30, &aliased), (40, &priced)] {
            let text = config::to_yaml(document).unwrap();
            store.insert_revision("ada", "", at_ms, &text, None).await.unwrap();
        }
        let name = first.chains[0].name.clone();
        let changed = changes(&store, &priced, 4).await.unwrap();
        assert_eq!(changed.get(&name), Some(&20), "neither a price nor another part of the document counts");
        let terms = terms(4, &priced, &changed);
        assert_eq!((terms.availability, terms.chains[0].simulated), (0.99, true));
        let tier = priced.chains[0].tiers[0].name.clone();
        assert_eq!(terms.price(&name, &tier).unwrap().of(1_000_000, 500_000), 2.0);
        store.close().await;
    }
}
