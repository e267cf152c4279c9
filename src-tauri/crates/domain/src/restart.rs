//! How a replica's server is started anew, and what the board and the journal say of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How a server is started anew when it is down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restart {
    /// What is done.
    pub how: How,
    /// The operator's switch.
    pub on: bool,
    /// It may come back by itself for this long first.
    pub delay: Duration,
    /// At most so many starts within `window`.
    pub limit: u32,
    /// See `limit`.
    pub window: Duration,
    /// A server that does not answer its checks this long after a start has not come back.
    pub healthy_within: Duration,
}

/// What is done to start a server anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// A systemd unit is restarted.
    Unit {
        /// Its name, such as `vllm.service`.
        name: String,
        /// Whether it is a unit of this user's own manager rather than of the system's.
        user: bool,
    },
    /// A program is run, which does it and ends.
    Command(Vec<String>),
}

impl How {
    /// In words, without arguments: they may hold what is nobody's business.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Unit { name, user: true } => format!("the unit {name} of this user"),
            Self::Unit { name, user: false } => format!("the unit {name}"),
            Self::Command(argv) => format!("the command {}", argv.first().map_or("", String::as_str)),
        }
    }
}

/// A step of a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestartStep {
    /// The server is being started anew.
    Began,
    /// It answers again.
    Healthy,
    /// It could not be started, or does not answer.
    Failed,
    /// It was started too often, and is left alone until it answers again or its settings change.
    GaveUp,
}

/// The last step of a replica's restarts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestartNote {
    /// When, wall clock, milliseconds.
    pub at_ms: i64,
    /// Which step.
    pub step: RestartStep,
    /// In words.
    pub words: String,
}
