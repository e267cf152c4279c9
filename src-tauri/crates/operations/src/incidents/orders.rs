//! What the operator's orders do to incidents: lines on the timelines of the chain's incidents, maintenance windows that
//! keep alerts quiet, and an incident of its own for a model that was retired.

use domain::{
    event::{OperatorAct, Order},
    verdict::IncidentKind,
};
use serde::{Deserialize, Serialize};

use super::{EntryKind, IncidentBook, book::Opening, page::Page};

/// Stands in the place of a chain where an incident concerns all of them.
pub const ALL_CHAINS: &str = "all chains";

/// A maintenance window that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OpenWindow {
    id: u64,
    chain: String,
    /// Absent: the whole chain.
    tier: Option<String>,
    simulated: bool,
}

impl IncidentBook {
    /// Whether a tier is under maintenance, so that nobody needs to hear of it.
    #[must_use]
    pub fn in_maintenance(&self, chain: &str, tier: &str, simulated: bool) -> bool {
        let covers = |w: &OpenWindow| w.tier.as_deref().is_none_or(|t| t == tier);
        self.windows.iter().any(|w| w.chain == chain && w.simulated == simulated && covers(w))
    }

    pub(super) fn ordered(&mut self, act: &OperatorAct, page: &mut Page) {
        match &act.order {
            Order::MaintenanceBegan { id, .. } => {
                let (chain, tier) = (act.chain.clone().unwrap_or_default(), act.tier.clone());
                self.windows.push(OpenWindow { id: *id, chain, tier, simulated: act.simulated });
            }
            Order::MaintenanceEnded { id } => self.windows.retain(|w| w.id != *id),
            Order::Retired { model, tiers } => self.retired(act, model, tiers, page),
            Order::Unretired { model } => {
                let at = self.open.iter().position(|i| i.chain == ALL_CHAINS && i.tier == *model);
                if let Some(at) = at {
                    let (id, simulated) = (self.open[at].id, self.open[at].simulated);
                    page.by(id, EntryKind::Operator, said(act), &act.actor);
                    self.close(ALL_CHAINS, model, simulated, "Closed: the model may answer again", page);
                }
            }
            _ => {}
        }
        let Some(chain) = &act.chain else { return };
        for incident in self.open.iter().filter(|i| i.is_of(chain, act.simulated)) {
            page.by(incident.id, EntryKind::Operator, said(act), &act.actor);
        }
    }

    /// An incident that lasts until the model is taken back.
    fn retired(&mut self, act: &OperatorAct, model: &str, tiers: &[String], page: &mut Page) {
        let places = if tiers.is_empty() { "no tier".to_owned() } else { tiers.join(", ") };
        let why = if act.why.is_empty() { "without a reason given" } else { &act.why };
        let opening = Opening {
            chain: ALL_CHAINS,
            tier: model,
            simulated: act.simulated,
            kind: IncidentKind::Safety,
            cause: &format!("{} retired {model}: {why}; it took out {places}", act.actor),
            advice: "Find out what the model answered, put another one in its place, or take the retirement back.",
            evidence_ms: None,
            traffic: None,
        };
        let id = self.open_or_update(&opening, page);
        page.by(id, EntryKind::Operator, said(act), &act.actor);
    }
}

/// An order as a line of a timeline.
fn said(act: &OperatorAct) -> String {
    let subject = act.tier.as_deref().or(act.chain.as_deref()).map_or_else(String::new, |s| format!("{s}: "));
    let why = if act.why.is_empty() { String::new() } else { format!(": {}", act.why) };
    let text = format!("{subject}{}{why}", act.order.words());
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests;
