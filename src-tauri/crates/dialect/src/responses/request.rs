//! Requests: bytes to what routing needs, and to the exchange model.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{item::full_name, kinds};

use crate::{
    error::BadRequest,
    exchange::{
        ALLOWED_TOOLS, Format, Image, ImageSource, Message, Part, Request, Sampling, Tool, ToolCall,
        ToolChoice, ToolResult, Turn,
    },
    fields::{Placed, scan},
    openai::allowed_mode,
    peek::{Peek, forces_tool, not_json, parse, token_cap, unreadable},
    take::{boolean, cap, list, object, real, required, string, take, wrong},
};

/// Reads what routing needs.
///
/// # Errors
/// The body is not a JSON object, names no model, has no input, or asks for what nobody can answer here.
pub fn peek(body: &[u8]) -> Result<Peek, BadRequest> {
    let mut peek = Peek::blank(body);
    let (mut input, mut wrong) = (false, None);
    scan(body, b"image_url", |name, value| {
        let read = match name {
            "model" => parse::<Option<String>>(&value, name, "a string")
                .map(|it| peek.model = it.unwrap_or_default()),
            "input" => {
                input |= value.starts_with(b'"') || value.has_items();
                peek.has_images |= value.watched;
                Ok(())
            }
            // A conversation that is stored elsewhere, or a stored prompt, is input as well.
            "prompt" | "conversation" | "previous_response_id" => {
                input |= !value.is_null();
                Ok(())
            }
            _ => option(&mut peek, name, &value),
        };
        if let Err(error) = read {
            wrong.get_or_insert(error);
        }
    })
    .map_err(|error| not_json(body, error))?;
    if let Some(error) = wrong {
        return Err(error);
    }
    if peek.model.is_empty() {
        return Err(missing("model", "The request names no model: set `model`."));
    }
    if !input {
        return Err(missing("input", "The request has no input: set `input` to a text or a list of items."));
    }
    peek.stream_usage = true;
    Ok(peek)
}

fn option(peek: &mut Peek, name: &str, value: &Placed<'_>) -> Result<(), BadRequest> {
    match name {
        "stream" => peek.stream = parse::<Option<bool>>(value, name, "true or false")?.unwrap_or_default(),
        "tools" => peek.has_tools |= value.has_items(),
        "tool_choice" => peek.forces_tool = forces_tool(value),
        "max_output_tokens" => peek.max_tokens = token_cap(value, name)?,
        "background" if parse::<Option<bool>>(value, name, "true or false")? == Some(true) => {
            let message =
                "`background` cannot be carried: an answer cannot be fetched here later. Leave it out.";
            return Err(BadRequest::new(message, Some(name), Some("unsupported_parameter")));
        }
        "text" => {
            let text = parse::<Option<Value>>(value, name, "an object")?.unwrap_or_default();
            let kind = text.pointer("/format/type").and_then(Value::as_str).unwrap_or_default();
            peek.wants_json = kind.starts_with("json");
            peek.wants_schema = kind == "json_schema";
        }
        _ => {}
    }
    Ok(())
}

fn missing(name: &str, message: &str) -> BadRequest {
    BadRequest::new(message, Some(name), Some("missing_required_parameter"))
}

/// Reads a request.
///
/// # Errors
/// It is not JSON, or a field that is looked at is not what it should be; the error names the field.
pub fn read_request(body: &[u8]) -> Result<Request, BadRequest> {
    let Ok(Value::Object(mut fields)) = serde_json::from_slice(body) else {
        return Err(unreadable(body, "The body must be a JSON object."));
    };
    let fields = &mut fields;
    let mut request = Request { model: string(fields, "model")?.unwrap_or_default(), ..Request::default() };
    if let Some(instructions) = string(fields, "instructions")?.filter(|it| !it.is_empty()) {
        request.messages.push(Message::System(vec![Part::Text(instructions)]));
    }
    input(take(fields, "input"), &mut request)?;
    for (at, value) in list(fields, "tools")?.unwrap_or_default().into_iter().enumerate() {
        tool(value, &format!("tools[{at}]"), &mut request)?;
    }
    // What was searched for more than once is offered once.
    let mut names = HashSet::new();
    request.tools.retain(|tool| names.insert(tool.name.clone()));
    if let Some(choice) = take(fields, "tool_choice") {
        tool_choice(choice, &mut request)?;
    }
    request.parallel_tool_calls = boolean(fields, "parallel_tool_calls")?;
    text(fields, &mut request)?;
    reasoning(fields, &mut request)?;
    request.max_tokens = cap(fields, "max_output_tokens")?;
    request.sampling = Sampling {
        temperature: real(fields, "temperature")?,
        top_p: real(fields, "top_p")?,
        ..Sampling::default()
    };
    request.stream = boolean(fields, "stream")?.unwrap_or_default();
    request.stream_usage = request.stream;
    leftovers(std::mem::take(fields), &mut request);
    Ok(request)
}

