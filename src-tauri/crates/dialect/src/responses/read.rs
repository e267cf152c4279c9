//! Streamed answers of servers that speak this dialect: events to the exchange model's.

use serde_json::Value;

use super::answer::{call, failed, finish, usage, word};
use crate::{
    exchange::{Event, FinishReason, ToolCall},
    fault::{Fault, in_band, malformed},
    frames::is_foreign,
    sse,
    surrogates::mend,
    wire::Reader,
};

/// Reads the events of one stream.
#[derive(Debug, Default)]
pub struct EventReader {
    started: bool,
    /// The places of the items that are calls, in order.
    calls: Vec<u64>,
}

impl EventReader {
    fn event(&mut self, event: &Value, events: &mut Vec<Event>) -> Result<(), Fault> {
        let text = |name: &str| word(event, name).to_owned();
        match word(event, "type") {
            "response.created" if !self.started => self.start(event, events),
            "response.output_text.delta" | "response.refusal.delta" => {
                events.push(Event::Text(text("delta")))
            }
            "response.reasoning_summary_text.delta" | "response.reasoning_text.delta" => {
                events.push(Event::Reasoning(text("delta")));
            }
            "response.output_item.added" => self.item(event, events),
            "response.function_call_arguments.delta" | "response.custom_tool_call_input.delta" => {
                let index = self.index(event);
                events.push(Event::ToolArguments { index, fragment: text("delta") });
            }
            "response.completed" | "response.incomplete" => self.end(event, events)?,
            "response.failed" | "response.cancelled" => {
                return Err(failed(event.get("response").unwrap_or(&Value::Null)));
            }
            "error" => return Err(in_band(event.to_string().as_bytes())),
            "" if event.get("error").is_some() => return Err(in_band(event.to_string().as_bytes())),
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, event: &Value, events: &mut Vec<Event>) {
        self.started = true;
        let model = event.pointer("/response/model").and_then(Value::as_str).unwrap_or_default();
        events.push(Event::Start { model: model.to_owned() });
    }

    fn item(&mut self, event: &Value, events: &mut Vec<Event>) {
        let Some(item) = event.get("item") else { return };
        if !matches!(word(item, "type"), "function_call" | "custom_tool_call") {
            return;
        }
        self.calls.push(place(event));
        let ToolCall { id, name, arguments } = call(item);
        let index = self.index(event);
        events.push(Event::ToolCall { index, id, name });
        if !arguments.is_empty() {
            events.push(Event::ToolArguments { index, fragment: arguments });
        }
    }

    /// The number of the call that an event belongs to.
    fn index(&self, event: &Value) -> u32 {
        let at = self.calls.iter().position(|it| *it == place(event));
        u32::try_from(at.unwrap_or_default()).unwrap_or_default()
    }

    fn end(&self, event: &Value, events: &mut Vec<Event>) -> Result<(), Fault> {
        let response = event.get("response").unwrap_or(&Value::Null);
        let reason = finish(response, !self.calls.is_empty())?.unwrap_or(FinishReason::Stop);
        events.push(Event::Finish(reason));
        events.extend(usage(response).map(Event::Usage));
        events.push(Event::Done);
        Ok(())
    }
}

fn place(event: &Value) -> u64 {
    event.get("output_index").and_then(Value::as_u64).unwrap_or_default()
}

impl Reader for EventReader {
    fn read(&mut self, frame: &[u8], events: &mut Vec<Event>) {
        let data = sse::read(frame).data;
        let data = data.trim_ascii();
        if data == b"[DONE]" {
            return;
        }
        if data.is_empty() {
            let foreign = !self.started && is_foreign(frame);
            events.push(if foreign { Event::Error(no_stream(frame)) } else { Event::KeepAlive });
            return;
        }
        let data = mend(data);
        let read = match serde_json::from_slice::<Value>(&data) {
            Ok(event) if event.is_object() => self.event(&event, events),
            _ => Err(malformed("A frame of the stream is not JSON of this API.", &data)),
        };
        if let Err(fault) = read {
            events.push(Event::Error(fault));
        }
    }
}

/// Before any event: a body that is no stream at all.
fn no_stream(body: &[u8]) -> Fault {
    let error = serde_json::from_slice::<Value>(body).is_ok_and(|body| !body["error"].is_null());
    if error { in_band(body) } else { malformed("A stream was asked for, and something else came.", body) }
}
