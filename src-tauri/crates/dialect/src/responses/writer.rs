//! Streamed answers: the exchange model's events to typed, numbered events.
//!
//! The order is the one that clients insist on: created, in progress, then per item its beginning, its pieces, its
//! whole and its end, and at last the whole response once more. Codex takes items from `response.output_item.done`
//! alone, so every item gets one.

mod trail;

use bytes::{BufMut, BytesMut};
use serde_json::{Value, json};

pub(crate) use trail::Trail;

use super::{
    item::{self, Head, Status},
    kinds::{self, Kind},
};
use crate::{
    client::{Asked, Writer},
    error::ClientError,
    exchange::{Event, FinishReason, ToolCall, Usage},
    openai,
    wire::Stamp,
};

/// Writes one streamed answer.
#[derive(Debug)]
pub struct EventWriter {
    head: Head,
    sequence: u64,
    begun: bool,
    /// The items that have ended, each at its place; a call has a place from its beginning on.
    output: Vec<Option<Value>>,
    said: Option<Said>,
    calls: Vec<Call>,
    finish: Option<FinishReason>,
    usage: Option<Usage>,
}

/// Text that goes on, or reasoning.
#[derive(Debug)]
struct Said {
    thought: bool,
    at: u32,
    id: String,
    text: String,
    /// The item as it began.
    item: Value,
    /// Whether its part of text is open.
    part: bool,
    /// Whether its whole text has been told.
    text_told: bool,
}

/// A call that goes on.
#[derive(Debug)]
struct Call {
    index: u32,
    at: u32,
    id: String,
    call: ToolCall,
}

impl EventWriter {
    /// A writer for the answer to one request.
    #[must_use]
    pub fn new(asked: &Asked, stamp: &Stamp) -> Self {
        Self {
            head: Head::new(asked, stamp),
            sequence: 0,
            begun: false,
            output: Vec::new(),
            said: None,
            calls: Vec::new(),
            finish: None,
            usage: None,
        }
    }

    fn event(&mut self, kind: &str, mut fields: Value, out: &mut BytesMut) {
        if let Some(fields) = fields.as_object_mut() {
            fields.insert("type".into(), kind.into());
            fields.insert("sequence_number".into(), self.sequence.into());
        }
        self.sequence += 1;
        out.put_slice(format!("event: {kind}\ndata: {fields}\n\n").as_bytes());
    }