/// Fields that the exchange model has no word for.
fn leftovers(fields: Map<String, Value>, request: &mut Request) {
    for (name, value) in fields {
        match (name.as_str(), &value) {
            // What says nothing, or what is so here anyway.
            (_, Value::Null | Value::Bool(false)) => {}
            ("truncation", Value::String(word)) if word == "disabled" => {}
            ("service_tier", Value::String(word)) if word == "auto" || word == "default" => {}
            ("top_logprobs", Value::Number(number)) if number.as_u64() == Some(0) => {}
            (_, Value::Array(items)) if items.is_empty() => {}
            (_, Value::Object(items)) if items.is_empty() => {}
            ("user", _) => drop(request.extra.insert(name, value)),
            ("previous_response_id" | "conversation" | "prompt" | "context_management", _) => {
                request.bound.push(name);
            }
            ("top_logprobs", _) => request.bound.push(name),
            _ => request.dropped.push(name),
        }
    }
}

fn input(value: Option<Value>, request: &mut Request) -> Result<(), BadRequest> {
    match value {
        None => Ok(()),
        Some(Value::String(text)) => {
            request.messages.push(Message::User(vec![Part::Text(text)]));
            Ok(())
        }
        Some(Value::Array(items)) => {
            for (at, value) in items.into_iter().enumerate() {
                item(value, &format!("input[{at}]"), request)?;
            }
            Ok(())
        }
        Some(_) => Err(wrong("input", "a string or a list of items")),
    }
}

fn item(value: Value, path: &str, request: &mut Request) -> Result<(), BadRequest> {
    let mut fields = object(value, path)?;
    let kind = string(&mut fields, "type")?.unwrap_or_else(|| "message".into());
    match kind.as_str() {
        "message" => message(fields, path, request)?,
        "function_call" => {
            let call = ToolCall {
                id: required(&mut fields, "call_id", path)?,
                name: called(&mut fields, path)?,
                arguments: string(&mut fields, "arguments")?.unwrap_or_default(),
            };
            with_turn(request, |turn| turn.tool_calls.push(call));
        }
        "custom_tool_call" => {
            let call = ToolCall {
                id: required(&mut fields, "call_id", path)?,
                name: called(&mut fields, path)?,
                arguments: kinds::arguments(&string(&mut fields, "input")?.unwrap_or_default()),
            };
            with_turn(request, |turn| turn.tool_calls.push(call));
        }
        "tool_search_call" => {
            let call = ToolCall {
                id: required(&mut fields, "call_id", path)?,
                name: kinds::SEARCH.into(),
                arguments: take(&mut fields, "arguments").unwrap_or_else(|| Map::new().into()).to_string(),
            };
            with_turn(request, |turn| turn.tool_calls.push(call));
        }
        "tool_search_output" => {
            let call_id = required(&mut fields, "call_id", path)?;
            let tools = list(&mut fields, "tools")?.unwrap_or_default();
            let parts = vec![Part::Text(kinds::found(&tools))];
            request.messages.push(Message::Tool(ToolResult { call_id, parts, ..ToolResult::default() }));
            for (at, value) in tools.into_iter().enumerate() {
                tool(value, &format!("{path}.tools[{at}]"), request)?;
            }
        }
        "function_call_output" | "custom_tool_call_output" => {
            let call_id = required(&mut fields, "call_id", path)?;
            let parts = content(take(&mut fields, "output"), &format!("{path}.output"), request)?;
            request.messages.push(Message::Tool(ToolResult { call_id, parts, ..ToolResult::default() }));
        }
        "reasoning" => thought(&fields, request),
        _ => bind(request, format!("input items of type {kind}")),
    }
    Ok(())
}

/// The name of a tool that was called, with its namespace.
fn called(fields: &mut Map<String, Value>, path: &str) -> Result<String, BadRequest> {
    let name = required(fields, "name", path)?;
    Ok(string(fields, "namespace")?.map_or_else(|| name.clone(), |space| full_name(&space, &name)))
}

