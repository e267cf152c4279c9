//! A tier whose trigger is off keeps its requests: the client gets its error, and nobody behind it is asked.

use domain::{Impact, Rule, Tier, Trigger, capability::Capabilities};

use crate::{
    script::{Script, Step, Upstream, error, good, head, piece, text},
    world::{ASK, ASK_STREAM, World, chain, tier},
};

const OFF: Rule = Rule { on: false, impact: None };

fn without(tier: Tier, trigger: Trigger) -> Tier {
    Tier { triggers: tier.triggers.with(trigger, OFF), ..tier }
}

/// A first tier that plays `bad` with and without `trigger`; the status that the client got without it, and the answer.
async fn kept(trigger: Trigger, bad: fn() -> Script) -> (u16, String) {
    let (first, second) = (Upstream::play(vec![bad()]).await, Upstream::play(vec![good("Hello")]).await);
    let world = World::of(vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    assert_eq!(world.post(ASK).await.header("x-changeover-tier"), "cpu", "{trigger}");
    let (first, second) = (Upstream::play(vec![bad()]).await, Upstream::play(vec![good("Hello")]).await);
    let world = World::of(vec![without(tier("gpu", first.addr), trigger), tier("cpu", second.addr)]).await;
    let reply = world.post(ASK).await;
    assert_eq!(second.connections(), 0, "{trigger}");
    let explained =
        world.get(&format!("/v1/changeover/requests/{}", reply.header("x-changeover-request-id"))).await;
    let explained = explained.json();
    assert_eq!(explained["tiers"][1]["trigger"], trigger.word(), "{explained}");
    let verdict = explained["attempts"][0]["verdict"].as_str().unwrap();
    assert!(verdict.contains(&format!("the trigger {trigger} is off")), "{verdict}");
    (reply.status, reply.body)
}

#[tokio::test]
async fn each_trigger_that_is_off_keeps_its_failures() {
    let limited = || error("429 Too Many Requests", "", "rate_limit_exceeded");
    let (status, body) = kept(Trigger::RateLimited, limited).await;
    assert_eq!(status, 429);
    assert!(body.contains("`gpu` keeps its requests: its trigger rate_limited is off"), "{body}");
    let (status, body) =
        kept(Trigger::ProviderDown, || error("503 Service Unavailable", "", "overloaded")).await;
    assert_eq!(status, 503);
    assert!(body.contains("\"kept\""), "{body}");
    let long = || error("400 Bad Request", "", "context_length_exceeded");
    let (status, body) = kept(Trigger::ContextTooLong, long).await;
    assert_eq!(status, 400);
    assert!(body.contains("context_length_exceeded"), "{body}");
}

#[tokio::test]
async fn a_request_that_surely_does_not_fit_is_kept_before_anybody_is_asked() {
    let (small, large) = (Upstream::play(vec![good("no")]).await, Upstream::play(vec![good("no")]).await);
    let tiny = Tier {
        can: Capabilities { context: Some(2), ..Capabilities::default() },
        ..without(tier("small", small.addr), Trigger::ContextTooLong)
    };
    let world = World::of(vec![tiny, tier("large", large.addr)]).await;
    let reply = world.post(ASK).await;
    assert_eq!((reply.status, small.connections(), large.connections()), (400, 0, 0));
    assert!(reply.body.contains("context_length_exceeded"), "{}", reply.body);
}

#[tokio::test]
async fn the_tiers_other_servers_are_still_asked() {
    let first = Upstream::play(vec![error("503 Service Unavailable", "", "overloaded")]).await;
    let second =
        Upstream::play(vec![error("503 Service Unavailable", "", "overloaded"), good("Hello")]).await;
    let both = without(tier("gpu", first.addr), Trigger::ProviderDown);
    let other = tier("gpu", second.addr).replicas;
    let both = Tier { replicas: [both.replicas.clone(), other].concat(), ..both };
    let third = Upstream::play(vec![good("no")]).await;
    let world = World::of(vec![both, tier("cpu", third.addr)]).await;
    let replies = [world.post(ASK).await.status, world.post(ASK).await.status];
    assert!(replies.contains(&200), "{replies:?}");
    assert_eq!(third.connections(), 0);
}

#[tokio::test]
async fn a_tier_that_keeps_its_requests_is_tried_again_as_if_it_were_the_last() {
    let first = Upstream::play(vec![error("503 Service Unavailable", "", "overloaded"), good("Hello")]).await;
    let second = Upstream::play(vec![good("no")]).await;
    let mut gpu = without(tier("gpu", first.addr), Trigger::ProviderDown);
    gpu.retry.attempts = 1;
    let world = World::of(vec![gpu, tier("cpu", second.addr)]).await;
    let reply = world.post(ASK).await;
    assert_eq!((reply.status, reply.header("x-changeover-attempts")), (200, "2"));
    assert_eq!(second.connections(), 0);
}

#[tokio::test]
async fn a_broken_stream_is_not_continued_by_another_tier_either() {
    let cut = || vec![head("text/event-stream"), piece(&text("Hel")), Step::Reset];
    let first = Upstream::play(vec![cut()]).await;
    let second = Upstream::play(vec![good("no")]).await;
    let mut chain =
        chain(vec![without(tier("gpu", first.addr), Trigger::ProviderDown), tier("cpu", second.addr)]);
    chain.on_broken_stream = domain::chain::OnBrokenStream::Resume;
    let world = World::over(domain::Snapshot { chains: vec![chain.into()], ..Default::default() }).await;
    let reply = world.post(ASK_STREAM).await;
    assert!(reply.body.contains("stream_interrupted"), "{}", reply.body);
    assert_eq!(second.connections(), 0);
}

#[tokio::test]
async fn the_explanation_names_the_trigger_and_the_operators_estimate() {
    let first = Upstream::play(vec![error("429 Too Many Requests", "", "rate_limit_exceeded")]).await;
    let second = Upstream::play(vec![good("Hello")]).await;
    let high = Rule { on: true, impact: Some(Impact::High) };
    let gpu = tier("gpu", first.addr);
    let gpu = Tier { triggers: gpu.triggers.with(Trigger::RateLimited, high), ..gpu };
    let world = World::of(vec![gpu, tier("cpu", second.addr)]).await;
    let reply = world.post(ASK).await;
    let explained =
        world.get(&format!("/v1/changeover/requests/{}", reply.header("x-changeover-request-id"))).await;
    let verdict = explained.json()["attempts"][0]["verdict"].as_str().unwrap().to_owned();
    assert!(verdict.contains("trigger rate_limited, quality impact high"), "{verdict}");
}
