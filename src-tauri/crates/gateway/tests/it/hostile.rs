//! What no client should send: it ends in an error or a closed connection, and nobody else is harmed.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    client::{Reply, raw, send},
    script::{ROLE, Step, Upstream, answer, error, good, head, piece, streamed, text},
    world::{ASK, World, chain, tier},
};

async fn world() -> (World, Upstream) {
    let up = Upstream::play(vec![good("Hello")]).await;
    (World::of(vec![tier("gpu", up.addr)]).await, up)
}

/// That others are served as ever.
async fn serves(world: &World) {
    assert_eq!(world.post(ASK).await.body, answer("Hello"));
}

fn is_refused(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{}", reply.body);
    assert!(reply.json()["error"]["message"].is_string(), "{}", reply.body);
}

#[tokio::test]
async fn heads_that_are_too_large_or_no_http_are_refused() {
    let (world, up) = world().await;
    let large =
        format!("GET /v1/models HTTP/1.1\r\nhost: {}\r\nx-a: {}\r\n\r\n", world.addr, "a".repeat(1 << 20));
    let many = "x-a: b\r\n".repeat(1000);
    let many = format!("GET /v1/models HTTP/1.1\r\nhost: {}\r\n{many}\r\n", world.addr);
    for head in [large.as_str(), &many, "\0\u{1}\u{2}\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "hello\r\n\r\n"] {
        let mut stream = TcpStream::connect(world.addr).await.unwrap();
        // The answer may come, and the connection go, before all is sent.
        let _ = stream.write_all(head.as_bytes()).await;
        let mut got = Vec::new();
        let _ = timeout(Duration::from_secs(10), stream.read_to_end(&mut got)).await.expect("no hang");
        let line = String::from_utf8_lossy(&got[..got.len().min(13)]).into_owned();
        assert!(got.is_empty() || line.starts_with("HTTP/1.1 4"), "{line}");
    }
    serves(&world).await;
    assert_eq!(up.connections(), 1, "nothing of that reached a server");
}

#[tokio::test]
async fn bodies_that_stop_half_way_harm_nobody() {
    let (world, up) = world().await;
    let head =
        format!("POST /v1/chat/completions HTTP/1.1\r\nhost: {}\r\ncontent-length: 5000\r\n\r\n", world.addr);
    for rest in ["", "{\"model\":"] {
        drop(raw(world.addr, &format!("{head}{rest}")).await);
    }
    // Another waits in the middle while others are served.
    let _half = raw(world.addr, &format!("{head}{{")).await;
    serves(&world).await;
    let chunked = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: {}\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc\r\nnonsense",
        world.addr
    );
    let mut call = TcpStream::connect(world.addr).await.unwrap();
    call.write_all(chunked.as_bytes()).await.unwrap();
    let mut got = Vec::new();
    let _ = timeout(Duration::from_secs(10), call.read_to_end(&mut got)).await.expect("no hang");
    assert!(got.is_empty() || got.starts_with(b"HTTP/1.1 400"), "{}", String::from_utf8_lossy(&got));
    assert_eq!(up.connections(), 1);
}

#[tokio::test]
async fn bodies_that_are_no_good_json_are_refused_before_anybody_is_asked() {
    let (world, up) = world().await;
    let nested = |levels: usize| {
        let deep = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        format!(r#"{{"model":"chat","messages":[{{"role":"user","content":{deep}}}]}}"#)
    };
    let mut invalid = ASK.as_bytes().to_vec();
    invalid[3] = 0xff;
    let number = ASK.replacen('{', &format!("{{\"max_tokens\":{},", "9".repeat(400)), 1);
    let exponent = ASK.replacen('{', "{\"max_tokens\":\"1e999999999\",", 1);
    for body in [
        nested(2_000).into_bytes(),
        nested(1_000_000).into_bytes(),
        vec![b'['; 1 << 20],
        invalid,
        b"\xff\xfe{\0".to_vec(),
        b"{\"model\":\"chat\"}".to_vec(),
        exponent.into_bytes(),
    ] {
        let head = "POST /v1/chat/completions HTTP/1.1\r\ncontent-type: application/json";
        let reply = send(world.addr, head, &body).await.reply().await;
        assert!(matches!(reply.status, 400 | 404), "{}: {}", reply.status, reply.body);
        assert!(reply.json()["error"]["message"].is_string());
    }
    assert_eq!(up.connections(), 0);
    // A number that no machine holds is as large as can be.
    let reply = send(world.addr, "POST /v1/chat/completions HTTP/1.1", number.as_bytes()).await.reply().await;
    assert!(matches!(reply.status, 200 | 400), "{}", reply.body);
    let reply = world.post(&nested(2_000)).await;
    is_refused(&reply, 400);
    assert_eq!(reply.json()["error"]["code"], "nested_too_deep");
    serves(&world).await;
}

/// Requests that are dropped at any moment, in every phase: waiting for a head, for a first token, in the midst, in a
/// wait for a rate limit, in a race of two servers and in a continuation.
#[tokio::test]
async fn nothing_leaks_wherever_a_request_is_dropped() {
    use domain::{Chain, Snapshot, chain::OnBrokenStream};
    use resilience::gate::Gate;
    use std::sync::Arc;

    let slow = |mut script: Vec<Step>| {
        script.insert(0, Step::Pause(Duration::from_millis(15)));
        script
    };
    let broken = vec![
        head("text/event-stream"),
        piece(ROLE),
        piece(&text("one ")),
        Step::Pause(Duration::from_millis(10)),
        Step::Reset,
    ];
    let limited = error("429 Too Many Requests", "retry-after-ms: 20\r\n", "rate_limit_exceeded");
    let first = Upstream::play(vec![slow(limited), slow(broken)]).await;
    let second = Upstream::play(vec![slow(streamed(&["two ", "three"]))]).await;
    let tiers = vec![tier("gpu", first.addr), tier("cpu", second.addr)];
    let chain = Chain {
        on_broken_stream: OnBrokenStream::Resume,
        wait_up_to: Duration::from_millis(100),
        hedge: Some(Duration::from_millis(12)),
        ..chain(tiers)
    };
    let world = World::over(Snapshot { chains: vec![Arc::new(chain)], ..Snapshot::default() }).await;
    let gates: Vec<Gate> = ["gpu", "cpu"].iter().map(|_| Gate::limited(3)).collect();
    for (name, gate) in ["gpu", "cpu"].into_iter().zip(&gates) {
        world.states[name].send_modify(|s| s.gate = gate.clone());
    }
    for wait in 0..60 {
        let call = world.call(crate::world::ASK_STREAM).await;
        tokio::time::sleep(Duration::from_millis(wait)).await;
        drop(call);
    }
    let free = |gate: &Gate| match gate {
        Gate::Limited(permits) => permits.available_permits() == 3,
        _ => false,
    };
    timeout(Duration::from_secs(20), async {
        while !gates.iter().all(free) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("every permit given back");
    assert!(world.gateway.explanations().len() >= 60, "every request was told of");
}