fn message(mut fields: Map<String, Value>, path: &str, request: &mut Request) -> Result<(), BadRequest> {
    let role = required(&mut fields, "role", path)?;
    let parts = content(take(&mut fields, "content"), &format!("{path}.content"), request)?;
    match role.as_str() {
        "system" | "developer" => instruct(parts, request),
        "user" => request.messages.push(Message::User(parts)),
        "assistant" => {
            if !may_speak(request) {
                request.messages.push(Message::Assistant(Turn::default()));
            }
            with_turn(request, |turn| turn.parts.extend(parts));
        }
        _ => return Err(wrong(&format!("{path}.role"), "system, developer, user or assistant")),
    }
    Ok(())
}

/// Instructions in a row become one message: some chat templates refuse a second one.
fn instruct(parts: Vec<Part>, request: &mut Request) {
    let Some(Message::System(before)) = request.messages.last_mut() else {
        return request.messages.push(Message::System(parts));
    };
    for part in parts {
        match (before.last_mut(), part) {
            (Some(Part::Text(last)), Part::Text(text)) => *last = format!("{last}\n\n{text}"),
            (_, part) => before.push(part),
        }
    }
}

/// Adds to the assistant's turn that goes on: what it thinks, says and calls in a row is one.
fn with_turn(request: &mut Request, add: impl FnOnce(&mut Turn)) {
    if let Some(Message::Assistant(turn)) = request.messages.last_mut() {
        return add(turn);
    }
    let mut turn = Turn::default();
    add(&mut turn);
    request.messages.push(Message::Assistant(turn));
}

/// Whether the last message is a turn of the assistant that has called no tool yet, so that it may still speak.
fn may_speak(request: &Request) -> bool {
    matches!(request.messages.last(), Some(Message::Assistant(turn)) if turn.tool_calls.is_empty())
}

/// A reasoning item: its text, and never its sealed part, which only the account that made it can open.
fn thought(fields: &Map<String, Value>, request: &mut Request) {
    let texts = |name: &str| {
        let parts = fields.get(name).and_then(Value::as_array).into_iter().flatten();
        parts.filter_map(|part| part.get("text")?.as_str()).collect::<Vec<_>>().join("\n\n")
    };
    let text = [texts("content"), texts("summary")].into_iter().find(|text| !text.is_empty());
    if fields.get("encrypted_content").is_some_and(Value::is_string) {
        note(&mut request.dropped, "encrypted reasoning".into());
    }
    if let Some(text) = text {
        // It belongs to what follows it.
        let begins = |turn: &Turn| turn.parts.is_empty() && turn.tool_calls.is_empty();
        if !matches!(request.messages.last(), Some(Message::Assistant(turn)) if begins(turn)) {
            request.messages.push(Message::Assistant(Turn::default()));
        }
        with_turn(request, |turn| {
            turn.reasoning = Some(match turn.reasoning.take() {
                Some(before) => format!("{before}\n\n{text}"),
                None => text,
            });
        });
    }
}

fn content(value: Option<Value>, path: &str, request: &mut Request) -> Result<Vec<Part>, BadRequest> {
    match value {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![Part::Text(text)]),
        Some(Value::Array(parts)) => {
            let each = parts.into_iter().enumerate();
            each.map(|(at, value)| part(value, &format!("{path}[{at}]"), request)).collect()
        }
        Some(_) => Err(wrong(path, "a string or a list of parts")),
    }
}

fn part(value: Value, path: &str, request: &mut Request) -> Result<Part, BadRequest> {
    let mut fields = object(value, path)?;
    let kind = required(&mut fields, "type", path)?;
    match kind.as_str() {
        "input_text" | "output_text" | "text" => Ok(Part::Text(required(&mut fields, "text", path)?)),
        "refusal" => Ok(Part::Text(required(&mut fields, "refusal", path)?)),
        "input_image" => {
            let detail = string(&mut fields, "detail")?;
            let Some(url) = string(&mut fields, "image_url")? else {
                bind(request, "images by file_id".into());
                return Ok(Part::Text(String::new()));
            };
            Ok(Part::Image(Image { source: ImageSource::of_url(url), detail }))
        }
        "input_file" => {
            if let Some(name) = ["file_id", "file_url"].into_iter().find(|name| fields.contains_key(*name)) {
                bind(request, format!("files by {name}"));
            }
            Ok(Part::Other("file".into(), serde_json::json!({ "type": "file", "file": fields })))
        }
        other => {
            bind(request, format!("content of type {other}"));
            Ok(Part::Text(String::new()))
        }
    }
}

