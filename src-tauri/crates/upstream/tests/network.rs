//! Real sockets on loopback: what each kind of trouble is called, and what the active checks make of an answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use domain::{Failure, FailureClass, KeyRef, ProviderKind, chain::ProbeKind};
use http::HeaderMap;
use secrecy::SecretString;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    time::timeout,
};
use tokio_util::task::TaskTracker;
use upstream::{Client, Credentials, ProbeTarget, Target};

struct Keys;

impl Credentials for Keys {
    fn resolve(&self, _: &KeyRef) -> Result<SecretString, String> {
        Ok("sk-1".into())
    }
}

fn client() -> Client {
    Client::new(Arc::new(Keys))
}

/// A server that answers every connection with these bytes and then closes or, without bytes, resets it.
async fn server(answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    TaskTracker::new().spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            // A TLS client begins with a record of type 22 and waits for an answer to it.
            while !head.windows(4).any(|w| w == b"\r\n\r\n")
                && head.first() != Some(&22)
                && stream.read_buf(&mut head).await.unwrap_or(0) > 0
            {}
            let path = String::from_utf8_lossy(&head).split(' ').nth(1).unwrap_or_default().to_owned();
            if answer.is_empty() {
                stream.set_zero_linger().unwrap();
            } else {
                stream.write_all(answer.replace("{path}", &path).as_bytes()).await.ok();
            }
        }
    });
    addr
}

async fn send(url: &str, connect: Duration) -> Result<Bytes, Failure> {
    let target = Target { url, provider: ProviderKind::Vllm, model: "m", key: None, connect };
    let call = async {
        let mut response = client()
            .send(&target, upstream::Endpoint::Chat, HeaderMap::new(), [Bytes::from_static(b"{}")], false)
            .await?;
        response.body.up_to(1024).await
    };
    timeout(Duration::from_secs(10), call).await.expect("an end in time")
}

async fn class(url: &str) -> FailureClass {
    let failure = send(url, Duration::from_secs(2)).await.expect_err("a failure");
    assert!(!failure.message.is_empty() && failure.message.len() <= 500, "{failure}");
    failure.class
}

#[tokio::test]
async fn nobody_listening_is_refused() {
    let addr = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let failure = send(&format!("http://user:secret@{addr}/v1"), Duration::from_secs(2)).await.unwrap_err();
    assert_eq!(failure.class, FailureClass::Refused);
    assert_eq!(failure.message, format!("connection to {addr} refused"));
}

#[tokio::test]
async fn a_name_that_cannot_exist_is_a_matter_of_dns() {
    // A label may have 63 characters, so nobody is asked.
    assert_eq!(class(&format!("http://{}.invalid", "x".repeat(64))).await, FailureClass::Dns);
}

#[tokio::test]
async fn a_full_backlog_is_a_connect_timeout() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let addr = listener.local_addr().unwrap();
    let mut held = Vec::new();
    while let Ok(stream) = timeout(Duration::from_millis(300), TcpStream::connect(addr)).await {
        held.push(stream.unwrap());
    }
    let failure = send(&format!("http://{addr}"), Duration::from_millis(200)).await.unwrap_err();
    assert_eq!(failure.class, FailureClass::ConnectTimeout, "{failure}");
}

#[tokio::test]
async fn a_broken_connection_is_told_by_how_far_it_came() {
    let reset = server("").await;
    assert_eq!(class(&format!("http://{reset}")).await, FailureClass::Reset);
    let cut = server("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{").await;
    assert_eq!(class(&format!("http://{cut}")).await, FailureClass::CutStream);
    let garbage = server("garbage\r\n\r\n").await;
    assert_eq!(class(&format!("http://{garbage}")).await, FailureClass::Malformed);
}

