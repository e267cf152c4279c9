//! An answer that came in one piece: is it one, and what does it say about itself.
//!
//! Rule: as in a stream, it is complete when it has a finish reason, and by nothing else.

use bytes::Bytes;

use crate::{
    exchange::{Answer, FinishReason, Usage},
    fault::{Fault, ended_in_failure, no_room},
    observe::Completion,
};

/// A whole answer in the client's dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// The body for the client (the upstream's own bytes where the dialect is the same); send it only when
    /// [`Completion::Complete`], or [`Completion::Empty`] when nobody has more to say.
    pub body: Bytes,
    /// The verdict.
    pub completion: Completion,
    /// Why it ended.
    pub finish: Option<FinishReason>,
    /// The token counts.
    pub usage: Option<Usage>,
}

/// Judges an answer that was read; `field` names where its dialect tells why it ended.
pub(crate) fn judge(read: Result<Answer, Fault>, field: &str, write: impl FnOnce(&Answer) -> Bytes) -> Whole {
    let failed =
        |fault: Fault| Whole { body: Bytes::new(), completion: fault.into(), finish: None, usage: None };
    let answer = match read {
        Ok(answer) => answer,
        Err(fault) => return failed(fault),
    };
    if let Some(FinishReason::Failed(word)) = &answer.finish {
        return failed(ended_in_failure(field, word));
    }
    if answer.finish.is_none() {
        let message = format!("The answer came without a {field}.");
        let completion = Completion::Broken { malformed: false, message };
        return Whole { body: Bytes::new(), completion, finish: None, usage: answer.usage };
    }
    let filtered = answer.finish == Some(FinishReason::ContentFilter);
    let empty = answer.is_empty() && !filtered;
    if empty && answer.finish == Some(FinishReason::Full) {
        return failed(no_room());
    }
    let completion = if empty { Completion::Empty } else { Completion::Complete };
    Whole { body: write(&answer), completion, finish: answer.finish, usage: answer.usage }
}
