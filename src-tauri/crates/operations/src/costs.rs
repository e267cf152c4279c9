//! Whether a tier costs far more than it usually does. US dollars, at the prices in force.
//!
//! The last sixty minutes are held against the mean of the hours with any cost in the seven days before. Nothing is
//! judged before six such hours are known: nobody can say then what is usual.

use std::collections::{BTreeMap, HashSet};

use domain::event::CostChange;
use store::{AttemptMinute, RollupFilter, Store, StoreError};

use crate::reports::Terms;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;
const WEEK_HOURS: i64 = 168;
/// So many hours with a cost are needed to know what is usual.
const LEAST_HOURS: usize = 6;
/// A spike is over once the hour is this far below the mark, so that it does not flicker.
const WELL_BELOW: f64 = 0.8;

/// The chain and tier of a spike.
pub type Place = (String, String);

/// What changed since `spiking` was known: tiers that began to spike, and tiers that no longer do.
///
/// # Errors
/// When the database cannot be read.
pub async fn changes(
    store: &Store,
    terms: &Terms,
    spiking: &HashSet<Place>,
    now_ms: i64,
) -> Result<Vec<CostChange>, StoreError> {
    let minute = now_ms.div_euclid(MINUTE_MS) + 1;
    let last = RollupFilter { from_minute: minute - 60, to_minute: minute, simulated: false, chain: None };
    let last = costs(&store.attempt_totals(&last).await?, terms);
    let hour = now_ms.div_euclid(HOUR_MS);
    let mut usual = BTreeMap::<Place, Vec<f64>>::new();
    for (_, rows) in by_hour(store.attempt_hours(hour - WEEK_HOURS, hour - 1, false).await?) {
        for (place, cost) in costs(&rows, terms) {
            usual.entry(place).or_default().push(cost);
        }
    }
    let mut places: Vec<Place> = last.keys().chain(spiking).cloned().collect();
    places.sort();
    places.dedup();
    let judge = |place: Place| {
        let now = last.get(&place).copied().unwrap_or(0.0);
        let usual = usual.get(&place).and_then(mean);
        let was = spiking.contains(&place);
        // Without anything usual nothing begins; what began ends when nothing is spent any more.
        let is = usual.map_or(was && now > 0.0, |usual| spikes(now, usual, was, terms));
        let (chain, tier) = place;
        (is != was).then_some(CostChange { chain, tier, spiking: is, hour: now, usual: usual.unwrap_or(0.0) })
    };
    Ok(places.into_iter().filter_map(judge).collect())
}

/// Whether an hour of this cost is a spike.
fn spikes(hour: f64, usual: f64, was: bool, terms: &Terms) -> bool {
    if terms.cost_spike <= 0.0 {
        return false;
    }
    let mark = (usual * terms.cost_spike).max(terms.cost_floor);
    hour > if was { mark * WELL_BELOW } else { mark }
}

#[expect(clippy::ptr_arg, reason = "it is handed over by name")]
fn mean(hours: &Vec<f64>) -> Option<f64> {
    (hours.len() >= LEAST_HOURS).then(|| hours.iter().sum::<f64>() / hours.len() as f64)
}

/// What each tier with a price cost; those that cost nothing are left out.
fn costs(rows: &[AttemptMinute], terms: &Terms) -> BTreeMap<Place, f64> {
    let mut costs = BTreeMap::new();
    for row in rows {
        let Some(price) = terms.price(&row.chain, &row.tier) else { continue };
        let paid = price.of(row.tokens_in.unsigned_abs(), row.tokens_out.unsigned_abs());
        if paid > 0.0 {
            *costs.entry((row.chain.clone(), row.tier.clone())).or_default() += paid;
        }
    }
    costs
}

fn by_hour(rows: Vec<AttemptMinute>) -> BTreeMap<i64, Vec<AttemptMinute>> {
    let mut hours = BTreeMap::<i64, Vec<AttemptMinute>>::new();
    for row in rows {
        hours.entry(row.minute).or_default().push(row);
    }
    hours
}

#[cfg(test)]
mod tests {
    use store::Commit;

    use super::*;
    use crate::reports::{ChainTerms, Price};

    const NOW_MS: i64 = 1_000 * HOUR_MS + 30 * MINUTE_MS;

    fn tokens(minute: i64, dollars: i64) -> AttemptMinute {
        AttemptMinute {
            minute,
            chain: "chat".into(),
            tier: "cloud".into(),
            simulated: false,
            result: "ok".into(),
            count: 1,
            tokens_in: dollars * 1_000_000,
            tokens_out: 0,
        }
    }

    fn terms(cost_floor: f64) -> Terms {
        let price = Some(Price { input: 1.0, output: 1.0 });
        let chat =
            ChainTerms { name: "chat".into(), tiers: vec![("cloud".into(), price)], ..Default::default() };
        Terms { cost_spike: 3.0, cost_floor, chains: vec![chat], ..Terms::default() }
    }

    async fn store_with(attempts: Vec<AttemptMinute>) -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        store.commit(&Commit { attempts, ..Commit::default() }).await.unwrap();
        (dir, store)
    }

    #[tokio::test]
    async fn an_hour_far_above_the_usual_is_a_spike_once_the_usual_is_known() {
        let usual = |hours: i64| (2..2 + hours).map(|h| tokens((1_000 - h) * 60, 2));
        let now = |dollars| tokens(NOW_MS / MINUTE_MS - 20, dollars);
        let cases = [
            (LEAST_HOURS as i64, 7, 1.0, true),
            (LEAST_HOURS as i64, 6, 1.0, false),
            (LEAST_HOURS as i64 - 1, 100, 1.0, false),
            (LEAST_HOURS as i64, 7, 8.0, false),
        ];
        for (hours, dollars, floor, expected) in cases {
            let (_dir, store) = store_with(usual(hours).chain([now(dollars)]).collect()).await;
            let found = changes(&store, &terms(floor), &HashSet::new(), NOW_MS).await.unwrap();
            assert_eq!(
                found.len(),
                usize::from(expected),
                "{hours} h, {dollars} USD, floor {floor}: {found:?}"
            );
            if let Some(change) = found.first() {
                assert_eq!((change.spiking, change.hour, change.usual), (true, 7.0, 2.0));
            }
        }
    }

    #[tokio::test]
    async fn a_spike_ends_well_below_the_mark_and_when_nothing_is_spent_any_more() {
        let usual = |hours: i64| (2..2 + hours).map(|h| tokens((1_000 - h) * 60, 2));
        let spiking: HashSet<Place> = [("chat".to_owned(), "cloud".to_owned())].into();
        for (dollars, ends) in [(7, 0), (5, 0), (4, 1), (0, 1)] {
            let now = tokens(NOW_MS / MINUTE_MS - 20, dollars);
            let (_dir, store) = store_with(usual(9).chain([now]).collect()).await;
            let found = changes(&store, &terms(1.0), &spiking, NOW_MS).await.unwrap();
            assert_eq!(found.len(), ends, "{dollars}: {found:?}");
            assert!(found.iter().all(|c| !c.spiking));
        }
        let never = Terms { cost_spike: 0.0, ..terms(0.0) };
        assert!(!spikes(1e9, 1.0, false, &never));
    }
}
