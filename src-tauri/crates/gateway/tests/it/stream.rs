//! Streams: what is held back, what is relayed, and how a broken one ends.

use std::time::Duration;

use domain::{FailureClass, event::RequestResult, time::wall_ms};
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    client::Reply,
    script::{
        DONE, ROLE, STOP, Script, Step, Upstream, end, head, piece, streamed, streamed_bytes, text, whole,
    },
    world::{ASK_STREAM, World, tier},
};

const SSE: &str = "text/event-stream";

#[tokio::test]
async fn a_stream_passes_through_byte_for_byte() {
    let mut script = vec![head(SSE), piece(": OPENROUTER PROCESSING\n\n"), piece(ROLE)];
    // Frames need not keep to pieces.
    let (front, back) = STOP.split_at(20);
    script.extend([piece(&(text("Hel") + &text("lo") + front)), piece(back), piece(DONE), end()]);
    let mut up = Upstream::play(vec![script]).await;
    let mut world = World::of(vec![tier("gpu", up.addr)]).await;
    let reply = world.post(ASK_STREAM).await;
    let expected = format!(": OPENROUTER PROCESSING\n\n{}", streamed_bytes(&["Hel", "lo"]));
    assert_eq!((reply.status, reply.body.clone()), (200, expected));
    assert!(reply.whole);
    assert_eq!(reply.header("content-type"), SSE);
    assert_eq!(reply.header("x-changeover-tier"), "gpu");
    let sent: Value = serde_json::from_slice(&up.request().await.body).unwrap();
    assert_eq!(sent["stream_options"]["include_usage"], true);
    let outcome = world.outcome("gpu").await;
    assert!(outcome.failure.is_none() && outcome.first_token.is_some_and(|f| f <= outcome.total));
    assert_eq!(world.told().await.1.result, RequestResult::Answered);
}

#[tokio::test]
async fn the_usage_is_counted_and_kept_from_a_client_that_did_not_ask() {
    let usage = "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":2,\"total_tokens\":6}}\n\n";
    let script = vec![head(SSE), piece(&text("Hi")), piece(STOP), piece(usage), piece(DONE), end()];
    let up = Upstream::play(vec![script]).await;
    let mut world = World::of(vec![tier("gpu", up.addr)]).await;
    assert_eq!(world.post(ASK_STREAM).await.body, text("Hi") + STOP + DONE);
    let (attempts, _) = world.told().await;
    assert_eq!((attempts[0].tokens_in, attempts[0].tokens_out), (Some(4), Some(2)));
}

/// A first tier that plays `bad` before any content, and a second that streams.
async fn unseen(bad: Script) -> FailureClass {
    let first = Upstream::play(vec![bad]).await;
    let second = Upstream::play(vec![streamed(&["Hello"])]).await;
    let mut gpu = tier("gpu", first.addr);
    gpu.timeouts.first_token = Duration::from_millis(300);
    let mut world = World::of(vec![gpu, tier("cpu", second.addr)]).await;
    let reply = world.post(ASK_STREAM).await;
    assert_eq!((reply.status, reply.body.clone()), (200, streamed_bytes(&["Hello"])));
    assert_eq!(reply.header("x-changeover-tier"), "cpu");
    world.outcome("gpu").await.failure.unwrap().class
}

#[tokio::test]
async fn whatever_breaks_before_content_stays_unseen() {
    use FailureClass as F;
    let error = "data: {\"error\":{\"message\":\"boom\",\"type\":\"server_error\"}}\n\n";
    for (bad, class) in [
        (vec![head(SSE), piece(ROLE), Step::Reset], F::CutStream),
        (vec![head(SSE), piece(ROLE), end()], F::CutStream),
        (vec![head(SSE), piece(ROLE), piece(DONE), end()], F::CutStream),
        (vec![head(SSE), piece(ROLE), piece(STOP), piece(DONE), end()], F::Malformed),
        (vec![head(SSE), piece(ROLE), piece(error), piece(DONE), end()], F::StreamError),
        (vec![head(SSE), piece(ROLE), piece("data: {]\n\n"), Step::Hang], F::Malformed),
        (vec![head(SSE), piece(ROLE), Step::Hang], F::FirstTokenTimeout),
        (vec![head(SSE), piece(": ping\n\n"), Step::Hang], F::FirstTokenTimeout),
        (vec![head(SSE), end()], F::CutStream),
        (whole("200 OK", "", "{\"error\":\"Unexpected endpoint\"}"), F::StreamError),
    ] {
        assert_eq!(unseen(bad).await, class);
    }
}

