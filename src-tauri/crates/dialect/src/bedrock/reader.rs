//! Streamed answers: binary frames to events.

use aws_smithy_eventstream::frame::read_message_from;
use serde_json::{Value, json};

use super::{JSON_TOOL, finish_reason, reason, usage};
use crate::{
    exchange::{Event, Sealed},
    fault::{in_band, malformed},
    wire::Reader,
};

/// Reads frames of a stream into events.
#[derive(Debug, Default)]
pub struct FrameReader {
    /// The calls' numbers, by the number of their block.
    open: Option<(u64, Block)>,
    calls: u32,
    json: bool,
    finished: bool,
}

#[derive(Clone, Copy, Debug)]
enum Block {
    Call(u32),
    Json,
}

impl Reader for FrameReader {
    fn read(&mut self, frame: &[u8], events: &mut Vec<Event>) {
        let Ok(message) = read_message_from(frame) else {
            // Something else than a stream may have come, in words.
            let readable = serde_json::from_slice::<Value>(frame).is_ok_and(|it| it.is_object());
            let what = "A frame of the stream is damaged, or none of Bedrock's.";
            events.push(Event::Error(if readable { in_band(frame) } else { malformed(what, frame) }));
            return;
        };
        let header = |name: &str| {
            let found = message.headers().iter().find(|it| it.name().as_str() == name)?;
            found.value().as_string().ok().map(|it| it.as_str().to_owned())
        };
        let kind = header(":message-type").unwrap_or_default();
        let payload = message.payload();
        match kind.as_str() {
            "event" => {
                let Ok(value) = serde_json::from_slice::<Value>(payload) else {
                    events.push(Event::Error(malformed("An event of the stream is not JSON.", payload)));
                    return;
                };
                self.event(&header(":event-type").unwrap_or_default(), &value, events);
            }
            _ => {
                let code = header(":exception-type").or_else(|| header(":error-code")).unwrap_or_default();
                let said = serde_json::from_slice::<Value>(payload).unwrap_or_default();
                let words = said.get("message").or_else(|| said.get("Message")).and_then(Value::as_str);
                let words = words.map(ToOwned::to_owned).or_else(|| header(":error-message"));
                events.push(Event::Error(exception(&code, &words.unwrap_or_default(), &said)));
            }
        }
    }
}

/// An exception within a stream as the error answer that it would have been before.
fn exception(code: &str, message: &str, said: &Value) -> crate::fault::Fault {
    let original = said.get("originalStatusCode").and_then(Value::as_u64);
    let status = original.unwrap_or(match code {
        "validationException" => 400,
        "throttlingException" => 429,
        "modelStreamErrorException" => 424,
        "serviceUnavailableException" => 503,
        _ => 500,
    });
    let body = json!({ "error": { "message": message, "code": status, "type": code } });
    in_band(body.to_string().as_bytes())
}

impl FrameReader {
    fn event(&mut self, kind: &str, value: &Value, events: &mut Vec<Event>) {
        let at = value.get("contentBlockIndex").and_then(Value::as_u64).unwrap_or_default();
        match kind {
            "messageStart" => events.push(Event::Start { model: String::new() }),
            "contentBlockStart" => self.begin(at, value, events),
            "contentBlockDelta" => self.delta(at, value, events),
            "contentBlockStop" => self.open = None,
            "messageStop" => {
                self.finished = true;
                let reason = reason(value).unwrap_or_else(|| finish_reason(""));
                let only_json = self.json && self.calls == 0;
                events.push(Event::Finish(if only_json { reason.without_call() } else { reason }));
            }
            "metadata" => {
                events.extend(value.get("usage").and_then(usage).map(Event::Usage));
                if self.finished {
                    events.push(Event::Done);
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, at: u64, value: &Value, events: &mut Vec<Event>) {
        let word = |path: &str| value.pointer(path).and_then(Value::as_str);
        let Some(name) = word("/start/toolUse/name") else { return };
        if name == JSON_TOOL {
            self.json = true;
            self.open = Some((at, Block::Json));
            return;
        }
        let index = self.calls;
        self.calls = self.calls.saturating_add(1);
        self.open = Some((at, Block::Call(index)));
        let id = word("/start/toolUse/toolUseId").unwrap_or_default().to_owned();
        events.push(Event::ToolCall { index, id, name: name.to_owned() });
    }

    fn delta(&self, at: u64, value: &Value, events: &mut Vec<Event>) {
        let word = |path: &str| {
            value.pointer(path).and_then(Value::as_str).filter(|it| !it.is_empty()).map(String::from)
        };
        events.extend(word("/delta/text").map(Event::Text));
        events.extend(word("/delta/reasoningContent/text").map(Event::Reasoning));
        let sealed = word("/delta/reasoningContent/signature").map(Sealed::Signature);
        let sealed = sealed.or_else(|| word("/delta/reasoningContent/redactedContent").map(Sealed::Redacted));
        events.extend(sealed.map(Event::Sealed));
        if let (Some(fragment), Some((block, kind))) = (word("/delta/toolUse/input"), self.open)
            && block == at
        {
            events.push(match kind {
                Block::Call(index) => Event::ToolArguments { index, fragment },
                Block::Json => Event::Text(fragment),
            });
        }
    }
}
