//! What a provider's error means, read from its status, headers and body.
//!
//! Providers disagree on every one of the three; the rules are in one table per question here. Messages are cleaned
//! before they leave: one line, at most 500 characters, nothing that looks like a key.

use std::time::{Duration, SystemTime};

/// What a provider's error means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// A limit that time mends.
    RateLimited,
    /// A limit that money or an administrator mends.
    QuotaExhausted,
    /// The key was refused.
    Unauthorized,
    /// The key may not do this.
    Forbidden,
    /// The server does not have the model, or not this route.
    ModelNotFound,
    /// The server is up and loads the model.
    ModelLoading,
    /// The prompt is too long for this model.
    ContextTooLong,
    /// The provider's filter refused.
    ContentFiltered,
    /// The request is wrong, for anybody.
    ClientMistake,
    /// The request uses what this server or model cannot do; another may (as with [`FaultKind::ContextTooLong`]).
    Unsupported,
    /// The request is too large for this provider.
    PayloadTooLarge,
    /// Busy, or unreachable behind a proxy.
    Overloaded,
    /// The server failed.
    ServerError,
    /// The provider timed out by itself.
    Timeout,
    /// A conflict that usually passes.
    Conflict,
    /// Not an answer of this API at all (a web page, a redirect, a body that cannot be read).
    Malformed,
}

/// A provider's error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What it means.
    pub kind: FaultKind,
    /// What the provider said, cleaned: one line, at most 500 characters, no keys.
    pub message: String,
    /// The provider's own code or type, where it gave one.
    pub code: Option<String>,
    /// The HTTP status, where there was one.
    pub status: Option<u16>,
    /// How long the provider asks to be left alone, as it said it (not clamped).
    pub retry_after: Option<Duration>,
}

/// Reads a provider's error answer. `header` looks a header up by its lower-case name; `now` is the wall clock, for
/// dates in `Retry-After`.
#[must_use]
pub fn classify(
    status: u16,
    header: &dyn Fn(&str) -> Option<String>,
    body: &[u8],
    now: SystemTime,
) -> Fault {
    let _ = (status, header, body, now);
    unimplemented!()
}

/// A message fit for logs and clients: one line, at most 500 characters, with anything that looks like a key masked.
#[must_use]
pub fn clean(message: &str) -> String {
    let _ = message;
    unimplemented!()
}
