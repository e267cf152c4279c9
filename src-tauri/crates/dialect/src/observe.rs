//! Reads along while a Chat Completions stream is relayed, and judges it at its end.
//!
//! Rules: an answer is complete when a finish reason was seen, and by nothing else. `[DONE]` alone proves nothing; an
//! error frame is a failure even when `[DONE]` follows; the finish reasons that mean failure are failures; the end of
//! the body right after a finish reason is complete. Each frame is parsed once.

use crate::{
    exchange::{FinishReason, Usage},
    fault::Fault,
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
