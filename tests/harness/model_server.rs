//! A model server inside the test: a real HTTP server on a free port, whose behaviour the test sets as it goes.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures::Stream;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::task::AbortOnDropHandle;

/// How the server answers a chat request.
#[derive(Clone, Debug)]
pub enum Script {
    /// A whole answer with this text, streamed word by word when a stream was asked for.
    Say(String),
    /// This status and body.
    Status(u16, String),
    /// The head is never sent.
    Silent,
    /// A stream that breaks after so many words, without a finish reason.
    CutAfter(usize),
}

/// A request that the server saw.
#[derive(Clone, Debug)]
pub struct SeenRequest {
    /// Its path.
    pub path: String,
    /// Its `Authorization` header.
    pub authorization: Option<String>,
    /// Its body.
    pub body: Value,
}

/// A model server in this process.
pub struct ModelServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    running: Option<AbortOnDropHandle<()>>,
}

struct Shared {
    script: Mutex<Script>,
    seen: Mutex<Vec<SeenRequest>>,
    pace: Mutex<Duration>,
    thinks: Mutex<Duration>,
}

impl ModelServer {
    /// Starts a server that answers with `text`.
    pub async fn saying(text: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        Self::on(listener, text)
    }

    /// Starts a server on a given port.
    pub async fn at(port: u16, text: &str) -> Self {
        Self::on(TcpListener::bind(("127.0.0.1", port)).await.unwrap(), text)
    }

    fn on(listener: TcpListener, text: &str) -> Self {
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            script: Mutex::new(Script::Say(text.into())),
            seen: Mutex::default(),
            pace: Mutex::new(Duration::ZERO),
            thinks: Mutex::new(Duration::ZERO),
        });
        let running = Some(serve(listener, Arc::clone(&shared)));
        Self { address, shared, running }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it does from now on.
    pub fn script(&self, script: Script) {
        *self.shared.script.lock().unwrap() = script;
    }

    /// Pause after each word: between two of a stream, and all of them before the head of a whole answer.
    pub fn pace(&self, pause: Duration) {
        *self.shared.pace.lock().unwrap() = pause;
    }

    /// Pause before the first word of an answer in OpenAI's dialect.
    pub fn thinks(&self, pause: Duration) {
        *self.shared.thinks.lock().unwrap() = pause;
    }

    /// The chat requests it saw.
    pub fn seen(&self) -> Vec<SeenRequest> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// Closes the port and cuts every connection.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
            let _cancelled = running.await;
        }
    }

    /// Listens on the same port again.
    pub async fn start(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.running = Some(serve(listener, Arc::clone(&self.shared)));
    }
}

/// Serves until the handle is dropped; then every connection is cut.
fn serve(listener: TcpListener, shared: Arc<Shared>) -> AbortOnDropHandle<()> {
    let app = Router::new()
        .route("/health", get(|| async { "ok" }))
        .route("/api/version", get(|| async { r#"{"version":"0.0.0"}"# }))
        .route(
            "/v1/models",
            get(|| async { axum::Json(json!({"object": "list", "data": [{"id": "m", "object": "model"}]})) }),
        )
        .route("/v1/chat/completions", post(openai))
        .route("/api/chat", post(ollama))
        .with_state(shared);
    AbortOnDropHandle::new(tokio::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                Some(_) = connections.join_next() => continue,
            };
            let Ok((socket, _)) = accepted else { continue };
            let service = hyper_util::service::TowerToHyperService::new(app.clone());
            let io = hyper_util::rt::TokioIo::new(socket);
            connections.spawn(async move {
                // A client that goes away is part of the tests.
                let _broken = hyper::server::conn::http1::Builder::new().serve_connection(io, service).await;
            });
        }
    }))
}

fn note(shared: &Shared, path: &str, headers: &HeaderMap, body: &Bytes) -> (Value, Script) {
    let value: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let authorization = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).map(str::to_owned);
    shared.seen.lock().unwrap().push(SeenRequest { path: path.into(), authorization, body: value.clone() });
    (value, shared.script.lock().unwrap().clone())
}

