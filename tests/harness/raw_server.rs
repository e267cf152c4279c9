//! A server that sends the very bytes a test gives it, and breaks where the test says so: what no HTTP library would
//! send.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_util::task::AbortOnDropHandle;

/// A step of an answer.
#[derive(Clone, Debug)]
pub enum Step {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends them one by one, with this pause between two.
    Drip(Vec<u8>, Duration),
    /// Waits this long.
    Pause(Duration),
    /// Stays silent until the other side goes away.
    Hang,
    /// Breaks the connection with a reset.
    Reset,
}

/// A server of raw bytes. Its connections end with it.
pub struct RawServer {
    address: SocketAddr,
    bodies: Arc<Mutex<Vec<Vec<u8>>>>,
    left: Arc<AtomicUsize>,
    _running: AbortOnDropHandle<()>,
}

impl RawServer {
    /// Answers the first request with the first of these, and so on; the last is played again and again. When an answer
    /// has been sent, the connection is closed.
    pub async fn playing(answers: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (bodies, left) = (Arc::<Mutex<Vec<Vec<u8>>>>::default(), Arc::<AtomicUsize>::default());
        let (noted, gone) = (Arc::clone(&bodies), Arc::clone(&left));
        let running = AbortOnDropHandle::new(tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (answers, noted, gone) = (answers.clone(), Arc::clone(&noted), Arc::clone(&gone));
                connections.spawn(async move { serve(stream, &answers, &noted, &gone).await });
            }
        }));
        Self { address, bodies, left, _running: running }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests came.
    pub fn asked(&self) -> usize {
        self.bodies.lock().unwrap().len()
    }

    /// The bodies of the requests that came.
    pub fn bodies(&self) -> Vec<Vec<u8>> {
        self.bodies.lock().unwrap().clone()
    }

    /// How many clients went away while the server was silent.
    pub fn left(&self) -> usize {
        self.left.load(Ordering::SeqCst)
    }
}

async fn serve(
    mut stream: TcpStream,
    answers: &[Vec<Step>],
    noted: &Mutex<Vec<Vec<u8>>>,
    gone: &AtomicUsize,
) -> Option<()> {
    let body = read(&mut stream).await?;
    let at = {
        let mut bodies = noted.lock().unwrap();
        bodies.push(body);
        bodies.len() - 1
    };
    for step in answers.get(at).or(answers.last())? {
        match step {
            Step::Send(bytes) => stream.write_all(bytes).await.ok()?,
            Step::Drip(bytes, pause) => {
                for byte in bytes {
                    stream.write_all(&[*byte]).await.ok()?;
                    tokio::time::sleep(*pause).await;
                }
            }
            Step::Pause(span) => tokio::time::sleep(*span).await,
            Step::Hang => {
                while matches!(stream.read(&mut [0; 64]).await, Ok(1..)) {}
                gone.fetch_add(1, Ordering::SeqCst);
                return None;
            }
            Step::Reset => {
                stream.set_zero_linger().ok()?;
                return None;
            }
        }
    }
    stream.shutdown().await.ok()
}

/// Reads a request; its body.
async fn read(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length =
        head.lines().find_map(|l| l.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(bytes[end..].to_vec())
}

/// A whole answer with this status line, these further header lines (each ends in `\r\n`) and this body.
pub fn whole(status: &str, headers: &str, body: &str) -> Vec<Step> {
    let length = body.len();
    let kind = if headers.contains("content-type") { "" } else { "content-type: application/json\r\n" };
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{kind}{headers}\r\n");
    vec![Step::Send((head + body).into_bytes())]
}

/// The body of a good whole answer.
pub fn answer(text: &str) -> String {
    format!(
        r#"{{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{{"index":0,"message":{{"role":"assistant","content":"{text}"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}}}"#
    )
}

/// The head of a stream.
pub fn stream_head() -> Step {
    Step::Send(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(),
    )
}

/// A chunk of a stream's body.
pub fn chunk(data: &str) -> Step {
    Step::Send(format!("{:x}\r\n{data}\r\n", data.len()).into_bytes())
}

/// The end of a stream's body.
pub fn end() -> Step {
    Step::Send(b"0\r\n\r\n".to_vec())
}

/// A frame with this delta and, perhaps, a finish reason (JSON).
pub fn frame(delta: &str, finish: &str) -> String {
    format!(
        "data: {{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{finish}}}]}}\n\n"
    )
}

/// A frame with text.
pub fn text(text: &str) -> String {
    frame(&format!("{{\"content\":\"{text}\"}}"), "null")
}

/// The frame that begins an answer.
pub fn role() -> String {
    frame("{\"role\":\"assistant\",\"content\":\"\"}", "null")
}

/// The frame that ends one, and the end mark.
pub fn stop() -> String {
    frame("{}", "\"stop\"") + "data: [DONE]\n\n"
}

/// A good stream of these words.
pub fn stream(words: &[&str]) -> Vec<Step> {
    let words = words.iter().map(|word| chunk(&text(word)));
    [stream_head(), chunk(&role())].into_iter().chain(words).chain([chunk(&stop()), end()]).collect()
}
