//! The trigger matrix of a tier: what makes requests leave it, and how much worse answers become then.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::QualityImpact;
use crate::Span;

/// What makes requests leave a tier. With a trigger off they stay: their clients get this tier's error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields, default)]
pub struct Triggers {
    /// Its first tokens come later than this: more than 5 % of the answers of the last minute, and three at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub first_token_above: Option<Span>,
    /// Its answers take longer than this: more than 5 % of those of the last minute, and three at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub total_above: Option<Span>,
    /// A rate limit, or a quota that is spent.
    pub rate_limited: bool,
    /// A fault of the GPU it runs on.
    pub gpu: bool,
    /// It does not answer, or answers with errors.
    pub provider_down: bool,
    /// A request that does not fit into its context.
    pub context_too_long: bool,
    /// Answers that fail the quality checks. Nothing judges answers in this version.
    pub quality: bool,
    /// A spent budget. Nothing counts costs in this version.
    pub over_budget: bool,
    /// How much worse answers become when requests leave for this reason.
    #[serde(skip_serializing_if = "TriggerImpact::is_empty")]
    #[ts(optional, as = "Option<TriggerImpact>")]
    pub impact: TriggerImpact,
}

impl Default for Triggers {
    fn default() -> Self {
        Self {
            first_token_above: None,
            total_above: None,
            rate_limited: true,
            gpu: true,
            provider_down: true,
            context_too_long: true,
            quality: false,
            over_budget: true,
            impact: TriggerImpact::default(),
        }
    }
}

/// How much worse answers become when requests leave a tier, by trigger. Left out: as much as the tier says that answers
/// instead.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "each field is that of the trigger of the same name")]
pub struct TriggerImpact {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub first_token_above: Option<QualityImpact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub total_above: Option<QualityImpact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub rate_limited: Option<QualityImpact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub gpu: Option<QualityImpact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub provider_down: Option<QualityImpact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub context_too_long: Option<QualityImpact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub quality: Option<QualityImpact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub over_budget: Option<QualityImpact>,
}

impl TriggerImpact {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
