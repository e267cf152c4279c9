//! Requests: the exchange model to bytes. The model and whether a stream is wanted stand in the URL, not here.

use serde_json::{Map, Value, json};

use super::JSON_TOOL;
use crate::{
    carry::{Lost, Turns, arguments, budget_of, document, effort_of, fitting_id},
    claude::{self, Model, Thinking},
    error::Unfit,
    exchange::{Format, Image, ImageSource, Message, Part, Request, Sealed, ToolChoice, ToolResult, Turn},
    wire::Prepared,
};

/// Writes a request.
///
/// # Errors
/// Something in it shapes the answer and has no word here; all of it is named.
pub fn write_request(request: &Request) -> Result<Prepared, Unfit> {
    let mut lost = Lost::default();
    lost.usual(request);
    let model = claude::of(&request.model).filter(|_| request.model.contains("claude"));
    let mut body = Map::new();
    conversation(request, model, &mut body, &mut lost);
    let json_tool = format(request, model, &mut body, &mut lost);
    tools(request, model, json_tool, &mut body, &mut lost);
    let mut extra = Map::new();
    let thinks = !json_tool && thinking(request, model, &mut extra, &mut lost);
    let config = config(request, model, thinks, &mut extra, &mut lost);
    if config.contains_key("stopSequences") && model.is_some() {
        // Claude then says which of them it met.
        body.insert("additionalModelResponseFieldPaths".into(), json!(["/stop_sequence"]));
    }
    if !extra.is_empty() {
        body.insert("additionalModelRequestFields".into(), extra.into());
    }
    if !config.is_empty() {
        body.insert("inferenceConfig".into(), config.into());
    }
    lost.finish(body)
}

fn conversation(request: &Request, model: Option<&Model>, body: &mut Map<String, Value>, lost: &mut Lost) {
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
        all.turns.insert(0, ("user", vec![json!({ "text": "Continue." })]));
    }
    if all.ends_with("assistant") && !model.is_none_or(|model| model.prefill) {
        lost.note("a conversation that ends with the assistant's words");
    }
    if !all.system.is_empty() {
        body.insert("system".into(), std::mem::take(&mut all.system).into());
    }
    body.insert("messages".into(), all.written("content"));
}

fn content(parts: &[Part], lost: &mut Lost) -> Vec<Value> {
    parts.iter().filter_map(|part| block(part, lost)).collect()
}

fn block(part: &Part, lost: &mut Lost) -> Option<Value> {
    match part {
        Part::Text(text) => (!text.trim().is_empty()).then(|| json!({ "text": text })),
        Part::Image(image) => picture(image, lost),
        Part::Other(kind, value) => match document(value) {
            Some((media_type, data, name)) if media_type == "application/pdf" => {
                let name = document_name(name.as_deref());
                Some(json!({ "document": { "format": "pdf", "name": name, "source": { "bytes": data } } }))
            }
            _ => {
                lost.note(format!("content of type {kind}"));
                None
            }
        },
    }
}

fn picture(image: &Image, lost: &mut Lost) -> Option<Value> {
    let ImageSource::Base64 { media_type, data } = &image.source else {
        lost.note("images by URL");
        return None;
    };
    let format = match media_type.as_str() {
        "image/png" => "png",
        "image/jpeg" => "jpeg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        other => {
            lost.note(format!("images of type {other}"));
            return None;
        }
    };
    Some(json!({ "image": { "format": format, "source": { "bytes": data } } }))
}

/// A document must have a name, of few kinds of signs.
fn document_name(name: Option<&str>) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '(' | ')' | '[' | ']');
    let name: String =
        name.unwrap_or_default().chars().map(|c| if fits(c) { c } else { '-' }).take(100).collect();
    if name.is_empty() { "document".to_owned() } else { name }
}

