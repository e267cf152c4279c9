//! The plan: which replicas may serve a request, in which order, and why not the others.
//!
//! A pure function of snapshot, board and request. It is kept for the request's explanation.

use std::{fmt, sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::{
    board::{Admin, BreakerState, Health, ReplicaState},
    chain::{Chain, ReplicaId, Tier},
    failure::FailureClass,
    orders::Preference,
    triggers::Trigger,
};

/// What the plan needs to know of a request.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// The present.
    pub now: Instant,
    /// Random, 0 to 1: decides about shares during a ramp.
    pub dice: f64,
    /// Random: which two replicas of a tier are compared.
    pub seed: u64,
}

/// Why a tier or replica is passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// The operator switched the tier off.
    Disabled,
    /// The operator drains it.
    Draining,
    /// It is under maintenance.
    Maintenance,
    /// Its model was retired.
    Retired,
    /// Another tier alone may answer.
    PinnedElsewhere {
        /// That tier.
        tier: String,
    },
    /// The operator moved traffic away from it: asked only when nobody else can answer.
    SetAside,
    /// Its checks or its traffic say that it is down.
    Down {
        /// The last failure, in words.
        error: String,
    },
    /// Its breaker is open, or all trials of a half-open one are taken.
    BreakerOpen {
        /// Milliseconds until the next trial.
        trial_in_ms: u64,
    },
    /// It is left alone after a rate limit, a refused key and the like.
    CoolingDown {
        /// What asked for it.
        class: FailureClass,
        /// Milliseconds until it ends.
        for_ms: u64,
    },
    /// Its provider's rate limit is used up.
    QuotaSpent {
        /// Milliseconds until it is whole again.
        for_ms: u64,
    },
    /// It recovered and takes only part of the traffic so far.
    Ramping {
        /// That part, percent.
        percent: u8,
    },
    /// It recovered and waits for the operator: asked only when nobody else can answer.
    Waits,
    /// It let a request wait in vain and is being checked: asked only when nobody else can answer.
    InDoubt,
    /// A trigger of the tier makes requests leave it: asked only when nobody else can answer.
    Triggered {
        /// Which.
        trigger: Trigger,
        /// What was found, in words.
        words: Arc<str>,
    },
    /// A tier before it keeps its requests, because the operator switched the trigger off that would let them go.
    Kept {
        /// That tier.
        tier: String,
        /// The trigger that is switched off.
        trigger: Trigger,
    },
    /// Its task has not started yet.
    NotReady,
}

impl WhyNot {
    /// Whether it says how the replica fares, and not what the operator or the configuration wants.
    #[must_use]
    pub const fn is_about_health(&self) -> bool {
        matches!(
            self,
            Self::Down { .. }
                | Self::BreakerOpen { .. }
                | Self::CoolingDown { .. }
                | Self::Ramping { .. }
                | Self::Waits
                | Self::InDoubt
                | Self::Triggered { .. }
                | Self::NotReady
        )
    }

    /// Whether the replica is still asked when nobody better can answer.
    #[must_use]
    pub const fn still_serves(&self) -> bool {
        use WhyNot::{InDoubt, Ramping, SetAside, Triggered, Waits};
        matches!(self, Ramping { .. } | Waits | InDoubt | SetAside | Triggered { .. })
    }

    /// Whether the operator wants it so.
    #[must_use]
    pub const fn is_ordered(&self) -> bool {
        use WhyNot::{Disabled, Draining, Kept, Maintenance, PinnedElsewhere, Retired, SetAside};
        let elsewhere = matches!(self, PinnedElsewhere { .. } | Kept { .. });
        elsewhere || matches!(self, Disabled | Draining | Maintenance | Retired | SetAside)
    }

    /// The trigger by which requests leave the tier for this reason; absent where no trigger is about it.
    #[must_use]
    pub const fn trigger(&self) -> Option<Trigger> {
        match self {
            Self::Down { .. } | Self::BreakerOpen { .. } | Self::InDoubt => Some(Trigger::ProviderDown),
            Self::CoolingDown { class, .. } => Trigger::of(*class),
            Self::QuotaSpent { .. } => Some(Trigger::RateLimited),
            Self::Triggered { trigger, .. } | Self::Kept { trigger, .. } => Some(*trigger),
            _ => None,
        }
    }
}

