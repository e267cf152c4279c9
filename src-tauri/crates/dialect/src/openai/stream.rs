//! Streamed answers: frames to events and events to frames.

use bytes::{BufMut, BytesMut};
use serde_json::{Value, json};

use super::{
    DONE, KEEP_ALIVE,
    answer::usage_json,
    chunk::{Choice, Chunk},
    finish_reason, finish_word,
};
use crate::{
    exchange::{Event, Usage},
    fault::{in_band, malformed},
    sse,
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
            events.push(Event::KeepAlive);
            return;
        }
        if data.trim_ascii() == b"[DONE]" {
            return;
        }
        let Ok(chunk) = Chunk::read(&data) else {
            events.push(Event::Error(malformed("A frame of the stream is not JSON of this API.", &data)));
            return;
        };
        if chunk.is_error() {
            events.push(Event::Error(in_band(&data)));
            return;
        }
        if !self.started {
            self.started = true;
            events.push(Event::Start { model: chunk.model.unwrap_or_default().into_owned() });
        }
        for choice in chunk.choices.unwrap_or_default() {
            if choice.index.unwrap_or_default() == 0 {
                self.choice(choice, events);
            }
        }
        if let Some(usage) = chunk.usage {
            events.push(Event::Usage(usage.into()));
        }
    }

    fn choice(&mut self, choice: Choice<'_>, events: &mut Vec<Event>) {
        let finish = choice.finish().map(finish_reason);
        let delta = choice.delta.unwrap_or_default();
        if !delta.reasoning().is_empty() {
            events.push(Event::Reasoning(delta.reasoning().to_owned()));
        }
        for text in [delta.content.0, delta.refusal.0] {
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

/// Writes events as frames of a stream.
#[derive(Debug)]
pub struct ChunkWriter {
    stamp: Stamp,
    model: String,
    usage_wanted: bool,
    usage: Option<Usage>,
    begun: bool,
}

impl ChunkWriter {
    /// A writer for one answer. The usage is written only if `usage_wanted`.
    #[must_use]
    pub fn new(stamp: Stamp, usage_wanted: bool) -> Self {
        Self { stamp, model: String::new(), usage_wanted, usage: None, begun: false }
    }

    /// Writes what one event needs. Errors are written with [`super::error_event`] instead.
    pub fn write(&mut self, event: &Event, out: &mut BytesMut) {
        if !self.begun && !matches!(event, Event::KeepAlive | Event::Error(_) | Event::Start { .. }) {
            self.begin(out);
        }
        match event {
            Event::Start { model } => {
                self.model.clone_from(model);
                self.begin(out);
            }
            Event::Text(text) => self.delta(json!({ "content": text }), out),
            Event::Reasoning(text) => self.delta(json!({ "reasoning_content": text }), out),
            Event::ToolCall { index, id, name } => {
                let function = json!({ "name": name, "arguments": "" });
                let call = json!({ "index": index, "id": id, "type": "function", "function": function });
                self.delta(json!({ "tool_calls": [call] }), out);
            }
            Event::ToolArguments { index, fragment } => {
                let call = json!({ "index": index, "function": { "arguments": fragment } });
                self.delta(json!({ "tool_calls": [call] }), out);
            }
            Event::Finish(reason) => {
                let choice = json!({ "index": 0, "delta": {}, "finish_reason": finish_word(reason) });
                self.chunk(&json!([choice]), None, out);
            }
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::KeepAlive => out.put_slice(KEEP_ALIVE),
            Event::Error(_) => {}
        }
    }

    /// Ends the stream: the usage, where wanted and known, and the end mark.
    pub fn end(&mut self, out: &mut BytesMut) {
        if let Some(usage) = self.usage.filter(|_| self.usage_wanted) {
            self.chunk(&json!([]), Some(usage), out);
        }
        out.put_slice(DONE);
    }

    fn begin(&mut self, out: &mut BytesMut) {
        if !self.begun {
            self.begun = true;
            self.delta(json!({ "role": "assistant", "content": "" }), out);
        }
    }

    fn delta(&self, delta: Value, out: &mut BytesMut) {
        let choice = json!({ "index": 0, "delta": delta, "finish_reason": null });
        self.chunk(&json!([choice]), None, out);
    }

    fn chunk(&self, choices: &Value, usage: Option<Usage>, out: &mut BytesMut) {
        let mut chunk = json!({
            "id": self.stamp.id,
            "object": "chat.completion.chunk",
            "created": self.stamp.created,
            "model": self.model,
            "choices": choices,
        });
        if let (Some(usage), Some(fields)) = (usage, chunk.as_object_mut()) {
            fields.insert("usage".into(), usage_json(usage));
        }
        out.put_slice(b"data: ");
        out.put_slice(chunk.to_string().as_bytes());
        out.put_slice(b"\n\n");
    }
}
