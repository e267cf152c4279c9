//! Circles: a tier whose URL leads back to this endpoint would send a request round and round.
//!
//! Each request names, in a header, every chain of every instance that it came through. One that comes back to a chain
//! that it is in already is refused at once, whether by the chain's name or an alias, directly, through another chain or
//! through another machine. One chain may still lead to another of the same endpoint.

use dialect::error::{ClientError, ErrorKind};
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Where a request came through.
const HOP: HeaderName = HeaderName::from_static("x-changeover-hop");
/// Headers that go on to upstreams: for tracing, and what Anthropic's clients say of their API (which the outgoing
/// connection gives to nobody else).
const PASSED: [HeaderName; 4] = [
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    HeaderName::from_static("anthropic-version"),
    HeaderName::from_static("anthropic-beta"),
];
/// The code of the refusal.
pub(crate) const CODE: &str = "loop_detected";

/// The headers of a client's request that go on to upstreams.
pub(crate) fn carried(from: &HeaderMap) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for name in [HOP].iter().chain(&PASSED) {
        for value in from.get_all(name) {
            // A clone would keep the connection's whole buffer for as long as the answer lasts.
            let own = HeaderValue::from_bytes(value.as_bytes());
            headers.append(name.clone(), own.unwrap_or_else(|_| value.clone()));
        }
    }
    headers
}

/// Notes in these headers that the request is in this chain of this instance.
///
/// # Errors
/// It is in it already.
pub(crate) fn enter(headers: &mut HeaderMap, instance: &str, chain: &str) -> Result<(), ClientError> {
    let here = format!("{instance}/{}", utf8_percent_encode(chain, NON_ALPHANUMERIC));
    let been = headers.get_all(&HOP).iter().filter_map(|value| value.to_str().ok());
    if been.flat_map(|hops| hops.split(',')).any(|hop| hop.trim() == here) {
        return Err(ClientError { code: Some(CODE.into()), ..in_a_circle(chain) });
    }
    if let Ok(value) = HeaderValue::from_str(&here) {
        headers.append(HOP, value);
    }
    Ok(())
}

fn in_a_circle(chain: &str) -> ClientError {
    let message = format!(
        "This request came back to chain `{chain}`, which it is in already: one of its tiers leads here. Correct that tier's URL."
    );
    ClientError::new(ErrorKind::InvalidRequest, message)
}
