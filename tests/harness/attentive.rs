//! A model server that answers by what a request holds, in `OpenAI`'s Chat Completions: for the tests that drive the
//! vendors' own SDKs through chats, tools, pictures, schemas and embeddings.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

/// A server in this process.
pub struct AttentiveServer {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Value>>>,
    _running: AbortOnDropHandle<()>,
}

impl AttentiveServer {
    /// Starts one on a free port. A prompt with the word `break` makes its streams break off after their first word.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::default();
        let app = Router::new()
            .route("/health", get(|| async { "ok" }))
            .route("/v1/models", get(|| async { Json(json!({ "object": "list", "data": [] })) }))
            .route("/v1/chat/completions", post(chat))
            .route("/v1/completions", post(complete))
            .route("/v1/embeddings", post(embed))
            .with_state(Arc::clone(&seen));
        let serving = async move { axum::serve(listener, app).await.unwrap() };
        Self { address, seen, _running: AbortOnDropHandle::new(tokio::spawn(serving)) }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The bodies of the requests it saw.
    pub fn seen(&self) -> Vec<Value> {
        self.seen.lock().unwrap().clone()
    }
}

type Seen = State<Arc<Mutex<Vec<Value>>>>;

async fn chat(State(seen): Seen, Json(ask): Json<Value>) -> Response {
    seen.lock().unwrap().push(ask.clone());
    let (text, calls) = answer(&ask);
    if ask["stream"] == true { streamed(&ask, &text, &calls) } else { whole(&ask, &text, &calls) }
}

/// The older call: what comes behind a prompt, a word at a time where a stream is wanted.
async fn complete(State(seen): Seen, Json(ask): Json<Value>) -> Response {
    seen.lock().unwrap().push(ask.clone());
    let usage: Value = serde_json::from_str(USAGE).unwrap();
    let part = |text: &str, finish: Option<&str>| {
        json!({
            "id": "x", "object": "text_completion", "created": 1, "model": ask["model"],
            "choices": [{ "index": 0, "text": text, "logprobs": null, "finish_reason": finish }],
        })
    };
    if ask["stream"] != true {
        let mut whole = part("return x + 1", Some("stop"));
        whole["usage"] = usage;
        return Json(whole).into_response();
    }
    let mut frames: Vec<Value> = "return x + 1".split_inclusive(' ').map(|word| part(word, None)).collect();
    frames.push(part("", Some("stop")));
    if ask["stream_options"]["include_usage"] == true {
        frames.push(json!({ "id": "x", "object": "text_completion", "choices": [], "usage": usage }));
    }
    let frames = frames.iter().map(|it| format!("data: {it}\n\n")).collect::<String>() + "data: [DONE]\n\n";
    ([(header::CONTENT_TYPE, "text/event-stream")], frames).into_response()
}

/// What it says, and the calls it makes.
fn answer(ask: &Value) -> (String, Vec<Value>) {
    let messages = ask["messages"].as_array().cloned().unwrap_or_default();
    let last = messages.last().cloned().unwrap_or_default();
    let prompt = last["content"].to_string();
    if last["role"] == "tool" {
        let results = messages.iter().filter(|m| m["role"] == "tool").map(|m| text_of(&m["content"]));
        return (format!("It is {}.", results.collect::<Vec<_>>().join(" and ")), vec![]);
    }
    if let Some(tool) = ask["tools"][0]["function"]["name"].as_str() {
        let cities: &[&str] = if prompt.contains("both") { &["Paris", "Oslo"] } else { &["Paris"] };
        return (String::new(), (0..).zip(cities).map(|(at, city)| call(at, tool, city)).collect());
    }
    if ask["response_format"]["type"] == "json_schema" {
        return (r#"{"colour": "blue"}"#.into(), vec![]);
    }
    if prompt.contains("image/png;base64") {
        return ("A small picture.".into(), vec![]);
    }
    ("Hello from the tier.".into(), vec![])
}

fn text_of(content: &Value) -> String {
    content.as_str().map_or_else(|| content[0]["text"].as_str().unwrap_or_default().to_owned(), str::to_owned)
}

fn call(index: usize, tool: &str, city: &str) -> Value {
    json!({
        "index": index, "id": format!("call_{index}"), "type": "function",
        "function": { "name": tool, "arguments": json!({ "city": city }).to_string() },
    })
}

const USAGE: &str = r#"{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}"#;

fn whole(ask: &Value, text: &str, calls: &[Value]) -> Response {
    let mut message = json!({ "role": "assistant", "content": text });
    if !calls.is_empty() {
        message["tool_calls"] = calls.into();
    }
    let usage: Value = serde_json::from_str(USAGE).unwrap();
    Json(json!({
        "id": "x", "object": "chat.completion", "created": 1, "model": ask["model"], "usage": usage,
        "choices": [{ "index": 0, "message": message, "finish_reason": finish(calls) }],
    }))
    .into_response()
}

fn finish(calls: &[Value]) -> &'static str {
    if calls.is_empty() { "stop" } else { "tool_calls" }
}

fn streamed(ask: &Value, text: &str, calls: &[Value]) -> Response {
    let frame = |delta: Value, finish: Option<&str>| {
        let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish });
        let chunk = json!({
            "id": "x", "object": "chat.completion.chunk", "created": 1, "model": ask["model"], "choices": [choice],
        });
        Ok(Bytes::from(format!("data: {chunk}\n\n")))
    };
    let mut frames = vec![frame(json!({ "role": "assistant", "content": "" }), None)];
    frames.extend(text.split_inclusive(' ').map(|word| frame(json!({ "content": word }), None)));
    for call in calls {
        let mut begun = call.clone();
        let arguments = std::mem::take(&mut begun["function"]["arguments"]);
        begun["function"]["arguments"] = "".into();
        frames.push(frame(json!({ "tool_calls": [begun] }), None));
        let arguments = arguments.as_str().unwrap_or_default();
        for piece in [&arguments[..4], &arguments[4..]] {
            let rest = json!({ "index": call["index"], "function": { "arguments": piece } });
            frames.push(frame(json!({ "tool_calls": [rest] }), None));
        }
    }
    if ask["messages"].to_string().contains("break") {
        frames.truncate(3);
        frames.push(Err(std::io::Error::other("broken off on purpose")));
    } else {
        frames.push(frame(json!({}), Some(finish(calls))));
        let usage = format!(
            "data: {{\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"choices\":[],\"usage\":{USAGE}}}\n\n"
        );
        frames.push(Ok(usage.into()));
        frames.push(Ok(Bytes::from_static(b"data: [DONE]\n\n")));
    }
    // Each frame is on its way before the next one is made: what breaks off has been seen to begin.
    let frames = futures::StreamExt::then(futures::stream::iter(frames), |frame| async {
        tokio::task::yield_now().await;
        frame
    });
    let body = Body::from_stream(frames);
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

async fn embed(State(seen): Seen, Json(ask): Json<Value>) -> Json<Value> {
    seen.lock().unwrap().push(ask.clone());
    let inputs = ask["input"].as_array().cloned().unwrap_or_else(|| vec![ask["input"].clone()]);
    let vector = |input: &Value| json!([input.as_str().unwrap_or_default().len(), 1.0, -0.5]);
    let item = |(at, input)| json!({ "object": "embedding", "index": at, "embedding": vector(input) });
    let data: Vec<Value> = inputs.iter().enumerate().map(item).collect();
    Json(json!({
        "object": "list", "data": data, "model": ask["model"], "usage": { "prompt_tokens": 5, "total_tokens": 5 },
    }))
}