#[tokio::test]
async fn plain_http_behind_https_is_a_matter_of_tls() {
    let plain = server("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    assert_eq!(class(&format!("https://{plain}")).await, FailureClass::Tls);
}

async fn probe(answer: &'static str, kind: ProbeKind, provider: ProviderKind) -> Result<Duration, Failure> {
    let target = ProbeTarget {
        url: format!("http://{}/v1", server(answer).await),
        provider,
        model: "m".into(),
        key: None,
        kind,
        timeout: Duration::from_secs(5),
    };
    client().probe(&target).await
}

macro_rules! answer {
    ($status:literal, $body:literal) => {
        concat!("HTTP/1.1 ", $status, "\r\nconnection: close\r\n\r\n", $body)
    };
}

#[tokio::test]
async fn a_health_path_is_asked_for_on_the_root() {
    let health = || ProbeKind::Http("/health".into());
    let vllm = ProviderKind::Vllm;
    assert!(probe(answer!("200 OK", ""), health(), vllm).await.is_ok());
    assert!(probe(answer!("200 OK", "{\"status\":\"ok\"}"), health(), vllm).await.is_ok());
    for (answer, class) in [
        (
            answer!("503 Service Unavailable", "{\"error\":{\"message\":\"Loading model\"}}"),
            FailureClass::ModelLoading,
        ),
        (answer!("503 Service Unavailable", ""), FailureClass::Overloaded),
        (answer!("500 Oops", ""), FailureClass::ServerError),
        (answer!("401 Unauthorized", ""), FailureClass::Unauthorized),
        (answer!("404 Not Found", ""), FailureClass::Malformed),
        (answer!("200 OK", "{\"error\":\"Unexpected endpoint\"}"), FailureClass::StreamError),
    ] {
        assert_eq!(probe(answer, health(), vllm).await.unwrap_err().class, class, "{answer}");
    }
    let failure = probe(answer!("500 Oops", ""), health(), vllm).await.unwrap_err();
    assert!(failure.message.ends_with("/health answered 500"), "{failure}");
}

#[tokio::test]
async fn a_model_list_must_be_one_and_a_generation_too() {
    let (vllm, ollama) = (ProviderKind::Vllm, ProviderKind::Ollama);
    assert!(
        probe(answer!("200 OK", "{\"data\":[{\"id\":\"{path}\"}]}"), ProbeKind::Models, vllm).await.is_ok()
    );
    let failure = probe(answer!("200 OK", "Hello"), ProbeKind::Models, vllm).await.unwrap_err();
    assert_eq!(failure.class, FailureClass::Malformed);
    let choice = answer!("200 OK", "{\"choices\":[{\"message\":{}}]}");
    assert!(probe(choice, ProbeKind::Generation, vllm).await.is_ok());
    assert!(probe(answer!("200 OK", "{\"message\":{}}"), ProbeKind::Generation, ollama).await.is_ok());
    let gone =
        probe(answer!("404 Not Found", "{\"error\":\"model 'm' not found\"}"), ProbeKind::Generation, ollama)
            .await;
    assert_eq!(gone.unwrap_err().class, FailureClass::ModelNotFound);
}

#[tokio::test]
async fn models_are_listed_at_the_wires_own_path() {
    for (provider, path) in [(ProviderKind::LlamaCpp, "/v1/models"), (ProviderKind::Ollama, "/api/tags")] {
        let target = ProbeTarget {
            url: format!(
                "http://{}",
                server(answer!("200 OK", "{\"models\":[{\"name\":\"{path}\"}]}")).await
            ),
            provider,
            model: String::new(),
            key: None,
            kind: ProbeKind::Models,
            timeout: Duration::from_secs(5),
        };
        assert_eq!(client().list_models(&target).await.unwrap(), [path]);
    }
}

#[tokio::test]
async fn a_silent_server_fails_its_check_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = ProbeTarget {
        url: format!("http://{}", listener.local_addr().unwrap()),
        provider: ProviderKind::Vllm,
        model: "m".into(),
        key: None,
        kind: ProbeKind::Http("/health".into()),
        timeout: Duration::from_millis(100),
    };
    assert_eq!(client().probe(&target).await.unwrap_err().class, FailureClass::FirstTokenTimeout);
}

mod discovery {
    use upstream::Sighting;

    use super::*;

