//! The screens over HTTP, on the admin address: the same commands and events as in the window.
//!
//! Only for this machine's operator: loopback by the validator, a token on every command, and no foreign
//! `Host` or `Origin`, so that a web page elsewhere cannot reach it through the operator's browser.

mod assets;
mod token;

use std::convert::Infallible;

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use contract::RpcError;
use futures::{Stream, StreamExt};
use serde_json::Value;

use crate::{Engine, rpc::problem};

pub(crate) use token::{Access, admin_token};

/// Commands may be this large, bytes: a pasted configuration at most.
const LARGEST: usize = 4 * 1024 * 1024;

#[derive(Clone)]
struct Shared {
    engine: Engine,
    token: Access,
}

/// The routes of the admin address.
pub(crate) fn router(engine: Engine, token: Access) -> Router {
    let shared = Shared { engine, token };
    let guarded = Router::new()
        .route("/rpc/{name}", post(rpc))
        .route("/events", get(events))
        .layer(middleware::from_fn_with_state(shared.clone(), needs_token));
    Router::new()
        .merge(guarded)
        .route("/healthz", get(|| async { "ok" }))
        .fallback(get(assets::serve))
        .layer(axum::extract::DefaultBodyLimit::max(LARGEST))
        .layer(middleware::from_fn(from_here))
        .with_state(shared)
}

/// Refuses a request that a page of another site sent, or that came through a foreign name for this address.
async fn from_here(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or_default();
    let origin = headers.get(header::ORIGIN).and_then(|h| h.to_str().ok());
    let same = origin.is_none_or(|o| o.strip_prefix("http://").is_some_and(|o| o == host));
    if !is_loopback_name(host) || !same {
        let error = problem(
            "forbidden",
            "this request came from another site",
            "open the address that Changeover printed",
        );
        return (StatusCode::FORBIDDEN, Json(error)).into_response();
    }
    next.run(request).await
}

/// Whether a `Host` header names this machine's loopback address.
fn is_loopback_name(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    name == "localhost"
        || name.trim_matches(['[', ']']).parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

async fn needs_token(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    if shared.token.allows(request.headers()) {
        return next.run(request).await;
    }
    let error =
        problem("unauthorized", "the token is missing or wrong", "open the address that Changeover printed");
    (StatusCode::UNAUTHORIZED, Json(error)).into_response()
}

async fn rpc(
    State(shared): State<Shared>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let payload = if body.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&body) };
    let actor =
        headers.get("x-changeover-actor").and_then(|a| a.to_str().ok()).unwrap_or("operator (browser)");
    let outcome = match payload {
        Ok(payload) => shared.engine.rpc(&name, payload, actor).await,
        Err(e) => Err(problem(
            "bad_request",
            &format!("the request is not JSON: {e}"),
            "send the command's request as JSON",
        )),
    };
    match outcome {
        Ok(value) => Json(value).into_response(),
        Err(error) => (status_of(&error), Json(error)).into_response(),
    }
}

fn status_of(error: &RpcError) -> StatusCode {
    match error.code.as_str() {
        "bad_request" | "invalid" => StatusCode::BAD_REQUEST,
        "unknown_command" | "not_found" => StatusCode::NOT_FOUND,
        "conflict" => StatusCode::CONFLICT,
        "unavailable" => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

async fn events(State(shared): State<Shared>) -> Response {
    let body = Body::from_stream(frames(shared.engine));
    let headers = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    (headers, body).into_response()
}

fn frames(engine: Engine) -> impl Stream<Item = Result<Bytes, Infallible>> {
    engine.subscribe().filter_map(|event| async move {
        let json = serde_json::to_string(&event).ok()?;
        Some(Ok(Bytes::from(format!("data: {json}\n\n"))))
    })
}

#[cfg(test)]
mod tests {
    use super::is_loopback_name;

    #[test]
    fn only_names_of_this_machine_pass() {
        for host in ["127.0.0.1:4748", "localhost", "localhost:4748", "[::1]:4748", "127.0.0.1"] {
            assert!(is_loopback_name(host), "{host}");
        }
        for host in ["evil.example", "evil.example:4748", "127.0.0.1.evil.example", "10.0.0.1:4748", ""] {
            assert!(!is_loopback_name(host), "{host}");
        }
    }
}
