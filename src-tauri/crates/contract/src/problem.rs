//! What is wrong, where, and how to mend it.

use serde::{Deserialize, Serialize};

/// How much a [`Problem`] weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The document cannot be used.
    Error,
    /// The document can be used, but part of it has no effect or is unwise.
    Warning,
}

/// One problem of a configuration document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Problem {
    /// Where: `chains[0].tiers[1].timeouts.first_token`; empty for the document as a whole.
    pub path: String,
    /// What is wrong, in words.
    pub what: String,
    /// How to mend it, in words.
    pub remedy: String,
    /// Whether it forbids the document.
    pub severity: Severity,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = if self.path.is_empty() { "document" } else { &self.path };
        write!(f, "{path}: {}; {}", self.what, self.remedy)
    }
}

/// Why a command was refused or failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct RpcError {
    /// A stable word: `bad_request`, `unknown_command`, `invalid`, `conflict`, `not_found`, `unavailable`,
    /// `failed`.
    pub code: String,
    /// What happened, in words.
    pub message: String,
    /// What to do about it, in words; may be empty.
    pub remedy: String,
    /// The configuration's problems, when the code is `invalid`.
    pub problems: Vec<Problem>,
}
