//! A chain as the change-over decision sees it: per tier, whether it could answer now, and if not, why.

use domain::{
    Board, Chain, FailureClass, Preference, ReplicaState,
    plan::{Ask, WhyNot, judge_replica},
};
use resilience::gate::Gate;
use tokio::time::Instant;

/// How far a tier is in service. The better, the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// No request may go there.
    Out,
    /// A trigger makes requests leave it: it is asked only when nobody else can answer.
    Left,
    /// Some may: it is tried out, or ramped up.
    Partly,
    /// Every request may, though something failed lately.
    Open,
    /// In full service, and nothing fails.
    Full,
}

/// One tier.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TierView {
    pub name: String,
    /// Its position in the chain's own order.
    pub rank: usize,
    pub fit: Fit,
    /// Why it is not in full service.
    pub cause: Cause,
}

/// Why a tier is not in full service.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cause {
    /// By the operator's order; then the rest says nothing.
    pub ordered: bool,
    pub class: Option<FailureClass>,
    pub error: String,
    pub evidence_ms: Option<i64>,
}

/// One chain.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ChainView {
    pub name: String,
    pub simulated: bool,
    /// In the order in which they are asked.
    pub tiers: Vec<TierView>,
}

impl ChainView {
    pub(crate) fn position(&self, tier: &str) -> Option<usize> {
        self.tiers.iter().position(|t| t.name == tier)
    }

    /// Reads a chain off the board.
    pub(crate) fn read(chain: &Chain, prefer: &Preference, board: &Board) -> Self {
        let now = Instant::now();
        let judged = |rank: usize| {
            let tier = chain.tiers.get(rank)?;
            let ordered = || (Fit::Out, Cause { ordered: true, ..Cause::default() });
            let replica = |id| board.read(id, |state| judge(state, now));
            let (fit, cause) = if tier.enabled && !prefer.shuts_out(rank) {
                best(tier.replicas.iter().filter_map(|r| replica(&r.id)))
            } else {
                ordered()
            };
            // A pin waits for no ramp.
            let fit = if prefer.pinned == Some(rank) && fit == Fit::Partly { Fit::Open } else { fit };
            Some(TierView { name: tier.name.clone(), rank, fit, cause })
        };
        let tiers = prefer.order(chain.tiers.len()).filter_map(judged).collect();
        Self { name: chain.name.clone(), simulated: chain.simulated, tiers }
    }
}

/// A tier is as fit as its fittest replica; the cause is that of the first failure.
fn best(replicas: impl Iterator<Item = (Fit, Cause)>) -> (Fit, Cause) {
    let pick = |a: (Fit, Cause), b: (Fit, Cause)| {
        let fit = a.0.max(b.0);
        let evidence_ms = [a.1.evidence_ms, b.1.evidence_ms].into_iter().flatten().min();
        let cause = if a.1.ordered || a.1.class.is_none() { b.1 } else { a.1 };
        (fit, Cause { evidence_ms, ..cause })
    };
    replicas.reduce(pick).unwrap_or((Fit::Out, Cause::default()))
}

fn judge(state: &ReplicaState, now: Instant) -> (Fit, Cause) {
    let why_not = judge_replica(state, &Ask { now, dice: 0.0, seed: 0 });
    let fit = match (&state.gate, &why_not) {
        (Gate::Shut, _) => Fit::Out,
        (_, Some(WhyNot::Triggered { .. })) => Fit::Left,
        (_, Some(reason)) if reason.still_serves() => Fit::Partly,
        (Gate::Limited(_), _) => Fit::Partly,
        (_, Some(_)) => Fit::Out,
        (Gate::Open, None) if state.share < 1.0 => Fit::Partly,
        (Gate::Open, None) if state.failing > 0 => Fit::Open,
        (Gate::Open, None) => Fit::Full,
    };
    let ordered = why_not.as_ref().is_some_and(WhyNot::is_ordered);
    let last = state.last_failure.as_ref().filter(|_| fit != Fit::Full && !ordered);
    let left = state.left_for.as_ref().filter(|_| fit == Fit::Left);
    let class = state.cool_down.as_ref().map(|c| c.class).or(last.map(|(f, _)| f.class));
    let class = left.map(|left| left.class).or(class);
    let error = last.map_or_else(String::new, |(f, _)| f.message.clone());
    let error = left.map_or(error, |left| left.words.to_string());
    (fit, Cause { ordered, class, error, evidence_ms: state.evidence_ms })
}
