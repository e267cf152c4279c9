//! What a provider's error means, read from its status, headers and body.
//!
//! Providers disagree on every one of the three; the rules are in one table per question here. Messages are cleaned
//! before they leave: one line, at most 500 characters, nothing that looks like a key.

mod clean;
mod rules;
mod said;
mod wait;

use std::time::{Duration, SystemTime};

pub use clean::clean;
use said::Said;

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

impl Fault {
    fn new(kind: FaultKind, message: &str) -> Self {
        Self { kind, message: clean(message), code: None, status: None, retry_after: None }
    }
}

/// Reads a provider's error answer. `header` looks a header up by its lower-case name; `now` is the wall clock, for
/// dates in `Retry-After`. A status of 2xx with something other than an answer is read as well.
#[must_use]
pub fn classify(status: u16, header: &dyn Fn(&str) -> Option<String>, body: &[u8], now: SystemTime) -> Fault {
    let mut said = Said::read(body);
    // Amazon names the error in a header alone, at times with an address behind it.
    let amazons = || header("x-amzn-errortype").map(|it| it.split(':').next().unwrap_or_default().to_owned());
    said.kind = said.kind.or_else(amazons);
    let said = said;
    let retry_after = wait::retry_after(header, &said, now);
    let kind = rules::kind(status, &said, retry_after.is_some());
    let message = if said.message.trim().is_empty() {
        format!("HTTP {status} without a message.")
    } else {
        said.message
    };
    Fault {
        code: said.code.or(said.kind).map(|code| clean(&code)),
        status: Some(status),
        retry_after,
        ..Fault::new(kind, &message)
    }
}

/// Reads an error that came inside a 200, in a body or a frame.
pub(crate) fn in_band(body: &[u8]) -> Fault {
    let said = Said::read(body);
    let retry_after = said.retry_after;
    // Without a status of its own the server failed after it had accepted the request.
    let status = said.status.unwrap_or(500);
    let kind = rules::kind(status, &said, retry_after.is_some());
    let message =
        if said.message.trim().is_empty() { "The server reported an error." } else { &said.message };
    let fault = Fault::new(kind, message);
    Fault { code: said.code.or(said.kind).map(|code| clean(&code)), retry_after, ..fault }
}

/// The server ended its answer with a word for failure.
pub(crate) fn ended_in_failure(field: &str, word: &str) -> Fault {
    let overloaded = word.contains("insufficient_system_resource");
    let kind = if overloaded { FaultKind::Overloaded } else { FaultKind::ServerError };
    let message = match word {
        "" => format!("The server ended its answer without a {field}."),
        word => format!("The server ended its answer with {field} \"{word}\"."),
    };
    Fault { code: Some(clean(word)).filter(|it| !it.is_empty()), ..Fault::new(kind, &message) }
}

/// The model's context was full before the first word of its answer.
pub(crate) fn no_room() -> Fault {
    Fault::new(FaultKind::ContextTooLong, "The model's context was full before the first word of its answer.")
}

/// A server that was asked to go on with an answer cannot.
pub(crate) fn cannot_go_on(why: impl std::fmt::Display) -> Fault {
    Fault::new(FaultKind::Unsupported, &format!("Asked to go on with an answer, {why}."))
}

/// A server that was asked for a call of a tool, in the form of its answer, gave another one.
pub(crate) fn no_call() -> Fault {
    Fault::new(
        FaultKind::Unsupported,
        "Asked for the call of a tool, the server answered with something else.",
    )
}

/// Something came that is not of the expected API. Nothing of it is quoted: it may hold an answer.
pub(crate) fn malformed(message: &str, body: &[u8]) -> Fault {
    let page = body.trim_ascii_start().starts_with(b"<");
    let hint = if page { " It looks like a web page: check the tier's URL." } else { "" };
    Fault::new(FaultKind::Malformed, &format!("{message}{hint}"))
}
