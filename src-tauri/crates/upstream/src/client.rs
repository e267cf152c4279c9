//! Pooled connections: those without TLS straight over hyper, all others through reqwest, with one pool per connect
//! timeout and kind of way.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use bytes::Bytes;
use domain::{Failure, FailureClass, KeyRef, ProviderKind, Replica, Tier};
use futures::stream::{BoxStream, StreamExt};
use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{ACCEPT, CONTENT_TYPE},
};
use http_body::Body as _;
use url::Url;

use crate::{
    auth::{Credentials, Outgoing, authorize},
    classify::{Phase, classify, of_reqwest},
    endpoint::Endpoint,
    parts::Parts,
    plain::{Flow, Pool, Question},
    routes::{Route, Routes, is_loopback},
};

/// Servers in Python close idle connections after 5 s; one that is about to be closed must not be used again.
const IDLE_PROXIED: Duration = Duration::from_secs(4);
/// TLS is worth keeping for longer.
const IDLE_TLS: Duration = Duration::from_secs(60);
/// More pools than this are forgotten; a configuration has a handful.
const POOLS: usize = 64;

/// Whom a request goes to.
#[derive(Clone, Debug)]
pub struct Target<'a> {
    /// The server's base URL.
    pub url: &'a str,
    /// What kind of server it is.
    pub provider: ProviderKind,
    /// The model, which some providers want in the URL.
    pub model: &'a str,
    /// Where its key is.
    pub key: Option<&'a KeyRef>,
    /// How long the connection may take to stand.
    pub connect: Duration,
}

impl<'a> Target<'a> {
    /// A replica of a tier.
    #[must_use]
    pub fn of(tier: &'a Tier, replica: &'a Replica) -> Self {
        Self {
            url: &replica.url,
            provider: tier.provider,
            model: &tier.model,
            key: tier.key.as_ref(),
            connect: tier.timeouts.connect,
        }
    }
}

/// The outgoing connections. Clones share their pools.
#[derive(Clone)]
pub struct Client {
    credentials: Arc<dyn Credentials>,
    plain: Arc<Pool>,
    routes: Arc<Routes>,
    pools: Arc<RwLock<HashMap<Way, reqwest::Client>>>,
    /// Whether the environment names a proxy, which reqwest knows how to go through.
    proxied: bool,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// What makes two connections poolable.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Way {
    connect: Duration,
    tls: bool,
    loopback: bool,
}

impl Client {
    /// A client that reads keys from `credentials`.
    #[must_use]
    pub fn new(credentials: Arc<dyn Credentials>) -> Self {
        Self {
            credentials,
            plain: Arc::default(),
            routes: Arc::default(),
            pools: Arc::default(),
            proxied: names_a_proxy(),
        }
    }

    /// Posts a request, whose body may come in several pieces, and returns as soon as the head of the answer is there, whatever its status. The
    /// waiting is bounded by `target.connect` alone until the connection stands: bound the rest, and drop the future
    /// or the response to cancel.
    ///
    /// # Errors
    /// When the key cannot be had or the connection fails, with its class.
    pub async fn send(
        &self,
        target: &Target<'_>,
        endpoint: Endpoint<'_>,
        mut headers: HeaderMap,
        body: impl IntoIterator<Item = Bytes>,
        stream: bool,
    ) -> Result<Response, Failure> {
        let route = self.routes.of(target, endpoint, stream, self.proxied)?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let accept = if stream {
            "text/event-stream, application/x-ndjson, application/vnd.amazon.eventstream"
        } else {
            "application/json"
        };
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        self.follow(target, Method::POST, &route, headers, body.into_iter().collect()).await
    }

    pub(crate) async fn call(
        &self,
        target: &Target<'_>,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Option<Bytes>,
    ) -> Result<Response, Failure> {
        self.follow(target, method, &Route::new(url, self.proxied), headers, body.into_iter().collect()).await
    }

