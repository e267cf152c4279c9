//! Faults that an operator injects between the router and a tier, to see what follows.
//!
//! A fault stands in the way of a try, never of the tier: the tier goes on answering everybody else, and what a try with
//! a fault came to says nothing of it. Everything behind the try (its failure's class, the verdict, the triggers, the next
//! tier) is the real thing.

use std::{fmt, ops::RangeInclusive};

/// What a try meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
        /// After so many frames of the stream, 0 to 10,000; the first often has no text yet. A whole answer has none, and
        /// breaks behind its head.
        frames: u32,
    },
    /// Nothing more comes within the answer, until the idle timeout.
    Stalled {
        /// As with [`Self::Cut`].
        frames: u32,
    },
    /// A web page comes in the place of the answer. Nothing is sent.
    Garbage,
}

/// A fault for one request.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Injection {
    /// Whose tries meet it; absent for the tier that is tried first.
    pub tier: Option<String>,
    /// What they meet.
    #[serde(flatten)]
    pub fault: Fault,
}

/// A number of a fault is out of its range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{number} is not within {} to {}", range.start(), range.end())]
pub struct OutOfRange {
    /// The fault's field.
    pub field: &'static str,
    /// What it says.
    pub number: u32,
    /// What it may say.
    pub range: RangeInclusive<u32>,
}

impl Fault {
    /// Whether it comes in the place of the server, to which nothing goes.
    #[must_use]
    pub const fn replaces(self) -> bool {
        !matches!(self, Self::Slow { .. } | Self::Cut { .. } | Self::Stalled { .. })
    }

    /// Whether a server with this fault would leave a check unanswered, too.
    #[must_use]
    pub const fn fails_checks(self) -> bool {
        matches!(self, Self::Refused | Self::Silent | Self::Stalled { .. })
    }

    /// Whether its number is in range.
    ///
    /// # Errors
    /// Which is not.
    pub fn check(self) -> Result<(), OutOfRange> {
        let (field, number, range) = match self {
            Self::Refused | Self::Silent | Self::Garbage => return Ok(()),
            Self::Slow { ms } => ("ms", ms, 1..=600_000),
            Self::Status { status } => ("status", status.into(), 400..=599),
            Self::RateLimited { retry_after_s } => ("retry_after_s", retry_after_s, 1..=3_600),
            Self::Cut { frames } | Self::Stalled { frames } => ("frames", frames, 0..=10_000),
        };
        if range.contains(&number) { Ok(()) } else { Err(OutOfRange { field, number, range }) }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("connection refused"),
            Self::Silent => f.write_str("no answer"),
            Self::Slow { ms } => write!(f, "{ms} ms later"),
            Self::Status { status } => write!(f, "status {status}"),
            Self::RateLimited { retry_after_s } => write!(f, "rate limit for {retry_after_s} s"),
            Self::Cut { frames } => write!(f, "connection cut after {frames} frames"),
            Self::Stalled { frames } => write!(f, "nothing more after {frames} frames"),
            Self::Garbage => f.write_str("a web page instead of an answer"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_each_range_are_in_it_and_what_is_beyond_is_not() {
        type Of = fn(u32) -> Fault;
        let kinds: [(Of, &str, u32, u32); 5] = [
            (|ms| Fault::Slow { ms }, "ms", 1, 600_000),
            (|n| Fault::Status { status: n as u16 }, "status", 400, 599),
            (|retry_after_s| Fault::RateLimited { retry_after_s }, "retry_after_s", 1, 3_600),
            (|frames| Fault::Cut { frames }, "frames", 0, 10_000),
            (|frames| Fault::Stalled { frames }, "frames", 0, 10_000),
        ];
        for (of, field, least, most) in kinds {
            assert_eq!((of(least).check(), of(most).check()), (Ok(()), Ok(())), "{field}");
            for beyond in [Some(most + 1), least.checked_sub(1)].into_iter().flatten() {
                assert_eq!(of(beyond).check().unwrap_err().field, field);
            }
        }
    }

    #[test]
    fn an_injection_is_one_flat_object() {
        let slow = Injection { tier: Some("gpu".into()), fault: Fault::Slow { ms: 5 } };
        let json = serde_json::to_value(&slow).unwrap();
        assert_eq!(json, serde_json::json!({"tier": "gpu", "kind": "slow", "ms": 5}));
        assert_eq!(serde_json::from_value::<Injection>(json).unwrap(), slow);
    }
}
