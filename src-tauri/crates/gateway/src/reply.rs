//! Answers to clients: their body and the headers that say who answered.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    error::{ClientError, ErrorKind},
};
use domain::{
    Chain, Tier,
    mode::{Mode, mode},
};
use futures::stream::{BoxStream, StreamExt};
use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_TYPE},
};
use http_body::{Frame, SizeHint};

use crate::{hops, unpack};

/// A body in one piece, or piece by piece.
pub(crate) enum Body {
    Whole(Bytes),
    Pieces(BoxStream<'static, Bytes>),
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Self::Pieces(pieces) => loop {
                match ready!(pieces.poll_next_unpin(context)) {
                    // An empty chunk would end the body.
                    Some(piece) if piece.is_empty() => {}
                    piece => break Poll::Ready(piece.map(|piece| Ok(Frame::data(piece)))),
                }
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Pieces(_) => SizeHint::default(),
        }
    }
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
const TIER: HeaderName = HeaderName::from_static("x-changeover-tier");
const BACKEND: HeaderName = HeaderName::from_static("x-changeover-backend");
const ATTEMPTS: HeaderName = HeaderName::from_static("x-changeover-attempts");
const MODE: HeaderName = HeaderName::from_static("x-changeover-mode");
const NOTICE: HeaderName = HeaderName::from_static("x-changeover-notice");
const SIMULATED: HeaderName = HeaderName::from_static("x-changeover-simulated");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-changeover-request-id");
/// Where the SDKs of OpenAI and of Anthropic look for a request's id.
const SDKS_IDS: [HeaderName; 2] =
    [HeaderName::from_static("x-request-id"), HeaderName::from_static("request-id")];

/// A JSON answer.
pub(crate) fn json(status: StatusCode, body: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::Whole(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

/// An error answer, in the client's dialect.
pub(crate) fn error(dialect: Dialect, error: &ClientError) -> Response<Body> {
    let status =
        StatusCode::from_u16(dialect.status(error.kind)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let circle = error.code.as_deref() == Some(hops::CODE);
    let status = if circle { StatusCode::LOOP_DETECTED } else { status };
    let mut response = json(status, dialect.error_body(error));
    if error.kind == ErrorKind::UnknownEncoding {
        response.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static(unpack::READ));
    }
    if circle {
        response.headers_mut().insert("x-should-retry", HeaderValue::from_static("false"));
    }
    response
}

/// An answer to a client that wished its model loaded; a stream of one piece where it would get a stream.
pub(crate) fn loaded(asked: &Asked, body: Bytes) -> Response<Body> {
    let mut response = json(StatusCode::OK, body);
    if asked.peek.stream {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(asked.dialect.stream_type()));
    }
    response
}

/// The head of a stream.
pub(crate) fn stream(dialect: Dialect, pieces: BoxStream<'static, Bytes>) -> Response<Body> {
    let mut response = Response::new(Body::Pieces(pieces));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(dialect.stream_type()));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // Proxies of nginx's kind would hold small frames back.
    headers.insert(BUFFERING, HeaderValue::from_static("no"));
    response
}

/// Who answered, as the headers say it.
#[derive(Clone, Debug)]
pub(crate) struct By {
    pub(crate) tier: Option<String>,
    pub(crate) backend: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) mode: Mode,
    pub(crate) notice: Option<String>,
    pub(crate) request: String,
    pub(crate) simulated: bool,
    /// Whether the answer was begun by somebody else.
    pub(crate) resumed: bool,
    /// Whether the body says it as well.
    pub(crate) marks_body: bool,
}

impl By {
    /// `tier`, at this position in the chain.
    pub(crate) fn tier(chain: &Chain, position: usize, tier: &Tier, attempts: u32, request: &str) -> Self {
        Self {
            tier: Some(tier.name.clone()),
            backend: Some(format!("{}/{}", tier.provider.word(), tier.model)),
            attempts,
            mode: mode(chain, Some(position)),
            notice: tier.degrade.notice.clone(),
            request: request.to_owned(),
            simulated: chain.simulated,
            resumed: false,
            marks_body: chain.mark_body,
        }
    }

