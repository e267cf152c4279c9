//! Requests: the exchange model to bytes.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::answer::call;
use crate::{
    edit::CapName,
    exchange::{Format, Message, Part, Request, Tool, ToolChoice},
};

/// Writes a request; `cap_name` names the cap on output tokens.
#[must_use]
pub fn write_request(request: &Request, cap_name: CapName) -> Bytes {
    let mut body = Map::new();
    body.insert("model".into(), request.model.clone().into());
    body.insert("messages".into(), request.messages.iter().map(message).collect());
    if !request.tools.is_empty() {
        body.insert("tools".into(), request.tools.iter().map(tool).collect());
    }
    let optional = [
        ("tool_choice", request.tool_choice.as_ref().map(tool_choice)),
        ("parallel_tool_calls", request.parallel_tool_calls.map(Value::from)),
        ("response_format", format(&request.format)),
        ("stop", Some(&request.stop).filter(|it| !it.is_empty()).map(|it| json!(it))),
        ("temperature", request.sampling.temperature.map(Value::from)),
        ("top_p", request.sampling.top_p.map(Value::from)),
        ("top_k", request.sampling.top_k.map(Value::from)),
        ("min_p", request.sampling.min_p.map(Value::from)),
        ("seed", request.sampling.seed.map(Value::from)),
        ("presence_penalty", request.sampling.presence_penalty.map(Value::from)),
        ("frequency_penalty", request.sampling.frequency_penalty.map(Value::from)),
        (cap_name.word(), request.max_tokens.map(Value::from)),
        ("reasoning_effort", request.effort.clone().map(Value::from)),
        ("n", request.n.map(Value::from)),
        ("stream", request.stream.then(|| Value::from(true))),
    ];
    body.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    body.extend(request.extra.clone());
    if request.stream_usage {
        let options = body.entry("stream_options").or_insert_with(|| json!({}));
        if let Some(options) = options.as_object_mut() {
            options.insert("include_usage".into(), true.into());
        }
    }
    Value::Object(body).to_string().into()
}

/// One message, as a client would write it.
pub(crate) fn message(message: &Message) -> Value {
    match message {
        Message::System(parts) => json!({ "role": "system", "content": content(parts) }),
        Message::User(parts) => json!({ "role": "user", "content": content(parts) }),
        Message::Tool(result) => {
            let mut body = json!({
                "role": "tool",
                "tool_call_id": result.call_id,
                "content": content(&result.parts),
            });
            set(&mut body, "name", result.name.clone().map(Value::from));
            body
        }
        Message::Assistant(turn) => {
            let text = if turn.parts.is_empty() { Value::Null } else { content(&turn.parts) };
            let mut body = json!({ "role": "assistant", "content": text });
            set(&mut body, "reasoning_content", turn.reasoning.clone().map(Value::from));
            let calls = (!turn.tool_calls.is_empty()).then(|| turn.tool_calls.iter().map(call).collect());
            set(&mut body, "tool_calls", calls);
            body
        }
    }
}

fn set(body: &mut Value, name: &str, value: Option<Value>) {
    if let (Some(fields), Some(value)) = (body.as_object_mut(), value) {
        fields.insert(name.to_owned(), value);
    }
}

/// A lone text as a string, which every server takes; else the parts.
fn content(parts: &[Part]) -> Value {
    match parts {
        [Part::Text(text)] => text.clone().into(),
        parts => parts.iter().map(part).collect(),
    }
}

fn part(part: &Part) -> Value {
    match part {
        Part::Text(text) => json!({ "type": "text", "text": text }),
        Part::Other(_, value) => value.clone(),
        Part::Image(image) => {
            let url = image.source.to_url();
            let mut link = json!({ "url": url });
            set(&mut link, "detail", image.detail.clone().map(Value::from));
            json!({ "type": "image_url", "image_url": link })
        }
    }
}

/// A tool, as Ollama too wants it.
pub(crate) fn tool(tool: &Tool) -> Value {
    let mut function = json!({ "name": tool.name });
    set(&mut function, "description", tool.description.clone().map(Value::from));
    set(&mut function, "parameters", tool.parameters.clone());
    set(&mut function, "strict", tool.strict.map(Value::from));
    json!({ "type": "function", "function": function })
}

fn tool_choice(choice: &ToolChoice) -> Value {
    match choice {
        ToolChoice::Auto => "auto".into(),
        ToolChoice::Never => "none".into(),
        ToolChoice::Required => "required".into(),
        ToolChoice::Named(name) => json!({ "type": "function", "function": { "name": name } }),
        ToolChoice::Other(kind) => json!({ "type": kind }),
    }
}

fn format(format: &Format) -> Option<Value> {
    match format {
        Format::Text => None,
        Format::Json => Some(json!({ "type": "json_object" })),
        Format::Schema { name, schema, strict } => {
            let mut body = json!({ "name": name, "schema": schema });
            set(&mut body, "strict", strict.map(Value::from));
            Some(json!({ "type": "json_schema", "json_schema": body }))
        }
    }
}
