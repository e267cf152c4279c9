//! Whole answers.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{JSON_TOOL, add_usage, finish_reason, stop_reason, stop_sequence, usage_json};
use crate::{
    carry::arguments,
    exchange::{Answer, FinishReason, Sealed, ToolCall},
    fault::{Fault, in_band, malformed},
    surrogates::mend,
    wire::Stamp,
};

/// Reads a whole answer that came with a status of 2xx.
///
/// # Errors
/// It is no answer of this dialect, or says that it failed.
pub fn read_answer(body: &[u8]) -> Result<Answer, Fault> {
    let body = &*mend(body);
    let not_one = || malformed("The answer is not one of the Messages API.", body);
    let answer: Value = serde_json::from_slice(body).map_err(|_| not_one())?;
    if answer.get("error").is_some_and(|it| !it.is_null()) {
        return Err(in_band(body));
    }
    let blocks = answer.get("content").and_then(Value::as_array).ok_or_else(not_one)?;
    let word = |name: &str| answer.get(name).and_then(Value::as_str);
    let mut read = Answer {
        model: word("model").unwrap_or_default().to_owned(),
        finish: word("stop_reason").map(|it| finish_reason(it).at(word("stop_sequence"))),
        ..Answer::default()
    };
    for block in blocks {
        add_block(block, &mut read);
    }
    if let Some(usage) = answer.get("usage") {
        add_usage(&mut read.usage, usage);
    }
    Ok(read)
}

fn add_block(block: &Value, read: &mut Answer) {
    let word = |name: &str| block.get(name).and_then(Value::as_str).unwrap_or_default();
    match word("type") {
        "text" => read.text.push_str(word("text")),
        "thinking" => {
            read.reasoning.push_str(word("thinking"));
            let signature = word("signature").to_owned();
            read.sealed.extend(Some(signature).filter(|it| !it.is_empty()).map(Sealed::Signature));
        }
        "redacted_thinking" => read.sealed.push(Sealed::Redacted(word("data").to_owned())),
        "tool_use" => {
            let arguments = block.get("input").map_or_else(|| "{}".to_owned(), Value::to_string);
            if word("name") == JSON_TOOL {
                read.text.push_str(&arguments);
                // The call was our way of asking for JSON, and no call to the client.
                read.finish = read.finish.take().map(FinishReason::without_call);
            } else {
                let (id, name) = (word("id").to_owned(), word("name").to_owned());
                read.tool_calls.push(ToolCall { id, name, arguments });
            }
        }
        _ => {}
    }
}

/// Writes a whole answer for a client.
#[must_use]
pub fn write_answer(answer: &Answer, stamp: &Stamp) -> Bytes {
    let mut content = Vec::new();
    for sealed in &answer.sealed {
        match sealed {
            Sealed::Signature(signature) => content.push(thinking(&answer.reasoning, signature)),
            Sealed::Redacted(data) => content.push(json!({ "type": "redacted_thinking", "data": data })),
        }
    }
    if !answer.reasoning.is_empty() && !answer.sealed.iter().any(|it| matches!(it, Sealed::Signature(_))) {
        content.push(thinking(&answer.reasoning, ""));
    }
    if !answer.text.is_empty() || answer.is_empty() {
        content.push(json!({ "type": "text", "text": answer.text }));
    }
    for (index, call) in answer.tool_calls.iter().enumerate() {
        let input = arguments(&call.arguments).unwrap_or_else(|| json!({ "raw": call.arguments }));
        let id = client_id(&call.id, index);
        content.push(json!({ "type": "tool_use", "id": id, "name": call.name, "input": input }));
    }
    let body = json!({
        "id": stamp.id,
        "type": "message",
        "role": "assistant",
        "model": answer.model,
        "content": content,
        "stop_reason": answer.finish.as_ref().map(stop_reason),
        "stop_sequence": stop_sequence(answer.finish.as_ref()),
        "usage": usage_json(answer.usage.unwrap_or_default()),
    });
    body.to_string().into()
}

fn thinking(text: &str, signature: &str) -> Value {
    json!({ "type": "thinking", "thinking": text, "signature": signature })
}

/// A call's id for a client: letters that this dialect takes, whatever its length.
pub(super) fn client_id(id: &str, index: usize) -> String {
    if id.is_empty() {
        return format!("toolu_{index}");
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if id.chars().all(fits) { id.to_owned() } else { crate::carry::fitting_id(id) }
}