    /// A server that answers each path it knows, and 404 to all others.
    async fn paths(known: &'static [(&'static str, &'static str)]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        TaskTracker::new().spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = Vec::new();
                while !head.windows(4).any(|w| w == b"\r\n\r\n")
                    && stream.read_buf(&mut head).await.unwrap_or(0) > 0
                {}
                let path = String::from_utf8_lossy(&head).split(' ').nth(1).unwrap_or_default().to_owned();
                let found = known.iter().find(|(known, _)| *known == path).map(|(_, answer)| *answer);
                let answer = found.unwrap_or("404 Not Found\r\n\r\n{}");
                let whole = format!("HTTP/1.1 {}", answer.replacen("\r\n", "\r\nconnection: close\r\n", 1));
                stream.write_all(whole.as_bytes()).await.ok();
            }
        });
        format!("http://{addr}")
    }

    async fn seen(known: &'static [(&'static str, &'static str)]) -> Sighting {
        client().identify(&paths(known).await, Duration::from_secs(10)).await
    }

    #[tokio::test]
    async fn each_kind_of_server_is_told_by_what_only_it_says() {
        use ProviderKind::{LlamaCpp, LmStudio, Ollama, Other, Sglang, Tgi, Vllm};
        let a = || vec!["a".to_owned()];
        for (known, kind, models) in [
            (
                &[("/v1/models", "200 OK\r\n\r\n{\"data\":[{\"id\":\"a\",\"owned_by\":\"vllm\"}]}")][..],
                Vllm,
                a(),
            ),
            (
                &[("/v1/models", "200 OK\r\n\r\n{\"data\":[{\"id\":\"a\",\"owned_by\":\"sglang\"}]}")],
                Sglang,
                a(),
            ),
            (
                &[("/v1/models", "200 OK\r\nServer: llama.cpp\r\n\r\n{\"data\":[{\"id\":\"a\"}]}")],
                LlamaCpp,
                a(),
            ),
            (
                &[("/v1/models", "200 OK\r\n\r\n{\"data\":[{\"id\":\"a\",\"owned_by\":\"library\"}]}")],
                Ollama,
                a(),
            ),
            (
                &[
                    ("/v1/models", "200 OK\r\n\r\n{\"object\":\"list\",\"data\":null}"),
                    ("/api/version", "200 OK\r\n\r\n{\"version\":\"0.9\"}"),
                ],
                Ollama,
                vec![],
            ),
            (&[("/api/tags", "200 OK\r\n\r\n{\"models\":[{\"name\":\"a\"}]}")], Ollama, a()),
            (
                &[
                    ("/v1/models", "200 OK\r\n\r\n{\"data\":[{\"id\":\"a\",\"owned_by\":\"a\"}]}"),
                    ("/info", "200 OK\r\n\r\n{\"model_id\":\"a\",\"max_total_tokens\":9}"),
                ],
                Tgi,
                a(),
            ),
            (
                &[
                    ("/v1/models", "200 OK\r\n\r\n{\"data\":[{\"id\":\"a\"}]}"),
                    ("/api/v1/models", "200 OK\r\n\r\n{\"models\":[]}"),
                ],
                LmStudio,
                a(),
            ),
            (&[("/v1/models", "200 OK\r\n\r\n{\"data\":[{\"id\":\"a\",\"owned_by\":\"me\"}]}")], Other, a()),
        ] {
            assert_eq!(seen(known).await, Sighting::Server(kind, models), "{known:?}");
        }
    }

    #[tokio::test]
    async fn what_is_no_usable_server_says_why() {
        assert_eq!(seen(&[("/", "200 OK\r\n\r\n<html></html>")]).await, Sighting::Stranger);
        let locked = &[
            ("/v1/models", "401 Unauthorized\r\n\r\n{\"error\":\"Unauthorized\"}"),
            ("/version", "200 OK\r\n\r\n{\"version\":\"0.33.0\"}"),
        ];
        assert_eq!(seen(locked).await, Sighting::Locked(ProviderKind::Vllm));
        let loading = &[(
            "/v1/models",
            "503 Busy\r\nServer: llama.cpp\r\n\r\n{\"error\":{\"code\":503,\"message\":\"Loading model\"}}",
        )];
        assert_eq!(seen(loading).await, Sighting::Loading(ProviderKind::LlamaCpp));
        let ourselves =
            &[("/v1/models", "200 OK\r\n\r\n{\"data\":[{\"id\":\"chat\",\"owned_by\":\"changeover\"}]}")];
        assert_eq!(seen(ourselves).await, Sighting::Changeover);
    }

    #[tokio::test]
    async fn nobody_and_the_silent_are_told_apart() {
        let addr = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let nobody = client().identify(&format!("http://{addr}"), Duration::from_secs(10)).await;
        assert_eq!(nobody, Sighting::Nobody);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let silent = client().identify(&url, Duration::from_millis(300)).await;
        assert_eq!(silent, Sighting::Silent);
    }
}
