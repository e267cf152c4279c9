//! The operator's orders, as requests.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks one tier before all others of its chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct OrderPin {
    /// The chain.
    pub chain: String,
    /// The tier.
    pub tier: String,
    /// Whether no other tier may answer, even when this one cannot.
    #[serde(default)]
    pub only: bool,
    /// How long, up to 31 days; absent: until it is released.
    #[serde(default)]
    pub for_ms: Option<i64>,
    /// Why, for the record; up to 500 characters.
    #[serde(default)]
    pub why: String,
}

/// An order for a whole chain: release its pin, fail over, fail back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct OrderChain {
    /// The chain.
    pub chain: String,
    /// Why, for the record; up to 500 characters.
    #[serde(default)]
    pub why: String,
}

/// What a switch is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum SwitchTo {
    /// No new requests; running ones end.
    Drain,
    /// Out of service.
    Disable,
    /// Back in service.
    Enable,
}

/// Drains, disables or enables a tier, or one of its replicas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct OrderSwitch {
    /// The chain.
    pub chain: String,
    /// The tier.
    pub tier: String,
    /// The replica's id; absent: all of them.
    #[serde(default)]
    pub replica: Option<String>,
    /// What to do.
    pub to: SwitchTo,
    /// Why, for the record; up to 500 characters.
    #[serde(default)]
    pub why: String,
}

/// Sets a maintenance window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct OrderMaintenance {
    /// The chain.
    pub chain: String,
    /// The tier; absent: the whole chain.
    #[serde(default)]
    pub tier: Option<String>,
    /// Its beginning; absent: now.
    #[serde(default)]
    pub from_ms: Option<i64>,
    /// Its end, at most 31 days after its beginning.
    pub to_ms: i64,
    /// Why, for the record; up to 500 characters.
    #[serde(default)]
    pub why: String,
}

/// Ends a maintenance window, or takes it back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct OrderMaintenanceEnd {
    /// Its number.
    pub id: u64,
    /// Why, for the record; up to 500 characters.
    #[serde(default)]
    pub why: String,
}

/// Retires a model everywhere at once, or takes that back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct OrderModel {
    /// Its name, as the tiers write it.
    pub model: String,
    /// Why, for the record; up to 500 characters.
    #[serde(default)]
    pub why: String,
}
