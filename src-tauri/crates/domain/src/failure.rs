//! How an attempt can fail.

use std::{fmt, time::Duration};

/// The class of a failure. What follows from it is decided by [`crate::verdict()`] alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// The connection was refused.
    Refused,
    /// The name did not resolve.
    Dns,
    /// The TLS handshake failed.
    Tls,
    /// No connection within the connect timeout.
    ConnectTimeout,
    /// The connection broke before an answer.
    Reset,
    /// No meaningful token within the first-token timeout.
    FirstTokenTimeout,
    /// Silence between tokens, longer than the idle timeout.
    IdleTimeout,
    /// The whole answer took longer than the total timeout.
    TotalTimeout,
    /// 408 or the provider's own time-out.
    UpstreamTimeout,
    /// 409.
    Conflict,
    /// 413: too large for this provider.
    PayloadTooLarge,
    /// 429 that time mends.
    RateLimited,
    /// 429 or 402 that money mends.
    QuotaExhausted,
    /// 500 and other server errors.
    ServerError,
    /// 502, 503, 504, 529: overloaded or unreachable behind a proxy.
    Overloaded,
    /// 401.
    Unauthorized,
    /// 403.
    Forbidden,
    /// 404 of the model or deployment.
    ModelNotFound,
    /// The server is up and loads the model.
    ModelLoading,
    /// The prompt is too long for this model.
    ContextTooLong,
    /// The request uses what this server or model cannot do.
    Unsupported,
    /// The provider's filter refused.
    ContentFiltered,
    /// A body or frame that cannot be read, or an answer that is no answer.
    Malformed,
    /// The stream ended without a finish reason.
    CutStream,
    /// An error inside a stream or inside a 200.
    StreamError,
    /// The answer did not pass the quality checks.
    QualityRejected,
    /// Its first tokens come later than the tier's threshold.
    SlowFirstToken,
    /// Its answers take longer than the tier's threshold.
    SlowAnswer,
    /// Its budget is spent.
    OverBudget,
    /// The key that the tier names cannot be had.
    CredentialMissing,
    /// The GPU under the replica failed.
    Gpu,
    /// The operator retired the model while it answered.
    ModelRetired,
    /// The client's own mistake: nobody's failure.
    ClientMistake,
    /// The client hung up: nobody's failure.
    ClientGone,
    /// Another server, asked beside it, answered first: nobody's failure.
    Superseded,
    /// The request came back to this endpoint: the tier leads here.
    Loop,
}

impl FailureClass {
    /// Every class, for tests that walk the verdict table.
    pub const ALL: &[Self] = &[
        Self::Refused,
        Self::Dns,
        Self::Tls,
        Self::ConnectTimeout,
        Self::Reset,
        Self::FirstTokenTimeout,
        Self::IdleTimeout,
        Self::TotalTimeout,
        Self::UpstreamTimeout,
        Self::Conflict,
        Self::PayloadTooLarge,
        Self::RateLimited,
        Self::QuotaExhausted,
        Self::ServerError,
        Self::Overloaded,
        Self::Unauthorized,
        Self::Forbidden,
        Self::ModelNotFound,
        Self::ModelLoading,
        Self::ContextTooLong,
        Self::Unsupported,
        Self::ContentFiltered,
        Self::Malformed,
        Self::CutStream,
        Self::StreamError,
        Self::QualityRejected,
        Self::SlowFirstToken,
        Self::SlowAnswer,
        Self::OverBudget,
        Self::CredentialMissing,
        Self::Gpu,
        Self::ModelRetired,
        Self::ClientMistake,
        Self::ClientGone,
        Self::Superseded,
        Self::Loop,
    ];

