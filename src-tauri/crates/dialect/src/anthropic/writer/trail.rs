//! A stream that goes through as it is, followed so that its rest can be written.

use serde_json::Value;

use super::{EventWriter, Open};
use crate::{client::Writer, exchange::Usage, resume, sse, surrogates::mend};

/// Follows one stream.
#[derive(Debug)]
pub(crate) struct Trail(EventWriter);

impl Trail {
    /// For the answer that `writer` would write.
    pub fn new(writer: EventWriter) -> Self {
        Self(writer)
    }

    fn begun(&mut self, message: Option<&Value>) {
        let word = |name: &str| message.and_then(|it| it.get(name)?.as_str());
        if let Some(id) = word("id") {
            id.clone_into(&mut self.0.stamp.id);
        }
        word("model").unwrap_or_default().clone_into(&mut self.0.model);
        self.0.begun = true;
    }

    fn block(&mut self, event: &Value) -> Result<(), &'static str> {
        self.0.block = index(event);
        self.0.open = match event.pointer("/content_block/type").and_then(Value::as_str) {
            Some("text") => Open::Text,
            Some("thinking" | "redacted_thinking") => Open::Thinking,
            Some("tool_use") => return Err("a tool call had begun"),
            _ => return Err("the answer held more than text"),
        };
        Ok(())
    }
}

fn index(event: &Value) -> u32 {
    event.get("index").and_then(Value::as_u64).and_then(|it| u32::try_from(it).ok()).unwrap_or_default()
}

impl resume::Trail for Trail {
    fn frame(&mut self, frame: &[u8]) -> Result<(), &'static str> {
        let event = sse::read(frame);
        if event.data.trim_ascii().is_empty() {
            return Ok(());
        }
        let Ok(value) = serde_json::from_slice::<Value>(&mend(&event.data)) else {
            return Err("a frame could not be read");
        };
        match value.get("type").and_then(Value::as_str).unwrap_or(&event.name) {
            "message_start" => self.begun(value.get("message")),
            "content_block_start" => return self.block(&value),
            "content_block_delta"
                if value.pointer("/delta/type").is_some_and(|it| it == "citations_delta") =>
            {
                return Err("its sources had been named");
            }
            "content_block_stop" => {
                self.0.open = Open::Nothing;
                self.0.block = index(&value).saturating_add(1);
            }
            _ => {}
        }
        Ok(())
    }

    fn why_not(&self) -> Option<&'static str> {
        (self.0.open == Open::Thinking)
            .then_some("the model was still reasoning, which no other model can take up")
    }

    fn writer(self: Box<Self>) -> Box<dyn Writer> {
        // What the first server counted comes with the count of all parts.
        Box::new(EventWriter { usage: Usage::default(), ..self.0 })
    }
}
