//! Streamed answers: frames to events and events to frames.

use bytes::{BufMut, BytesMut};
use serde::Serialize;
use serde_json::Value;

use super::{DONE, KEEP_ALIVE, answer::usage_json, chunk, finish_word, thoughts};
use crate::{
    exchange::{Event, Sealed, Usage},
    fault::{in_band, malformed},
    frames::is_foreign,
    sse,
    surrogates::mend,
    wire::Stamp,
};

/// Reads frames of a stream into events. Of several choices the first one counts.
#[derive(Debug, Default)]
pub struct StreamReader {
    started: bool,
    calls: u32,
}

impl StreamReader {
    /// Reads one frame (see [`sse::Frames`]).
    pub fn read(&mut self, frame: &[u8], events: &mut Vec<Event>) {
        let data = sse::read(frame).data;
        if data.trim_ascii().is_empty() {
            let foreign = !self.started && is_foreign(frame);
            events.push(if foreign { no_stream(frame) } else { Event::KeepAlive });
            return;
        }
        if data.trim_ascii() == b"[DONE]" {
            events.push(Event::Done);
            return;
        }
        let data = mend(&data);
        let Ok(chunk) = chunk::Chunk::read(&data) else {
            events.push(Event::Error(malformed("A frame of the stream is not JSON of this API.", &data)));
            return;
        };
        if chunk.is_error() {
            events.push(Event::Error(in_band(&data)));
            return;
        }
        let usage = chunk.usage();
        // Azure's first frame is about the prompt and names no model.
        let says = || !chunk.model().is_empty() || chunk.choices.as_ref().is_some_and(|it| !it.is_empty());
        if !self.started && (says() || usage.is_some()) {
            self.started = true;
            events.push(Event::Start { model: chunk.model().to_owned() });
        }
        for choice in chunk.choices.unwrap_or_default() {
            if choice.index.unwrap_or_default() == 0 {
                self.choice(choice, events);
            }
        }
        events.extend(usage.map(Event::Usage));
    }

    fn choice(&mut self, choice: chunk::Choice<'_>, events: &mut Vec<Event>) {
        let (finish, completed) = (choice.reason(), choice.text.0);
        let delta = choice.delta.unwrap_or_default();
        if !delta.reasoning().is_empty() {
            events.push(Event::Reasoning(delta.reasoning().to_owned()));
        }
        for text in [delta.content.0, delta.refusal.0, completed] {
            if !text.is_empty() {
                events.push(Event::Text(text.into_owned()));
            }
        }
        for call in delta.tool_calls.unwrap_or_default() {
            let function = call.function.unwrap_or_default();
            // A name begins a call; a server that leaves the index out sends whole calls.
            let begins = !function.name.0.is_empty();
            let index = call.index.unwrap_or(if begins { self.calls } else { self.calls.saturating_sub(1) });
            if begins {
                self.calls = self.calls.max(index.saturating_add(1));
                let (id, name) = (call.id.0.into_owned(), function.name.0.into_owned());
                events.push(Event::ToolCall { index, id, name });
            }
            if !function.arguments.0.is_empty() {
                events.push(Event::ToolArguments { index, fragment: function.arguments.0.into_owned() });
            }
        }
        events.extend(finish.map(Event::Finish));
    }
}

/// Before any event: a body that is no stream at all.
fn no_stream(body: &[u8]) -> Event {
    Event::Error(match chunk::Chunk::read(body) {
        Ok(chunk) if chunk.is_error() => in_band(body),
        _ => malformed("A stream was asked for, and something else came.", body),
    })
}

/// Writes events as frames of a stream.
#[derive(Debug)]
pub struct ChunkWriter {
    stamp: Stamp,
    model: String,
    usage_wanted: bool,
    usage: Option<Usage>,
    begun: bool,
    reasoning: String,
    sealed: Vec<Sealed>,
}

impl ChunkWriter {
    /// A writer for one answer. The usage is written only if `usage_wanted`.
    #[must_use]
    pub fn new(stamp: Stamp, usage_wanted: bool) -> Self {
        Self { begun: false, ..Self::behind(stamp, String::new(), usage_wanted) }
    }

