//! How a server is started anew when it is down.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Span;

/// How a server is started anew when it is down: a systemd unit, or a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields, default)]
pub struct Restart {
    /// The switch: nothing is started before it is on.
    pub enabled: bool,
    /// A systemd unit, such as `vllm.service`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub unit: Option<String>,
    /// Whether it is a unit of this user's own manager rather than of the system's.
    pub user: bool,
    /// A program with its arguments, which starts the server and ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub command: Option<Vec<String>>,
    /// It may come back by itself for this long first.
    pub delay: Span,
    /// At most so many starts within `window`; then it is left alone until it is well again.
    #[schemars(range(min = 1, max = 1000))]
    pub limit: u32,
    /// See `limit`.
    pub window: Span,
    /// A server that does not answer its checks this long after a start has not come back.
    pub healthy_within: Span,
}

impl Default for Restart {
    fn default() -> Self {
        Self {
            enabled: false,
            unit: None,
            user: false,
            command: None,
            delay: Span::secs(10),
            limit: 5,
            window: Span::secs(300),
            healthy_within: Span::secs(120),
        }
    }
}
