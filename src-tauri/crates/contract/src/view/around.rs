//! What was around an incident: figures of its time, and what the tiers were like when another one answered.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{FallbackCost, Series};
use crate::rpc::Metric;

/// What was around an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct IncidentAround {
    /// Start of the charts: some minutes before the first evidence.
    pub from_ms: i64,
    /// Their end: some minutes after the incident, a day after the start at the latest, or now.
    pub to_ms: i64,
    /// Figures of the chain, and of the GPUs that the tier's servers run on. Empty where nothing is kept any more.
    pub charts: Vec<AroundChart>,
    /// The moment that `tiers` speaks of: when another tier took over, or when the incident was noticed.
    pub at_ms: i64,
    /// The chain's tiers at that moment, in the order in force now.
    pub tiers: Vec<TierThen>,
    /// The operator's order that decided then, in words.
    pub order: Option<String>,
    /// What the tries between the first evidence and the end cost; absent while no tier has a price.
    pub cost: Option<FallbackCost>,
}

/// A chart of that time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AroundChart {
    /// Which figures.
    pub metric: Metric,
    /// The figures, with the change-overs as marks.
    pub series: Series,
}

/// A tier at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TierThen {
    /// Its name.
    pub tier: String,
    /// Whether it is the one that answered instead.
    pub answered: bool,
    /// Whether it is the incident's own.
    pub failed: bool,
    /// Its state, in words; absent when no change of it is on record before that moment.
    pub state: Option<String>,
    /// Why it was in that state, in words; may be empty.
    pub why: String,
    /// Since when.
    pub since_ms: Option<i64>,
}
