//! The model server behind all of them: fixed answers, whole or streamed, at no cost to speak of, and faults on demand.

use std::time::Duration;

use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::sleep,
};

use crate::load::{self, Message};

/// Content frames of a streamed answer.
pub const FRAMES: usize = 200;
/// Content frames of a slow one, and the time between two of them.
pub const SLOW_FRAMES: usize = 25;
/// See [`SLOW_FRAMES`].
pub const PACE: Duration = Duration::from_millis(200);
/// What every frame carries.
const FRAME: &str = r#"data: {"id":"b","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"word "},"finish_reason":null}]}"#;
const LAST: &str = r#"data: {"id":"b","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
const WHOLE: &str = r#"{"id":"b","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"An answer of some length, as a model would give it."},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":10,"total_tokens":20}}"#;
/// What checks ask for.
const MODELS: &str =
    r#"{"object":"list","data":[{"id":"m","object":"model","created":1,"owned_by":"bench"}]}"#;
/// What llama.cpp says while it loads.
const LOADING: &str = r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#;
/// The answers in the other dialect.
const OLLAMA_FRAME: &str = r#"{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"word "},"done":false}"#;
const OLLAMA_LAST: &str = r#"{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":10,"eval_count":10}"#;
const OLLAMA_WHOLE: &str = r#"{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"An answer of some length, as a model would give it."},"done":true,"done_reason":"stop","prompt_eval_count":10,"eval_count":10}"#;

/// How the server feels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It answers.
    Well,
    /// Nobody listens, and open connections are closed.
    Refuses,
    /// It answers everything with 500.
    Errs,
    /// It takes requests and says nothing.
    Hangs,
    /// It answers after [`LATE`].
    Slow,
    /// It loads its model, as llama.cpp says it.
    Loads,
    /// Its health check passes, its own figures show requests at work and no step, and requests are met with silence.
    StandsStill,
}

/// How long a slow server takes.
pub const LATE: Duration = Duration::from_millis(700);

/// A running server. It ends with the program.
pub struct Upstream {
    /// Where it listens on the loopback address.
    pub port: u16,
    mood: watch::Sender<Mood>,
}

impl Upstream {
    /// From here on it feels like this.
    pub fn feels(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    /// Starts one.
    pub async fn start() -> anyhow::Result<Self> {
        Self::at(0).await
    }

    /// Starts one on a port; on any that is free where it is 0.
    pub async fn at(port: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let port = listener.local_addr()?.port();
        let (mood, feeling) = watch::channel(Mood::Well);
        // On a thread of its own: the load generator must not wait for it.
        std::thread::spawn(move || serve(listener.into_std(), port, feeling));
        Ok(Self { port, mood })
    }
}

fn serve(
    listener: std::io::Result<std::net::TcpListener>,
    port: u16,
    mut mood: watch::Receiver<Mood>,
) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let mut listener = Some(TcpListener::from_std(listener?)?);
        let mut connections = JoinSet::new();
        loop {
            if *mood.borrow_and_update() == Mood::Refuses {
                listener = None;
                connections.abort_all();
                mood.changed().await?;
                continue;
            }
            let open = match listener.take() {
                Some(open) => open,
                None => TcpListener::bind(("127.0.0.1", port)).await?,
            };
            tokio::select! {
                accepted = open.accept() => {
                    let mood = mood.clone();
                    // A connection that ends with an error shows as an error in the load generator.
                    connections.spawn(async move { drop(answer_all(accepted?.0, mood).await); anyhow::Ok(()) });
                }
                changed = mood.changed() => changed?,
            }
            listener = Some(open);
            while connections.try_join_next().is_some() {}
        }
    })
}

async fn answer_all(mut stream: TcpStream, mut mood: watch::Receiver<Mood>) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    while let Some(request) = load::read_message(&mut stream, &mut buffer).await? {
        let feels = *mood.borrow_and_update();
        match feels {
            Mood::Well => answer(&mut stream, &request).await?,
            Mood::Slow => {
                sleep(LATE).await;
                answer(&mut stream, &request).await?;
            }
            Mood::Loads => whole(&mut stream, "503 Service Unavailable", LOADING).await?,
            Mood::StandsStill if request.head.starts_with("get ") => {
                whole(&mut stream, "200 OK", page(&request, true).unwrap_or(MODELS)).await?;
            }
            Mood::Errs => {
                whole(&mut stream, "500 Internal Server Error", r#"{"error":"out of order"}"#).await?
            }
            Mood::Hangs | Mood::Refuses | Mood::StandsStill => {
                mood.changed().await?;
                return Ok(());
            }
        }
    }
    Ok(())
}

async fn answer(stream: &mut TcpStream, request: &Message) -> anyhow::Result<()> {
    if request.head.starts_with("get ") {
        return whole(stream, "200 OK", page(request, false).unwrap_or(MODELS)).await;
    }
    // Only the beginning and the end: the fields stand before the prompt, or behind it.
    let (body, length) = (&request.body, request.body.len());
    let parts = [&body[..length.min(200)], &body[length.saturating_sub(200)..]].concat();
    let start = String::from_utf8_lossy(&parts);
    let ollama = request.head.starts_with("post /api/chat");
    let (frame, last, answer) = if ollama {
        (format!("{OLLAMA_FRAME}\n"), format!("{OLLAMA_LAST}\n"), OLLAMA_WHOLE)
    } else {
        (format!("{FRAME}\n\n"), format!("{LAST}\n\ndata: [DONE]\n\n"), WHOLE)
    };
    if !start.contains(r#""stream":true"#) {
        return whole(stream, "200 OK", answer).await;
    }
    // Frames must arrive one by one, or a server could take many at a time.
    let (frames, pace) = if start.contains(r#""user":"slow""#) {
        (SLOW_FRAMES, PACE)
    } else if start.contains(r#""user":"short""#) {
        (1, Duration::ZERO)
    } else {
        (FRAMES, Duration::from_millis(1))
    };
    let kind = if ollama { "application/x-ndjson" } else { "text/event-stream" };
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
    let frame = chunk(&frame);
    for _ in 0..frames {
        stream.write_all(frame.as_bytes()).await?;
        sleep(pace).await;
    }
    stream.write_all(format!("{}0\r\n\r\n", chunk(&last)).as_bytes()).await?;
    Ok(())
}

/// What serving engines show of themselves: at work and at rest, and no step in between.
fn page(request: &Message, at_work: bool) -> Option<&'static str> {
    let is = |path: &str| request.head.starts_with(&format!("get {path} "));
    Some(match at_work {
        true if is("/metrics") => "vllm:num_requests_running 1\nvllm:generation_tokens_total 7\n",
        false if is("/metrics") => "vllm:num_requests_running 0\nvllm:generation_tokens_total 7\n",
        true if is("/slots") => r#"[{"id":0,"is_processing":true,"id_task":1,"next_token":{"n_decoded":7}}]"#,
        false if is("/slots") => r#"[{"id":0,"is_processing":false}]"#,
        _ => return None,
    })
}

async fn whole(stream: &mut TcpStream, status: &str, body: &str) -> anyhow::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    Ok(())
}
