//! The run of failures that goes on: how many, of what kind, since when.

use domain::{Failure, FailureClass};
use tokio::time::Instant;

use super::life::At;

/// Failures since the last proof that it works.
#[derive(Debug, Default)]
pub(crate) struct Run {
    /// Failures that count, of traffic and checks.
    pub failing: u32,
    /// Of those in a row that say that it cannot be reached.
    pub unreachable: u32,
    /// Of those, requests that were met with silence.
    pub timeouts: u32,
    /// Checks in a row that passed.
    pub good_checks: u32,
    /// When the first of them began, wall clock, milliseconds.
    pub evidence_ms: Option<i64>,
    /// Real traffic failed, and checks have not yet said whether it is down.
    pub suspected: bool,
    /// A request waits longer than it should, and no check has said yet whether the server is hung.
    pub waiting: bool,
    /// The last failure and its wall-clock time; outlives the run.
    pub last: Option<(Failure, i64)>,
    /// The same on the monotonic clock.
    pub last_at: Option<Instant>,
}

impl Run {
    /// A failure that counts.
    pub(crate) fn count(&mut self, failure: &Failure, began_ms: i64, at: At) {
        self.failing = self.failing.saturating_add(1);
        self.good_checks = 0;
        self.note(failure, began_ms, at);
    }

    /// A failure that does not count against it, but is told.
    pub(crate) fn note(&mut self, failure: &Failure, began_ms: i64, at: At) {
        let first = self.evidence_ms.map_or(began_ms, |e| e.min(began_ms));
        self.evidence_ms = Some(first);
        self.last = Some((failure.clone(), at.wall_ms));
        self.last_at = Some(at.now);
    }

    /// A check passed.
    pub(crate) fn passed(&mut self) {
        self.unreachable = 0;
        self.suspected = false;
        self.good_checks = self.good_checks.saturating_add(1);
    }

    /// The run is over; the last failure is remembered.
    pub(crate) fn clear(&mut self) {
        let (last, last_at) = (self.last.take(), self.last_at);
        *self = Self { last, last_at, ..Self::default() };
    }
}

/// A failure to reach the server at all: what a check can confirm or disprove. Overload is not: a server that has
/// no room for a request has room for a check.
pub(crate) const fn is_reachability(class: FailureClass) -> bool {
    use FailureClass as F;
    matches!(class, F::Refused | F::Dns | F::Tls | F::ConnectTimeout | F::Reset)
}

/// Silence of a server that accepted the request: liveness checks may go on passing.
pub(crate) const fn is_timeout(class: FailureClass) -> bool {
    use FailureClass as F;
    matches!(class, F::FirstTokenTimeout | F::IdleTimeout | F::TotalTimeout)
}
