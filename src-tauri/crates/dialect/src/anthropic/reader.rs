//! Streamed answers of upstreams: frames to events.

use serde_json::Value;

use super::{JSON_TOOL, add_usage, finish_reason};
use crate::{
    exchange::{Event, Sealed, Usage},
    fault::{in_band, malformed},
    frames::is_foreign,
    sse,
    surrogates::mend,
    wire::Reader,
};

/// Reads frames of a stream into events.
#[derive(Debug, Default)]
pub struct EventReader {
    /// The block that is open.
    block: Block,
    calls: u32,
    /// Whether the model was made to call [`JSON_TOOL`].
    json: bool,
    usage: Option<Usage>,
    fresh: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum Block {
    /// None, or one of no interest.
    #[default]
    Other,
    Text,
    /// A call, by its number.
    Call(u32),
    /// The JSON that the answer is to be.
    Json,
}

impl Reader for EventReader {
    fn read(&mut self, frame: &[u8], events: &mut Vec<Event>) {
        let event = sse::read(frame);
        if event.data.trim_ascii().is_empty() {
            if !self.fresh && is_foreign(frame) {
                let what = "A stream was asked for, and something else came.";
                let error = serde_json::from_slice::<Value>(frame).is_ok_and(|it| it.get("error").is_some());
                events.push(Event::Error(if error { in_band(frame) } else { malformed(what, frame) }));
                return;
            }
            events.push(Event::KeepAlive);
            return;
        }
        self.fresh = true;
        let data = mend(&event.data);
        let Ok(value) = serde_json::from_slice::<Value>(&data) else {
            if data.trim_ascii() != b"[DONE]" {
                let what = "A frame of the stream is not JSON of this API.";
                events.push(Event::Error(malformed(what, &data)));
            }
            return;
        };
        let kind = value.get("type").and_then(Value::as_str).unwrap_or(&event.name);
        if kind == "error" || value.get("error").is_some_and(|it| !it.is_null()) {
            events.push(Event::Error(in_band(&data)));
            return;
        }
        self.event(kind, &value, events);
    }

    fn so_far(&self) -> Option<Usage> {
        self.usage
    }
}

impl EventReader {
    fn event(&mut self, kind: &str, value: &Value, events: &mut Vec<Event>) {
        match kind {
            "message_start" => {
                let model = value.pointer("/message/model").and_then(Value::as_str).unwrap_or_default();
                events.push(Event::Start { model: model.to_owned() });
                self.usage(value.pointer("/message/usage"));
            }
            "content_block_start" => self.begin(value.get("content_block"), events),
            "content_block_delta" => self.delta(value.get("delta"), events),
            "content_block_stop" => self.block = Block::Other,
            "message_delta" => {
                self.usage(value.get("usage"));
                let reason = value.pointer("/delta/stop_reason").and_then(Value::as_str);
                if let Some(reason) = reason {
                    events.extend(self.usage.map(Event::Usage));
                    let met = value.pointer("/delta/stop_sequence").and_then(Value::as_str);
                    let reason = finish_reason(reason).at(met);
                    let only_json = self.json && self.calls == 0;
                    events.push(Event::Finish(if only_json { reason.without_call() } else { reason }));
                }
            }
            "message_stop" => events.push(Event::Done),
            "ping" => events.push(Event::KeepAlive),
            // Clients must pass over what they do not know; so do we.
            _ => {}
        }
    }

    fn usage(&mut self, usage: Option<&Value>) {
        if let Some(usage) = usage {
            add_usage(&mut self.usage, usage);
        }
    }

    fn begin(&mut self, block: Option<&Value>, events: &mut Vec<Event>) {
        let word = |name: &str| block.and_then(|it| it.get(name)?.as_str()).unwrap_or_default();
        self.block = match word("type") {
            "text" => {
                say(word("text"), Event::Text, events);
                Block::Text
            }
            "thinking" => {
                say(word("thinking"), Event::Reasoning, events);
                Block::Other
            }
            "redacted_thinking" => {
                events.push(Event::Sealed(Sealed::Redacted(word("data").to_owned())));
                Block::Other
            }
            "tool_use" if word("name") == JSON_TOOL => {
                self.json = true;
                Block::Json
            }
            "tool_use" => {
                let index = self.calls;
                self.calls = self.calls.saturating_add(1);
                let (id, name) = (word("id").to_owned(), word("name").to_owned());
                events.push(Event::ToolCall { index, id, name });
                // Some servers tell the arguments at once.
                let input = block.and_then(|it| it.get("input")).filter(|it| !crate::carry::says_nothing(it));
                if let Some(input) = input {
                    events.push(Event::ToolArguments { index, fragment: input.to_string() });
                }
                Block::Call(index)
            }
            _ => Block::Other,
        };
    }

    fn delta(&self, delta: Option<&Value>, events: &mut Vec<Event>) {
        let word = |name: &str| delta.and_then(|it| it.get(name)?.as_str()).unwrap_or_default();
        match (word("type"), self.block) {
            ("text_delta", Block::Text) => say(word("text"), Event::Text, events),
            ("thinking_delta", _) => say(word("thinking"), Event::Reasoning, events),
            ("signature_delta", _) if !word("signature").is_empty() => {
                events.push(Event::Sealed(Sealed::Signature(word("signature").to_owned())));
            }
            ("input_json_delta", Block::Json) => say(word("partial_json"), Event::Text, events),
            ("input_json_delta", Block::Call(index)) if !word("partial_json").is_empty() => {
                events.push(Event::ToolArguments { index, fragment: word("partial_json").to_owned() });
            }
            _ => {}
        }
    }
}

fn say(text: &str, event: impl Fn(String) -> Event, events: &mut Vec<Event>) {
    if !text.is_empty() {
        events.push(event(text.to_owned()));
    }
}
