//! Properties of the whole way: what both sides can carry goes from a client of each dialect to an upstream of each
//! dialect and back, and is the same; and a stream says the same wherever it is cut.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod answers;
mod requests;
mod spoken;

use dialect::{
    client::{Asked, Dialect},
    wire::{Stamp, Wire},
};
use serde_json::{Value, json};

const CLIENTS: [Dialect; 4] = [Dialect::Chat, Dialect::Messages, Dialect::Responses, Dialect::OllamaChat];

/// What upstreams speak, and a model there that takes everything.
const UPSTREAMS: [(Wire, &str); 5] = [
    (Wire::OpenAi, "gpt-4.1"),
    (Wire::Ollama, "qwen3"),
    (Wire::Anthropic, "claude-sonnet-4-5"),
    (Wire::Gemini, "gemini-2.5-flash"),
    (Wire::Bedrock, "anthropic.claude-sonnet-4-5-v1:0"),
];

fn stamp() -> Stamp {
    Stamp { id: "x1".into(), created: 7 }
}

/// A request of that dialect for an answer, nothing more.
fn asked(dialect: Dialect, stream: bool) -> Asked {
    let mut body = json!({ "model": "m", "stream": stream, "max_tokens": 5, "stream_options": { "include_usage": true } });
    let said: Value = json!([{ "role": "user", "content": "Hi" }]);
    body[if dialect == Dialect::Responses { "input" } else { "messages" }] = said;
    Asked::read(dialect, body.to_string().into()).unwrap()
}
