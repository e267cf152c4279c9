//! Streamed answers for clients: events to frames.
//!
//! Blocks stand one after the other here, while the pieces of several calls may come mixed: the first call is passed on
//! as it comes, and the others are held until the answer ends.

mod trail;

use std::collections::BTreeMap;

use bytes::{BufMut, BytesMut};
use serde_json::{Value, json};

pub(crate) use trail::Trail;

use super::{KEEP_ALIVE, answer::client_id, error_event, stop_reason, stop_sequence, usage_json};
use crate::{
    client::Writer,
    error::ClientError,
    exchange::{Event, FinishReason, Sealed, Usage},
    wire::Stamp,
};

/// Writes events as frames of a stream.
#[derive(Debug)]
pub struct EventWriter {
    stamp: Stamp,
    model: String,
    begun: bool,
    open: Open,
    /// The number of the block that is open, or of the next one.
    block: u32,
    held: BTreeMap<u32, Held>,
    finish: Option<FinishReason>,
    usage: Usage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Nothing,
    Text,
    Thinking,
    Call(u32),
}

#[derive(Debug)]
struct Held {
    id: String,
    name: String,
    arguments: String,
}

impl EventWriter {
    /// A writer for one answer.
    #[must_use]
    pub fn new(stamp: Stamp) -> Self {
        Self {
            stamp,
            model: String::new(),
            begun: false,
            open: Open::Nothing,
            block: 0,
            held: BTreeMap::new(),
            finish: None,
            usage: Usage::default(),
        }
    }

    fn begin(&mut self, out: &mut BytesMut) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        let mut usage = usage_json(self.usage);
        usage["output_tokens"] = self.usage.output.into();
        let message = json!({
            "id": self.stamp.id, "type": "message", "role": "assistant", "model": self.model,
            "content": [], "stop_reason": null, "stop_sequence": null, "usage": usage,
        });
        frame("message_start", &json!({ "type": "message_start", "message": message }), out);
    }

    /// Opens a block of this kind unless it is open.
    fn open(&mut self, kind: Open, content: &Value, out: &mut BytesMut) {
        self.begin(out);
        if self.open == kind {
            return;
        }
        self.close(out);
        self.open = kind;
        let start = json!({ "type": "content_block_start", "index": self.block, "content_block": content });
        frame("content_block_start", &start, out);
    }

    fn close(&mut self, out: &mut BytesMut) {
        if self.open != Open::Nothing {
            let stop = json!({ "type": "content_block_stop", "index": self.block });
            frame("content_block_stop", &stop, out);
            self.open = Open::Nothing;
            self.block += 1;
        }
    }

    fn delta(&self, delta: &Value, out: &mut BytesMut) {
        let delta = json!({ "type": "content_block_delta", "index": self.block, "delta": delta });
        frame("content_block_delta", &delta, out);
    }

    fn thinking(&mut self, out: &mut BytesMut) {
        self.open(Open::Thinking, &json!({ "type": "thinking", "thinking": "", "signature": "" }), out);
    }

    fn sealed(&mut self, sealed: &Sealed, out: &mut BytesMut) {
        match sealed {
            Sealed::Signature(signature) => {
                self.thinking(out);
                self.delta(&json!({ "type": "signature_delta", "signature": signature }), out);
                self.close(out);
            }
            Sealed::Redacted(data) => {
                self.close(out);
                // A kind that is never asked for again: closed at once.
                self.open(Open::Thinking, &json!({ "type": "redacted_thinking", "data": data }), out);
                self.close(out);
            }
        }
    }

    fn call(&mut self, index: u32, id: &str, name: &str, out: &mut BytesMut) {
        if matches!(self.open, Open::Call(_)) || !self.held.is_empty() {
            let (id, name) = (id.to_owned(), name.to_owned());
            self.held.insert(index, Held { id, name, arguments: String::new() });
            return;
        }
        self.open_call(index, id, name, out);
    }

    fn open_call(&mut self, index: u32, id: &str, name: &str, out: &mut BytesMut) {
        let id = client_id(id, index as usize);
        let block = json!({ "type": "tool_use", "id": id, "name": name, "input": {} });
        self.open(Open::Call(index), &block, out);
    }

    fn arguments(&mut self, index: u32, fragment: &str, out: &mut BytesMut) {
        match self.held.get_mut(&index) {
            Some(held) => held.arguments.push_str(fragment),
            None if self.open == Open::Call(index) => self.partial_json(fragment, out),
            None => {}
        }
    }

    fn partial_json(&self, fragment: &str, out: &mut BytesMut) {
        self.delta(&json!({ "type": "input_json_delta", "partial_json": fragment }), out);
    }

    fn held_calls(&mut self, out: &mut BytesMut) {
        for (index, held) in std::mem::take(&mut self.held) {
            self.open_call(index, &held.id, &held.name, out);
            self.partial_json(&held.arguments, out);
        }
    }
}

impl Writer for EventWriter {
    fn write(&mut self, event: &Event, out: &mut BytesMut) {
        match event {
            Event::Start { model } => {
                self.model.clone_from(model);
                self.begin(out);
            }
            Event::Text(text) => {
                self.open(Open::Text, &json!({ "type": "text", "text": "" }), out);
                self.delta(&json!({ "type": "text_delta", "text": text }), out);
            }
            Event::Reasoning(text) => {
                self.thinking(out);
                self.delta(&json!({ "type": "thinking_delta", "thinking": text }), out);
            }
            Event::Sealed(sealed) => self.sealed(sealed, out),
            Event::ToolCall { index, id, name } => self.call(*index, id, name, out),
            Event::ToolArguments { index, fragment } => self.arguments(*index, fragment, out),
            Event::Finish(reason) => self.finish = Some(reason.clone()),
            Event::Usage(usage) => self.usage = *usage,
            Event::KeepAlive => out.put_slice(KEEP_ALIVE),
            Event::Error(_) | Event::Done => {}
        }
    }

    fn end(&mut self, out: &mut BytesMut) {
        self.begin(out);
        self.held_calls(out);
        self.close(out);
        let reason = self.finish.as_ref().map(stop_reason);
        let delta = json!({
            "type": "message_delta",
            "delta": { "stop_reason": reason, "stop_sequence": stop_sequence(self.finish.as_ref()) },
            "usage": usage_json(self.usage),
        });
        frame("message_delta", &delta, out);
        frame("message_stop", &json!({ "type": "message_stop" }), out);
    }

    fn error(&mut self, error: &ClientError, out: &mut BytesMut) {
        out.put_slice(&error_event(error));
    }
}

fn frame(name: &str, data: &Value, out: &mut BytesMut) {
    let data = data.to_string();
    out.reserve(data.len() + name.len() + 16);
    for piece in [b"event: ", name.as_bytes(), b"\ndata: ", data.as_bytes(), b"\n\n"] {
        out.put_slice(piece);
    }
}
