//! The one place that writes error bodies of this dialect.

use bytes::Bytes;
use serde::Serialize;

use crate::error::{ClientError, ErrorKind, Tried};

/// By these codes providers say that the prompt is too long.
const TOO_LONG: [&str; 3] =
    ["context_length_exceeded", "exceed_context_size_error", "string_above_max_length"];

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    error: Error<'a>,
}

#[derive(Serialize)]
struct Error<'a> {
    r#type: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Details<'a>>,
}

#[derive(Serialize)]
struct Details<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tiers_tried: &'a [Tried],
}

/// The body of an error answer.
#[must_use]
pub fn error_body(error: &ClientError) -> Bytes {
    json(error).into()
}

/// The frame of an error inside a stream.
#[must_use]
pub fn error_event(error: &ClientError) -> Bytes {
    let mut frame = b"event: error\ndata: ".to_vec();
    frame.append(&mut json(error));
    frame.extend_from_slice(b"\n\n");
    frame.into()
}

/// The HTTP status of an error: what is overloaded has one of its own here.
#[must_use]
pub const fn status(kind: ErrorKind) -> u16 {
    match kind {
        ErrorKind::Unavailable => 529,
        other => other.status(),
    }
}

fn json(error: &ClientError) -> Vec<u8> {
    let code = error.code.as_deref();
    let said = code.is_some_and(|it| TOO_LONG.contains(&it.to_ascii_lowercase().as_str()));
    // Clients that shorten their conversation by themselves look for these very words.
    let message = if said && !error.message.contains("prompt is too long") {
        &format!("prompt is too long: {} (capability_rejected: prompt_too_long)", error.message)
    } else {
        &error.message
    };
    let details = (code.is_some() || !error.tried.is_empty())
        .then_some(Details { error_code: code, tiers_tried: &error.tried });
    let body = Body {
        r#type: "error",
        error: Error { r#type: word(error.kind), message: message.as_str(), details },
    };
    serde_json::to_vec(&body).unwrap_or_default()
}

const fn word(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidRequest | ErrorKind::MethodNotAllowed | ErrorKind::UnknownEncoding => {
            "invalid_request_error"
        }
        ErrorKind::Authentication => "authentication_error",
        ErrorKind::Permission => "permission_error",
        ErrorKind::NotFound => "not_found_error",
        ErrorKind::TooLarge => "request_too_large",
        ErrorKind::RateLimit | ErrorKind::Quota => "rate_limit_error",
        ErrorKind::Upstream | ErrorKind::Internal => "api_error",
        ErrorKind::Unavailable => "overloaded_error",
        ErrorKind::Timeout => "timeout_error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_in_the_words_that_clients_act_upon() {
        let mut error = ClientError::new(ErrorKind::Unavailable, "Nobody \"can\".");
        error.tried = vec![Tried { tier: "a".into(), reason: "down".into(), message: "gone".into() }];
        assert_eq!(
            String::from_utf8(error_body(&error).to_vec()).unwrap(),
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Nobody \"can\".","details":{"tiers_tried":[{"tier":"a","reason":"down","message":"gone"}]}}}"#
        );
        assert_eq!(status(ErrorKind::Unavailable), 529);
        let mut error = ClientError::new(ErrorKind::InvalidRequest, "9 tokens, 8 allowed");
        error.code = Some("context_length_exceeded".into());
        let event = String::from_utf8(error_event(&error).to_vec()).unwrap();
        assert!(event.starts_with("event: error\ndata: {\"type\":\"error\"") && event.ends_with("}\n\n"));
        assert!(event.contains("prompt is too long: 9 tokens, 8 allowed"), "{event}");
    }
}
