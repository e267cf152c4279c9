//! What others see of a replica's life: the gate, the board's state, the journal's facts, the time of the next
//! check.

use std::{sync::Arc, time::Duration};

use domain::{Admin, BreakerState, Health, ReplicaState, board::Late, event::ReplicaFacts};
use resilience::{breaker::State, gate::Gate};
use tokio::time::Instant;

use super::{
    life::{Life, WayBack},
    way_back::EARLY_TRIAL,
};

/// Checks of a replica that real traffic found failing are this far apart.
const SUSPICION: Duration = Duration::from_millis(200);

impl Life {
    fn is_out(&self, now: Instant) -> bool {
        self.admin != Admin::Enabled
            || self.health == Health::Down
            || self.gpu_is_out()
            || matches!(self.breaker.state(now), State::Open { .. })
            || self.trials_by_check(now)
    }

    /// Whether generated tokens, not clients' requests, try it out.
    pub(crate) fn trials_by_check(&self, now: Instant) -> bool {
        self.hung && self.breaker.state(now) != State::Closed
    }

    /// Whether the next check is to ask for a token: requests are or were met with silence, and liveness proves
    /// nothing.
    pub(crate) fn wants_token(&self, now: Instant) -> bool {
        let after_silence = self.run.timeouts > 0 && self.settings.may_generate();
        let after_errors = self.tokens_may_close(now);
        let beside_a_long_answer = self.run.waiting && self.settings.answers_side_by_side();
        self.trials_by_check(now) || after_silence || after_errors || beside_a_long_answer || self.asks_pace
    }

    /// Whether a request has waited in vain, and the check that follows has not come back: nobody else shall wait
    /// meanwhile who can be answered elsewhere.
    fn in_doubt(&self) -> bool {
        self.run.suspected && self.run.timeouts > 0
    }

    fn gate(&self, now: Instant) -> Gate {
        match self.breaker.state(now) {
            _ if self.is_out(now) || self.cool.is_some() => Gate::Shut,
            State::HalfOpen => self.trials.as_ref().map_or(Gate::Shut, |(gate, _)| gate.clone()),
            State::Open { .. } => Gate::Shut,
            State::Closed => Gate::Open,
        }
    }

    fn share(&self, now: Instant) -> f64 {
        match self.way_back {
            _ if self.is_out(now) || self.left_for().is_some() => 0.0,
            WayBack::Done => 1.0,
            WayBack::Ramp(ramp) => ramp.share(now),
            WayBack::Waits => 0.0,
        }
    }

    fn breaker_state(&self, now: Instant, next_check: Instant) -> BreakerState {
        match self.breaker.state(now) {
            State::Closed => BreakerState::Closed,
            _ if self.trials_by_check(now) => BreakerState::Open { until: next_check.max(now) },
            State::Open { until } => BreakerState::Open { until: self.trial_at(now).unwrap_or(until) },
            State::HalfOpen => BreakerState::HalfOpen,
        }
    }

    /// The board's state, but for the figures that cost time to compute.
    pub(crate) fn state(&self, now: Instant, next_check: Instant) -> ReplicaState {
        ReplicaState {
            gate: self.gate(now),
            health: self.health,
            since_ms: self.since_ms,
            breaker: self.breaker_state(now, next_check),
            admin: self.admin,
            cool_down: self.cool.clone(),
            share: self.share(now),
            waits: self.way_back == WayBack::Waits && !self.is_out(now),
            in_doubt: self.in_doubt(),
            left_for: self.left_for(),
            failing: self.run.failing,
            last_failure: self.run.last.clone(),
            evidence_ms: self.run.evidence_ms.or(self.pace.slow.as_ref().and_then(|slow| slow.evidence_ms)),
            latency: self.figures.latency(now),
            first_token: None,
            spent_until: self.spent_until,
            late: Late::default(),
            requests: self.figures.requests(now),
            checks: self.figures.checks(),
            load: self.load.clone(),
            hung: self.trials_by_check(now),
            restart: self.restart.clone(),
            stats: Arc::default(),
        }
    }

    /// The next moment at which time alone changes something.
    pub(crate) fn next_change(&self, now: Instant) -> Option<Instant> {
        let cool = self.cool.as_ref().map(|c| c.until);
        let share = match self.way_back {
            WayBack::Ramp(ramp) => ramp.next_change(now),
            WayBack::Done | WayBack::Waits => None,
        };
        let trial = self.trial_at(now);
        [cool, share, trial, self.pace_due()].into_iter().flatten().min()
    }

    /// How long after the last check the next one is due; absent when it is never checked.
    pub(crate) fn check_after(&self, now: Instant) -> Option<Duration> {
        let probe = self.settings.probe()?;
        let doubtful = self.health == Health::Down
            || self.run.unreachable > 0
            || self.way_back != WayBack::Done
            || self.breaker.state(now) == State::HalfOpen;
        Some(match () {
            () if self.run.suspected => SUSPICION,
            () if doubtful => self.settings.quick(probe.every),
            () if self.tokens_may_close(now) || self.trials_by_check(now) => probe.every.min(EARLY_TRIAL),
            () => probe.every,
        })
    }
}

/// The facts whose changes are journaled.
pub(crate) fn facts(state: &ReplicaState) -> ReplicaFacts {
    let breaker = match state.breaker {
        BreakerState::Closed => "closed",
        BreakerState::Open { .. } => "open",
        BreakerState::HalfOpen => "half_open",
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share is 0 to 1")]
    let share_percent = (state.share * 100.0).round() as u8;
    ReplicaFacts {
        health: state.health,
        breaker: breaker.into(),
        admin: state.admin,
        cool_down: state.cool_down.as_ref().map(|c| c.class),
        share_percent,
    }
}
