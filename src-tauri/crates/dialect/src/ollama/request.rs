//! Requests: the exchange model to `/api/chat`.
//!
//! What shapes the answer and has no word here makes the request unfit for this server; what is only a hint is dropped
//! and named.

use serde_json::{Map, Value, json};

use crate::{
    carry::effort_of,
    error::Unfit,
    exchange::{Format, Image, ImageSource, Message, Part, Request, ToolCall, ToolChoice, ToolResult, Turn},
    forced::Forced,
    openai::tool,
    wire::Prepared,
};

/// Writes a request. The server's context size (`num_ctx`) is left alone.
///
/// # Errors
/// Something in it shapes the answer and has no word here; all of it is named.
pub fn write_request(request: &Request) -> Result<Prepared, Unfit> {
    let mut lost = Lost::default();
    let mut messages = messages(&request.messages, &mut lost);
    let forced = Forced::of(request);
    check_choices(request, forced.as_ref(), &mut lost);
    let (extra_options, mut dropped) = extra(&request.extra, &mut lost);
    if !lost.0.is_empty() {
        return Err(Unfit::CannotCarry(lost.0));
    }
    if let Some(forced) = &forced {
        instruct(&mut messages, &forced.note());
        dropped.push("tool_choice (sent as format)".into());
    }
    let mut body = Map::new();
    body.insert("model".into(), request.model.clone().into());
    body.insert("messages".into(), messages.into());
    if forced.is_none() && !request.tools.is_empty() && request.tool_choice != Some(ToolChoice::Never) {
        body.insert("tools".into(), request.tools.iter().map(tool).collect());
    }
    match &request.format {
        Format::Text => drop(forced.map(|forced| body.insert("format".into(), forced.schema()))),
        Format::Json => drop(body.insert("format".into(), "json".into())),
        Format::Schema { schema, .. } => drop(body.insert("format".into(), schema.clone())),
    }
    match (request.effort.as_deref(), request.thinking_budget) {
        (Some(effort), _) => drop(body.insert("think".into(), think(effort))),
        (None, Some(tokens)) if tokens == 0 || thinks(&request.model) => {
            body.insert("think".into(), think(effort_of(tokens)));
        }
        // Asked to think, a model that cannot would make the server refuse; whoever sets a budget does so for any model.
        (None, Some(_)) => dropped.push("reasoning".into()),
        (None, None) => {}
    }
    // Streams are this server's default: say it either way.
    body.insert("stream".into(), request.stream.into());
    body.insert("truncate".into(), false.into());
    let mut options = options(request);
    options.extend(extra_options);
    if !options.is_empty() {
        body.insert("options".into(), options.into());
    }
    Ok(Prepared { body: Value::Object(body).to_string().into(), dropped })
}

/// What cannot be carried.
#[derive(Default)]
struct Lost(Vec<String>);

impl Lost {
    fn note(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.0.contains(&what) {
            self.0.push(what);
        }
    }
}

fn check_choices(request: &Request, forced: Option<&Forced>, lost: &mut Lost) {
    if request.n.is_some_and(|n| n > 1) {
        lost.note("n");
    }
    // One form only can be asked for, and that of a call needs a tool that is offered.
    let can = forced.is_some() && request.format == Format::Text;
    let must = matches!(
        request.tool_choice,
        Some(ToolChoice::Required | ToolChoice::Named(_) | ToolChoice::Other(_))
    );
    if must && !can {
        lost.note("tool_choice");
    }
}

