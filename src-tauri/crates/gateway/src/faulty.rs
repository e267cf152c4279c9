//! Faults that an operator injects: what a try meets on its way to a server, or in its place.
//!
//! A fault is where the bytes come from, and nowhere else: what it makes is classified, judged and followed up like what a
//! server does. Its try tells nothing of the server ([`crate::record`]).

use std::{future::pending, sync::OnceLock, time::Duration};

use bytes::Bytes;
use dialect::{
    client::Dialect,
    error::{ClientError, ErrorKind},
    fault::classify,
    frames::Cutter,
    wire::Wire,
};
use domain::{Failure, FailureClass, Fault};
use futures::stream::{Stream, StreamExt, once};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio::time::sleep;
use upstream::{Body, Response};

/// What a proxy that wants a login answers, in the place of a server.
const PAGE: &str =
    "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Fault injected.</body></html>";

/// A fault of one request.
pub(crate) struct Injected {
    fault: Fault,
    /// The position of the tier whose tries meet it; not set until one is tried, where that is the first.
    tier: OnceLock<usize>,
}

impl Injected {
    /// For the tier at this position, or for the one that is tried first.
    pub(crate) fn new(fault: Fault, tier: Option<usize>) -> Self {
        Self { fault, tier: tier.map(OnceLock::from).unwrap_or_default() }
    }

    /// What a try at the tier would meet.
    pub(crate) fn of(&self, tier: usize) -> Option<Fault> {
        self.tier.get().is_none_or(|its| *its == tier).then_some(self.fault)
    }

    /// The tier is tried now.
    pub(crate) fn begins(&self, tier: usize) {
        self.tier.get_or_init(|| tier);
    }
}

/// How an answer is framed and whose it is.
#[derive(Clone, Copy)]
pub(crate) struct Manner<'a> {
    pub(crate) url: &'a str,
    pub(crate) wire: Wire,
    pub(crate) client: Dialect,
    pub(crate) stream: bool,
}

/// What comes of a request that meets `fault`. `sending`, which asks the server, begins when it is waited for; where the
/// fault replaces the server it never is.
pub(crate) async fn meet(
    fault: Fault,
    how: Manner<'_>,
    sending: impl Future<Output = Result<Response, Failure>>,
) -> Result<Response, Failure> {
    match fault {
        Fault::Refused => Err(upstream::refused(how.url)),
        Fault::Silent => pending().await,
        Fault::Slow { ms } => {
            sleep(Duration::from_millis(ms.into())).await;
            sending.await
        }
        Fault::Status { status } => Ok(error(fault, status, how.client, None)),
        Fault::RateLimited { retry_after_s } => Ok(error(fault, 429, how.client, Some(retry_after_s))),
        Fault::Cut { frames } => {
            let failure = Some(upstream::cut(how.url));
            sending.await.map(|answer| up_to(answer, how, frames, failure))
        }
        Fault::Stalled { frames } => sending.await.map(|answer| up_to(answer, how, frames, None)),
        Fault::Garbage => {
            let html = HeaderValue::from_static("text/html; charset=utf-8");
            Ok(made(StatusCode::OK, html, HeaderMap::new(), Bytes::from_static(PAGE.as_bytes())))
        }
    }
}

/// An error answer in the client's dialect, as a server that speaks it would give it; of others only its meaning is read.
fn error(fault: Fault, status: u16, client: Dialect, retry_after_s: Option<u32>) -> Response {
    let kind = classify(status, &|_| None, b"", std::time::SystemTime::UNIX_EPOCH).kind;
    let words = ClientError::new(ErrorKind::from(kind), format!("fault injected: {fault}"));
    let retry_after = retry_after_s.map(|s| (header::RETRY_AFTER, HeaderValue::from(s)));
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let json = HeaderValue::from_static("application/json");
    made(status, json, retry_after.into_iter().collect(), client.error_body(&words))
}

fn made(status: StatusCode, kind: HeaderValue, mut headers: HeaderMap, body: Bytes) -> Response {
    headers.insert(header::CONTENT_TYPE, kind);
    Response { status, headers, body: Body::made(once(std::future::ready(Ok(body))).boxed()) }
}

/// The answer up to the end of this many frames; then `failure`, or nothing more where there is none. An error answer stays
/// as it is.
fn up_to(answer: Response, how: Manner<'_>, frames: u32, failure: Option<Failure>) -> Response {
    if !answer.status.is_success() {
        return answer;
    }
    let Response { status, headers, body } = answer;
    let frames = if how.stream { frames } else { 0 };
    let body = Body::made(begun(body, how.wire.cutter(), frames, failure).boxed());
    Response { status, headers, body }
}

fn begun(
    mut body: Body,
    mut cutter: Cutter,
    frames: u32,
    failure: Option<Failure>,
) -> impl Stream<Item = Result<Bytes, Failure>> {
    async_stream::stream! {
        let mut left = frames;
        while left > 0 {
            match cutter.next_frame() {
                Ok(Some(frame)) => {
                    left -= 1;
                    yield Ok(frame);
                    continue;
                }
                Ok(None) => {}
                Err(error) => {
                    yield Err(Failure::new(FailureClass::Malformed, error.to_string()));
                    return;
                }
            }
            match body.chunk().await {
                Ok(Some(piece)) => cutter.push(piece),
                // The answer had fewer frames.
                Ok(None) => {
                    if let Some(rest) = cutter.rest(left == frames) {
                        yield Ok(rest);
                    }
                    return;
                }
                Err(failure) => {
                    yield Err(failure);
                    return;
                }
            }
        }
        match failure {
            Some(failure) => {
                // The server is let go before the client hears of it.
                drop(body);
                yield Err(failure);
            }
            None => pending().await,
        }
    }
}
