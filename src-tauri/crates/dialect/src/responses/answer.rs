//! Whole answers of servers that speak this dialect.

use serde_json::{Value, json};

use crate::{
    exchange::{Answer, FinishReason, ToolCall, Usage},
    fault::{Fault, in_band, malformed},
    openai::chunk::count,
    surrogates::mend,
};

/// Reads a whole answer that came with a status of 2xx.
///
/// # Errors
/// It is no answer of this dialect, or says that it failed.
pub fn read_answer(body: &[u8]) -> Result<Answer, Fault> {
    let body = &*mend(body);
    let Ok(response) = serde_json::from_slice::<Value>(body) else {
        return Err(malformed("The answer is not a response.", body));
    };
    if response.get("output").is_none() {
        return Err(match response.get("error") {
            Some(error) if !error.is_null() => in_band(body),
            _ => malformed("The answer is not a response.", body),
        });
    }
    let mut answer =
        Answer { model: word(&response, "model").to_owned(), usage: usage(&response), ..Answer::default() };
    for item in response.get("output").and_then(Value::as_array).into_iter().flatten() {
        match word(item, "type") {
            "message" => answer.text.push_str(&texts(item, "content")),
            "reasoning" => {
                let (said, summed) = (texts(item, "content"), texts(item, "summary"));
                answer.reasoning.push_str(if said.is_empty() { &summed } else { &said });
            }
            "function_call" | "custom_tool_call" => answer.tool_calls.push(call(item)),
            _ => {}
        }
    }
    answer.finish = finish(&response, !answer.tool_calls.is_empty())?;
    Ok(answer)
}

/// Why a response ended; none while it goes on.
///
/// # Errors
/// It failed.
pub(super) fn finish(response: &Value, calls: bool) -> Result<Option<FinishReason>, Fault> {
    Ok(match word(response, "status") {
        "completed" if calls => Some(FinishReason::ToolCalls),
        "completed" => Some(FinishReason::Stop),
        "incomplete" => Some(match response.pointer("/incomplete_details/reason").and_then(Value::as_str) {
            Some("max_output_tokens") => FinishReason::Length,
            Some("content_filter") => FinishReason::ContentFilter,
            other => FinishReason::Other(other.unwrap_or("incomplete").to_owned()),
        }),
        "failed" | "cancelled" => return Err(failed(response)),
        _ => None,
    })
}

/// What a failed response says.
pub(super) fn failed(response: &Value) -> Fault {
    let error = response.get("error").cloned().unwrap_or_default();
    in_band(json!({ "error": error }).to_string().as_bytes())
}

/// The counts, if there are any.
pub(super) fn usage(response: &Value) -> Option<Usage> {
    let at = |path: &str| response.pointer(path).and_then(count);
    let (input, output) = (at("/usage/input_tokens"), at("/usage/output_tokens"));
    (input.is_some() || output.is_some()).then(|| Usage {
        input: input.unwrap_or_default(),
        output: output.unwrap_or_default(),
        cached: at("/usage/input_tokens_details/cached_tokens"),
        cache_written: at("/usage/input_tokens_details/cache_write_tokens"),
        reasoning: at("/usage/output_tokens_details/reasoning_tokens"),
    })
}

pub(super) fn call(item: &Value) -> ToolCall {
    let arguments = word(item, "arguments");
    let arguments = if arguments.is_empty() { word(item, "input") } else { arguments };
    ToolCall {
        id: word(item, "call_id").to_owned(),
        name: word(item, "name").to_owned(),
        arguments: arguments.to_owned(),
    }
}

pub(super) fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn texts(item: &Value, name: &str) -> String {
    let parts = item.get(name).and_then(Value::as_array).into_iter().flatten();
    parts.filter_map(|part| part.get("text").or_else(|| part.get("refusal"))?.as_str()).collect()
}
