//! Clients that go away, and clients that only seem to.

use std::{sync::Arc, time::Duration};

use domain::{Chain, FailureClass, Snapshot, event::RequestResult};
use tokio::time::Instant;

use crate::{
    client::raw,
    script::{ROLE, Script, Step, Upstream, answer, good, head, piece, streamed, streamed_bytes, text},
    world::{ASK, ASK_STREAM, World, chain, tier},
};

/// An upstream must be let go within this time; what is measured is the middle one of five.
const AT_ONCE: Duration = Duration::from_millis(100);

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The middle time from a hang-up, after `wait_for` has come, until the upstream's socket is let go.
async fn hang_up(ask: &str, script: Script, wait_for: Option<&str>) -> Duration {
    let mut times = Vec::new();
    for _ in 0..5 {
        let mut up = Upstream::play(vec![script.clone()]).await;
        let world = World::of(vec![tier("gpu", up.addr)]).await;
        let mut call = world.call(ask).await;
        up.request().await;
        if let Some(text) = wait_for {
            call.until(text).await;
        }
        let began = Instant::now();
        drop(call);
        times.push(up.left().await - began);
    }
    middle(times)
}

#[tokio::test]
async fn a_hang_up_stops_the_upstream_at_once() {
    let begun = vec![head("text/event-stream"), piece(ROLE), piece(&text("Hel")), Step::Hang];
    for (ask, script, wait_for) in [
        (ASK_STREAM, vec![Step::Hang], None),
        (ASK_STREAM, begun, Some("Hel")),
        (ASK, vec![Step::Hang], None),
    ] {
        let took = hang_up(ask, script, wait_for).await;
        assert!(took < AT_ONCE, "{took:?}");
    }
}

#[tokio::test]
async fn the_loser_of_a_race_is_let_go_at_once() {
    for (ask, second) in [(ASK_STREAM, streamed(&["Hello"])), (ASK, good("Hello"))] {
        let mut times = Vec::new();
        for _ in 0..5 {
            let mut first = Upstream::play(vec![vec![Step::Hang]]).await;
            let second = Upstream::play(vec![second.clone()]).await;
            let mut gpu = tier("gpu", first.addr);
            // A whole answer is late after this.
            gpu.timeouts.first_token = Duration::from_millis(20);
            if ask == ASK_STREAM {
                gpu.timeouts.first_token = Duration::from_secs(5);
            }
            let hedge = Some(Duration::from_millis(20));
            let chain = Chain { hedge, ..chain(vec![gpu, tier("cpu", second.addr)]) };
            let world = World::over(Snapshot { chains: vec![Arc::new(chain)], ..Snapshot::default() }).await;
            assert_eq!(world.post(ask).await.header("x-changeover-tier"), "cpu");
            let won = Instant::now();
            times.push(first.left().await.saturating_duration_since(won));
        }
        let took = middle(times);
        assert!(took < AT_ONCE, "{took:?}");
    }
}

fn request(world: &World, body: &str) -> String {
    let (addr, length) = (world.addr, body.len());
    format!("POST /v1/chat/completions HTTP/1.1\r\nhost: {addr}\r\ncontent-length: {length}\r\n\r\n{body}")
}

#[tokio::test]
async fn a_client_that_has_no_more_to_send_still_gets_its_answer() {
    let slow = |mut script: Script, at: usize| {
        script.insert(at, Step::Pause(Duration::from_millis(150)));
        script
    };
    for (ask, script, answered) in [
        (ASK, slow(good("Hello"), 0), answer("Hello")),
        (ASK_STREAM, slow(streamed(&["Hel", "lo"]), 0), streamed_bytes(&["Hel", "lo"])),
        (ASK_STREAM, slow(streamed(&["Hel", "lo"]), 3), streamed_bytes(&["Hel", "lo"])),
    ] {
        let up = Upstream::play(vec![script]).await;
        let mut world = World::of(vec![tier("gpu", up.addr)]).await;
        let mut call = raw(world.addr, &request(&world, ask)).await;
        call.end_sending().await;
        // Reads to the end of the connection, which is closed although it could be used again.
        let reply = call.reply().await;
        assert_eq!((reply.status, reply.whole, reply.body), (200, true, answered));
        assert!(world.outcome("gpu").await.failure.is_none());
    }
}

#[tokio::test]
async fn a_client_that_has_no_more_to_send_may_still_hang_up() {
    let mut times = Vec::new();
    for _ in 0..5 {
        let mut up = Upstream::play(vec![vec![Step::Hang]]).await;
        let mut world = World::of(vec![tier("gpu", up.addr)]).await;
        let mut call = raw(world.addr, &request(&world, ASK)).await;
        call.end_sending().await;
        up.request().await;
        // It waits for longer than the kernel is not asked.
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert!(world.is_quiet("gpu"), "it was taken to have hung up");
        let began = Instant::now();
        drop(call);
        times.push(up.left().await - began);
        assert_eq!(world.outcome("gpu").await.failure.unwrap().class, FailureClass::ClientGone);
        assert_eq!(world.told().await.1.result, RequestResult::ClientGone);
    }
    let took = middle(times);
    assert!(took < AT_ONCE, "{took:?}");
}

#[tokio::test]
async fn a_request_that_ends_half_way_is_refused_at_once() {
    let up = Upstream::play(vec![good("no")]).await;
    let world = World::of(vec![tier("gpu", up.addr)]).await;
    let whole = request(&world, ASK);
    let mut call = raw(world.addr, &whole[..whole.len() - 10]).await;
    call.end_sending().await;
    // Within the time that a test's client waits, which is far below that of a silent body.
    assert_eq!(call.reply().await.status, 400);
    assert_eq!(up.connections(), 0);
}
