//! The operator's orders that hold, and those that were given.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who gave an order, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Given {
    /// Who.
    pub by: String,
    /// When.
    pub at_ms: i64,
    /// Why; may be empty.
    pub why: String,
}

/// A tier that comes before all others of its chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PinView {
    /// The chain.
    pub chain: String,
    /// The tier.
    pub tier: String,
    /// Whether no other tier may answer, even when this one cannot.
    pub only: bool,
    /// When it ends by itself; absent: when it is released.
    pub until_ms: Option<i64>,
    /// Whose order.
    pub given: Given,
}

/// What an order does to a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// Takes no new requests; running ones end.
    Draining,
    /// Out of service.
    Disabled,
    /// Traffic was told to leave it: it answers when nobody else can.
    SetAside,
    /// Worked on for a while.
    Maintenance,
    /// Its model may not answer anywhere.
    Retired,
}

/// An order that holds for a tier, or for one of its replicas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OrderView {
    /// What it does.
    pub kind: OrderKind,
    /// The chain.
    pub chain: String,
    /// The tier; absent: the whole chain.
    pub tier: Option<String>,
    /// The replica's id; absent: the whole tier.
    pub replica: Option<String>,
    /// When it ends by itself.
    pub until_ms: Option<i64>,
    /// Whose order.
    pub given: Given,
}

/// A maintenance window, open or to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WindowView {
    /// Its number.
    pub id: u64,
    /// The chain.
    pub chain: String,
    /// The tier; absent: the whole chain.
    pub tier: Option<String>,
    /// Its beginning.
    pub from_ms: i64,
    /// Its end.
    pub to_ms: i64,
    /// Whether it is open now.
    pub open: bool,
    /// Whose order.
    pub given: Given,
}

/// A model that may not answer anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RetiredView {
    /// Its name, as the tiers write it.
    pub model: String,
    /// The tiers that it takes out, `chain/tier`.
    pub tiers: Vec<String>,
    /// Whose order.
    pub given: Given,
}

/// An order that was given, or that ended by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OrderRecord {
    /// Its number in the journal.
    pub id: String,
    /// When.
    pub at_ms: i64,
    /// The chain; absent where it concerns all.
    pub chain: Option<String>,
    /// The tier; absent where it concerns the whole chain.
    pub tier: Option<String>,
    /// Who.
    pub actor: String,
    /// What, in words: `pinned until released`.
    pub what: String,
    /// Why; may be empty.
    pub why: String,
}

/// Every order that holds or is to hold, and the newest that were given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OrdersPage {
    /// Pinned tiers; one per chain at most.
    pub pins: Vec<PinView>,
    /// Tiers and replicas that are drained, disabled or set aside.
    pub tiers: Vec<OrderView>,
    /// Maintenance windows, by their beginning.
    pub windows: Vec<WindowView>,
    /// Models that may not answer.
    pub retired: Vec<RetiredView>,
    /// The newest orders, newest first; at most 50.
    pub recent: Vec<OrderRecord>,
}
