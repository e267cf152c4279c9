//! Clients that take their time: with a request, with an answer, or with nothing at all.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::{FailureClass, Snapshot};
use gateway::Patience;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    time::{Instant, timeout},
};

use crate::{
    script::{ROLE, Upstream, answer, good, text},
    world::{ASK, ASK_STREAM, World, chain, tier},
};

async fn world(tiers: Vec<domain::Tier>, patience: Patience) -> World {
    let snapshot = Snapshot { chains: vec![Arc::new(chain(tiers))], ..Snapshot::default() };
    World::with(snapshot, patience).await
}

#[tokio::test]
async fn connections_that_bring_no_request_are_dropped_after_the_limit_and_not_before() {
    let up = Upstream::play(vec![good("Hello")]).await;
    let head = Duration::from_millis(700);
    let world = world(vec![tier("gpu", up.addr)], Patience { head, ..Patience::default() }).await;
    let began = Instant::now();
    let mut idle = Vec::new();
    for number in 0..300 {
        let mut stream = TcpStream::connect(world.addr).await.unwrap();
        // Nothing, or half a head.
        if number % 2 > 0 {
            stream.write_all(b"POST /v1/chat/completions HTTP/1.1\r\nhost: localh").await.unwrap();
        }
        idle.push(stream);
    }
    assert_eq!(world.post(ASK).await.body, answer("Hello"), "others are answered meanwhile");
    let early = began.elapsed() < head;
    let mut first = [0; 1];
    let waiting = timeout(Duration::from_millis(1), idle[0].read(&mut first)).await.is_err();
    assert!(waiting || !early, "it was dropped before its time");
    for mut stream in idle {
        let mut rest = Vec::new();
        // A refusal may come first; a reset is an end, too.
        let _ = timeout(Duration::from_secs(10), stream.read_to_end(&mut rest)).await.expect("an end");
        assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&rest));
    }
    assert!(began.elapsed() >= head);
}

/// A server that streams words for as long as they are taken: its address, how many bytes it could send, and the end.
async fn flood() -> (std::net::SocketAddr, Arc<AtomicUsize>, oneshot::Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (sent, (over, ended)) = (Arc::new(AtomicUsize::new(0)), oneshot::channel());
    let counter = Arc::clone(&sent);
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await.unwrap();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let word = text(&"word ".repeat(3000));
        let chunk = |data: &str| format!("{:x}\r\n{data}\r\n", data.len());
        let (role, word) = (chunk(ROLE), chunk(&word));
        stream.write_all(role.as_bytes()).await.unwrap();
        while stream.write_all(word.as_bytes()).await.is_ok() {
            counter.fetch_add(word.len(), Ordering::SeqCst);
        }
        over.send(()).ok();
    });
    (addr, sent, ended)
}

#[tokio::test]
async fn a_client_that_reads_byte_by_byte_holds_little_and_is_dropped() {
    /// What the system's buffers may take on both sides of the gateway; the gateway itself holds a few pieces.
    const MOST: usize = 48 << 20;
    let (addr, sent, ended) = flood().await;
    let patience = Patience { reader: Duration::from_millis(600), ..Patience::default() };
    let mut world = world(vec![tier("gpu", addr)], patience).await;
    let request = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n\r\n{ASK_STREAM}",
        world.addr,
        ASK_STREAM.len()
    );
    let mut stream = TcpStream::connect(world.addr).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let reading = async {
        // The kernel opens its window again only when there is room for a good part of it.
        while stream.read_exact(&mut [0; 1]).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    };
    let dropped = async { timeout(Duration::from_secs(20), ended).await.expect("the upstream to be let go") };
    tokio::select! {
        () = reading => {}
        over = dropped => over.unwrap(),
    }
    let sent = sent.load(Ordering::SeqCst);
    assert!((1..MOST).contains(&sent), "{sent} bytes were taken from the server");
    assert_eq!(world.outcome("gpu").await.failure.unwrap().class, FailureClass::ClientGone);
}
