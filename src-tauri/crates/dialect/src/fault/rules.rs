//! From status and words to the kind of a fault. The provider's own code wins over its status, because several use
//! one status for what time mends and for what only money mends; the words of a message are the last resort.

use super::{FaultKind, said::Said};

/// Codes and types that mean one thing, whatever the status. Compared in lower case.
const CODES: &[(&str, FaultKind)] = &[
    ("context_length_exceeded", FaultKind::ContextTooLong),
    ("exceed_context_size_error", FaultKind::ContextTooLong),
    ("string_above_max_length", FaultKind::ContextTooLong),
    ("insufficient_quota", FaultKind::QuotaExhausted),
    ("credit_balance_exhausted", FaultKind::QuotaExhausted),
    ("organization_usage_limit_exceeded", FaultKind::QuotaExhausted),
    ("organization_spend_limit_exceeded", FaultKind::QuotaExhausted),
    ("project_spend_limit_exceeded", FaultKind::QuotaExhausted),
    ("enforced_spend_limit_reached", FaultKind::QuotaExhausted),
    ("contract_spend_limit_reached", FaultKind::QuotaExhausted),
    ("billing_hard_limit_reached", FaultKind::QuotaExhausted),
    ("billing_error", FaultKind::QuotaExhausted),
    ("usage_not_included", FaultKind::QuotaExhausted),
    ("organization_on_hold", FaultKind::QuotaExhausted),
    ("servicequotaexceededexception", FaultKind::QuotaExhausted),
    ("payment_required", FaultKind::QuotaExhausted),
    ("content_filter", FaultKind::ContentFiltered),
    ("refusal", FaultKind::ContentFiltered),
    ("content_policy_violation", FaultKind::ContentFiltered),
    ("moderation_blocked", FaultKind::ContentFiltered),
    ("invalid_api_key", FaultKind::Unauthorized),
    ("api_key_invalid", FaultKind::Unauthorized),
    ("authentication_error", FaultKind::Unauthorized),
    ("unauthenticated", FaultKind::Unauthorized),
    ("permission_error", FaultKind::Forbidden),
    ("unsupported_country_region_territory", FaultKind::Forbidden),
    ("permission_denied", FaultKind::Forbidden),
    ("accessdeniedexception", FaultKind::Forbidden),
    ("model_not_found", FaultKind::ModelNotFound),
    ("deploymentnotfound", FaultKind::ModelNotFound),
    ("notfounderror", FaultKind::ModelNotFound),
    ("not_found_error", FaultKind::ModelNotFound),
    ("model_not_active", FaultKind::ModelNotFound),
    ("modelnotreadyexception", FaultKind::ModelLoading),
    ("resourcenotfoundexception", FaultKind::ModelNotFound),
    ("expiredtokenexception", FaultKind::Unauthorized),
    ("unrecognizedclientexception", FaultKind::Unauthorized),
    ("invalidsignatureexception", FaultKind::Unauthorized),
    ("incompletesignatureexception", FaultKind::Unauthorized),
    ("missingauthenticationtokenexception", FaultKind::Unauthorized),
    ("modelerrorexception", FaultKind::ServerError),
    ("internalserverexception", FaultKind::ServerError),
    ("serviceunavailableexception", FaultKind::Overloaded),
    ("failed_precondition", FaultKind::Forbidden),
    ("unsupported_parameter", FaultKind::Unsupported),
    ("unsupported_value", FaultKind::Unsupported),
    ("not_supported_error", FaultKind::Unsupported),
    // Reasoning that another account has sealed: a tier that leaves it out may serve.
    ("invalid_encrypted_content", FaultKind::Unsupported),
    // A conversation held at Anthropic that is not there, or not in this state: its clients send it anew.
    ("thread_not_found", FaultKind::ClientMistake),
    ("thread_already_continued", FaultKind::ClientMistake),
    ("thread_continue_in_flight", FaultKind::ClientMistake),
    ("thread_unsupported_request", FaultKind::ClientMistake),
    ("overloaded_error", FaultKind::Overloaded),
    ("overloaded", FaultKind::Overloaded),
    ("server_is_overloaded", FaultKind::Overloaded),
    ("capacity_exceeded", FaultKind::Overloaded),
    ("provider_overloaded", FaultKind::Overloaded),
    ("provider_unavailable", FaultKind::Overloaded),
    ("request_too_large", FaultKind::PayloadTooLarge),
    ("timeout_error", FaultKind::Timeout),
    ("deadline_exceeded", FaultKind::Timeout),
    ("modeltimeoutexception", FaultKind::Timeout),
    ("throttlingexception", FaultKind::RateLimited),
    ("dynamic_request_limited", FaultKind::RateLimited),
    ("dynamic_token_limited", FaultKind::RateLimited),
    ("conflict_error", FaultKind::Conflict),
    // Somebody between here and the model hung up, or the model wrote a tool call that is none: nobody is to blame, and
    // another try may do.
    ("cancelled", FaultKind::Conflict),
    ("tool_use_failed", FaultKind::Conflict),
];

