//! Requests of clients: bytes to the exchange model.

use serde_json::{Map, Value};

use crate::{
    carry::says_nothing,
    error::BadRequest,
    exchange::{
        Format, Image, ImageSource, Message, Part, Request, Sampling, Sealed, Tool, ToolCall, ToolChoice,
        ToolResult, Turn,
    },
    peek::unreadable,
    take::{boolean, cap, list, numbered, object, real, required, string, take, whole, wrong},
};

/// The field of a conversation that the server holds.
pub(crate) const THREAD: &str = "thread";

/// Reads a request.
///
/// # Errors
/// It is not JSON, or a field that is looked at is not what it should be; the error names the field.
pub fn read_request(body: &[u8]) -> Result<Request, BadRequest> {
    let Ok(Value::Object(mut fields)) = serde_json::from_slice(body) else {
        return Err(unreadable(body, "The body must be a JSON object."));
    };
    let fields = &mut fields;
    let mut request = Request {
        model: string(fields, "model")?.unwrap_or_default(),
        max_tokens: cap(fields, "max_tokens")?,
        stop: texts(fields, "stop_sequences")?,
        stream: boolean(fields, "stream")?.unwrap_or_default(),
        stream_usage: true,
        sampling: Sampling {
            temperature: real(fields, "temperature")?,
            top_p: real(fields, "top_p")?,
            top_k: whole(fields, "top_k")?,
            ..Sampling::default()
        },
        ..Request::default()
    };
    if let Some(system) = take(fields, "system") {
        request.messages.push(Message::System(content(Some(system), "system")?.parts));
    }
    let messages = list(fields, "messages")?.unwrap_or_default();
    for turn in numbered(messages, "messages", message)? {
        request.messages.extend(turn);
    }
    tools(fields, &mut request)?;
    tool_choice(fields, &mut request)?;
    thinking(fields, &mut request)?;
    output(fields, &mut request)?;
    rest(fields, &mut request);
    Ok(request)
}

/// Sorts what only this dialect has a word for: what shapes the answer, and what is a hint.
fn rest(fields: &mut Map<String, Value>, request: &mut Request) {
    let user = take(fields, "metadata").and_then(|it| it.get("user_id").cloned());
    request.extra.extend(user.map(|user| ("user".to_owned(), user)));
    for (name, value) in std::mem::take(fields) {
        match name.as_str() {
            _ if says_nothing(&value) => {}
            "mcp_servers" | "container" => request.bound.push(name),
            // The rest of the conversation is at Anthropic. Whoever begins such a thread sends all of it.
            THREAD if value["type"] != "create" => request.bound.push(name),
            _ => request.dropped.push(name),
        }
    }
}

fn texts(fields: &mut Map<String, Value>, name: &str) -> Result<Vec<String>, BadRequest> {
    numbered(list(fields, name)?.unwrap_or_default(), name, |item, path| match item {
        Value::String(text) => Ok(text),
        _ => Err(wrong(path, "a string")),
    })
}

/// The blocks of a message, sorted.
#[derive(Default)]
struct Content {
    parts: Vec<Part>,
    thinking: Option<String>,
    sealed: Vec<Sealed>,
    calls: Vec<ToolCall>,
    results: Vec<ToolResult>,
}

fn message(value: Value, path: &str) -> Result<Vec<Message>, BadRequest> {
    let mut fields = object(value, path)?;
    let role = required(&mut fields, "role", path)?;
    let content = content(take(&mut fields, "content"), &format!("{path}.content"))?;
    Ok(match role.as_str() {
        "system" => vec![Message::System(content.parts)],
        "user" => {
            let mut messages: Vec<Message> = content.results.into_iter().map(Message::Tool).collect();
            if messages.is_empty() || !content.parts.is_empty() {
                messages.push(Message::User(content.parts));
            }
            messages
        }
        "assistant" => vec![Message::Assistant(Turn {
            parts: content.parts,
            reasoning: content.thinking,
            sealed: content.sealed,
            tool_calls: content.calls,
        })],
        _ => return Err(wrong(&format!("{path}.role"), "user, assistant or system")),
    })
}

fn content(value: Option<Value>, path: &str) -> Result<Content, BadRequest> {
    let mut content = Content::default();
    match value {
        None => {}
        Some(Value::String(text)) => content.parts.push(Part::Text(text)),
        Some(Value::Array(blocks)) => {
            for (at, value) in blocks.into_iter().enumerate() {
                block(value, &format!("{path}[{at}]"), &mut content)?;
            }
        }
        Some(_) => return Err(wrong(path, "a string or a list of blocks")),
    }
    Ok(content)
}