fn assistant(turn: &Turn, lost: &mut Lost) -> Vec<Value> {
    let mut blocks = Vec::new();
    // With more than one signature it cannot be told which words each of them belongs to.
    let lone = turn.sealed.iter().filter(|it| matches!(it, Sealed::Signature(_))).count() == 1;
    for sealed in &turn.sealed {
        let reasoning = match sealed {
            Sealed::Signature(signature) if lone => {
                let text = turn.reasoning.as_deref().unwrap_or_default();
                json!({ "reasoningText": { "text": text, "signature": signature } })
            }
            Sealed::Signature(_) => continue,
            Sealed::Redacted(data) => json!({ "redactedContent": data }),
        };
        blocks.push(json!({ "reasoningContent": reasoning }));
    }
    blocks.extend(content(&turn.parts, lost));
    for call in &turn.tool_calls {
        let Some(input) = arguments(&call.arguments) else {
            lost.note("tool call arguments that are not a JSON object");
            continue;
        };
        let id = fitting_id(&call.id);
        blocks.push(json!({ "toolUse": { "toolUseId": id, "name": call.name, "input": input } }));
    }
    blocks
}

fn tool_result(result: &ToolResult, lost: &mut Lost) -> Value {
    let mut content = content(&result.parts, lost);
    if content.is_empty() {
        content.push(json!({ "text": "(no output)" }));
    }
    let status = if result.is_error { "error" } else { "success" };
    let id = fitting_id(&result.call_id);
    json!({ "toolResult": { "toolUseId": id, "content": content, "status": status } })
}

/// The form of the answer. True where the model must be made to call [`JSON_TOOL`] for it.
fn format(request: &Request, model: Option<&Model>, body: &mut Map<String, Value>, lost: &mut Lost) -> bool {
    match &request.format {
        Format::Text => return false,
        Format::Schema { name, schema, .. } if model.is_none_or(|model| model.schema) => {
            let name = if name.is_empty() { "answer" } else { name };
            let schema = json!({ "name": name, "schema": schema.to_string() });
            let format = json!({ "type": "json_schema", "structure": { "jsonSchema": schema } });
            body.insert("outputConfig".into(), json!({ "textFormat": format }));
            return false;
        }
        Format::Json | Format::Schema { .. } => {}
    }
    if !request.tools.is_empty() || model.is_some_and(|model| !model.forced) {
        lost.note("response_format");
    }
    true
}

fn tools(
    request: &Request,
    model: Option<&Model>,
    json_tool: bool,
    body: &mut Map<String, Value>,
    lost: &mut Lost,
) {
    if json_tool {
        let schema = match &request.format {
            Format::Schema { schema, .. } => schema.clone(),
            _ => json!({ "type": "object" }),
        };
        let spec = spec(JSON_TOOL, Some("Gives the answer, as JSON."), schema);
        body.insert(
            "toolConfig".into(),
            json!({ "tools": [spec], "toolChoice": { "tool": { "name": JSON_TOOL } } }),
        );
        return;
    }
    let called = called_tools(request);
    let never = request.tool_choice == Some(ToolChoice::Never);
    if never && !called.is_empty() {
        lost.note("tool_choice");
    }
    let object = || json!({ "type": "object", "properties": {} });
    let mut specs: Vec<Value> = Vec::new();
    if !never {
        specs.extend(request.tools.iter().map(|tool| {
            spec(&tool.name, tool.description.as_deref(), tool.parameters.clone().unwrap_or_else(object))
        }));
    }
    if specs.is_empty() {
        // A conversation with calls in it is refused without the tools' descriptions.
        specs.extend(called.into_iter().map(|name| spec(name, None, object())));
    }
    if specs.is_empty() {
        return;
    }
    let mut config = Map::from_iter([("tools".to_owned(), Value::from(specs))]);
    let forced = matches!(request.tool_choice, Some(ToolChoice::Required | ToolChoice::Named(_)));
    if forced && model.is_some_and(|model| !model.forced) {
        lost.note("tool_choice");
    }
    match &request.tool_choice {
        None | Some(ToolChoice::Never) => {}
        Some(ToolChoice::Auto) => drop(config.insert("toolChoice".into(), json!({ "auto": {} }))),
        Some(ToolChoice::Required) => drop(config.insert("toolChoice".into(), json!({ "any": {} }))),
        Some(ToolChoice::Named(name)) => {
            config.insert("toolChoice".into(), json!({ "tool": { "name": name } }));
        }
        Some(ToolChoice::Other(kind)) => lost.note(format!("tool_choice of type {kind}")),
    }
    body.insert("toolConfig".into(), config.into());
}

