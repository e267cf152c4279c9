//! Which tier of a chain answers, and what the request path tells of it.

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

use crate::failure::Failure;

/// Who answers for a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serving {
    /// The tier's name; absent when no tier can answer.
    pub tier: Option<String>,
    /// Since when, wall clock, milliseconds.
    pub since_ms: i64,
    /// Whether the task that decides waits to hear of the next answer; else one by the tier that it knows to answer is
    /// no news.
    pub listens: bool,
}

/// A request that a tier answered, or that none could.
#[derive(Clone, Debug)]
pub struct Served {
    /// The chain.
    pub chain: String,
    /// The tier whose answer began; absent when none could answer.
    pub tier: Option<String>,
    /// When the answer began, wall clock, milliseconds.
    pub at_ms: i64,
    /// How long the client had waited by then because of tiers that failed before, milliseconds.
    pub waited_ms: i64,
    /// The tiers that failed before, with when each failure began (wall clock, milliseconds; see `Outcome::began_ms`).
    pub failed: Vec<(String, i64, Failure)>,
}

/// A client that waits, or has waited, for a tier in vain.
///
/// It is told before the replica's task is told of it, so that whoever decides who serves knows how long the client
/// waited before the board can say that the tier is out.
#[derive(Clone, Debug)]
pub struct Delayed {
    /// The chain.
    pub chain: String,
    /// The tier.
    pub tier: String,
    /// When the client's request came.
    pub since: Instant,
    /// When the tier was left, or will be at the latest.
    pub until: Instant,
}

/// What the request path tells of requests.
#[derive(Clone, Debug)]
pub enum Told {
    /// A request was answered, or none could.
    Served(Served),
    /// A client waited in vain.
    Delayed(Delayed),
    /// The operator is about to bring tiers of this chain back: what comes back now does so by that order.
    Ordering(String),
    /// The operator brought tiers of this chain back: whoever is best has the word.
    Ordered(String),
}

/// The request path's and the screens' side.
#[derive(Clone, Debug)]
pub struct ServingPort {
    told: mpsc::Sender<Told>,
    now: Arc<ArcSwap<HashMap<String, watch::Receiver<Serving>>>>,
}

impl ServingPort {
    /// A port, and the queue for the task that decides.
    #[must_use]
    pub fn new() -> (Self, mpsc::Receiver<Told>) {
        let (told, rx) = mpsc::channel(4096);
        (Self { told, now: Arc::default() }, rx)
    }

    /// Tells of a request, without waiting.
    pub fn tell(&self, told: Told) {
        if self.told.try_send(told).is_err() {
            tracing::debug!("the queue of what requests tell is full; one was dropped");
        }
    }

    /// Who answers for `chain` now.
    #[must_use]
    pub fn of(&self, chain: &str) -> Option<Serving> {
        self.now.load().get(chain).map(|w| w.borrow().clone())
    }

    /// Whether it would be no news that `tier` answered for `chain`.
    #[must_use]
    pub fn knows(&self, chain: &str, tier: &str) -> bool {
        let known = |w: &watch::Receiver<Serving>| {
            let serving = w.borrow();
            !serving.listens && serving.tier.as_deref() == Some(tier)
        };
        self.now.load().get(chain).is_some_and(known)
    }

    /// Replaces the set of chains; for the task that decides.
    pub fn replace(&self, chains: HashMap<String, watch::Receiver<Serving>>) {
        self.now.store(Arc::new(chains));
    }
}
