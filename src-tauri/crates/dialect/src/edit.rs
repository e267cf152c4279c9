//! Same dialect on both sides: the client's body with only the named top-level fields changed.
//!
//! Every other byte stays as it was: unknown fields, order, white space, number formats. A long body is not copied:
//! what stays of it is shared. Of a field that occurs twice every occurrence is changed, so that no
//! server can pick the old value.

use std::ops::Range;

use bytes::Bytes;

use crate::{
    error::BadRequest,
    exchange::{self, Message, Part},
    fields::{Placed, first_item, scan},
    openai,
    openai::habits::Habits,
    origin::Origin,
    peek::{Peek, token_cap},
    pieces::{COPIED, Pieces},
    resume::{Continuing, Manner},
};

/// What to change in a request. The default changes nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edits {
    /// The model that the tier serves.
    pub model: Option<String>,
    /// Allow at most this many output tokens, whatever the client asked; inserted where it asked nothing.
    pub max_tokens_cap: Option<u32>,
    /// The name under which a cap is inserted where the client gave none.
    pub cap_name: CapName,
    /// The temperature, whatever the client asked.
    pub temperature: Option<f64>,
    /// A system message put in front of the client's messages, or of the text of its own first system message.
    pub system_note: Option<String>,
    /// How the server differs from the dialect that it speaks, where it is one of those compatible with another.
    pub habits: Option<&'static Habits>,
    /// The tier that the request goes to, by which it gets its own sealed state back.
    pub origin: Option<Origin>,
    /// Ask a stream for its usage, even though the client did not ([`crate::wire::Wire::relay`] then takes it out
    /// again). Without effect on a request that is not streamed.
    pub force_usage: bool,
    /// Go on from the beginning of an answer that another server gave.
    pub continuing: Option<Continuing>,
}

/// The two names of the cap on output tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CapName {
    /// `max_tokens`: what most compatible servers know.
    #[default]
    MaxTokens,
    /// `max_completion_tokens`: what newer `OpenAI` models insist on.
    MaxCompletionTokens,
}

impl CapName {
    /// The field's name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::MaxTokens => "max_tokens",
            Self::MaxCompletionTokens => "max_completion_tokens",
        }
    }
}

/// The body with the edits made. `peek` must have been read from this very body.
///
/// # Errors
/// A field that must be changed is not what it should be (a cap that is no number), or `peek` is not of this body.
pub fn rewrite(body: &Bytes, peek: &Peek, edits: &Edits) -> Result<Pieces, BadRequest> {
    if body.len() != peek.bytes {
        return Err(mismatch());
    }
    let mut patch = Patch { body, peek, changes: Vec::new() };
    if let Some(model) = edits.model.as_ref().filter(|it| **it != peek.model || peek.spans.model.len() > 1) {
        patch.replace_all(&peek.spans.model, "model", &quoted(model));
    }
    if let Some(temperature) = edits.temperature {
        patch.replace_all(&peek.spans.temperature, "temperature", &number(temperature));
    }
    if let Some(cap) = edits.max_tokens_cap {
        patch.cap(cap, edits.cap_name)?;
    }
    if edits.force_usage && peek.stream && !peek.stream_usage {
        patch.ask_for_usage()?;
    }
    if let Some(note) = &edits.system_note {
        patch.note(note)?;
    }
    if let Some(continuing) = &edits.continuing {
        patch.go_on(continuing)?;
    }
    patch.apply()
}

/// The body of a JSON object with these top-level fields set: every occurrence replaced, or a new one put first.
/// Every other byte stays as it was.
///
/// # Errors
/// The body is not a JSON object.
pub(crate) fn set(body: &Bytes, fields: &[(&str, serde_json::Value)]) -> Result<Pieces, BadRequest> {
    let mut changes = Vec::new();
    let mut found = vec![false; fields.len()];
    let mut empty = true;
    scan(body, b"", |name, value| {
        empty = false;
        if let Some(at) = fields.iter().position(|(field, _)| *field == name) {
            found[at] = true;
            changes.push((value.range, fields[at].1.to_string()));
        }
    })
    .map_err(|_| mismatch())?;
    let open = body.iter().position(|b| *b == b'{').map_or(0, |at| at + 1);
    for ((name, value), _) in fields.iter().zip(found).filter(|(_, found)| !found) {
        let comma = if empty { "" } else { "," };
        changes.push((open..open, format!("{}:{value}{comma}", quoted(name))));
    }
    splice(body, changes)
}