    fn begin(&mut self, model: &str, out: &mut BytesMut) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        self.head.model(model);
        for kind in ["response.created", "response.in_progress"] {
            let response = self.head.response(Status::InProgress, &[], None);
            self.event(kind, json!({ "response": response }), out);
        }
    }

    /// A place for one more item.
    fn place(&mut self) -> u32 {
        self.output.push(None);
        u32::try_from(self.output.len() - 1).unwrap_or(u32::MAX)
    }

    fn added(&mut self, at: u32, item: &Value, out: &mut BytesMut) {
        self.event("response.output_item.added", json!({ "output_index": at, "item": item }), out);
    }

    fn done(&mut self, at: u32, item: Value, out: &mut BytesMut) {
        self.event("response.output_item.done", json!({ "output_index": at, "item": item }), out);
        if let Some(place) = self.output.get_mut(at as usize) {
            *place = Some(item);
        }
    }

    fn say(&mut self, thought: bool, text: &str, out: &mut BytesMut) {
        if self.said.as_ref().is_some_and(|said| said.thought != thought || said.text_told) {
            self.close_said("completed", out);
        }
        if self.said.is_none() {
            self.open_said(thought, out);
        }
        self.open_part(out);
        let Some(said) = &mut self.said else { return };
        said.text.push_str(text);
        let (kind, fields) = if thought {
            let fields =
                json!({ "item_id": said.id, "output_index": said.at, "summary_index": 0, "delta": text });
            ("response.reasoning_summary_text.delta", fields)
        } else {
            let fields = json!({
                "item_id": said.id, "output_index": said.at, "content_index": 0, "delta": text, "logprobs": [],
            });
            ("response.output_text.delta", fields)
        };
        self.event(kind, fields, out);
    }

    fn open_said(&mut self, thought: bool, out: &mut BytesMut) {
        let at = self.place();
        let id = self.head.item_id(if thought { "rs" } else { "msg" }, at);
        let item = if thought {
            json!({ "id": id, "type": "reasoning", "summary": [] })
        } else {
            let mut begun = item::message(&id, "", "in_progress");
            begun["content"] = json!([]);
            begun
        };
        self.added(at, &item, out);
        let text = String::new();
        self.said = Some(Said { thought, at, id, text, item, part: false, text_told: false });
        self.open_part(out);
    }

    /// Opens the part of text of what goes on, unless it is open.
    fn open_part(&mut self, out: &mut BytesMut) {
        let Some(said) = self.said.as_mut().filter(|said| !said.part && !said.text_told) else { return };
        said.part = true;
        let (kind, index, part) = if said.thought {
            ("response.reasoning_summary_part.added", "summary_index", item::summary_part(""))
        } else {
            ("response.content_part.added", "content_index", item::text_part(""))
        };
        let fields = json!({ "item_id": said.id, "output_index": said.at, index: 0, "part": part });
        self.event(kind, fields, out);
    }

    fn close_said(&mut self, status: &str, out: &mut BytesMut) {
        self.open_part(out);
        let Some(Said { thought, at, id, text, mut item, part, text_told }) = self.said.take() else {
            return;
        };
        if thought {
            let place = |name: &str, value: Value| json!({ "item_id": id, "output_index": at, "summary_index": 0, name: value });
            self.event("response.reasoning_summary_text.done", place("text", text.as_str().into()), out);
            self.event("response.reasoning_summary_part.done", place("part", item::summary_part(&text)), out);
            self.done(at, item::reasoning(&id, &text), out);
            return;
        }
        if !text_told {
            let whole = json!({
                "item_id": id, "output_index": at, "content_index": 0, "text": text, "logprobs": [],
            });
            self.event("response.output_text.done", whole, out);
        }
        let whole = item::text_part(&text);
        if part {
            let part = json!({ "item_id": id, "output_index": at, "content_index": 0, "part": &whole });
            self.event("response.content_part.done", part, out);
        }
        item["content"] = json!([whole]);
        item["status"] = status.into();
        self.done(at, item, out);
    }

    fn open_call(&mut self, index: u32, id: &str, name: &str, out: &mut BytesMut) {
        self.close_said("completed", out);
        let at = self.place();
        let call = ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: String::new() };
        let item = self.head.call_id(name, at);
        let begun = self.head.call(&item, &call, "in_progress");
        self.added(at, &begun, out);
        self.calls.push(Call { index, at, id: item, call });
    }

    fn arguments(&mut self, index: u32, fragment: &str, out: &mut BytesMut) {
        let Some(open) = self.calls.iter_mut().rev().find(|open| open.index == index) else { return };
        open.call.arguments.push_str(fragment);
        if !self.head.kind(&open.call.name).is_function() {
            // Told once the arguments are whole.
            return;
        }
        let fields = json!({ "item_id": open.id, "output_index": open.at, "delta": fragment });
        self.event("response.function_call_arguments.delta", fields, out);
    }

    fn close_calls(&mut self, status: &str, out: &mut BytesMut) {
        for Call { at, id, call, .. } in std::mem::take(&mut self.calls) {
            self.whole_arguments(at, &id, &call, out);
            let item = self.head.call(&id, &call, status);
            self.done(at, item, out);
        }
    }

    fn whole_arguments(&mut self, at: u32, id: &str, call: &ToolCall, out: &mut BytesMut) {
        match self.head.kind(&call.name) {
            Kind::Function { .. } => {
                let whole = json!({
                    "item_id": id, "output_index": at, "name": call.name, "arguments": call.arguments,
                });
                self.event("response.function_call_arguments.done", whole, out);
            }
            Kind::Custom => {
                let input = kinds::input(&call.arguments);
                for (kind, field) in [("delta", "delta"), ("done", "input")] {
                    let told = json!({ "item_id": id, "output_index": at, field: input });
                    self.event(&format!("response.custom_tool_call_input.{kind}"), told, out);
                }
            }
            Kind::Search => {}
        }
    }

    fn items(&self) -> Vec<Value> {
        self.output.iter().flatten().cloned().collect()
    }
}

impl Writer for EventWriter {
    fn write(&mut self, event: &Event, out: &mut BytesMut) {
        match event {
            Event::Start { model } => self.begin(model, out),
            Event::KeepAlive => out.put_slice(openai::KEEP_ALIVE),
            Event::Error(_) | Event::Done => {}
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::Finish(reason) => self.finish = Some(reason.clone()),
            other => {
                self.begin("", out);
                match other {
                    Event::Text(text) => self.say(false, text, out),
                    Event::Reasoning(text) => self.say(true, text, out),
                    Event::ToolCall { index, id, name } => self.open_call(*index, id, name, out),
                    Event::ToolArguments { index, fragment } => self.arguments(*index, fragment, out),
                    _ => {}
                }
            }
        }
    }

    fn end(&mut self, out: &mut BytesMut) {
        self.begin("", out);
        let finish = self.finish.clone().unwrap_or(FinishReason::Stop);
        if self.output.is_empty() {
            self.open_said(false, out);
        }
        let status = item::item_status(&finish);
        self.close_said(status, out);
        self.close_calls(status, out);
        let response = self.head.response(Status::Ended(&finish), &self.items(), self.usage);
        let complete =
            !matches!(finish, FinishReason::Length | FinishReason::Full | FinishReason::ContentFilter);
        let kind = if complete { "response.completed" } else { "response.incomplete" };
        self.event(kind, json!({ "response": response }), out);
    }

    /// Programs look for one or the other; Codex for `response.failed` alone.
    fn error(&mut self, error: &ClientError, out: &mut BytesMut) {
        if !self.begun {
            self.head.model("");
        }
        let said = openai::error_json(error);
        let code = said.get("code").filter(|code| !code.is_null()).cloned();
        let code = code.unwrap_or_else(|| "server_error".into());
        let failed = json!({ "code": code, "message": error.message });
        let response = self.head.response(Status::Failed(&failed), &self.items(), self.usage);
        self.event("error", json!({ "code": code, "message": error.message, "param": error.param }), out);
        self.event("response.failed", json!({ "response": response }), out);
    }
}
