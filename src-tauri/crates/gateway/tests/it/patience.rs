//! Whole answers take long; hung servers take for ever.

use std::time::Duration;

use domain::{Admin, BreakerState, FailureClass, Health, Signal};
use resilience::gate::Gate;
use tokio::time::Instant;

use crate::{
    script::{Script, Step, Upstream, answer, good, head, piece, streamed, streamed_bytes},
    world::{ASK, ASK_STREAM, World, tier},
};

const PATIENCE: Duration = Duration::from_millis(100);

fn slow() -> Script {
    let mut slow = vec![Step::Pause(PATIENCE * 5)];
    slow.extend(good("Long"));
    slow
}

/// A first tier that plays `script`, suspected after 100 ms, and a second that answers.
async fn world(script: Script) -> (World, [Upstream; 2]) {
    let first = Upstream::play(vec![script]).await;
    let second = Upstream::play(vec![good("Hello")]).await;
    let mut gpu = tier("gpu", first.addr);
    gpu.timeouts.first_token = PATIENCE;
    (World::of(vec![gpu, tier("cpu", second.addr)]).await, [first, second])
}

#[tokio::test]
async fn a_long_whole_answer_is_waited_for_and_nothing_is_counted() {
    let (mut world, _up) = world(slow()).await;
    let reply = world.post(ASK).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, answer("Long").as_str()));
    assert_eq!((reply.header("x-changeover-tier"), reply.header("x-changeover-attempts")), ("gpu", "1"));
    for _ in 0..4 {
        assert!(matches!(world.signal("gpu").await, Signal::Suspect));
    }
    let outcome = world.outcome("gpu").await;
    assert!(outcome.failure.is_none(), "{outcome:?}");
    assert!(world.is_quiet("cpu"));
}

#[tokio::test]
async fn a_hung_server_is_left_when_its_check_has_failed() {
    for by_breaker in [true, false] {
        let (mut world, _up) = world(vec![Step::Hang]).await;
        let call = world.call(ASK).await;
        assert!(matches!(world.signal("gpu").await, Signal::Suspect));
        let delayed = world.delayed();
        assert!(delayed.tier == "gpu" && delayed.until > Instant::now(), "it waits: {delayed:?}");
        world.states["gpu"].send_modify(|s| {
            s.gate = Gate::Shut;
            if by_breaker {
                s.breaker = BreakerState::Open { until: Instant::now() };
            } else {
                s.health = Health::Down;
            }
        });
        let reply = call.reply().await;
        assert_eq!((reply.status, reply.header("x-changeover-tier")), (200, "cpu"));
        let failure = world.outcome("gpu").await.failure.unwrap();
        assert_eq!(failure.class, FailureClass::FirstTokenTimeout);
        assert!(failure.message.ends_with("fails its check"), "{}", failure.message);
    }
}

#[tokio::test]
async fn an_answer_in_the_making_outlives_the_operators_order_to_drain() {
    let (mut world, _up) = world(slow()).await;
    let call = world.call(ASK).await;
    assert!(matches!(world.signal("gpu").await, Signal::Suspect));
    world.states["gpu"].send_modify(|s| (s.gate, s.admin) = (Gate::Shut, Admin::Draining));
    assert_eq!(call.reply().await.header("x-changeover-tier"), "gpu");
}

#[tokio::test]
async fn the_last_tier_is_not_left_for_nobody() {
    let up = Upstream::play(vec![slow()]).await;
    let mut gpu = tier("gpu", up.addr);
    gpu.timeouts.first_token = PATIENCE;
    let mut world = World::of(vec![gpu]).await;
    let call = world.call(ASK).await;
    assert!(matches!(world.signal("gpu").await, Signal::Suspect));
    world.states["gpu"].send_modify(|s| (s.gate, s.health) = (Gate::Shut, Health::Down));
    assert_eq!(call.reply().await.status, 200);
}

/// A stream whose head comes at once and whose first token comes late.
fn late_stream() -> Script {
    let mut late = streamed(&["Late"]);
    late.insert(1, Step::Pause(PATIENCE * 5));
    late.insert(1, piece(": wait\n\n"));
    late
}

#[tokio::test]
async fn a_late_stream_is_left_for_the_next_tier_and_waited_for_where_there_is_none() {
    let first = Upstream::play(vec![late_stream()]).await;
    let second = Upstream::play(vec![streamed(&["Hello"])]).await;
    let mut gpu = tier("gpu", first.addr);
    gpu.timeouts.first_token = PATIENCE;
    let both = World::of(vec![gpu, tier("cpu", second.addr)]).await;
    assert_eq!(both.post(ASK_STREAM).await.header("x-changeover-tier"), "cpu");
    let up = Upstream::play(vec![late_stream()]).await;
    let mut gpu = tier("gpu", up.addr);
    gpu.timeouts.first_token = PATIENCE;
    let mut world = World::of(vec![gpu]).await;
    let reply = world.post(ASK_STREAM).await;
    assert_eq!((reply.status, reply.body), (200, format!(": wait\n\n{}", streamed_bytes(&["Late"]))));
    assert!(matches!(world.signal("gpu").await, Signal::Suspect), "it is checked meanwhile");
    assert!(world.outcome("gpu").await.failure.is_none());
}

#[tokio::test]
async fn a_stream_of_the_last_tier_ends_when_its_server_fails_the_check() {
    for script in [vec![Step::Hang], vec![head("text/event-stream"), Step::Hang]] {
        let up = Upstream::play(vec![script]).await;
        let mut gpu = tier("gpu", up.addr);
        gpu.timeouts.first_token = PATIENCE;
        let mut world = World::of(vec![gpu]).await;
        let call = world.call(ASK_STREAM).await;
        assert!(matches!(world.signal("gpu").await, Signal::Suspect));
        world.states["gpu"].send_modify(|s| (s.gate, s.health) = (Gate::Shut, Health::Down));
        let reply = call.reply().await;
        assert_eq!((reply.status, reply.header("x-changeover-attempts")), (503, "1"));
        assert_eq!(world.outcome("gpu").await.failure.unwrap().class, FailureClass::FirstTokenTimeout);
    }
}

#[tokio::test]
async fn a_tier_that_is_known_to_be_out_keeps_its_limit() {
    let up = Upstream::play(vec![vec![Step::Hang]]).await;
    let mut gpu = tier("gpu", up.addr);
    gpu.timeouts.first_token = PATIENCE;
    let mut world = World::of(vec![gpu]).await;
    world.states["gpu"].send_modify(|s| (s.gate, s.health) = (Gate::Shut, Health::Down));
    assert_eq!(world.post(ASK_STREAM).await.status, 503);
    let failure = world.outcome("gpu").await.failure.unwrap();
    assert_eq!(failure.message, "no first token within 100 ms");
}
