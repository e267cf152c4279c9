//! What was told of an incident, and how that fared.

use serde::{Deserialize, Serialize};

/// How an alert fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertOutcome {
    /// The channel took it.
    Sent,
    /// The channel refused it.
    Failed,
    /// It was held back on purpose.
    HeldBack,
    /// The channel refused it, and it will be tried again.
    Retrying,
    /// It waits for the end of the quiet hours.
    Waiting,
}

/// What an alert tells of its incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertStep {
    /// It opened, or is back for longer than a moment.
    Opened,
    /// It is worse than what was told before.
    Worse,
    /// It goes on, and nobody has acknowledged it.
    Reminder,
    /// It came back soon after it ended.
    Relapse,
    /// It is over.
    Over,
    /// A test of the channel.
    Test,
}

/// An alert.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlertRecord {
    /// The incident it speaks of.
    pub incident: Option<i64>,
    /// `desktop`, or the channel's name in the configuration.
    pub channel: String,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// How it fared.
    pub outcome: AlertOutcome,
    /// Why it failed, waits or was held back.
    pub reason: Option<String>,
    /// What it tells; absent in records of versions that told openings and endings alone.
    #[serde(default)]
    pub step: Option<AlertStep>,
    /// The severity that it told, 0 (worst) to 3.
    #[serde(default)]
    pub severity: Option<u8>,
    /// How often the incident had come back when it was written.
    #[serde(default)]
    pub relapses: u32,
}
