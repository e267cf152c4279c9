//! Anthropic Messages, spoken by clients and by upstreams.
//!
//! Its own rules: the system prompt stands apart, turns alternate, results of tools are content of the user's turn, a
//! cap on output tokens is obligatory, and cached prompt tokens are not counted among `input_tokens` (the exchange
//! model counts them in). A stream is events with names; it ends with `message_stop`.

mod answer;
mod client;
mod edit;
mod error;
mod read;
mod reader;
mod server;
mod write;
mod writer;

pub use answer::{read_answer, write_answer};
pub(crate) use client::Client;
pub use error::{error_body, error_event, status};
pub(crate) use read::THREAD;
pub use read::read_request;
pub use reader::EventReader;
pub(crate) use server::Server;
pub use write::write_request;
pub use writer::EventWriter;
pub(crate) use writer::Trail;

use serde_json::Value;

use crate::{
    exchange::{FinishReason, Usage},
    openai::chunk::count,
};

/// An event that keeps a waiting client's connection alive and means nothing.
pub const KEEP_ALIVE: &[u8] = b"event: ping\ndata: {\"type\":\"ping\"}\n\n";

/// The version of the API that requests of our own making are written in.
pub const VERSION: &str = "2023-06-01";

/// A tool by which a model without structured output is made to answer in JSON; its arguments are the answer.
pub(crate) const JSON_TOOL: &str = "json_answer";

/// What a `stop_reason` means.
fn finish_reason(word: &str) -> FinishReason {
    match word {
        "end_turn" => FinishReason::Stop,
        "stop_sequence" => FinishReason::StopText(String::new()),
        "max_tokens" => FinishReason::Length,
        "model_context_window_exceeded" => FinishReason::Full,
        "tool_use" => FinishReason::ToolCalls,
        "refusal" => FinishReason::ContentFilter,
        other => crate::openai::finish_reason(other),
    }
}

/// The `stop_reason` for a client.
fn stop_reason(reason: &FinishReason) -> &str {
    match reason {
        FinishReason::Stop => "end_turn",
        FinishReason::StopText(_) => "stop_sequence",
        FinishReason::Length | FinishReason::Full => "max_tokens",
        FinishReason::ToolCalls => "tool_use",
        FinishReason::ContentFilter => "refusal",
        FinishReason::Other(word) => word,
        FinishReason::Failed(_) => "error",
    }
}

/// The `stop_sequence` for a client.
fn stop_sequence(reason: Option<&FinishReason>) -> Option<&str> {
    match reason {
        Some(FinishReason::StopText(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// Adds what `usage` tells to what is known; later figures replace earlier ones.
fn add_usage(known: &mut Option<Usage>, usage: &Value) {
    let at = |path: &str| usage.pointer(path).and_then(count);
    let fresh = at("/input_tokens");
    let (read, written) = (at("/cache_read_input_tokens"), at("/cache_creation_input_tokens"));
    let output = at("/output_tokens");
    if fresh.is_none() && output.is_none() {
        return;
    }
    let known = known.get_or_insert_default();
    if let Some(fresh) = fresh {
        let sum = |a: u64, b: Option<u64>| a.saturating_add(b.unwrap_or_default());
        let (read, written) = (read.or(known.cached), written.or(known.cache_written));
        known.input = sum(sum(fresh, read), written);
    }
    known.cached = read.or(known.cached);
    known.cache_written = written.or(known.cache_written);
    known.output = output.unwrap_or(known.output);
    known.reasoning = at("/output_tokens_details/thinking_tokens").or(known.reasoning);
}

/// The usage for a client.
fn usage_json(usage: Usage) -> Value {
    let cached = usage.cached.unwrap_or_default().saturating_add(usage.cache_written.unwrap_or_default());
    serde_json::json!({
        "input_tokens": usage.input.saturating_sub(cached),
        "cache_creation_input_tokens": usage.cache_written.unwrap_or_default(),
        "cache_read_input_tokens": usage.cached.unwrap_or_default(),
        "output_tokens": usage.output,
    })
}
