//! The little that routing needs from a Chat Completions request, in one pass that builds no tree of the messages.
//!
//! The positions of the fields that [`crate::edit`] may replace are kept, so that the body is scanned once. Of a field
//! that occurs twice the last one counts, as it does for every server we know.

use std::ops::Range;

use crate::error::BadRequest;

/// What routing needs to know of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peek {
    /// The model that the client asks for.
    pub model: String,
    /// Whether the client wants a stream.
    pub stream: bool,
    /// Whether the client asked for the usage at the end of the stream.
    pub stream_usage: bool,
    /// Whether tools are offered.
    pub has_tools: bool,
    /// Whether a message holds a picture.
    pub has_images: bool,
    /// Whether the answer must be JSON (`response_format` of `json_object` or `json_schema`).
    pub wants_json: bool,
    /// The client's cap on output tokens, under whichever name; the smaller one if it gave both.
    pub max_tokens: Option<u32>,
    /// How many answers the client wants.
    pub n: u32,
    /// The body's length in bytes.
    pub bytes: usize,
    /// Where the fields are that an edit may replace.
    pub(crate) spans: Spans,
}

/// Byte ranges of values in the body: one per occurrence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spans {
    pub model: Vec<Range<usize>>,
    pub max_tokens: Vec<Range<usize>>,
    pub max_completion_tokens: Vec<Range<usize>>,
    pub temperature: Vec<Range<usize>>,
    pub stream_options: Vec<Range<usize>>,
    pub messages: Vec<Range<usize>>,
    /// Where a new first field goes: just behind the opening brace.
    pub open: usize,
}

impl Peek {
    /// Reads a request body.
    ///
    /// # Errors
    /// The body is not a JSON object, names no model, or its messages are missing or no list.
    pub fn read(body: &[u8]) -> Result<Self, BadRequest> {
        let _ = body;
        unimplemented!()
    }
}
