//! What a request meets on its way to a target: pass, pass if there is room, or go elsewhere.
//!
//! A gate is written by the one task that owns the target and read by every request. Entering never waits: a
//! request that finds no room has other tiers to go to.

use std::{mem, sync::Arc};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Whether a request may go to a target now.
///
/// Two gates are equal when they are of one kind; how many permits are out does not matter. That is what makes
/// "did the gate change?" a question about flips.
#[derive(Clone, Debug, Default)]
pub enum Gate {
    /// Every request passes.
    #[default]
    Open,
    /// As many requests at a time as there are permits.
    Limited(Arc<Semaphore>),
    /// No request passes.
    Shut,
}

impl Gate {
    /// A gate for at most `permits` requests at a time; 0 is taken as 1, for a gate that lets nobody try could
    /// never be found open again.
    #[must_use]
    pub fn limited(permits: u32) -> Self {
        let permits = usize::try_from(permits.max(1)).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self::Limited(Arc::new(Semaphore::new(permits)))
    }

    /// Enters, if there is room now; never waits.
    #[must_use]
    pub fn try_enter(&self) -> Option<Permit> {
        match self {
            Self::Open => Some(Permit { held: None }),
            Self::Limited(permits) => {
                Arc::clone(permits).try_acquire_owned().ok().map(|held| Permit { held: Some(held) })
            }
            Self::Shut => None,
        }
    }

    /// Whether a request that came now would be let in; the answer may be out of date at once.
    #[must_use]
    pub fn has_room(&self) -> bool {
        match self {
            Self::Open => true,
            Self::Limited(permits) => permits.available_permits() > 0,
            Self::Shut => false,
        }
    }
}

impl PartialEq for Gate {
    fn eq(&self, other: &Self) -> bool {
        mem::discriminant(self) == mem::discriminant(other)
    }
}

impl Eq for Gate {}

/// The right to be at a target; given back when dropped.
#[derive(Debug)]
#[must_use = "the permit is given back as soon as it is dropped"]
pub struct Permit {
    held: Option<OwnedSemaphorePermit>,
}

impl Permit {
    /// Whether this is one of a limited number: its holder is a trial.
    #[must_use]
    pub fn is_trial(&self) -> bool {
        self.held.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_lets_everyone_in_and_shut_nobody() {
        assert!(Gate::Open.try_enter().is_some_and(|p| !p.is_trial()));
        assert!(Gate::Shut.try_enter().is_none());
        assert!(!Gate::Shut.has_room());
    }

    #[test]
    fn a_limited_gate_gives_out_its_permits_and_takes_them_back() {
        let gate = Gate::limited(2);
        let reader = gate.clone();
        let first = gate.try_enter().expect("room for one");
        let second = reader.try_enter().expect("room for two");
        assert!(first.is_trial());
        assert!(gate.try_enter().is_none());
        assert!(!reader.has_room());
        drop(first);
        assert!(reader.has_room());
        let third = gate.try_enter().expect("a place was given back");
        assert!(gate.try_enter().is_none());
        drop((second, third));
    }

    #[test]
    fn a_permit_outlives_its_gate() {
        let gate = Gate::limited(1);
        let permit = gate.try_enter();
        drop(gate);
        assert!(permit.is_some());
    }

    #[test]
    fn no_permits_means_one() {
        let gate = Gate::limited(0);
        let held = gate.try_enter();
        assert!(held.is_some());
        assert!(gate.try_enter().is_none());
    }

    #[test]
    fn equality_is_by_kind() {
        assert_eq!(Gate::limited(1), Gate::limited(7));
        assert_ne!(Gate::Open, Gate::Shut);
        assert_ne!(Gate::Open, Gate::limited(1));
    }
}