async fn openai(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let (ask, script) = note(&shared, "/v1/chat/completions", &headers, &body);
    let streamed = ask["stream"] == true;
    match script {
        Script::Status(status, body) => {
            (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, "application/json")], body)
                .into_response()
        }
        Script::Silent => std::future::pending().await,
        Script::Say(text) if streamed => sse(openai_frames(&shared, &text, usize::MAX)),
        Script::CutAfter(words) if streamed => {
            sse(openai_frames(&shared, "one two three four five six", words))
        }
        Script::Say(text) => {
            thinks_about(&shared, &text, &ask).await;
            axum::Json(json!({
            "id": "x", "object": "chat.completion", "created": 1, "model": ask["model"],
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
        }))
        .into_response()
        }
        Script::CutAfter(_) => cut_body(),
    }
}

/// Takes as long as the words of a whole answer take, of which no more are made than were asked for.
async fn thinks_about(shared: &Shared, text: &str, ask: &Value) {
    let first = *shared.thinks.lock().unwrap();
    tokio::time::sleep(first).await;
    let pause = *shared.pace.lock().unwrap();
    let most = ask["max_tokens"].as_u64().and_then(|most| u32::try_from(most).ok()).unwrap_or(u32::MAX);
    let words = u32::try_from(text.split_whitespace().count()).unwrap_or(u32::MAX);
    tokio::time::sleep(pause * words.min(most)).await;
}

async fn ollama(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let (ask, script) = note(&shared, "/api/chat", &headers, &body);
    let streamed = ask["stream"] != false;
    let line = |content: &str, done: bool| {
        let mut line = json!({
            "model": ask["model"], "created_at": "2026-01-01T00:00:00Z",
            "message": {"role": "assistant", "content": content}, "done": done,
        });
        if done {
            line["done_reason"] = "stop".into();
            line["prompt_eval_count"] = 3.into();
            line["eval_count"] = 4.into();
        }
        line
    };
    match script {
        Script::Status(status, body) => (StatusCode::from_u16(status).unwrap(), body).into_response(),
        Script::Silent => std::future::pending().await,
        Script::CutAfter(_) => cut_body(),
        Script::Say(text) if !streamed => axum::Json(line(&text, true)).into_response(),
        Script::Say(text) => {
            let mut lines: Vec<String> =
                text.split_inclusive(' ').map(|w| format!("{}\n", line(w, false))).collect();
            lines.push(format!("{}\n", line("", true)));
            let body = futures::stream::iter(lines.into_iter().map(Ok::<_, Infallible>));
            ([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(body)).into_response()
        }
    }
}

/// A body that breaks off.
fn cut_body() -> Response {
    let pieces = vec![Ok(Bytes::from_static(b"{\"id\":")), Err(std::io::Error::other("cut"))];
    Body::from_stream(futures::stream::iter(pieces)).into_response()
}

fn sse(frames: impl Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static) -> Response {
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(frames)).into_response()
}

fn openai_frames(
    shared: &Shared,
    text: &str,
    cut_after: usize,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> + use<> {
    let (first, pause) = (*shared.thinks.lock().unwrap(), *shared.pace.lock().unwrap());
    let words: Vec<String> = text.split_inclusive(' ').map(str::to_owned).collect();
    let frame = |delta: Value, finish: Option<&str>| {
        let chunk = json!({
            "id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        });
        Bytes::from(format!("data: {chunk}\n\n"))
    };
    async_stream::stream! {
        yield Ok(frame(json!({"role": "assistant", "content": ""}), None));
        tokio::time::sleep(first).await;
        for (index, word) in words.iter().enumerate() {
            if index == cut_after {
                yield Err(std::io::Error::other("cut"));
                return;
            }
            yield Ok(frame(json!({"content": word}), None));
            tokio::time::sleep(pause).await;
        }
        yield Ok(frame(json!({}), Some("stop")));
        yield Ok(Bytes::from_static(b"data: [DONE]\n\n"));
    }
}