/// Beginnings of codes that mean one thing, whatever the status.
const FAMILIES: &[(&str, FaultKind)] = &[("linked_organization_", FaultKind::QuotaExhausted)];

/// Codes that mean one thing unless the status says more (Groq uses the first one with a 413).
const SOFT_CODES: &[(&str, FaultKind)] = &[
    ("rate_limit_exceeded", FaultKind::RateLimited),
    ("rate_limit_error", FaultKind::RateLimited),
    ("rate_limited", FaultKind::RateLimited),
    ("slow_down", FaultKind::RateLimited),
    ("unavailable_error", FaultKind::Overloaded),
    ("unavailable", FaultKind::Overloaded),
    ("resource_exhausted", FaultKind::RateLimited),
    ("timeout", FaultKind::Timeout),
    ("internal", FaultKind::ServerError),
    ("service_unavailable_error", FaultKind::Overloaded),
    ("serviceunavailableerror", FaultKind::Overloaded),
    ("invalid_request_error", FaultKind::ClientMistake),
    ("badrequesterror", FaultKind::ClientMistake),
    ("api_error", FaultKind::ServerError),
    ("server_error", FaultKind::ServerError),
    ("internalservererror", FaultKind::ServerError),
];

/// Words that tell that the prompt is too long. Compared in lower case.
const TOO_LONG: &[&str] = &[
    "maximum context length",
    "prompt is too long",
    "input is too long",
    "exceeds the maximum number of tokens allowed",
    "exceeds the available context size",
    "model's context length (",
    "exceeds the model's maximum context length",
    "`inputs` tokens + `max_new_tokens` must be",
    "exceeds the context window",
    "context length exceeded",
    "exceeds maximum context",
    "context_length_exceeded",
    "input length exceeds",
    "exceeds the context length",
];

/// Words by which a 400, 404 or 422 is not the client's mistake but this server's lack.
const UNSUPPORTED: &[&str] = &[
    "does not support",
    "not supported",
    "unsupported",
    "is not available for this model",
    "isn't supported",
    "requires --enable-auto-tool-choice",
    "requires --jinja",
    // Reasoning that another provider made was left out: one that does not ask for it may serve.
    "must be passed back to the api",
    "without its required 'reasoning' item",
    "not multimodal",
    "not a multimodal model",
    "only 'text' content type is supported",
];

/// What a provider's error means. `asked_to_wait`: it said how long to stay away.
pub(super) fn kind(status: u16, said: &Said, asked_to_wait: bool) -> FaultKind {
    let message = said.message.to_ascii_lowercase();
    if (400..600).contains(&status) && TOO_LONG.iter().any(|words| message.contains(words)) {
        return FaultKind::ContextTooLong;
    }
    if said.moderated {
        return FaultKind::ContentFiltered;
    }
    // Bedrock hands on what a model said under a status of its own.
    if let Some(original) = said.original {
        return by_status(original, said, &message, asked_to_wait);
    }
    if let Some(kind) = by_code(CODES, said).or_else(|| by_family(said)) {
        return kind;
    }
    by_status(status, said, &message, asked_to_wait)
}

