//! The little that routing needs from a Chat Completions request, in one pass that builds no tree of the messages.
//!
//! What is wrong inside the messages is left for the server to refuse (see [`check`]).
//!
//! The positions of the fields that [`crate::edit`] may replace are kept, so that the body is scanned once. Of a field
//! that occurs twice the last one counts, as it does for every server we know.

use std::{borrow::Cow, ops::Range};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    error::BadRequest,
    exchange::ALLOWED_TOOLS,
    fields::{NotScanned, Placed, scan},
    take,
};

/// What routing needs to know of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peek {
    /// The model that the client asks for.
    pub model: String,
    /// Whether the client wants a stream.
    pub stream: bool,
    /// Whether the client asked for the usage at the end of the stream.
    pub stream_usage: bool,
    /// Whether tools are offered.
    pub has_tools: bool,
    /// Whether a message holds a picture.
    pub has_images: bool,
    /// Whether the answer must be JSON (`response_format` of `json_object` or `json_schema`).
    pub wants_json: bool,
    /// The client's cap on output tokens, under whichever name; the smaller one if it gave both.
    pub max_tokens: Option<u32>,
    /// How many answers the client wants.
    pub n: u32,
    /// Whether it holds no prompt, where that has a meaning of its own: to load the model.
    pub is_empty: bool,
    /// Whether vectors are asked for, not words.
    pub embeds: bool,
    /// Whether a tool must be called.
    pub forces_tool: bool,
    /// Whether the answer must follow a JSON schema.
    pub wants_schema: bool,
    /// Whether it may hold what a tier sealed, which must not reach another (see [`crate::origin`]).
    pub(crate) sealed: bool,
    /// The body's length in bytes.
    pub bytes: usize,
    /// Where the fields are that an edit may replace.
    pub(crate) spans: Spans,
}

/// Byte ranges of values in the body: one per occurrence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spans {
    pub model: Vec<Range<usize>>,
    pub max_tokens: Vec<Range<usize>>,
    pub max_completion_tokens: Vec<Range<usize>>,
    pub temperature: Vec<Range<usize>>,
    pub stream_options: Vec<Range<usize>>,
    pub messages: Vec<Range<usize>>,
    /// Where a new first field goes: just behind the opening brace.
    pub open: usize,
}

impl Peek {
    /// Reads a request body.
    ///
    /// # Errors
    /// The body is not a JSON object, names no model, or its messages are missing or no list with something in it.
    pub fn read(body: &[u8]) -> Result<Self, BadRequest> {
        Self::read_watching(body, b"image_url")
    }

    /// The same for a dialect whose pictures are known by another field.
    pub(crate) fn read_watching(body: &[u8], picture: &[u8]) -> Result<Self, BadRequest> {
        let mut peek = Self::blank(body);
        let mut model = None;
        let mut messages = None;
        let mut wrong = None;
        peek.sealed = false;
        scan(body, picture, |name, value| {
            peek.sealed |= value.sealed;
            let read = match name {
                "model" => {
                    peek.spans.model.push(value.range.clone());
                    text(&value, name).map(|it| model = it)
                }
                "messages" => {
                    peek.spans.messages.push(value.range.clone());
                    messages = Some(value);
                    Ok(())
                }
                other => peek.option(other, &value),
            };
            if let Err(error) = read {
                wrong.get_or_insert(error);
            }
        })
        .map_err(|error| not_json(body, error))?;
        if let Some(error) = wrong {
            return Err(error);
        }
        peek.model = model.filter(|it| !it.is_empty()).ok_or_else(|| {
            BadRequest::new(
                "The request names no model: set `model`.",
                Some("model"),
                Some("missing_required_parameter"),
            )
        })?;
        peek.has_images = checked(messages)?.watched;
        Ok(peek)
    }

