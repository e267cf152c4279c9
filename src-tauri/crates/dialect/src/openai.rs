//! `OpenAI` Chat Completions: what clients speak to us, and most upstreams to all.

use bytes::Bytes;

use crate::error::ClientError;

/// The content type of a stream.
pub const STREAM_TYPE: &str = "text/event-stream";

/// A comment that keeps a waiting client's connection alive and means nothing.
pub const KEEP_ALIVE: &[u8] = b": keep-alive\n\n";

/// The body of an error answer.
#[must_use]
pub fn error_body(error: &ClientError) -> Bytes {
    let _ = error;
    unimplemented!()
}

/// The frame of an error inside a stream that has begun. No `[DONE]` follows it.
#[must_use]
pub fn error_event(error: &ClientError) -> Bytes {
    let _ = error;
    unimplemented!()
}
