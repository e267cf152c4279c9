//! The load: a few connections that stay open, each asking again as soon as it was answered.

use anyhow::{Context, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Connections side by side.
const CONNECTIONS: usize = 8;
/// A message's head may be this long, in bytes.
const LONGEST_HEAD: usize = 16 << 10;

/// What is asked for.
#[derive(Clone, Copy)]
pub enum Kind {
    /// An answer in one piece, to a prompt of so many bytes.
    Whole {
        /// Bytes.
        prompt: usize,
    },
    /// An answer in frames.
    Streamed,
}

/// A load on one server.
pub struct Load {
    /// Where it listens on the loopback address.
    pub port: u16,
    /// What is asked.
    pub kind: Kind,
}

impl Load {
    /// Sends this many requests, and fails on the first that is not answered with 200.
    pub async fn run(&self, requests: usize) -> anyhow::Result<()> {
        let mut connections = tokio::task::JoinSet::new();
        for number in 0..CONNECTIONS {
            let share = requests / CONNECTIONS + usize::from(number < requests % CONNECTIONS);
            let (port, message) = (self.port, self.message());
            connections.spawn(async move { ask(port, &message, share).await });
        }
        while let Some(ended) = connections.join_next().await {
            ended??;
        }
        Ok(())
    }

    fn message(&self) -> Vec<u8> {
        let (stream, prompt) = match self.kind {
            Kind::Whole { prompt } => (false, "x".repeat(prompt)),
            Kind::Streamed => (true, "x".repeat(1_000)),
        };
        let body = format!(
            r#"{{"model":"bench","stream":{stream},"messages":[{{"role":"user","content":"{prompt}"}}]}}"#
        );
        let head = "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json";
        format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }
}

async fn ask(port: u16, message: &[u8], times: usize) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(64 << 10);
    for _ in 0..times {
        stream.write_all(message).await?;
        let answer = read_message(&mut stream, &mut buffer).await?.context("the connection was closed")?;
        ensure!(answer.head.starts_with("HTTP/1.1 200"), "not answered: {}", answer.head);
    }
    Ok(())
}

/// One HTTP message.
pub struct Message {
    /// From the first line to the empty one.
    pub head: String,
    /// The body; chunked ones with their chunk marks.
    pub body: Vec<u8>,
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
    let head =
        String::from_utf8_lossy(&buffer[..head_end]).to_ascii_lowercase().replace("http/1.1", "HTTP/1.1");
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
    const END: &[u8] = b"0\r\n\r\n";
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
