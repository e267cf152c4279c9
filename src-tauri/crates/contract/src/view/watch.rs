//! Figures of what is watched, over windows of time.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::CauseCount;

/// What was counted and measured of a replica over a span. What was not measured is absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct FiguresView {
    /// How far it looks back.
    pub span_ms: i64,
    /// Tries, but for those that ended by the client's doing.
    pub requests: u64,
    /// Those that failed.
    pub failed: u64,
    /// Those that were refused for their rate or quota (429).
    pub rate_limited: u64,
    /// Answers that broke off after their first token.
    pub partial: u64,
    /// Time to the first token.
    pub first_token: Option<PercentilesView>,
    /// Time to the end of a good answer.
    pub total: Option<PercentilesView>,
    /// Mean time between two tokens of a good answer.
    pub inter_token: Option<PercentilesView>,
    /// Output tokens per second while answers were made.
    pub tokens_per_second: Option<f64>,
    /// Failures by class, the most frequent first.
    pub errors: Vec<CauseCount>,
}

/// Times below which 50, 95 and 99 % of all lie.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PercentilesView {
    /// Half of all.
    pub p50_ms: f64,
    /// 95 %.
    pub p95_ms: f64,
    /// 99 %.
    pub p99_ms: f64,
}

/// What a provider's headers said is left of its rate limits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct QuotaView {
    /// When it said so.
    pub at_ms: i64,
    /// Requests left.
    pub requests_left: Option<u64>,
    /// Requests in all.
    pub requests_limit: Option<u64>,
    /// Tokens left.
    pub tokens_left: Option<u64>,
    /// Tokens in all.
    pub tokens_limit: Option<u64>,
}

/// What the active checks of a replica came to since the program started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CheckCosts {
    /// Checks in all.
    pub made: u64,
    /// Those that asked for a token.
    pub generations: u64,
    /// Those that the provider bills: generations at a provider that is paid per request.
    pub billed: u64,
}

/// The last step of a server's restarts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RestartView {
    /// When.
    pub at_ms: i64,
    /// Whether it failed or was given up.
    pub failed: bool,
    /// In words.
    pub words: String,
}

/// A replica's figures over longer times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ReplicaFigures {
    /// The replica's id.
    pub replica: String,
    /// The last hour, day and week, up to the last whole minute.
    pub periods: Vec<FiguresView>,
}

/// What the data folder's tables take, and how long they are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DataSizes {
    /// The database file, bytes.
    pub database_bytes: u64,
    /// What stands in it, the largest first.
    pub parts: Vec<DataPart>,
}

/// One kind of data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DataPart {
    /// What it is, in words.
    pub name: String,
    /// With its indexes, bytes.
    pub bytes: u64,
    /// How long it is kept, in words.
    pub kept: String,
}
