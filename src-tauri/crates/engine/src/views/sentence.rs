//! The one sentence of the Overview.

use contract::view::{ChainView, EndpointState, Mode, OrderKind, TierView};

/// Who answers, since when, and why not the first tier. Since-times are left to the screen, which counts
/// them up; the sentence names who and why.
pub(crate) fn sentence(chain: Option<&ChainView>, endpoint: &EndpointState) -> String {
    if let Some(problem) = &endpoint.problem {
        return format!("Not answering: {problem}");
    }
    let Some(chain) = chain else {
        return "No chain is configured, so no request can be answered. Add one on the Chains screen."
            .to_owned();
    };
    let simulated = if chain.simulated { " (simulated)" } else { "" };
    let place = |name: &str| chain.tiers.iter().position(|t| t.name == name).unwrap_or_default() + 1;
    let first = chain.tiers.iter().find(|t| t.enabled);
    match (chain.mode, &chain.serving, first) {
        (Mode::Full | Mode::Degraded, Some(name), Some(first)) if first.name == *name => {
            format!("{}{simulated} is answering from tier {}, {name}.", chain.name, place(name))
        }
        (Mode::Full | Mode::Degraded, Some(name), Some(first)) => {
            let why = why(chain, first);
            format!("{}{simulated} is answering from tier {}, {name}. {why}", chain.name, place(name))
        }
        (Mode::Off, ..) => format!("{}{simulated} has no tier that is switched on.", chain.name),
        _ => {
            let reasons: Vec<String> = chain
                .tiers
                .iter()
                .map(|t| format!("{} is {}", t.name, t.why_not.as_deref().unwrap_or("failing")))
                .collect();
            format!("{}{simulated} cannot answer: {}.", chain.name, reasons.join("; "))
        }
    }
}

fn why(chain: &ChainView, first: &TierView) -> String {
    if let Some(pin) = chain.pin.as_ref().filter(|pin| pin.tier != first.name) {
        return format!("{} is pinned by {}.", pin.tier, pin.given.by);
    }
    let aside = first.order.as_ref().filter(|order| order.kind == OrderKind::SetAside);
    match &first.why_not {
        Some(reason) => format!("{} is {reason}.", first.name),
        None if aside.is_some() => format!("{} was set aside by the operator.", first.name),
        None if first.waits => format!("{} recovered and waits to be failed back by hand.", first.name),
        None if first.share < 1.0 => {
            format!(
                "{} is recovering and takes {:.0} % of the traffic so far.",
                first.name,
                first.share * 100.0
            )
        }
        None => format!("{} failed and is being watched before it takes traffic again.", first.name),
    }
}

/// The chain that the sentence speaks of: the real one that is worst off, else the practice chain.
pub(crate) fn subject(chains: &[ChainView]) -> Option<&ChainView> {
    let rank = |c: &&ChainView| match c.mode {
        Mode::Emergency => 0,
        Mode::Degraded => 1,
        Mode::Full => 2,
        Mode::Off => 3,
    };
    let real = chains.iter().filter(|c| !c.simulated).min_by_key(rank);
    real.or_else(|| chains.iter().min_by_key(rank))
}
