//! The one place that writes error bodies of this dialect.

use bytes::Bytes;
use serde::Serialize;

use crate::error::{ClientError, ErrorKind, Tried};

#[derive(Serialize)]
struct Body<'a> {
    error: Error<'a>,
}

#[derive(Serialize)]
struct Error<'a> {
    message: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    param: Option<&'a str>,
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tiers_tried: &'a [Tried],
}

/// The body of an error answer.
#[must_use]
pub fn error_body(error: &ClientError) -> Bytes {
    json(error).into()
}

/// The frame of an error inside a stream that has begun. No `[DONE]` follows it: some clients take that for success.
#[must_use]
pub fn error_event(error: &ClientError) -> Bytes {
    let mut frame = b"data: ".to_vec();
    frame.append(&mut json(error));
    frame.extend_from_slice(b"\n\n");
    frame.into()
}

fn json(error: &ClientError) -> Vec<u8> {
    serde_json::to_vec(&Body { error: said(error) }).unwrap_or_default()
}

/// The error alone.
pub(crate) fn error_json(error: &ClientError) -> serde_json::Value {
    serde_json::to_value(said(error)).unwrap_or_default()
}

fn said(error: &ClientError) -> Error<'_> {
    let (kind, code) = words(error.kind);
    Error {
        message: &error.message,
        kind,
        param: error.param.as_deref(),
        code: error.code.as_deref().or(code),
        tiers_tried: &error.tried,
    }
}

/// The type and the usual code.
const fn words(kind: ErrorKind) -> (&'static str, Option<&'static str>) {
    match kind {
        ErrorKind::InvalidRequest
        | ErrorKind::NotFound
        | ErrorKind::MethodNotAllowed
        | ErrorKind::UnknownEncoding => ("invalid_request_error", None),
        ErrorKind::Authentication => ("invalid_request_error", Some("invalid_api_key")),
        ErrorKind::Permission => ("permission_error", None),
        ErrorKind::TooLarge => ("invalid_request_error", Some("request_too_large")),
        ErrorKind::RateLimit => ("rate_limit_error", Some("rate_limit_exceeded")),
        ErrorKind::Quota => ("insufficient_quota", Some("insufficient_quota")),
        ErrorKind::Upstream => ("server_error", Some("upstream_failed")),
        ErrorKind::Unavailable => ("service_unavailable_error", Some("no_tier_available")),
        ErrorKind::Timeout => ("server_error", Some("timeout")),
        ErrorKind::Internal => ("server_error", Some("internal_error")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_names_type_code_field_and_tiers() {
        let mut error = ClientError::new(ErrorKind::Upstream, "No tier answered \"chat\".");
        let tried = |tier: &str, reason: &str| Tried {
            tier: tier.into(),
            reason: reason.into(),
            message: "why".into(),
        };
        error.tried = vec![tried("gpu", "refused"), tried("cpu", "rate_limited")];
        let expected = r#"{"error":{"message":"No tier answered \"chat\".","type":"server_error","param":null,"code":"upstream_failed","tiers_tried":[{"tier":"gpu","reason":"refused","message":"why"},{"tier":"cpu","reason":"rate_limited","message":"why"}]}}"#;
        assert_eq!(error_body(&error), expected);
        assert_eq!(error_event(&error), format!("data: {expected}\n\n"));
    }

    #[test]
    fn a_code_and_a_field_of_its_own_win() {
        let error = ClientError {
            code: Some("model_not_found".into()),
            param: Some("model".into()),
            ..ClientError::new(ErrorKind::NotFound, "m")
        };
        assert_eq!(
            error_body(&error),
            r#"{"error":{"message":"m","type":"invalid_request_error","param":"model","code":"model_not_found"}}"#
        );
    }
}
