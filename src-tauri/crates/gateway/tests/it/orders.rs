//! The operator's orders on the request path.

use domain::{
    Admin, FailureClass, Health, Orders,
    event::RequestResult,
    orders::{Aside, Given, Pin, Window},
};
use resilience::gate::Gate;
use serde_json::Value;

use crate::{
    script::{Step, Upstream, good, head, nobody, piece, text},
    world::{ASK, ASK_STREAM, World, tier},
};

fn pinned(tier: &str, only: bool) -> Orders {
    let pin = Pin { tier: tier.into(), only, until_ms: None, given: Given::default() };
    Orders { pins: [("chat".to_owned(), pin)].into(), ..Orders::default() }
}

/// Two tiers that answer.
async fn two() -> (World, Upstream, Upstream) {
    let (first, second) = (Upstream::play(vec![good("one")]).await, Upstream::play(vec![good("two")]).await);
    let world = World::of(vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    (world, first, second)
}

#[tokio::test]
async fn a_pinned_tier_answers_first_and_the_others_when_it_fails() {
    let first = Upstream::play(vec![good("one")]).await;
    let world = World::of(vec![tier("gpu", first.addr), tier("cpu", nobody().await)]).await;
    world.orders.replace(pinned("cpu", false));
    let reply = world.post(ASK).await;
    assert_eq!((reply.status, reply.header("x-changeover-tier")), (200, "gpu"));
    assert_eq!(reply.header("x-changeover-attempts"), "2");
}

#[tokio::test]
async fn a_tier_that_is_pinned_alone_answers_or_nobody_does_and_the_client_hears_why() {
    let first = Upstream::play(vec![good("one")]).await;
    let world = World::of(vec![tier("gpu", first.addr), tier("cpu", nobody().await)]).await;
    world.orders.replace(pinned("cpu", true));
    let reply = world.post(ASK).await;
    assert_eq!(reply.status, 503);
    let error: Value = serde_json::from_str(&reply.body).unwrap();
    let message = error["error"]["message"].as_str().unwrap();
    assert!(message.contains("pinned the chain to `cpu` alone"), "{message}");
    assert_eq!(first.connections(), 0);
}

#[tokio::test]
async fn a_tier_that_is_set_aside_is_asked_last() {
    let (world, ..) = two().await;
    let aside = vec![Aside { tier: "gpu".into(), given: Given::default() }];
    world.orders.replace(Orders { aside: [("chat".to_owned(), aside)].into(), ..Orders::default() });
    assert_eq!(world.post(ASK).await.header("x-changeover-tier"), "cpu");
    world.states["cpu"].send_modify(|s| (s.gate, s.health) = (Gate::Shut, Health::Down));
    assert_eq!(world.post(ASK).await.header("x-changeover-tier"), "gpu");
}

#[tokio::test]
async fn no_order_that_takes_a_tier_out_is_passed_by_even_as_a_last_resort() {
    let (world, first, second) = two().await;
    for admin in [Admin::Draining, Admin::Disabled, Admin::Maintenance, Admin::Retired] {
        for name in ["gpu", "cpu"] {
            world.states[name].send_modify(|s| (s.gate, s.admin) = (Gate::Shut, admin));
        }
        for ask in [ASK, ASK_STREAM] {
            assert_eq!(world.post(ask).await.status, 503, "{admin:?}");
        }
    }
    assert_eq!((first.connections(), second.connections()), (0, 0));
}

#[tokio::test]
async fn an_order_that_comes_while_a_request_waits_elsewhere_holds_for_it_too() {
    let mut first = Upstream::play(vec![vec![Step::Hang]]).await;
    let second = Upstream::play(vec![good("two")]).await;
    let mut world = World::of(vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    let call = world.call(ASK).await;
    first.request().await;
    world.states["cpu"].send_modify(|s| (s.gate, s.admin) = (Gate::Shut, Admin::Disabled));
    world.cutters["gpu"].sever();
    assert_eq!(call.reply().await.status, 503);
    assert_eq!(second.connections(), 0);
    assert_eq!(world.told().await.1.result, RequestResult::Failed);
}

#[tokio::test]
async fn a_retirement_before_the_first_word_is_answered_elsewhere() {
    let mut first = Upstream::play(vec![vec![Step::Hang]]).await;
    let second = Upstream::play(vec![good("two")]).await;
    let mut world = World::of(vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    let call = world.call(ASK).await;
    first.request().await;
    world.cutters["gpu"].sever();
    let reply = call.reply().await;
    assert_eq!((reply.status, reply.header("x-changeover-tier")), (200, "cpu"));
    assert_eq!(world.outcome("gpu").await.failure.unwrap().class, FailureClass::ModelRetired);
    first.left().await;
}

#[tokio::test]
async fn a_retirement_cuts_a_running_stream_with_an_error_that_says_so() {
    let script = vec![head("text/event-stream"), piece(&text("Hello")), Step::Hang];
    let mut first = Upstream::play(vec![script]).await;
    let mut world = World::of(vec![tier("gpu", first.addr)]).await;
    let mut call = world.call(ASK_STREAM).await;
    call.until("Hello").await;
    world.cutters["gpu"].sever();
    let reply = call.reply().await;
    assert!(reply.body.contains("the operator retired its model"), "{}", reply.body);
    assert!(!reply.body.contains("[DONE]"));
    assert_eq!(world.told().await.1.result, RequestResult::Failed);
    first.left().await;
}

#[tokio::test]
async fn the_end_of_a_maintenance_window_is_when_to_come_again() {
    let world = World::of(vec![tier("gpu", nobody().await)]).await;
    let now_ms = domain::time::wall_ms();
    let window = |tier: Option<&str>, seconds: i64| Window {
        id: 1,
        chain: "chat".into(),
        tier: tier.map(Into::into),
        from_ms: now_ms - 1000,
        to_ms: now_ms + seconds * 1000,
        begun: true,
        given: Given::default(),
    };
    world.states["gpu"].send_modify(|s| (s.gate, s.admin) = (Gate::Shut, Admin::Maintenance));
    for (windows, wanted) in
        [(vec![], 30..=30), (vec![window(None, 9)], 8..=9), (vec![window(Some("gpu"), 5)], 4..=5)]
    {
        world.orders.replace(Orders { windows, ..Orders::default() });
        let seconds: u64 = world.post(ASK).await.header("retry-after").parse().unwrap();
        assert!(wanted.contains(&seconds), "{seconds} {wanted:?}");
    }
}
