//! Who answers for a chain: a pure decision.
//!
//! Traffic tells first (a request that a later tier had to answer), the board tells the rest (a tier went out of
//! service, or is back in full). A tier that lost the word is unsettled: it gets it back once it has been ramped
//! up, or was in full service for a while, so that a tier that fails or is rate limited now and then does not make
//! the word jump with each request.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    Event, IncidentKind,
    event::{ChangedOver, Direction},
    serving::{Delayed, Served},
};
use tokio::time::Instant;

use super::{
    delays::Delays,
    view::{ChainView, Fit},
};

/// A tier that was not ramped up is settled after this long in full service, at least.
pub(crate) const SHORTEST_CALM: Duration = Duration::from_secs(1);

/// What the decision remembers of a chain.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Memory {
    /// The tier that answers.
    pub tier: Option<String>,
    /// How long a tier that was not ramped up must be in full service to get the word back.
    calm: Duration,
    /// Tiers that lost the word, each with when its present full service began.
    unsettled: BTreeMap<String, Option<Instant>>,
    /// The last change came from the board: the first answer after it is an event.
    answer_due: bool,
    /// The word left the better tiers by the operator's order.
    ordered: bool,
    /// Clients that were kept waiting.
    delays: Delays,
}

/// What the decision is told.
#[derive(Clone, Debug)]
pub(crate) enum Input<'a> {
    /// The board changed, or time passed.
    Board,
    /// A request was answered, or none could.
    Served(&'a Served),
    /// The configuration changed.
    Order,
    /// The operator's orders for the chain changed.
    Ordered,
}

impl Memory {
    /// At the start of the program, or of a chain: the first tier that can answer has the word. One that failed when
    /// the program ended lost it then, and was told of; it gets it back as any other.
    pub(crate) fn begin(view: &ChainView, calm: Duration) -> Self {
        let well = view.tiers.iter().position(|t| t.fit == Fit::Full);
        let at = well.or_else(|| best(view));
        let before = view.tiers.iter().take(at.unwrap_or(0));
        let failing = before.filter(|t| t.fit == Fit::Open).map(|t| (t.name.clone(), None));
        let unsettled = failing.collect();
        let tier = at.map(|at| view.tiers[at].name.clone());
        Self {
            tier,
            calm: calm.max(SHORTEST_CALM),
            unsettled,
            answer_due: false,
            ordered: false,
            delays: Delays::default(),
        }
    }

    /// A tier keeps a client waiting, or has. That moves nothing by itself.
    pub(crate) fn delayed(&mut self, delayed: Delayed) {
        self.delays.note(delayed);
    }

    /// What comes back from now on, until [`Input::Ordered`], does so by the operator's order.
    pub(crate) fn ordering(&mut self) {
        self.ordered = true;
    }

    /// The hold of the chain changed.
    pub(crate) fn set_calm(&mut self, calm: Duration) {
        self.calm = calm.max(SHORTEST_CALM);
    }

    /// Whether the next answer by the tier that has the word is news: the first after a change, or the end of a
    /// client's wait.
    pub(crate) fn listens(&self) -> bool {
        self.answer_due || self.tier.as_ref().is_some_and(|tier| self.delays.holds(tier))
    }

    /// When time alone may change the decision.
    pub(crate) fn next_change(&self) -> Option<Instant> {
        self.unsettled.values().flatten().min().map(|since| *since + self.calm)
    }

    /// Takes note of an input, and returns the events that follow.
    pub(crate) fn decide(&mut self, view: &ChainView, now: Instant, input: &Input<'_>) -> Vec<Event> {
        let mut events = Vec::new();
        match input {
            Input::Served(served) => events.extend(self.served(view, now, served)),
            Input::Order => events.extend(self.order(view)),
            Input::Ordered => events.extend(self.ordered(view)),
            Input::Board => {}
        }
        events.extend(self.board(view, now));
        events
    }

    fn served(&mut self, view: &ChainView, now: Instant, served: &Served) -> Option<Event> {
        let Some(to) = &served.tier else { return self.none_served(view, served) };
        let to_at = view.position(to)?;
        self.delays.forget(to);
        if self.tier.as_ref() == Some(to) {
            let due = std::mem::take(&mut self.answer_due);
            let answered =
                || Event::Answered { chain: view.name.clone(), tier: to.clone(), simulated: view.simulated };
            return due.then(answered);
        }
        let Some(from_at) = self.tier.as_ref().and_then(|t| view.position(t)) else {
            let back = Change { waited_ms: Some(served.waited_ms), answered: true, ..Change::back() };
            return (self.tier.is_none()).then(|| self.move_to(view, Some(to_at), back));
        };
        if to_at < from_at {
            // A better tier: the board says when it is back.
            return None;
        }
        let change = over(view, from_at, served)?;
        let failed_it = served.failed.iter().any(|(tier, ..)| *tier == view.tiers[from_at].name);
        // It may have been spared what a client before it was not.
        let earlier = self.delays.waited_ms(&view.tiers[from_at].name, now).filter(|_| !failed_it);
        let change =
            Change { waited_ms: Some(earlier.unwrap_or(served.waited_ms)), answered: true, ..change };
        let event = self.move_to(view, Some(to_at), change);
        self.answer_due = false;
        Some(event)
    }

