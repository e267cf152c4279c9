//! An engine's own figures: when they are asked for, and what of them touches the replica's life.

use std::{sync::Arc, time::Duration};

use domain::{Failure, FailureClass, Health, Load};
use futures::future::{BoxFuture, FutureExt};
use resilience::breaker::State;
use tokio::time::Instant;
use upstream::PageTarget;

use super::{
    life::{At, Life},
    run::is_reachability,
    settings::Settings,
    silence::TIMEOUTS_IN_A_ROW,
};
use crate::{
    load::{Engine, Judge, Reading, is_not_ready, stands_still},
    prober::Checker,
};

/// An engine that shows no figures is asked this much more seldom.
const RARELY: u32 = 12;
/// But not more seldom than this.
const RAREST: Duration = Duration::from_secs(60);

/// What an engine answered.
pub(super) type Answer = Result<Reading, Failure>;

/// The readings of one replica's engine.
pub(super) struct Loading {
    judge: Judge,
    due: Instant,
    /// Whether the last reading failed because the server could not be reached.
    cut_off: bool,
    /// The reading that goes on.
    pub asking: Option<BoxFuture<'static, Answer>>,
}

impl Loading {
    /// The first reading comes soon, at a moment that is left to chance (0 to 1).
    pub(super) fn new(now: Instant, settings: &Settings, chance: f64) -> Self {
        let due = now + settings.tier.load.every.mul_f64(chance);
        Self { judge: Judge::default(), due, cut_off: false, asking: None }
    }

    /// When the next one is due; absent while one goes on, and where the engine is not asked.
    pub(super) fn wake(&self, settings: &Settings) -> Option<Instant> {
        (self.asking.is_none() && settings.engine().is_some()).then_some(self.due)
    }

    pub(super) fn begin_if_due(&mut self, now: Instant, settings: &Settings, checker: &Checker) {
        let Some(engine) = settings.engine() else {
            self.asking = None;
            return;
        };
        if self.asking.is_none() && self.due <= now {
            self.due = now + settings.tier.load.every;
            let target = PageTarget::of(&settings.tier, &settings.replica, Duration::ZERO, 0);
            self.asking = Some(checker.clone().load(engine, target).boxed());
        }
    }

    /// The load that an answer means; absent when the engine is no longer asked.
    pub(super) fn take(&mut self, at: At, settings: &Settings, answer: Answer) -> Option<Load> {
        self.asking = None;
        let (engine, watch) = (settings.engine()?, &settings.tier.load);
        self.cut_off = answer.as_ref().is_err_and(|failure| is_reachability(failure.class));
        match answer {
            Ok(reading) => Some(self.judge.take(at, reading, engine, watch, &settings.tier.model)),
            Err(failure) => {
                if !is_not_ready(&failure) {
                    self.due = at.now + (watch.every * RARELY).min(RAREST).max(watch.every);
                }
                Some(self.judge.missed(at, engine, &failure))
            }
        }
    }

    /// A check has just reached it: a server that was away is asked for its figures at once.
    pub(super) fn reached(&mut self, now: Instant) {
        if std::mem::take(&mut self.cut_off) {
            self.due = now;
        }
    }

    /// A check has just got a token.
    pub(super) fn proved(&mut self) {
        self.judge.proved();
    }
}

impl Settings {
    /// The engine whose figures are read; absent where that is switched off, as checks are.
    pub(super) fn engine(&self) -> Option<Engine> {
        Engine::of(self.tier.provider).filter(|_| self.tier.load.on && self.probe().is_some())
    }
}

impl Life {
    /// Its engine told its load.
    pub(super) fn loaded(&mut self, at: At, load: Load) {
        let strain = load.findings.iter().find(|f| f.kind.degrades()).map(|f| f.what.clone());
        let still = stands_still(&load).map(|f| f.what.clone());
        self.load = Some(Arc::new(load));
        self.strain = strain;
        if matches!(self.health, Health::Healthy | Health::Degraded) {
            let words = self.strain.clone().unwrap_or_else(|| "its engine's load is back to normal".into());
            self.set_answering(at, words);
        }
        if let Some(words) = still {
            self.brings_nothing(at, words);
        }
    }

    /// Its engine is no longer asked.
    pub(super) fn forget_load(&mut self, at: At) {
        if self.load.take().is_some() && self.strain.take().is_some() {
            self.set_answering_if_up(at, "its engine's load is no longer read");
        }
    }

    fn set_answering_if_up(&mut self, at: At, words: &str) {
        if matches!(self.health, Health::Healthy | Health::Degraded) {
            self.set_answering(at, words);
        }
    }

    /// Its engine works on requests and brings no token, whatever its health check says.
    fn brings_nothing(&mut self, at: At, words: String) {
        if self.health == Health::Down || self.breaker.state(at.now) != State::Closed {
            return;
        }
        let still = i64::try_from(self.settings.tier.load.stuck_after.as_millis()).unwrap_or(i64::MAX);
        let began_ms = at.wall_ms.saturating_sub(still);
        if self.settings.answers_side_by_side() {
            // Such figures may be out of date. A token that is asked for beside the requests says whether it lives.
            self.run.evidence_ms.get_or_insert(began_ms);
            return self.suspected(at);
        }
        let failure = Failure::new(FailureClass::IdleTimeout, words);
        self.run.count(&failure, began_ms, at);
        self.run.timeouts = self.run.timeouts.max(TIMEOUTS_IN_A_ROW);
        self.breaker.trip(at.now);
        self.hung = self.settings.may_generate();
        self.because(format!("its breaker opened: {}", failure.message), Some(failure.class));
        self.went_out(at);
    }
}
