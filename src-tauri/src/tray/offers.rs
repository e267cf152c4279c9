//! The orders that the tray's menu offers for each chain.
//!
//! An entry gives no order by itself: it opens the Chains screen with the order's own dialog, which says what it does and
//! asks for a reason. So a slip in a menu takes nothing out of service.

use contract::view::{ChainView, Mode, Overview};

/// More chains than this would make the menu longer than a screen.
const MOST: usize = 8;
/// For how long the tier that answers may be pinned: as the menu says it, and as the screen's address does.
const LENGTHS: [(&str, &str); 3] = [("for 15 min", "15m"), ("for 1 h", "1h"), ("until released", "forever")];

/// A chain's submenu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its title.
    pub chain: String,
    /// Its entries: what they say, and the place in the window that they open.
    pub orders: Vec<(String, String)>,
}

/// What can be ordered in this state. Practice chains are offered only where there is no real one.
pub fn offers(overview: &Overview) -> Vec<Offer> {
    let real = overview.chains.iter().any(|chain| !chain.simulated);
    let counts = |chain: &&ChainView| chain.mode != Mode::Off && !(real && chain.simulated);
    overview.chains.iter().filter(counts).map(offer).filter(|it| !it.orders.is_empty()).take(MOST).collect()
}

fn offer(chain: &ChainView) -> Offer {
    let mut orders = Vec::new();
    if let Some(pin) = &chain.pin {
        let label = format!("Back to automatic (pinned to {})…", pin.tier);
        orders.push((label, place("unpin", chain, &[])));
    } else if let Some(tier) = &chain.serving {
        for (label, length) in LENGTHS {
            orders.push((
                format!("Pin {tier} {label}…"),
                place("pin", chain, &[("tier", tier), ("length", length)]),
            ));
        }
        // No other tier may answer then.
        let only = [("tier", tier.as_str()), ("length", "forever"), ("only", "true")];
        orders.push(("Pause failover…".to_owned(), place("pin", chain, &only)));
    }
    Offer { chain: chain.name.clone(), orders }
}

fn place(order: &str, chain: &ChainView, more: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("order", order).append_pair("chain", &text(&chain.name));
    for (name, value) in more {
        query.append_pair(name, &if *name == "tier" { text(value) } else { (*value).to_owned() });
    }
    // The screens know no plus for a space.
    format!("/chains?{}", query.finish().replace('+', "%20"))
}

/// A name as the screens' addresses have it: in quotes where it would be read as a number or a word of JSON.
fn text(name: &str) -> String {
    match serde_json::from_str::<serde_json::Value>(name) {
        Ok(_) => serde_json::Value::from(name).to_string(),
        Err(_) => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use contract::view::{Given, PinView};

    use super::*;
    use crate::tray::tests::overview;

    #[test]
    fn a_chain_offers_to_pin_who_answers_or_to_go_back_to_automatic() {
        let mut state = overview(&[(Mode::Full, false)]);
        assert!(offers(&state).is_empty(), "nobody answers yet");
        state.chains[0].serving = Some("gpu 1".into());
        let offered = offers(&state);
        let labels: Vec<&str> = offered[0].orders.iter().map(|(label, _)| label.as_str()).collect();
        assert_eq!(
            labels,
            ["Pin gpu 1 for 15 min…", "Pin gpu 1 for 1 h…", "Pin gpu 1 until released…", "Pause failover…"]
        );
        assert_eq!(offered[0].orders[1].1, "/chains?order=pin&chain=chat&tier=gpu%201&length=1h");
        assert!(offered[0].orders[3].1.ends_with("&only=true"), "{offered:?}");
        let given = Given { by: "kim".into(), at_ms: 1, why: String::new() };
        state.chains[0].pin =
            Some(PinView { chain: "chat".into(), tier: "cpu".into(), only: true, until_ms: None, given });
        let offered = offers(&state);
        assert_eq!(offered[0].orders.len(), 1);
        assert_eq!(offered[0].orders[0].1, "/chains?order=unpin&chain=chat");
    }

    #[test]
    fn practice_is_offered_only_without_a_real_chain_and_numbers_stay_names() {
        let mut state = overview(&[(Mode::Full, true), (Mode::Full, false)]);
        for (chain, name) in state.chains.iter_mut().zip(["practice", "42"]) {
            chain.name = name.into();
            chain.serving = Some("true".into());
        }
        let offered = offers(&state);
        assert_eq!(offered.iter().map(|it| it.chain.as_str()).collect::<Vec<_>>(), ["42"]);
        assert!(offered[0].orders[0].1.contains("chain=%2242%22&tier=%22true%22"), "{offered:?}");
    }
}
