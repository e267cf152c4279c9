//! A replica's statistics over a sliding window: the board's part of them.

use std::time::Duration;

use crate::failure::FailureClass;

/// What was counted and measured of a replica in the last [`Stats::span`]. What was not measured is absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats {
    /// How far it looks back.
    pub span: Duration,
    /// Tries, but for those that ended by the client's doing.
    pub requests: u64,
    /// Those that failed by the replica's doing.
    pub failed: u64,
    /// Those that were refused for their rate or their quota.
    pub rate_limited: u64,
    /// Answers that broke off after their first token.
    pub partial: u64,
    /// Failures by class, the most frequent first.
    pub errors: Vec<(FailureClass, u64)>,
    /// Time to the first token.
    pub first_token: Option<Percentiles>,
    /// Time to the end of a good answer.
    pub total: Option<Percentiles>,
    /// Time between two tokens of a good answer, as its mean.
    pub inter_token: Option<Percentiles>,
    /// Output tokens per second while an answer was made.
    pub tokens_per_second: Option<f64>,
    /// What is left of its rate limits, as its last answer said.
    pub quota: Option<Quota>,
    /// Active checks since the program started.
    pub checks: ChecksMade,
}

/// Durations below which 50, 95 and 99 % of all lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percentiles {
    /// Half of all.
    pub p50: Duration,
    /// 95 %.
    pub p95: Duration,
    /// 99 %.
    pub p99: Duration,
}

/// What a provider's headers say is left until its limits are reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// When it said so, wall clock, milliseconds.
    pub at_ms: i64,
    /// Requests left.
    pub requests_left: Option<u64>,
    /// Requests in all.
    pub requests_limit: Option<u64>,
    /// Tokens left.
    pub tokens_left: Option<u64>,
    /// Tokens in all.
    pub tokens_limit: Option<u64>,
    /// Nothing is left of one of the two for this long.
    pub spent_for: Option<Duration>,
}

/// What the checks of a replica came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChecksMade {
    /// Checks in all.
    pub made: u64,
    /// Those that asked for a token.
    pub generations: u64,
}