    /// A writer for the rest of an answer by `model` whose beginning the client has been sent already.
    #[must_use]
    pub(crate) fn behind(stamp: Stamp, model: String, usage_wanted: bool) -> Self {
        let (reasoning, sealed) = (String::new(), Vec::new());
        Self { stamp, model, usage_wanted, usage: None, begun: true, reasoning, sealed }
    }

    /// Writes what one event needs. Errors are written with [`super::error_event`] instead.
    pub fn write(&mut self, event: &Event, out: &mut BytesMut) {
        if !self.begun
            && !matches!(
                event,
                Event::KeepAlive | Event::Error(_) | Event::Sealed(_) | Event::Done | Event::Start { .. }
            )
        {
            self.begin(out);
        }
        match event {
            Event::Start { model } => {
                self.model.clone_from(model);
                self.begin(out);
            }
            Event::Text(text) => self.delta(&Delta { content: Some(text), ..Delta::default() }, out),
            Event::Reasoning(text) => {
                self.reasoning.push_str(text);
                self.delta(&Delta { reasoning_content: Some(text), ..Delta::default() }, out);
            }
            Event::ToolCall { index, id, name } => {
                let function = Function { name: Some(name), arguments: "" };
                let call = Call { index: *index, id: Some(id), kind: Some("function"), function };
                self.delta(&Delta { tool_calls: Some([call]), ..Delta::default() }, out);
            }
            Event::ToolArguments { index, fragment } => {
                let function = Function { name: None, arguments: fragment };
                let call = Call { index: *index, id: None, kind: None, function };
                self.delta(&Delta { tool_calls: Some([call]), ..Delta::default() }, out);
            }
            Event::Finish(reason) => {
                // In one piece: clients put lists together in different ways.
                let blocks = thoughts::blocks(&self.reasoning, &self.sealed);
                if blocks.is_some() {
                    self.delta(&Delta { thinking_blocks: blocks, ..Delta::default() }, out);
                }
                let delta = &Delta::default();
                self.chunk(
                    &[Choice { index: 0, delta, finish_reason: Some(finish_word(reason)) }],
                    None,
                    out,
                );
            }
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::KeepAlive => out.put_slice(KEEP_ALIVE),
            Event::Sealed(sealed) => self.sealed.push(sealed.clone()),
            Event::Error(_) | Event::Done => {}
        }
    }

    /// Ends the stream: the usage, where wanted and known, and the end mark.
    pub fn end(&mut self, out: &mut BytesMut) {
        if let Some(usage) = self.usage.filter(|_| self.usage_wanted) {
            self.chunk(&[], Some(usage), out);
        }
        out.put_slice(DONE);
    }

    fn begin(&mut self, out: &mut BytesMut) {
        if !self.begun {
            self.begun = true;
            self.delta(&Delta { role: Some("assistant"), content: Some(""), ..Delta::default() }, out);
        }
    }

    fn delta(&self, delta: &Delta<'_>, out: &mut BytesMut) {
        self.chunk(&[Choice { index: 0, delta, finish_reason: None }], None, out);
    }

    fn chunk(&self, choices: &[Choice<'_>], usage: Option<Usage>, out: &mut BytesMut) {
        let chunk = Chunk {
            id: &self.stamp.id,
            object: "chat.completion.chunk",
            created: self.stamp.created,
            model: &self.model,
            choices,
            usage: usage.map(usage_json),
        };
        // Text and numbers into memory: there is nothing here that could fail to be written.
        if let Ok(json) = serde_json::to_vec(&chunk) {
            out.reserve(json.len() + 8);
            out.put_slice(b"data: ");
            out.put_slice(&json);
            out.put_slice(b"\n\n");
        }
    }
}

#[derive(Serialize)]
struct Chunk<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: &'a [Choice<'a>],
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Value>,
}

#[derive(Serialize)]
struct Choice<'a> {
    index: u32,
    delta: &'a Delta<'a>,
    finish_reason: Option<&'a str>,
}

#[derive(Default, Serialize)]
struct Delta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_calls: Option<[Call<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking_blocks: Option<Value>,
}

#[derive(Serialize)]
struct Call<'a> {
    index: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    function: Function<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    arguments: &'a str,
}