    /// The class of this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|class| class.word() == word)
    }

    /// The stable word for rows, headers and metrics.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Dns => "dns",
            Self::Tls => "tls",
            Self::ConnectTimeout => "connect_timeout",
            Self::Reset => "reset",
            Self::FirstTokenTimeout => "first_token_timeout",
            Self::IdleTimeout => "idle_timeout",
            Self::TotalTimeout => "total_timeout",
            Self::UpstreamTimeout => "upstream_timeout",
            Self::Conflict => "conflict",
            Self::PayloadTooLarge => "payload_too_large",
            Self::RateLimited => "rate_limited",
            Self::QuotaExhausted => "quota_exhausted",
            Self::ServerError => "server_error",
            Self::Overloaded => "overloaded",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::ModelNotFound => "model_not_found",
            Self::ModelLoading => "model_loading",
            Self::ContextTooLong => "context_too_long",
            Self::Unsupported => "unsupported",
            Self::ContentFiltered => "content_filtered",
            Self::Malformed => "malformed",
            Self::CutStream => "cut_stream",
            Self::StreamError => "stream_error",
            Self::QualityRejected => "quality_rejected",
            Self::SlowFirstToken => "slow_first_token",
            Self::SlowAnswer => "slow_answer",
            Self::OverBudget => "over_budget",
            Self::CredentialMissing => "credential_missing",
            Self::Gpu => "gpu",
            Self::ModelRetired => "model_retired",
            Self::ClientMistake => "client_mistake",
            Self::ClientGone => "client_gone",
            Self::Superseded => "superseded",
            Self::Loop => "loop",
        }
    }

    /// What an operator does about it, in one sentence.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Refused => "Nothing listens there: start the server, or correct the tier's URL.",
            Self::Dns => "The host name does not resolve: check the tier's URL and this machine's DNS.",
            Self::Tls => "The TLS handshake failed: check the server's certificate and the URL's scheme.",
            Self::ConnectTimeout => "The host does not answer: check that it is up and reachable from here.",
            Self::Reset => "The server dropped the connection: look at its log; it may have crashed.",
            Self::FirstTokenTimeout => {
                "The server accepted the request and stayed silent: check its queue and its GPU, or raise timeouts.first_token."
            }
            Self::IdleTimeout => {
                "The answer stalled: check the server's GPU and queue, or raise timeouts.idle."
            }
            Self::TotalTimeout => {
                "The answer took too long: shorten it with degrade.max_tokens, or raise timeouts.total."
            }
            Self::UpstreamTimeout => "The provider timed out by itself: check its status page.",
            Self::Conflict => "The provider reported a conflict: it usually passes by itself.",
            Self::PayloadTooLarge => {
                "The request is too large for this provider: only tiers with a higher limit can take it."
            }
            Self::RateLimited => {
                "The provider's rate limit is reached: wait, spread the load, or ask for a higher limit."
            }
            Self::QuotaExhausted => "The account's quota or credit is used up: top it up at the provider.",
            Self::ServerError => "The server failed: look at its log, or at the provider's status page.",
            Self::Overloaded => {
                "The server is overloaded or restarting: check its load, or the provider's status page."
            }
            Self::Unauthorized => "The key was refused: paste a valid one in Settings, Keys.",
            Self::Forbidden => "The key may not use this model: check its permissions at the provider.",
            Self::ModelNotFound => {
                "The server does not have this model: correct the tier's model, or load it there."
            }
            Self::ModelLoading => "The server is loading its model: wait until it is ready.",
            Self::ContextTooLong => {
                "The prompt is longer than this model takes: put a tier with a larger context behind it."
            }
            Self::Unsupported => {
                "The request needs what this model cannot do: put a tier that can behind it."
            }
            Self::ContentFiltered => "The provider's content filter refused the request.",
            Self::Malformed => {
                "The answer could not be read: check that the tier's provider kind and URL are right."
            }
            Self::CutStream => "The answer was cut: look at the server's log; it may have crashed.",
            Self::StreamError => "The server reported an error in its answer: look at its log.",
            Self::QualityRejected => {
                "The answer failed the quality checks: look at the model and its settings."
            }
            Self::SlowFirstToken => {
                "Its first tokens come late: look at its queue and its GPU, or raise triggers.first_token_above."
            }
            Self::SlowAnswer => {
                "Its answers take long: look at its load, shorten them with degrade.max_tokens, or raise triggers.total_above."
            }
            Self::OverBudget => "Its budget is spent: wait for the next period, or raise the budget.",
            Self::CredentialMissing => {
                "The tier's key cannot be read: paste it in Settings, Keys, or set the variable."
            }
            Self::Gpu => "The GPU failed: look at the GPUs screen, reset the GPU or reboot its host.",
            Self::ModelRetired => {
                "The operator retired the model: use another one, or take the retirement back on the Chains screen."
            }
            Self::ClientMistake => "The client's request is wrong: correct it there.",
            Self::ClientGone => "The client hung up: nothing to do.",
            Self::Superseded => "Another tier answered first: nothing to do.",
            Self::Loop => "The tier's URL leads back to this endpoint: correct it.",
        }
    }
}

impl fmt::Display for FailureClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A failed attempt.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What kind of failure.
    pub class: FailureClass,
    /// What happened, in words, without keys, prompts or answers; at most 500 characters.
    pub message: String,
    /// The provider's HTTP status, when there was one.
    pub status: Option<u16>,
    /// How long the provider asks to be left alone.
    pub retry_after: Option<Duration>,
}

impl Failure {
    /// A failure without a status.
    #[must_use]
    pub fn new(class: FailureClass, message: impl Into<String>) -> Self {
        Self { class, message: message.into(), status: None, retry_after: None }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.class, self.message)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_the_serialized_form() {
        for class in FailureClass::ALL {
            assert_eq!(serde_json::to_value(class).unwrap(), serde_json::Value::from(class.word()));
        }
    }
}