    /// No tier could answer a request, though the board may still have hope.
    fn none_served(&mut self, view: &ChainView, served: &Served) -> Option<Event> {
        let from = self.tier.as_ref()?;
        let (_, _, failure) = served.failed.iter().rfind(|(tier, ..)| tier == from)?;
        domain::verdict(failure.class).incident?;
        let change = Change {
            trigger: failure.class.word().into(),
            error: failure.message.clone(),
            advice: failure.class.advice().into(),
            incident: Some(IncidentKind::AllDown),
            evidence_ms: served.failed.iter().map(|(_, began, _)| *began).min(),
            waited_ms: Some(served.waited_ms),
            answered: false,
        };
        let event = self.move_to(view, None, change);
        self.unsettled = view.tiers.iter().map(|t| (t.name.clone(), None)).collect();
        Some(event)
    }

    /// What the board alone decides.
    fn board(&mut self, view: &ChainView, now: Instant) -> Option<Event> {
        self.settle(view, now);
        let from_at = self.tier.as_ref().and_then(|t| view.position(t));
        let better = &view.tiers[..from_at.unwrap_or(view.tiers.len())];
        let settled = |name: &str| !self.unsettled.contains_key(name);
        if let Some(to_at) = better.iter().position(|t| t.fit == Fit::Full && settled(&t.name)) {
            let change =
                if self.tier.is_some() && from_at.is_none() { Change::by_order() } else { self.recovery() };
            self.answer_due = from_at.is_none();
            return Some(self.move_to(view, Some(to_at), change));
        }
        let to_at = best(view);
        let stays = |at: usize| {
            view.tiers[at].fit > Fit::Left || (view.tiers[at].fit == Fit::Left && to_at == Some(at))
        };
        if from_at.is_some_and(stays) {
            return None;
        }
        let change = match (from_at, to_at) {
            (Some(at), _) => self.left(view, at, to_at.is_none(), now),
            (None, _) if self.tier.is_some() => Change::by_order(),
            (None, Some(at)) if settled(&view.tiers[at].name) => self.recovery(),
            (None, _) => return None,
        };
        let event = self.move_to(view, to_at, change);
        self.answer_due = to_at.is_some();
        if to_at.is_none() {
            // Whoever is back first has the word.
            self.unsettled.clear();
        }
        Some(event)
    }

    /// The operator's new order: the first tier that can answer has the word at once.
    fn order(&mut self, view: &ChainView) -> Option<Event> {
        let to_at = best(view)?;
        let to = &view.tiers[to_at].name;
        if self.tier.as_ref() == Some(to) || self.tier.is_none() || self.unsettled.contains_key(to) {
            return None;
        }
        Some(self.move_to(view, Some(to_at), Change::by_order()))
    }

    /// The operator's word: whoever is asked first from now on has it, whatever happened before.
    fn ordered(&mut self, view: &ChainView) -> Option<Event> {
        let to_at = best(view)?;
        let to = &view.tiers[to_at].name;
        self.unsettled.remove(to);
        if self.tier.as_ref() == Some(to) || self.tier.is_none() {
            self.ordered &= to_at > 0;
            return None;
        }
        let event = self.move_to(view, Some(to_at), Change::by_operator());
        self.answer_due = true;
        Some(event)
    }

    /// Follows the tiers that lost the word.
    fn settle(&mut self, view: &ChainView, now: Instant) {
        let calm = self.calm;
        self.unsettled.retain(|name, since| {
            match view.position(name).map(|at| view.tiers[at].fit) {
                Some(Fit::Full) => now < *since.get_or_insert(now) + calm,
                Some(Fit::Out | Fit::Left | Fit::Open) => {
                    *since = None;
                    true
                }
                // It is ramped up, or gone.
                Some(Fit::Partly) | None => false,
            }
        });
    }

    /// Why the tier at `from_at` is out, by the board, with the client that found it so.
    fn left(&self, view: &ChainView, from_at: usize, none_left: bool, now: Instant) -> Change {
        let change = left(view, from_at, none_left);
        let found = self.delays.waited_ms(&view.tiers[from_at].name, now);
        Change { waited_ms: found.filter(|_| change.incident.is_some()), ..change }
    }

