//! Rate limits: waited out where the chain says so, and seen coming by the providers' headers.

use std::{sync::Arc, time::Duration};

use domain::{Chain, FailureClass, Signal, Snapshot, Tier};
use tokio::time::Instant;

use crate::{
    script::{Script, Upstream, answer, error, good, whole},
    world::{ASK, World, chain, tier},
};

async fn world(wait: Duration, tiers: Vec<Tier>) -> World {
    let chain = Chain { wait_up_to: wait, ..chain(tiers) };
    World::over(Snapshot { chains: vec![Arc::new(chain)], ..Snapshot::default() }).await
}

fn limited(headers: &str) -> Script {
    error("429 Too Many Requests", headers, "rate_limit_exceeded")
}

/// Who answers when the first tier asks to be left alone like this, and after how long.
async fn after(headers: &str, wait: Duration) -> (String, Duration) {
    let first = Upstream::play(vec![limited(headers), good("Mine")]).await;
    let second = Upstream::play(vec![good("Other")]).await;
    let world = world(wait, vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    let began = Instant::now();
    let reply = world.post(ASK).await;
    assert_eq!((reply.status, reply.header("x-changeover-attempts")), (200, "2"));
    (reply.header("x-changeover-tier").to_owned(), began.elapsed())
}

#[tokio::test]
async fn a_short_rate_limit_is_waited_out_at_the_same_tier() {
    let date = httpdate_in(2);
    // The date first, while it is still to come.
    for headers in [&format!("retry-after: {date}\r\n"), "retry-after: 1\r\n", "retry-after-ms: 300\r\n"] {
        let (tier, took) = after(headers, Duration::from_secs(3)).await;
        assert_eq!(tier, "gpu", "{headers}");
        assert!(took >= Duration::from_millis(250), "{headers}: {took:?}");
    }
}

fn httpdate_in(seconds: u64) -> String {
    httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(seconds))
}

#[tokio::test]
async fn a_long_one_and_one_without_a_time_go_to_the_next_tier_at_once() {
    for (headers, wait) in [
        ("retry-after: 3600\r\n", Duration::from_secs(3)),
        ("", Duration::from_secs(3)),
        ("retry-after: 1\r\n", Duration::ZERO),
    ] {
        let (tier, took) = after(headers, wait).await;
        assert_eq!(tier, "cpu", "{headers:?}");
        assert!(took < Duration::from_millis(900), "{headers:?}: {took:?}");
    }
}

#[tokio::test]
async fn a_server_that_limits_again_and_again_is_not_waited_for_longer_than_the_chain_says() {
    let first = Upstream::play(vec![limited("retry-after-ms: 300\r\n")]).await;
    let second = Upstream::play(vec![good("Other")]).await;
    let wait = Duration::from_millis(700);
    let mut world = world(wait, vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    let reply = world.post(ASK).await;
    assert_eq!((reply.header("x-changeover-tier"), reply.header("x-changeover-attempts")), ("cpu", "4"));
    for _ in 0..3 {
        assert_eq!(world.outcome("gpu").await.failure.unwrap().class, FailureClass::RateLimited);
    }
}

#[tokio::test]
async fn what_is_left_of_a_limit_is_told_and_a_spent_one_is_passed_over() {
    let headers = "x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 2m0s\r\n";
    let up = Upstream::play(vec![whole("200 OK", headers, &answer("Mine")), good("Mine")]).await;
    let second = Upstream::play(vec![good("Other")]).await;
    let mut world = World::of(vec![tier("gpu", up.addr), tier("cpu", second.addr)]).await;
    assert_eq!(world.post(ASK).await.header("x-changeover-tier"), "gpu");
    let Signal::Quota(told) = world.signal("gpu").await else { panic!("the limit is told first") };
    assert_eq!((told.requests_left, told.spent_for), (Some(0), Some(Duration::from_secs(120))));
    let until = Some(Instant::now() + Duration::from_secs(30));
    world.states["gpu"].send_modify(|s| s.spent_until = until);
    let reply = world.post(ASK).await;
    assert_eq!((reply.header("x-changeover-tier"), reply.header("x-changeover-attempts")), ("cpu", "1"));
    let why = world.gateway.explanations()[0].tiers[0].why_not.clone().unwrap();
    assert!(why.starts_with("its rate limit is used up for another 30 s"), "{why}");
}