    async fn follow(
        &self,
        target: &Target<'_>,
        method: Method,
        route: &Route,
        mut headers: HeaderMap,
        body: Parts,
    ) -> Result<Response, Failure> {
        let Route { url, plain, address } = route;
        let outgoing =
            Outgoing { provider: target.provider, base: target.url, method: &method, url, body: &body };
        authorize(&mut headers, &outgoing, target.key, self.credentials.as_ref())?;
        if let Some(uri) = plain {
            let question = Question { method, uri, headers, body, connect: target.connect };
            let answer = self.plain.ask(question).await;
            let answer = answer.map_err(|(error, phase)| classify(&*error, phase, address))?;
            let (head, flow) = answer.into_parts();
            let body = Body { inner: Inner::Plain(flow), address: Arc::clone(address) };
            return Ok(Response { status: head.status, headers: head.headers, body });
        }
        let mut request = self.pool(url, target.connect)?.request(method, url.clone()).headers(headers);
        if !body.is_end_stream() {
            request = request.body(reqwest::Body::wrap(body));
        }
        match request.send().await {
            Ok(mut answer) => Ok(Response {
                status: answer.status(),
                headers: std::mem::take(answer.headers_mut()),
                body: Body { inner: Inner::Other(answer), address: Arc::clone(address) },
            }),
            Err(error) => Err(of_reqwest(&error, Phase::Head, address)),
        }
    }

    fn pool(&self, url: &Url, connect: Duration) -> Result<reqwest::Client, Failure> {
        let way = Way { connect, tls: url.scheme() == "https", loopback: is_loopback(url) };
        if let Some(found) = self.pools.read().unwrap_or_else(PoisonError::into_inner).get(&way) {
            return Ok(found.clone());
        }
        let made = build(way)?;
        let mut pools = self.pools.write().unwrap_or_else(PoisonError::into_inner);
        if pools.len() >= POOLS {
            pools.clear();
        }
        Ok(pools.entry(way).or_insert(made).clone())
    }
}

fn build(way: Way) -> Result<reqwest::Client, Failure> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("changeover/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(way.connect)
        .pool_idle_timeout(if way.tls { IDLE_TLS } else { IDLE_PROXIED })
        .tcp_nodelay(true)
        .tcp_keepalive(Duration::from_secs(15))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false);
    if way.loopback {
        builder = builder.no_proxy();
    }
    builder
        .build()
        .map_err(|error| Failure::new(FailureClass::Tls, format!("no TLS client could be made: {error}")))
}

/// The variables that reqwest looks at for `http` URLs.
fn names_a_proxy() -> bool {
    ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"].iter().any(|name| std::env::var_os(name).is_some())
}

/// An answer whose body is still to come.
#[derive(Debug)]
pub struct Response {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Body,
}

/// A body, read piece by piece. Dropping it closes or resets the connection, which tells the server to stop.
pub struct Body {
    pub(crate) inner: Inner,
    pub(crate) address: Arc<str>,
}

pub(crate) enum Inner {
    Plain(Flow),
    Other(reqwest::Response),
    Made(BoxStream<'static, Result<Bytes, Failure>>),
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Body {
    /// The next piece; none at the end.
    ///
    /// # Errors
    /// When the connection breaks, with its class.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let address = &self.address;
        match &mut self.inner {
            Inner::Plain(flow) => flow.chunk().await.map_err(|error| classify(&error, Phase::Body, address)),
            Inner::Other(answer) => {
                answer.chunk().await.map_err(|error| of_reqwest(&error, Phase::Body, address))
            }
            Inner::Made(pieces) => pieces.next().await.transpose(),
        }
    }

    /// The whole body, or its first `most` bytes and a little more when it is longer.
    ///
    /// # Errors
    /// When the connection breaks, with its class.
    pub async fn up_to(&mut self, most: usize) -> Result<Bytes, Failure> {
        let Some(first) = self.chunk().await? else { return Ok(Bytes::new()) };
        let Some(second) = (if first.len() >= most { None } else { self.chunk().await? }) else {
            return Ok(first);
        };
        let mut whole = Vec::from(first);
        whole.extend_from_slice(&second);
        while whole.len() < most
            && let Some(more) = self.chunk().await?
        {
            whole.extend_from_slice(&more);
        }
        Ok(whole.into())
    }
}