/// The value of a top-level field; the last one of several.
pub(crate) fn field(body: &[u8], name: &str) -> Option<serde_json::Value> {
    let mut found = None;
    let scanned = scan(body, b"", |field, value| {
        if field == name {
            found = value.parse().ok();
        }
    });
    scanned.ok().and(found)
}

impl Edits {
    /// Makes the same edits on a request in the exchange model, for the way into another dialect.
    pub fn apply(&self, request: &mut exchange::Request) {
        if let Some(model) = &self.model {
            request.model.clone_from(model);
        }
        if let Some(cap) = self.max_tokens_cap {
            request.max_tokens = Some(request.max_tokens.map_or(cap, |asked| asked.min(cap)));
        }
        if self.temperature.is_some() {
            request.sampling.temperature = self.temperature;
        }
        request.stream_usage |= self.force_usage && request.stream;
        if let Some(note) = &self.system_note {
            match request.messages.first_mut() {
                Some(Message::System(parts)) => match parts.first_mut() {
                    Some(Part::Text(text)) => *text = format!("{note}\n\n{text}"),
                    _ => parts.insert(0, Part::Text(note.clone())),
                },
                _ => request.messages.insert(0, Message::System(vec![Part::Text(note.clone())])),
            }
        }
        if let Some(continuing) = &self.continuing {
            request.messages.extend(continuing.messages());
            if continuing.manner == Manner::Flagged {
                request.extra.insert("continue_final_message".into(), true.into());
                request.extra.insert("add_generation_prompt".into(), false.into());
            }
        }
    }
}

struct Patch<'a> {
    body: &'a Bytes,
    peek: &'a Peek,
    changes: Vec<(Range<usize>, String)>,
}

