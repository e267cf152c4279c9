//! Google's Gemini API, spoken to upstreams.
//!
//! Its own rules: a model's turn is called `model`, results of tools are told by the tool's name, calls come whole, a
//! stream ends with the connection, `STOP` is also the end of an answer that calls tools, a prompt that its filter
//! refuses is a 200 without candidates. What a model wants back unread with a call (`thoughtSignature`) travels in the
//! call's id, the one field that every client hands back.

mod answer;
mod embed;
mod server;
mod write;

pub use answer::{ChunkReader, read_answer};
pub use embed::{read_vectors, write_embed};
pub(crate) use server::Server;
pub use write::write_request;

use serde_json::Value;

use crate::{
    carry::{SIGNED, digest},
    exchange::{FinishReason, Usage},
    openai::chunk::count,
};

/// What stands for a signature in calls that another tier made; the API passes over it.
const NO_SIGNATURE: &str = "skip_thought_signature_validator";

/// A call's id with its signature in it.
fn signed_id(id: &str, signature: Option<&str>) -> String {
    match signature {
        Some(signature) => format!("{id}{SIGNED}{}", to_url_letters(signature)),
        None => id.to_owned(),
    }
}

/// The id and the signature of a call that came back.
fn parted_id(id: &str) -> (&str, Option<String>) {
    match id.split_once(SIGNED) {
        Some((id, signature)) => (id, Some(from_url_letters(signature))),
        None => (id, None),
    }
}

/// Base64 in the letters that ids may have.
fn to_url_letters(base64: &str) -> String {
    base64.trim_end_matches('=').replace('+', "-").replace('/', "_")
}

fn from_url_letters(letters: &str) -> String {
    let mut base64 = letters.replace('-', "+").replace('_', "/");
    while !base64.len().is_multiple_of(4) {
        base64.push('=');
    }
    base64
}

/// An id for a call without one.
fn made_id(name: &str, args: &str, index: u32) -> String {
    format!("call_{index}_{:08x}", digest([name, args.to_string().as_str()]) >> 32)
}

/// What a `finishReason` means. `calls`: the answer calls tools, which this API does not tell by the reason; `empty`:
/// nothing has come.
fn finish_reason(word: &str, calls: bool, empty: bool) -> FinishReason {
    match word {
        "STOP" if calls => FinishReason::ToolCalls,
        "STOP" => FinishReason::Stop,
        "MAX_TOKENS" => FinishReason::Length,
        "SAFETY" | "RECITATION" | "LANGUAGE" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII"
        | "MODEL_ARMOR" | "ESCALATION" | "JAILBREAK" => FinishReason::ContentFilter,
        _ if word.starts_with("IMAGE_") => FinishReason::ContentFilter,
        "OTHER" if !empty => FinishReason::Stop,
        // Malformed and unexpected calls, missing signatures, and whatever comes next: no end of an answer.
        _ => FinishReason::Failed(word.to_owned()),
    }
}

fn usage(usage: &Value) -> Option<Usage> {
    let at = |name: &str| usage.get(name).and_then(count);
    let (prompt, candidates) = (at("promptTokenCount"), at("candidatesTokenCount"));
    let thoughts = at("thoughtsTokenCount");
    prompt?;
    Some(Usage {
        input: prompt.unwrap_or_default().saturating_add(at("toolUsePromptTokenCount").unwrap_or_default()),
        output: candidates.unwrap_or_default().saturating_add(thoughts.unwrap_or_default()),
        cached: at("cachedContentTokenCount"),
        cache_written: None,
        reasoning: thoughts,
    })
}
