//! Faults that an operator injects: what follows is the real thing, and nothing is told of the tier that met them.

use std::{sync::Arc, time::Duration};

use domain::{
    Chain, FailureClass, Fault, Injection, Signal, Snapshot, Tier, chain::OnBrokenStream,
    event::RequestResult,
};
use futures::StreamExt;
use gateway::Explanation;
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    script::{
        ROLE, Script, Step, Upstream, answer, error, good, head, piece, streamed, streamed_bytes, text, whole,
    },
    world::{ASK, ASK_STREAM, World, chain, tier},
};

const SHORT: Duration = Duration::from_millis(150);

/// What came of a request from inside.
struct Came {
    status: u16,
    tier: String,
    body: String,
    why: Arc<Explanation>,
}

async fn ask(world: &World, body: &str, fault: Fault, tier: Option<&str>) -> Came {
    let injection = Injection { tier: tier.map(Into::into), fault };
    let inside = world.gateway.ask(body.to_owned().into(), None, Some(&injection)).await;
    let header = |name: &str| inside.headers.get(name).map_or("", |v| v.to_str().unwrap()).to_owned();
    let (status, tier, id) =
        (inside.status.as_u16(), header("x-changeover-tier"), header("x-changeover-request-id"));
    let pieces: Vec<_> = inside.pieces.collect().await;
    let why = world.gateway.explanation(&id).unwrap();
    Came { status, tier, body: String::from_utf8(pieces.concat()).unwrap(), why }
}

/// The chain of a `gpu` that plays `first`, changed like this, and of a `cpu` that streams "Hello".
async fn two(first: Script, resume: bool, change: impl FnOnce(&mut Tier)) -> (World, Upstream, Upstream) {
    let (first, second) =
        (Upstream::play(vec![first]).await, Upstream::play(vec![streamed(&["Hello"])]).await);
    let mut gpu = tier("gpu", first.addr);
    change(&mut gpu);
    let on_broken_stream = if resume { OnBrokenStream::Resume } else { OnBrokenStream::Stop };
    let chain = Chain { on_broken_stream, ..chain(vec![gpu, tier("cpu", second.addr)]) };
    (World::over(Snapshot { chains: vec![Arc::new(chain)], ..Snapshot::default() }).await, first, second)
}

/// Asks as an application would, twice, and finds that nothing was told before that: not of the tier, not of who serves, and
/// no row but the good try of `cpu`, where there was one.
async fn nothing_was_told(world: &mut World, cpu_answered: bool) {
    assert!(world.is_quiet("gpu"), "its task was told of a fault that is not its own");
    assert!(world.told_nothing_of_serving());
    assert_eq!(world.post(ASK_STREAM).await.header("x-changeover-tier"), "gpu");
    let (attempts, end) = world.told().await;
    let tiers: Vec<_> = attempts.iter().map(|it| it.tier.as_str()).collect();
    assert_eq!(tiers, if cpu_answered { vec!["cpu", "gpu"] } else { vec!["gpu"] });
    assert!(attempts.iter().all(|it| it.failure.is_none()), "{attempts:?}");
    assert_eq!((end.result, end.attempts, end.first_tier_ok), (RequestResult::Answered, 1, true));
    assert!(world.served().await.failed.is_empty());
}

