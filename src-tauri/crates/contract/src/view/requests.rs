//! Why a recent request was answered as it was. No prompts, no answers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Fault;

/// A request, explained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RequestExplained {
    /// Its id, as in `x-changeover-request-id`.
    pub id: String,
    /// When it came.
    pub at_ms: i64,
    /// The model that the client asked for.
    pub asked: String,
    /// The chain that this led to.
    pub chain: String,
    /// Whether the chain is simulated.
    pub simulated: bool,
    /// Whether the client asked for a stream.
    pub stream: bool,
    /// The tier that answered.
    pub tier: Option<String>,
    /// `answered`, `failed`, `client_mistake`, `client_gone`.
    pub result: String,
    /// Time to the end.
    pub total_ms: f64,
    /// Each tier in the chain's order, and why it was passed over.
    pub tiers: Vec<RequestTier>,
    /// The tries at servers, in order.
    pub tries: Vec<RequestTry>,
    /// Why an answer that broke off was not continued, where the chain asks for that.
    pub not_resumed: Option<String>,
}

/// What the plan said of a tier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RequestTier {
    /// The tier.
    pub tier: String,
    /// Why it was passed over; absent when it might serve.
    pub why_not: Option<String>,
    /// The share of the traffic that it took while it was ramped up after a recovery, percent; absent else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub share_percent: Option<u8>,
    /// The trigger by which it was passed over; absent where none is about the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub trigger: Option<String>,
}

/// A try at a server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RequestTry {
    /// The tier.
    pub tier: String,
    /// Host and port.
    pub server: String,
    /// When it was begun.
    pub began_ms: i64,
    /// Time to the first meaningful token; absent for whole answers.
    pub first_token_ms: Option<f64>,
    /// Time to the end.
    pub total_ms: f64,
    /// The class of its failure; absent when the answer was good.
    pub failure: Option<String>,
    /// The failure in words; empty without one.
    pub message: String,
    /// What followed from the failure, in words.
    pub verdict: Option<String>,
    /// Fields of the request that this server's dialect has no word for.
    pub left_out: Vec<String>,
    /// Whether it went on with an answer that the try before it had begun.
    pub resumes: bool,
    /// The fault that an operator injected between the router and the server; absent for a try without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fault: Option<Fault>,
}
