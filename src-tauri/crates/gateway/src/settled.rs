//! How a request was settled, and what goes out to its client.

use std::{pin::Pin, time::Duration};

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    error::{ClientError, ErrorKind},
    wire::Stamp,
};
use futures::stream::{BoxStream, StreamExt};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use tokio::time::timeout;

use crate::{
    attempt::Refused,
    record::Record,
    refusal::AllFailed,
    relay::{self, Rest},
    reply::{self, Body, By},
    resume::Resume,
};

/// How it was settled.
pub(crate) enum Settled {
    Whole { by: By, body: Bytes, headers: HeaderMap },
    Stream { by: By, stream: Streamed, headers: HeaderMap },
    Refused { by: By, refused: Box<Refused> },
    Failed { by: By, failed: AllFailed },
}

/// A stream that has begun.
pub(crate) struct Streamed {
    pub(crate) record: Box<Record>,
    /// Its beginning.
    pub(crate) held: Bytes,
    /// What is still to come of it.
    pub(crate) rest: Option<Box<Rest>>,
    /// Where the chain has a broken stream continued: by whom.
    pub(crate) resume: Option<Box<Resume>>,
}

impl Settled {
    pub(crate) fn into_response(self, dialect: Dialect) -> Response<Body> {
        let (by, mut response) = match self {
            Self::Whole { by, body, headers } => {
                let mut response = reply::json(StatusCode::OK, by.mark_whole(body));
                response.headers_mut().extend(headers);
                (by, response)
            }
            Self::Stream { by, mut stream, headers } => {
                stream.held = by.mark_start(stream.held);
                let mut response = reply::stream(dialect, relay::pieces(stream));
                response.headers_mut().extend(headers);
                (by, response)
            }
            Self::Refused { by, refused } => (by, refused.into_response(dialect)),
            Self::Failed { by, failed } => {
                let mut response = reply::error(dialect, &failed.error);
                let headers = response.headers_mut();
                headers.insert(header::RETRY_AFTER, HeaderValue::from(failed.retry_after));
                // The SDKs' own retries would only multiply what was tried here.
                headers.insert("x-should-retry", HeaderValue::from_static("false"));
                (by, response)
            }
        };
        by.write(response.headers_mut());
        response
    }

    /// The same within a stream whose head has gone out already.
    fn into_pieces(self, asked: &Asked, stamp: Stamp) -> BoxStream<'static, Bytes> {
        let (by, rest) = match self {
            Self::Stream { by, mut stream, .. } => {
                stream.held = by.mark_start(stream.held);
                (by, relay::pieces(stream))
            }
            // A stream was asked for; a whole answer does not come here, and would be wrong in it.
            Self::Whole { by, body, .. } => (by, once(body)),
            Self::Refused { by, refused } => (by, once(asked.error_event(&refused.into_error(), stamp))),
            Self::Failed { by, failed } => (by, once(asked.error_event(&failed.error, stamp))),
        };
        once(by.comment(asked.dialect)).chain(rest).boxed()
    }
}

impl Refused {
    fn into_response(self, dialect: Dialect) -> Response<Body> {
        match self {
            Self::InOurWords(error) => reply::error(dialect, &error),
            Self::AsItIs { status, headers, body } => {
                let mut response = reply::json(status, body);
                if let Some(kind) = headers.get(header::CONTENT_TYPE) {
                    response.headers_mut().insert(header::CONTENT_TYPE, kind.clone());
                }
                reply::pass_on(&headers, response.headers_mut());
                if status == StatusCode::LOOP_DETECTED {
                    response.headers_mut().insert("x-should-retry", HeaderValue::from_static("false"));
                }
                response
            }
        }
    }

    /// The same in our own words.
    fn into_error(self) -> ClientError {
        match self {
            Self::InOurWords(error) => error,
            Self::AsItIs { status, .. } => {
                let message = format!("The provider refused the request with status {}.", status.as_u16());
                ClientError::new(ErrorKind::InvalidRequest, message)
            }
        }
    }
}

fn once(bytes: Bytes) -> BoxStream<'static, Bytes> {
    futures::stream::once(std::future::ready(bytes)).boxed()
}

/// Keeps a client's stream alive until its request is settled.
pub(crate) fn waiting(
    mut settling: Pin<Box<impl Future<Output = Settled> + Send + 'static>>,
    every: Duration,
    asked: Asked,
    stamp: Stamp,
) -> BoxStream<'static, Bytes> {
    async_stream::stream! {
        yield asked.keep_alive();
        let settled = loop {
            match timeout(every, &mut settling).await {
                Ok(settled) => break settled,
                Err(_) => yield asked.keep_alive(),
            }
        };
        let mut pieces = settled.into_pieces(&asked, stamp);
        while let Some(piece) = pieces.next().await {
            yield piece;
        }
    }
    .boxed()
}
