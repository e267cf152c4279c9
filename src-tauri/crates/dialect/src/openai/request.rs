//! Requests: bytes to the exchange model.

use serde_json::{Map, Value};

use super::thoughts;
use crate::{
    error::BadRequest,
    exchange::{
        ALLOWED_TOOLS, Format, Image, ImageSource, Message, Part, Request, Sampling, Tool, ToolCall,
        ToolChoice, ToolResult, Turn,
    },
    peek::unreadable,
    take::{boolean, cap, list, numbered, object, real, required, string, take, whole, wrong},
};

/// Reads a request.
///
/// # Errors
/// It is not JSON, or a field that is looked at is not what it should be; the error names the field.
pub fn read_request(body: &[u8]) -> Result<Request, BadRequest> {
    let Ok(Value::Object(mut fields)) = serde_json::from_slice(body) else {
        return Err(unreadable(body, "The body must be a JSON object."));
    };
    let fields = &mut fields;
    let model = string(fields, "model")?.unwrap_or_default();
    let messages = list(fields, "messages")?.unwrap_or_default();
    let messages = numbered(messages, "messages", message)?;
    let (tools, others): (Vec<_>, Vec<_>) =
        list(fields, "tools")?.unwrap_or_default().into_iter().partition(is_function);
    let tools = numbered(tools, "tools", tool)?;
    let kind = |tool: &Value| tool["type"].as_str().unwrap_or_default().to_owned();
    let bound = others.iter().map(|tool| format!("tools of type {}", kind(tool))).collect();
    let (max_tokens, max_completion) = (cap(fields, "max_tokens")?, cap(fields, "max_completion_tokens")?);
    let max_tokens = match (max_tokens, max_completion) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    let choice = take(fields, "tool_choice").map(tool_choice).transpose()?;
    let mut request = Request {
        model,
        messages,
        tools,
        parallel_tool_calls: boolean(fields, "parallel_tool_calls")?,
        format: format(fields)?,
        stop: stop(fields)?,
        sampling: sampling(fields)?,
        max_tokens,
        effort: string(fields, "reasoning_effort")?,
        thinking_budget: None,
        n: whole(fields, "n")?.map(|n| u32::try_from(n).unwrap_or(u32::MAX)),
        stream: boolean(fields, "stream")?.unwrap_or_default(),
        stream_usage: stream_usage(fields),
        extra: std::mem::take(fields),
        bound,
        ..Request::default()
    };
    if let Some((choice, allowed)) = choice {
        request.tool_choice = Some(choice);
        if let Some(names) = allowed {
            request.allow_only(&names);
        }
    }
    Ok(request)
}

fn message(value: Value, path: &str) -> Result<Message, BadRequest> {
    let mut fields = object(value, path)?;
    let role = required(&mut fields, "role", path)?;
    let parts = content(take(&mut fields, "content"), &format!("{path}.content"))?;
    Ok(match role.as_str() {
        "system" | "developer" => Message::System(parts),
        "user" => Message::User(parts),
        "assistant" => {
            let calls = list(&mut fields, "tool_calls")?.unwrap_or_default();
            let reasoning = ["reasoning_content", "reasoning"]
                .iter()
                .find_map(|name| take(&mut fields, name)?.as_str().map(ToOwned::to_owned));
            let tool_calls = numbered(calls, &format!("{path}.tool_calls"), tool_call)?;
            let (signed, sealed) = thoughts::take_blocks(&mut fields);
            Message::Assistant(Turn { parts, reasoning: signed.or(reasoning), sealed, tool_calls })
        }
        "tool" => {
            let call_id = required(&mut fields, "tool_call_id", path)?;
            Message::Tool(ToolResult { call_id, name: string(&mut fields, "name")?, parts, is_error: false })
        }
        _ => return Err(wrong(&format!("{path}.role"), "system, developer, user, assistant or tool")),
    })
}

fn content(value: Option<Value>, path: &str) -> Result<Vec<Part>, BadRequest> {
    match value {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![Part::Text(text)]),
        Some(Value::Array(parts)) => numbered(parts, path, part),
        Some(_) => Err(wrong(path, "a string or a list of parts")),
    }
}

fn part(value: Value, path: &str) -> Result<Part, BadRequest> {
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    match kind.as_str() {
        "text" => Ok(Part::Text(required(&mut object(value, path)?, "text", path)?)),
        "image_url" => {
            let path = format!("{path}.image_url");
            let mut image = match take(&mut object(value, &path)?, "image_url") {
                Some(Value::Object(image)) => image,
                _ => return Err(wrong(&path, "an object with a `url`")),
            };
            let source = ImageSource::of_url(required(&mut image, "url", &path)?);
            Ok(Part::Image(Image { source, detail: string(&mut image, "detail")? }))
        }
        "" => Err(wrong(path, "an object with a `type`")),
        _ => Ok(Part::Other(kind, value)),
    }
}

