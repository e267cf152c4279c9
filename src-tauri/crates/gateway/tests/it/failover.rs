//! What is asked after a failure, what is told of it, and what the client hears when nobody is left.

use std::{sync::Arc, time::Duration};

use domain::{CoolDown, FailureClass, Health, KeyRef, Signal, Snapshot, event::RequestResult};
use tokio::time::Instant;

use crate::{
    script::{Script, Step, Upstream, answer, error, good, nobody, streamed},
    world::{ASK, ASK_STREAM, World, chain, tier},
};

/// A first tier that plays `bad` and a second that answers; returns the class that the first one's task was told.
async fn moves_on(bad: Script) -> domain::Failure {
    let first = Upstream::play(vec![bad]).await;
    let second = Upstream::play(vec![good("Hello")]).await;
    let mut world = World::of(vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    let reply = world.post(ASK).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, answer("Hello").as_str()));
    assert_eq!(reply.header("x-changeover-tier"), "cpu");
    assert_eq!(reply.header("x-changeover-attempts"), "2");
    let (attempts, end) = world.told().await;
    assert_eq!(attempts.len(), 2);
    assert_eq!(
        (end.result, end.first_tier_ok, end.tier.as_deref()),
        (RequestResult::Answered, false, Some("cpu"))
    );
    let served = world.served().await;
    assert_eq!((served.tier.as_deref(), served.failed[0].0.as_str()), (Some("cpu"), "gpu"));
    world.outcome("gpu").await.failure.unwrap()
}

#[tokio::test]
async fn a_refused_connection_moves_on() {
    let second = Upstream::play(vec![good("Hello")]).await;
    let mut world = World::of(vec![tier("gpu", nobody().await), tier("cpu", second.addr)]).await;
    assert_eq!(world.post(ASK).await.header("x-changeover-tier"), "cpu");
    assert_eq!(world.outcome("gpu").await.failure.unwrap().class, FailureClass::Refused);
    assert!(world.outcome("cpu").await.failure.is_none());
}

#[tokio::test]
async fn a_tier_that_only_its_checks_call_down_is_asked_before_the_client_gets_an_error() {
    let second = Upstream::play(vec![good("Hello")]).await;
    let world = World::of(vec![tier("gpu", nobody().await), tier("cpu", second.addr)]).await;
    world.states["cpu"].send_modify(|s| s.health = Health::Down);
    let reply = world.post(ASK).await;
    assert_eq!((reply.status, reply.header("x-changeover-tier")), (200, "cpu"));
    assert_eq!(reply.header("x-changeover-attempts"), "2");
}

#[tokio::test]
async fn what_requests_the_operator_or_a_gpu_say_of_a_tier_is_not_doubted() {
    use domain::{Admin, board::BreakerState};
    use resilience::gate::Gate;
    let second = Upstream::play(vec![good("Hello")]).await;
    let world = World::of(vec![tier("gpu", nobody().await), tier("cpu", second.addr)]).await;
    let until = Instant::now() + Duration::from_secs(9);
    world.states["cpu"].send_modify(|s| s.breaker = BreakerState::Open { until });
    assert_eq!(world.post(ASK).await.status, 503);
    world.states["cpu"].send_modify(|s| {
        s.breaker = BreakerState::Closed;
        (s.health, s.admin, s.gate) = (Health::Down, Admin::Disabled, Gate::Shut);
    });
    assert_eq!(world.post(ASK).await.status, 503);
    world.states["cpu"].send_modify(|s| {
        (s.admin, s.gate) = (Admin::Enabled, Gate::Shut);
        s.last_failure = Some((domain::Failure::new(FailureClass::Gpu, "Xid 79"), 0));
    });
    assert_eq!(world.post(ASK).await.status, 503);
    assert_eq!(second.connections(), 0);
}

