//! Requests of clients: `/api/chat` and `/api/generate` to what routing needs, and to the exchange model.
//!
//! Unlike elsewhere, an answer is streamed unless the client says otherwise. Older clients give calls no ids: then the
//! n-th call of a conversation is `call_n`, and a result belongs to the first call of its name without one.

use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value};

use crate::{
    error::BadRequest,
    exchange::{
        Format, Image, ImageSource, Message, Part, Request, Sampling, Tool, ToolCall, ToolResult, Turn,
    },
    fields::{Placed, scan},
    peek::{Peek, not_json, parse, unreadable},
    take::{boolean, cap, list, object, real, required, string, take, whole, wrong},
};

/// Reads what routing needs. A request without a prompt is a wish to load the model ([`Peek::is_empty`]).
///
/// # Errors
/// The body is not a JSON object, names no model, or a field that is looked at is not what it should be.
pub fn peek(body: &[u8]) -> Result<Peek, BadRequest> {
    let mut peek = Peek { stream: true, is_empty: true, ..Peek::blank(body) };
    let mut wrong = None;
    scan(body, b"images", |name, value| {
        if let Err(error) = option(&mut peek, name, &value) {
            wrong.get_or_insert(error);
        }
    })
    .map_err(|error| not_json(body, error))?;
    if let Some(error) = wrong {
        return Err(error);
    }
    if peek.model.is_empty() {
        return Err(BadRequest::new("model is required", Some("model"), Some("missing_required_parameter")));
    }
    peek.stream_usage = true;
    Ok(peek)
}

fn option(peek: &mut Peek, name: &str, value: &Placed<'_>) -> Result<(), BadRequest> {
    match name {
        "model" => peek.model = parse::<Option<String>>(value, name, "a string")?.unwrap_or_default(),
        "stream" => peek.stream = parse::<Option<bool>>(value, name, "true or false")?.unwrap_or(true),
        "messages" => {
            peek.is_empty &= !value.has_items();
            peek.has_images |= value.watched && holds_images(value);
        }
        "prompt" | "suffix" => peek.is_empty &= matches!(value.text, b"\"\"" | b"null"),
        "images" => peek.has_images |= value.has_items(),
        "tools" => peek.has_tools |= value.has_items(),
        "format" => {
            peek.wants_schema = value.starts_with(b'{');
            peek.wants_json = peek.wants_schema || value.text == b"\"json\"";
        }
        "options" => {
            let options = parse::<Option<Map<String, Value>>>(value, name, "an object")?;
            peek.max_tokens = cap(&mut options.unwrap_or_default(), "num_predict")?;
        }
        _ => {}
    }
    Ok(())
}

/// Whether a message has a picture: several clients send an empty list with each.
fn holds_images(messages: &Placed<'_>) -> bool {
    #[derive(Deserialize)]
    struct Pictured {
        #[serde(default)]
        images: Option<Vec<IgnoredAny>>,
    }
    // What cannot be read here is told when it is read whole.
    let messages: Vec<Pictured> = messages.parse().unwrap_or_default();
    messages.iter().any(|message| message.images.as_ref().is_some_and(|images| !images.is_empty()))
}

fn fields(body: &[u8]) -> Result<Map<String, Value>, BadRequest> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(unreadable(body, "The body must be a JSON object.")),
    }
}

/// Reads a request to `/api/chat`.
///
/// # Errors
/// It is not JSON, or a field that is looked at is not what it should be; the error names the field.
pub fn read_chat(body: &[u8]) -> Result<Request, BadRequest> {
    let mut fields = fields(body)?;
    let mut request = common(&mut fields)?;
    let mut calls = Calls::default();
    for (at, value) in list(&mut fields, "messages")?.unwrap_or_default().into_iter().enumerate() {
        request.messages.push(message(value, &format!("messages[{at}]"), &mut calls)?);
    }
    for (at, value) in list(&mut fields, "tools")?.unwrap_or_default().into_iter().enumerate() {
        request.tools.push(tool(value, &format!("tools[{at}]"))?);
    }
    leftovers(fields, &mut request);
    Ok(request)
}

