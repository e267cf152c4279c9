//! Requests for upstreams: the exchange model to bytes.

use serde_json::{Map, Value, json};

use super::JSON_TOOL;
use crate::{
    carry::{Lost, Turns, arguments, budget_of, document, effort_of, fitting_id},
    claude::{self, Model, Thinking, calls_without_seal},
    error::Unfit,
    exchange::{Format, ImageSource, Message, Part, Request, Sealed, ToolChoice, ToolResult, Turn},
    wire::Prepared,
};

/// The kinds of pictures that it takes.
const PICTURES: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/// Writes a request.
///
/// # Errors
/// Something in it shapes the answer and has no word here; all of it is named.
pub fn write_request(request: &Request) -> Result<Prepared, Unfit> {
    let mut lost = Lost::default();
    let Some(model) = claude::of(&request.model) else {
        lost.note("this model");
        return lost.finish(Map::new());
    };
    lost.usual(request);
    let mut body = Map::new();
    body.insert("model".into(), request.model.clone().into());
    let cap = request.max_tokens.unwrap_or(model.output).max(1);
    body.insert("max_tokens".into(), cap.into());
    conversation(request, model, &mut body, &mut lost);
    let json_tool = format(request, model, &mut body, &mut lost);
    tools(request, model, json_tool, &mut body, &mut lost);
    let thinks = !json_tool && thinking(request, model, cap, &mut body, &mut lost);
    sampling(request, model, thinks, &mut body, &mut lost);
    let stop: Vec<&String> = request.stop.iter().filter(|text| !text.trim().is_empty()).collect();
    if !stop.is_empty() {
        body.insert("stop_sequences".into(), json!(stop));
    }
    if stop.len() < request.stop.len() {
        lost.note("stop texts of white space alone");
    }
    if let Some(user) = request.extra.get("safety_identifier").or_else(|| request.extra.get("user")) {
        body.insert("metadata".into(), json!({ "user_id": user }));
    }
    if request.stream {
        body.insert("stream".into(), true.into());
    }
    lost.finish(body)
}

