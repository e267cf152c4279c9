//! A continuation on its way to the client.

use bytes::{Bytes, BytesMut};

use super::{Anew, Continuing, Seam, Sent};
use crate::{
    exchange::{Event, FinishReason, Usage},
    openai::{ChunkWriter, StreamReader},
    sse::Frames,
    wire::Stamp,
};

/// Rewrites the frames of a continuation (Chat Completions) as the rest of the answer that was sent.
#[derive(Debug)]
pub struct Joined {
    frames: Frames,
    reader: StreamReader,
    seam: Seam,
    writer: ChunkWriter,
    before: Usage,
    counted: Usage,
    finish: Option<FinishReason>,
}

impl Joined {
    /// Behind what was sent. `stamp` is for an answer whose own id never came; the usage is written only if
    /// `usage_wanted`.
    #[must_use]
    pub fn new(sent: &mut Sent, continuing: &Continuing, stamp: Stamp, usage_wanted: bool) -> Self {
        let stamp = sent.stamp.clone().unwrap_or(stamp);
        Self {
            frames: Frames::default(),
            reader: StreamReader::default(),
            seam: Seam::new(&continuing.text, !continuing.manner.is_prefill()),
            writer: ChunkWriter::behind(stamp, sent.model.clone(), usage_wanted),
            before: sent.begin_part(),
            counted: Usage::default(),
            finish: None,
        }
    }

    /// Takes more frames. What goes out is noted in `sent`.
    ///
    /// # Errors
    /// The server began anew; nothing of it has gone out.
    pub fn push(&mut self, frames: &Bytes, sent: &mut Sent) -> Result<Bytes, Anew> {
        let mut out = BytesMut::new();
        let mut events = Vec::new();
        self.frames.push(frames.clone());
        while let Ok(Some(frame)) = self.frames.next_frame() {
            self.reader.read(&frame, &mut events);
        }
        for event in events {
            self.event(event, &mut out)?;
        }
        let out = out.freeze();
        sent.push(&out);
        Ok(out)
    }

    fn event(&mut self, event: Event, out: &mut BytesMut) -> Result<(), Anew> {
        match event {
            Event::Text(text) => {
                let new = self.seam.push(&text)?;
                self.text(new, out);
            }
            // The reasoning belongs to a text that has begun already; an error and the end are told otherwise.
            Event::Start { .. } | Event::Reasoning(_) | Event::KeepAlive | Event::Error(_) => {}
            Event::ToolCall { .. } | Event::ToolArguments { .. } => {
                let held = self.seam.close()?;
                self.text(held, out);
                self.writer.write(&event, out);
            }
            Event::Usage(usage) => self.counted = usage,
            Event::Finish(reason) => {
                let held = self.seam.close()?;
                self.text(held, out);
                self.finish = Some(reason);
            }
        }
        Ok(())
    }

    fn text(&mut self, text: String, out: &mut BytesMut) {
        if !text.is_empty() {
            self.writer.write(&Event::Text(text), out);
        }
    }

    /// The end of a continuation that was whole: its finish reason, the token counts of all parts, and the end mark.
    #[must_use]
    pub fn end(mut self) -> Bytes {
        let mut out = BytesMut::new();
        let reason = self.finish.take().unwrap_or(FinishReason::Stop);
        self.writer.write(&Event::Finish(reason), &mut out);
        let sum = |a: Option<u64>, b: Option<u64>| {
            (a.is_some() || b.is_some()).then(|| a.unwrap_or(0) + b.unwrap_or(0))
        };
        let (a, b) = (self.before, self.counted);
        self.writer.write(
            &Event::Usage(Usage {
                input: a.input + b.input,
                output: a.output + b.output,
                cached: sum(a.cached, b.cached),
                reasoning: sum(a.reasoning, b.reasoning),
            }),
            &mut out,
        );
        self.writer.end(&mut out);
        out.freeze()
    }
}