    pub(crate) fn blank(body: &[u8]) -> Self {
        let open = body.iter().position(|b| *b == b'{').map_or(0, |at| at + 1);
        Self {
            model: String::new(),
            stream: false,
            stream_usage: false,
            has_tools: false,
            has_images: false,
            wants_json: false,
            max_tokens: None,
            n: 1,
            is_empty: false,
            embeds: false,
            forces_tool: false,
            wants_schema: false,
            sealed: true,
            bytes: body.len(),
            spans: Spans { open, ..Spans::default() },
        }
    }

    pub(crate) fn option(&mut self, name: &str, value: &Placed<'_>) -> Result<(), BadRequest> {
        match name {
            "stream" => {
                self.stream = parse::<Option<bool>>(value, name, "true or false")?.unwrap_or_default()
            }
            "stream_options" => {
                self.spans.stream_options.push(value.range.clone());
                let options = parse::<Option<StreamOptions>>(value, name, "an object")?.unwrap_or_default();
                self.stream_usage = options.include_usage.unwrap_or_default();
            }
            "tools" | "functions" => self.has_tools |= value.has_items(),
            "response_format" => {
                let format = parse::<Option<Kind<'_>>>(value, name, "an object with a `type`")?;
                self.wants_schema = format.as_ref().is_some_and(|it| it.kind == "json_schema");
                self.wants_json = format.is_some_and(|it| it.kind.starts_with("json"));
            }
            "max_tokens" => {
                self.spans.max_tokens.push(value.range.clone());
                self.cap(value, name)?;
            }
            "max_completion_tokens" => {
                self.spans.max_completion_tokens.push(value.range.clone());
                self.cap(value, name)?;
            }
            "tool_choice" => self.forces_tool = forces_tool(value),
            "temperature" => self.spans.temperature.push(value.range.clone()),
            "n" => {
                let n = parse::<Option<u32>>(value, name, ANSWERS)?.unwrap_or(1);
                self.n = Some(n)
                    .filter(|n| (1..=MOST_ANSWERS).contains(n))
                    .ok_or_else(|| take::wrong(name, ANSWERS))?;
            }
            _ => {}
        }
        Ok(())
    }

    fn cap(&mut self, value: &Placed<'_>, name: &str) -> Result<(), BadRequest> {
        if let Some(cap) = token_cap(value, name)? {
            self.max_tokens = Some(self.max_tokens.map_or(cap, |other| other.min(cap)));
        }
        Ok(())
    }
}

/// JSON that is nested more deeply is not read, here or by any server we know.
const DEEPEST: usize = 127;
/// The most answers to one request that `OpenAI` gives; servers without a limit of their own would make any number.
const MOST_ANSWERS: u32 = 128;
const ANSWERS: &str = "a whole number from 1 to 128";

/// Checks a request's syntax to the last byte, which [`Peek::read`] does not: for the moment when a server fails over
/// a request, and it is to be known whose fault that is.
///
/// # Errors
/// The body is not JSON.
pub fn check(body: &[u8]) -> Result<(), BadRequest> {
    let read = serde_json::from_slice::<&RawValue>(body);
    read.map(drop).map_err(|_| unreadable(body, "The body is not valid JSON."))
}

/// What is wrong with a body that could not be read: usually `usual`, but JSON may also be nested too deeply to be read.
pub(crate) fn unreadable(body: &[u8], usual: &str) -> BadRequest {
    if depth(body) <= DEEPEST {
        return BadRequest::new(usual, None, Some("invalid_json"));
    }
    let message = format!("The body is nested more than {DEEPEST} levels deep, which no server reads.");
    BadRequest::new(message, None, Some("nested_too_deep"))
}

