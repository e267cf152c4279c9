//! A streamed answer on its way to the client: relayed as it is, or translated; the gateway need not know which.
//!
//! Rules: only whole frames go out, so that an error of our own can follow at any moment. Nothing goes out from an
//! error frame on, or after the end mark. What goes out in total begins at the first byte, so that a gateway may hold it back until
//! [`Seen::Content`] and then send everything.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use serde::de::IgnoredAny;

use crate::{
    fault::malformed,
    ndjson::Lines,
    observe::{Completion, EventObserver, Observer, Pass, Seen},
    ollama::LineReader,
    openai::{ChunkWriter, DONE},
    sse::{self, Frames},
    wire::Stamp,
};

/// What comes of one piece of an upstream's body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Bytes for the client: whole frames of its dialect; may be empty.
    pub out: Bytes,
    /// What was seen, in order.
    pub seen: Vec<Seen>,
}

/// What comes of the end of an upstream's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The last bytes for the client; may be empty.
    pub out: Bytes,
    /// What was seen in them.
    pub seen: Vec<Seen>,
    /// The verdict on the whole answer.
    pub completion: Completion,
}

/// A streamed answer on its way to the client.
#[derive(Debug)]
pub struct Relay {
    way: Way,
    frames: u64,
}

#[derive(Debug)]
enum Way {
    Same(Box<Same>),
    Ollama(Box<FromOllama>),
}

impl Relay {
    /// Both sides speak Chat Completions: bytes go on as they are, without the frame that holds only the usage where
    /// the client did not ask for it.
    #[must_use]
    pub fn same(usage_wanted: bool) -> Self {
        let same = Same { frames: Frames::default(), observer: Observer::default(), usage_wanted };
        Self { way: Way::Same(Box::new(same)), frames: 0 }
    }

    /// The upstream speaks Ollama's chat API, the client Chat Completions.
    #[must_use]
    pub fn from_ollama(stamp: Stamp, usage_wanted: bool) -> Self {
        let ollama = FromOllama {
            lines: Lines::default(),
            reader: LineReader::default(),
            observer: EventObserver::default(),
            writer: ChunkWriter::new(stamp, usage_wanted),
            ended: false,
        };
        Self { way: Way::Ollama(Box::new(ollama)), frames: 0 }
    }

    /// Takes the next piece of the upstream's body.
    pub fn push(&mut self, bytes: Bytes) -> Step {
        match &mut self.way {
            Way::Same(same) => same.push(bytes, &mut self.frames),
            Way::Ollama(ollama) => ollama.push(bytes, &mut self.frames),
        }
    }

    /// The upstream's body has ended, by itself or by a broken connection.
    #[must_use]
    pub fn finish(self) -> End {
        match self.way {
            Way::Same(same) => same.finish(),
            Way::Ollama(ollama) => ollama.finish(),
        }
    }

    /// How many frames have come so far (comments and empty ones included).
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }
}

#[derive(Debug)]
struct Same {
    frames: Frames,
    observer: Observer,
    usage_wanted: bool,
}

impl Same {
    fn push(&mut self, bytes: Bytes, count: &mut u64) -> Step {
        let mut step = Step::default();
        if self.observer.done() {
            return step;
        }
        let mut out = Run::new(bytes.clone());
        self.frames.push(bytes);
        loop {
            match self.frames.next_frame() {
                Ok(None) => break,
                Ok(Some(frame)) => {
                    *count += 1;
                    if !self.frame(&frame, &mut out, &mut step.seen) {
                        break;
                    }
                }
                Err(error) => {
                    self.observer.too_long(error, &mut step.seen);
                    break;
                }
            }
        }
        step.out = out.take();
        step
    }

    fn frame(&mut self, frame: &Bytes, out: &mut Run, seen: &mut Vec<Seen>) -> bool {
        match self.observer.frame(frame, seen) {
            Pass::OnlyUsage if !self.usage_wanted => {}
            Pass::On | Pass::OnlyUsage => out.add(frame),
            Pass::Stop => return false,
        }
        true
    }

