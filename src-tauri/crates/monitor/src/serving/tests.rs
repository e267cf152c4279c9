//! The decision, without tasks: views and requests in, events out.

mod properties;

use std::time::Duration;

use domain::{
    Event, Failure, FailureClass as F, IncidentKind,
    event::{ChangedOver, Direction},
    serving::{Delayed, Served},
};
use tokio::time::Instant;

use super::{
    decide::{Input, Memory},
    view::{Cause, ChainView, Fit, TierView},
};

pub(super) const CALM: Duration = Duration::from_secs(5);

pub(super) fn view(fits: &[(&str, Fit)]) -> ChainView {
    let tiers = fits.iter().enumerate().map(|(rank, (name, fit))| {
        let down = *fit == Fit::Out;
        let cause = Cause {
            ordered: false,
            class: down.then_some(F::Refused),
            error: if down { format!("{name} refused") } else { String::new() },
            evidence_ms: down.then_some(100),
        };
        TierView { name: (*name).into(), rank, fit: *fit, cause }
    });
    ChainView { name: "chat".into(), simulated: false, tiers: tiers.collect() }
}

pub(super) fn served(tier: Option<&str>, failed: &[(&str, F)]) -> Served {
    let failed = failed.iter().map(|(tier, class)| ((*tier).into(), 200, Failure::new(*class, "it failed")));
    Served {
        chain: "chat".into(),
        tier: tier.map(Into::into),
        at_ms: 300,
        waited_ms: 40,
        failed: failed.collect(),
    }
}

/// A decision under way, with a clock that the test moves.
struct Rig {
    memory: Memory,
    now: Instant,
}

impl Rig {
    fn begin(fits: &[(&str, Fit)]) -> Self {
        Self { memory: Memory::begin(&view(fits), CALM), now: Instant::now() }
    }

    fn board(&mut self, fits: &[(&str, Fit)]) -> Vec<Event> {
        self.memory.decide(&view(fits), self.now, &Input::Board)
    }

    fn served(&mut self, fits: &[(&str, Fit)], tier: Option<&str>, failed: &[(&str, F)]) -> Vec<Event> {
        self.memory.decide(&view(fits), self.now, &Input::Served(&served(tier, failed)))
    }

    fn tier(&self) -> Option<&str> {
        self.memory.tier.as_deref()
    }
}

fn one(events: Vec<Event>) -> ChangedOver {
    assert_eq!(events.len(), 1, "{events:?}");
    match events.into_iter().next() {
        Some(Event::ChangedOver(change)) => change,
        other => panic!("{other:?}"),
    }
}

use Fit::{Full, Left, Open, Out, Partly};

#[tokio::test(start_paused = true)]
async fn a_tier_that_a_trigger_fires_for_loses_the_word_to_whoever_can_answer_and_keeps_it_else() {
    let mut rig = Rig::begin(&[("a", Full), ("b", Full)]);
    let change = one(rig.board(&[("a", Left), ("b", Full)]));
    assert_eq!((change.direction, rig.tier()), (Direction::Over, Some("b")));
    assert_eq!(rig.board(&[("a", Partly), ("b", Full)]), []);
    one(rig.board(&[("a", Full), ("b", Full)]));
    assert_eq!(rig.tier(), Some("a"));
    assert_eq!(rig.board(&[("a", Left), ("b", Out)]), [], "nobody else can answer");
    assert_eq!(one(rig.board(&[("a", Left), ("b", Open)])).to.as_deref(), Some("b"));
    assert_eq!(one(rig.board(&[("a", Left), ("b", Out)])).to.as_deref(), Some("a"));
}

#[tokio::test(start_paused = true)]
async fn at_the_start_the_first_tier_that_can_answer_has_the_word_and_nobody_is_told() {
    let mut rig = Rig::begin(&[("a", Out), ("b", Full)]);
    assert_eq!(rig.tier(), Some("b"));
    assert_eq!(rig.board(&[("a", Out), ("b", Full)]), []);
    assert_eq!(Rig::begin(&[("a", Out), ("b", Partly)]).tier(), Some("b"));
    assert_eq!(Rig::begin(&[("a", Out)]).tier(), None);
}

