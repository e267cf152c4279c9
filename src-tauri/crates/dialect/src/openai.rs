//! `OpenAI` Chat Completions: what clients speak to us, and most upstreams to all.
//!
//! Reasoning text, which `OpenAI` itself never sends here, is read under both names in use (`reasoning_content`,
//! `reasoning`) and written as `reasoning_content`.

mod answer;
pub(crate) mod chunk;
mod client;
pub(crate) mod embed;
mod error;
pub mod habits;
mod request;
mod server;
mod stream;
mod thoughts;
mod write;

pub use answer::{read_answer, write_answer};
pub(crate) use client::{Client, EmbedClient};
pub use embed::{read_embed_answer, read_embed_request, write_embed_answer, write_embed_request};
pub(crate) use error::error_json;
pub use error::{error_body, error_event};
pub(crate) use request::allowed_mode;
pub use request::read_request;
pub(crate) use server::Server;
pub use stream::{ChunkWriter, StreamReader};
pub use write::write_request;
pub(crate) use write::{message, tool};

use crate::exchange::FinishReason;

/// The content type of a stream.
pub const STREAM_TYPE: &str = "text/event-stream";

/// A comment that keeps a waiting client's connection alive and means nothing.
pub const KEEP_ALIVE: &[u8] = b": keep-alive\n\n";

/// The frame that ends a stream.
pub const DONE: &[u8] = b"data: [DONE]\n\n";

/// What a `finish_reason` means. Words for failures, of any provider, are failures; a word that nobody knows ends the
/// answer and is handed on as it is.
#[must_use]
pub fn finish_reason(word: &str) -> FinishReason {
    const FAILURES: [&str; 9] = [
        "error",
        "abort",
        "malformed",
        "insufficient",
        "fail",
        "cancel",
        "timeout",
        "repetition",
        "unexpected",
    ];
    let lower = word.to_ascii_lowercase();
    match lower.as_str() {
        "stop" | "eos" | "eos_token" | "stop_sequence" | "end_turn" => FinishReason::Stop,
        "length" | "max_tokens" => FinishReason::Length,
        "model_length" => FinishReason::Full,
        "tool_calls" | "function_call" | "tool_use" => FinishReason::ToolCalls,
        "content_filter" | "safety" | "refusal" => FinishReason::ContentFilter,
        other if FAILURES.iter().any(|it| other.contains(it)) => FinishReason::Failed(word.to_owned()),
        _ => FinishReason::Other(word.to_owned()),
    }
}

/// The `finish_reason` for a client.
fn finish_word(reason: &FinishReason) -> &str {
    match reason {
        FinishReason::Stop | FinishReason::StopText(_) => "stop",
        FinishReason::Length | FinishReason::Full => "length",
        FinishReason::ToolCalls => "tool_calls",
        FinishReason::ContentFilter => "content_filter",
        FinishReason::Other(word) => word,
        FinishReason::Failed(_) => "error",
    }
}