fn by_status(status: u16, said: &Said, message: &str, asked_to_wait: bool) -> FaultKind {
    match status {
        200..=299 => by_code(SOFT_CODES, said).unwrap_or(FaultKind::Malformed),
        400 | 422 => bad_request(said, message),
        401 => FaultKind::Unauthorized,
        402 if said.in_flight || asked_to_wait => FaultKind::RateLimited,
        402 => FaultKind::QuotaExhausted,
        403 => FaultKind::Forbidden,
        404 if lacks(message) => FaultKind::Unsupported,
        404 | 405 | 410 => FaultKind::ModelNotFound,
        408 | 504 | 524 => FaultKind::Timeout,
        409 | 425 | 499 => FaultKind::Conflict,
        413 => FaultKind::PayloadTooLarge,
        // Google blames the quota for limits by the minute too, and then says how long to wait.
        429 if said.daily || (out_of_money(message) && !asked_to_wait) => FaultKind::QuotaExhausted,
        // Mistral's way to say that this model is busy; another one is not.
        429 if message.contains("capacity exceeded") || message.contains("experiencing high demand") => {
            FaultKind::Overloaded
        }
        429 => FaultKind::RateLimited,
        498 | 502 | 529 => FaultKind::Overloaded,
        501 => FaultKind::Unsupported,
        503 if is_loading(message) => FaultKind::ModelLoading,
        503 => FaultKind::Overloaded,
        424 => FaultKind::ServerError,
        400..=498 => FaultKind::ClientMistake,
        500..=599 => match by_code(SOFT_CODES, said) {
            // A server's failure stays one, even where it calls it a bad request.
            Some(FaultKind::ClientMistake) | None => FaultKind::ServerError,
            Some(kind) => kind,
        },
        _ => FaultKind::Malformed,
    }
}

fn by_family(said: &Said) -> Option<FaultKind> {
    let words = || [&said.code, &said.kind].into_iter().flatten();
    FAMILIES.iter().find(|(start, _)| words().any(|word| word.starts_with(start))).map(|(_, kind)| *kind)
}

fn by_code(table: &[(&str, FaultKind)], said: &Said) -> Option<FaultKind> {
    [&said.code, &said.kind].into_iter().flatten().find_map(|word| {
        // Bedrock puts a namespace before and a URL behind.
        let word = word.rsplit('#').next().unwrap_or_default();
        let word = word.split(':').next().unwrap_or_default().to_ascii_lowercase();
        table.iter().find(|(code, _)| *code == word).map(|(_, kind)| *kind)
    })
}

fn bad_request(said: &Said, message: &str) -> FaultKind {
    if said.page {
        // A proxy's page, not the model server's judgement of the request.
        return FaultKind::Malformed;
    }
    if out_of_money(message) {
        return FaultKind::QuotaExhausted;
    }
    if message.contains("api key not valid") || message.contains("api key expired") {
        return FaultKind::Unauthorized;
    }
    if names_no_model(message) {
        return FaultKind::ModelNotFound;
    }
    if lacks(message) {
        return FaultKind::Unsupported;
    }
    match by_code(SOFT_CODES, said) {
        Some(kind @ (FaultKind::RateLimited | FaultKind::Overloaded)) => kind,
        _ => FaultKind::ClientMistake,
    }
}

fn lacks(message: &str) -> bool {
    UNSUPPORTED.iter().any(|words| message.contains(words))
}

fn out_of_money(message: &str) -> bool {
    const WORDS: [&str; 5] = [
        "credit balance is too low",
        "exceeded your current quota",
        "insufficient balance",
        "spend limit",
        "specified api usage limits",
    ];
    WORDS.iter().any(|words| message.contains(words))
}

fn names_no_model(message: &str) -> bool {
    message.contains("not a valid model")
        || message.contains("server is pinned to")
        || message.contains("no models loaded")
        || message.contains("on-demand throughput")
        || (message.contains("model")
            && (message.contains("does not exist") || message.contains("not found"))
            && !message.contains("tool"))
}

fn is_loading(message: &str) -> bool {
    message.contains("loading model")
        || message.contains("model is loading")
        || message.contains("is currently loading")
}
