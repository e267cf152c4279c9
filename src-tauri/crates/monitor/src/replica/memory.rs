//! What is kept of a replica over a restart of the program.
//!
//! Times are wall clock here, since the monotonic clock starts anew with the program.

use std::time::Duration;

use domain::{Admin, CoolDown, Failure, FailureClass, Health, ReplicaId};
use resilience::breaker::{Breaker, Snapshot, SnapshotState};
use serde::{Deserialize, Serialize};

use super::{
    life::{At, Life, WayBack},
    settings::Settings,
};

/// What is kept of a replica over a restart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplicaMemory {
    /// The replica.
    pub replica: ReplicaId,
    /// When this was noted, milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// Its health.
    pub health: Health,
    /// The operator's switch, for the record: the orders that are kept decide.
    pub admin: Admin,
    /// Its breaker.
    pub breaker: BreakerMemory,
    /// How often its breaker opened since it was last closed for a while.
    pub openings: u32,
    /// Recoveries in a row that did not last.
    pub relapses: u32,
    /// Whether it recovered and waits for the operator.
    pub waits: bool,
    /// Whether its breaker opened because it was silent.
    pub hung: bool,
    /// Until when it is left alone, milliseconds since the Unix epoch, and for which class of failure.
    pub cool_down: Option<(i64, FailureClass)>,
    /// Failures that go on.
    pub failing: u32,
    /// When the first of them began, milliseconds since the Unix epoch.
    pub evidence_ms: Option<i64>,
    /// The last failure: class, words, milliseconds since the Unix epoch.
    pub last_failure: Option<(FailureClass, String, i64)>,
}

/// What is kept of a breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum BreakerMemory {
    /// Closed.
    Closed {
        /// Failures in a row.
        failing: u32,
        /// For how long, milliseconds, if it was ever open.
        since_ms: Option<u64>,
    },
    /// Open.
    Open {
        /// For how much longer, milliseconds.
        remaining_ms: u64,
    },
    /// Half-open.
    HalfOpen {
        /// Good trials in a row.
        good: u32,
    },
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl From<SnapshotState> for BreakerMemory {
    fn from(state: SnapshotState) -> Self {
        match state {
            SnapshotState::Closed { failing, since } => Self::Closed { failing, since_ms: since.map(millis) },
            SnapshotState::Open { remaining } => Self::Open { remaining_ms: millis(remaining) },
            SnapshotState::HalfOpen { good } => Self::HalfOpen { good },
        }
    }
}

impl From<BreakerMemory> for SnapshotState {
    fn from(memory: BreakerMemory) -> Self {
        match memory {
            BreakerMemory::Closed { failing, since_ms } => {
                Self::Closed { failing, since: since_ms.map(Duration::from_millis) }
            }
            BreakerMemory::Open { remaining_ms } => {
                Self::Open { remaining: Duration::from_millis(remaining_ms) }
            }
            BreakerMemory::HalfOpen { good } => Self::HalfOpen { good },
        }
    }
}

impl Life {
    /// What to keep over a restart.
    pub(crate) fn memory(&self, at: At) -> ReplicaMemory {
        let breaker = self.breaker.snapshot(at.now);
        let cool_down = self.cool.as_ref().map(|c| {
            let left =
                i64::try_from(c.until.saturating_duration_since(at.now).as_millis()).unwrap_or(i64::MAX);
            (at.wall_ms.saturating_add(left), c.class)
        });
        ReplicaMemory {
            replica: self.settings.replica.id.clone(),
            at_ms: at.wall_ms,
            health: self.health,
            admin: self.admin,
            breaker: breaker.state.into(),
            openings: breaker.openings,
            relapses: self.relapses,
            waits: self.way_back == WayBack::Waits,
            hung: self.hung,
            cool_down,
            failing: self.run.failing,
            evidence_ms: self.run.evidence_ms,
            last_failure: self.run.last.as_ref().map(|(f, at)| (f.class, f.message.clone(), *at)),
        }
    }

    /// Continues where the program ended. Only bad news is believed: what was healthy then is asked again.
    pub(crate) fn restore(settings: Settings, memory: &ReplicaMemory, at: At) -> Self {
        let mut life = Self::new(settings, at);
        let away = Duration::from_millis(u64::try_from(at.wall_ms - memory.at_ms).unwrap_or(0));
        let snapshot = Snapshot { state: memory.breaker.into(), openings: memory.openings };
        life.breaker = Breaker::restore(at.now, life.settings.tier.breaker, snapshot, away);
        life.relapses = memory.relapses;
        life.hung = memory.hung && life.settings.may_generate();
        if memory.waits {
            life.way_back = WayBack::Waits;
        }
        // The GPU under it reports by itself; without checks nothing else would find it up.
        if memory.health == Health::Down && life.settings.probe().is_some() {
            life.health = Health::Down;
        }
        let left = |until_ms: i64| u64::try_from(until_ms - at.wall_ms).ok().filter(|left| *left > 0);
        life.cool = memory.cool_down.and_then(|(until_ms, class)| {
            Some(CoolDown { until: at.now + Duration::from_millis(left(until_ms)?.min(3_600_000)), class })
        });
        life.run.failing = memory.failing;
        life.run.evidence_ms = memory.evidence_ms;
        let failure = |(class, words, at_ms): &(_, String, _)| (Failure::new(*class, words.clone()), *at_ms);
        life.run.last = memory.last_failure.as_ref().map(failure);
        life
    }
}
