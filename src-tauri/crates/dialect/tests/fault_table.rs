//! Each row of what providers are known to send, from status and body to the verdict that follows.
//!
//! The rows stand in the order of the facts they were taken from: status codes, codes that look transient and are not,
//! prompts that are too long.

use std::time::SystemTime;

use dialect::fault::{FaultKind as Kind, classify};

fn kind(status: u16, headers: &[(&str, &str)], body: &str) -> Kind {
    let header =
        |name: &str| headers.iter().find(|(it, _)| *it == name).map(|(_, value)| (*value).to_owned());
    classify(status, &header, body.as_bytes(), SystemTime::UNIX_EPOCH).kind
}

fn walk(rows: &[(&str, u16, &str, Kind)]) {
    for (whose, status, body, wanted) in rows {
        assert_eq!(kind(*status, &[], body), *wanted, "{whose}: {status} {body}");
    }
}

#[test]
fn status_codes() {
    walk(&[
        (
            "OpenAI",
            400,
            r#"{"error":{"message":"m","type":"invalid_request_error","code":"invalid_prompt"}}"#,
            Kind::ClientMistake,
        ),
        (
            "OpenAI",
            400,
            r#"{"error":{"message":"m","code":"content_policy_violation"}}"#,
            Kind::ContentFiltered,
        ),
        ("OpenAI", 400, r#"{"error":{"message":"m","code":"unsupported_value"}}"#, Kind::Unsupported),
        (
            "OpenAI",
            400,
            r#"{"error":{"message":"Item 'msg_1' was provided without its required 'reasoning' item: 'rs_1'.","type":"invalid_request_error"}}"#,
            Kind::Unsupported,
        ),
        (
            "DeepSeek",
            400,
            r#"{"error":{"message":"The reasoning_content in the thinking mode must be passed back to the API.","type":"invalid_request_error"}}"#,
            Kind::Unsupported,
        ),
        (
            "Groq",
            400,
            r#"{"error":{"message":"Failed to call a function.","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"x"}}"#,
            Kind::Conflict,
        ),
        (
            "LM Studio",
            400,
            r#"{"error":{"message":"No models loaded. Please load a model.","type":"invalid_request_error","param":"model","code":null}}"#,
            Kind::ModelNotFound,
        ),
        (
            "Bedrock",
            400,
            r#"{"message":"Invocation of model ID m with on-demand throughput isn't supported. Retry with an inference profile."}"#,
            Kind::ModelNotFound,
        ),
        (
            "Gemini",
            400,
            r#"{"error":{"code":400,"message":"m","status":"FAILED_PRECONDITION"}}"#,
            Kind::Forbidden,
        ),
        (
            "Gemini",
            400,
            r#"{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#,
            Kind::Unauthorized,
        ),
        ("anyone", 401, "", Kind::Unauthorized),
        (
            "Anthropic",
            402,
            r#"{"type":"error","error":{"type":"billing_error","message":"m"}}"#,
            Kind::QuotaExhausted,
        ),
        (
            "OpenRouter",
            402,
            r#"{"error":{"code":402,"message":"m","metadata":{"error_type":"payment_required"}}}"#,
            Kind::QuotaExhausted,
        ),
        (
            "OpenAI",
            403,
            r#"{"error":{"message":"m","code":"unsupported_country_region_territory"}}"#,
            Kind::Forbidden,
        ),
        (
            "OpenRouter",
            403,
            r#"{"error":{"code":403,"message":"m","metadata":{"reasons":["x"]}}}"#,
            Kind::ContentFiltered,
        ),
        (
            "OpenRouter",
            403,
            r#"{"error":{"code":403,"message":"m","metadata":{"error_type":"refusal"}}}"#,
            Kind::ContentFiltered,
        ),
        ("Bedrock", 403, r#"{"message":"m","__type":"ExpiredTokenException"}"#, Kind::Unauthorized),
        ("Ollama", 404, r#"{"error":"model \"x\" not found, try pulling it first"}"#, Kind::ModelNotFound),
        ("Bedrock", 408, r#"{"message":"m","__type":"ModelTimeoutException"}"#, Kind::Timeout),
        (
            "Anthropic",
            409,
            r#"{"type":"error","error":{"type":"conflict_error","message":"m"}}"#,
            Kind::Conflict,
        ),
        (
            "Anthropic",
            413,
            r#"{"type":"error","error":{"type":"request_too_large","message":"m"}}"#,
            Kind::PayloadTooLarge,
        ),
        ("TGI", 422, r#"{"error":"Template error: m","error_type":"template_error"}"#, Kind::ClientMistake),
        (
            "TGI",
            424,
            r#"{"error":"Request failed during generation: m","error_type":"generation"}"#,
            Kind::ServerError,
        ),
        (
            "Bedrock",
            424,
            r#"{"message":"m","originalStatusCode":500,"resourceName":"r","__type":"ModelErrorException"}"#,
            Kind::ServerError,
        ),
        (
            "Bedrock",
            424,
            r#"{"message":"m","originalStatusCode":400,"resourceName":"r","__type":"ModelErrorException"}"#,
            Kind::ClientMistake,
        ),
        (
            "Bedrock",
            424,
            r#"{"message":"m","originalStatusCode":429,"__type":"ModelErrorException"}"#,
            Kind::RateLimited,
        ),
        ("Bedrock", 424, r#"{"message":"m","__type":"ModelStreamErrorException"}"#, Kind::ServerError),
        ("TGI", 429, r#"{"error":"Model is overloaded","error_type":"overloaded"}"#, Kind::Overloaded),
        ("Bedrock", 429, r#"{"message":"m","__type":"ModelNotReadyException"}"#, Kind::ModelLoading),
        (
            "Bedrock",
            429,
            r#"{"message":"m","__type":"com.amazon.coral.service#ThrottlingException"}"#,
            Kind::RateLimited,
        ),
        (
            "Together",
            429,
            r#"{"id":"i","error":{"message":"m","type":"dynamic_request_limited"}}"#,
            Kind::RateLimited,
        ),
        ("Groq", 498, r#"{"error":{"message":"m","code":"capacity_exceeded"}}"#, Kind::Overloaded),
        ("Groq", 499, "", Kind::Conflict),
        ("Gemini", 499, r#"{"error":{"code":499,"message":"m","status":"CANCELLED"}}"#, Kind::Conflict),
        ("Gemini", 500, r#"{"error":{"code":500,"message":"m","status":"INTERNAL"}}"#, Kind::ServerError),
        (
            "llama.cpp",
            501,
            r#"{"error":{"code":501,"message":"m","type":"not_supported_error"}}"#,
            Kind::Unsupported,
        ),
        (
            "OpenRouter",
            502,
            r#"{"error":{"code":502,"message":"m","metadata":{"error_type":"provider_unavailable"}}}"#,
            Kind::Overloaded,
        ),
        (
            "llama.cpp",
            503,
            r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#,
            Kind::ModelLoading,
        ),
        (
            "SGLang",
            503,
            r#"{"object":"error","message":"The request queue is full.","type":"ServiceUnavailableError","code":503}"#,
            Kind::Overloaded,
        ),
        ("Gemini", 503, r#"{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}"#, Kind::Overloaded),
        (
            "Gemini",
            504,
            r#"{"error":{"code":504,"message":"m","status":"DEADLINE_EXCEEDED"}}"#,
            Kind::Timeout,
        ),
        (
            "Anthropic",
            504,
            r#"{"type":"error","error":{"type":"timeout_error","message":"m"}}"#,
            Kind::Timeout,
        ),
        (
            "OpenRouter",
            524,
            r#"{"error":{"code":524,"message":"m","metadata":{"error_type":"timeout"}}}"#,
            Kind::Timeout,
        ),
        (
            "OpenRouter",
            529,
            r#"{"error":{"code":529,"message":"m","metadata":{"error_type":"provider_overloaded"}}}"#,
            Kind::Overloaded,
        ),
        (
            "Anthropic",
            529,
            r#"{"type":"error","error":{"type":"overloaded_error","message":"m"}}"#,
            Kind::Overloaded,
        ),
    ]);
}

#[test]
fn codes_that_look_as_if_time_mended_them() {
    let openai = |code: &str| format!(r#"{{"error":{{"message":"m","type":"x","code":"{code}"}}}}"#);
    for code in [
        "insufficient_quota",
        "credit_balance_exhausted",
        "organization_usage_limit_exceeded",
        "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded",
    ] {
        assert_eq!(kind(429, &[], &openai(code)), Kind::QuotaExhausted, "{code}");
    }
    assert_eq!(
        kind(429, &[], r#"{"error":{"message":"m","type":"insufficient_quota"}}"#),
        Kind::QuotaExhausted
    );
    for code in ["rate_limit_exceeded", "slow_down"] {
        assert_eq!(kind(429, &[], &openai(code)), Kind::RateLimited, "{code}");
    }
    assert_eq!(kind(503, &[], &openai("server_is_overloaded")), Kind::Overloaded);
    let anthropic = |kind: &str, message: &str, code: &str| {
        format!(
            r#"{{"type":"error","error":{{"type":"{kind}","message":"{message}","details":{{"error_code":"{code}"}}}}}}"#
        )
    };
    for (status, body, wanted) in [
        (429, anthropic("rate_limit_error", "m", "enforced_spend_limit_reached"), Kind::QuotaExhausted),
        (429, anthropic("rate_limit_error", "m", "contract_spend_limit_reached"), Kind::QuotaExhausted),
        (429, anthropic("rate_limit_error", "m", "ramp_limit_exceeded"), Kind::RateLimited),
        (
            429,
            r#"{"type":"error","error":{"type":"rate_limit_error","message":"m"}}"#.to_owned(),
            Kind::RateLimited,
        ),
        (
            400,
            anthropic("invalid_request_error", "You have reached your specified API usage limits.", "x"),
            Kind::QuotaExhausted,
        ),
        (400, anthropic("invalid_request_error", "m", "organization_on_hold"), Kind::QuotaExhausted),
        (402, anthropic("billing_error", "m", "x"), Kind::QuotaExhausted),
    ] {
        assert_eq!(kind(status, &[], &body), wanted, "{status} {body}");
    }
    let linked = anthropic("invalid_request_error", "m", "linked_organization_suspended");
    assert_eq!(kind(402, &[("retry-after", "5")], &linked), Kind::QuotaExhausted, "waiting does not mend it");
    walk(&[
        ("Gemini", 402, r#"{"error":{"code":402,"message":"m"}}"#, Kind::QuotaExhausted),
        ("Bedrock", 400, r#"{"message":"m","__type":"ServiceQuotaExceededException"}"#, Kind::QuotaExhausted),
        (
            "Mistral",
            429,
            r#"{"object":"error","message":"Service tier capacity exceeded for this model.","type":"invalid_request_error","code":"3505"}"#,
            Kind::Overloaded,
        ),
        (
            "Mistral",
            429,
            r#"{"object":"error","message":"Rate limit exceeded","type":"rate_limited","code":"1300"}"#,
            Kind::RateLimited,
        ),
        (
            "DeepSeek",
            402,
            r#"{"error":{"message":"Insufficient Balance","code":"invalid_request_error"}}"#,
            Kind::QuotaExhausted,
        ),
        (
            "OpenRouter",
            402,
            r#"{"error":{"code":402,"message":"m","metadata":{"limit_source":"openrouter_in_flight_budget"}}}"#,
            Kind::RateLimited,
        ),
        ("Responses", 429, r#"{"error":{"message":"m","code":"usage_not_included"}}"#, Kind::QuotaExhausted),
    ]);
    let openrouter = r#"{"error":{"code":402,"message":"m"}}"#;
    assert_eq!(kind(402, &[("retry-after", "5")], openrouter), Kind::RateLimited);
    let typed = [("x-amzn-errortype", "ServiceQuotaExceededException:http://internal.amazon.com/")];
    assert_eq!(kind(400, &typed, r#"{"message":"m"}"#), Kind::QuotaExhausted);
}

#[test]
fn prompts_that_are_too_long() {
    let too_long = Kind::ContextTooLong;
    walk(&[
        ("OpenAI", 400, r#"{"error":{"message":"m","code":"context_length_exceeded"}}"#, too_long),
        (
            "Anthropic",
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens > 8 maximum"}}"#,
            too_long,
        ),
        (
            "Gemini",
            400,
            r#"{"error":{"code":400,"message":"The input token count (9) exceeds the maximum number of tokens allowed (8).","status":"INVALID_ARGUMENT"}}"#,
            too_long,
        ),
        (
            "Bedrock",
            400,
            r#"{"message":"Input is too long for requested model.","__type":"ValidationException"}"#,
            too_long,
        ),
        (
            "Bedrock",
            400,
            r#"{"message":"prompt is too long: 9 tokens > 8 maximum","__type":"ValidationException"}"#,
            too_long,
        ),
        (
            "vLLM",
            400,
            r#"{"error":{"message":"This model's maximum context length is 8 tokens.","type":"BadRequestError","code":400}}"#,
            too_long,
        ),
        (
            "llama.cpp",
            400,
            r#"{"error":{"code":400,"message":"m","type":"exceed_context_size_error","n_prompt_tokens":9,"n_ctx":8}}"#,
            too_long,
        ),
        (
            "SGLang",
            400,
            r#"{"object":"error","message":"The input (9 tokens) is longer than the model's context length (8 tokens).","type":"BadRequestError","code":400}"#,
            too_long,
        ),
        (
            "SGLang",
            400,
            r#"{"object":"error","message":"Requested token count exceeds the model's maximum context length of 8 tokens.","type":"BadRequestError","code":400}"#,
            too_long,
        ),
        (
            "TGI",
            422,
            r#"{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8.","error_type":"validation"}"#,
            too_long,
        ),
        ("Ollama", 400, r#"{"error":"the input length exceeds the context length"}"#, too_long),
        (
            "OpenRouter",
            400,
            r#"{"error":{"code":400,"message":"m","metadata":{"error_type":"context_length_exceeded"}}}"#,
            too_long,
        ),
        (
            "Groq",
            400,
            r#"{"error":{"message":"m","type":"invalid_request_error","code":"context_length_exceeded"}}"#,
            too_long,
        ),
        (
            "Mistral",
            400,
            r#"{"object":"error","message":"Prompt contains 9 tokens, too large for model with 8 maximum context length","type":"invalid_request_prompt","code":"3051"}"#,
            too_long,
        ),
        (
            "DeepSeek",
            400,
            r#"{"error":{"message":"This model's maximum context length is 8 tokens.","type":"invalid_request_error"}}"#,
            too_long,
        ),
    ]);
}
