//! The triggers of a tier that make requests leave a server which answers: too slow, answers that fail the quality
//! checks, a spent budget. It stays the last hope of requests that nobody else can answer.
//!
//! A server that is too slow gets no ordinary requests, so that something has to find out when it is fast again: a token
//! that nobody pays for, where one may be asked for; else, after a pause that doubles with each relapse, the first
//! requests of a ramp. Answers that it gives meanwhile as the last hope say so as well.

use std::time::Duration;

use domain::{FailureClass, Health, Outcome, Trigger, board::LeftFor};
use tokio::time::Instant;

use super::{
    life::{At, Life},
    pace::{Measured, told},
};

/// The first pause before a slow server is tried again.
const PAUSE: Duration = Duration::from_secs(10);
/// The longest, after many relapses.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

impl Life {
    /// Why requests leave it, if they do.
    pub(super) fn left_for(&self) -> Option<LeftFor> {
        let on = |trigger: Trigger| self.settings.tier.triggers.rule(trigger).on;
        let of = |trigger: Trigger, class: FailureClass, words: &Option<String>| {
            Some(told(trigger, class, words.as_ref().filter(|_| on(trigger))?))
        };
        let slow = self.pace.slow.as_ref().map(|slow| slow.left.clone());
        slow.or_else(|| of(Trigger::Quality, FailureClass::QualityRejected, &self.quality))
            .or_else(|| of(Trigger::OverBudget, FailureClass::OverBudget, &self.budget))
    }

    /// A try ended that began at `began`: however it ended, it says how long a client had to wait.
    pub(crate) fn timed(&mut self, at: At, outcome: &Outcome, began: Instant) {
        let class = outcome.failure.as_ref().map(|failure| failure.class);
        let whole = class.is_none();
        let waited = match class {
            // Nobody waited for what was refused or broken off.
            None => (outcome.first_token, Some(outcome.total)),
            Some(FailureClass::ClientGone | FailureClass::Superseded | FailureClass::FirstTokenTimeout) => {
                (outcome.first_token.or(Some(outcome.total)), Some(outcome.total))
            }
            Some(FailureClass::TotalTimeout) => (outcome.first_token, Some(outcome.total)),
            Some(_) => return,
        };
        // Only a stream shows its first token; of a whole answer given up nobody knows what it would have been.
        let first_token = waited.0.filter(|_| outcome.first_token.is_some() || outcome.stream);
        if self.pace.slow.as_ref().is_some_and(|slow| began < slow.since) {
            return;
        }
        self.pace
            .record(at.now, Measured { began_ms: outcome.began_ms, first_token, total: waited.1, whole });
        if self.pace.slow.is_none() {
            self.leave_if_slow(at);
        } else if self.pace.is_relieved() {
            self.pace.clear();
            self.recovered(at, "it is fast again");
            self.set_answering_unless_down(at);
        }
    }

    fn leave_if_slow(&mut self, at: At) {
        let Some((left, evidence_ms)) = self.pace.finding(at.now) else { return };
        if self.health == Health::Down {
            return;
        }
        self.went_out(at);
        let pause = PAUSE.saturating_mul(1 << self.relapses.min(16)).min(LONGEST_PAUSE);
        let until = at.now.checked_add(pause).unwrap_or(at.now);
        self.because(left.words.to_string(), Some(left.class));
        self.pace.begin(left, evidence_ms, at.now, until);
        self.set_answering_unless_down(at);
    }

    /// Whether a token decides if it is fast again.
    fn proves_pace(&self) -> bool {
        let first = |left: &LeftFor| left.trigger == Trigger::FirstTokenAbove;
        self.settings.may_generate() && self.pace.slow.as_ref().is_some_and(|slow| first(&slow.left))
    }

    /// When a slow server is tried again; absent where none is.
    pub(super) fn pace_due(&self) -> Option<Instant> {
        self.pace.slow.as_ref().map(|slow| slow.until)
    }

    /// The pause of a slow server may be over.
    pub(super) fn tick_pace(&mut self, at: At) {
        if self.pace_due().is_none_or(|until| at.now < until) {
            return;
        }
        if self.proves_pace() {
            // The check that is asked for pushes the time back, whatever it comes to.
            if let Some(slow) = &mut self.pace.slow {
                slow.until = at.now.checked_add(PAUSE).unwrap_or(at.now);
            }
            (self.asks_pace, self.check_now) = (true, true);
        } else {
            self.pace.clear();
            self.recovered(at, "it was slow, and is tried again");
            self.set_answering_unless_down(at);
        }
    }

    /// A token came after `took`.
    pub(super) fn token_came(&mut self, at: At, took: Duration) {
        self.asks_pace = false;
        if self.proves_pace() && self.pace.relieves(took) {
            self.pace.clear();
            self.recovered(at, "a token came fast again");
        }
    }

    /// Its answers fail the quality checks, or pass again.
    pub(crate) fn quality_told(&mut self, at: At, words: Option<String>) {
        let was = self.left_for().is_some();
        self.quality = words;
        self.told_to_leave(at, was, "its answers pass the quality checks again");
    }

    /// Its budget is spent, or there is money again.
    pub(crate) fn budget_told(&mut self, at: At, words: Option<String>) {
        let was = self.left_for().is_some();
        self.budget = words;
        self.told_to_leave(at, was, "there is budget again");
    }

    fn set_answering_unless_down(&mut self, at: At) {
        if self.health != Health::Down {
            self.set_answering_as(at);
        }
    }

    fn told_to_leave(&mut self, at: At, was: bool, over: &str) {
        match self.left_for() {
            Some(left) if !was => {
                self.went_out(at);
                self.because(left.words.to_string(), Some(left.class));
                self.set_answering_unless_down(at);
            }
            None if was => {
                self.recovered(at, over);
                self.set_answering_unless_down(at);
            }
            _ => {}
        }
    }
}
