//! One simulated server: as much of an OpenAI-compatible server as the chain uses.

use std::{convert::Infallible, time::Duration};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures::Stream;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::task::AbortOnDropHandle;

/// What a simulated server pretends to be.
#[derive(Debug)]
pub(super) struct Character {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) words_per_second: u64,
    /// Milliseconds before the first word.
    pub(super) warm_up_ms: u64,
}

impl Character {
    fn pause(&self) -> Duration {
        Duration::from_millis(1000 / self.words_per_second)
    }
}

/// Serves on `listener` until the handle is dropped; then every connection is cut too.
#[expect(clippy::disallowed_methods, reason = "the handle aborts the task when dropped, so it is not lost")]
pub(super) fn run(listener: TcpListener, character: &'static Character) -> AbortOnDropHandle<()> {
    let app = Router::new()
        .route("/health", get(|| async { Json(json!({"status": "ok"})) }))
        .route("/v1/models", get(move || async move { Json(models(character)) }))
        .route("/v1/chat/completions", post(move |body: Bytes| chat(character, body)));
    AbortOnDropHandle::new(tokio::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                Some(_) = connections.join_next() => continue,
            };
            let Ok((socket, _)) = accepted else { continue };
            let _no_delay = socket.set_nodelay(true);
            let service = hyper_util::service::TowerToHyperService::new(app.clone());
            let io = hyper_util::rt::TokioIo::new(socket);
            connections.spawn(async move {
                if let Err(e) = hyper::server::conn::http1::Builder::new().serve_connection(io, service).await
                {
                    tracing::debug!(error = %e, "a connection to a simulated server broke");
                }
            });
        }
    }))
}

fn models(character: &Character) -> Value {
    json!({"object": "list", "data": [{"id": character.name, "object": "model", "owned_by": "practice"}]})
}

#[derive(Deserialize)]
struct Ask {
    model: String,
    #[serde(default)]
    stream: bool,
    max_tokens: Option<usize>,
    max_completion_tokens: Option<usize>,
}

async fn chat(character: &'static Character, body: Bytes) -> Response {
    let ask: Ask = match serde_json::from_slice(&body) {
        Ok(ask) => ask,
        Err(e) => {
            let error = json!({"error": {"message": e.to_string(), "type": "invalid_request_error"}});
            return (StatusCode::BAD_REQUEST, Json(error)).into_response();
        }
    };
    let text = format!(
        "This is a simulated answer from the {}. Make this server fail and send the request again: the next tier \
         of the practice chain will answer, and the failover will be on the timeline.",
        character.label
    );
    let words: Vec<String> = text.split_inclusive(' ').map(str::to_owned).collect();
    let cap = ask.max_tokens.or(ask.max_completion_tokens).unwrap_or(usize::MAX);
    let finish = if cap < words.len() { "length" } else { "stop" };
    let words: Vec<String> = words.into_iter().take(cap).collect();
    tokio::time::sleep(Duration::from_millis(character.warm_up_ms)).await;
    if ask.stream {
        let body = Body::from_stream(stream(character, ask.model, words, finish));
        return ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response();
    }
    tokio::time::sleep(character.pause() * u32::try_from(words.len()).unwrap_or(0) / 4).await;
    let usage =
        json!({"prompt_tokens": 8, "completion_tokens": words.len(), "total_tokens": 8 + words.len()});
    Json(json!({
        "id": "chatcmpl-practice", "object": "chat.completion", "created": domain::time::wall_ms() / 1000,
        "model": ask.model, "usage": usage,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": words.concat()}, "finish_reason": finish}],
    }))
    .into_response()
}

fn stream(
    character: &'static Character,
    model: String,
    words: Vec<String>,
    finish: &'static str,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let frame = move |delta: Value, finish: Option<&str>, usage: Value| {
        let chunk = json!({
            "id": "chatcmpl-practice", "object": "chat.completion.chunk",
            "created": domain::time::wall_ms() / 1000, "model": model, "usage": usage,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        });
        Ok(Bytes::from(format!("data: {chunk}\n\n")))
    };
    async_stream::stream! {
        yield frame(json!({"role": "assistant", "content": ""}), None, Value::Null);
        let count = words.len();
        for word in words {
            yield frame(json!({"content": word}), None, Value::Null);
            tokio::time::sleep(character.pause()).await;
        }
        let usage = json!({"prompt_tokens": 8, "completion_tokens": count, "total_tokens": 8 + count});
        yield frame(json!({}), Some(finish), usage);
        yield Ok(Bytes::from_static(b"data: [DONE]\n\n"));
    }
}
