//! A prompt that an operator sends by hand. Prompt and answer are kept in memory while the answer comes, and nowhere.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Fault, Injection};

/// A request of the playground that runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PlaygroundRun {
    /// Its name in the other commands.
    pub id: String,
}

/// What came since the last reading.
#[derive(Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PlaygroundProgress {
    /// More text.
    pub text: String,
    /// More reasoning.
    pub reasoning: String,
    /// Where to go on reading the text.
    pub text_at: u32,
    /// Where to go on reading the reasoning.
    pub reasoning_at: u32,
    /// Time to the first token, milliseconds; absent before it.
    pub first_token_ms: Option<f64>,
    /// Time since the request was sent, milliseconds.
    pub elapsed_ms: f64,
    /// How it ended; absent while it goes on.
    pub end: Option<PlaygroundEnd>,
}

impl std::fmt::Debug for PlaygroundProgress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlaygroundProgress").field("elapsed_ms", &self.elapsed_ms).finish_non_exhaustive()
    }
}

/// How a request of the playground ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PlaygroundEnd {
    /// Whether a whole answer came.
    pub ok: bool,
    /// HTTP status.
    pub status: u16,
    /// Why not, in words; absent for a whole answer.
    pub error: Option<String>,
    /// The tier that answered.
    pub tier: Option<String>,
    /// The chain's mode for it: `full`, `degraded`, ...
    pub mode: Option<String>,
    /// The notice that a client would have got.
    pub notice: Option<String>,
    /// The request's id, under which the gateway explains it.
    pub request: String,
    /// Output tokens, as the server counted them.
    pub tokens: Option<u64>,
    /// Output tokens per second, from the first token on.
    pub tokens_per_second: Option<f64>,
    /// Time to the end, milliseconds.
    pub total_ms: f64,
    /// The tiers in the chain's order, each with why it was passed over.
    pub tiers: Vec<PlaygroundTier>,
    /// The tries, in order.
    pub tries: Vec<PlaygroundTry>,
    /// The fault that the request asked for; the tries that met it say so.
    pub fault: Option<Injection>,
}

/// What the plan said of a tier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PlaygroundTier {
    /// The tier.
    pub tier: String,
    /// Why it was passed over, in words; absent when it might serve.
    pub why_not: Option<String>,
}

/// A try at a server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PlaygroundTry {
    /// The tier.
    pub tier: String,
    /// Host and port.
    pub server: String,
    /// The class of failure; absent when the answer was good.
    pub failure: Option<String>,
    /// The failure in words; empty without one.
    pub message: String,
    /// Time to the first token, milliseconds.
    pub first_token_ms: Option<f64>,
    /// Time to the end, milliseconds.
    pub total_ms: f64,
    /// The fault that was injected between the router and the server; absent for a try without one.
    pub fault: Option<Fault>,
}
