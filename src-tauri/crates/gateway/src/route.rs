//! Which call is meant, and whether it may be made.

use std::{borrow::Cow, net::SocketAddr, sync::Arc};

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    error::{ClientError, ErrorKind},
};
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode,
    header::{self, ALLOW},
};
use hyper::body::Incoming;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    count, door,
    explain::Explanation,
    half_closed::Awaited,
    hops, ids, intake,
    life::Life,
    listing,
    reply::{self, Body},
    server::Inner,
};

/// Requests that are listed at once.
const NEWEST: usize = 100;

/// A call that is answered here.
enum Call<'a> {
    Ask(Dialect),
    /// How long the prompt of a request in this dialect is.
    Count(Dialect),
    Models,
    Model(&'a str),
    Tags,
    Loaded,
    Show,
    Version,
    Health,
    Root,
    Explain(&'a str),
    Requests,
}

impl Call<'_> {
    fn of(path: &str) -> Option<Call<'_>> {
        Some(match path {
            "/v1/chat/completions" | "/chat/completions" => Call::Ask(Dialect::Chat),
            "/v1/completions" | "/completions" => Call::Ask(Dialect::Completions),
            "/v1/responses" | "/responses" => Call::Ask(Dialect::Responses),
            "/v1/messages" | "/messages" => Call::Ask(Dialect::Messages),
            "/v1/messages/count_tokens" | "/messages/count_tokens" => Call::Count(Dialect::Messages),
            "/v1/responses/input_tokens" | "/responses/input_tokens" => Call::Count(Dialect::Responses),
            "/api/chat" => Call::Ask(Dialect::OllamaChat),
            "/api/generate" => Call::Ask(Dialect::OllamaGenerate),
            "/v1/embeddings" | "/embeddings" => Call::Ask(Dialect::Embeddings),
            "/api/embed" => Call::Ask(Dialect::OllamaEmbed),
            "/api/embeddings" => Call::Ask(Dialect::OllamaEmbeddings),
            "/api/tags" => Call::Tags,
            "/api/ps" => Call::Loaded,
            "/api/show" => Call::Show,
            "/api/version" => Call::Version,
            "/v1/models" | "/models" => Call::Models,
            "/v1/changeover/requests" => Call::Requests,
            "/healthz" => Call::Health,
            "/" => Call::Root,
            _ => return Self::with_id(path),
        })
    }

    /// A call whose path ends in an id; a model's may hold slashes.
    fn with_id(path: &str) -> Option<Call<'_>> {
        let id = |before: &str| path.strip_prefix(before).filter(|id| !id.is_empty());
        let model = || id("/v1/models/").or_else(|| id("/models/")).map(Call::Model);
        id("/v1/changeover/requests/").map(Call::Explain).or_else(model)
    }

    const fn methods(&self) -> &'static str {
        match self {
            Self::Ask(_) | Self::Count(_) | Self::Show => "POST, OPTIONS",
            _ => "GET, HEAD, OPTIONS",
        }
    }

    /// Whether it tells nothing that a key should guard.
    const fn is_open(&self) -> bool {
        matches!(self, Self::Health | Self::Root | Self::Version)
    }
}

/// A path without doubled slashes and without one at its end: clients write them where they join a base URL and a path.
fn tidy(path: &str) -> Cow<'_, str> {
    if !path.contains("//") && (path.len() == 1 || !path.ends_with('/')) {
        return past_base(path).into();
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    past_base(&format!("/{}", parts.join("/"))).to_owned().into()
}

/// The path behind a base URL's `/v1` that is not part of it: the clients of Anthropic and Ollama want the base without.
fn past_base(path: &str) -> &str {
    let rest = path.strip_prefix("/v1").unwrap_or_default();
    if rest.starts_with("/v1/") || rest.starts_with("/api/") { rest } else { path }
}

/// What the clients of a path speak, for errors that come before the call is known.
fn dialect_of(path: &str) -> Dialect {
    match Call::of(path) {
        Some(Call::Ask(dialect) | Call::Count(dialect)) => dialect,
        _ if path.starts_with("/v1/messages/") => Dialect::Messages,
        _ if path.starts_with("/api/") => Dialect::OllamaChat,
        _ => Dialect::Chat,
    }
}

