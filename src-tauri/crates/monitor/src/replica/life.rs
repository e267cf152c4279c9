//! A replica's life: what is known of it, and what follows from each new piece of evidence.
//!
//! Health (does it answer?), breaker (are its answers good?), cool-down (does it ask to be left alone?), the
//! operator's switch and the way back after a recovery are kept apart; the gate is computed from them. Nothing
//! here waits or reads a clock: `At` is passed in.

use std::{sync::Arc, time::Duration};

use domain::{
    Admin, CoolDown, Failure, FailureClass, Health, Load, chain::ProbeKind, restart::RestartNote,
    verdict::CoolDownRule,
};
use resilience::{
    breaker::{Breaker, State},
    gate::Gate,
    ramp::Ramp,
};
use tokio::time::Instant;

use super::{
    figures::Figures,
    pace::Pace,
    run::{Run, is_reachability, is_timeout},
    settings::Settings,
    silence::TIMEOUTS_IN_A_ROW,
};

/// A failure that a check can neither confirm nor disprove is forgotten when checks pass this long after it.
const STALE_FAILURE: Duration = Duration::from_secs(10);
/// The same for silence, where no token may be asked for.
const STALE_TIMEOUT: Duration = Duration::from_secs(60);

/// The present, on both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    pub now: Instant,
    pub wall_ms: i64,
}

/// Where a piece of evidence comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A request that began then.
    Traffic(Instant),
    Check,
}

/// The way back to full service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum WayBack {
    /// Not needed, or gone to its end.
    Done,
    /// Hold, then rising shares.
    Ramp(Ramp),
    /// Recovered, and the chain leaves the last word to the operator.
    Waits,
}

/// Why the state changed last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Why {
    pub words: String,
    pub class: Option<FailureClass>,
}

/// All that a replica's task knows.
#[derive(Debug)]
pub(crate) struct Life {
    pub settings: Settings,
    pub health: Health,
    pub since_ms: i64,
    pub breaker: Breaker,
    pub admin: Admin,
    pub cool: Option<CoolDown>,
    pub run: Run,
    pub way_back: WayBack,
    pub figures: Figures,
    pub why: Why,
    /// The present half-open phase's permits, and when it began.
    pub trials: Option<(Gate, Instant)>,
    /// The breaker opened for silence: only a generated token proves that it is over.
    pub hung: bool,
    /// Recoveries in a row that did not last.
    pub relapses: u32,
    pub back_since: Option<Instant>,
    /// When its breaker opened, or opened again after a trial.
    pub opened: Option<Instant>,
    pub gpu: Option<String>,
    pub unwell: Option<String>,
    /// What its engine says of its load, and what of that degrades it.
    pub load: Option<Arc<Load>>,
    pub strain: Option<String>,
    /// The last step of its restarts.
    pub restart: Option<RestartNote>,
    pub slow: bool,
    /// How fast it answers, against its tier's thresholds.
    pub pace: Pace,
    /// A token is asked for to find out whether it is fast again.
    pub asks_pace: bool,
    /// Why its answers fail the quality checks, and which budget is spent.
    pub quality: Option<String>,
    pub budget: Option<String>,
    /// Cool-downs in a row whose length was guessed.
    pub guesses: u32,
    /// The end of the cool-down waits for this check.
    pub last_word: bool,
    pub check_now: bool,
    pub last_traffic: Option<Instant>,
    /// When a check last got a token.
    pub proved: Option<Instant>,
    /// Its provider says that nothing is left of a rate limit until then.
    pub spent_until: Option<Instant>,
}

impl Life {
    pub(crate) fn new(settings: Settings, at: At) -> Self {
        let breaker = Breaker::new(settings.tier.breaker);
        let mut pace = Pace::default();
        pace.set(&settings.tier.triggers);
        Self {
            admin: settings.admin,
            settings,
            breaker,
            health: Health::Unknown,
            since_ms: at.wall_ms,
            cool: None,
            run: Run::default(),
            way_back: WayBack::Done,
            figures: Figures::default(),
            why: Why::default(),
            trials: None,
            hung: false,
            relapses: 0,
            back_since: None,
            opened: None,
            gpu: None,
            unwell: None,
            load: None,
            strain: None,
            restart: None,
            slow: false,
            pace,
            asks_pace: false,
            quality: None,
            budget: None,
            guesses: 0,
            last_word: false,
            check_now: false,
            last_traffic: None,
            proved: None,
            spent_until: None,
        }
    }