/// Reads a request to `/api/generate`: a conversation of one prompt. What goes past the model's own template can be
/// carried by nobody else.
///
/// # Errors
/// The same as for [`read_chat`].
pub fn read_generate(body: &[u8]) -> Result<Request, BadRequest> {
    let mut fields = fields(body)?;
    let mut request = common(&mut fields)?;
    if let Some(system) = string(&mut fields, "system")?.filter(|it| !it.is_empty()) {
        request.messages.push(Message::System(vec![Part::Text(system)]));
    }
    let mut parts = vec![Part::Text(string(&mut fields, "prompt")?.unwrap_or_default())];
    parts.extend(images(&mut fields, "images", "images")?);
    request.messages.push(Message::User(parts));
    for name in ["suffix", "template", "context"] {
        let value = take(&mut fields, name).unwrap_or_default();
        if !says_nothing(&value) {
            request.bound.push(name.into());
        }
    }
    if boolean(&mut fields, "raw")? == Some(true) {
        request.bound.push("raw".into());
    }
    leftovers(fields, &mut request);
    Ok(request)
}

/// The fields that both have.
fn common(fields: &mut Map<String, Value>) -> Result<Request, BadRequest> {
    let mut request = Request {
        model: string(fields, "model")?.unwrap_or_default(),
        format: format(take(fields, "format"))?,
        stream: boolean(fields, "stream")?.unwrap_or(true),
        ..Request::default()
    };
    request.stream_usage = request.stream;
    request.effort = match take(fields, "think") {
        None => None,
        // Without a degree the model's usual one is meant.
        Some(Value::Bool(true)) => Some("medium".into()),
        Some(Value::Bool(false)) => Some("none".into()),
        Some(Value::String(effort)) => Some(effort),
        Some(_) => return Err(wrong("think", "true, false, or a degree")),
    };
    if let Some(options) = take(fields, "options") {
        let mut options = object(options, "options")?;
        request.max_tokens = cap(&mut options, "num_predict")?;
        request.stop = stop(take(&mut options, "stop"))?;
        request.sampling = Sampling {
            temperature: real(&mut options, "temperature")?,
            top_p: real(&mut options, "top_p")?,
            top_k: whole(&mut options, "top_k")?,
            min_p: real(&mut options, "min_p")?,
            seed: whole(&mut options, "seed")?,
            presence_penalty: real(&mut options, "presence_penalty")?,
            frequency_penalty: real(&mut options, "frequency_penalty")?,
        };
        if let Some(penalty) = take(&mut options, "repeat_penalty") {
            request.extra.insert("repetition_penalty".into(), penalty);
        }
        // How a server runs its model is its own affair.
        request.dropped.extend(options.keys().map(|name| format!("options.{name}")));
    }
    Ok(request)
}