/// Answers a request.
pub(crate) async fn answer(
    shared: Arc<Inner>,
    local: SocketAddr,
    request: Request<Incoming>,
    awaited: &Awaited,
) -> Response<Body> {
    let dialect = dialect_of(&tidy(request.uri().path()));
    let let_in = door::check_host(request.headers())
        .and_then(|()| door::check_origin(local, request.uri(), request.headers()));
    if let Err(error) = let_in {
        return closing(reply::error(dialect, &error));
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let mut response = dispatch(shared, request, awaited).await;
    // Behind the check above, an origin on loopback is a page of this machine; elsewhere none is let in.
    if let Some(origin) = origin.filter(|o| o.to_str().is_ok_and(door::is_loopback_origin)) {
        allow_page(response.headers_mut(), origin);
    }
    response
}

async fn dispatch(shared: Arc<Inner>, request: Request<Incoming>, awaited: &Awaited) -> Response<Body> {
    let path = tidy(request.uri().path()).into_owned();
    let dialect = dialect_of(&path);
    let Some(call) = Call::of(&path) else { return closing(reply::error(dialect, &unknown_route(&path))) };
    let method = request.method().clone();
    if method == Method::OPTIONS {
        return options(&call, request.headers());
    }
    let fits = match call {
        Call::Ask(_) | Call::Count(_) | Call::Show => method == Method::POST,
        _ => method == Method::GET || method == Method::HEAD,
    };
    if !fits {
        return closing(wrong_method(dialect, &call, &path, &method));
    }
    if !call.is_open() {
        let keys = &shared.deps.snapshot.load().client_keys;
        if let Err(error) = door::check_key(keys, request.headers()) {
            return closing(reply::error(dialect, &error));
        }
    }
    match call {
        Call::Ask(dialect) => ask(shared, dialect, request, awaited).await,
        Call::Count(dialect) => count(shared, dialect, request, awaited).await,
        Call::Models => listing::models(&shared, listing::Form::of(request.headers())),
        Call::Model(id) => {
            let name = percent_decode_str(id).decode_utf8_lossy();
            listing::model(&shared, listing::Form::of(request.headers()), &name)
        }
        Call::Tags => listing::tags(&shared),
        Call::Loaded => listing::loaded(&shared),
        Call::Show => show(&shared, request).await,
        Call::Version => listing::version(),
        Call::Health => health(&shared),
        Call::Root => root(request.headers()),
        Call::Explain(id) => explain(&shared, id),
        Call::Requests => requests(&shared),
    }
}

async fn ask(
    shared: Arc<Inner>,
    dialect: Dialect,
    request: Request<Incoming>,
    awaited: &Awaited,
) -> Response<Body> {
    let began = Instant::now();
    let id = ids::request();
    let (parts, body) = request.into_parts();
    let read = intake::read(&parts.headers, body).await;
    awaited.begin();
    let mut response = match read {
        Err(error) => closing(reply::error(dialect, &error)),
        Ok(body) => match begin(shared, dialect, body, hops::carried(&parts.headers), began, &id) {
            Err(error) => reply::error(dialect, &error),
            Ok(life) if life.is_empty() => life.loaded(),
            Ok(life) => return Box::pin(life.answer()).await,
        },
    };
    reply::mark(response.headers_mut(), &id, false);
    response
}

fn begin(
    shared: Arc<Inner>,
    dialect: Dialect,
    body: Bytes,
    headers: HeaderMap,
    began: Instant,
    id: &str,
) -> Result<Life, ClientError> {
    Life::new(shared, Asked::read(dialect, body)?, headers, began, id.to_owned())
}

/// Tells how long a prompt is.
async fn count(
    shared: Arc<Inner>,
    dialect: Dialect,
    request: Request<Incoming>,
    awaited: &Awaited,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let read = intake::read(&parts.headers, body).await;
    awaited.begin();
    match read {
        Err(error) => closing(reply::error(dialect, &error)),
        Ok(body) => match Asked::read(dialect, body) {
            Err(bad) => reply::error(dialect, &bad.into()),
            Ok(asked) => count::answer(&shared, &asked, hops::carried(&parts.headers)).await,
        },
    }
}

async fn show(shared: &Inner, request: Request<Incoming>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    match intake::read(&parts.headers, body).await {
        Ok(body) => listing::show(shared, &body),
        Err(error) => closing(reply::error(Dialect::OllamaChat, &error)),
    }
}

/// Ollama's clients look for its own words here, people look with a browser.
fn root(headers: &HeaderMap) -> Response<Body> {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/html") {
        text(
            "Changeover is running. Point OpenAI clients at /v1, and clients of Anthropic and Ollama here.\n",
        )
    } else {
        text("Ollama is running")
    }
}

