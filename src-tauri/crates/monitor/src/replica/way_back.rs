//! Out of service and back: relapses, hold, ramp; and the two who may order either, the operator and the GPU.

use std::time::Duration;

use domain::{Admin, Failure, FailureClass, Health, Trigger};
use resilience::{breaker::State, ramp::Ramp};
use tokio::time::Instant;

use super::{
    life::{At, Life, WayBack},
    run::is_timeout,
};

/// After this long in service, earlier relapses are forgotten.
const SETTLED: Duration = Duration::from_secs(600);

/// An open breaker does not wait for its time, which may be long and doubles, where a trial costs little: this far
/// apart they are made.
pub(super) const EARLY_TRIAL: Duration = Duration::from_secs(3);

impl Life {
    /// Whether a generated token can prove that the errors are over that opened the breaker.
    pub(super) fn tokens_may_close(&self, now: Instant) -> bool {
        self.health != Health::Down
            && self.settings.may_generate()
            && self.breaker.state(now) != State::Closed
    }

    /// When an open breaker is tried with a request; absent where it is not open. Where checks reach the server but
    /// may not ask for a token, requests are the only proof; one that is met with an error is answered elsewhere at
    /// once, one that is met with silence would have its client wait.
    pub(super) fn trial_at(&self, now: Instant) -> Option<Instant> {
        let State::Open { until } = self.breaker.state(now) else { return None };
        let silent = self.run.last.as_ref().is_none_or(|(f, _)| is_timeout(f.class));
        let checked = self.settings.probe().is_some() && !self.settings.may_generate();
        let early = self.opened.and_then(|since| since.checked_add(EARLY_TRIAL));
        let early = early.filter(|_| checked && !silent && self.health != Health::Down);
        Some(early.map_or(until, |at| at.min(until)))
    }

    /// Begins the trials whose time has come.
    pub(super) fn tick_breaker(&mut self, now: Instant) {
        match self.breaker.state(now) {
            State::Open { .. } => _ = self.opened.get_or_insert(now),
            State::Closed | State::HalfOpen => self.opened = None,
        }
        if self.trial_at(now).is_some_and(|at| at <= now) {
            self.breaker.half_open(now);
            self.opened = None;
        }
    }

    pub(super) fn came_back(&mut self, at: At, why: &str) {
        // Its checks were its trials; the ramp protects the rest.
        match self.breaker.state(at.now) {
            State::Closed if self.breaker.failing() > 0 => _ = self.breaker.record(at.now, true),
            State::Closed => {}
            State::Open { .. } | State::HalfOpen => self.breaker.close(at.now),
        }
        self.run.clear();
        self.set_answering_as(at);
        self.recovered(at, why);
    }

    pub(super) fn recovered(&mut self, at: At, why: &str) {
        self.hung = false;
        let failback = self.settings.failback;
        let ramp = Ramp::begin(at.now, failback.hold, self.relapses, failback.ramp);
        // A hold is no service yet, and neither is the wait for the operator.
        let serves_from = at.now.checked_add(ramp.length().saturating_sub(failback.ramp));
        self.back_since = serves_from.filter(|_| failback.auto);
        self.way_back = match failback.auto {
            true if ramp.done(at.now) => WayBack::Done,
            true => WayBack::Ramp(ramp),
            false => WayBack::Waits,
        };
        let waits = if failback.auto { "" } else { ", and waits for the operator" };
        self.because(format!("{why}{waits}"), None);
    }

    pub(super) fn went_out(&mut self, at: At) {
        // What goes out before it has served is no relapse: it was held back, and rightly so.
        let back_since = self.back_since.take();
        if let Some(served) = back_since.and_then(|since| at.now.checked_duration_since(since)) {
            self.relapses = if served < SETTLED { self.relapses.saturating_add(1) } else { 0 };
        }
        self.way_back = WayBack::Done;
        self.pace.clear();
    }

    /// The operator's switch.
    pub(crate) fn ordered(&mut self, at: At, admin: Admin) {
        self.because("the operator's order", None);
        let was = std::mem::replace(&mut self.admin, admin);
        if admin == Admin::Enabled {
            // What was learned may be old by now.
            self.check_now = true;
            if matches!(was, Admin::Draining | Admin::Disabled) {
                self.fail_back(at);
            }
        }
    }

    /// The operator's word ends every wait of a server that works.
    pub(crate) fn fail_back(&mut self, at: At) {
        if self.way_back != WayBack::Done || self.pace.slow.is_some() {
            self.pace.clear();
            self.because("the operator's order", None);
            self.back_since = Some(at.now);
            self.way_back = WayBack::Done;
        }
    }

    /// The GPU beneath it failed, or recovered.
    pub(crate) fn gpu_failed(&mut self, at: At, reason: Option<String>) {
        match reason {
            Some(reason) if self.gpu.as_ref() != Some(&reason) => {
                let failure = Failure::new(FailureClass::Gpu, reason.clone());
                self.because(reason.clone(), Some(FailureClass::Gpu));
                self.gpu = Some(reason);
                if !self.gpu_is_out() {
                    if self.health != Health::Down {
                        self.set_answering_as(at);
                    }
                    return;
                }
                self.run.count(&failure, at.wall_ms, at);
                if self.health != Health::Down {
                    self.went_out(at);
                    self.set_health(at, Health::Down);
                }
            }
            None if self.gpu.is_some() => {
                let was_out = self.gpu_is_out();
                self.gpu = None;
                if !was_out {
                    return self.gpu_unwell(at, self.unwell.clone());
                }
                self.check_now = true;
                self.run.good_checks = 0;
                if self.settings.probe().is_none() {
                    self.came_back(at, "its GPU recovered");
                }
            }
            _ => {}
        }
    }

    /// Whether a fault of its GPU takes it out of service: the tier's trigger is on.
    pub(super) fn gpu_is_out(&self) -> bool {
        self.gpu.is_some() && self.settings.tier.triggers.rule(Trigger::Gpu).on
    }

    /// The tier's trigger for its GPU may be another one now.
    pub(super) fn gpu_rule_set(&mut self, at: At) {
        if self.gpu_is_out() && self.health != Health::Down {
            let reason = self.gpu.take();
            self.gpu_failed(at, reason);
        }
    }

    /// The GPU beneath it is unwell, or well again.
    pub(crate) fn gpu_unwell(&mut self, at: At, reason: Option<String>) {
        let words = reason.clone().unwrap_or_else(|| "its GPU is well again".into());
        self.unwell = reason;
        if matches!(self.health, Health::Healthy | Health::Degraded) {
            self.set_answering(at, words);
        }
    }
}
