//! A part of an answer that is kept an eye on: it may have to be continued, or continues another.

use bytes::BytesMut;

use super::{Anew, Seam, Sent};
use crate::{client::Writer, exchange::Event};

/// A part of an answer, as it is written.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub sent: Sent,
    /// Where it meets the part before it; absent in the first one.
    pub seam: Option<Seam>,
}

impl Part {
    /// Writes what of an event is for the client.
    pub fn write(&mut self, event: &Event, writer: &mut dyn Writer, out: &mut BytesMut) -> Result<(), Anew> {
        let joins = self.seam.is_some();
        match event {
            Event::Text(text) => {
                let new = self.seam.as_mut().map_or_else(|| Ok(text.clone()), |seam| seam.push(text))?;
                self.text(new, writer, out);
                return Ok(());
            }
            // The answer has begun already, and with it its text.
            Event::Start { .. } | Event::Reasoning(_) | Event::Sealed(_) if joins => return Ok(()),
            Event::ToolCall { .. } | Event::ToolArguments { .. } | Event::Finish(_) => {
                let held = self.seam.as_mut().map_or_else(|| Ok(String::new()), Seam::close)?;
                self.text(held, writer, out);
            }
            _ => {}
        }
        self.sent.note(event);
        match event {
            Event::Usage(_) if joins => writer.write(&Event::Usage(self.sent.counted()), out),
            other => writer.write(other, out),
        }
        Ok(())
    }

    fn text(&mut self, text: String, writer: &mut dyn Writer, out: &mut BytesMut) {
        if !text.is_empty() {
            self.sent.say(&text);
            writer.write(&Event::Text(text), out);
        }
    }
}