#[tokio::test]
async fn every_answerable_failure_moves_on_with_its_class() {
    use FailureClass as F;
    for (status, code, class) in [
        ("500 Internal Server Error", "server_error", F::ServerError),
        ("503 Service Unavailable", "overloaded", F::Overloaded),
        ("529 Overloaded", "overloaded", F::Overloaded),
        ("429 Too Many Requests", "insufficient_quota", F::QuotaExhausted),
        ("401 Unauthorized", "invalid_api_key", F::Unauthorized),
        ("403 Forbidden", "no_access", F::Forbidden),
        ("404 Not Found", "model_not_found", F::ModelNotFound),
        ("400 Bad Request", "context_length_exceeded", F::ContextTooLong),
        ("409 Conflict", "lock_timeout", F::Conflict),
        ("413 Payload Too Large", "too_large", F::PayloadTooLarge),
        ("302 Found", "elsewhere", F::Malformed),
    ] {
        let failure = moves_on(error(status, "", code)).await;
        assert_eq!((failure.class, failure.status), (class, status[..3].parse().ok()), "{status}");
    }
}

#[tokio::test]
async fn a_tier_is_well_while_one_of_its_replicas_answers() {
    let up = Upstream::play(vec![good("Hello")]).await;
    let mut gpu = tier("gpu", nobody().await);
    gpu.replicas.extend(tier("gpu", up.addr).replicas);
    let mut world = World::of(vec![gpu]).await;
    // The replica that answers is the slower one, so that the dead one is asked first.
    world.states["gpu"].send_modify(|s| s.latency = Some(Duration::from_millis(1)));
    world.states["gpu#1"].send_modify(|s| s.latency = Some(Duration::from_secs(1)));
    let reply = world.post(ASK).await;
    assert_eq!((reply.status, reply.header("x-changeover-attempts")), (200, "2"));
    let (attempts, end) = world.told().await;
    assert_eq!(attempts[0].failure, Some(FailureClass::Refused));
    assert!(end.first_tier_ok);
}

#[tokio::test]
async fn a_rate_limit_tells_how_long_to_stay_away() {
    let failure = moves_on(error("429 Too Many Requests", "retry-after: 7\r\n", "rate_limit_exceeded")).await;
    assert_eq!(
        (failure.class, failure.retry_after),
        (FailureClass::RateLimited, Some(Duration::from_secs(7)))
    );
}

#[tokio::test]
async fn a_reset_and_a_silent_stream_move_on() {
    assert_eq!(moves_on(vec![Step::Reset]).await.class, FailureClass::Reset);
    for silent in [vec![], vec![Step::Hang]] {
        let first = Upstream::play(vec![silent]).await;
        let second = Upstream::play(vec![streamed(&["Hello"])]).await;
        let mut gpu = tier("gpu", first.addr);
        gpu.timeouts.first_token = Duration::from_millis(300);
        let mut world = World::of(vec![gpu, tier("cpu", second.addr)]).await;
        assert_eq!(world.post(ASK_STREAM).await.header("x-changeover-tier"), "cpu");
        let Signal::Outcome(told) = world.signal("gpu").await else { panic!("an outcome comes first") };
        assert_eq!(told.failure.unwrap().class, FailureClass::FirstTokenTimeout);
    }
}

#[tokio::test]
async fn a_missing_key_moves_on_and_names_itself() {
    let first = Upstream::play(vec![good("never")]).await;
    let second = Upstream::play(vec![good("Hello")]).await;
    let mut gpu = tier("gpu", first.addr);
    gpu.key = Some(KeyRef::Env("ABSENT".into()));
    let mut world = World::of(vec![gpu, tier("cpu", second.addr)]).await;
    assert_eq!(world.post(ASK).await.header("x-changeover-tier"), "cpu");
    let failure = world.outcome("gpu").await.failure.unwrap();
    assert_eq!(
        (failure.class, failure.message.as_str()),
        (FailureClass::CredentialMissing, "key env:ABSENT: not set")
    );
}