/// A tier that plays `script` and breaks after content: what the client gets, and the class that was told.
async fn broken(script: Script, change: impl FnOnce(&mut domain::Tier)) -> (Reply, FailureClass) {
    let first = Upstream::play(vec![script]).await;
    let second = Upstream::play(vec![streamed(&["never"])]).await;
    let mut gpu = tier("gpu", first.addr);
    change(&mut gpu);
    let mut world = World::of(vec![gpu, tier("cpu", second.addr)]).await;
    let reply = world.post(ASK_STREAM).await;
    assert!(world.is_quiet("cpu"), "a second upstream was asked after content");
    let class = world.outcome("gpu").await.failure.unwrap().class;
    let end = world.told().await.1;
    assert_eq!((end.result, end.first_tier_ok), (RequestResult::Failed, false));
    (reply, class)
}

fn ends_in_error(reply: &Reply) {
    assert_eq!(reply.status, 200);
    let rest = reply.body.strip_prefix(&text("Hel")).unwrap_or_else(|| panic!("{}", reply.body));
    let event: Value = serde_json::from_str(rest.strip_prefix("data: ").unwrap().trim_end()).unwrap();
    assert_eq!(event["error"]["code"], "stream_interrupted");
    assert!(event["error"]["message"].as_str().unwrap().contains("`gpu`"), "{event}");
    assert!(!reply.body.contains("[DONE]"));
}

#[tokio::test]
async fn whatever_breaks_after_content_ends_in_an_error_event() {
    use FailureClass as F;
    let begun = |rest: Vec<Step>| [vec![head(SSE), piece(&text("Hel"))], rest].concat();
    let error = "data: {\"error\":{\"message\":\"boom\",\"type\":\"server_error\"}}\n\n";
    for (script, class) in [
        (begun(vec![Step::Reset]), F::CutStream),
        (begun(vec![end()]), F::CutStream),
        (begun(vec![piece("data: {\"choices\":[{\"del"), end()]), F::CutStream),
        (begun(vec![piece(DONE), end()]), F::CutStream),
        (begun(vec![piece(error), piece(DONE), end()]), F::StreamError),
        (begun(vec![piece("data: {]\n\n"), Step::Hang]), F::Malformed),
    ] {
        let (reply, told) = broken(script, |_| {}).await;
        ends_in_error(&reply);
        assert_eq!(told, class);
    }
}

#[tokio::test]
async fn silence_and_endlessness_end_in_an_error_event() {
    let begun = vec![head(SSE), piece(&text("Hel")), Step::Hang];
    let (reply, class) = broken(begun.clone(), |t| t.timeouts.idle = Duration::from_millis(150)).await;
    ends_in_error(&reply);
    assert_eq!(class, FailureClass::IdleTimeout);
    let (reply, class) = broken(begun, |t| t.timeouts.total = Duration::from_millis(150)).await;
    ends_in_error(&reply);
    assert_eq!(class, FailureClass::TotalTimeout);
}

/// How long it took to recover is counted from the fault, and not from the start of an answer that was good until then.
#[tokio::test]
async fn a_fault_within_an_answer_begins_when_the_answer_breaks() {
    let good = Duration::from_millis(300);
    let script = vec![head(SSE), piece(&text("Hel")), Step::Pause(good), Step::Reset];
    let up = Upstream::play(vec![script]).await;
    let mut world = World::of(vec![tier("gpu", up.addr)]).await;
    let asked_ms = wall_ms();
    ends_in_error(&world.post(ASK_STREAM).await);
    let cut = world.outcome("gpu").await;
    assert_eq!(cut.failure.unwrap().class, FailureClass::CutStream);
    assert!(cut.began_ms - asked_ms >= 250, "{} ms", cut.began_ms - asked_ms);

    let idle = Duration::from_millis(200);
    let up = Upstream::play(vec![vec![head(SSE), piece(&text("Hel")), Step::Hang]]).await;
    let mut gpu = tier("gpu", up.addr);
    gpu.timeouts.idle = idle;
    let mut world = World::of(vec![gpu]).await;
    ends_in_error(&world.post(ASK_STREAM).await);
    let silent = world.outcome("gpu").await;
    assert_eq!(silent.failure.unwrap().class, FailureClass::IdleTimeout);
    assert!(wall_ms() - silent.began_ms >= 200, "the silence is part of the fault");
}

#[tokio::test]
async fn comments_do_not_hide_silence() {
    let mut script = vec![head(SSE), piece(&text("Hel"))];
    for _ in 0..40 {
        script.extend([Step::Pause(Duration::from_millis(50)), piece(": ping\n\n")]);
    }
    // Whoever takes the comments for life sees this instead.
    script.push(Step::Reset);
    let (reply, class) = broken(script, |t| t.timeouts.idle = Duration::from_millis(300)).await;
    assert_eq!(class, FailureClass::IdleTimeout);
    assert!(reply.body.contains("stream_interrupted"));
}