    /// No tier.
    pub(crate) fn nobody(chain: &Chain, attempts: u32, request: &str) -> Self {
        Self {
            tier: None,
            backend: None,
            attempts,
            mode: Mode::Emergency,
            notice: None,
            request: request.to_owned(),
            simulated: chain.simulated,
            resumed: false,
            marks_body: false,
        }
    }

    /// The same, of somebody who goes on with the answer of another.
    pub(crate) fn resumed(self) -> Self {
        Self { resumed: true, ..self }
    }

    /// Adds to the notice what of the request its tier has no word for.
    pub(crate) fn left_out(mut self, names: &[String]) -> Self {
        if !names.is_empty() {
            let left_out = format!("left out: {}", names.join(", "));
            self.notice =
                Some(self.notice.map_or_else(|| left_out.clone(), |own| format!("{own}; {left_out}")));
        }
        self
    }

    /// Writes it into the head of an answer.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        let mut put = |name: HeaderName, value: Option<HeaderValue>| {
            if let Some(value) = value {
                headers.insert(name, value);
            }
        };
        put(TIER, self.tier.as_deref().and_then(value_of));
        put(BACKEND, self.backend.as_deref().and_then(value_of));
        put(ATTEMPTS, Some(self.attempts.into()));
        put(MODE, Some(HeaderValue::from_static(self.mode.word())));
        put(NOTICE, self.notice.as_deref().and_then(value_of));
        put(SIMULATED, self.simulated.then_some(HeaderValue::from_static("true")));
        put(REQUEST_ID, value_of(&self.request));
        identify(headers, &self.request);
    }

    /// The same as a comment in a stream whose head went out before anybody had answered.
    pub(crate) fn comment(&self, dialect: Dialect) -> Bytes {
        let tier = self.tier.as_deref().unwrap_or("none");
        let resumed = if self.resumed { " resumed" } else { "" };
        let (attempts, mode) = (self.attempts, self.mode.word());
        dialect.comment(&format!("changeover tier={tier} attempts={attempts} mode={mode}{resumed}"))
    }
}

/// Marks an answer of which no tier is known yet, or that no tier has a part in, with the request's id.
pub(crate) fn mark(headers: &mut HeaderMap, request: &str, simulated: bool) {
    if simulated {
        headers.insert(SIMULATED, HeaderValue::from_static("true"));
    }
    if let Some(value) = value_of(request) {
        headers.insert(REQUEST_ID, value);
    }
    identify(headers, request);
}

/// The request's id where SDKs show it; a provider's own stays.
fn identify(headers: &mut HeaderMap, request: &str) {
    if let (false, Some(value)) = (SDKS_IDS.iter().any(|name| headers.contains_key(name)), value_of(request))
    {
        for name in SDKS_IDS {
            headers.insert(name, value.clone());
        }
    }
}

/// Text as a header's value: line ends and other control characters become spaces.
fn value_of(text: &str) -> Option<HeaderValue> {
    let bytes = text.as_bytes();
    if bytes.iter().all(u8::is_ascii_graphic) {
        return HeaderValue::from_bytes(bytes).ok();
    }
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    HeaderValue::from_bytes(clean.trim().as_bytes()).ok()
}

/// The provider's headers that a client of the same dialect may want to see: rate limits and its own request id.
pub(crate) fn pass_on(from: &HeaderMap, to: &mut HeaderMap) {
    for (name, value) in from {
        let word = name.as_str();
        let limits = ["x-ratelimit-", "openai-", "anthropic-ratelimit-", "anthropic-priority-"];
        if limits.iter().any(|start| word.starts_with(start)) || matches!(word, "x-request-id" | "request-id")
        {
            to.append(name.clone(), value.clone());
        }
    }
}
