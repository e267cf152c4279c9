//! What a serving engine says of its own load: the board's part of it.
//!
//! Liveness is not progress: an engine may answer its health check while its queue grows, while it computes nothing,
//! or while it runs on the CPU.

use std::time::Duration;

/// Whether an engine's own figures are read, and what in them is a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadWatch {
    /// Whether they are read at all.
    pub on: bool,
    /// Time between two readings.
    pub every: Duration,
    /// So many waiting requests, on two readings in a row, mean that the engine is saturated.
    pub queue: u32,
    /// A cache that is fuller than this, 0 to 1, on two readings in a row, means the same.
    pub cache: f64,
    /// Requests that run and bring no token for this long mean that the engine stands still.
    pub stuck_after: Duration,
    /// Whether the engine is meant to run on the CPU.
    pub on_cpu: bool,
}

impl Default for LoadWatch {
    fn default() -> Self {
        Self {
            on: true,
            every: Duration::from_secs(5),
            queue: 4,
            cache: 0.95,
            stuck_after: Duration::from_secs(30),
            on_cpu: false,
        }
    }
}

/// What an engine said last. What it does not say is absent, never zero.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Load {
    /// When it was asked last, wall clock, milliseconds.
    pub at_ms: i64,
    /// Requests that it works on.
    pub running: Option<u32>,
    /// Requests that wait in its queue.
    pub waiting: Option<u32>,
    /// Requests that it can work on at once.
    pub slots: Option<u32>,
    /// Share of its key-value cache that is in use, 0 to 1.
    pub cache: Option<f64>,
    /// Tokens generated per second since the reading before.
    pub tokens_per_second: Option<f64>,
    /// Models in its memory.
    pub models: Vec<LoadedModel>,
    /// What is wrong, in words; the worst first.
    pub findings: Vec<LoadFinding>,
}

/// A model in an engine's memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedModel {
    /// Its name.
    pub name: String,
    /// Its size, bytes.
    pub size: u64,
    /// What of it is in GPU memory, bytes.
    pub in_gpu: u64,
}

/// Something that an engine's figures say is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadFinding {
    /// What kind.
    pub kind: LoadFault,
    /// What, in words.
    pub what: String,
    /// What to do, in words.
    pub remedy: String,
}

/// The kinds of findings. The order is from bad to mild.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LoadFault {
    /// It works on requests and brings no token.
    StandsStill,
    /// Its weights are not in memory: a request would wait for them, or fail.
    Asleep,
    /// It has no room for more requests.
    Saturated,
    /// It runs on the CPU, wholly or in part.
    OnCpu,
    /// Its figures cannot be read. That alone says nothing about its answers.
    Unreadable,
}

impl LoadFault {
    /// Whether the replica is degraded by it.
    #[must_use]
    pub const fn degrades(self) -> bool {
        !matches!(self, Self::Unreadable)
    }
}
