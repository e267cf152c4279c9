//! An answer that came in one piece: is it one, and what does it say about itself.

use bytes::Bytes;

use crate::{
    exchange::{FinishReason, Usage},
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
