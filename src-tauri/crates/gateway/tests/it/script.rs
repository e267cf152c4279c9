//! Scripted upstreams: each connection plays the next script; the last script is played again and again.

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
    net::{TcpListener, TcpSocket, TcpStream},
    sync::mpsc,
    time::{Instant, timeout},
};
use tokio_util::task::TaskTracker;

/// A step of a script.
#[derive(Clone)]
pub enum Step {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Waits this long.
    Pause(Duration),
    /// Waits until the other side goes away.
    Hang,
    /// Breaks the connection with a reset.
    Reset,
}

pub type Script = Vec<Step>;

/// A request as an upstream got it.
#[derive(Debug)]
pub struct Got {
    pub head: String,
    pub body: Vec<u8>,
}

/// A scripted upstream.
pub struct Upstream {
    pub addr: SocketAddr,
    pub got: mpsc::UnboundedReceiver<Got>,
    /// When the other side went away during [`Step::Hang`], as this socket saw it.
    pub left: mpsc::UnboundedReceiver<Instant>,
    connections: Arc<AtomicUsize>,
    _tasks: TaskTracker,
}

impl Upstream {
    pub async fn play(scripts: Vec<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (got_tx, got) = mpsc::unbounded_channel();
        let (left_tx, left) = mpsc::unbounded_channel();
        let tasks = TaskTracker::new();
        let connections = Arc::<AtomicUsize>::default();
        let counter = Arc::clone(&connections);
        let spawner = tasks.clone();
        let scripts = Arc::new(Mutex::new(scripts));
        tasks.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                let (scripts, got, left) = (Arc::clone(&scripts), got_tx.clone(), left_tx.clone());
                spawner.spawn(serve(stream, scripts, got, left));
            }
        });
        Self { addr, got, left, connections, _tasks: tasks }
    }

    /// How many connections came.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// When the other side next goes away during [`Step::Hang`].
    pub async fn left(&mut self) -> Instant {
        let left = timeout(Duration::from_secs(5), self.left.recv()).await;
        left.expect("the upstream to be let go").unwrap()
    }

    /// The next request that came.
    pub async fn request(&mut self) -> Got {
        timeout(Duration::from_secs(5), self.got.recv()).await.expect("a request in time").unwrap()
    }
}

/// An address where nothing listens, and that nobody else gets while the tests run.
pub async fn nobody() -> SocketAddr {
    static HELD: Mutex<Vec<TcpSocket>> = Mutex::new(Vec::new());
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let addr = socket.local_addr().unwrap();
    HELD.lock().unwrap().push(socket);
    addr
}

async fn serve(
    mut stream: TcpStream,
    scripts: Arc<Mutex<Vec<Script>>>,
    got: mpsc::UnboundedSender<Got>,
    left: mpsc::UnboundedSender<Instant>,
) {
    while let Some(request) = read(&mut stream).await {
        let script = {
            let mut scripts = scripts.lock().unwrap();
            if scripts.len() > 1 { scripts.remove(0) } else { scripts[0].clone() }
        };
        got.send(request).ok();
        if script.is_empty() {
            std::future::pending::<()>().await;
        }
        for step in script {
            match step {
                Step::Send(bytes) => {
                    if stream.write_all(&bytes).await.is_err() {
                        return;
                    }
                }
                Step::Pause(span) => tokio::time::sleep(span).await,
                Step::Hang => {
                    while matches!(stream.read(&mut [0; 64]).await, Ok(1..)) {}
                    left.send(Instant::now()).ok();
                    return;
                }
                Step::Reset => {
                    stream.set_zero_linger().unwrap();
                    return;
                }
            }
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Got> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let length = head
        .lines()
        .find_map(|l| {
            l.to_ascii_lowercase().strip_prefix("content-length:").map(|n| n.trim().parse().unwrap())
        })
        .unwrap_or(0);
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(Got { head, body: bytes[end..].to_vec() })
}

/// A whole answer.
pub fn whole(status: &str, headers: &str, body: &str) -> Script {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    vec![Step::Send((head + body).into_bytes())]
}

/// A good whole answer in `OpenAI`'s form.
pub fn good(text: &str) -> Script {
    whole(
        "200 OK",
        "x-request-id: up-1\r\nx-ratelimit-remaining-requests: 9\r\nserver: up\r\n",
        &answer(text),
    )
}

/// The body of a good answer.
pub fn answer(text: &str) -> String {
    // Odd spacing and an unknown field: what is relayed must be these very bytes.
    format!(
        "{{ \"id\":\"c1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"up\", \"odd\" : [1,  2],\"choices\":[{{\"index\":0,\"message\":{{\"role\":\"assistant\",\"content\":\"{text}\"}},\"finish_reason\":\"stop\"}}],\"usage\":{{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10}}}}"
    )
}

/// An error answer in `OpenAI`'s form.
pub fn error(status: &str, headers: &str, code: &str) -> Script {
    whole(status, headers, &error_body(code))
}

pub fn error_body(code: &str) -> String {
    format!("{{\"error\":{{\"message\":\"no\",\"type\":\"t\",\"param\":null,\"code\":\"{code}\"}}}}")
}

/// The head of a stream.
pub fn head(kind: &str) -> Step {
    Step::Send(
        format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n").into_bytes(),
    )
}

/// A piece of a stream.
pub fn piece(data: &str) -> Step {
    Step::Send(format!("{:x}\r\n{data}\r\n", data.len()).into_bytes())
}

/// The end of a stream.
pub fn end() -> Step {
    Step::Send(b"0\r\n\r\n".to_vec())
}

pub const ROLE: &str = "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n";
pub const STOP: &str = "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
pub const DONE: &str = "data: [DONE]\n\n";

/// A frame with text.
pub fn text(text: &str) -> String {
    format!(
        "data: {{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":null}}]}}\n\n"
    )
}

/// A good stream.
pub fn streamed(words: &[&str]) -> Script {
    let mut script = vec![head("text/event-stream"), piece(ROLE)];
    script.extend(words.iter().map(|w| piece(&text(w))));
    script.extend([piece(STOP), piece(DONE), end()]);
    script
}

/// What a client gets of [`streamed`].
pub fn streamed_bytes(words: &[&str]) -> String {
    let words: String = words.iter().map(|w| text(w)).collect();
    format!("{ROLE}{words}{STOP}{DONE}")
}