#[tokio::test]
async fn the_last_tier_is_tried_again_but_never_after_a_timeout() {
    let up = Upstream::play(vec![error("500 Oops", "", "x"), good("Hello")]).await;
    let mut gpu = tier("gpu", up.addr);
    gpu.retry.attempts = 1;
    let reply = World::of(vec![gpu]).await.post(ASK).await;
    assert_eq!((reply.status, reply.header("x-changeover-attempts")), (200, "2"));

    let up = Upstream::play(vec![vec![Step::Hang], good("never")]).await;
    let mut gpu = tier("gpu", up.addr);
    gpu.retry.attempts = 3;
    gpu.timeouts.total = Duration::from_millis(300);
    let reply = World::of(vec![gpu]).await.post(ASK_STREAM).await;
    assert_eq!((reply.status, reply.header("x-changeover-attempts")), (503, "1"));
}

#[tokio::test]
async fn when_nobody_answers_the_client_hears_of_every_tier() {
    let up = Upstream::play(vec![error("500 Oops", "", "x")]).await;
    let mut off = tier("off", up.addr);
    off.enabled = false;
    let tiers = vec![tier("gpu", nobody().await), off, tier("down", up.addr), tier("cpu", up.addr)];
    let mut world = World::of(tiers).await;
    world.states["down"].send_modify(|s| s.health = Health::Down);
    let reply = world.post(ASK).await;
    assert_eq!(reply.status, 503);
    assert_eq!(reply.header("retry-after"), "30");
    assert_eq!(reply.header("x-should-retry"), "false");
    assert_eq!(reply.header("x-changeover-mode"), "emergency");
    assert_eq!(reply.header("x-changeover-attempts"), "3");
    let error = reply.json()["error"].clone();
    assert_eq!(error["code"], "no_tier_available");
    let tiers: Vec<_> =
        error["tiers_tried"].as_array().unwrap().iter().map(|t| (&t["tier"], &t["reason"])).collect();
    let expected =
        [("gpu", "refused"), ("off", "disabled"), ("down", "server_error"), ("cpu", "server_error")];
    assert_eq!(tiers.len(), expected.len());
    for ((tier, reason), (want_tier, want_reason)) in tiers.into_iter().zip(expected) {
        assert_eq!((tier.as_str(), reason.as_str()), (Some(want_tier), Some(want_reason)));
    }
    let (_, end) = world.told().await;
    assert_eq!((end.result, end.tier), (RequestResult::Failed, None));
    let served = world.served().await;
    assert_eq!((served.tier, served.failed.len()), (None, 3));
}

#[tokio::test]
async fn a_chain_at_its_rate_limits_says_when_to_come_again() {
    let up =
        Upstream::play(vec![error("429 Too Many Requests", "retry-after: 40\r\n", "rate_limit_exceeded")])
            .await;
    let world = World::of(vec![tier("gpu", up.addr), tier("cpu", up.addr)]).await;
    let until = Instant::now() + Duration::from_secs(9);
    world.states["gpu"]
        .send_modify(|s| s.cool_down = Some(CoolDown { until, class: FailureClass::RateLimited }));
    let reply = world.post(ASK).await;
    assert_eq!((reply.status, reply.header("retry-after")), (429, "9"));
}

#[tokio::test]
async fn one_deadline_covers_all_tiers() {
    let up = Upstream::play(vec![vec![Step::Hang]]).await;
    let mut slow = chain(vec![tier("a", up.addr), tier("b", up.addr), tier("c", up.addr)]);
    slow.deadline = Duration::from_millis(300);
    let other = chain(vec![tier("other", up.addr)]);
    let other = domain::Chain { name: "code".into(), aliases: vec![], ..other };
    let snapshot = Snapshot { chains: vec![Arc::new(slow), Arc::new(other)], ..Snapshot::default() };
    let world = World::over(snapshot).await;
    let reply = world.post(ASK).await;
    assert_eq!((reply.status, reply.header("x-changeover-attempts")), (504, "3"));
    let message = reply.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("300 ms") && message.contains("In service: `code`"), "{message}");
}

