//! A stream that goes through as it is, followed so that its rest can be written.

use serde_json::Value;

use super::{EventWriter, Said};
use crate::{client::Writer, resume, sse, surrogates::mend};

/// Follows one stream.
#[derive(Debug)]
pub(crate) struct Trail(EventWriter);

const MORE: &str = "the answer held more than text";
const ODD: &str = "its events were not in their order";

impl Trail {
    /// For the answer that `writer` would write.
    pub fn new(writer: EventWriter) -> Self {
        Self(writer)
    }

    fn event(&mut self, event: &Value) -> Result<(), &'static str> {
        let number = |name: &str| event.get(name).and_then(Value::as_u64);
        let sequence = number("sequence_number").unwrap_or(self.0.sequence);
        self.0.sequence = sequence.saturating_add(1);
        match event.get("type").and_then(Value::as_str).unwrap_or_default() {
            "response.created" | "response.in_progress" => {
                self.0.begun = true;
                if let Some(Value::Object(response)) = event.get("response") {
                    self.0.head.adopt(response);
                }
            }
            "response.output_item.added" => return self.added(event),
            "response.output_item.done" => {
                self.0.said = None;
                let place = self.0.output.get_mut(place(event)).ok_or(ODD)?;
                *place = event.get("item").cloned();
            }
            "response.content_part.added" => {
                let first = number("content_index").unwrap_or_default() == 0;
                if !first || event.pointer("/part/type").is_none_or(|it| it != "output_text") {
                    return Err(MORE);
                }
                self.said(event)?.part = true;
            }
            "response.output_text.delta" => {
                if event.get("logprobs").and_then(Value::as_array).is_some_and(|it| !it.is_empty()) {
                    return Err("the tokens' probabilities were asked for");
                }
                let delta = event.get("delta").and_then(Value::as_str).unwrap_or_default();
                self.said(event)?.text.push_str(delta);
            }
            "response.output_text.done" => self.said(event)?.text_told = true,
            "response.content_part.done" => {
                let said = self.said(event)?;
                (said.part, said.text_told) = (false, true);
            }
            "response.output_text.annotation.added" => return Err("its sources had been named"),
            kind if kind.starts_with("response.refusal") => return Err("the model had begun to refuse"),
            _ => {}
        }
        Ok(())
    }

    fn added(&mut self, event: &Value) -> Result<(), &'static str> {
        let item = event.get("item").unwrap_or(&Value::Null);
        let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
        let thought = match kind {
            "message" => false,
            "reasoning" => true,
            "function_call" | "custom_tool_call" => return Err("a tool call had begun"),
            _ => return Err(MORE),
        };
        if place(event) != self.0.output.len() || self.0.said.is_some() {
            return Err(ODD);
        }
        let at = self.0.place();
        let id = item.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let said =
            Said { thought, at, id, text: String::new(), item: item.clone(), part: false, text_told: false };
        self.0.said = Some(said);
        Ok(())
    }

    /// The message that goes on, which the event belongs to.
    fn said(&mut self, event: &Value) -> Result<&mut Said, &'static str> {
        let said = self.0.said.as_mut().filter(|said| said.at as usize == place(event));
        said.ok_or(ODD)
    }
}

fn place(event: &Value) -> usize {
    let at = event.get("output_index").and_then(Value::as_u64).unwrap_or_default();
    usize::try_from(at).unwrap_or(usize::MAX)
}

impl resume::Trail for Trail {
    fn frame(&mut self, frame: &[u8]) -> Result<(), &'static str> {
        let data = sse::read(frame).data;
        if data.trim_ascii().is_empty() {
            return Ok(());
        }
        match serde_json::from_slice::<Value>(&mend(&data)) {
            Ok(event) => self.event(&event),
            Err(_) => Err("a frame could not be read"),
        }
    }

    fn why_not(&self) -> Option<&'static str> {
        let thinks = self.0.said.as_ref().is_some_and(|said| said.thought);
        thinks.then_some("the model was still reasoning, which no other model can take up")
    }

    fn writer(self: Box<Self>) -> Box<dyn Writer> {
        Box::new(self.0)
    }
}