    /// New settings for the same replica: everything that was learned is kept, but what hung on the old ones.
    pub(crate) fn reconfigure(&mut self, settings: Settings, at: At) {
        if settings.asks_otherwise(&self.settings) && self.cool.take().is_some() {
            self.run.clear();
            self.because("the tier's settings changed", None);
        }
        if settings.probe() != self.settings.probe() {
            self.run.suspected = false;
            self.check_now = true;
        }
        self.breaker.reconfigure(settings.tier.breaker);
        if settings.admin != self.admin {
            self.ordered(at, settings.admin);
        }
        self.pace.set(&settings.tier.triggers);
        self.settings = settings;
        self.gpu_rule_set(at);
        self.hung &= self.settings.may_generate();
        if self.health == Health::Down && self.settings.probe().is_none() && !self.gpu_is_out() {
            // Nothing would ever find it up again.
            self.came_back(at, "checks were switched off");
        }
    }

    /// A good answer to real traffic, to a request that began at `began`.
    pub(crate) fn answered(&mut self, at: At, began: Instant) {
        self.last_traffic = Some(at.now);
        self.guesses = 0;
        if self.health == Health::Down {
            // A last resort that worked: the checks have the word, now.
            self.check_now = true;
            return;
        }
        let before = self.breaker.state(at.now);
        if !self.takes_note(before, began) {
            return;
        }
        let after = self.breaker.record(at.now, true);
        if after == State::Closed {
            self.run.clear();
            if before == State::HalfOpen {
                self.recovered(at, "its trial requests were answered");
            }
        }
        self.set_answering(at, "it answers requests");
    }

    /// Whether the breaker in this state judges by a request that began at `began`. What was sent before the trials
    /// is none of them: a request that has waited since before the breaker opened says nothing new.
    fn takes_note(&self, breaker: State, began: Instant) -> bool {
        match breaker {
            State::Closed => true,
            State::Open { .. } => false,
            State::HalfOpen => self.trials.as_ref().is_some_and(|(_, since)| began >= *since),
        }
    }

    /// A failure, of real traffic or of a check, that began at `began_ms` (wall clock).
    pub(crate) fn failed(&mut self, at: At, failure: &Failure, began_ms: i64, source: Source, offline: bool) {
        let verdict = domain::verdict(failure.class);
        if offline && is_reachability(failure.class) && self.health != Health::Down {
            self.run.suspected = false;
            self.because("this computer is offline", None);
            return self.set_health(at, Health::Unknown);
        }
        if source == Source::Check && !verdict.counts {
            self.reached(at);
        }
        if verdict.cool_down != CoolDownRule::None {
            self.told_to_wait(at, failure, verdict, began_ms, source);
        } else if verdict.counts {
            self.run.count(failure, began_ms, at);
            match source {
                Source::Traffic(began) => self.request_failed(at, failure, began),
                Source::Check => self.check_failed(at, failure),
            }
        }
    }

    fn request_failed(&mut self, at: At, failure: &Failure, began: Instant) {
        self.last_traffic = Some(at.now);
        let before = self.breaker.state(at.now);
        if self.takes_note(before, began) {
            self.breaker.record(at.now, false);
        }
        if is_timeout(failure.class) {
            self.run.timeouts += 1;
        }
        if is_reachability(failure.class) {
            self.run.unreachable += 1;
        }
        if self.settings.probe().is_some() && !self.run.suspected {
            (self.run.suspected, self.check_now) = (true, true);
        }
        let returning = self.way_back != WayBack::Done;
        let silent = self.run.timeouts >= TIMEOUTS_IN_A_ROW;
        if self.falls(returning && is_reachability(failure.class)) {
            return self.fall(at, failure);
        }
        if before == State::Closed && (returning || silent) {
            self.breaker.trip(at.now);
        }
        if before == State::Closed && self.breaker.state(at.now) != State::Closed {
            self.hung = is_timeout(failure.class) && self.settings.may_generate();
            self.because(format!("its breaker opened: {}", failure.message), Some(failure.class));
            self.went_out(at);
        } else if before == State::HalfOpen && self.breaker.state(at.now) != State::HalfOpen {
            self.because(format!("a trial request failed: {}", failure.message), Some(failure.class));
        }
    }

    fn check_failed(&mut self, at: At, failure: &Failure) {
        self.asks_pace = false;
        // A server that is there and stays silent is hung, not down.
        if is_timeout(failure.class) && self.wants_token(at.now) {
            self.stays_silent(at, failure);
        } else if self.tokens_may_close(at.now) && !is_reachability(failure.class) {
            // The errors go on; they are the breaker's business, and the server is there.
            self.run.suspected = false;
        } else {
            self.run.unreachable += 1;
        }
        let returning = self.way_back != WayBack::Done;
        if self.breaker.state(at.now) == State::HalfOpen {
            self.breaker.record(at.now, false);
            self.because(format!("a check failed: {}", failure.message), Some(failure.class));
        }
        if self.falls(returning) {
            self.fall(at, failure);
        }
        self.last_word = false;
    }

    /// Whether the failures so far mean that it is down. Without checks nothing would find it up again.
    fn falls(&self, at_once: bool) -> bool {
        let down_after = self.settings.probe().map(|p| p.down_after);
        let enough = |after: u32| at_once || self.run.unreachable >= after.max(1);
        self.health != Health::Down && down_after.is_some_and(enough)
    }