fn block(value: Value, path: &str, content: &mut Content) -> Result<(), BadRequest> {
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let fields = &mut object(value, path)?;
    match kind.as_str() {
        "" => return Err(wrong(path, "an object with a `type`")),
        "text" => content.parts.push(Part::Text(required(fields, "text", path)?)),
        "image" => content.parts.push(image(fields, path)?),
        "thinking" => {
            content.thinking.get_or_insert_default().push_str(&required(fields, "thinking", path)?);
            content.sealed.extend(string(fields, "signature")?.map(Sealed::Signature));
        }
        "redacted_thinking" => content.sealed.push(Sealed::Redacted(required(fields, "data", path)?)),
        "tool_use" => content.calls.push(ToolCall {
            id: required(fields, "id", path)?,
            name: required(fields, "name", path)?,
            arguments: take(fields, "input").unwrap_or_else(|| Map::new().into()).to_string(),
        }),
        "tool_result" => content.results.push(ToolResult {
            call_id: required(fields, "tool_use_id", path)?,
            name: None,
            is_error: boolean(fields, "is_error")?.unwrap_or_default(),
            parts: self::content(take(fields, "content"), &format!("{path}.content"))?.parts,
        }),
        _ => content.parts.push(Part::Other(kind, Value::Object(std::mem::take(fields)))),
    }
    Ok(())
}

fn image(fields: &mut Map<String, Value>, path: &str) -> Result<Part, BadRequest> {
    let path = format!("{path}.source");
    let whole = Value::Object(fields.clone());
    let source = &mut object(take(fields, "source").unwrap_or_default(), &path)?;
    let source = match required(source, "type", &path)?.as_str() {
        "base64" => {
            ImageSource::inside(&required(source, "media_type", &path)?, required(source, "data", &path)?)
        }
        "url" => ImageSource::Url(required(source, "url", &path)?),
        other => return Ok(Part::Other(format!("image from a {other}"), whole)),
    };
    Ok(Part::Image(Image { source, detail: None }))
}

fn tools(fields: &mut Map<String, Value>, request: &mut Request) -> Result<(), BadRequest> {
    for (at, value) in list(fields, "tools")?.unwrap_or_default().into_iter().enumerate() {
        let path = format!("tools[{at}]");
        let tool = &mut object(value, &path)?;
        match string(tool, "type")?.as_deref() {
            None | Some("custom") => request.tools.push(Tool {
                name: required(tool, "name", &path)?,
                description: string(tool, "description")?,
                parameters: take(tool, "input_schema"),
                strict: boolean(tool, "strict")?,
            }),
            Some(kind) => request.bound.push(format!("tools of type {kind}")),
        }
    }
    Ok(())
}

fn tool_choice(fields: &mut Map<String, Value>, request: &mut Request) -> Result<(), BadRequest> {
    let Some(choice) = take(fields, "tool_choice") else { return Ok(()) };
    let choice = &mut object(choice, "tool_choice")?;
    request.tool_choice = Some(match required(choice, "type", "tool_choice")?.as_str() {
        "auto" => ToolChoice::Auto,
        "any" => ToolChoice::Required,
        "none" => ToolChoice::Never,
        "tool" => ToolChoice::Named(required(choice, "name", "tool_choice")?),
        other => ToolChoice::Other(other.to_owned()),
    });
    request.parallel_tool_calls = boolean(choice, "disable_parallel_tool_use")?.map(|off| !off);
    Ok(())
}

fn thinking(fields: &mut Map<String, Value>, request: &mut Request) -> Result<(), BadRequest> {
    let Some(thinking) = take(fields, "thinking") else { return Ok(()) };
    let thinking = &mut object(thinking, "thinking")?;
    match required(thinking, "type", "thinking")?.as_str() {
        "disabled" => request.thinking_budget = Some(0),
        "enabled" => request.thinking_budget = cap(thinking, "budget_tokens")?,
        // As the model sees fit: nothing to say.
        _ => {}
    }
    Ok(())
}

/// The effort, and the form of the answer under its present and its earlier name.
fn output(fields: &mut Map<String, Value>, request: &mut Request) -> Result<(), BadRequest> {
    let mut format = take(fields, "output_format");
    if let Some(output) = take(fields, "output_config") {
        let output = &mut object(output, "output_config")?;
        request.effort = string(output, "effort")?;
        format = take(output, "format").or(format);
    }
    let Some(format) = format else { return Ok(()) };
    let format = &mut object(format, "output_config.format")?;
    if required(format, "type", "output_config.format")? == "json_schema" {
        let schema = take(format, "schema").unwrap_or_else(|| Map::new().into());
        request.format = Format::Schema { name: "answer".into(), schema, strict: Some(true) };
    }
    Ok(())
}