fn tool_call(value: Value, path: &str) -> Result<ToolCall, BadRequest> {
    let mut fields = object(value, path)?;
    let id = required(&mut fields, "id", path)?;
    let path = format!("{path}.function");
    let mut function = object(take(&mut fields, "function").unwrap_or_default(), &path)?;
    let name = required(&mut function, "name", &path)?;
    Ok(ToolCall { id, name, arguments: string(&mut function, "arguments")?.unwrap_or_default() })
}

/// Whether a tool is a function; what calls itself nothing is taken for one.
fn is_function(tool: &Value) -> bool {
    tool["type"].as_str().is_none_or(|kind| kind == "function")
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

/// The choice, and the names of the tools to choose from where not all of them are.
fn tool_choice(value: Value) -> Result<(ToolChoice, Option<Vec<String>>), BadRequest> {
    let choice = match value.as_str() {
        Some("auto") => ToolChoice::Auto,
        Some("none") => ToolChoice::Never,
        Some("required" | "any") => ToolChoice::Required,
        Some(_) => return Err(wrong("tool_choice", "auto, none, required or an object")),
        None => {
            let mut fields = object(value, "tool_choice")?;
            let kind = required(&mut fields, "type", "tool_choice")?;
            if kind == ALLOWED_TOOLS {
                return allowed(fields).map(|(choice, names)| (choice, Some(names)));
            }
            if kind != "function" {
                return Ok((ToolChoice::Other(kind), None));
            }
            let path = "tool_choice.function";
            let mut function = object(take(&mut fields, "function").unwrap_or_default(), path)?;
            ToolChoice::Named(required(&mut function, "name", path)?)
        }
    };
    Ok((choice, None))
}

fn allowed(mut choice: Map<String, Value>) -> Result<(ToolChoice, Vec<String>), BadRequest> {
    let path = "tool_choice.allowed_tools";
    let mut fields = object(take(&mut choice, ALLOWED_TOOLS).unwrap_or_default(), path)?;
    let mode = allowed_mode(&mut fields, path)?;
    let tools = list(&mut fields, "tools")?.unwrap_or_default();
    let name = |tool: &Value| tool.pointer("/function/name")?.as_str().map(ToOwned::to_owned);
    Ok((mode, tools.iter().filter_map(name).collect()))
}

/// Whether one of the tools that are allowed must be called.
pub(crate) fn allowed_mode(fields: &mut Map<String, Value>, path: &str) -> Result<ToolChoice, BadRequest> {
    match string(fields, "mode")?.as_deref() {
        None | Some("auto") => Ok(ToolChoice::Auto),
        Some("required") => Ok(ToolChoice::Required),
        Some(_) => Err(wrong(&format!("{path}.mode"), "auto or required")),
    }
}

fn format(fields: &mut Map<String, Value>) -> Result<Format, BadRequest> {
    let Some(value) = take(fields, "response_format") else { return Ok(Format::Text) };
    let mut format = object(value, "response_format")?;
    match required(&mut format, "type", "response_format")?.as_str() {
        "text" => Ok(Format::Text),
        "json_object" => Ok(Format::Json),
        "json_schema" => {
            let path = "response_format.json_schema";
            let mut schema = object(take(&mut format, "json_schema").unwrap_or_default(), path)?;
            Ok(Format::Schema {
                name: string(&mut schema, "name")?.unwrap_or_default(),
                schema: take(&mut schema, "schema").unwrap_or_else(|| Value::Object(Map::new())),
                strict: boolean(&mut schema, "strict")?,
            })
        }
        _ => Err(wrong("response_format.type", "text, json_object or json_schema")),
    }
}

fn stop(fields: &mut Map<String, Value>) -> Result<Vec<String>, BadRequest> {
    match take(fields, "stop") {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![text]),
        Some(Value::Array(items)) => numbered(items, "stop", |item, path| match item {
            Value::String(text) => Ok(text),
            _ => Err(wrong(path, "a string")),
        }),
        Some(_) => Err(wrong("stop", "a string or a list of strings")),
    }
}

fn sampling(fields: &mut Map<String, Value>) -> Result<Sampling, BadRequest> {
    Ok(Sampling {
        temperature: real(fields, "temperature")?,
        top_p: real(fields, "top_p")?,
        top_k: whole(fields, "top_k")?,
        min_p: real(fields, "min_p")?,
        seed: whole(fields, "seed")?,
        presence_penalty: real(fields, "presence_penalty")?,
        frequency_penalty: real(fields, "frequency_penalty")?,
    })
}

/// Takes the one option that has a word here; the others stay among the extra fields.
fn stream_usage(fields: &mut Map<String, Value>) -> bool {
    let Some(Value::Object(options)) = fields.get_mut("stream_options") else { return false };
    let wanted = options.shift_remove("include_usage").and_then(|it| it.as_bool()).unwrap_or_default();
    if options.is_empty() {
        fields.shift_remove("stream_options");
    }
    wanted
}
