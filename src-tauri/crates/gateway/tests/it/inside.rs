//! An operator's own requests: through the chain, or at one tier whatever the plan says of it.

use domain::{Admin, FailureClass, Health, event::RequestResult};
use futures::StreamExt;

use crate::{
    script::{Upstream, answer, error, good, streamed},
    world::{ASK, ASK_STREAM, World, tier},
};

async fn body(inside: gateway::Inside) -> String {
    let pieces: Vec<_> = inside.pieces.collect().await;
    String::from_utf8(pieces.concat()).unwrap()
}

#[tokio::test]
async fn without_a_tier_it_is_a_request_like_any_other() {
    let upstream = Upstream::play(vec![good("Hello")]).await;
    let mut world = World::of(vec![tier("gpu", upstream.addr)]).await;
    let inside = world.gateway.ask(ASK.into(), None, None).await;
    assert_eq!(inside.headers["x-changeover-tier"], "gpu");
    assert_eq!(body(inside).await, answer("Hello"));
    assert_eq!(world.told().await.1.result, RequestResult::Answered);
}

#[tokio::test]
async fn a_tier_that_is_down_is_asked_all_the_same_and_says_nothing_of_the_chain() {
    let first = Upstream::play(vec![good("first")]).await;
    let second = Upstream::play(vec![streamed(&["sec", "ond"])]).await;
    let mut world = World::of(vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    world.states["cpu"].send_modify(|state| state.health = Health::Down);
    let inside = world.gateway.ask(ASK_STREAM.into(), Some("cpu"), None).await;
    assert_eq!(
        (inside.status.as_u16(), &inside.headers["x-changeover-tier"]),
        (200, &"cpu".parse().unwrap())
    );
    let id = inside.headers["x-changeover-request-id"].to_str().unwrap().to_owned();
    assert!(body(inside).await.contains("ond"));
    assert!(world.outcome("cpu").await.failure.is_none());
    let explanation = world.gateway.explanation(&id).unwrap();
    assert_eq!(explanation.only.as_deref(), Some("cpu"));
    assert_eq!(explanation.tiers[0].why_not.as_deref(), Some("another tier was asked for"));
    // The next request is the first that tells who serves, and the first of the figures.
    world.post(ASK).await;
    let served = world.served().await;
    assert_eq!(served.tier.as_deref(), Some("gpu"));
    let (attempts, end) = world.told().await;
    assert_eq!((attempts.len(), end.tier.as_deref()), (2, Some("gpu")));
}

#[tokio::test]
async fn a_failing_tier_shows_its_error_and_nobody_steps_in() {
    let first = Upstream::play(vec![error("500 Internal Server Error", "", "server_error")]).await;
    let second = Upstream::play(vec![good("second")]).await;
    let mut world = World::of(vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    let inside = world.gateway.ask(ASK.into(), Some("gpu"), None).await;
    assert_eq!(inside.status.as_u16(), 503);
    let body = body(inside).await;
    assert!(body.contains("gpu") && !body.contains("cpu ("), "{body}");
    assert_eq!(world.outcome("gpu").await.failure.unwrap().class, FailureClass::ServerError);
}

#[tokio::test]
async fn what_the_operator_switched_off_stays_off() {
    let upstream = Upstream::play(vec![good("Hello")]).await;
    let mut off = tier("gpu", upstream.addr);
    off.enabled = false;
    let world = World::of(vec![off, tier("cpu", upstream.addr)]).await;
    assert_eq!(world.gateway.ask(ASK.into(), Some("gpu"), None).await.status.as_u16(), 503);
    world.states["cpu"].send_modify(|state| state.admin = Admin::Draining);
    assert_eq!(world.gateway.ask(ASK.into(), Some("cpu"), None).await.status.as_u16(), 503);
    assert_eq!(world.gateway.ask(ASK.into(), Some("none"), None).await.status.as_u16(), 404);
}