#[tokio::test]
async fn the_last_tier_may_take_its_whole_time_for_a_whole_answer() {
    let mut slow = vec![Step::Pause(Duration::from_millis(300))];
    slow.extend(good("Hello"));
    let up = Upstream::play(vec![slow]).await;
    let mut gpu = tier("gpu", up.addr);
    gpu.timeouts.first_token = Duration::from_millis(100);
    let reply = World::of(vec![gpu.clone()]).await.post(ASK).await;
    assert_eq!(reply.status, 200);
    gpu.timeouts.total = Duration::from_millis(150);
    let mut world = World::of(vec![gpu]).await;
    assert_eq!(world.post(ASK).await.status, 503);
    assert_eq!(world.outcome("gpu").await.failure.unwrap().class, FailureClass::TotalTimeout);
}

#[tokio::test]
async fn a_tier_without_room_is_passed_by_and_gives_its_permit_back() {
    let first = Upstream::play(vec![good("Hello")]).await;
    let second = Upstream::play(vec![good("Hello")]).await;
    let world = World::of(vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    let gate = resilience::gate::Gate::limited(1);
    world.states["gpu"].send_modify(|s| s.gate = gate.clone());
    let held = gate.try_enter().unwrap();
    assert_eq!(world.post(ASK).await.header("x-changeover-tier"), "cpu");
    let explained = world.gateway.explanations();
    assert_eq!(explained[0].tiers[0].why_not.as_deref(), Some("breaker half-open, all trials taken"));
    drop(held);
    for _ in 0..3 {
        assert_eq!(world.post(ASK).await.header("x-changeover-tier"), "gpu");
    }
    assert!(gate.has_room());
}

#[tokio::test]
async fn a_gate_that_was_shut_after_the_plan_is_passed_by_and_explained() {
    let up = Upstream::play(vec![good("Hello")]).await;
    let mut world = World::of(vec![tier("gpu", up.addr), tier("cpu", up.addr)]).await;
    world.states["gpu"].send_modify(|s| s.gate = resilience::gate::Gate::Shut);
    assert_eq!(world.post(ASK).await.header("x-changeover-tier"), "cpu");
    assert!(world.is_quiet("gpu"));
    let why = world.gateway.explanations()[0].tiers[0].why_not.clone().unwrap();
    assert!(why.contains("let nobody in"), "{why}");
    assert!(!world.told().await.1.first_tier_ok);
}

#[tokio::test]
async fn a_simulated_chain_is_marked_in_every_answer_and_event() {
    let up = Upstream::play(vec![good("Hello")]).await;
    let practice = domain::Chain { simulated: true, ..chain(vec![tier("gpu", up.addr)]) };
    let mut world = World::over(Snapshot { chains: vec![Arc::new(practice)], ..Snapshot::default() }).await;
    assert_eq!(world.post(ASK).await.header("x-changeover-simulated"), "true");
    let (attempts, end) = world.told().await;
    assert!(attempts[0].simulated && end.simulated && world.gateway.explanations()[0].simulated);
}

#[tokio::test]
async fn the_order_of_the_plan_is_the_order_of_asking() {
    let up = Upstream::play(vec![good("Hello")]).await;
    let world = World::of(vec![tier("gpu", up.addr), tier("cpu", up.addr)]).await;
    world.states["gpu"].send_modify(|s| s.health = Health::Down);
    let reply = world.post(ASK).await;
    assert_eq!((reply.header("x-changeover-tier"), reply.header("x-changeover-attempts")), ("cpu", "1"));
    // With every tier out the last one is tried all the same.
    world.states["cpu"].send_modify(|s| s.health = Health::Down);
    assert_eq!(world.post(ASK).await.header("x-changeover-tier"), "cpu");
}

#[tokio::test]
async fn the_replicas_of_a_tier_share_its_part_of_the_deadline() {
    let up = Upstream::play(vec![vec![Step::Hang]]).await;
    let mut slow = vec![Step::Pause(Duration::from_millis(350))];
    slow.extend(good("Hello"));
    let second = Upstream::play(vec![slow]).await;
    let mut gpu = tier("gpu", up.addr);
    for n in 1..6 {
        let url = format!("http://{}/{n}", up.addr);
        gpu.replicas.push(domain::Replica::new(domain::ReplicaId::new("chat", "gpu", &url), url));
    }
    let mut slow = chain(vec![gpu, tier("cpu", second.addr)]);
    slow.deadline = Duration::from_millis(1000);
    let world = World::over(Snapshot { chains: vec![Arc::new(slow)], ..Snapshot::default() }).await;
    let reply = world.post(ASK).await;
    assert_eq!((reply.status, reply.header("x-changeover-tier")), (200, "cpu"));
}

#[tokio::test]
async fn retries_are_a_share_of_the_good_answers() {
    let up = Upstream::play(vec![error("500 Oops", "", "x")]).await;
    let mut gpu = tier("gpu", up.addr);
    gpu.retry.attempts = 3;
    let world = World::of(vec![gpu]).await;
    let mut attempts = 0;
    for _ in 0..20 {
        attempts += world.post(ASK).await.header("x-changeover-attempts").parse::<u32>().unwrap();
    }
    // Ten saved up, and one for two seconds.
    assert!((30..=36).contains(&attempts), "{attempts} attempts for 20 requests");
}

#[tokio::test]
async fn a_busy_replica_gives_way_to_an_idle_one() {
    let mut first = Upstream::play(vec![vec![Step::Hang]]).await;
    let mut second = Upstream::play(vec![vec![Step::Hang]]).await;
    let mut gpu = tier("gpu", first.addr);
    gpu.replicas.extend(tier("gpu", second.addr).replicas);
    let world = World::of(vec![gpu]).await;
    for _ in 0..5 {
        let one = world.call(ASK).await;
        let was_first = tokio::select! {
            got = first.got.recv() => got.is_some(),
            _ = second.got.recv() => false,
        };
        let other = world.call(ASK).await;
        let idle = if was_first { &mut second } else { &mut first };
        idle.request().await;
        drop((one, other));
        first.left.recv().await.unwrap();
        second.left.recv().await.unwrap();
    }
}

#[tokio::test]
async fn a_client_that_was_kept_waiting_is_told_of_before_anybody_has_answered_it() {
    let slow = Upstream::play(vec![vec![Step::Hang]]).await;
    let mut failing = vec![Step::Pause(Duration::from_millis(200))];
    failing.extend(error("500 Oops", "", "x"));
    let first = Upstream::play(vec![failing]).await;
    let mut world = World::of(vec![tier("gpu", first.addr), tier("cpu", slow.addr)]).await;
    let before = Instant::now();
    let _call = world.call(ASK).await;
    assert!(world.outcome("gpu").await.failure.is_some());
    let delayed = world.delayed();
    assert_eq!((delayed.chain.as_str(), delayed.tier.as_str()), ("chat", "gpu"));
    assert!(delayed.since >= before && delayed.until <= Instant::now());
    assert!(delayed.until - delayed.since >= Duration::from_millis(200), "{delayed:?}");
    // What is the request's own business moves nobody.
    let up = Upstream::play(vec![error("409 Conflict", "", "lock_timeout")]).await;
    let mut world = World::of(vec![tier("gpu", up.addr), tier("cpu", slow.addr)]).await;
    let _call = world.call(ASK).await;
    assert!(world.outcome("gpu").await.failure.is_some());
    assert!(world.told_nothing_of_serving());
}

#[tokio::test]
async fn the_time_to_come_again_counts_the_cool_downs_that_this_request_set() {
    let after = |status: &'static str, headers: &'static str, code: &'static str| async move {
        let up = Upstream::play(vec![error(status, headers, code)]).await;
        World::of(vec![tier("gpu", up.addr)]).await.post(ASK).await.header("retry-after").to_owned()
    };
    assert_eq!(after("429 Too Many Requests", "", "rate_limit_exceeded").await, "10");
    assert_eq!(after("429 Too Many Requests", "retry-after: 40\r\n", "rate_limit_exceeded").await, "40");
    assert_eq!(after("401 Unauthorized", "retry-after: 5\r\n", "invalid_api_key").await, "60");
    assert_eq!(after("429 Too Many Requests", "", "insufficient_quota").await, "120");
    assert_eq!(after("500 Internal Server Error", "", "x").await, "30");
}