/// How deeply lists and objects are nested in what may be JSON.
fn depth(body: &[u8]) -> usize {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Whether a `tool_choice` leaves the model no choice but to call a tool.
pub(crate) fn forces_tool(value: &Placed<'_>) -> bool {
    // Of some of the tools one need not be called, either.
    let free_among_some = || match value.parse::<Allowed<'_>>() {
        Ok(choice) => {
            choice.mode.or(choice.allowed_tools.and_then(|it| it.mode)).is_none_or(|it| it == "auto")
        }
        Err(_) => false,
    };
    let is_free = |kind: Kind<'_>| match &*kind.kind {
        "auto" | "none" => true,
        ALLOWED_TOOLS => free_among_some(),
        _ => false,
    };
    // Anthropic's clients say it in an object.
    !matches!(value.text, b"\"auto\"" | b"\"none\"" | b"null")
        && !value.parse::<Kind<'_>>().is_ok_and(is_free)
}

#[derive(Default, Deserialize)]
struct StreamOptions {
    include_usage: Option<bool>,
}

/// A choice among some of the tools, as Responses and as Chat Completions write it.
#[derive(Deserialize)]
struct Allowed<'a> {
    #[serde(borrow)]
    mode: Option<Cow<'a, str>>,
    #[serde(borrow)]
    allowed_tools: Option<Mode<'a>>,
}

#[derive(Deserialize)]
struct Mode<'a> {
    #[serde(borrow)]
    mode: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Kind<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
}

/// A cap in tokens; `None` where the client asks for no cap (null, or a negative number, as some servers have it).
pub(crate) fn token_cap(value: &Placed<'_>, name: &str) -> Result<Option<u32>, BadRequest> {
    let number = parse::<Option<f64>>(value, name, "a whole number")?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts from floats saturate")]
    Ok(number.filter(|it| *it >= 0.0).map(|it| it as u32))
}

pub(crate) fn parse<'a, T: Deserialize<'a>>(
    value: &Placed<'a>,
    name: &str,
    what: &str,
) -> Result<T, BadRequest> {
    value
        .parse()
        .map_err(|_| BadRequest::new(format!("`{name}` must be {what}."), Some(name), Some("invalid_type")))
}

fn text(value: &Placed<'_>, name: &str) -> Result<Option<String>, BadRequest> {
    parse(value, name, "a string")
}

pub(crate) fn not_json(body: &[u8], error: NotScanned) -> BadRequest {
    let message = match error {
        NotScanned::NoObject => "The body must be a JSON object.".to_owned(),
        NotScanned::Broken(at) => {
            let (line, column) = NotScanned::line_and_column(body, at);
            format!("The body is not valid JSON: see line {line}, column {column}.")
        }
    };
    unreadable(body, &message)
}

fn checked(messages: Option<Placed<'_>>) -> Result<Placed<'_>, BadRequest> {
    let bad = |message, code| BadRequest::new(message, Some("messages"), Some(code));
    match messages {
        None => Err(bad("The request has no messages: set `messages`.", "missing_required_parameter")),
        Some(value) if !value.starts_with(b'[') => Err(bad("`messages` must be a list.", "invalid_type")),
        Some(value) if !value.has_items() => Err(bad("`messages` must not be empty.", "empty_array")),
        Some(value) => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nested_too_deeply_is_called_so() {
        let nested = |levels: usize| {
            let content = format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
            format!(r#"{{"model":"m","messages":[{{"role":"user","content":{content}}}]}}"#)
        };
        let code = |body: &str| Peek::read(body.as_bytes()).unwrap_err().code.unwrap_or_default();
        assert!(Peek::read(nested(100).as_bytes()).is_ok());
        assert_eq!(code(&nested(2000)), "nested_too_deep");
        assert_eq!(code(&nested(200_000)), "nested_too_deep");
        assert_eq!(code(r#"{"a":"[[["#), "invalid_json");
        assert_eq!(depth(br#"["\"[[[", {"a":[]}, "]"]"#), 3);
        let request = crate::openai::read_request(nested(200).as_bytes()).unwrap_err();
        assert!(request.message.contains("127 levels"), "{}", request.message);
    }
}