#[tokio::test]
async fn a_fault_in_the_place_of_the_server_leads_to_the_next_tier_and_nothing_is_sent() {
    use FailureClass as F;
    for (fault, class, words) in [
        (Fault::Refused, F::Refused, "refused"),
        (Fault::Silent, F::FirstTokenTimeout, "no first token within 150 ms"),
        (Fault::Status { status: 500 }, F::ServerError, "500: fault injected: status 500"),
        (Fault::Status { status: 503 }, F::Overloaded, "503: fault injected: status 503"),
        (Fault::Status { status: 401 }, F::Unauthorized, "401: fault injected: status 401"),
        (Fault::RateLimited { retry_after_s: 7 }, F::RateLimited, "429: fault injected"),
        (Fault::Garbage, F::Malformed, ""),
    ] {
        let is_silent = fault == Fault::Silent;
        let change = |gpu: &mut Tier| {
            if is_silent {
                gpu.timeouts.first_token = SHORT;
            }
        };
        let (mut world, first, _second) = two(streamed(&["real"]), false, change).await;
        let came = ask(&world, ASK_STREAM, fault, Some("gpu")).await;
        assert_eq!((came.status, came.tier.as_str()), (200, "cpu"), "{fault}: {}", came.body);
        assert_eq!(came.body, streamed_bytes(&["Hello"]));
        let tries = &came.why.attempts;
        assert_eq!((tries[0].fault, tries[0].failure), (Some(fault), Some(class)), "{:?}", tries[0]);
        assert!(tries[0].message.contains(words), "{fault}: {}", tries[0].message);
        assert!(tries[0].verdict.as_ref().unwrap().contains("injected and counts against nobody"));
        assert_eq!((tries[1].fault, tries[1].failure), (None, None));
        assert_eq!(first.connections(), 0, "{fault}: something was sent");
        if is_silent {
            // Its server may be slower than that timeout.
            assert!(world.is_quiet("gpu") && world.told_nothing_of_serving());
        } else {
            nothing_was_told(&mut world, true).await;
            assert!(world.outcome("gpu").await.failure.is_none());
        }
    }
}

#[tokio::test]
async fn an_injected_status_means_what_the_same_status_of_a_server_means() {
    for (status, line) in [
        (400, "400 Bad Request"),
        (401, "401 Unauthorized"),
        (403, "403 Forbidden"),
        (404, "404 Not Found"),
        (408, "408 Request Timeout"),
        (409, "409 Conflict"),
        (413, "413 Payload Too Large"),
        (500, "500 Internal Server Error"),
        (502, "502 Bad Gateway"),
        (503, "503 Service Unavailable"),
        (504, "504 Gateway Timeout"),
        (529, "529 Overloaded"),
    ] {
        let (mut world, ..) = two(whole(line, "", "{}"), false, |_| {}).await;
        let injected = ask(&world, ASK_STREAM, Fault::Status { status }, Some("gpu")).await;
        let real = world.post(ASK_STREAM).await;
        assert_eq!(
            (injected.status, injected.tier.as_str()),
            (real.status, real.header("x-changeover-tier"))
        );
        let class = world.outcome("gpu").await.failure.unwrap().class;
        assert_eq!(injected.why.attempts[0].failure, Some(class), "{status}");
    }
}

#[tokio::test]
async fn a_late_request_goes_out_late_and_one_that_is_too_late_not_at_all() {
    let (mut world, mut first, _second) = two(streamed(&["real"]), false, |_| {}).await;
    let began = Instant::now();
    let came = ask(&world, ASK_STREAM, Fault::Slow { ms: 50 }, None).await;
    assert_eq!((came.tier.as_str(), came.body), ("gpu", streamed_bytes(&["real"])));
    assert!(began.elapsed() >= Duration::from_millis(50));
    assert_eq!(came.why.attempts[0].fault, Some(Fault::Slow { ms: 50 }));
    assert!(came.why.attempts[0].first_token_ms.unwrap() >= 50.0);
    first.request().await;
    nothing_was_told(&mut world, false).await;

    let impatient = |gpu: &mut Tier| gpu.timeouts.first_token = SHORT;
    let (mut world, first, _second) = two(streamed(&["real"]), false, impatient).await;
    let came = ask(&world, ASK_STREAM, Fault::Slow { ms: 60_000 }, None).await;
    assert_eq!((came.tier.as_str(), first.connections()), ("cpu", 0));
    assert_eq!(came.why.attempts[0].failure, Some(FailureClass::FirstTokenTimeout));
    assert!(world.is_quiet("gpu") && world.told_nothing_of_serving());
}

/// A stream that would go on.
fn going_on() -> Script {
    vec![head("text/event-stream"), piece(&(ROLE.to_owned() + &text("one ") + &text("two "))), Step::Hang]
}

