//! Whole answers.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{chunk::Chunk, finish_word, thoughts};
use crate::{
    exchange::{Answer, ToolCall, Usage},
    fault::{Fault, in_band, malformed},
    surrogates::mend,
    wire::Stamp,
};

/// Reads a whole answer that came with a status of 2xx. Of several choices the first one counts.
///
/// # Errors
/// It is no answer of this dialect, or says that it failed.
pub fn read_answer(body: &[u8]) -> Result<Answer, Fault> {
    let body = &*mend(body);
    let chunk = Chunk::read(body).map_err(|_| malformed("The answer is not a chat completion.", body))?;
    if chunk.is_error() {
        return Err(in_band(body));
    }
    let (usage, model) = (chunk.usage(), chunk.model().to_owned());
    let choices = chunk.choices.unwrap_or_default();
    let choice = choices.into_iter().next().ok_or_else(|| malformed("The answer holds no choices.", b""))?;
    let (finish, completed) = (choice.reason(), choice.text.0);
    let delta = choice.delta.unwrap_or_default();
    let reasoning = delta.reasoning().to_owned();
    let calls = delta.tool_calls.unwrap_or_default().into_iter().map(|call| {
        let function = call.function.unwrap_or_default();
        ToolCall {
            id: call.id.0.into_owned(),
            name: function.name.0.into_owned(),
            arguments: function.arguments.0.into_owned(),
        }
    });
    let texts = [delta.content.0, delta.refusal.0, completed];
    let text = texts.into_iter().find(|it| !it.is_empty()).unwrap_or_default();
    Ok(Answer {
        model,
        text: text.into_owned(),
        reasoning,
        sealed: Vec::new(),
        tool_calls: calls.collect(),
        finish,
        usage,
    })
}

/// Writes a whole answer.
#[must_use]
pub fn write_answer(answer: &Answer, stamp: &Stamp) -> Bytes {
    let mut message = Map::new();
    message.insert("role".into(), "assistant".into());
    let silent = answer.text.is_empty() && !answer.tool_calls.is_empty();
    message.insert("content".into(), if silent { Value::Null } else { answer.text.clone().into() });
    if !answer.reasoning.is_empty() {
        message.insert("reasoning_content".into(), answer.reasoning.clone().into());
    }
    if let Some(blocks) = thoughts::blocks(&answer.reasoning, &answer.sealed) {
        message.insert(thoughts::FIELD.into(), blocks);
    }
    if !answer.tool_calls.is_empty() {
        let calls: Vec<Value> = answer.tool_calls.iter().map(call).collect();
        message.insert("tool_calls".into(), calls.into());
    }
    let mut body = json!({
        "id": stamp.id,
        "object": "chat.completion",
        "created": stamp.created,
        "model": answer.model,
        "choices": [{
            "index": 0,
            "message": message,
            "logprobs": null,
            "finish_reason": answer.finish.as_ref().map(finish_word),
        }],
    });
    if let (Some(usage), Some(fields)) = (answer.usage, body.as_object_mut()) {
        fields.insert("usage".into(), usage_json(usage));
    }
    body.to_string().into()
}

pub(super) fn call(call: &ToolCall) -> Value {
    json!({
        "id": call.id,
        "type": "function",
        "function": { "name": call.name, "arguments": call.arguments },
    })
}

pub(super) fn usage_json(usage: Usage) -> Value {
    let mut body = json!({
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input.saturating_add(usage.output),
    });
    if let Some(fields) = body.as_object_mut() {
        let cache = [("cached_tokens", usage.cached), ("cache_write_tokens", usage.cache_written)];
        let cache: Map<String, Value> =
            cache.into_iter().filter_map(|(name, count)| Some((name.to_owned(), count?.into()))).collect();
        if !cache.is_empty() {
            fields.insert("prompt_tokens_details".into(), cache.into());
        }
        if let Some(reasoning) = usage.reasoning {
            fields.insert("completion_tokens_details".into(), json!({ "reasoning_tokens": reasoning }));
        }
    }
    body
}
