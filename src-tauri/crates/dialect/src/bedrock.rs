//! Bedrock's Converse and `ConverseStream`, spoken to upstreams.
//!
//! Its own rules: turns alternate and no text is blank, the model stands in the URL, a JSON schema is a text, cached
//! prompt tokens are not counted among `inputTokens`, and a stream is binary frames with checksums, in which the usage
//! follows the end of the answer.

mod answer;
mod embed;
mod reader;
mod server;
mod write;

pub use answer::read_answer;
pub use embed::{read_vectors, write_embed};
pub use reader::FrameReader;
pub(crate) use server::Server;
pub use write::write_request;

use serde_json::Value;

use crate::{
    exchange::{FinishReason, Usage},
    openai::chunk::count,
};

/// A tool by which a model without structured output is made to answer in JSON; its arguments are the answer.
const JSON_TOOL: &str = "json_answer";

/// What a `stopReason` means.
fn finish_reason(word: &str) -> FinishReason {
    match word {
        "end_turn" => FinishReason::Stop,
        "stop_sequence" => FinishReason::StopText(String::new()),
        "max_tokens" => FinishReason::Length,
        "model_context_window_exceeded" => FinishReason::Full,
        "tool_use" => FinishReason::ToolCalls,
        "content_filtered" | "guardrail_intervened" => FinishReason::ContentFilter,
        other => crate::openai::finish_reason(other),
    }
}

/// Why an answer ended, as the answer or the event that ends one says it. The stop text that was met comes back where it
/// was asked for.
fn reason(said: &Value) -> Option<FinishReason> {
    let word = |path: &str| said.pointer(path).and_then(Value::as_str);
    Some(finish_reason(word("/stopReason")?).at(word("/additionalModelResponseFields/stop_sequence")))
}

fn usage(usage: &Value) -> Option<Usage> {
    let at = |name: &str| usage.get(name).and_then(count);
    let (fresh, output) = (at("inputTokens")?, at("outputTokens").unwrap_or_default());
    let (cached, cache_written) = (at("cacheReadInputTokens"), at("cacheWriteInputTokens"));
    let sum = |a: u64, b: Option<u64>| a.saturating_add(b.unwrap_or_default());
    let input = sum(sum(fresh, cached), cache_written);
    Some(Usage { input, output, cached, cache_written, reasoning: None })
}
