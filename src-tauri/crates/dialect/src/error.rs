//! What can be wrong with a request, and what clients are told when there is no answer: in nobody's syntax.

use crate::{anthropic::THREAD, fault::FaultKind};

/// A request that no upstream should see: answered 400 (404 for an unknown model is the gateway's).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BadRequest {
    /// What is wrong and how to mend it, for the client's developer.
    pub message: String,
    /// The field at fault.
    pub param: Option<String>,
    /// The dialect's code, for example `invalid_json`.
    pub code: Option<String>,
}

impl BadRequest {
    pub(crate) fn new(message: impl Into<String>, param: Option<&str>, code: Option<&str>) -> Self {
        Self { message: message.into(), param: param.map(Into::into), code: code.map(Into::into) }
    }
}

/// Why a request cannot be put to an upstream of another dialect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The client's own mistake: nobody can answer it.
    #[error(transparent)]
    Bad(#[from] BadRequest),
    /// This upstream's dialect has no way to say it; another tier may serve. Holds what, in the client's words.
    #[error("this tier's API cannot carry {}", .0.join(", "))]
    CannotCarry(Vec<String>),
}

impl Unfit {
    /// Whether a conversation that a server holds is what it cannot carry.
    #[must_use]
    pub fn is_thread(&self) -> bool {
        matches!(self, Self::CannotCarry(what) if what.iter().any(|it| it == THREAD))
    }
}

/// The code by which Anthropic's clients send such a conversation anew, from its beginning.
pub const THREAD_LOST: &str = "thread_not_found";

/// The kind of an error that a client is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// 400: the request is wrong.
    InvalidRequest,
    /// 401: no key, or a wrong one.
    Authentication,
    /// 403: the key may not do this.
    Permission,
    /// 404: no such model or route.
    NotFound,
    /// 405: this route exists with another method.
    MethodNotAllowed,
    /// 413: the body is too large.
    TooLarge,
    /// 415: the body is encoded in a way that is not read here.
    UnknownEncoding,
    /// 429: every tier is at its rate limit.
    RateLimit,
    /// 429: every tier's quota is used up.
    Quota,
    /// 502: the upstreams failed.
    Upstream,
    /// 503: nobody can serve now.
    Unavailable,
    /// 504: no answer in time.
    Timeout,
    /// 500: this program failed.
    Internal,
}

impl ErrorKind {
    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidRequest => 400,
            Self::Authentication => 401,
            Self::Permission => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::TooLarge => 413,
            Self::UnknownEncoding => 415,
            Self::RateLimit | Self::Quota => 429,
            Self::Upstream => 502,
            Self::Unavailable => 503,
            Self::Timeout => 504,
            Self::Internal => 500,
        }
    }
}

/// An error for a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientError {
    /// What kind.
    pub kind: ErrorKind,
    /// What happened, where, and how to mend it.
    pub message: String,
    /// A stable code; `None` for the dialect's usual one.
    pub code: Option<String>,
    /// The request's field at fault.
    pub param: Option<String>,
    /// The tiers that were tried, in order.
    pub tried: Vec<Tried>,
}

impl ClientError {
    /// An error without code, field or tiers.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), code: None, param: None, tried: Vec::new() }
    }
}

impl From<BadRequest> for ClientError {
    fn from(bad: BadRequest) -> Self {
        Self { code: bad.code, param: bad.param, ..Self::new(ErrorKind::InvalidRequest, bad.message) }
    }
}

/// A tier that was tried or passed over.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Tried {
    /// The tier's name.
    pub tier: String,
    /// The stable word of the failure or of the reason why not, for example `rate_limited`.
    pub reason: String,
    /// What happened, in words, without secrets.
    pub message: String,
}

impl From<FaultKind> for ErrorKind {
    /// The kind to tell a client whose request failed everywhere, the last time like this.
    fn from(kind: FaultKind) -> Self {
        match kind {
            FaultKind::RateLimited => Self::RateLimit,
            FaultKind::QuotaExhausted => Self::Quota,
            FaultKind::ContextTooLong | FaultKind::ContentFiltered | FaultKind::ClientMistake => {
                Self::InvalidRequest
            }
            FaultKind::PayloadTooLarge => Self::TooLarge,
            FaultKind::Overloaded | FaultKind::ModelLoading => Self::Unavailable,
            FaultKind::Timeout => Self::Timeout,
            // A refused key or a missing model upstream is the operator's business, not the client's.
            FaultKind::Unauthorized
            | FaultKind::Forbidden
            | FaultKind::ModelNotFound
            | FaultKind::Unsupported
            | FaultKind::ServerError
            | FaultKind::Conflict
            | FaultKind::Malformed => Self::Upstream,
        }
    }
}