fn called_tools(request: &Request) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for message in &request.messages {
        if let Message::Assistant(turn) = message {
            names.extend(turn.tool_calls.iter().map(|call| call.name.as_str()));
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

fn spec(name: &str, description: Option<&str>, schema: Value) -> Value {
    let mut spec = json!({ "name": name, "inputSchema": { "json": schema } });
    if let (Some(fields), Some(description)) = (spec.as_object_mut(), description.filter(|it| !it.is_empty()))
    {
        fields.insert("description".into(), description.into());
    }
    json!({ "toolSpec": spec })
}

/// Asks for reasoning where the client did and the model can. True when it will reason.
fn thinking(
    request: &Request,
    model: Option<&Model>,
    extra: &mut Map<String, Value>,
    lost: &mut Lost,
) -> bool {
    let budget = request.thinking_budget;
    let effort = request.effort.as_deref().or_else(|| budget.map(effort_of));
    let Some(effort) = effort.filter(|it| *it != "none") else { return false };
    let forced = matches!(request.tool_choice, Some(ToolChoice::Required | ToolChoice::Named(_)));
    let able = model.filter(|_| !forced).map(|model| {
        let cap = request.max_tokens.unwrap_or(model.output);
        (model.thinking, claude::budget(budget.unwrap_or_else(|| budget_of(effort)), cap))
    });
    match able {
        Some((Thinking::Adaptive, _)) => {
            extra.insert("thinking".into(), json!({ "type": "adaptive" }));
            let effort = if effort == "minimal" { "low" } else { effort };
            extra.insert("output_config".into(), json!({ "effort": effort }));
            true
        }
        Some((Thinking::Budget, Some(budget))) if !claude::calls_without_seal(request) => {
            extra.insert("thinking".into(), json!({ "type": "enabled", "budget_tokens": budget }));
            true
        }
        _ => {
            lost.left_out("reasoning");
            false
        }
    }
}

fn config(
    request: &Request,
    model: Option<&Model>,
    thinks: bool,
    extra: &mut Map<String, Value>,
    lost: &mut Lost,
) -> Map<String, Value> {
    let sampling = &request.sampling;
    let takes = !thinks && model.is_none_or(|model| model.sampling);
    let mut config = Map::new();
    let cap = request.max_tokens.or(model.filter(|_| thinks).map(|model| model.output));
    if let Some(cap) = cap {
        config.insert("maxTokens".into(), cap.into());
    }
    let stop: Vec<&String> = request.stop.iter().filter(|text| !text.is_empty()).collect();
    if !stop.is_empty() {
        config.insert("stopSequences".into(), json!(stop));
    }
    let mut put = |name: &str, field: &str, value: Option<Value>, taken: bool| match value {
        Some(value) if taken => drop(config.insert(field.to_owned(), value)),
        Some(_) => lost.left_out(name),
        None => {}
    };
    put("temperature", "temperature", sampling.temperature.map(|it| it.clamp(0.0, 1.0).into()), takes);
    // Claude refuses the two together.
    let alone = model.is_none() || sampling.temperature.is_none();
    put("top_p", "topP", sampling.top_p.map(Value::from), takes && alone);
    put("seed", "", sampling.seed.map(Value::from), false);
    put("min_p", "", sampling.min_p.map(Value::from), false);
    put("presence_penalty", "", sampling.presence_penalty.filter(|it| *it != 0.0).map(Value::from), false);
    put("frequency_penalty", "", sampling.frequency_penalty.filter(|it| *it != 0.0).map(Value::from), false);
    match sampling.top_k.filter(|k| *k > 0) {
        Some(k) if takes && model.is_some() => drop(extra.insert("top_k".into(), k.into())),
        Some(_) => lost.left_out("top_k"),
        None => {}
    }
    config
}
