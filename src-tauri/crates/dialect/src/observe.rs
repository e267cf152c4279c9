//! Reads along while an answer streams, and judges it at its end.
//!
//! Rules: an answer is complete when a finish reason was seen, and by nothing else. `[DONE]` alone proves nothing; an
//! error frame is a failure even when `[DONE]` follows; the finish reasons that mean failure are failures; the end of
//! the body right after a finish reason is complete. Each frame is parsed once.

mod alike;

use std::fmt;

use self::alike::Alike;
use crate::{
    exchange::{Event, FinishReason, Usage},
    fault::{Fault, FaultKind, ended_in_failure, in_band, malformed, no_room},
    frames::is_foreign,
    openai::{chunk::Chunk, finish_reason},
    sse,
    surrogates::mend,
    wire::Reader,
};

/// Something worth knowing in a stream, in the order of the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The first meaningful content (text, tool call or reasoning) has come. Told once.
    Content,
    /// A tool call has begun: from here on the answer must not be made again by another tier. Told once.
    ToolCall,
    /// The answer has ended, for this reason (never a failure: those are [`Seen::Error`]).
    Finish(FinishReason),
    /// The token counts.
    Usage(Usage),
    /// The server reported an error inside the stream. Nothing after it is relayed.
    Error(Fault),
    /// A frame that is not of this dialect. Nothing after it is relayed.
    Malformed(String),
    /// The end mark.
    Done,
}

/// How an answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completion {
    /// Whole.
    Complete,
    /// Ended properly, with nothing in it: neither text nor tool call nor reasoning.
    Empty,
    /// Cut, or not readable.
    Broken {
        /// Whether bytes came that are not of this dialect; otherwise the answer was cut.
        malformed: bool,
        /// What was seen, in words, without content.
        message: String,
    },
    /// The server said that it failed.
    Failed(Fault),
}

impl From<Fault> for Completion {
    fn from(fault: Fault) -> Self {
        match fault.kind {
            FaultKind::Malformed => Self::Broken { malformed: true, message: fault.message },
            _ => Self::Failed(fault),
        }
    }
}

/// What is to be done with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// It is the client's.
    On,
    /// It holds the usage and nothing else.
    OnlyUsage,
    /// It and everything after it is not for the client.
    Stop,
}

/// Keeps count of what an answer has shown so far, whatever its dialect.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    content: bool,
    tool: bool,
    filtered: bool,
    full: bool,
    /// One bit per choice, the first 64.
    begun: u64,
    finished: u64,
    end: Option<Completion>,
}

impl Ledger {
    /// Whether the answer is over in failure.
    pub fn failed(&self) -> bool {
        self.end.is_some()
    }

    /// Whether every choice that began has ended, and none in failure.
    pub fn finished(&self) -> bool {
        !self.failed() && self.finished != 0 && self.begun & !self.finished == 0
    }

    pub fn content(&mut self, calls_a_tool: bool, seen: &mut Vec<Seen>) {
        if !std::mem::replace(&mut self.content, true) {
            seen.push(Seen::Content);
        }
        if calls_a_tool && !std::mem::replace(&mut self.tool, true) {
            seen.push(Seen::ToolCall);
        }
    }

    /// A choice has ended; false when that was a failure. `field` names where the reason stood.
    pub fn finish(&mut self, reason: FinishReason, choice: u32, field: &str, seen: &mut Vec<Seen>) -> bool {
        if let FinishReason::Failed(word) = &reason {
            self.fail(ended_in_failure(field, word), seen);
            return false;
        }
        self.filtered |= reason == FinishReason::ContentFilter;
        self.full |= reason == FinishReason::Full;
        self.finished |= bit(choice);
        seen.push(Seen::Finish(reason));
        true
    }

