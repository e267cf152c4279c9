//! What the fold knows of chains: the last state of each replica it heard of, and which tiers traffic has left.

use domain::{
    Admin, Health,
    event::{ChangedOver, Direction, ReplicaChange, ReplicaFacts},
    failure::FailureClass,
    verdict::IncidentKind,
};
use serde::{Deserialize, Serialize};

/// A replica as it was last told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    tier: String,
    replica: String,
    facts: ReplicaFacts,
    out: bool,
}

/// One chain, real or simulated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct KnownChain {
    chain: String,
    simulated: bool,
    replicas: Vec<Known>,
    /// The tiers that traffic has left, in the order in which it left them.
    left: Vec<String>,
}

/// Every chain the fold has heard of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Chains(Vec<KnownChain>);

impl Chains {
    fn find(&self, chain: &str, simulated: bool) -> Option<&KnownChain> {
        self.0.iter().find(|c| c.chain == chain && c.simulated == simulated)
    }

    fn find_mut(&mut self, chain: &str, simulated: bool) -> &mut KnownChain {
        let position = self.0.iter().position(|c| c.chain == chain && c.simulated == simulated);
        let position = position.unwrap_or_else(|| {
            let chain = chain.to_owned();
            self.0.push(KnownChain { chain, simulated, replicas: Vec::new(), left: Vec::new() });
            self.0.len() - 1
        });
        &mut self.0[position]
    }

    /// Takes a replica's new state.
    pub(super) fn learn(&mut self, change: &ReplicaChange) {
        let chain = self.find_mut(&change.chain, change.simulated);
        match chain.replicas.iter_mut().find(|r| r.replica == change.replica) {
            Some(known) => {
                known.tier.clone_from(&change.tier);
                known.facts.clone_from(&change.to);
                known.out = is_out(change);
            }
            None => chain.replicas.push(Known {
                tier: change.tier.clone(),
                replica: change.replica.clone(),
                facts: change.to.clone(),
                out: is_out(change),
            }),
        }
        if change.to.admin == Admin::Disabled {
            chain.replicas.retain(|r| r.replica != change.replica);
        }
    }

    /// Takes a change-over, and returns the tiers that traffic is no longer away from.
    pub(super) fn moved(&mut self, change: &ChangedOver) -> Vec<String> {
        let chain = self.find_mut(&change.chain, change.simulated);
        match (change.direction, &change.from, &change.to) {
            (Direction::Over, Some(from), _) => {
                chain.left.retain(|t| t != from);
                chain.left.push(from.clone());
                // Whoever takes over is not away any more, whatever was believed before.
                let taken = |t: &String| Some(t) == change.to.as_ref();
                let back = chain.left.iter().filter(|t| taken(t)).cloned().collect();
                chain.left.retain(|t| !taken(t));
                back
            }
            (Direction::Back, _, Some(to)) => match chain.left.iter().position(|t| t == to) {
                Some(at) => chain.left.split_off(at),
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Whether every known replica of the tier is out of service.
    pub(super) fn all_out(&self, chain: &str, tier: &str, simulated: bool) -> bool {
        let Some(known) = self.find(chain, simulated) else { return false };
        let mut replicas = known.replicas.iter().filter(|r| r.tier == tier).peekable();
        replicas.peek().is_some() && replicas.all(|r| r.out)
    }

    /// Whether the tier may count as whole: one of its replicas is in full service, or none was ever told of.
    pub(super) fn whole(&self, chain: &str, tier: &str, simulated: bool) -> bool {
        let Some(known) = self.find(chain, simulated) else { return true };
        let mut replicas = known.replicas.iter().filter(|r| r.tier == tier).peekable();
        replicas.peek().is_none() || replicas.any(|r| is_whole(&r.facts))
    }

    /// Whether the fold knows a replica of the tier that the operator has not taken out.
    pub(super) fn has_replica(&self, chain: &str, tier: &str, simulated: bool) -> bool {
        self.find(chain, simulated).is_some_and(|c| c.replicas.iter().any(|r| r.tier == tier))
    }

    /// Whether the fold knows any replica of the chain that the operator has not taken out.
    pub(super) fn has_any(&self, chain: &str, simulated: bool) -> bool {
        self.find(chain, simulated).is_some_and(|c| !c.replicas.is_empty())
    }

    /// Other tiers known to be able to serve: those with a replica that is not out, and the one that took over.
    pub(super) fn others_left(
        &self,
        chain: &str,
        tier: &str,
        simulated: bool,
        answered_by: Option<&str>,
    ) -> usize {
        let mut tiers: Vec<&str> = answered_by.into_iter().collect();
        if let Some(known) = self.find(chain, simulated) {
            let able = known.replicas.iter().filter(|r| !r.out && r.facts.admin == Admin::Enabled);
            tiers.extend(able.map(|r| r.tier.as_str()));
        }
        tiers.retain(|t| *t != tier);
        tiers.sort_unstable();
        tiers.dedup();
        tiers.len()
    }
}

/// Whether a replica cannot serve because of a failure; the operator's own doing is none, and neither is a rate
/// limit, which time mends.
pub(super) fn is_out(change: &ReplicaChange) -> bool {
    let facts = &change.to;
    let limited = facts.cool_down.is_some_and(|class| {
        let kind = domain::verdict(class).incident;
        kind.is_some() && kind != Some(IncidentKind::RateLimit) && class != FailureClass::ModelLoading
    });
    // A failed GPU closes the gate of a server that still answers its checks.
    let gpu = change.class == Some(FailureClass::Gpu) && facts.share_percent == 0;
    facts.admin == Admin::Enabled
        && (facts.health == Health::Down || facts.breaker == "open" || limited || gpu)
}

/// Whether the change brought the replica into full service.
pub(super) fn is_back(change: &ReplicaChange) -> bool {
    change.in_service || (is_whole(&change.to) && !is_whole(&change.from))
}

fn is_whole(facts: &ReplicaFacts) -> bool {
    facts.admin == Admin::Enabled
        && facts.health != Health::Down
        && facts.breaker == "closed"
        && facts.cool_down.is_none()
        && facts.share_percent >= 100
}
