//! The operator's orders: what is pinned, set aside, drained, switched off, under maintenance or retired.
//!
//! Orders are kept apart from what checks and traffic observe, and from the configuration: they hold for now, say who
//! gave them, when and why, and end by themselves or by another order. Their times are wall clock, milliseconds, since
//! they outlive the program. One owner changes them as a whole; everyone else reads.

use std::{collections::BTreeMap, sync::Arc};

use arc_swap::ArcSwap;
use serde::{Deserialize, Serialize};

use crate::{
    board::Admin,
    chain::{Chain, ReplicaId, Tier},
};

/// Who gave an order, when and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Who.
    pub by: String,
    /// When.
    pub at_ms: i64,
    /// Why; may be empty.
    pub why: String,
}

/// A tier that comes before all others of its chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// The tier.
    pub tier: String,
    /// Whether no other tier may answer, even when this one cannot.
    pub only: bool,
    /// When it ends by itself; absent: when it is released.
    pub until_ms: Option<i64>,
    /// Whose order.
    pub given: Given,
}

/// A tier that traffic was told to leave; it answers when nobody else can.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    /// The tier.
    pub tier: String,
    /// Whose order.
    pub given: Given,
}

/// What a switch does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// No new requests; running ones end.
    Drain,
    /// Out of service.
    Disable,
}

/// A tier, or one of its replicas, that is switched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switched {
    /// The chain.
    pub chain: String,
    /// The tier.
    pub tier: String,
    /// The replica's id; absent: all of them.
    pub replica: Option<String>,
    /// How.
    pub switch: Switch,
    /// Whose order.
    pub given: Given,
}

/// A time in which a chain or a tier is worked on: traffic avoids it, and alerts about it are held back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its number.
    pub id: u64,
    /// The chain.
    pub chain: String,
    /// The tier; absent: the whole chain.
    pub tier: Option<String>,
    /// Its first millisecond.
    pub from_ms: i64,
    /// Its end.
    pub to_ms: i64,
    /// Whether its beginning was told.
    #[serde(default)]
    pub begun: bool,
    /// Whose order.
    pub given: Given,
}

impl Window {
    /// Whether it is open at that moment.
    #[must_use]
    pub const fn is_open(&self, now_ms: i64) -> bool {
        self.from_ms <= now_ms && now_ms < self.to_ms
    }

    /// Whether it is about this tier of this chain.
    #[must_use]
    pub fn covers(&self, chain: &str, tier: &str) -> bool {
        self.chain == chain && self.tier.as_deref().is_none_or(|t| t == tier)
    }
}

/// A model that may not answer anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    /// The model's name, as the tiers write it.
    pub model: String,
    /// Whose order.
    pub given: Given,
}

/// Every order that holds, or is to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Orders {
    /// Per chain, the pinned tier.
    pub pins: BTreeMap<String, Pin>,
    /// Per chain, the tiers that traffic was told to leave.
    pub aside: BTreeMap<String, Vec<Aside>>,
    /// Tiers and replicas that are switched.
    pub switched: Vec<Switched>,
    /// Windows that are open or to come.
    pub windows: Vec<Window>,
    /// Models that may not answer.
    pub retired: Vec<Retired>,
    /// Windows so far.
    pub windows_so_far: u64,
}

impl Orders {
    /// In which order the tiers of `chain` are to be asked at `now_ms`.
    #[must_use]
    pub fn preference(&self, chain: &Chain, now_ms: i64) -> Preference {
        let pin = self.pins.get(&chain.name).filter(|p| p.until_ms.is_none_or(|until| now_ms < until));
        let pinned = pin.and_then(|p| chain.position(&p.tier));
        let aside = self.aside.get(&chain.name).into_iter().flatten();
        Preference {
            pinned,
            only: pinned.is_some() && pin.is_some_and(|p| p.only),
            aside: aside.filter_map(|a| chain.position(&a.tier)).filter(|at| Some(*at) != pinned).collect(),
        }
    }

