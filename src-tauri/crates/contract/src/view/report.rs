//! Recovery times over a period.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Incident;

/// A report over a period. All figures are of one kind: real, or simulated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Report {
    /// Start of the period.
    pub from_ms: i64,
    /// End of the period.
    pub to_ms: i64,
    /// Whether it is of simulated chains.
    pub simulated: bool,
    /// The revision of the configuration whose targets and prices it is held against.
    pub revision: i64,
    /// Target for the recovery time of API routing.
    pub rto_target_ms: i64,
    /// Target for the share of answered requests, 0 to 1.
    pub availability_target: f64,
    /// Requests that counted.
    pub requests: u64,
    /// Share of them answered, 0 to 1.
    pub availability: Option<f64>,
    /// Share that the first tier alone would have answered.
    pub first_tier_alone: Option<f64>,
    /// Mean time from the first evidence to detection, over closed incidents.
    pub mttd_ms: Option<i64>,
    /// Mean time from detection to assessment.
    pub mtta_ms: Option<i64>,
    /// Mean time from the first evidence to restoration.
    pub mttr_ms: Option<i64>,
    /// Incidents that began in the period, also those beyond the newest 1,000.
    pub incidents: u64,
    /// Per incident, newest first; at most 1,000.
    pub recoveries: Vec<Recovery>,
    /// Change-overs by what set them off.
    pub by_cause: Vec<CauseCount>,
    /// Each component's target against the worst of the period.
    pub targets: Vec<ComponentTarget>,
    /// Each chain's figures.
    pub chains: Vec<ChainFigures>,
    /// Each tier's figures.
    pub tiers: Vec<TierFigures>,
    /// What it cost that other tiers than the first answered; absent while no tier has a price.
    pub cost: Option<FallbackCost>,
    /// Of each chain, whether what is known of its recovery is still true.
    pub evidence: Vec<Evidence>,
    /// What each measure means: its name, its formula and its source.
    pub definitions: Vec<Definition>,
}

/// The parts of one recovery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Recovery {
    /// The incident.
    pub incident: Incident,
    /// First evidence to detection.
    pub detect_ms: i64,
    /// Detection to assessment.
    pub assess_ms: Option<i64>,
    /// Assessment to the first good answer from another tier.
    pub fail_over_ms: Option<i64>,
    /// From there until the tier was restored.
    pub restore_ms: Option<i64>,
    /// Time without a good answer: first evidence to failed over. This is held against the target.
    pub service_ms: Option<i64>,
    /// Whether that is within the target.
    pub within_target: Option<bool>,
}

/// A component's target, and what was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ComponentTarget {
    /// Its name.
    pub component: String,
    /// The longest that is allowed.
    pub target_ms: i64,
    /// The worst of the period; absent when nothing was measured.
    pub measured_ms: Option<i64>,
    /// Whether the target was held; absent when nothing was measured.
    pub held: Option<bool>,
    /// What is measured.
    pub source: String,
}

/// A chain's figures over the period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ChainFigures {
    /// Its name.
    pub chain: String,
    /// Requests that counted.
    pub requests: u64,
    /// Share of them answered.
    pub availability: Option<f64>,
    /// Share that the first tier alone would have answered.
    pub first_tier_alone: Option<f64>,
    /// Those that failed.
    pub failed: u64,
    /// As many may fail: the error budget.
    pub budget: f64,
    /// Share of the error budget that is left; below 0 when it is overspent.
    pub budget_left: Option<f64>,
}

/// A tier's figures over the period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TierFigures {
    /// Its chain.
    pub chain: String,
    /// Its name.
    pub tier: String,
    /// Tries at it.
    pub attempts: u64,
    /// Share of them that were answered.
    pub availability: Option<f64>,
    /// Tokens of prompts, where the server counted them.
    pub tokens_in: u64,
    /// Tokens of answers, where the server counted them.
    pub tokens_out: u64,
    /// What these cost at the price in force, US dollars; absent without a price.
    pub cost: Option<f64>,
}

/// What it cost that other tiers than the first answered, US dollars at the prices in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct FallbackCost {
    /// All tries at all tiers.
    pub total: f64,
    /// Good answers of other tiers than the first.
    pub fallback: f64,
    /// What the first tier would have cost for the same tokens.
    pub instead: f64,
    /// Tries that failed after tokens were counted: paid for nothing.
    pub wasted: f64,
    /// Tiers with traffic and without a price, `chain/tier`: their cost is not in these figures.
    pub unpriced: Vec<String>,
}

/// Whether what is known of a chain's recovery is still true.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Evidence {
    /// The chain.
    pub chain: String,
    /// When a failover last proved it; absent when none ever did.
    pub proven_ms: Option<i64>,
    /// The incident of that failover.
    pub incident: Option<String>,
    /// When the chain's configuration last changed, as far as it is known.
    pub changed_ms: Option<i64>,
    /// Whether the proof is none any more: there is none, the chain has changed since, or a quarter has passed.
    pub stale: bool,
    /// That in words.
    pub why: String,
}

/// How often something set off a change-over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CauseCount {
    /// The failure class or act.
    pub cause: String,
    /// How often.
    pub count: u64,
}

/// What a measure means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Definition {
    /// `MTTR`
    pub name: String,
    /// Its formula, in words.
    pub formula: String,
    /// The records that it is computed from.
    pub source: String,
}

/// A file to save.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ExportedFile {
    /// Suggested name.
    pub filename: String,
    /// Media type; `;base64` at its end says that `text` is Base64 of the file's bytes.
    pub mime: String,
    /// The text of the file.
    pub text: String,
}