/// The system prompt and the turns: alternating, the user's first, none of them empty.
fn conversation(request: &Request, model: &Model, body: &mut Map<String, Value>, lost: &mut Lost) {
    let mut all = Turns::default();
    for message in &request.messages {
        match message {
            Message::System(parts) => all.instruct(content(parts, lost), lost),
            Message::User(parts) => all.say("user", content(parts, lost)),
            Message::Assistant(turn) => all.say("assistant", assistant(turn, lost)),
            Message::Tool(result) => all.say("user", vec![tool_result(result, lost)]),
        }
    }
    if all.turns.first().is_none_or(|(role, _)| *role == "assistant") {
        all.turns.insert(0, ("user", vec![text("Continue.")]));
    }
    if let Some(("assistant", blocks)) = all.turns.last_mut() {
        if !model.prefill {
            lost.note("a conversation that ends with the assistant's words");
        }
        trim_end(blocks);
    }
    if !all.system.is_empty() {
        body.insert("system".into(), std::mem::take(&mut all.system).into());
    }
    body.insert("messages".into(), all.written("content"));
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

/// The words to be continued must not end in white space.
fn trim_end(blocks: &mut [Value]) {
    if let Some(Value::String(text)) = blocks.last_mut().and_then(|block| block.get_mut("text")) {
        text.truncate(text.trim_end().len());
    }
}

/// Blocks of a user's turn or a tool's result; texts without a word are refused there, and left out.
fn content(parts: &[Part], lost: &mut Lost) -> Vec<Value> {
    parts.iter().filter_map(|part| block(part, lost)).collect()
}

fn block(part: &Part, lost: &mut Lost) -> Option<Value> {
    match part {
        Part::Text(words) => (!words.trim().is_empty()).then(|| text(words)),
        Part::Image(image) => {
            let source = match &image.source {
                ImageSource::Url(url) => json!({ "type": "url", "url": url }),
                ImageSource::Base64 { media_type, data } => {
                    if !PICTURES.contains(&media_type.as_str()) {
                        lost.note(format!("images of type {media_type}"));
                    }
                    json!({ "type": "base64", "media_type": media_type, "data": data })
                }
            };
            Some(json!({ "type": "image", "source": source }))
        }
        Part::Other(kind, value) => match document(value) {
            Some((media_type, data, name)) if media_type == "application/pdf" => {
                let source = json!({ "type": "base64", "media_type": media_type, "data": data });
                let mut block = json!({ "type": "document", "source": source });
                if let (Some(fields), Some(name)) = (block.as_object_mut(), name) {
                    fields.insert("title".into(), name.into());
                }
                Some(block)
            }
            _ => {
                lost.note(format!("content of type {kind}"));
                None
            }
        },
    }
}

fn assistant(turn: &Turn, lost: &mut Lost) -> Vec<Value> {
    let mut blocks = Vec::new();
    // With more than one signature it cannot be told which words each of them belongs to.
    let lone = turn.sealed.iter().filter(|it| matches!(it, Sealed::Signature(_))).count() == 1;
    for sealed in &turn.sealed {
        match sealed {
            Sealed::Signature(signature) if lone => {
                let thinking = turn.reasoning.as_deref().unwrap_or_default();
                blocks.push(json!({ "type": "thinking", "thinking": thinking, "signature": signature }));
            }
            Sealed::Signature(_) => {}
            Sealed::Redacted(data) => blocks.push(json!({ "type": "redacted_thinking", "data": data })),
        }
    }
    blocks.extend(content(&turn.parts, lost));
    for call in &turn.tool_calls {
        let Some(input) = arguments(&call.arguments) else {
            lost.note("tool call arguments that are not a JSON object");
            continue;
        };
        let id = fitting_id(&call.id);
        blocks.push(json!({ "type": "tool_use", "id": id, "name": call.name, "input": input }));
    }
    blocks
}

fn tool_result(result: &ToolResult, lost: &mut Lost) -> Value {
    let mut block = json!({ "type": "tool_result", "tool_use_id": fitting_id(&result.call_id) });
    if let Some(fields) = block.as_object_mut() {
        let parts = content(&result.parts, lost);
        if !parts.is_empty() {
            fields.insert("content".into(), parts.into());
        }
        if result.is_error {
            fields.insert("is_error".into(), true.into());
        }
    }
    block
}

/// The form of the answer. True where the model must be made to call [`JSON_TOOL`] for it.
fn format(request: &Request, model: &Model, body: &mut Map<String, Value>, lost: &mut Lost) -> bool {
    match &request.format {
        Format::Text => return false,
        Format::Schema { schema, .. } if model.schema => {
            configure(body, "format", json!({ "type": "json_schema", "schema": schema }));
            return false;
        }
        Format::Json | Format::Schema { .. } => {}
    }
    if !request.tools.is_empty() || !model.forced {
        lost.note("response_format");
    }
    true
}

/// Sets a field of `output_config`.
fn configure(body: &mut Map<String, Value>, name: &str, value: Value) {
    let config = body.entry("output_config").or_insert_with(|| json!({}));
    if let Some(fields) = config.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
}

fn tools(request: &Request, model: &Model, json_tool: bool, body: &mut Map<String, Value>, lost: &mut Lost) {
    if json_tool {
        let schema = match &request.format {
            Format::Schema { schema, .. } => schema.clone(),
            _ => json!({ "type": "object", "additionalProperties": true }),
        };
        let description = "Gives the answer, as JSON.";
        let tool = json!({ "name": JSON_TOOL, "description": description, "input_schema": schema });
        body.insert("tools".into(), json!([tool]));
        body.insert("tool_choice".into(), json!({ "type": "tool", "name": JSON_TOOL }));
        return;
    }
    if request.tools.is_empty() {
        return;
    }
    body.insert("tools".into(), request.tools.iter().map(tool).collect());
    let mut choice = match &request.tool_choice {
        None | Some(ToolChoice::Auto) => json!({ "type": "auto" }),
        Some(ToolChoice::Never) => json!({ "type": "none" }),
        Some(ToolChoice::Required) => json!({ "type": "any" }),
        Some(ToolChoice::Named(name)) => json!({ "type": "tool", "name": name }),
        Some(ToolChoice::Other(kind)) => {
            lost.note(format!("tool_choice of type {kind}"));
            return;
        }
    };
    if is_forced(request) && !model.forced {
        lost.note("tool_choice");
    }
    let never = request.tool_choice == Some(ToolChoice::Never);
    if let (Some(false), false, Some(fields)) = (request.parallel_tool_calls, never, choice.as_object_mut()) {
        fields.insert("disable_parallel_tool_use".into(), true.into());
    }
    if request.tool_choice.is_some() || request.parallel_tool_calls == Some(false) {
        body.insert("tool_choice".into(), choice);
    }
}

fn tool(tool: &crate::exchange::Tool) -> Value {
    let schema = tool.parameters.clone().unwrap_or_else(|| json!({ "type": "object", "properties": {} }));
    let mut body = json!({ "name": tool.name, "input_schema": schema });
    if let Some(fields) = body.as_object_mut() {
        let description = tool.description.clone().map(|it| ("description".to_owned(), it.into()));
        let strict = tool.strict.filter(|it| *it).map(|it| ("strict".to_owned(), it.into()));
        fields.extend(description.into_iter().chain(strict));
    }
    body
}

fn is_forced(request: &Request) -> bool {
    matches!(request.tool_choice, Some(ToolChoice::Required | ToolChoice::Named(_)))
}

/// Asks for reasoning where the client did and the model can. True when it will reason.
fn thinking(
    request: &Request,
    model: &Model,
    cap: u32,
    body: &mut Map<String, Value>,
    lost: &mut Lost,
) -> bool {
    let budget = request.thinking_budget;
    let effort = request.effort.as_deref().or_else(|| budget.map(effort_of));
    let Some(effort) = effort.filter(|it| *it != "none" && budget != Some(0)) else { return false };
    let forced = is_forced(request) && !request.tools.is_empty();
    let budget = claude::budget(budget.unwrap_or_else(|| budget_of(effort)), cap);
    match (model.thinking, budget) {
        _ if forced => {}
        (Thinking::Adaptive, _) => {
            body.insert("thinking".into(), json!({ "type": "adaptive" }));
            let effort = if effort == "minimal" { "low" } else { effort };
            configure(body, "effort", effort.into());
            return true;
        }
        // A turn that called tools must then begin with its sealed reasoning, which another tier cannot have.
        (Thinking::Budget, Some(budget)) if !calls_without_seal(request) => {
            body.insert("thinking".into(), json!({ "type": "enabled", "budget_tokens": budget }));
            return true;
        }
        _ => {}
    }
    lost.left_out("reasoning");
    false
}

fn sampling(request: &Request, model: &Model, thinks: bool, body: &mut Map<String, Value>, lost: &mut Lost) {
    let sampling = &request.sampling;
    let mut put = |name: &str, value: Option<Value>, taken: bool| match value {
        Some(value) if taken => drop(body.insert(name.to_owned(), value)),
        Some(_) => lost.left_out(name),
        None => {}
    };
    let takes = model.sampling && !thinks;
    put("temperature", sampling.temperature.map(|it| it.clamp(0.0, 1.0).into()), takes);
    // Newer models refuse the two together.
    put("top_p", sampling.top_p.map(Value::from), takes && sampling.temperature.is_none());
    put("top_k", sampling.top_k.filter(|k| *k > 0).map(Value::from), takes);
    put("min_p", sampling.min_p.map(Value::from), false);
    put("seed", sampling.seed.map(Value::from), false);
    put("presence_penalty", sampling.presence_penalty.filter(|it| *it != 0.0).map(Value::from), false);
    put("frequency_penalty", sampling.frequency_penalty.filter(|it| *it != 0.0).map(Value::from), false);
}