#[tokio::test]
async fn a_finish_reason_makes_an_answer_whole_whatever_comes_after() {
    for rest in [vec![end()], vec![Step::Reset], vec![piece(DONE), Step::Hang]] {
        let script = [vec![head(SSE), piece(&text("Hi")), piece(STOP)], rest].concat();
        let up = Upstream::play(vec![script]).await;
        let mut world = World::of(vec![tier("gpu", up.addr)]).await;
        let reply = world.post(ASK_STREAM).await;
        assert_eq!(reply.body, text("Hi") + STOP + DONE);
        assert!(world.outcome("gpu").await.failure.is_none());
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_stops_the_upstream_at_once() {
    for (script, wait_for) in [
        (vec![Step::Hang], None),
        (vec![head(SSE), piece(ROLE), Step::Hang], None),
        (vec![head(SSE), piece(&text("Hel")), Step::Hang], Some("Hel")),
    ] {
        let mut up = Upstream::play(vec![script]).await;
        let mut world = World::of(vec![tier("gpu", up.addr), tier("cpu", up.addr)]).await;
        let mut call = world.call(ASK_STREAM).await;
        up.request().await;
        if let Some(text) = wait_for {
            call.until(text).await;
        }
        drop(call);
        up.left().await;
        assert_eq!(world.outcome("gpu").await.failure.unwrap().class, FailureClass::ClientGone);
        let (attempts, end) = world.told().await;
        assert_eq!((attempts.len(), end.result, end.first_tier_ok), (1, RequestResult::ClientGone, true));
        assert!(world.is_quiet("cpu"));
    }
}

#[tokio::test]
async fn a_whole_answers_client_that_hangs_up_stops_the_upstream_too() {
    let mut up = Upstream::play(vec![vec![Step::Hang]]).await;
    let mut world = World::of(vec![tier("gpu", up.addr)]).await;
    let call = world.call(crate::world::ASK).await;
    up.request().await;
    drop(call);
    up.left().await;
    assert_eq!(world.outcome("gpu").await.failure.unwrap().class, FailureClass::ClientGone);
}

#[tokio::test]
async fn a_waiting_client_is_kept_alive_and_may_still_be_answered_by_another_tier() {
    let first = Upstream::play(vec![vec![Step::Hang]]).await;
    let second = Upstream::play(vec![streamed(&["Hello"])]).await;
    let mut gpu = tier("gpu", first.addr);
    gpu.timeouts.first_token = Duration::from_millis(2500);
    let world = World::of(vec![gpu, tier("cpu", second.addr)]).await;
    let reply = world.post(ASK_STREAM).await;
    assert_eq!(reply.status, 200);
    assert!(!reply.header("x-changeover-request-id").is_empty());
    let who = ": changeover tier=cpu attempts=2 mode=degraded\n\n";
    let comments = ": keep-alive\n\n".repeat(2);
    assert_eq!(reply.body, format!("{comments}{who}{}", streamed_bytes(&["Hello"])));
}

#[tokio::test]
async fn a_waiting_client_that_nobody_answers_gets_an_error_event() {
    let up = Upstream::play(vec![vec![Step::Hang]]).await;
    let mut gpu = tier("gpu", up.addr);
    gpu.timeouts.total = Duration::from_millis(1500);
    let reply = World::of(vec![gpu]).await.post(ASK_STREAM).await;
    assert_eq!(reply.status, 200);
    let event = reply.body.split("data: ").nth(1).unwrap_or_else(|| panic!("{}", reply.body));
    let event: Value = serde_json::from_str(event.trim_end()).unwrap();
    assert_eq!(event["error"]["code"], "no_tier_available");
    assert_eq!(event["error"]["tiers_tried"][0]["reason"], "total_timeout");
    assert!(reply.body.starts_with(": keep-alive\n\n") && !reply.body.contains("[DONE]"));
}

#[tokio::test]
async fn connections_are_used_again() {
    // The body ends a little after its end mark.
    let mut script = streamed(&["Hi"]);
    script.insert(script.len() - 1, Step::Pause(Duration::from_millis(20)));
    let mut up = Upstream::play(vec![script]).await;
    let world = World::of(vec![tier("gpu", up.addr)]).await;
    for _ in 0..3 {
        assert_eq!(world.post(ASK_STREAM).await.body, streamed_bytes(&["Hi"]));
        up.request().await;
    }
    assert_eq!(up.connections(), 1);
}

#[tokio::test]
async fn streams_in_flight_get_a_grace_period_and_then_are_cut() {
    let script = vec![head(SSE), piece(&text("Hel")), Step::Hang];
    let mut up = Upstream::play(vec![script]).await;
    let world = World::of(vec![tier("gpu", up.addr)]).await;
    let mut call = world.call(ASK_STREAM).await;
    call.until("Hel").await;
    let began = Instant::now();
    world.stop.cancel();
    world.tasks.wait().await;
    assert!(began.elapsed() >= Duration::from_millis(200), "{:?}", began.elapsed());
    up.left().await;
    assert!(!call.reply().await.whole);
}