fn options(request: &Request) -> Map<String, Value> {
    let sampling = &request.sampling;
    let all = [
        ("num_predict", request.max_tokens.map(Value::from)),
        ("temperature", sampling.temperature.map(Value::from)),
        ("top_p", sampling.top_p.map(Value::from)),
        ("top_k", sampling.top_k.map(Value::from)),
        ("min_p", sampling.min_p.map(Value::from)),
        ("seed", sampling.seed.map(Value::from)),
        ("presence_penalty", sampling.presence_penalty.map(Value::from)),
        ("frequency_penalty", sampling.frequency_penalty.map(Value::from)),
        ("stop", Some(&request.stop).filter(|it| !it.is_empty()).map(|it| json!(it))),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// Models that think, by how their names begin, and pieces of the names of those that do not, all the same.
const THINKERS: [&str; 9] = [
    "gpt-oss",
    "qwen3",
    "qwq",
    "deepseek-r1",
    "deepseek-v3.1",
    "magistral",
    "phi4-reasoning",
    "cogito",
    "glm-4.",
];
const NO_THINKERS: [&str; 2] = ["coder", "instruct"];

fn thinks(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or_default();
    let begins = THINKERS.iter().any(|start| name.starts_with(start));
    begins && !NO_THINKERS.iter().any(|piece| name.contains(piece))
}

fn think(effort: &str) -> Value {
    match effort {
        "none" => false.into(),
        "minimal" => "low".into(),
        "xhigh" => "high".into(),
        other => other.into(),
    }
}

/// Sorts the fields that the exchange model has no word for: options of this server, names of dropped hints, and what
/// cannot be carried.
fn extra(extra: &Map<String, Value>, lost: &mut Lost) -> (Map<String, Value>, Vec<String>) {
    let (mut options, mut dropped) = (Map::new(), Vec::new());
    for (name, value) in extra {
        match name.as_str() {
            _ if says_nothing(value) => {}
            "repetition_penalty" => drop(options.insert("repeat_penalty".into(), value.clone())),
            "modalities" if *value == json!(["text"]) => {}
            "logprobs" | "top_logprobs" | "logit_bias" | "modalities" | "audio" | "functions"
            | "function_call" | "web_search_options" | "grammar" | "structured_outputs" | "min_tokens" => {
                lost.note(name)
            }
            _ => dropped.push(name.clone()),
        }
    }
    (options, dropped)
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Bool(true) => false,
    }
}

/// Adds to the instructions.
fn instruct(messages: &mut Vec<Value>, note: &str) {
    match messages.first_mut() {
        Some(first) if first["role"] == "system" => {
            let own = first["content"].as_str().unwrap_or_default();
            first["content"] = format!("{own}\n\n{note}").into();
        }
        _ => messages.insert(0, json!({ "role": "system", "content": note })),
    }
}

fn messages(all: &[Message], lost: &mut Lost) -> Vec<Value> {
    let mut calls: Vec<&ToolCall> = Vec::new();
    let mut written = Vec::new();
    for message in all {
        written.push(match message {
            Message::System(parts) => said("system", parts, lost),
            Message::User(parts) => said("user", parts, lost),
            Message::Assistant(turn) => {
                calls.extend(&turn.tool_calls);
                assistant(turn, lost)
            }
            Message::Tool(result) => tool_result(result, &calls, lost),
        });
    }
    written
}

fn said(role: &str, parts: &[Part], lost: &mut Lost) -> Value {
    let (mut texts, mut images) = (Vec::new(), Vec::new());
    for part in parts {
        match part {
            Part::Text(text) => texts.push(text.as_str()),
            Part::Image(Image { source: ImageSource::Base64 { data, .. }, .. }) => images.push(data.as_str()),
            Part::Image(_) => lost.note("images by URL"),
            Part::Other(kind, _) => lost.note(format!("content of type {kind}")),
        }
    }
    let mut body = json!({ "role": role, "content": texts.join("\n") });
    if !images.is_empty()
        && let Some(fields) = body.as_object_mut()
    {
        fields.insert("images".into(), images.into());
    }
    body
}

fn assistant(turn: &Turn, lost: &mut Lost) -> Value {
    let mut body = said("assistant", &turn.parts, lost);
    let Some(fields) = body.as_object_mut() else { return body };
    if let Some(reasoning) = &turn.reasoning {
        fields.insert("thinking".into(), reasoning.clone().into());
    }
    if !turn.tool_calls.is_empty() {
        let calls: Vec<Value> =
            (0..).zip(&turn.tool_calls).map(|(at, call)| tool_call(at, call, lost)).collect();
        fields.insert("tool_calls".into(), calls.into());
    }
    body
}

fn tool_call(index: usize, call: &ToolCall, lost: &mut Lost) -> Value {
    let arguments = match call.arguments.trim() {
        "" => Some(json!({})),
        text => serde_json::from_str::<Value>(text).ok().filter(Value::is_object),
    };
    let Some(arguments) = arguments else {
        lost.note("tool call arguments that are not a JSON object");
        return Value::Null;
    };
    json!({ "id": call.id, "function": { "index": index, "name": call.name, "arguments": arguments } })
}

fn tool_result(result: &ToolResult, calls: &[&ToolCall], lost: &mut Lost) -> Value {
    let mut body = said("tool", &result.parts, lost);
    // The latest call of that id: some clients count from 0 in every turn.
    let called = calls.iter().rev().find(|call| call.id == result.call_id);
    let name = result.name.clone().or_else(|| called.map(|call| call.name.clone()));
    if let Some(fields) = body.as_object_mut() {
        fields.insert("tool_call_id".into(), result.call_id.clone().into());
        if let Some(name) = name {
            fields.insert("tool_name".into(), name.into());
        }
    }
    body
}
