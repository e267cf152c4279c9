//! Whole answers.

use serde_json::Value;

use super::{JSON_TOOL, reason, usage};
use crate::{
    exchange::{Answer, FinishReason, Sealed, ToolCall},
    fault::{Fault, in_band, malformed},
    surrogates::mend,
};

/// Reads a whole answer that came with a status of 2xx.
///
/// # Errors
/// It is no answer of this dialect, or says that it failed.
pub fn read_answer(body: &[u8]) -> Result<Answer, Fault> {
    let body = &*mend(body);
    let not_one = || malformed("The answer is not one of the Converse API.", body);
    let answer: Value = serde_json::from_slice(body).map_err(|_| not_one())?;
    let Some(blocks) = answer.pointer("/output/message/content").and_then(Value::as_array) else {
        // Some proxies answer with an error and a status of 200.
        let failed = answer.get("message").is_some() || answer.get("error").is_some_and(|it| !it.is_null());
        return Err(if failed { in_band(body) } else { not_one() });
    };
    let mut read =
        Answer { finish: reason(&answer), usage: answer.get("usage").and_then(usage), ..Answer::default() };
    for block in blocks {
        add_block(block, &mut read);
    }
    Ok(read)
}

fn add_block(block: &Value, read: &mut Answer) {
    let word = |path: &str| block.pointer(path).and_then(Value::as_str);
    if let Some(text) = word("/text") {
        read.text.push_str(text);
    }
    if let Some(text) = word("/reasoningContent/reasoningText/text") {
        read.reasoning.push_str(text);
    }
    let signature = word("/reasoningContent/reasoningText/signature").filter(|it| !it.is_empty());
    read.sealed.extend(signature.map(|it| Sealed::Signature(it.to_owned())));
    let redacted = word("/reasoningContent/redactedContent");
    read.sealed.extend(redacted.map(|it| Sealed::Redacted(it.to_owned())));
    if let Some(name) = word("/toolUse/name") {
        let arguments = block.pointer("/toolUse/input").map_or_else(|| "{}".to_owned(), Value::to_string);
        if name == JSON_TOOL {
            read.text.push_str(&arguments);
            // The call was our way of asking for JSON, and no call to the client.
            read.finish = read.finish.take().map(FinishReason::without_call);
        } else {
            let id = word("/toolUse/toolUseId").unwrap_or_default().to_owned();
            read.tool_calls.push(ToolCall { id, name: name.to_owned(), arguments });
        }
    }
}