#[tokio::test]
async fn a_stream_that_breaks_before_its_first_text_is_answered_by_the_next_tier() {
    use FailureClass as F;
    for (fault, class) in [
        (Fault::Cut { frames: 0 }, F::CutStream),
        (Fault::Cut { frames: 1 }, F::CutStream),
        (Fault::Stalled { frames: 0 }, F::FirstTokenTimeout),
        (Fault::Stalled { frames: 1 }, F::FirstTokenTimeout),
    ] {
        let stalls = class == F::FirstTokenTimeout;
        let change = |gpu: &mut Tier| {
            if stalls {
                gpu.timeouts.first_token = SHORT;
            }
        };
        let (mut world, mut first, _second) = two(going_on(), false, change).await;
        let came = ask(&world, ASK_STREAM, fault, Some("gpu")).await;
        assert_eq!((came.tier.as_str(), came.body), ("cpu", streamed_bytes(&["Hello"])), "{fault}");
        assert_eq!(came.why.attempts[0].failure, Some(class), "{fault}");
        if !stalls {
            first.left().await;
        }
        assert!(world.is_quiet("gpu") && world.told_nothing_of_serving());
    }
}

#[tokio::test]
async fn a_stream_that_breaks_in_the_middle_ends_in_an_error_or_is_continued() {
    use FailureClass as F;
    for (fault, class) in
        [(Fault::Cut { frames: 2 }, F::CutStream), (Fault::Stalled { frames: 2 }, F::IdleTimeout)]
    {
        for resume in [false, true] {
            let (mut world, mut first, mut second) =
                two(going_on(), resume, |gpu| gpu.timeouts.idle = SHORT).await;
            let came = ask(&world, ASK_STREAM, fault, Some("gpu")).await;
            let begun = format!("{ROLE}{}", text("one "));
            assert!(came.body.starts_with(&begun) && !came.body.contains("two "), "{}", came.body);
            let tries = &came.why.attempts;
            assert_eq!((tries[0].fault, tries[0].failure), (Some(fault), Some(class)));
            first.left().await;
            if resume {
                assert!(came.body.contains("Hello") && tries[1].resumes, "{}", came.body);
                let sent: Value = serde_json::from_slice(&second.request().await.body).unwrap();
                assert_eq!(sent["messages"][1]["content"], "one", "it goes on with what was sent: {sent}");
                assert_eq!(came.why.result, RequestResult::Answered);
            } else {
                assert!(came.body.contains("stream_interrupted"), "{}", came.body);
                assert_eq!((second.connections(), came.why.result), (0, RequestResult::Failed));
            }
            assert!(world.is_quiet("gpu") && world.told_nothing_of_serving());
        }
    }
}

#[tokio::test]
async fn a_whole_answer_breaks_too() {
    for fault in [Fault::Cut { frames: 3 }, Fault::Stalled { frames: 3 }] {
        let first = Upstream::play(vec![good("first")]).await;
        let second = Upstream::play(vec![good("second")]).await;
        let mut gpu = tier("gpu", first.addr);
        gpu.timeouts.idle = SHORT;
        let mut world = World::of(vec![gpu, tier("cpu", second.addr)]).await;
        let came = ask(&world, ASK, fault, Some("gpu")).await;
        assert_eq!((came.tier.as_str(), came.body), ("cpu", answer("second")), "{fault}");
        assert!(world.is_quiet("gpu"));
    }
}

#[tokio::test]
async fn a_stream_that_is_shorter_than_its_fault_is_whole() {
    let (mut world, ..) = two(streamed(&["short"]), false, |_| {}).await;
    for fault in [Fault::Cut { frames: 100 }, Fault::Stalled { frames: 100 }] {
        let came = ask(&world, ASK_STREAM, fault, None).await;
        assert_eq!((came.tier.as_str(), came.body), ("gpu", streamed_bytes(&["short"])));
    }
    nothing_was_told(&mut world, false).await;
}