fn health(shared: &Inner) -> Response<Body> {
    let chains = shared.deps.snapshot.load().chains.len();
    let body = json!({"status": "ok", "version": env!("CARGO_PKG_VERSION"), "chains": chains});
    reply::json(StatusCode::OK, body.to_string().into())
}

/// The newest requests, newest first, a line each; `GET /v1/changeover/requests/{id}` says more of one.
fn requests(shared: &Inner) -> Response<Body> {
    let line = |e: &Explanation| {
        json!({
            "request": e.request, "at_ms": e.at_ms, "asked": e.asked, "chain": e.chain, "simulated": e.simulated,
            "tier": e.tier, "result": e.result, "attempts": e.attempts.len(), "total_ms": e.total_ms,
        })
    };
    let newest: Vec<Value> = shared.ring.all().iter().take(NEWEST).map(|e| line(e)).collect();
    reply::json(StatusCode::OK, json!({"object": "list", "data": newest}).to_string().into())
}

fn explain(shared: &Inner, id: &str) -> Response<Body> {
    let found = shared.ring.of(id).and_then(|explanation| serde_json::to_vec(&*explanation).ok());
    found.map_or_else(
        || {
            reply::error(
                Dialect::Chat,
                &ClientError::new(ErrorKind::NotFound, "No such request among the newest 500."),
            )
        },
        |body| reply::json(StatusCode::OK, body.into()),
    )
}

fn text(text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::Whole(Bytes::from_static(text.as_bytes())));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// Says what may be asked. The SDKs send headers of their own (`x-stainless-lang` and many more), which a browser asks
/// for by name: each is allowed, because only pages of this machine are let in at all, and a `*` would not stand for
/// `authorization`.
fn options(call: &Call<'_>, asked: &HeaderMap) -> Response<Body> {
    let mut response = Response::new(Body::Whole(Bytes::new()));
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    let methods = HeaderValue::from_static(call.methods());
    headers.insert(ALLOW, methods.clone());
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    let usual = HeaderValue::from_static(
        "authorization, content-type, x-api-key, anthropic-version, anthropic-beta, traceparent, tracestate",
    );
    let wished = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned().unwrap_or(usual);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wished);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    response
}

fn allow_page(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    let exposed = "x-changeover-tier, x-changeover-backend, x-changeover-attempts, x-changeover-mode, \
                   x-changeover-notice, x-changeover-simulated, x-changeover-request-id, \
                   x-request-id, request-id, retry-after";
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(exposed));
}

fn unknown_route(path: &str) -> ClientError {
    let path: String = path.chars().take(200).collect();
    ClientError {
        code: Some("unknown_route".into()),
        ..ClientError::new(
            ErrorKind::NotFound,
            format!(
                "There is nothing at {path}. Send chat requests to /v1/chat/completions, /v1/responses, /v1/messages or /api/chat, ask for models at /v1/models."
            ),
        )
    }
}

fn wrong_method(dialect: Dialect, call: &Call<'_>, path: &str, method: &Method) -> Response<Body> {
    let message = format!("{path} does not take {method}; it takes {}.", call.methods());
    let mut response = reply::error(
        dialect,
        &ClientError {
            code: Some("method_not_allowed".into()),
            ..ClientError::new(ErrorKind::MethodNotAllowed, message)
        },
    );
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(call.methods()));
    response
}

/// An answer to a request whose body was not read: the connection cannot be used again.
fn closing(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
