//! The load: a few connections that stay open, each asking again as soon as it was answered.

use anyhow::{Context, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

/// Connections side by side.
const CONNECTIONS: usize = 8;
/// A message's head may be this long, in bytes.
const LONGEST_HEAD: usize = 16 << 10;

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An answer in one piece, to a prompt of so many bytes.
    Whole(usize),
    /// An answer in frames.
    Streamed,
    /// An answer in frames with long pauses.
    Slow,
    /// An answer in a single frame.
    Short,
}

/// A load on one server.
#[derive(Clone, Copy)]
pub struct Load {
    /// Where it listens on the loopback address.
    pub port: u16,
    /// The model that is asked for; only Changeover looks at it.
    pub model: &'static str,
    /// What is asked.
    pub kind: Kind,
}

impl Load {
    /// Sends this many requests, and fails on the first that is not answered with 200.
    pub async fn run(&self, requests: usize) -> anyhow::Result<()> {
        let mut connections = JoinSet::new();
        for number in 0..CONNECTIONS {
            let share = requests / CONNECTIONS + usize::from(number < requests % CONNECTIONS);
            let load = *self;
            connections.spawn(async move { load.ask_again_and_again(share).await });
        }
        while let Some(ended) = connections.join_next().await {
            ended??;
        }
        Ok(())
    }

    async fn ask_again_and_again(&self, times: usize) -> anyhow::Result<()> {
        let message = self.message();
        let mut line = Line::to(self.port).await?;
        for _ in 0..times {
            let answer = line.ask(&message).await?;
            ensure!(answer.head.starts_with("http/1.1 200"), "not answered: {}", answer.head);
        }
        Ok(())
    }

    /// The request.
    pub fn message(&self) -> Vec<u8> {
        let (options, prompt) = match self.kind {
            Kind::Whole(prompt) => (r#""stream":false"#, prompt),
            Kind::Streamed => (r#""stream":true"#, 1_000),
            Kind::Slow => (r#""stream":true,"user":"slow""#, 1_000),
            Kind::Short => (r#""stream":true,"user":"short""#, 1_000),
        };
        let (model, prompt) = (self.model, "x".repeat(prompt));
        let body =
            format!(r#"{{"model":"{model}",{options},"messages":[{{"role":"user","content":"{prompt}"}}]}}"#);
        let head = "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json";
        format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }
}

/// A connection that stays open.
pub struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Line {
    /// Connects to a port of the loopback address.
    pub async fn to(port: u16) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    /// Sends a request and reads the answer to it.
    pub async fn ask(&mut self, message: &[u8]) -> anyhow::Result<Message> {
        self.stream.write_all(message).await?;
        read_message(&mut self.stream, &mut self.buffer).await?.context("the connection was closed")
    }
}

/// One HTTP message.
pub struct Message {
    /// From the first line to the empty one, in small letters.
    pub head: String,
    /// The body; chunked ones with their chunk marks.
    pub body: Vec<u8>,
}

impl Message {
    /// The value of a header; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        let value = |line: &'_ str| line.split_once(':').is_some_and(|(it, _)| it == name);
        let line = self.head.lines().find(|line| value(line));
        line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim())
    }
}

/// Reads one message; nothing when the connection ended before it. `buffer` keeps what was read beyond it.
pub async fn read_message(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> anyhow::Result<Option<Message>> {
    let head_end = loop {
        if let Some(at) = find(buffer, b"\r\n\r\n") {
            break at + 4;
        }
        ensure!(buffer.len() < LONGEST_HEAD, "a head without an end");
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&buffer[..head_end]).to_ascii_lowercase();
    buffer.drain(..head_end);
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let body = match length {
        Some(length) => read_exactly(stream, buffer, length.trim().parse()?).await?,
        None if head.contains("transfer-encoding: chunked") => read_chunks(stream, buffer).await?,
        None => Vec::new(),
    };
    Ok(Some(Message { head, body }))
}

async fn read_exactly(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
    length: usize,
) -> anyhow::Result<Vec<u8>> {
    while buffer.len() < length {
        if stream.read_buf(buffer).await? == 0 {
            bail!("the body was cut");
        }
    }
    Ok(buffer.drain(..length).collect())
}

async fn read_chunks(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> anyhow::Result<Vec<u8>> {
    const END: &[u8] = b"\r\n0\r\n\r\n";
    let mut seen = 0_usize;
    loop {
        // The mark may lie across two reads.
        let from = seen.saturating_sub(END.len() - 1);
        if let Some(at) = find(&buffer[from..], END) {
            return Ok(buffer.drain(..from + at + END.len()).collect());
        }
        seen = buffer.len();
        if stream.read_buf(buffer).await? == 0 {
            bail!("the stream was cut");
        }
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}