    fn finish(mut self) -> End {
        let mut seen = Vec::new();
        let rest = std::mem::take(&mut self.frames).rest();
        let mut out = Run::new(rest.clone());
        // The last frame may lack its empty line; one that was cut in the middle is no JSON and is left out.
        if !is_cut(&rest) && self.frame(&rest, &mut out, &mut seen) {
            out.add(&Bytes::from_static(b"\n\n"));
        }
        if self.observer.finished() && !self.observer.done() {
            out.add(&Bytes::from_static(DONE));
        }
        End { out: out.take(), seen, completion: self.observer.finish() }
    }
}

/// Whether an unfinished last frame says nothing that could be read.
fn is_cut(rest: &[u8]) -> bool {
    let event = sse::read(rest);
    let data = event.data.trim_ascii();
    if data.is_empty() {
        // A body that is no stream at all has no data either, and is judged by its first byte.
        return !matches!(rest.trim_ascii_start().first(), Some(b'{' | b'[' | b'<'));
    }
    data != b"[DONE]" && serde_json::from_slice::<IgnoredAny>(data).is_err()
}

/// Frames put together again: without copying where they lie side by side in the piece that came.
struct Run {
    piece: Bytes,
    range: Range<usize>,
    copied: BytesMut,
}

impl Run {
    fn new(piece: Bytes) -> Self {
        Self { piece, range: 0..0, copied: BytesMut::new() }
    }

    fn add(&mut self, frame: &Bytes) {
        let at = (frame.as_ptr() as usize).wrapping_sub(self.piece.as_ptr() as usize);
        let inside = at <= self.piece.len() && frame.len() <= self.piece.len() - at;
        if inside && self.copied.is_empty() && (self.range.is_empty() || self.range.end == at) {
            let start = if self.range.is_empty() { at } else { self.range.start };
            self.range = start..at + frame.len();
            return;
        }
        let side_by_side = std::mem::take(&mut self.range);
        self.copied.extend_from_slice(self.piece.get(side_by_side).unwrap_or_default());
        self.copied.extend_from_slice(frame);
    }

    fn take(self) -> Bytes {
        if self.copied.is_empty() { self.piece.slice(self.range) } else { self.copied.freeze() }
    }
}

#[derive(Debug)]
struct FromOllama {
    lines: Lines,
    reader: LineReader,
    observer: EventObserver,
    writer: ChunkWriter,
    ended: bool,
}

impl FromOllama {
    fn push(&mut self, bytes: Bytes, count: &mut u64) -> Step {
        let mut step = Step::default();
        let mut out = BytesMut::new();
        self.lines.push(bytes);
        while !self.observer.ledger.failed() {
            match self.lines.next_line() {
                Ok(None) => break,
                Ok(Some(line)) => {
                    *count += 1;
                    self.line(&line, &mut out, &mut step.seen);
                }
                Err(error) => {
                    let fault = malformed(&format!("In the stream, {error}."), b"");
                    self.observer.ledger.fail(fault, &mut step.seen);
                }
            }
        }
        step.out = out.freeze();
        step
    }

    fn line(&mut self, line: &[u8], out: &mut BytesMut, seen: &mut Vec<Seen>) {
        if self.ended {
            return;
        }
        let mut events = Vec::new();
        self.reader.read(line, &mut events);
        for event in &events {
            if !self.observer.event(event, "done_reason", seen) {
                return;
            }
            self.writer.write(event, out);
        }
        if self.observer.ledger.finished() {
            self.ended = true;
            self.writer.end(out);
            seen.push(Seen::Done);
        }
    }

    fn finish(mut self) -> End {
        let mut seen = Vec::new();
        let mut out = BytesMut::new();
        let rest = std::mem::take(&mut self.lines).rest();
        let whole = serde_json::from_slice::<IgnoredAny>(&rest).is_ok();
        let foreign = self.reader.is_fresh() && !rest.trim_ascii_start().starts_with(b"{");
        if !rest.trim_ascii().is_empty() && !self.observer.ledger.failed() && (whole || foreign) {
            self.line(&rest, &mut out, &mut seen);
        }
        End { out: out.freeze(), seen, completion: self.observer.ledger.close() }
    }
}