    pub fn fail(&mut self, fault: Fault, seen: &mut Vec<Seen>) {
        let completion = Completion::from(fault.clone());
        seen.push(match &completion {
            Completion::Broken { message, .. } => Seen::Malformed(message.clone()),
            _ => Seen::Error(fault),
        });
        self.end.get_or_insert(completion);
    }

    /// The verdict when the body has ended.
    pub fn close(&mut self) -> Completion {
        if let Some(end) = self.end.take() {
            return end;
        }
        if !self.finished() {
            let message = "The stream ended without a finish reason.".to_owned();
            return Completion::Broken { malformed: false, message };
        }
        match () {
            () if self.content || self.filtered => Completion::Complete,
            () if self.full => no_room().into(),
            () => Completion::Empty,
        }
    }
}

fn bit(choice: u32) -> u64 {
    1u64.checked_shl(choice).unwrap_or_default()
}

/// Reads along with a Chat Completions stream, frame by frame (see [`sse::Frames`]).
#[derive(Debug, Default)]
pub struct Observer {
    ledger: Ledger,
    /// The last frame that held text and nothing else of note.
    alike: Alike,
    done: bool,
    events: bool,
}

impl Observer {
    fn read(&mut self, frame: &[u8], seen: &mut Vec<Seen>) -> Pass {
        if self.ledger.failed() || self.done {
            return Pass::Stop;
        }
        if self.alike.is(frame) {
            return Pass::On;
        }
        let event = sse::read(frame);
        let data = event.data.trim_ascii();
        if data.is_empty() {
            return self.without_data(frame, seen);
        }
        self.events = true;
        if data == b"[DONE]" {
            self.done = true;
            seen.push(Seen::Done);
            // Without a finish reason the mark would make a cut answer look whole.
            return if self.ledger.finished() { Pass::On } else { Pass::Stop };
        }
        let data = &*mend(data);
        let chunk = match Chunk::read(data) {
            Ok(chunk) if chunk.is_error() || event.name == "error" => {
                self.ledger.fail(in_band(data), seen);
                return Pass::Stop;
            }
            Ok(chunk) => chunk,
            Err(_) => {
                self.ledger.fail(malformed("A frame of the stream is not JSON of this API.", data), seen);
                return Pass::Stop;
            }
        };
        let text = chunk.only_text();
        let pass = self.chunk(chunk, seen);
        if let (Pass::On, Some(text)) = (pass, text) {
            self.alike.keep(frame, text);
        }
        pass
    }

    fn chunk(&mut self, chunk: Chunk<'_>, seen: &mut Vec<Seen>) -> Pass {
        let (has_usage, usage) = (chunk.has_usage(), chunk.usage());
        let choices = chunk.choices.unwrap_or_default();
        for choice in &choices {
            let index = choice.index.unwrap_or_default();
            self.ledger.begun |= bit(index);
            if let Some(delta) = choice.delta.as_ref().filter(|delta| delta.is_meaningful()) {
                self.ledger.content(delta.calls_a_tool(), seen);
            } else if !choice.text.0.is_empty() {
                self.ledger.content(false, seen);
            }
            if let Some(word) = choice.finish()
                && !self.ledger.finish(finish_reason(word), index, "finish_reason", seen)
            {
                return Pass::Stop;
            }
        }
        seen.extend(usage.map(Seen::Usage));
        if has_usage && choices.is_empty() { Pass::OnlyUsage } else { Pass::On }
    }

    /// A comment or an empty frame; or, before any event, a body that is no stream at all.
    fn without_data(&mut self, frame: &[u8], seen: &mut Vec<Seen>) -> Pass {
        if self.events || !is_foreign(frame) {
            return Pass::On;
        }
        let fault = match Chunk::read(frame) {
            Ok(chunk) if chunk.is_error() => in_band(frame),
            _ => malformed("A stream was asked for, and something else came.", frame),
        };
        self.ledger.fail(fault, seen);
        Pass::Stop
    }
}

