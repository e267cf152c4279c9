//! Silence: the one failure that is known only by waiting, and that liveness checks do not see.
//!
//! A request that waits for longer than usual has the server checked before anything is held against it.

use std::time::Duration;

use domain::{Failure, Health, chain::ProbeKind};
use resilience::breaker::State;

use super::life::{At, Life};

/// Silent answers in a row that open the breaker, so that nobody waits for the next one.
pub(super) const TIMEOUTS_IN_A_ROW: u32 = 2;
/// A server that has just generated a token is not asked for another one.
const FRESH_PROOF: Duration = Duration::from_secs(1);

impl Life {
    /// A request waits longer than it should. Nothing is counted, but the server is checked at once.
    pub(crate) fn suspected(&mut self, at: At) {
        let open = matches!(self.breaker.state(at.now), State::Open { .. });
        let proved = self.proved.is_some_and(|then| at.now - then < FRESH_PROOF);
        if self.settings.probe().is_none() || self.health == Health::Down || open || proved {
            return;
        }
        self.run.waiting = true;
        if !self.run.suspected {
            (self.run.suspected, self.check_now) = (true, true);
        }
    }

    /// A generated token says that a request which waits is being answered. Where none may be asked for, the check
    /// that was made has to do.
    pub(super) fn answers_suspicion(&mut self, at: At, kind: &ProbeKind) {
        if *kind == ProbeKind::Generation {
            self.proved = Some(at.now);
        } else if self.run.waiting && self.settings.answers_side_by_side() {
            // It was begun before the request had waited for long.
            (self.run.suspected, self.check_now) = (true, true);
            return;
        }
        self.run.waiting = false;
    }

    /// A token was asked for in vain, after a request had waited in vain or while one waits.
    pub(super) fn stays_silent(&mut self, at: At, failure: &Failure) {
        // The request that waits is met with silence as well, unless it is what the token had to wait for.
        let waiting =
            u32::from(std::mem::take(&mut self.run.waiting) && self.settings.answers_side_by_side());
        self.run.timeouts = self.run.timeouts.saturating_add(1 + waiting);
        if self.breaker.state(at.now) == State::Closed && self.run.timeouts >= TIMEOUTS_IN_A_ROW {
            self.breaker.trip(at.now);
            self.hung = true;
            self.because(format!("its breaker opened: {}", failure.message), Some(failure.class));
            self.went_out(at);
        }
    }
}