#[tokio::test]
async fn without_a_tier_the_first_that_is_tried_meets_it_and_no_other() {
    let (mut world, first, _second) = two(streamed(&["real"]), false, |_| {}).await;
    let came = ask(&world, ASK_STREAM, Fault::Refused, None).await;
    let met: Vec<_> = came.why.attempts.iter().map(|it| (it.tier.as_str(), it.fault.is_some())).collect();
    assert_eq!(met, [("gpu", true), ("cpu", false)]);
    // Now the first tier is not tried.
    world.states["gpu"].send_modify(|s| s.gate = resilience::gate::Gate::Shut);
    let came = ask(&world, ASK_STREAM, Fault::Refused, None).await;
    let met: Vec<_> = came.why.attempts.iter().map(|it| (it.tier.as_str(), it.fault.is_some())).collect();
    assert_eq!((came.status, met), (503, vec![("cpu", true)]));
    let came = ask(&world, ASK_STREAM, Fault::Refused, Some("gpu")).await;
    assert_eq!((came.tier.as_str(), came.why.attempts.len()), ("cpu", 1), "nobody met it: {:?}", came.why);
    assert!(world.is_quiet("gpu") && first.connections() == 0);
}

#[tokio::test]
async fn the_last_tier_is_waited_for_as_a_real_one_would_be_and_no_check_is_made() {
    for (fault, status) in [(Fault::Silent, 503), (Fault::Slow { ms: 400 }, 200)] {
        let up = Upstream::play(vec![streamed(&["real"])]).await;
        let mut gpu = tier("gpu", up.addr);
        gpu.timeouts.first_token = SHORT;
        let mut world = World::of(vec![gpu]).await;
        let came = ask(&world, ASK_STREAM, fault, None).await;
        assert_eq!(came.status, status, "{fault}: {}", came.body);
        assert!(world.is_quiet("gpu"), "{fault}: it was checked");
    }
}

#[tokio::test]
async fn what_a_fault_replaces_takes_no_place_at_the_server_and_no_retry_from_others() {
    let up = Upstream::play(vec![error("500 Internal Server Error", "", "server_error")]).await;
    let retrying = || {
        let mut gpu: Tier = tier("gpu", up.addr);
        gpu.retry.attempts = 1;
        gpu
    };
    let mut world = World::of(vec![retrying()]).await;
    let gate = resilience::gate::Gate::limited(1);
    world.states["gpu"].send_modify(|s| s.gate = gate.clone());
    // The budget of an untouched tier is ten retries; each of these makes one.
    for _ in 0..20 {
        let came = ask(&world, ASK_STREAM, Fault::Status { status: 500 }, None).await;
        assert_eq!((came.status, came.why.attempts.len()), (503, 2));
    }
    {
        let mut silent = Box::pin(ask(&world, ASK_STREAM, Fault::Silent, None));
        assert!(futures::poll!(&mut silent).is_pending());
        assert!(gate.has_room(), "the fault holds a place at the gate");
    }
    assert_eq!(
        world.post(ASK).await.header("x-changeover-attempts"),
        "2",
        "the retries were spent by rehearsals"
    );
    let mut outcomes = 0;
    while let Signal::Outcome(outcome) = world.signal("gpu").await {
        assert!(outcome.failure.is_some());
        outcomes += 1;
        if outcomes == 2 {
            break;
        }
    }
    assert!(world.is_quiet("gpu"));
}

#[tokio::test]
async fn an_unknown_tier_is_refused_and_no_header_asks_for_a_fault() {
    let (world, ..) = two(streamed(&["real"]), false, |_| {}).await;
    let injection = Injection { tier: Some("none".into()), fault: Fault::Refused };
    let inside = world.gateway.ask(ASK.into(), None, Some(&injection)).await;
    assert_eq!(inside.status.as_u16(), 404);
    let body = ASK_STREAM.replace("\"stream\"", "\"fault\":{\"tier\":null,\"kind\":\"refused\"},\"stream\"");
    let head = "POST /v1/chat/completions HTTP/1.1\r\ncontent-type: application/json\r\n\
                x-changeover-fault: refused\r\nx-changeover-only: cpu";
    let reply = crate::client::send(world.addr, head, body.as_bytes()).await.reply().await;
    assert_eq!(reply.header("x-changeover-tier"), "gpu");
}
