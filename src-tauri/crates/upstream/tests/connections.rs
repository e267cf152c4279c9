//! Real sockets on loopback: when a connection is used again, and when it is not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use domain::{Failure, FailureClass, KeyRef, ProviderKind};
use http::HeaderMap;
use secrecy::SecretString;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};
use tokio_util::task::TaskTracker;
use upstream::{Client, Credentials, Response, Target};

const PATIENCE: Duration = Duration::from_secs(20);
const WHOLE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
const HEAD: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

struct NoKeys;

impl Credentials for NoKeys {
    fn resolve(&self, _: &KeyRef) -> Result<SecretString, String> {
        Err("there is none".into())
    }
}

/// A server whose connections are handed out as they come.
async fn server() -> (SocketAddr, mpsc::UnboundedReceiver<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (accepted, connections) = mpsc::unbounded_channel();
    TaskTracker::new().spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if accepted.send(stream).is_err() {
                return;
            }
        }
    });
    (addr, connections)
}

/// Reads a request with the body `{}`, and returns its head.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n{}") {
        assert_ne!(
            timeout(PATIENCE, stream.read_buf(&mut read)).await.unwrap().unwrap(),
            0,
            "a whole request"
        );
    }
    String::from_utf8(read).unwrap()
}

async fn answer(stream: &mut TcpStream, answer: &str) -> String {
    let request = read_request(stream).await;
    stream.write_all(answer.as_bytes()).await.unwrap();
    request
}

fn client() -> Client {
    Client::new(Arc::new(NoKeys))
}

async fn send(client: &Client, addr: SocketAddr) -> Result<Response, Failure> {
    let url = format!("http://{addr}");
    let target = Target { url: &url, provider: ProviderKind::Vllm, model: "m", key: None, connect: PATIENCE };
    timeout(
        PATIENCE,
        client.send(&target, upstream::Endpoint::Chat, HeaderMap::new(), [Bytes::from_static(b"{}")], false),
    )
    .await
    .unwrap()
}

/// Sends and reads the whole answer.
async fn ask(client: &Client, addr: SocketAddr) -> Result<Bytes, Failure> {
    timeout(PATIENCE, send(client, addr).await?.body.up_to(1 << 20)).await.unwrap()
}

async fn next(connections: &mut mpsc::UnboundedReceiver<TcpStream>) -> TcpStream {
    timeout(PATIENCE, connections.recv()).await.unwrap().unwrap()
}

/// Lets the runtime look at every socket: what had come for any of them before is known after it.
async fn turn() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (there, here) = tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
    there.unwrap().write_all(b"x").await.unwrap();
    assert_eq!(here.unwrap().0.read(&mut [0; 1]).await.unwrap(), 1);
}

#[tokio::test]
async fn a_connection_is_used_again_once_its_answer_is_read() {
    let (addr, mut connections) = server().await;
    let client = client();
    let serve = async {
        let mut stream = next(&mut connections).await;
        let first = answer(&mut stream, WHOLE).await;
        answer(&mut stream, &format!("{HEAD}2\r\n{{}}\r\n0\r\n\r\n")).await;
        answer(&mut stream, WHOLE).await;
        first
    };
    let (request, ()) = tokio::join!(serve, async {
        for _ in 0..3 {
            assert_eq!(ask(&client, addr).await.unwrap(), "{}");
        }
    });
    assert!(request.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{request}");
    let host = format!("\r\nhost: {addr}\r\n");
    assert!(request.contains(&host) && request.contains("\r\nuser-agent: changeover/"), "{request}");
    assert!(connections.try_recv().is_err(), "one connection was enough");
}

#[tokio::test]
async fn a_connection_that_its_server_closed_meanwhile_is_not_used() {
    let (addr, mut connections) = server().await;
    let client = client();
    for _ in 0..3 {
        let (stream, got) = tokio::join!(
            async {
                let mut stream = next(&mut connections).await;
                answer(&mut stream, WHOLE).await;
                stream
            },
            ask(&client, addr)
        );
        assert_eq!(got.unwrap(), "{}");
        // Closed without a word, once the client has put it away.
        drop(stream);
        turn().await;
    }
}

#[tokio::test]
async fn a_connection_that_is_not_to_be_kept_is_not_kept() {
    let (addr, mut connections) = server().await;
    let client = client();
    let last = WHOLE.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
    for _ in 0..2 {
        let (stream, got) = tokio::join!(
            async {
                let mut stream = next(&mut connections).await;
                answer(&mut stream, &last).await;
                stream
            },
            ask(&client, addr)
        );
        assert_eq!(got.unwrap(), "{}");
        drop(stream);
    }
}

#[tokio::test]
async fn a_connection_that_brought_an_error_is_not_kept() {
    let (addr, mut connections) = server().await;
    let client = client();
    let error = WHOLE.replace("200 OK", "400 Bad Request");
    for _ in 0..2 {
        let (stream, got) = tokio::join!(
            async {
                let mut stream = next(&mut connections).await;
                answer(&mut stream, &error).await;
                stream
            },
            ask(&client, addr)
        );
        assert_eq!(got.unwrap(), "{}");
        // Open to the end: it is the client who does not use it again.
        drop(stream);
    }
}

#[tokio::test]
async fn frames_come_one_by_one_and_letting_go_of_them_closes_the_connection() {
    let (addr, mut connections) = server().await;
    let client = client();
    let (mut stream, response) = tokio::join!(
        async {
            let mut stream = next(&mut connections).await;
            answer(&mut stream, HEAD).await;
            stream
        },
        send(&client, addr)
    );
    let mut body = response.unwrap().body;
    for word in ["one", "two", "three"] {
        let (_, piece) = tokio::join!(
            async {
                stream.write_all(format!("{:x}\r\n{word}\r\n", word.len()).as_bytes()).await.unwrap();
            },
            timeout(PATIENCE, body.chunk())
        );
        assert_eq!(piece.unwrap().unwrap().unwrap(), word);
    }
    drop(body);
    let mut end = [0; 1];
    let read = timeout(PATIENCE, stream.read(&mut end)).await.unwrap();
    assert!(matches!(read, Ok(0) | Err(_)), "the server sees that nobody reads on");
}

#[tokio::test]
async fn a_request_that_was_seen_is_not_sent_again() {
    let (addr, mut connections) = server().await;
    let client = client();
    let (mut stream, got) = tokio::join!(
        async {
            let mut stream = next(&mut connections).await;
            answer(&mut stream, WHOLE).await;
            stream
        },
        ask(&client, addr)
    );
    assert_eq!(got.unwrap(), "{}");
    let (_, failed) = tokio::join!(
        async {
            read_request(&mut stream).await;
            drop(stream);
        },
        ask(&client, addr)
    );
    assert_eq!(failed.unwrap_err().class, FailureClass::Reset);
    assert!(connections.try_recv().is_err(), "nobody else was asked");
}