#[tokio::test(start_paused = true)]
async fn a_tier_that_failed_when_the_program_ended_is_not_told_of_again_and_gets_the_word_back() {
    let mut rig = Rig::begin(&[("a", Open), ("b", Full)]);
    assert_eq!(rig.tier(), Some("b"));
    assert_eq!(rig.served(&[("a", Open), ("b", Full)], Some("b"), &[("a", F::Refused)]), []);
    assert_eq!(rig.board(&[("a", Full), ("b", Full)]), [], "not before the calm");
    rig.now += CALM;
    let change = one(rig.board(&[("a", Full), ("b", Full)]));
    assert_eq!((change.direction, rig.tier()), (Direction::Back, Some("a")));
    assert_eq!(Rig::begin(&[("a", Open), ("b", Open)]).tier(), Some("a"), "nobody is better");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_a_later_tier_answered_is_a_change_over() {
    let mut rig = Rig::begin(&[("a", Full), ("b", Full)]);
    let change = one(rig.served(&[("a", Open), ("b", Full)], Some("b"), &[("a", F::Refused)]));
    assert_eq!(change.direction, Direction::Over);
    assert_eq!((change.from.as_deref(), change.to.as_deref()), (Some("a"), Some("b")));
    assert_eq!((change.trigger.as_str(), change.error.as_str()), ("refused", "it failed"));
    assert_eq!(change.incident, Some(IncidentKind::Outage));
    assert_eq!((change.evidence_ms, change.waited_ms), (Some(200), Some(40)));
    assert!(change.advice.contains("start the server"));
}

#[tokio::test(start_paused = true)]
async fn the_first_evidence_is_looked_back_to() {
    let mut rig = Rig::begin(&[("a", Full), ("b", Full)]);
    let change = one(rig.served(&[("a", Out), ("b", Full)], Some("b"), &[("a", F::Refused)]));
    assert_eq!(change.evidence_ms, Some(100), "the board knew of it before this request");
}

#[tokio::test(start_paused = true)]
async fn a_killed_tier_goes_over_at_once_and_back_when_it_is_in_full_service() {
    let mut rig = Rig::begin(&[("a", Full), ("b", Full)]);
    one(rig.served(&[("a", Open), ("b", Full)], Some("b"), &[("a", F::Refused)]));
    assert_eq!(rig.board(&[("a", Out), ("b", Full)]), []);
    assert_eq!(rig.board(&[("a", Partly), ("b", Full)]), []);
    assert_eq!(rig.served(&[("a", Partly), ("b", Full)], Some("a"), &[]), [], "a trial is not the way back");
    let change = one(rig.board(&[("a", Full), ("b", Full)]));
    assert_eq!((change.direction, change.trigger.as_str()), (Direction::Back, "recovered"));
    assert_eq!((change.incident, rig.tier()), (None, Some("a")));
}

#[tokio::test(start_paused = true)]
async fn what_the_board_finds_first_is_told_before_any_request_and_the_first_answer_after_it() {
    let mut rig = Rig::begin(&[("a", Full), ("b", Full)]);
    let change = one(rig.board(&[("a", Out), ("b", Full)]));
    assert_eq!((change.trigger.as_str(), change.error.as_str()), ("refused", "a refused"));
    assert_eq!((change.evidence_ms, change.waited_ms), (Some(100), None));
    let answered = Event::Answered { chain: "chat".into(), tier: "b".into(), simulated: false };
    assert_eq!(rig.served(&[("a", Out), ("b", Full)], Some("b"), &[]), [answered]);
    assert_eq!(rig.served(&[("a", Out), ("b", Full)], Some("b"), &[]), [], "only the first");
}

#[tokio::test(start_paused = true)]
async fn ramping_and_the_requests_own_failures_are_no_change_over() {
    let mut rig = Rig::begin(&[("a", Full), ("b", Full)]);
    assert_eq!(rig.served(&[("a", Partly), ("b", Full)], Some("b"), &[]), []);
    for class in [F::ContextTooLong, F::PayloadTooLarge, F::Conflict] {
        assert_eq!(rig.served(&[("a", Full), ("b", Full)], Some("b"), &[("a", class)]), [], "{class}");
    }
    assert_eq!(rig.tier(), Some("a"));
}

#[tokio::test(start_paused = true)]
async fn a_tier_that_failed_once_gets_the_word_back_after_it_was_calm_for_a_while() {
    let mut rig = Rig::begin(&[("a", Full), ("b", Full)]);
    // The request's failure is told before the board knows of it.
    one(rig.served(&[("a", Full), ("b", Full)], Some("b"), &[("a", F::ServerError)]));
    rig.now += Duration::from_secs(4);
    assert_eq!(rig.board(&[("a", Open), ("b", Full)]), [], "it failed again");
    assert_eq!(rig.board(&[("a", Full), ("b", Full)]), []);
    assert_eq!(rig.memory.next_change(), Some(rig.now + CALM));
    rig.now += CALM - Duration::from_millis(1);
    assert_eq!(rig.served(&[("a", Full), ("b", Full)], Some("a"), &[]), []);
    rig.now += Duration::from_millis(1);
    assert_eq!(one(rig.board(&[("a", Full), ("b", Full)])).direction, Direction::Back);
    assert_eq!(rig.memory.next_change(), None);
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_that_ends_and_comes_again_does_not_make_the_word_jump() {
    let mut rig = Rig::begin(&[("a", Full), ("b", Full)]);
    one(rig.served(&[("a", Out), ("b", Full)], Some("b"), &[("a", F::RateLimited)]));
    for _ in 0..10 {
        assert_eq!(rig.board(&[("a", Out), ("b", Full)]), []);
        rig.now += Duration::from_secs(10);
        assert_eq!(rig.board(&[("a", Full), ("b", Full)]), []);
        rig.now += Duration::from_secs(2);
    }
    rig.now += Duration::from_secs(3);
    assert_eq!(one(rig.board(&[("a", Full), ("b", Full)])).to.as_deref(), Some("a"));
}

#[tokio::test(start_paused = true)]
async fn one_unsettled_tier_does_not_keep_another_from_the_word() {
    let mut rig = Rig::begin(&[("a", Full), ("b", Full), ("c", Full)]);
    one(rig.board(&[("a", Out), ("b", Full), ("c", Full)]));
    one(rig.served(&[("a", Out), ("b", Open), ("c", Full)], Some("c"), &[("b", F::ServerError)]));
    assert_eq!(rig.board(&[("a", Partly), ("b", Open), ("c", Full)]), []);
    assert_eq!(one(rig.board(&[("a", Full), ("b", Open), ("c", Full)])).to.as_deref(), Some("a"));
}

#[tokio::test(start_paused = true)]
async fn when_no_tier_is_left_it_is_said_and_when_one_is_again_too() {
    let mut rig = Rig::begin(&[("a", Full), ("b", Full)]);
    rig.board(&[("a", Out), ("b", Full)]);
    let change = one(rig.board(&[("a", Out), ("b", Out)]));
    assert_eq!(
        (change.direction, change.to, change.incident),
        (Direction::Over, None, Some(IncidentKind::AllDown))
    );
    assert_eq!(change.from.as_deref(), Some("b"));
    assert_eq!(rig.board(&[("a", Out), ("b", Out)]), []);
    let change = one(rig.board(&[("a", Out), ("b", Partly)]));
    assert_eq!((change.direction, change.from, change.to.as_deref()), (Direction::Back, None, Some("b")));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_no_tier_could_answer_leaves_nobody_with_the_word_until_one_answers() {
    let fits = [("a", Open), ("b", Open)];
    let mut rig = Rig::begin(&fits);
    let change = one(rig.served(&fits, None, &[("a", F::ServerError), ("b", F::ServerError)]));
    assert_eq!((change.to, change.incident), (None, Some(IncidentKind::AllDown)));
    assert_eq!(rig.board(&fits), []);
    let change = one(rig.served(&fits, Some("b"), &[]));
    assert_eq!((change.direction, change.to.as_deref()), (Direction::Back, Some("b")));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_the_client_got_wrong_blames_no_tier() {
    let mut rig = Rig::begin(&[("a", Full)]);
    assert_eq!(rig.served(&[("a", Full)], None, &[]), []);
    assert_eq!(rig.served(&[("a", Full)], None, &[("a", F::ContextTooLong)]), []);
}

#[tokio::test(start_paused = true)]
async fn a_new_order_moves_the_word_and_is_no_incident() {
    let mut rig = Rig::begin(&[("a", Full), ("b", Full)]);
    let change = one(rig.memory.decide(&view(&[("b", Full), ("a", Full)]), rig.now, &Input::Order));
    assert_eq!((change.direction, change.trigger.as_str()), (Direction::Back, "order"));
    assert_eq!((change.from.as_deref(), change.to.as_deref(), change.incident), (Some("a"), Some("b"), None));
    // The tier that has the word is taken out of the chain.
    let change = one(rig.memory.decide(&view(&[("a", Full)]), rig.now, &Input::Order));
    assert_eq!((change.trigger.as_str(), change.to.as_deref()), ("order", Some("a")));
    // A tier behind it changes nothing.
    assert_eq!(rig.memory.decide(&view(&[("a", Full), ("c", Full)]), rig.now, &Input::Order), []);
}

#[tokio::test(start_paused = true)]
async fn the_operators_switch_is_told_as_such() {
    let mut rig = Rig::begin(&[("a", Full), ("b", Full)]);
    let mut drained = view(&[("a", Out), ("b", Full)]);
    drained.tiers[0].cause = Cause { ordered: true, ..Cause::default() };
    let change = one(rig.memory.decide(&drained, rig.now, &Input::Board));
    assert_eq!((change.trigger.as_str(), change.incident), ("operator", None));
    let change = one(rig.board(&[("a", Full), ("b", Full)]));
    assert_eq!((change.direction, change.trigger.as_str()), (Direction::Back, "operator"));
}

#[tokio::test(start_paused = true)]
async fn what_the_operator_brings_back_is_told_as_such_even_when_the_board_says_it_first() {
    let mut rig = Rig::begin(&[("a", Full), ("b", Full)]);
    one(rig.board(&[("a", Out), ("b", Full)]));
    assert_eq!(rig.board(&[("a", Partly), ("b", Full)]), [], "it waits");
    rig.memory.ordering();
    let change = one(rig.board(&[("a", Full), ("b", Full)]));
    assert_eq!((change.direction, change.trigger.as_str()), (Direction::Back, "operator"));
    let both = view(&[("a", Full), ("b", Full)]);
    assert_eq!(rig.memory.decide(&both, rig.now, &Input::Ordered), [], "it is told once");
    one(rig.board(&[("a", Out), ("b", Full)]));
    assert_eq!(rig.board(&[("a", Partly), ("b", Full)]), []);
    assert_eq!(one(rig.board(&[("a", Full), ("b", Full)])).trigger, "recovered", "the next one is its own");
}

impl Rig {
    /// A client's request came `since` ago and was given up by `tier` at `until`.
    fn delayed(&mut self, tier: &str, since: Duration, until: Instant) {
        let since = self.now - since;
        self.memory.delayed(Delayed { chain: "chat".into(), tier: tier.into(), since, until });
    }
}

const WAITED: Duration = Duration::from_millis(300);

#[tokio::test(start_paused = true)]
async fn a_change_that_the_board_told_first_knows_the_client_that_found_it() {
    let mut rig = Rig::begin(&[("a", Full), ("b", Full)]);
    rig.delayed("a", WAITED, rig.now);
    rig.now += Duration::from_secs(2);
    let change = one(rig.board(&[("a", Out), ("b", Full)]));
    assert_eq!((change.waited_ms, change.answered), (Some(300), false));
    let answer = rig.served(&[("a", Out), ("b", Full)], Some("b"), &[("a", F::Refused)]);
    assert!(matches!(answer.as_slice(), [Event::Answered { .. }]), "{answer:?}");
    // The next outage found no client.
    rig.board(&[("a", Partly), ("b", Full)]);
    assert_eq!(one(rig.board(&[("a", Full), ("b", Full)])).waited_ms, None);
    assert_eq!(one(rig.board(&[("a", Out), ("b", Full)])).waited_ms, None);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_waits_still_has_waited_until_now() {
    let mut rig = Rig::begin(&[("a", Full), ("b", Full)]);
    rig.delayed("a", WAITED, rig.now + Duration::from_secs(60));
    rig.now += Duration::from_secs(1);
    assert_eq!(one(rig.board(&[("a", Out), ("b", Full)])).waited_ms, Some(1300));
}

#[tokio::test(start_paused = true)]
async fn who_was_answered_after_all_or_gave_up_long_ago_set_nothing_off() {
    let fits = [("a", Full), ("b", Full)];
    let mut rig = Rig::begin(&fits);
    rig.delayed("a", WAITED, rig.now);
    assert_eq!(rig.served(&fits, Some("a"), &[]), []);
    assert_eq!(one(rig.board(&[("a", Out), ("b", Full)])).waited_ms, None);
    let mut rig = Rig::begin(&fits);
    rig.delayed("a", WAITED, rig.now);
    rig.now += Duration::from_secs(31);
    assert_eq!(one(rig.board(&[("a", Out), ("b", Full)])).waited_ms, None);
    let mut rig = Rig::begin(&fits);
    rig.delayed("a", WAITED, rig.now);
    let mut drained = view(&[("a", Out), ("b", Full)]);
    drained.tiers[0].cause = Cause { ordered: true, ..Cause::default() };
    assert_eq!(one(rig.memory.decide(&drained, rig.now, &Input::Board)).waited_ms, None);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_was_spared_the_wait_does_not_hide_the_one_that_was_not() {
    let mut rig = Rig::begin(&[("a", Full), ("b", Full)]);
    rig.delayed("a", WAITED, rig.now);
    let change = one(rig.served(&[("a", Out), ("b", Full)], Some("b"), &[]));
    assert_eq!((change.waited_ms, change.answered), (Some(300), true));
}
