//! What is told at the end of a request: the gateway's explanation, and an error's message.

use contract::view::{PlaygroundTier, PlaygroundTry};
use serde_json::Value;

use super::fault::shown;

/// The request's explanation: tiers with their reasons, and tries.
pub(super) fn told(explanation: &gateway::Explanation) -> (Vec<PlaygroundTier>, Vec<PlaygroundTry>) {
    let tier =
        |note: &gateway::TierNote| PlaygroundTier { tier: note.tier.clone(), why_not: note.why_not.clone() };
    let attempt = |note: &gateway::TryNote| PlaygroundTry {
        tier: note.tier.clone(),
        server: note.server.clone(),
        failure: note.failure.map(|class| class.word().to_owned()),
        message: note.message.clone(),
        first_token_ms: note.first_token_ms,
        total_ms: note.total_ms,
        fault: note.fault.map(shown),
    };
    (explanation.tiers.iter().map(tier).collect(), explanation.attempts.iter().map(attempt).collect())
}

/// The message of an error body.
pub(super) fn error_in(body: &[u8]) -> String {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    value["error"]["message"].as_str().map_or_else(|| "an error without words".to_owned(), str::to_owned)
}