/// Reads along with a stream that goes through as it is, frame by frame (see [`sse::Frames`]).
pub trait Observe: fmt::Debug + Send {
    /// Reads one frame, adds what is worth knowing to `seen`, and says what is to be done with the frame.
    fn frame(&mut self, frame: &[u8], seen: &mut Vec<Seen>) -> Pass;

    /// Whether every choice that began has its finish reason, and none failed.
    fn finished(&self) -> bool;

    /// Whether the end mark has come.
    fn done(&self) -> bool;

    /// A frame was longer than its bound.
    fn too_long(&mut self, error: sse::TooLong, seen: &mut Vec<Seen>);

    /// The verdict when the body has ended.
    fn close(&mut self) -> Completion;
}

impl Observe for Observer {
    fn frame(&mut self, frame: &[u8], seen: &mut Vec<Seen>) -> Pass {
        self.read(frame, seen)
    }

    fn finished(&self) -> bool {
        self.ledger.finished()
    }

    fn done(&self) -> bool {
        self.done
    }

    fn too_long(&mut self, error: sse::TooLong, seen: &mut Vec<Seen>) {
        self.ledger.fail(too_long(error), seen);
    }

    fn close(&mut self) -> Completion {
        self.ledger.close()
    }
}

/// A frame over its bound.
pub(crate) fn too_long(error: sse::TooLong) -> Fault {
    malformed(&format!("In the stream, {error}."), b"")
}

/// Reads along by way of the exchange model's events, for dialects that have no quicker way.
#[derive(Debug)]
pub(crate) struct ByEvents {
    reader: Box<dyn Reader>,
    field: &'static str,
    observer: EventObserver,
    done: bool,
}

impl ByEvents {
    pub fn new(reader: Box<dyn Reader>, field: &'static str) -> Self {
        Self { reader, field, observer: EventObserver::default(), done: false }
    }
}

impl Observe for ByEvents {
    fn frame(&mut self, frame: &[u8], seen: &mut Vec<Seen>) -> Pass {
        if self.observer.ledger.failed() || self.done {
            return Pass::Stop;
        }
        let mut events = Vec::new();
        self.reader.read(frame, &mut events);
        for event in &events {
            if !self.observer.event(event, self.field, seen) {
                return Pass::Stop;
            }
            if *event == Event::Done {
                self.done = true;
                seen.push(Seen::Done);
                return if self.observer.ledger.finished() { Pass::On } else { Pass::Stop };
            }
        }
        Pass::On
    }

    fn finished(&self) -> bool {
        self.observer.ledger.finished()
    }

    fn done(&self) -> bool {
        self.done
    }

    fn too_long(&mut self, error: sse::TooLong, seen: &mut Vec<Seen>) {
        self.observer.ledger.fail(too_long(error), seen);
    }

    fn close(&mut self) -> Completion {
        self.observer.ledger.close()
    }
}

/// Reads along with an answer that comes as events, for the way between dialects.
#[derive(Debug, Default)]
pub(crate) struct EventObserver {
    pub ledger: Ledger,
}

impl EventObserver {
    /// Looks at one event; false when it and everything after it is not for the client. `field` names where this
    /// dialect tells why an answer ended.
    pub fn event(&mut self, event: &Event, field: &str, seen: &mut Vec<Seen>) -> bool {
        match event {
            Event::Start { .. } | Event::Sealed(_) | Event::KeepAlive | Event::Done => {}
            Event::Text(text) | Event::Reasoning(text) if text.is_empty() => {}
            Event::Text(_) | Event::Reasoning(_) => self.ledger.content(false, seen),
            Event::ToolCall { .. } | Event::ToolArguments { .. } => self.ledger.content(true, seen),
            Event::Finish(reason) => return self.ledger.finish(reason.clone(), 0, field, seen),
            Event::Usage(usage) => seen.push(Seen::Usage(*usage)),
            Event::Error(fault) => {
                self.ledger.fail(fault.clone(), seen);
                return false;
            }
        }
        true
    }
}
