//! What fallback cost: tokens at the prices in force. US dollars.

use store::AttemptMinute;

use super::Terms;

/// What it cost that other tiers than the first answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FallbackCost {
    /// All tries at all tiers.
    pub total: f64,
    /// Good answers of other tiers than the first.
    pub fallback: f64,
    /// What the first tier would have cost for the same tokens; of chains whose first tier has a price.
    pub instead: f64,
    /// Tries that failed after tokens were counted.
    pub wasted: f64,
    /// Tiers with traffic and without a price, `chain/tier`.
    pub unpriced: Vec<String>,
}

/// The cost of these tries; absent when no tier has a price.
#[must_use]
pub fn of(attempts: &[AttemptMinute], terms: &Terms) -> Option<FallbackCost> {
    let priced = terms.chains.iter().flat_map(|c| &c.tiers).any(|(_, price)| price.is_some());
    if !priced {
        return None;
    }
    let mut cost = FallbackCost::default();
    for row in attempts {
        let tokens = (row.tokens_in.unsigned_abs(), row.tokens_out.unsigned_abs());
        let Some(price) = terms.price(&row.chain, &row.tier) else {
            let name = format!("{}/{}", row.chain, row.tier);
            if tokens != (0, 0) && !cost.unpriced.contains(&name) {
                cost.unpriced.push(name);
            }
            continue;
        };
        let paid = price.of(tokens.0, tokens.1);
        cost.total += paid;
        let first = terms.chain(&row.chain).and_then(|c| c.tiers.first());
        if row.result != "ok" {
            cost.wasted += paid;
        } else if let Some((first, its)) = first
            && *first != row.tier
        {
            cost.fallback += paid;
            cost.instead += its.map_or(0.0, |p| p.of(tokens.0, tokens.1));
        }
    }
    Some(cost)
}
