//! The response object and its items, as clients get them.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::kinds::{self, Kind, Named};
use crate::{
    client::Asked,
    exchange::{Answer, FinishReason, ToolCall, Usage},
    wire::Stamp,
};

/// The fields of the request that a response repeats, and what they are where the request has none.
const ECHOED: [(&str, &str); 16] = [
    ("instructions", "null"),
    ("max_output_tokens", "null"),
    ("max_tool_calls", "null"),
    ("metadata", "{}"),
    ("parallel_tool_calls", "true"),
    ("previous_response_id", "null"),
    ("prompt_cache_key", "null"),
    ("reasoning", r#"{"effort":null,"summary":null}"#),
    ("safety_identifier", "null"),
    ("temperature", "1.0"),
    ("text", r#"{"format":{"type":"text"}}"#),
    ("tool_choice", "\"auto\""),
    ("tools", "[]"),
    ("top_p", "1.0"),
    ("truncation", "\"disabled\""),
    ("user", "null"),
];

/// The response object of one answer, but for its items.
#[derive(Debug)]
pub(super) struct Head {
    /// What every response of this answer says.
    fields: Map<String, Value>,
    /// What the ids of the items are made of.
    seed: String,
    /// The tools whose calls are more than those of a function of their name.
    tools: Vec<Named>,
}

/// How far a response has come.
#[derive(Clone, Copy)]
pub(super) enum Status<'a> {
    InProgress,
    Ended(&'a FinishReason),
    Failed(&'a Value),
}

impl Head {
    pub fn new(asked: &Asked, stamp: &Stamp) -> Self {
        let mut request: Map<String, Value> = serde_json::from_slice(&asked.body).unwrap_or_default();
        let tools = kinds::of_request(&request);
        let mut fields = Map::new();
        fields.insert("id".into(), stamp.id.clone().into());
        fields.insert("object".into(), "response".into());
        fields.insert("created_at".into(), stamp.created.into());
        for (name, usual) in ECHOED {
            let given = request.remove(name).filter(|value| !value.is_null());
            let value = given.or_else(|| serde_json::from_str(usual).ok()).unwrap_or_default();
            fields.insert(name.into(), value);
        }
        // Nothing is kept here, whatever was asked.
        fields.insert("store".into(), false.into());
        fields.insert("background".into(), false.into());
        Self { fields, seed: stamp.id.trim_start_matches("resp_").to_owned(), tools }
    }

    /// What another server's response says of itself.
    pub fn adopt(&mut self, response: &Map<String, Value>) {
        let given = response.iter().filter(|(_, value)| !value.is_null());
        self.fields.extend(given.map(|(name, value)| (name.clone(), value.clone())));
        if let Some(id) = response.get("id").and_then(Value::as_str) {
            id.trim_start_matches("resp_").clone_into(&mut self.seed);
        }
    }

    /// The model that answers.
    pub fn model(&mut self, model: &str) {
        self.fields.insert("model".into(), model.into());
    }

    /// The id of the item at this place; `kind` is how it begins.
    pub fn item_id(&self, kind: &str, at: u32) -> String {
        format!("{kind}_{}{at:02}", self.seed)
    }

    /// What kind of tool is known to the tier by this name.
    pub fn kind(&self, name: &str) -> Kind {
        let known = self.tools.iter().find(|it| it.full == name);
        known.map_or_else(|| Kind::Function { space: None, name: name.to_owned() }, |it| it.kind.clone())
    }

    /// The id of the item of a call at this place.
    pub fn call_id(&self, name: &str, at: u32) -> String {
        self.item_id(self.kind(name).prefix(), at)
    }

    /// A call of a tool.
    pub fn call(&self, id: &str, call: &ToolCall, status: &str) -> Value {
        let mut item = json!({ "id": id, "status": status, "call_id": call.id });
        let own = self.kind(&call.name).fields(&call.name, &call.arguments);
        if let (Some(item), Value::Object(own)) = (item.as_object_mut(), own) {
            item.extend(own);
        }
        item
    }

    /// The whole object.
    pub fn response(&self, status: Status<'_>, output: &[Value], usage: Option<Usage>) -> Value {
        let mut fields = self.fields.clone();
        let (word, incomplete, error) = match status {
            Status::InProgress => ("in_progress", Value::Null, Value::Null),
            Status::Ended(FinishReason::Length | FinishReason::Full) => {
                ("incomplete", json!({ "reason": "max_output_tokens" }), Value::Null)
            }
            Status::Ended(FinishReason::ContentFilter) => {
                ("incomplete", json!({ "reason": "content_filter" }), Value::Null)
            }
            Status::Ended(_) => ("completed", Value::Null, Value::Null),
            Status::Failed(error) => ("failed", Value::Null, error.clone()),
        };
        fields.insert("status".into(), word.into());
        fields.insert("error".into(), error);
        fields.insert("incomplete_details".into(), incomplete);
        fields.insert("output".into(), output.into());
        fields.insert("usage".into(), usage.map_or(Value::Null, usage_json));
        Value::Object(fields)
    }
}

/// The counts, every one of them: Codex gives up over one that is missing.
fn usage_json(usage: Usage) -> Value {
    json!({
        "input_tokens": usage.input,
        "input_tokens_details": { "cached_tokens": usage.cached.unwrap_or_default() },
        "output_tokens": usage.output,
        "output_tokens_details": { "reasoning_tokens": usage.reasoning.unwrap_or_default() },
        "total_tokens": usage.input.saturating_add(usage.output),
    })
}

/// Reasoning, as the summary that clients show.
pub(super) fn reasoning(id: &str, text: &str) -> Value {
    json!({ "id": id, "type": "reasoning", "summary": [summary_part(text)] })
}

pub(super) fn summary_part(text: &str) -> Value {
    json!({ "type": "summary_text", "text": text })
}

pub(super) fn message(id: &str, text: &str, status: &str) -> Value {
    json!({
        "id": id,
        "type": "message",
        "status": status,
        "role": "assistant",
        "content": [text_part(text)],
    })
}

pub(super) fn text_part(text: &str) -> Value {
    json!({ "type": "output_text", "text": text, "annotations": [], "logprobs": [] })
}

/// The name of a tool in a namespace, for servers that know no such thing.
pub(super) fn full_name(space: &str, name: &str) -> String {
    format!("{space}__{name}")
}

/// Writes a whole answer.
#[must_use]
pub fn write_answer(asked: &Asked, answer: &Answer, stamp: &Stamp) -> Bytes {
    let mut head = Head::new(asked, stamp);
    head.model(&answer.model);
    let finish = answer.finish.as_ref().unwrap_or(&FinishReason::Stop);
    let word = item_status(finish);
    let mut output = Vec::new();
    if !answer.reasoning.is_empty() {
        output.push(reasoning(&head.item_id("rs", 0), &answer.reasoning));
    }
    if !answer.text.is_empty() || answer.tool_calls.is_empty() {
        output.push(message(&head.item_id("msg", 1), &answer.text, word));
    }
    for (at, one) in (2..).zip(&answer.tool_calls) {
        output.push(head.call(&head.call_id(&one.name, at), one, word));
    }
    head.response(Status::Ended(finish), &output, answer.usage).to_string().into()
}

/// Whether items that an answer ends with are whole.
pub(super) fn item_status(finish: &FinishReason) -> &'static str {
    if matches!(finish, FinishReason::Length | FinishReason::Full) { "incomplete" } else { "completed" }
}
