//! How much of a chain is left: its mode, and the degradation score that the mode follows from.
//!
//! The score is the capability that answers, as a share of what the chain requires: that of its best tier. Without a
//! weight of its own a tier has the whole capability where it is the first, and else as much as its quality impact
//! leaves of it.

use crate::{chain::Chain, triggers::Impact};

/// A chain's mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// What answers is as capable as the chain's best tier.
    Full,
    /// A lesser tier answers: a smaller model, shorter answers.
    Degraded,
    /// No tier can answer.
    Emergency,
    /// No tier is switched on.
    Off,
}

impl Mode {
    /// The stable word for headers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Degraded => "degraded",
            Self::Emergency => "emergency",
            Self::Off => "off",
        }
    }
}

/// What the tier at this position can do: above 0, to 1.
#[must_use]
pub fn capability(chain: &Chain, position: usize) -> f64 {
    let Some(tier) = chain.tiers.get(position) else { return 0.0 };
    let usual = match tier.quality_impact {
        _ if first(chain).is_none_or(|first| position <= first) => 1.0,
        Impact::Low => 0.9,
        Impact::Medium => 0.6,
        Impact::High => 0.3,
    };
    tier.capability_weight.unwrap_or(usual)
}

/// The first tier that is switched on.
fn first(chain: &Chain) -> Option<usize> {
    chain.tiers.iter().position(|tier| tier.enabled)
}

/// Available by required capability, 0 to 1, when the tier at this position answers; 0 when none does.
#[must_use]
pub fn score(chain: &Chain, serving: Option<usize>) -> f64 {
    let enabled = chain.tiers.iter().enumerate().filter(|(_, tier)| tier.enabled);
    let required = enabled.map(|(at, _)| capability(chain, at)).fold(0.0, f64::max);
    let available = serving.map_or(0.0, |at| capability(chain, at));
    if required > 0.0 { (available / required).min(1.0) } else { 0.0 }
}

/// The chain's mode when the tier at this position answers, or none does.
#[must_use]
pub fn mode(chain: &Chain, serving: Option<usize>) -> Mode {
    match serving {
        _ if first(chain).is_none() => Mode::Off,
        None => Mode::Emergency,
        Some(_) if score(chain, serving) >= 1.0 => Mode::Full,
        Some(_) => Mode::Degraded,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        Tier,
        plan::tests::{chain, tier},
    };

    fn weighing(name: &str, weight: Option<f64>, impact: Impact) -> Arc<Tier> {
        let plain = Tier::clone(&tier(name, 1));
        Arc::new(Tier { capability_weight: weight, quality_impact: impact, ..plain })
    }

    #[test]
    fn without_weights_the_place_and_the_quality_impact_decide() {
        let impacts = [Impact::High, Impact::Low, Impact::Medium, Impact::High];
        let chain = chain(impacts.map(|impact| weighing("t", None, impact)).into());
        let scores = [0, 1, 2, 3].map(|at| score(&chain, Some(at)));
        assert_eq!(scores, [1.0, 0.9, 0.6, 0.3]);
        let modes = [Some(0), Some(1), None].map(|at| mode(&chain, at));
        assert_eq!(modes, [Mode::Full, Mode::Degraded, Mode::Emergency]);
        assert_eq!(score(&chain, None), 0.0);
    }

    #[test]
    fn weights_are_shares_of_the_best_tier_wherever_it_stands() {
        let weights = [Some(0.5), Some(0.8), Some(0.8), Some(0.2)];
        let chain = chain(weights.map(|weight| weighing("t", weight, Impact::Low)).into());
        assert_eq!([0, 1, 2, 3].map(|at| score(&chain, Some(at))), [0.625, 1.0, 1.0, 0.25]);
        let modes = [0, 1, 2].map(|at| mode(&chain, Some(at)));
        assert_eq!(
            modes,
            [Mode::Degraded, Mode::Full, Mode::Full],
            "an equal second server is no degradation"
        );
    }

    #[test]
    fn tiers_that_are_switched_off_require_nothing() {
        let off = Tier { enabled: false, ..Tier::clone(&weighing("a", None, Impact::Low)) };
        let two = chain(vec![Arc::new(off.clone()), weighing("b", None, Impact::High)]);
        assert_eq!(mode(&two, Some(1)), Mode::Full, "it is the first of those that are on");
        assert_eq!(mode(&chain(vec![Arc::new(off)]), None), Mode::Off);
    }
}