    fn recovery(&self) -> Change {
        if self.ordered { Change::by_operator() } else { Change::back() }
    }

    fn move_to(&mut self, view: &ChainView, to_at: Option<usize>, change: Change) -> Event {
        let from_at = self.tier.as_ref().and_then(|t| view.position(t));
        let to = to_at.map(|at| view.tiers[at].name.clone());
        let rank = |at: usize| view.tiers[at].rank;
        let direction = match (from_at, to_at) {
            (_, None) => Direction::Over,
            (Some(from), Some(to)) if rank(to) > rank(from) => Direction::Over,
            _ => Direction::Back,
        };
        let from = std::mem::replace(&mut self.tier, to.clone());
        if let (Direction::Over, Some(from), true) = (direction, &from, change.incident.is_some()) {
            self.unsettled.insert(from.clone(), None);
        }
        if let Some(to) = &self.tier {
            self.unsettled.remove(to);
        }
        from.iter().chain(&self.tier).for_each(|tier| self.delays.forget(tier));
        self.ordered = direction == Direction::Over && change.trigger == OPERATOR;
        Event::ChangedOver(ChangedOver {
            chain: view.name.clone(),
            simulated: view.simulated,
            direction,
            from,
            to,
            trigger: change.trigger,
            error: change.error,
            advice: change.advice,
            incident: change.incident,
            evidence_ms: change.evidence_ms,
            waited_ms: change.waited_ms,
            impact: None,
            answered: change.answered,
        })
    }
}

const OPERATOR: &str = "operator";

/// Why the word moves.
struct Change {
    trigger: String,
    error: String,
    advice: String,
    incident: Option<IncidentKind>,
    evidence_ms: Option<i64>,
    waited_ms: Option<i64>,
    /// A request was answered after it already.
    answered: bool,
}

impl Change {
    fn plain(trigger: &str, error: &str) -> Self {
        let (trigger, error) = (trigger.into(), error.into());
        Self {
            trigger,
            error,
            advice: String::new(),
            incident: None,
            evidence_ms: None,
            waited_ms: None,
            answered: false,
        }
    }

    fn back() -> Self {
        Self::plain("recovered", "")
    }

    fn by_operator() -> Self {
        Self::plain(OPERATOR, "the operator's order")
    }

    fn by_order() -> Self {
        Self::plain("order", "the chain's tiers were changed")
    }
}

/// The first tier that takes every request; failing that, the first that takes some.
fn best(view: &ChainView) -> Option<usize> {
    let first = |least: Fit| view.tiers.iter().position(|t| t.fit >= least);
    first(Fit::Open).or_else(|| first(Fit::Partly)).or_else(|| first(Fit::Left))
}

/// Why a request was answered behind the tier at `from_at`; absent when that is no change-over: the tier is
/// being ramped up, or the request itself was not to its taste.
fn over(view: &ChainView, from_at: usize, served: &Served) -> Option<Change> {
    let from = &view.tiers[from_at];
    let mut own = served.failed.iter().filter(|(tier, ..)| *tier == from.name);
    let Some((_, first_began, _)) = own.next() else {
        return (from.fit <= Fit::Left).then(|| left(view, from_at, false));
    };
    let (_, _, failure) = served.failed.iter().rfind(|(tier, ..)| *tier == from.name)?;
    let incident = domain::verdict(failure.class).incident?;
    let earlier = from.cause.evidence_ms.filter(|_| from.fit < Fit::Full);
    Some(Change {
        trigger: failure.class.word().into(),
        error: failure.message.clone(),
        advice: failure.class.advice().into(),
        incident: Some(incident),
        evidence_ms: Some(earlier.map_or(*first_began, |e| e.min(*first_began))),
        waited_ms: None,
        answered: false,
    })
}

/// Why the tier at `from_at` is out of service, by the board.
fn left(view: &ChainView, from_at: usize, none_left: bool) -> Change {
    let cause = &view.tiers[from_at].cause;
    let mut change = if cause.ordered {
        Change::by_operator()
    } else {
        let class = cause.class;
        Change {
            trigger: class.map_or("down", domain::FailureClass::word).into(),
            error: cause.error.clone(),
            advice: class.map_or(String::new(), |c| c.advice().into()),
            incident: class.map_or(Some(IncidentKind::Outage), |c| domain::verdict(c).incident),
            evidence_ms: cause.evidence_ms,
            waited_ms: None,
            answered: false,
        }
    };
    if none_left && view.tiers.iter().any(|t| !t.cause.ordered) {
        change.incident = Some(IncidentKind::AllDown);
    }
    change
}
