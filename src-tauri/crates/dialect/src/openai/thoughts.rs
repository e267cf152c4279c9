//! What a model wants back unread, in Chat Completions: the dialect has no field for it, so that it goes out and comes
//! back as `thinking_blocks` of the message, in the form that LiteLLM gave them. A client that hands the message back as it
//! came brings them along; one that does not loses nothing else.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::{exchange::Sealed, origin::MARK, take::take};

/// The field of a message.
pub(super) const FIELD: &str = "thinking_blocks";

/// Writes what there is; none where nothing is sealed.
pub(super) fn blocks(reasoning: &str, sealed: &[Sealed]) -> Option<Value> {
    let block = |sealed: &Sealed| match sealed {
        Sealed::Signature(signature) => {
            json!({ "type": "thinking", "thinking": reasoning, "signature": signature })
        }
        Sealed::Redacted(data) => json!({ "type": "redacted_thinking", "data": data }),
    };
    (!sealed.is_empty()).then(|| sealed.iter().map(block).collect())
}

/// Takes it out of an assistant's message: the reasoning that a signature belongs to, and what is sealed.
pub(super) fn take_blocks(fields: &mut Map<String, Value>) -> (Option<String>, Vec<Sealed>) {
    let mut reasoning = None;
    let blocks = take(fields, FIELD).unwrap_or_default();
    let read = |block: &Value| {
        let word = |name: &str| block.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        if let Some(signature) = word("signature") {
            reasoning = word("thinking").or(reasoning.take());
            return Some(Sealed::Signature(signature));
        }
        word("data").map(Sealed::Redacted)
    };
    let sealed = blocks.as_array().into_iter().flatten().filter_map(read).collect();
    (reasoning, sealed)
}

/// A body without the blocks that a tier of another dialect made, for a server that speaks this one; none where there are
/// no such. Many servers refuse messages with fields that they do not know.
pub(super) fn without_foreign(body: &[u8]) -> Option<Bytes> {
    memchr::memmem::find(body, FIELD.as_bytes()).and(memchr::memmem::find(body, MARK.as_bytes()))?;
    let mut all: Value = serde_json::from_slice(body).ok()?;
    let marked = |block: &Value| {
        ["signature", "data"].iter().any(|name| block[name].as_str().is_some_and(|it| it.starts_with(MARK)))
    };
    for message in all.get_mut("messages")?.as_array_mut()? {
        let Some(fields) = message.as_object_mut() else { continue };
        if let Some(Value::Array(blocks)) = fields.get_mut(FIELD) {
            blocks.retain(|block| !marked(block));
            if blocks.is_empty() {
                fields.shift_remove(FIELD);
            }
        }
    }
    Some(all.to_string().into())
}
