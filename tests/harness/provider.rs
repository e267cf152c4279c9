//! Every kind of provider, inside the test: `OpenAI`, Azure, Anthropic, Gemini, Bedrock and Ollama on one real server,
//! each at its own paths and in its own words. It checks what the real ones check of a request's form.

mod anthropic;
mod attentive;
mod bedrock;
mod gemini;
mod ollama;
mod openai;
mod responses;
mod vectors;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

/// What the model says.
#[derive(Clone, Debug)]
pub enum Say {
    /// This text.
    Text(String),
    /// It thinks this, and then says that.
    Thought(String, String),
    /// It calls these tools, by name and with these arguments.
    Calls(Vec<(String, Value)>),
    /// This text, and then an error inside the stream.
    Fails(String),
    /// This text, and then nothing: the stream is cut.
    Cut(String),
    /// An error with this status, in the provider's words.
    Status(u16),
    /// What fits the request: a schema's JSON, a word on its picture, calls of its tool `weather` (two where the prompt
    /// says `both`), a sentence of their results, else a greeting; where the prompt says `break`, a stream that fails.
    Attentive,
    /// A call of the tool, with these arguments, until its result holds the text; then that it saw the text. Without
    /// tools, just a word: what clients ask beside the conversation.
    CallsUntil(String, (String, Value)),
}

impl Say {
    /// A text.
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }
}

/// A call that the server saw.
#[derive(Clone, Debug)]
pub struct Call {
    /// Path and query.
    pub path: String,
    /// Its headers.
    pub headers: axum::http::HeaderMap,
    /// Its body.
    pub body: Value,
}

/// The providers, in this process.
pub struct Provider {
    address: SocketAddr,
    shared: Arc<Shared>,
    _running: AbortOnDropHandle<()>,
}

#[derive(Default)]
struct Shared {
    say: Mutex<Option<Say>>,
    calls: Mutex<Vec<Call>>,
}

type Checking = fn(&Call) -> Option<String>;
type Failing = fn(u16, &str) -> Value;
type Answering = fn(&Call, &Say) -> Answer;

/// An answer in a provider's own framing.
struct Answer {
    content_type: &'static str,
    frames: Vec<Bytes>,
    cut: bool,
}

impl Provider {
    /// Starts them; they all say this.
    pub async fn saying(say: Say) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared { say: Mutex::new(Some(say)), ..Shared::default() });
        let app = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let serve = async move { axum::serve(listener, app).await.unwrap() };
        Self { address, shared, _running: AbortOnDropHandle::new(tokio::spawn(serve)) }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What they say from now on.
    pub fn say(&self, say: Say) {
        *self.shared.say.lock().unwrap() = Some(say);
    }

    /// The posts they saw.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls.lock().unwrap().clone()
    }

    /// The newest of them.
    pub fn last(&self) -> Call {
        self.calls().last().cloned().expect("nothing was asked")
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let path = head.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    if head.method == "GET" {
        return models(&path);
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let call = Call { path: path.clone(), headers: head.headers, body };
    shared.calls.lock().unwrap().push(call.clone());
    let say = shared.say.lock().unwrap().clone().unwrap_or(Say::text("ok"));
    let say = match say {
        Say::Attentive => attentive::say(&call.body),
        Say::CallsUntil(text, tool) => attentive::calls_until(&call.body, &text, tool),
        say => say,
    };
    let plain = path.split('?').next().unwrap_or_default();
    if plain.ends_with("/v1/messages/count_tokens") {
        return axum::Json(serde_json::json!({"input_tokens": 1234})).into_response();
    }
    let Some((wrong, error, reply)) = speaker(plain, &call) else {
        return (StatusCode::NOT_FOUND, "no such route").into_response();
    };
    let failed = |status: u16, message: &str| {
        (StatusCode::from_u16(status).unwrap(), axum::Json(error(status, message))).into_response()
    };
    match (wrong, &say) {
        (Some(why), _) => failed(400, &why),
        (None, Say::Status(status)) => failed(*status, "The scripted failure."),
        (None, say) => stream(reply(&call, say)),
    }
}

/// Who answers at this path: what is wrong with the call, how it writes errors, and how answers.
fn speaker(path: &str, call: &Call) -> Option<(Option<String>, Failing, Answering)> {
    let vectors: Option<Answering> = vectors::at(path);
    let (wrong, error, reply): (Checking, Failing, Answering) = if path.ends_with("/v1/messages") {
        (anthropic::wrong, anthropic::error, anthropic::answer)
    } else if path.starts_with("/v1beta/models/") {
        (if vectors.is_some() { vectors::wrong } else { gemini::wrong }, gemini::error, gemini::answer)
    } else if path.starts_with("/model/") {
        (bedrock::wrong, bedrock::error, bedrock::answer)
    } else if path.starts_with("/api/") {
        (ollama::wrong, ollama::error, ollama::answer)
    } else if path.ends_with("/responses") {
        (openai::wrong, openai::error, responses::answer)
    } else if path.starts_with("/openai/") {
        (openai::wrong, openai::azure_error, openai::answer)
    } else if path.starts_with("/v1/") {
        (openai::wrong, openai::error, openai::answer)
    } else {
        return None;
    };
    Some((wrong(call), error, vectors.unwrap_or(reply)))
}

fn models(path: &str) -> Response {
    let body = if path.starts_with("/v1beta") {
        serde_json::json!({"models": [{"name": "models/m"}]})
    } else if path.starts_with("/foundation-models") {
        serde_json::json!({"modelSummaries": [{"modelId": "m"}]})
    } else {
        serde_json::json!({"data": [{"id": "m", "type": "model", "object": "model"}], "has_more": false})
    };
    axum::Json(body).into_response()
}

fn stream(answer: Answer) -> Response {
    let Answer { content_type, frames, cut } = answer;
    let frames = async_stream::stream! {
        for frame in frames {
            yield Ok(frame);
            tokio::task::yield_now().await;
        }
        if cut {
            yield Err(std::io::Error::other("cut"));
        }
    };
    ([(header::CONTENT_TYPE, content_type)], Body::from_stream(frames)).into_response()
}

/// The words of a text, each with the space behind it.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(' ')
}

/// The text that is said, whatever follows it.
fn text_of(say: &Say) -> &str {
    match say {
        Say::Text(text) | Say::Thought(_, text) | Say::Fails(text) | Say::Cut(text) => text,
        Say::Calls(_) | Say::Status(_) | Say::Attentive | Say::CallsUntil(..) => "",
    }
}

fn calls_of(say: &Say) -> &[(String, Value)] {
    if let Say::Calls(calls) = say { calls } else { &[] }
}

fn has(call: &Call, header: &str) -> bool {
    call.headers.contains_key(header)
}

/// Whether turns alternate, beginning with the user's; these providers refuse anything else.
fn alternates(call: &Call, field: &str, model: &str) -> Option<String> {
    let turns = call.body[field].as_array()?;
    for (at, turn) in turns.iter().enumerate() {
        let expected = if at % 2 == 0 { "user" } else { model };
        if turn["role"] != expected {
            return Some(format!("{field}[{at}]: roles must alternate, beginning with the user"));
        }
    }
    None
}
