//! Same dialect on both sides: the client's body with only the named top-level fields changed.
//!
//! Every other byte stays as it was: unknown fields, order, white space, number formats. The body is copied at most
//! once, and not at all where nothing changes.

use bytes::Bytes;

use crate::{error::BadRequest, exchange, peek::Peek};

/// What to change in a request. The default changes nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edits {
    /// The model that the tier serves.
    pub model: Option<String>,
    /// Allow at most this many output tokens, whatever the client asked; inserted where it asked nothing.
    pub max_tokens_cap: Option<u32>,
    /// The name under which a cap is inserted where the client gave none.
    pub cap_name: CapName,
    /// The temperature, whatever the client asked.
    pub temperature: Option<f64>,
    /// A system message put in front of the client's messages.
    pub system_note: Option<String>,
    /// Ask a stream for its usage, even though the client did not ([`crate::wire::Wire::relay`] then takes it out
    /// again). Without effect on a request that is not streamed.
    pub force_usage: bool,
}

/// The two names of the cap on output tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CapName {
    /// `max_tokens`: what most compatible servers know.
    #[default]
    MaxTokens,
    /// `max_completion_tokens`: what newer `OpenAI` models insist on.
    MaxCompletionTokens,
}

/// The body with the edits made. `peek` must have been read from this very body.
///
/// # Errors
/// A field that must be changed is not what it should be (a cap that is no number), or `peek` is not of this body.
pub fn rewrite(body: &Bytes, peek: &Peek, edits: &Edits) -> Result<Bytes, BadRequest> {
    let _ = (body, peek, edits);
    unimplemented!()
}

impl Edits {
    /// Makes the same edits on a request in the exchange model, for the way into another dialect.
    pub fn apply(&self, request: &mut exchange::Request) {
        let _ = request;
        unimplemented!()
    }
}