impl fmt::Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disabled => f.write_str("switched off"),
            Self::Draining => f.write_str("draining"),
            Self::Maintenance => f.write_str("under maintenance"),
            Self::Retired => f.write_str("its model was retired"),
            Self::PinnedElsewhere { tier } => write!(f, "the operator pinned the chain to `{tier}` alone"),
            Self::SetAside => f.write_str("set aside by the operator"),
            Self::Down { error } if error.is_empty() => f.write_str("down"),
            Self::Down { error } => write!(f, "down: {error}"),
            Self::BreakerOpen { trial_in_ms: 0 } => f.write_str("breaker half-open, all trials taken"),
            Self::BreakerOpen { trial_in_ms } => {
                write!(f, "breaker open, next trial in {} s", trial_in_ms.div_ceil(1000))
            }
            Self::CoolingDown { class, for_ms } => {
                write!(f, "left alone for {} s after {class}", for_ms.div_ceil(1000))
            }
            Self::QuotaSpent { for_ms } => {
                write!(f, "its rate limit is used up for another {} s", for_ms.div_ceil(1000))
            }
            Self::Ramping { percent } => write!(f, "recovering, {percent} % of traffic so far"),
            Self::Waits => f.write_str("recovered, waiting for the operator to fail back"),
            Self::InDoubt => f.write_str("being checked after it let a request wait in vain"),
            Self::Triggered { words, .. } => f.write_str(words),
            Self::Kept { tier, trigger } => {
                write!(f, "`{tier}` keeps its requests: its trigger {trigger} is off")
            }
            Self::NotReady => f.write_str("starting"),
        }
    }
}

/// One replica that may be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The tier's position in the chain.
    pub tier: usize,
    /// The replica's position in the tier.
    pub replica: usize,
    /// Whether it is tried although it is out of service, because every tier is.
    pub last_resort: bool,
}

/// What the plan says of one tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The tier's position in the chain.
    pub tier: usize,
    /// Why it is passed over; absent when it may serve.
    pub why_not: Option<WhyNot>,
    /// The share of the traffic that it takes so far, percent, while it is ramped up after a recovery; absent else.
    pub share: Option<u8>,
}

/// Which replicas are tried, in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Each tier, in the chain's order.
    pub steps: Vec<Step>,
    /// The replicas, in the order in which they are tried. Empty only when no tier is switched on.
    pub order: Vec<Candidate>,
}

impl Plan {
    /// Keeps to the tier at `position`, at its replicas that the operator has not taken out, whatever else is said of
    /// them: an operator wants to see for themselves. What is switched off stays so.
    pub fn keep_to(
        &mut self,
        chain: &Chain,
        position: usize,
        replica: impl Fn(&ReplicaId) -> Option<(ReplicaState, u32)>,
    ) {
        self.steps.retain(|step| step.tier == position);
        self.order.retain(|candidate| candidate.tier == position);
        let Some(tier) = chain.tiers.get(position) else { return };
        // A pin elsewhere says nothing about this tier.
        let elsewhere = |why: &WhyNot| matches!(why, WhyNot::PinnedElsewhere { .. });
        let may = |why: &WhyNot| why.is_about_health() || elsewhere(why);
        if !self.order.is_empty() || !self.steps.iter().all(|step| step.why_not.as_ref().is_none_or(may)) {
            return;
        }
        let in_hand = |id: &ReplicaId| replica(id).is_none_or(|(state, _)| state.admin == Admin::Enabled);
        self.order = (0..tier.replicas.len())
            .filter(|index| in_hand(&tier.replicas[*index].id))
            .map(|replica| Candidate { tier: position, replica, last_resort: true })
            .collect();
    }
}

/// Makes the plan. `prefer` is what the operator ordered of the chain; `replica` reads a replica's state, and how many
/// requests it is answering, off the board.
pub fn plan(
    chain: &Chain,
    prefer: &Preference,
    ask: &Ask,
    replica: impl Fn(&ReplicaId) -> Option<(ReplicaState, u32)>,
) -> Plan {
    let mut plan = Plan::default();
    let mut later = Vec::new();
    let mut kept: Option<WhyNot> = None;
    let mut reached = Vec::new();
    for position in prefer.order(chain.tiers.len()) {
        if let Some(kept) = &kept {
            plan.steps.push(Step { tier: position, why_not: Some(kept.clone()), share: None });
            continue;
        }
        reached.push(position);
        let Judged { why_not, replicas, share } = judge_in_chain(chain, position, prefer, ask, &replica);
        let candidates =
            replicas.into_iter().map(|replica| Candidate { tier: position, replica, last_resort: false });
        match &why_not {
            None => plan.order.extend(candidates),
            Some(reason) if reason.still_serves() => later.extend(candidates),
            Some(_) => {}
        }
        kept = why_not.as_ref().and_then(|reason| keeps(chain, position, reason));
        let share = share.filter(|_| why_not.as_ref().is_none_or(WhyNot::still_serves));
        plan.steps.push(Step { tier: position, why_not, share });
    }
    // A tier that is ramped up is better than none at all.
    plan.order.extend(later);
    if plan.order.is_empty() {
        plan.order.extend(last_resort(chain, prefer, &reached, &replica));
    }
    plan.steps.sort_by_key(|step| step.tier);
    plan
}