    /// The operator's switch of a replica at `now_ms`: the strictest order that concerns it.
    #[must_use]
    pub fn admin(&self, chain: &str, tier: &Tier, replica: &ReplicaId, now_ms: i64) -> Admin {
        let about = |s: &&Switched| {
            s.chain == chain
                && s.tier == tier.name
                && s.replica.as_deref().is_none_or(|r| r == replica.as_str())
        };
        let switched = |switch| self.switched.iter().filter(about).any(|s| s.switch == switch);
        if self.is_retired(&tier.model) {
            Admin::Retired
        } else if switched(Switch::Disable) {
            Admin::Disabled
        } else if self.window(chain, &tier.name, now_ms).is_some() {
            Admin::Maintenance
        } else if switched(Switch::Drain) {
            Admin::Draining
        } else {
            Admin::Enabled
        }
    }

    /// Whether a model may not answer.
    #[must_use]
    pub fn is_retired(&self, model: &str) -> bool {
        self.retired.iter().any(|r| r.model == model)
    }

    /// The window that is open over a tier; of several the one that ends last.
    #[must_use]
    pub fn window(&self, chain: &str, tier: &str, now_ms: i64) -> Option<&Window> {
        let open = self.windows.iter().filter(|w| w.is_open(now_ms) && w.covers(chain, tier));
        open.max_by_key(|w| w.to_ms)
    }

    /// When time alone changes what holds.
    #[must_use]
    pub fn next_change(&self, now_ms: i64) -> Option<i64> {
        let pins = self.pins.values().filter_map(|p| p.until_ms);
        let windows = self.windows.iter().flat_map(|w| [w.from_ms, w.to_ms]);
        pins.chain(windows).filter(|at| *at > now_ms).min()
    }

    /// Takes out what is over at `now_ms` and notes what has begun.
    pub fn sweep(&mut self, now_ms: i64) -> Vec<Turned> {
        let mut turned = Vec::new();
        self.pins.retain(|chain, pin| {
            let over = pin.until_ms.is_some_and(|until| until <= now_ms);
            if over {
                turned.push(Turned::PinExpired(chain.clone(), pin.clone()));
            }
            !over
        });
        for window in self.windows.iter_mut().filter(|w| w.is_open(now_ms) && !w.begun) {
            window.begun = true;
            turned.push(Turned::WindowBegan(window.clone()));
        }
        self.windows.retain(|window| {
            let over = window.to_ms <= now_ms;
            if over {
                turned.push(Turned::WindowEnded(window.clone()));
            }
            !over
        });
        turned
    }
}

/// What time alone changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turned {
    /// The pin of this chain is over.
    PinExpired(String, Pin),
    /// A window began.
    WindowBegan(Window),
    /// A window ended.
    WindowEnded(Window),
}

/// In which order a chain's tiers are to be asked. Positions are those in the chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preference {
    /// The tier that comes first.
    pub pinned: Option<usize>,
    /// Whether no other may answer.
    pub only: bool,
    /// The tiers that come last.
    pub aside: Vec<usize>,
}

impl Preference {
    /// The positions of `count` tiers: the pinned one, the others in the chain's order, those set aside.
    pub fn order(&self, count: usize) -> impl DoubleEndedIterator<Item = usize> {
        let plain = |at: &usize| Some(*at) != self.pinned;
        let last = |at: &usize| self.aside.contains(at);
        let middle = (0..count).filter(move |at| plain(at) && !last(at));
        let end = (0..count).filter(move |at| plain(at) && last(at));
        self.pinned.into_iter().chain(middle).chain(end)
    }

    /// Whether another tier than this one alone may answer.
    #[must_use]
    pub fn shuts_out(&self, tier: usize) -> bool {
        self.only && self.pinned != Some(tier)
    }
}

/// The readers' side of the orders.
#[derive(Clone, Debug, Default)]
pub struct OrdersPort(Arc<ArcSwap<Orders>>);

impl OrdersPort {
    /// A port that holds these.
    #[must_use]
    pub fn new(orders: Orders) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(orders)))
    }

    /// The orders that hold.
    #[must_use]
    pub fn now(&self) -> Arc<Orders> {
        self.0.load_full()
    }

    /// In which order the tiers of `chain` are to be asked now.
    #[must_use]
    pub fn preference(&self, chain: &Chain) -> Preference {
        self.0.load().preference(chain, crate::time::wall_ms())
    }

    /// Replaces them; for their owner.
    pub fn replace(&self, orders: Orders) {
        self.0.store(Arc::new(orders));
    }
}

#[cfg(test)]
mod tests;