fn leftovers(fields: Map<String, Value>, request: &mut Request) {
    for (name, value) in fields {
        match name.as_str() {
            _ if says_nothing(&value) => {}
            "logprobs" | "top_logprobs" => request.bound.push(name),
            // Models are not loaded from here, and a prompt that is too long goes to a tier that can hold it.
            "keep_alive" | "truncate" | "shift" => {}
            _ => request.dropped.push(name),
        }
    }
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

fn format(value: Option<Value>) -> Result<Format, BadRequest> {
    match value {
        None => Ok(Format::Text),
        Some(Value::String(word)) if word.is_empty() => Ok(Format::Text),
        Some(Value::String(word)) if word == "json" => Ok(Format::Json),
        Some(schema @ Value::Object(_)) => Ok(Format::Schema { name: "answer".into(), schema, strict: None }),
        Some(_) => Err(wrong("format", "\"json\" or a JSON schema")),
    }
}

fn stop(value: Option<Value>) -> Result<Vec<String>, BadRequest> {
    let texts = match value {
        None => return Ok(Vec::new()),
        Some(Value::String(text)) => return Ok(vec![text]),
        Some(Value::Array(items)) => items,
        Some(_) => return Err(wrong("options.stop", "a string or a list of strings")),
    };
    let text =
        |it: Value| it.as_str().map(str::to_owned).ok_or_else(|| wrong("options.stop", "a list of strings"));
    texts.into_iter().map(text).collect()
}

/// The calls of a conversation so far, and which of them wait for their result.
#[derive(Default)]
struct Calls {
    count: usize,
    waiting: Vec<(String, String)>,
}

impl Calls {
    fn called(&mut self, id: Option<String>, name: &str) -> String {
        let id = id.filter(|id| !id.is_empty()).unwrap_or_else(|| format!("call_{}", self.count));
        self.count += 1;
        self.waiting.push((id.clone(), name.to_owned()));
        id
    }

    fn answered(&mut self, id: Option<String>, name: Option<&str>) -> String {
        let by_id = id.as_ref().and_then(|id| self.waiting.iter().position(|(it, _)| it == id));
        let by_name = || self.waiting.iter().position(|(_, it)| name.is_none_or(|name| it == name));
        let found = by_id.or_else(|| if id.is_none() { by_name() } else { None });
        match found {
            Some(at) => self.waiting.remove(at).0,
            None => id.unwrap_or_else(|| name.unwrap_or("call").to_owned()),
        }
    }
}

fn message(value: Value, path: &str, calls: &mut Calls) -> Result<Message, BadRequest> {
    let mut fields = object(value, path)?;
    let role = required(&mut fields, "role", path)?;
    let text = string(&mut fields, "content")?.unwrap_or_default();
    let images = images(&mut fields, "images", &format!("{path}.images"))?;
    let mut parts = Vec::new();
    if !text.is_empty() || (images.is_empty() && role != "assistant") {
        parts.push(Part::Text(text));
    }
    parts.extend(images);
    Ok(match role.as_str() {
        "system" => Message::System(parts),
        "user" => Message::User(parts),
        "assistant" => {
            let reasoning = string(&mut fields, "thinking")?.filter(|it| !it.is_empty());
            let mut tool_calls = Vec::new();
            for (at, value) in list(&mut fields, "tool_calls")?.unwrap_or_default().into_iter().enumerate() {
                tool_calls.push(tool_call(value, &format!("{path}.tool_calls[{at}]"), calls)?);
            }
            Message::Assistant(Turn { parts, reasoning, sealed: Vec::new(), tool_calls })
        }
        "tool" => {
            let (by_tool_name, by_name) = (string(&mut fields, "tool_name")?, string(&mut fields, "name")?);
            let name = by_tool_name.or(by_name).filter(|it| !it.is_empty());
            let id = string(&mut fields, "tool_call_id")?.filter(|it| !it.is_empty());
            let call_id = calls.answered(id, name.as_deref());
            Message::Tool(ToolResult { call_id, name, parts, is_error: false })
        }
        _ => return Err(wrong(&format!("{path}.role"), "system, user, assistant or tool")),
    })
}

fn tool_call(value: Value, path: &str, calls: &mut Calls) -> Result<ToolCall, BadRequest> {
    let mut fields = object(value, path)?;
    let id = string(&mut fields, "id")?;
    let path = format!("{path}.function");
    let mut function = object(take(&mut fields, "function").unwrap_or_default(), &path)?;
    let name = required(&mut function, "name", &path)?;
    let arguments = match take(&mut function, "arguments") {
        None => "{}".to_owned(),
        Some(arguments @ Value::Object(_)) => arguments.to_string(),
        Some(_) => return Err(wrong(&format!("{path}.arguments"), "an object")),
    };
    Ok(ToolCall { id: calls.called(id, &name), name, arguments })
}

fn tool(value: Value, path: &str) -> Result<Tool, BadRequest> {
    let mut fields = object(value, path)?;
    let path = format!("{path}.function");
    let mut function = object(take(&mut fields, "function").unwrap_or_default(), &path)?;
    Ok(Tool {
        name: required(&mut function, "name", &path)?,
        description: string(&mut function, "description")?,
        parameters: take(&mut function, "parameters"),
        strict: boolean(&mut function, "strict")?,
    })
}

/// Pictures are bare base64 here; what kind they are, their first bytes say.
fn images(fields: &mut Map<String, Value>, name: &str, path: &str) -> Result<Vec<Part>, BadRequest> {
    let mut parts = Vec::new();
    for (at, value) in list(fields, name)?.unwrap_or_default().into_iter().enumerate() {
        let path = format!("{path}[{at}]");
        let Value::String(data) = value else { return Err(wrong(&path, "a picture in base64")) };
        let kind =
            media_type(&data).ok_or_else(|| wrong(&path, "a PNG, JPEG, GIF or WebP picture in base64"))?;
        let source = ImageSource::Base64 { media_type: kind.into(), data };
        parts.push(Part::Image(Image { source, detail: None }));
    }
    Ok(parts)
}

fn media_type(base64: &str) -> Option<&'static str> {
    let kinds = [
        ("iVBORw0KGgo", "image/png"),
        ("/9j/", "image/jpeg"),
        ("R0lGOD", "image/gif"),
        ("UklGR", "image/webp"),
    ];
    kinds.into_iter().find(|(start, _)| base64.starts_with(start)).map(|(_, kind)| kind)
}
