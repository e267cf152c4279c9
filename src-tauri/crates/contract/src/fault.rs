//! Faults that an operator injects between the router and a tier.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a try meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// The connection is refused. Nothing is sent.
    Refused,
    /// Nothing answers, until the first-token timeout. Nothing is sent.
    Silent,
    /// The request goes out this much later.
    Slow {
        /// Milliseconds, 1 to 600,000.
        ms: u32,
    },
    /// An error answer. Nothing is sent.
    Status {
        /// The HTTP status, 400 to 599.
        status: u16,
    },
    /// 429 with `Retry-After`. Nothing is sent.
    RateLimited {
        /// Seconds, 1 to 3,600.
        retry_after_s: u32,
    },
    /// The connection breaks within the answer.
    Cut {
        /// After so many frames of the stream, 0 to 10,000; the first often has no text yet.
        frames: u32,
    },
    /// Nothing more comes within the answer, until the idle timeout.
    Stalled {
        /// After so many frames of the stream, 0 to 10,000; the first often has no text yet.
        frames: u32,
    },
    /// A web page comes in the place of the answer. Nothing is sent.
    Garbage,
}

/// A fault for one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Injection {
    /// Whose tries meet it; absent for the tier that is tried first.
    pub tier: Option<String>,
    /// What they meet.
    #[serde(flatten)]
    pub fault: Fault,
}