impl Patch<'_> {
    fn replace_all(&mut self, spans: &[Range<usize>], name: &str, value: &str) {
        if spans.is_empty() {
            self.insert_field(name, value);
        }
        for span in spans {
            self.changes.push((span.clone(), value.to_owned()));
        }
    }

    /// Puts a new field first. There always is another one behind it: the model.
    fn insert_field(&mut self, name: &str, value: &str) {
        let at = self.peek.spans.open;
        self.changes.push((at..at, format!("\"{name}\":{value},")));
    }

    fn placed(&self, range: &Range<usize>) -> Result<Placed<'_>, BadRequest> {
        let text = self.body.get(range.clone()).ok_or_else(mismatch)?;
        Ok(Placed { text, range: range.clone(), watched: false, sealed: false })
    }

    /// Holds every cap that the client gave; gives one under `name` where it gave none.
    fn cap(&mut self, cap: u32, name: CapName) -> Result<(), BadRequest> {
        let spans = &self.peek.spans;
        let mut changes = Vec::new();
        let mut given = false;
        for (field, ranges) in [
            (CapName::MaxTokens, &spans.max_tokens),
            (CapName::MaxCompletionTokens, &spans.max_completion_tokens),
        ] {
            for range in ranges {
                let value = self.placed(range)?;
                let asked = token_cap(&value, field.word())?;
                given |= !value.is_null();
                if !value.is_null() && asked.is_none_or(|it| it > cap) {
                    changes.push((range.clone(), cap.to_string()));
                }
            }
        }
        self.changes.append(&mut changes);
        if !given {
            let nulls = match name {
                CapName::MaxTokens => &spans.max_tokens,
                CapName::MaxCompletionTokens => &spans.max_completion_tokens,
            };
            self.replace_all(nulls, name.word(), &cap.to_string());
        }
        Ok(())
    }

    fn ask_for_usage(&mut self) -> Result<(), BadRequest> {
        const OPTION: &str = "\"include_usage\":true";
        let Some(range) = self.peek.spans.stream_options.last() else {
            self.insert_field("stream_options", &format!("{{{OPTION}}}"));
            return Ok(());
        };
        let value = self.placed(range)?;
        if value.is_null() {
            self.changes.push((range.clone(), format!("{{{OPTION}}}")));
            return Ok(());
        }
        let mut found = Vec::new();
        scan(value.text, b"", |name, option| {
            if name == "include_usage" {
                found.push((shift(&option.range, range.start), "true".to_owned()));
            }
        })
        .map_err(|_| mismatch())?;
        if found.is_empty() {
            let comma = if value.has_items() { "," } else { "" };
            let at = range.start + 1;
            found.push((at..at, format!("{OPTION}{comma}")));
        }
        self.changes.append(&mut found);
        Ok(())
    }

    /// Puts a note before the first system message's own text, or in a message of its own where there is none: some
    /// chat templates refuse a second system message.
    fn note(&mut self, note: &str) -> Result<(), BadRequest> {
        let list = self.placed(self.peek.spans.messages.last().ok_or_else(mismatch)?)?;
        let first = first_item(list.text).ok_or_else(mismatch)?;
        let offset = list.range.start + first.range.start;
        let (mut system, mut content) = (false, None);
        // What is no object is the server's to refuse.
        let _ = scan(first.text, b"", |name, value| match name {
            "role" => system = matches!(value.text, b"\"system\"" | b"\"developer\""),
            "content" => content = Some(value),
            _ => {}
        });
        let change = match content.filter(|_| system) {
            Some(text) if text.starts_with(b'"') => {
                let quoted = quoted(&format!("{note}\n\n"));
                let inner = quoted.get(1..quoted.len() - 1).unwrap_or_default();
                (text.range.start + 1, inner.to_owned())
            }
            Some(parts) if parts.starts_with(b'[') => {
                let comma = if parts.has_items() { "," } else { "" };
                let part = format!("{{\"type\":\"text\",\"text\":{}}}{comma}", quoted(note));
                (parts.range.start + 1, part)
            }
            _ => (0, format!("{{\"role\":\"system\",\"content\":{}}},", quoted(note))),
        };
        let at = offset + change.0;
        self.changes.push((at..at, change.1));
        Ok(())
    }

    /// Puts the beginning of the answer behind the client's messages, in the words of the server's kind.
    fn go_on(&mut self, continuing: &Continuing) -> Result<(), BadRequest> {
        let list = self.peek.spans.messages.last().ok_or_else(mismatch)?;
        let at = list.end.checked_sub(1).ok_or_else(mismatch)?;
        let mut text = String::new();
        for message in &continuing.messages() {
            let mut message = openai::message(message);
            if let (Manner::Prefixed, Some(fields)) = (continuing.manner, message.as_object_mut()) {
                fields.insert("prefix".into(), true.into());
            }
            text.push(',');
            text.push_str(&message.to_string());
        }
        self.changes.push((at..at, text));
        if continuing.manner == Manner::Flagged {
            self.insert_field("continue_final_message", "true");
            self.insert_field("add_generation_prompt", "false");
        }
        Ok(())
    }

    fn apply(self) -> Result<Pieces, BadRequest> {
        splice(self.body, self.changes)
    }
}

/// The body with these ranges replaced.
fn splice(body: &Bytes, mut changes: Vec<(Range<usize>, String)>) -> Result<Pieces, BadRequest> {
    changes.sort_by_key(|(range, _)| range.start);
    let mut out = Pieces::default();
    let mut from = 0;
    for (range, text) in changes {
        if range.start < from || range.end < range.start || range.end > body.len() {
            return Err(mismatch());
        }
        out.push(body.slice(from..range.start));
        out.push(text.into());
        from = range.end;
    }
    out.push(body.slice(from..));
    Ok(out.joined(COPIED))
}

fn shift(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn number(value: f64) -> String {
    serde_json::Value::from(value).to_string()
}

fn mismatch() -> BadRequest {
    BadRequest::new("The request changed while it was read; send it again.", None, None)
}
