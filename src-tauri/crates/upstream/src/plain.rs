//! Connections without TLS, straight over hyper.
//!
//! Whoever waits for an answer drives its connection: no task stands between the socket and the reader, so that a
//! frame of a stream wakes one task and not three. An idle connection is driven by nobody; that its server closed it
//! meanwhile is seen when it is taken out again.
//!
//! Who answers with an error often hangs up right behind it, unannounced: such a connection is not used again.
//!
//! What could not be written to a connection that had been idle is written to a new one: nobody has seen it yet. Nothing
//! else is sent twice.

mod line;
mod pool;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header};
use hyper::body::Incoming;

use self::line::Line;
pub(crate) use self::pool::Pool;
use crate::{
    classify::{BoxError, Phase},
    parts::Parts,
};

/// What this program calls itself.
const USER_AGENT: HeaderValue = HeaderValue::from_static(concat!("changeover/", env!("CARGO_PKG_VERSION")));

/// What is asked of a server.
pub(crate) struct Question<'a> {
    pub method: Method,
    pub uri: &'a Uri,
    pub headers: HeaderMap,
    pub body: Parts,
    /// How long the connection may take to stand.
    pub connect: Duration,
}

impl Pool {
    /// Sends a question and returns when the head of the answer is there.
    pub(crate) async fn ask(
        self: &Arc<Self>,
        question: Question<'_>,
    ) -> Result<Response<Flow>, (BoxError, Phase)> {
        let Question { uri, connect, .. } = question;
        let mut request = question.into_request();
        let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
        loop {
            let (mut line, was_idle) = match self.take(&authority) {
                Some(line) => (line, true),
                None => (self.connect(uri, connect).await.map_err(|e| (e, Phase::Connect))?, false),
            };
            match line.head(request).await {
                Ok(answer) => {
                    let home =
                        answer.status().is_success().then(|| Home { pool: Arc::clone(self), authority });
                    return Ok(answer.map(|body| Flow { line: Some((line, home)), body }));
                }
                Err(mut error) => match error.take_message().filter(|_| was_idle) {
                    Some(unsent) => request = unsent,
                    None => return Err((error.into_error().into(), Phase::Head)),
                },
            }
        }
    }
}

impl Question<'_> {
    fn into_request(self) -> Request<Parts> {
        let Self { method, uri, mut headers, body, .. } = self;
        let mut request = Request::new(body);
        if let Some(host) = uri.authority().and_then(|a| HeaderValue::from_str(a.as_str()).ok()) {
            headers.insert(header::HOST, host);
        }
        headers.insert(header::USER_AGENT, USER_AGENT);
        headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        *request.method_mut() = method;
        *request.uri_mut() = uri.path_and_query().map_or_else(Uri::default, |path| path.clone().into());
        *request.headers_mut() = headers;
        request
    }
}

/// Where a connection goes once its answer has been read.
struct Home {
    pool: Arc<Pool>,
    authority: String,
}

/// The body of an answer, and the connection that it comes from. Dropped before its end it closes the connection.
pub(crate) struct Flow {
    /// Without a home it ends with the answer.
    line: Option<(Line, Option<Home>)>,
    body: Incoming,
}

impl Flow {
    /// The next piece; none at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, hyper::Error> {
        let Some((line, _)) = &mut self.line else { return Ok(None) };
        let next = line.next(&mut self.body).await;
        match next {
            Ok(Some(piece)) => return Ok(Some(piece)),
            Ok(None) => {
                if let Some((line, Some(home))) = self.line.take() {
                    home.pool.give(home.authority, line);
                }
            }
            // Of no use to anybody any more.
            Err(_) => self.line = None,
        }
        next
    }
}