fn tool(value: Value, path: &str, request: &mut Request) -> Result<(), BadRequest> {
    let mut fields = object(value, path)?;
    let kind = required(&mut fields, "type", path)?;
    let name = |fields: &mut Map<String, Value>| required(fields, "name", path);
    match kind.as_str() {
        "function" => {
            let name = name(&mut fields)?;
            function(fields, name, request)
        }
        "custom" => {
            let name = name(&mut fields)?;
            request.tools.push(kinds::custom(fields, name)?);
            Ok(())
        }
        "tool_search" if fields.get("execution").is_some_and(|it| it == "client") => {
            request.tools.push(kinds::search(fields)?);
            Ok(())
        }
        "namespace" => {
            let space = name(&mut fields)?;
            for (at, value) in list(&mut fields, "tools")?.unwrap_or_default().into_iter().enumerate() {
                let mut inner = object(value, &format!("{path}.tools[{at}]"))?;
                let name = required(&mut inner, "name", &format!("{path}.tools[{at}]"))?;
                function(inner, full_name(&space, &name), request)?;
            }
            Ok(())
        }
        _ => {
            bind(request, format!("tools of type {kind}"));
            Ok(())
        }
    }
}

fn function(mut fields: Map<String, Value>, name: String, request: &mut Request) -> Result<(), BadRequest> {
    request.tools.push(Tool {
        name,
        description: string(&mut fields, "description")?,
        parameters: take(&mut fields, "parameters"),
        strict: boolean(&mut fields, "strict")?,
    });
    Ok(())
}

fn tool_choice(value: Value, request: &mut Request) -> Result<(), BadRequest> {
    request.tool_choice = Some(match value.as_str() {
        Some("auto") => ToolChoice::Auto,
        Some("none") => ToolChoice::Never,
        Some("required") => ToolChoice::Required,
        Some(_) => return Err(wrong("tool_choice", "auto, none, required or an object")),
        None => {
            let mut fields = object(value, "tool_choice")?;
            match required(&mut fields, "type", "tool_choice")?.as_str() {
                "function" | "custom" => ToolChoice::Named(called(&mut fields, "tool_choice")?),
                ALLOWED_TOOLS => return allowed(fields, request),
                other => ToolChoice::Other(other.to_owned()),
            }
        }
    });
    Ok(())
}

/// Some of the tools only. Those that are no function of the client's make a request one for `OpenAI` where they are offered.
fn allowed(mut fields: Map<String, Value>, request: &mut Request) -> Result<(), BadRequest> {
    request.tool_choice = Some(allowed_mode(&mut fields, "tool_choice")?);
    let mut names = Vec::new();
    for (at, value) in list(&mut fields, "tools")?.unwrap_or_default().into_iter().enumerate() {
        let path = format!("tool_choice.tools[{at}]");
        let mut tool = object(value, &path)?;
        match required(&mut tool, "type", &path)?.as_str() {
            "function" | "custom" => names.push(called(&mut tool, &path)?),
            "tool_search" => names.push(kinds::SEARCH.to_owned()),
            _ => {}
        }
    }
    request.allow_only(&names);
    Ok(())
}

fn text(fields: &mut Map<String, Value>, request: &mut Request) -> Result<(), BadRequest> {
    let Some(value) = take(fields, "text") else { return Ok(()) };
    let mut text = object(value, "text")?;
    if let Some(verbosity) = string(&mut text, "verbosity")?.filter(|it| it != "medium") {
        request.extra.insert("verbosity".into(), verbosity.into());
    }
    let Some(format) = take(&mut text, "format") else { return Ok(()) };
    let mut format = object(format, "text.format")?;
    request.format = match required(&mut format, "type", "text.format")?.as_str() {
        "text" => Format::Text,
        "json_object" => Format::Json,
        "json_schema" => Format::Schema {
            name: string(&mut format, "name")?.unwrap_or_default(),
            schema: take(&mut format, "schema").unwrap_or_else(|| Value::Object(Map::new())),
            strict: boolean(&mut format, "strict")?,
        },
        _ => return Err(wrong("text.format.type", "text, json_object or json_schema")),
    };
    Ok(())
}

fn reasoning(fields: &mut Map<String, Value>, request: &mut Request) -> Result<(), BadRequest> {
    let Some(value) = take(fields, "reasoning") else { return Ok(()) };
    request.effort = string(&mut object(value, "reasoning")?, "effort")?;
    Ok(())
}

/// Only a tier that speaks this dialect can carry it.
fn bind(request: &mut Request, what: String) {
    note(&mut request.bound, what);
}

fn note(list: &mut Vec<String>, what: String) {
    if !list.contains(&what) {
        list.push(what);
    }
}
