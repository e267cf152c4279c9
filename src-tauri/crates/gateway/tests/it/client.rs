//! A client that sees the very bytes.

use std::{collections::HashMap, net::SocketAddr, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: String,
    /// Whether the body ended as it should.
    pub whole: bool,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// A connection on which a request has been sent.
pub struct Call {
    stream: TcpStream,
    read: Vec<u8>,
}

/// Sends a request; `head` is the request line and headers without the ones that are always there.
pub async fn send(addr: SocketAddr, head: &str, body: &[u8]) -> Call {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let host = if head.to_ascii_lowercase().contains("\nhost:") {
        String::new()
    } else {
        format!("host: {addr}\r\n")
    };
    let head = format!("{head}\r\n{host}connection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await.unwrap();
    // A refusal may come before the body is read.
    stream.write_all(body).await.ok();
    Call { stream, read: Vec::new() }
}

/// Sends these bytes as they are.
pub async fn raw(addr: SocketAddr, bytes: &str) -> Call {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    Call { stream, read: Vec::new() }
}

impl Call {
    /// Waits until `what` has come.
    pub async fn until(&mut self, what: &str) {
        let wait = async {
            while !String::from_utf8_lossy(&self.read).contains(what) {
                assert!(self.stream.read_buf(&mut self.read).await.unwrap() > 0, "ended without {what}");
            }
        };
        timeout(Duration::from_secs(5), wait).await.expect("it in time");
    }

    /// Says that nothing more will be sent.
    pub async fn end_sending(&mut self) {
        self.stream.shutdown().await.unwrap();
    }

    /// Reads to the end.
    pub async fn reply(mut self) -> Reply {
        let all = async { while matches!(self.stream.read_buf(&mut self.read).await, Ok(1..)) {} };
        timeout(Duration::from_secs(10), all).await.expect("an answer in time");
        parse(&self.read)
    }
}

fn parse(bytes: &[u8]) -> Reply {
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").expect("a head") + 4;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: HashMap<String, String> = lines
        .filter_map(|l| l.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let rest = &bytes[end..];
    let (body, whole) = match headers.get("content-length") {
        Some(length) => (rest.to_vec(), rest.len() == length.parse::<usize>().unwrap()),
        None => unchunk(rest),
    };
    Reply { status, headers, body: String::from_utf8(body).unwrap(), whole }
}

fn unchunk(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Some(at) = rest.windows(2).position(|w| w == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..at]).unwrap(), 16).unwrap();
        if length == 0 {
            return (body, true);
        }
        body.extend_from_slice(&rest[at + 2..at + 2 + length]);
        rest = &rest[at + 2 + length + 2..];
    }
    (body, false)
}