/// Whether the tier at `position`, which is passed over for `reason`, keeps its requests all the same.
fn keeps(chain: &Chain, position: usize, reason: &WhyNot) -> Option<WhyNot> {
    // What a trigger has found, it is on for.
    if matches!(reason, WhyNot::Triggered { .. }) {
        return None;
    }
    let tier = chain.tiers.get(position)?;
    let trigger = reason.trigger().filter(|trigger| !tier.triggers.rule(*trigger).on)?;
    Some(WhyNot::Kept { tier: tier.name.clone(), trigger })
}

/// What is said of a tier.
#[derive(Default)]
struct Judged {
    /// Why it is passed over; absent when it may serve.
    why_not: Option<WhyNot>,
    /// Its replicas that may serve, in the order to try them.
    replicas: Vec<usize>,
    /// The share that it takes while it is ramped up, percent.
    share: Option<u8>,
}

impl From<WhyNot> for Judged {
    fn from(why_not: WhyNot) -> Self {
        Self { why_not: Some(why_not), ..Self::default() }
    }
}

/// What the operator's orders for the chain make of a tier's own state.
fn judge_in_chain(
    chain: &Chain,
    position: usize,
    prefer: &Preference,
    ask: &Ask,
    read: &impl Fn(&ReplicaId) -> Option<(ReplicaState, u32)>,
) -> Judged {
    let Some(tier) = chain.tiers.get(position) else { return WhyNot::NotReady.into() };
    if prefer.shuts_out(position) {
        let pinned = prefer.pinned.and_then(|at| chain.tiers.get(at)).map(|t| t.name.clone());
        return WhyNot::PinnedElsewhere { tier: pinned.unwrap_or_default() }.into();
    }
    let judged = judge_tier(tier, ask, read);
    let why_not = match judged.why_not {
        // Whoever pins a tier that recovers wants it now.
        Some(WhyNot::Ramping { .. } | WhyNot::Waits) if prefer.pinned == Some(position) => None,
        None | Some(WhyNot::Ramping { .. } | WhyNot::Waits) if prefer.aside.contains(&position) => {
            Some(WhyNot::SetAside)
        }
        other => other,
    };
    Judged { why_not, ..judged }
}

/// When every tier is out, the last one that is switched on is still tried, at its first replica that
/// the operator has not taken out. `reached`: the tiers that the request may come to, in the order of the plan.
fn last_resort(
    chain: &Chain,
    prefer: &Preference,
    reached: &[usize],
    read: &impl Fn(&ReplicaId) -> Option<(ReplicaState, u32)>,
) -> Option<Candidate> {
    let in_hand = |id| read(id).is_none_or(|(state, _)| state.admin == Admin::Enabled);
    let usable = |at: &usize| !prefer.shuts_out(*at) && chain.tiers.get(*at).is_some_and(|t| t.enabled);
    reached.iter().copied().rev().filter(usable).find_map(|position| {
        let replica = chain.tiers.get(position)?.replicas.iter().position(|r| in_hand(&r.id))?;
        Some(Candidate { tier: position, replica, last_resort: true })
    })
}

/// What a tier's own state says of it.
fn judge_tier(tier: &Tier, ask: &Ask, read: &impl Fn(&ReplicaId) -> Option<(ReplicaState, u32)>) -> Judged {
    if !tier.enabled {
        return WhyNot::Disabled.into();
    }
    let mut fit = Vec::new();
    let mut ramping = Vec::new();
    let mut why_not = None;
    let mut furthest: f64 = 0.0;
    for (index, replica) in tier.replicas.iter().enumerate() {
        let Some((state, in_flight)) = read(&replica.id) else {
            why_not.get_or_insert(WhyNot::NotReady);
            continue;
        };
        furthest = furthest.max(state.share);
        match judge_replica(&state, ask) {
            None => fit.push(Queue::of(index, &state, in_flight)),
            Some(reason) if reason.still_serves() => {
                ramping.push(Queue::of(index, &state, in_flight));
                why_not = Some(reason);
            }
            Some(reason) => {
                why_not.get_or_insert(reason);
            }
        }
    }
    let share = (furthest > 0.0 && furthest < 1.0).then_some((furthest * 100.0).round() as u8);
    if fit.is_empty() {
        let why_not = why_not.or(Some(WhyNot::NotReady));
        return Judged { why_not, replicas: by_load(ramping, ask.seed), share };
    }
    let mut replicas = by_load(fit, ask.seed);
    replicas.extend(by_load(ramping, ask.seed));
    Judged { why_not: None, replicas, share }
}

