//! What providers' errors mean: every shape of body, as the servers send them.

use std::time::{Duration, SystemTime};

use dialect::fault::{Fault, FaultKind as Kind, classify};

fn fault(status: u16, body: &str) -> Fault {
    classify(status, &|_| None, body.as_bytes(), SystemTime::UNIX_EPOCH)
}

#[track_caller]
fn check(status: u16, body: &str, kind: Kind, message: &str) {
    let fault = fault(status, body);
    assert_eq!((fault.kind, fault.message.as_str()), (kind, message), "{status} {body}");
    assert_eq!(fault.status, Some(status));
}

#[test]
fn vllm() {
    check(401, r#"{"error":"Unauthorized"}"#, Kind::Unauthorized, "Unauthorized");
    check(
        404,
        r#"{"error":{"message":"The model `x` does not exist.","type":"NotFoundError","param":"model","code":404}}"#,
        Kind::ModelNotFound,
        "The model `x` does not exist.",
    );
    check(
        400,
        r#"{"error":{"message":"This model's maximum context length is 8192 tokens. However, you asked for more.","type":"BadRequestError","param":"input_tokens","code":400}}"#,
        Kind::ContextTooLong,
        "This model's maximum context length is 8192 tokens. However, you asked for more.",
    );
    check(
        400,
        r#"{"error":{"message":"alpha is not a multimodal model","type":"BadRequestError","param":null,"code":400}}"#,
        Kind::Unsupported,
        "alpha is not a multimodal model",
    );
    check(
        400,
        r#"{"error":{"message":"1 validation error:\n  {'type': 'missing', 'loc': 'body.messages', 'msg': 'Field required', 'input': 'secret'}","type":"Bad Request","param":"body.messages","code":400}}"#,
        Kind::ClientMistake,
        "1 validation error: {'type': 'missing', 'loc': 'body.messages', 'msg': 'Field required',…",
    );
    check(404, r#"{"detail":"Not Found"}"#, Kind::ModelNotFound, "Not Found");
    check(
        503,
        r#"{"error":{"message":"queue full","type":"ServiceUnavailableError","code":503}}"#,
        Kind::Overloaded,
        "queue full",
    );
}

#[test]
fn llama_server() {
    check(
        503,
        r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#,
        Kind::ModelLoading,
        "Loading model",
    );
    check(
        400,
        r#"{"error":{"code":400,"message":"request (40015 tokens) exceeds the available context size (8192 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":40015,"n_ctx":8192}}"#,
        Kind::ContextTooLong,
        "request (40015 tokens) exceeds the available context size (8192 tokens), try increasing it",
    );
    check(
        401,
        r#"{"error":{"message":"Invalid API Key","type":"authentication_error","code":401}}"#,
        Kind::Unauthorized,
        "Invalid API Key",
    );
    check(
        400,
        r#"{"error":{"code":400,"message":"'messages' is required","type":"invalid_request_error"}}"#,
        Kind::ClientMistake,
        "'messages' is required",
    );
    check(
        501,
        r#"{"error":{"code":501,"message":"no","type":"not_supported_error"}}"#,
        Kind::Unsupported,
        "no",
    );
    check(500, r#"{"error":{"code":500,"message":"boom","type":"server_error"}}"#, Kind::ServerError, "boom");
}

#[test]
fn ollama() {
    check(404, r#"{"error":"model 'x' not found"}"#, Kind::ModelNotFound, "model 'x' not found");
    check(
        503,
        r#"{"error":"server busy, please try again.  maximum pending requests exceeded"}"#,
        Kind::Overloaded,
        "server busy, please try again. maximum pending requests exceeded",
    );
    check(
        400,
        r#"{"error":"\"x\" does not support tools"}"#,
        Kind::Unsupported,
        "\"x\" does not support tools",
    );
    check(
        400,
        r#"{"error":"the input length exceeds the context length"}"#,
        Kind::ContextTooLong,
        "the input length exceeds the context length",
    );
    check(404, "404 page not found", Kind::ModelNotFound, "404 page not found");
}

#[test]
fn other_local_servers() {
    check(
        404,
        r#"{"error": "Only 'text' content type is supported."}"#,
        Kind::Unsupported,
        "Only 'text' content type is supported.",
    );
    check(
        400,
        r#"{"detail":"Server is pinned to './alpha'; requested 'x'."}"#,
        Kind::ModelNotFound,
        "Server is pinned to './alpha'; requested 'x'.",
    );
    check(404, r#"{"error": "Not Found"}"#, Kind::ModelNotFound, "Not Found");
}

#[test]
fn paid_providers() {
    let openai = |code: &str, kind: &str| {
        format!(r#"{{"error":{{"message":"m","type":"{kind}","param":null,"code":"{code}"}}}}"#)
    };
    check(429, &openai("rate_limit_exceeded", "requests"), Kind::RateLimited, "m");
    check(429, &openai("insufficient_quota", "insufficient_quota"), Kind::QuotaExhausted, "m");
    check(429, &openai("project_spend_limit_exceeded", "x"), Kind::QuotaExhausted, "m");
    check(429, &openai("slow_down", "rate_limit_error"), Kind::RateLimited, "m");
    check(503, &openai("server_is_overloaded", "service_unavailable_error"), Kind::Overloaded, "m");
    check(400, &openai("context_length_exceeded", "invalid_request_error"), Kind::ContextTooLong, "m");
    check(400, &openai("unsupported_parameter", "invalid_request_error"), Kind::Unsupported, "m");
    check(400, &openai("content_filter", "invalid_request_error"), Kind::ContentFiltered, "m");
    check(401, &openai("invalid_api_key", "invalid_request_error"), Kind::Unauthorized, "m");
    check(404, &openai("model_not_found", "invalid_request_error"), Kind::ModelNotFound, "m");
    check(413, &openai("rate_limit_exceeded", "tokens"), Kind::PayloadTooLarge, "m");
    check(500, &openai("x", "invalid_request_error"), Kind::ServerError, "m");
    let anthropic = |kind: &str, message: &str| {
        format!(r#"{{"type":"error","error":{{"type":"{kind}","message":"{message}"}}}}"#)
    };
    check(529, &anthropic("overloaded_error", "m"), Kind::Overloaded, "m");
    check(
        400,
        &anthropic("invalid_request_error", "prompt is too long: 9 tokens > 8 maximum"),
        Kind::ContextTooLong,
        "prompt is too long: 9 tokens > 8 maximum",
    );
    check(
        400,
        &anthropic("invalid_request_error", "Your credit balance is too low"),
        Kind::QuotaExhausted,
        "Your credit balance is too low",
    );
    check(
        429,
        r#"{"type":"error","error":{"type":"rate_limit_error","message":"m","details":{"error_code":"enforced_spend_limit_reached"}}}"#,
        Kind::QuotaExhausted,
        "m",
    );
    check(
        402,
        r#"{"error":{"message":"Insufficient Balance","code":402}}"#,
        Kind::QuotaExhausted,
        "Insufficient Balance",
    );
    check(
        402,
        r#"{"error":{"message":"m","code":402,"metadata":{"limit_source":"openrouter_in_flight_budget"}}}"#,
        Kind::RateLimited,
        "m",
    );
    check(
        403,
        r#"{"error":{"message":"m","code":403,"metadata":{"reasons":["violence"]}}}"#,
        Kind::ContentFiltered,
        "m",
    );
    check(
        400,
        r#"{"message":"m","__type":"com.amazon#ServiceQuotaExceededException"}"#,
        Kind::QuotaExhausted,
        "m",
    );
    check(
        422,
        r#"{"error":"`inputs` tokens + `max_new_tokens` must be <= 4096","error_type":"validation"}"#,
        Kind::ContextTooLong,
        "`inputs` tokens + `max_new_tokens` must be <= 4096",
    );
}

#[test]
fn a_thread_that_is_not_there_is_no_missing_model() {
    check(
        404,
        r#"{"type":"error","error":{"type":"not_found_error","message":"No such thread.","details":{"error_code":"thread_not_found"}}}"#,
        Kind::ClientMistake,
        "No such thread.",
    );
}

#[test]
fn gemini_limits_by_the_minute_and_by_the_day() {
    let body = |id: &str| {
        format!(
            r#"[{{"error":{{"code":429,"message":"You exceeded your current quota","status":"RESOURCE_EXHAUSTED","details":[{{"@type":"QuotaFailure","violations":[{{"quotaId":"{id}"}}]}},{{"@type":"RetryInfo","retryDelay":"34.5s"}}]}}}}]"#
        )
    };
    let minute = fault(429, &body("RequestsPerMinute"));
    assert_eq!((minute.kind, minute.retry_after), (Kind::RateLimited, Some(Duration::from_millis(34_500))));
    assert_eq!(fault(429, &body("GenerateRequestsPerDayPerProject")).kind, Kind::QuotaExhausted);
}

#[test]
fn shapes_of_nobody_in_particular() {
    check(
        422,
        r#"{"detail":[{"loc":["body","messages",0],"msg":"field required","input":"secret"},{"msg":"and more"}]}"#,
        Kind::ClientMistake,
        "body.messages.0: field required; and more",
    );
    check(500, "", Kind::ServerError, "HTTP 500 without a message.");
    check(
        502,
        "<html><head><TITLE>502 Bad Gateway</TITLE></head>",
        Kind::Overloaded,
        "A web page came back: 502 Bad Gateway",
    );
    check(
        400,
        "<html>400 The plain HTTP request was sent to HTTPS port",
        Kind::Malformed,
        "A web page came back.",
    );
    check(302, "", Kind::Malformed, "HTTP 302 without a message.");
    check(200, "<!doctype html><title>Login</title>", Kind::Malformed, "A web page came back: Login");
    check(500, "upstream connect error", Kind::ServerError, "upstream connect error");
    check(500, "\"just a string\"", Kind::ServerError, "just a string");
    check(500, "[1]", Kind::ServerError, "HTTP 500 without a message.");
    check(
        401,
        r#"{"error":{"message":"Incorrect API key provided: sk-proj-abcdef123456."}}"#,
        Kind::Unauthorized,
        "Incorrect API key provided: ***",
    );
}

#[test]
fn statuses_alone() {
    for (status, kind) in [
        (400, Kind::ClientMistake),
        (401, Kind::Unauthorized),
        (402, Kind::QuotaExhausted),
        (403, Kind::Forbidden),
        (404, Kind::ModelNotFound),
        (408, Kind::Timeout),
        (409, Kind::Conflict),
        (413, Kind::PayloadTooLarge),
        (418, Kind::ClientMistake),
        (422, Kind::ClientMistake),
        (424, Kind::ServerError),
        (429, Kind::RateLimited),
        (498, Kind::Overloaded),
        (500, Kind::ServerError),
        (501, Kind::Unsupported),
        (502, Kind::Overloaded),
        (503, Kind::Overloaded),
        (504, Kind::Timeout),
        (524, Kind::Timeout),
        (529, Kind::Overloaded),
        (599, Kind::ServerError),
        (100, Kind::Malformed),
        (301, Kind::Malformed),
    ] {
        assert_eq!(fault(status, "").kind, kind, "{status}");
    }
}

#[test]
fn headers_say_how_long_to_wait() {
    let header = |name: &str| (name == "retry-after").then(|| "1.5".to_owned());
    let fault = classify(402, &header, b"", SystemTime::UNIX_EPOCH);
    assert_eq!((fault.kind, fault.retry_after), (Kind::RateLimited, Some(Duration::from_millis(1500))));
}