    fn fall(&mut self, at: At, failure: &Failure) {
        (self.run.suspected, self.run.waiting) = (false, false);
        self.because(failure.message.clone(), Some(failure.class));
        self.went_out(at);
        self.set_health(at, Health::Down);
    }

    /// A check succeeded after `took`.
    pub(crate) fn check_passed(&mut self, at: At, took: Duration, kind: &ProbeKind) {
        // A token that is asked for in doubt, where checks ask for less, may take its time.
        self.slow = self.settings.probe().is_some_and(|p| took > p.slow && p.kind == *kind);
        if self.reached(at) {
            return;
        }
        if *kind == ProbeKind::Generation {
            self.token_came(at, took);
        }
        self.answers_suspicion(at, kind);
        self.check_counts_as_trial(at, kind);
        if self.breaker.state(at.now) == State::Closed && self.cool.is_none() && self.is_disproved(at, kind) {
            let timeouts = if *kind == ProbeKind::Generation { 0 } else { self.run.timeouts };
            self.run.clear();
            self.run.timeouts = timeouts;
        }
        self.end_cool_down_if_proved(kind);
        let words = if self.slow { "its checks are slow" } else { "it answers its checks" };
        self.set_answering(at, words);
    }

    /// A check reached the server. Returns whether the server was down until then.
    fn reached(&mut self, at: At) -> bool {
        self.run.passed();
        let down = self.health == Health::Down;
        let up_after = self.settings.probe().map_or(1, |p| p.up_after.max(1));
        if down && !self.gpu_is_out() && self.run.good_checks >= up_after {
            self.came_back(at, "it answers its checks again");
        }
        down
    }

    /// In a chain without traffic nobody else closes the breaker; and where silence opened it, a generated
    /// token says more than any request that a client would have to wait for.
    fn check_counts_as_trial(&mut self, at: At, kind: &ProbeKind) {
        let token = *kind == ProbeKind::Generation;
        if token && matches!(self.breaker.state(at.now), State::Open { .. }) {
            self.breaker.half_open(at.now);
        }
        let idle = self.settings.probe().map(|p| p.every);
        let quiet = self.last_traffic.is_none_or(|t| idle.is_some_and(|every| at.now - t >= every));
        let counts = token || (quiet && !self.hung);
        if counts
            && self.breaker.state(at.now) == State::HalfOpen
            && self.breaker.record(at.now, true) == State::Closed
        {
            self.run.clear();
            self.recovered(at, "its checks passed");
        }
    }

    /// Whether a check that passed says that the failures so far are over.
    fn is_disproved(&self, at: At, kind: &ProbeKind) -> bool {
        let Some((failure, _)) = &self.run.last else { return true };
        let quiet = |least| self.run.last_at.is_none_or(|t| at.now - t >= least);
        match failure.class {
            _ if *kind == ProbeKind::Generation => true,
            // A hung server goes on answering its health checks.
            _ if self.run.timeouts > 0 => quiet(STALE_TIMEOUT),
            class => is_reachability(class) || quiet(STALE_FAILURE),
        }
    }

    /// What time alone changes.
    pub(crate) fn tick(&mut self, at: At) {
        self.tick_cool_down(at);
        self.tick_pace(at);
        if matches!(self.way_back, WayBack::Ramp(ramp) if ramp.done(at.now)) {
            self.way_back = WayBack::Done;
        }
        self.tick_breaker(at.now);
        let half_open = self.breaker.state(at.now) == State::HalfOpen;
        if half_open && self.trials.is_none() {
            self.trials = Some((Gate::limited(self.settings.tier.breaker.trials), at.now));
            self.because("its breaker lets trial requests through", None);
        } else if !half_open {
            self.trials = None;
        }
    }

    /// A check is wanted now.
    pub(crate) fn wants_check(&mut self) {
        self.check_now = true;
    }

    /// Whether a check is wanted at once; asks only once.
    pub(crate) fn take_check_now(&mut self) -> bool {
        std::mem::take(&mut self.check_now)
    }

    pub(super) fn set_answering(&mut self, at: At, words: impl Into<String>) {
        if self.health != self.answering() {
            self.because(words, None);
            self.set_answering_as(at);
        }
    }

    pub(super) fn set_answering_as(&mut self, at: At) {
        self.set_health(at, self.answering());
    }

    fn answering(&self) -> Health {
        let left = self.gpu.is_some() || self.left_for().is_some();
        if self.slow || self.unwell.is_some() || self.strain.is_some() || left {
            Health::Degraded
        } else {
            Health::Healthy
        }
    }

    pub(super) fn set_health(&mut self, at: At, health: Health) {
        if self.health != health {
            (self.health, self.since_ms) = (health, at.wall_ms);
        }
    }

    pub(super) fn because(&mut self, words: impl Into<String>, class: Option<FailureClass>) {
        self.why = Why { words: words.into(), class };
    }
}