/// Why a replica is passed over, from its state alone.
#[must_use]
pub fn judge_replica(state: &ReplicaState, ask: &Ask) -> Option<WhyNot> {
    let left = |until: Instant| u64::try_from((until - ask.now).as_millis()).unwrap_or(u64::MAX);
    match state.admin {
        Admin::Disabled => return Some(WhyNot::Disabled),
        Admin::Draining => return Some(WhyNot::Draining),
        Admin::Maintenance => return Some(WhyNot::Maintenance),
        Admin::Retired => return Some(WhyNot::Retired),
        Admin::Enabled => {}
    }
    if let Some(cool) = state.cool_down.as_ref().filter(|c| c.until > ask.now) {
        return Some(WhyNot::CoolingDown { class: cool.class, for_ms: left(cool.until) });
    }
    if let Some(until) = state.spent_until.filter(|until| *until > ask.now) {
        return Some(WhyNot::QuotaSpent { for_ms: left(until) });
    }
    if state.health == Health::Down {
        let error = state.last_failure.as_ref().map(|(f, _)| f.message.clone()).unwrap_or_default();
        return Some(WhyNot::Down { error });
    }
    if let BreakerState::Open { until } = state.breaker {
        return Some(WhyNot::BreakerOpen { trial_in_ms: left(until).max(1) });
    }
    if let resilience::gate::Gate::Limited(trials) = &state.gate
        && trials.available_permits() == 0
    {
        return Some(WhyNot::BreakerOpen { trial_in_ms: 0 });
    }
    if state.in_doubt {
        return Some(WhyNot::InDoubt);
    }
    if let Some(left) = &state.left_for {
        return Some(WhyNot::Triggered { trigger: left.trigger, words: Arc::clone(&left.words) });
    }
    if state.waits {
        return Some(WhyNot::Waits);
    }
    if state.share < 1.0 && ask.dice >= state.share {
        return Some(WhyNot::Ramping { percent: (state.share * 100.0) as u8 });
    }
    None
}

/// What a request that came to a replica now would find there.
struct Queue {
    /// The replica's position in its tier.
    index: usize,
    /// What one answer takes; absent before the first.
    latency: Option<Duration>,
    /// Requests that are being answered.
    in_flight: u32,
    /// Whether it answers, but not as it should: slow, saturated, hot.
    degraded: bool,
}

impl Queue {
    fn of(index: usize, state: &ReplicaState, in_flight: u32) -> Self {
        Self { index, latency: state.latency, in_flight, degraded: state.health == Health::Degraded }
    }
}

/// A degraded replica counts as this many times as loaded as it is: it keeps a part of the traffic, so that its
/// figures stay fresh, and its healthy siblings take the rest while they can. A choice of ours: at 4 a healthy one has
/// three requests waiting before the degraded one is asked.
const DEGRADED: f64 = 4.0;

/// The replicas, the winner of power of two choices first, the others by rising load: expected latency times the
/// length of the queue. One that was not measured yet counts as the mean of the others, so that a new one is neither
/// shunned nor stormed.
fn by_load(replicas: Vec<Queue>, seed: u64) -> Vec<usize> {
    let known: Vec<f64> = replicas.iter().filter_map(|r| Some(r.latency?.as_secs_f64())).collect();
    let mean = if known.is_empty() { 1.0 } else { known.iter().sum::<f64>() / known.len() as f64 };
    let load = |r: &Queue| {
        let penalty = if r.degraded { DEGRADED } else { 1.0 };
        r.latency.map_or(mean, |l| l.as_secs_f64()) * (f64::from(r.in_flight) + 1.0) * penalty
    };
    let mut loads: Vec<(usize, f64)> = replicas.iter().map(|r| (r.index, load(r))).collect();
    let (high, low) = (seed >> 32, seed & u64::from(u32::MAX));
    let random = [high, low].map(|half| half as f64 / (f64::from(u32::MAX) + 1.0));
    let winner = resilience::pick::pick(loads.len(), |i| loads[i].1, random).map(|i| loads.remove(i).0);
    loads.sort_by(|a, b| a.1.total_cmp(&b.1));
    winner.into_iter().chain(loads.into_iter().map(|(index, _)| index)).collect()
}

#[cfg(test)]
pub(crate) mod tests;
