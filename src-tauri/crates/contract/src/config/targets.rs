//! What is held to be good enough, and what tokens cost.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Span;

/// Targets that reports and incidents are held against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields, default)]
pub struct Targets {
    /// Share of the requests that have to be answered, 0 to 1; what is missing to 1 is the error budget.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub availability: f64,
    /// API routing: the longest time without a good answer.
    pub routing_rto: Span,
    /// Model serving: a tier that failed has to be in full service again within this time.
    pub serving_rto: Span,
    /// Conversation history has to be back within this time.
    pub history_rto: Span,
    /// As much of the conversation history may be lost.
    pub history_rpo: Span,
    /// Preferences, which is this configuration, have to be in force again within this time.
    pub preferences_rto: Span,
    /// As much of what was changed of them may be lost.
    pub preferences_rpo: Span,
    /// An hour that costs so many times the usual one opens an incident; 0 for never. Needs a `price` at the tiers.
    #[schemars(range(min = 0.0, max = 1000.0))]
    pub cost_spike: f64,
    /// An hour that costs less than this opens none, US dollars.
    #[schemars(range(min = 0.0))]
    pub cost_floor: f64,
}

impl Default for Targets {
    fn default() -> Self {
        Self {
            availability: 0.999,
            routing_rto: Span::secs(30),
            serving_rto: Span::secs(300),
            history_rto: Span::secs(300),
            history_rpo: Span::secs(60),
            preferences_rto: Span::secs(900),
            preferences_rpo: Span::secs(300),
            cost_spike: 3.0,
            cost_floor: 1.0,
        }
    }
}

/// What a model's tokens cost, US dollars per million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Of the prompt.
    #[schemars(range(min = 0.0))]
    pub input: f64,
    /// Of the answer.
    #[schemars(range(min = 0.0))]
    pub output: f64,
}
