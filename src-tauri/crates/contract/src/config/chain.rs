//! A chain: the order in which tiers answer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Tier;
use crate::Span;

/// An ordered list of tiers that answers to one name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    /// The model that clients ask for.
    pub name: String,
    /// Other names that lead here; `*` is any name that no other chain has.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The longest that one request may take over all its tiers.
    #[serde(default = "default_deadline")]
    pub deadline: Span,
    /// What happens when a stream breaks after its first content.
    #[serde(default)]
    pub on_broken_stream: BrokenStream,
    /// How a rate limit is met.
    #[serde(default)]
    pub on_rate_limit: OnRateLimit,
    /// Whether a late first token starts the next tier too.
    #[serde(default)]
    pub hedge: Hedge,
    /// Whether JSON answers say in their body who gave them: `_backend`, `_degraded`, `_notice`. The headers always do.
    #[serde(default)]
    pub mark_body: bool,
    /// How a recovered tier takes traffic again.
    #[serde(default)]
    pub failback: Failback,
    /// The tiers, in order of preference.
    pub tiers: Vec<Tier>,
    /// What answers when no tier can.
    #[serde(default)]
    pub emergency: Emergency,
}

fn default_deadline() -> Span {
    Span::secs(120)
}

/// What happens when a stream breaks after its first content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
pub enum BrokenStream {
    /// The client gets an error in its own dialect.
    #[default]
    Stop,
    /// The next tier continues from what was already sent.
    Resume,
}

/// How a rate limit is met.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields, default)]
pub struct OnRateLimit {
    /// Wait out a `Retry-After` this short; `0s` fails over at once.
    pub wait_up_to: Span,
}

impl Default for OnRateLimit {
    fn default() -> Self {
        Self { wait_up_to: Span::secs(0) }
    }
}

/// Whether a late first token starts the next tier too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields, default)]
pub struct Hedge {
    /// On or off.
    pub enabled: bool,
    /// How late is late, while a tier has answered too few requests to tell by its own 95th percentile.
    pub after: Span,
}

impl Default for Hedge {
    fn default() -> Self {
        Self { enabled: false, after: Span::secs(5) }
    }
}

/// Who brings a recovered tier back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
pub enum FailbackMode {
    /// The program, after hold and ramp.
    #[default]
    Auto,
    /// The operator.
    Manual,
}

/// How a recovered tier takes traffic again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields, default)]
pub struct Failback {
    /// Who brings it back.
    pub mode: FailbackMode,
    /// Healthy this long before it sees traffic again; grows with each relapse, within 20 s of hold and ramp.
    pub hold: Span,
    /// The share of traffic grows from 1 % to 100 % in this time.
    pub ramp: Span,
}

impl Default for Failback {
    fn default() -> Self {
        Self { mode: FailbackMode::Auto, hold: Span::secs(5), ramp: Span::secs(10) }
    }
}

/// What answers when no tier can.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields, default)]
pub struct Emergency {
    /// Answers kept from before.
    pub cache: EmergencyCache,
    /// Patterns with a templated reply.
    #[ts(type = "unknown[]")]
    pub rules: Vec<serde_json::Value>,
    /// Requests kept until a tier returns.
    pub queue: EmergencyQueue,
}

/// Answers kept from before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields, default)]
pub struct EmergencyCache {
    /// On or off.
    pub enabled: bool,
    /// Cosine similarity from which an answer counts as similar; 0 to 1.
    pub similar: f64,
}

impl Default for EmergencyCache {
    fn default() -> Self {
        Self { enabled: false, similar: 0.9 }
    }
}

/// Requests kept until a tier returns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields, default)]
pub struct EmergencyQueue {
    /// On or off.
    pub enabled: bool,
}
