//! Requests: the exchange model to bytes.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::{
    error::Unfit,
    exchange::{Format, Message, Part, Request, ToolChoice, Turn},
};

/// Writes a request.
///
/// # Errors
/// Something in it shapes the answer and has no word here; all of it is named.
pub fn write_request(request: &Request) -> Result<Bytes, Unfit> {
    let sampling = &request.sampling;
    let unsaid = [
        ("stop", !request.stop.is_empty()),
        ("n", request.n.is_some_and(|n| n > 1)),
        ("seed", sampling.seed.is_some()),
        ("top_k", sampling.top_k.is_some()),
        ("min_p", sampling.min_p.is_some()),
        ("presence_penalty", sampling.presence_penalty.is_some()),
        ("frequency_penalty", sampling.frequency_penalty.is_some()),
    ];
    let mut lost: Vec<String> =
        unsaid.iter().filter(|(_, given)| *given).map(|(name, _)| (*name).to_owned()).collect();
    lost.extend(request.messages.iter().flat_map(parts).filter_map(foreign));
    if !lost.is_empty() {
        return Err(Unfit::CannotCarry(lost));
    }
    let mut body = Map::new();
    body.insert("model".into(), request.model.clone().into());
    body.insert("input".into(), request.messages.iter().flat_map(items).collect());
    let optional = [
        ("tools", (!request.tools.is_empty()).then(|| tools(request))),
        ("tool_choice", request.tool_choice.as_ref().map(tool_choice)),
        ("parallel_tool_calls", request.parallel_tool_calls.map(Value::from)),
        ("text", format(&request.format)),
        ("temperature", sampling.temperature.map(Value::from)),
        ("top_p", sampling.top_p.map(Value::from)),
        ("max_output_tokens", request.max_tokens.map(Value::from)),
        ("reasoning", request.effort.as_ref().map(|effort| json!({ "effort": effort }))),
        ("stream", request.stream.then(|| Value::from(true))),
    ];
    body.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    body.insert("store".into(), false.into());
    body.extend(request.extra.clone());
    Ok(Value::Object(body).to_string().into())
}

fn parts(message: &Message) -> &[Part] {
    match message {
        Message::System(parts) | Message::User(parts) => parts,
        Message::Assistant(turn) => &turn.parts,
        Message::Tool(result) => &result.parts,
    }
}

/// Content that has no word here; files have one.
fn foreign(part: &Part) -> Option<String> {
    match part {
        Part::Other(_, value) if value.get("file").is_some_and(Value::is_object) => None,
        Part::Other(kind, _) => Some(format!("content of type {kind}")),
        _ => None,
    }
}

pub(super) fn items(message: &Message) -> Vec<Value> {
    match message {
        Message::System(parts) => vec![json!({ "role": "system", "content": content(parts, "input_text") })],
        Message::User(parts) => vec![json!({ "role": "user", "content": content(parts, "input_text") })],
        Message::Tool(result) => vec![json!({
            "type": "function_call_output",
            "call_id": result.call_id,
            "output": content(&result.parts, "input_text"),
        })],
        Message::Assistant(turn) => assistant(turn),
    }
}

fn assistant(turn: &Turn) -> Vec<Value> {
    let mut items = Vec::new();
    if let Some(text) = &turn.reasoning {
        items.push(json!({ "type": "reasoning", "summary": [{ "type": "summary_text", "text": text }] }));
    }
    if !turn.parts.is_empty() {
        let said = content(&turn.parts, "output_text");
        items.push(json!({ "type": "message", "role": "assistant", "content": said }));
    }
    items.extend(turn.tool_calls.iter().map(|call| {
        json!({
            "type": "function_call",
            "call_id": call.id,
            "name": call.name,
            "arguments": call.arguments,
        })
    }));
    items
}

fn content(parts: &[Part], text: &str) -> Value {
    let part = |part: &Part| match part {
        Part::Text(words) => json!({ "type": text, "text": words }),
        Part::Image(image) => {
            let mut body = json!({ "type": "input_image", "image_url": image.source.to_url() });
            if let (Some(detail), Some(fields)) = (&image.detail, body.as_object_mut()) {
                fields.insert("detail".into(), detail.clone().into());
            }
            body
        }
        Part::Other(_, value) => {
            let mut file = value.get("file").and_then(Value::as_object).cloned().unwrap_or_default();
            file.insert("type".into(), "input_file".into());
            file.into()
        }
    };
    parts.iter().map(part).collect()
}

fn tools(request: &Request) -> Value {
    let tool = |tool: &crate::exchange::Tool| {
        json!({
            "type": "function",
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.parameters,
            "strict": tool.strict,
        })
    };
    request.tools.iter().map(tool).collect()
}

fn tool_choice(choice: &ToolChoice) -> Value {
    match choice {
        ToolChoice::Auto => "auto".into(),
        ToolChoice::Never => "none".into(),
        ToolChoice::Required => "required".into(),
        ToolChoice::Named(name) => json!({ "type": "function", "name": name }),
        ToolChoice::Other(kind) => json!({ "type": kind }),
    }
}

fn format(format: &Format) -> Option<Value> {
    let format = match format {
        Format::Text => return None,
        Format::Json => json!({ "type": "json_object" }),
        Format::Schema { name, schema, strict } => {
            json!({ "type": "json_schema", "name": name, "schema": schema, "strict": strict })
        }
    };
    Some(json!({ "format": format }))
}
