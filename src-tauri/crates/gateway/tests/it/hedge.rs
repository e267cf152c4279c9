//! A late server's request goes to the next one too; the first to answer wins.

use std::{sync::Arc, time::Duration};

use domain::{Chain, FailureClass, Signal, Snapshot, Tier, board::Late, event::RequestResult};

use crate::{
    script::{
        ROLE, Script, Step, Upstream, answer, error, good, head, piece, streamed, streamed_bytes, text,
    },
    world::{ASK, ASK_STREAM, World, chain, tier},
};

const LATE: Duration = Duration::from_millis(100);

async fn hedged(tiers: Vec<Tier>) -> World {
    let chain = Chain { hedge: Some(LATE), ..chain(tiers) };
    World::over(Snapshot { chains: vec![Arc::new(chain)], ..Snapshot::default() }).await
}

/// A first tier that plays this, and a second that plays that.
async fn two(first: Script, second: Script) -> (World, Upstream, Upstream) {
    let (first, second) = (Upstream::play(vec![first]).await, Upstream::play(vec![second]).await);
    let mut gpu = tier("gpu", first.addr);
    gpu.timeouts.first_token = LATE;
    let cpu = tier("cpu", second.addr);
    // A stream is late long before its first token is given up.
    let world = hedged(vec![gpu, cpu]).await;
    (world, first, second)
}

fn patient(mut tier: Tier) -> Tier {
    tier.timeouts.first_token = Duration::from_secs(5);
    tier
}

async fn streams(first: Script, second: Script) -> (World, Upstream, Upstream) {
    let (first, second) = (Upstream::play(vec![first]).await, Upstream::play(vec![second]).await);
    let tiers = vec![patient(tier("gpu", first.addr)), patient(tier("cpu", second.addr))];
    (hedged(tiers).await, first, second)
}

#[tokio::test]
async fn the_next_tier_answers_for_a_late_one_which_is_let_go_and_not_blamed() {
    for (ask, answered) in [(ASK_STREAM, streamed_bytes(&["Hello"])), (ASK, answer("Hello"))] {
        let streaming = ask == ASK_STREAM;
        let second = if streaming { streamed(&["Hello"]) } else { good("Hello") };
        let silent = if streaming {
            vec![head("text/event-stream"), piece(ROLE), Step::Hang]
        } else {
            vec![Step::Hang]
        };
        let (mut world, mut first, _second) =
            if streaming { streams(silent, second).await } else { two(silent, second).await };
        let reply = world.post(ask).await;
        assert_eq!((reply.status, reply.body), (200, answered));
        first.left().await;
        let lost = loop {
            match world.signal("gpu").await {
                Signal::Outcome(outcome) => break outcome,
                Signal::Suspect | Signal::Quota(_) => {}
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(lost.failure.unwrap().class, FailureClass::Superseded);
        let (attempts, end) = world.told().await;
        let told: Vec<_> = attempts.iter().map(|it| (it.tier.as_str(), it.failure)).collect();
        assert_eq!(told, [("gpu", Some(FailureClass::Superseded)), ("cpu", None)]);
        assert_eq!(
            (end.result, end.tier.as_deref(), end.attempts),
            (RequestResult::Answered, Some("cpu"), 2)
        );
        let served = world.served().await;
        assert!(served.failed.is_empty() && served.tier.as_deref() == Some("cpu"), "{served:?}");
    }
}

#[tokio::test]
async fn a_late_tier_may_still_win() {
    let slow = |mut script: Script| {
        script.insert(0, Step::Pause(LATE * 4));
        script
    };
    let (mut world, _first, mut second) = streams(slow(streamed(&["Mine"])), vec![Step::Hang]).await;
    let reply = world.post(ASK_STREAM).await;
    assert_eq!((reply.header("x-changeover-tier"), reply.header("x-changeover-attempts")), ("gpu", "2"));
    assert_eq!(reply.body, streamed_bytes(&["Mine"]));
    second.request().await;
    second.left().await;
    assert!(world.outcome("gpu").await.failure.is_none());
    assert_eq!(world.outcome("cpu").await.failure.unwrap().class, FailureClass::Superseded);
}

#[tokio::test]
async fn a_tier_in_time_is_alone() {
    let (mut world, ..) = streams(streamed(&["Mine"]), streamed(&["never"])).await;
    assert_eq!(world.post(ASK_STREAM).await.header("x-changeover-attempts"), "1");
    assert!(world.outcome("gpu").await.failure.is_none());
    assert!(world.is_quiet("cpu"));
}

#[tokio::test]
async fn late_is_what_the_tiers_own_figures_say() {
    let slow = [vec![Step::Pause(LATE * 3)], streamed(&["Mine"])].concat();
    let (world, ..) = streams(slow, streamed(&["Other"])).await;
    world.states["gpu"].send_modify(|s| s.late = Late { first_token: Some(LATE * 20), whole: None });
    assert_eq!(world.post(ASK_STREAM).await.header("x-changeover-tier"), "gpu");
    world.states["gpu"].send_modify(|s| s.late = Late { first_token: Some(LATE / 4), whole: None });
    assert_eq!(world.post(ASK_STREAM).await.header("x-changeover-tier"), "cpu");
}

#[tokio::test]
async fn when_one_of_the_two_fails_the_other_is_waited_for() {
    let slow = |script: Script, times: u32| [vec![Step::Pause(LATE * times)], script].concat();
    // The second fails at once, the first answers in the end.
    let (world, ..) = streams(slow(streamed(&["Mine"]), 4), error("500 Oops", "", "x")).await;
    let reply = world.post(ASK_STREAM).await;
    assert_eq!((reply.header("x-changeover-tier"), &reply.body), ("gpu", &streamed_bytes(&["Mine"])));
    // The first fails while the second works on.
    let (world, ..) = streams(slow(error("500 Oops", "", "x"), 3), slow(streamed(&["Other"]), 5)).await;
    let reply = world.post(ASK_STREAM).await;
    assert_eq!((reply.header("x-changeover-tier"), &reply.body), ("cpu", &streamed_bytes(&["Other"])));
    // Both fail: the third is asked, and nobody twice.
    let up = [
        Upstream::play(vec![slow(error("500 Oops", "", "x"), 3)]).await,
        Upstream::play(vec![error("500 Oops", "", "x")]).await,
        Upstream::play(vec![streamed(&["Third"])]).await,
    ];
    let tiers = ["a", "b", "c"].iter().zip(&up).map(|(name, up)| patient(tier(name, up.addr))).collect();
    let reply = hedged(tiers).await.post(ASK_STREAM).await;
    assert_eq!((reply.header("x-changeover-tier"), reply.header("x-changeover-attempts")), ("c", "3"));
}

#[tokio::test]
async fn the_clients_own_mistake_ends_the_race() {
    let slow = [vec![Step::Pause(LATE * 3)], error("400 Bad Request", "", "invalid")].concat();
    let (mut world, _first, mut second) = streams(slow, vec![Step::Hang]).await;
    assert_eq!(world.post(ASK_STREAM).await.status, 400);
    second.left().await;
    assert_eq!(world.outcome("cpu").await.failure.unwrap().class, FailureClass::Superseded);
}

#[tokio::test]
async fn a_client_that_hangs_up_stops_both() {
    let (mut world, mut first, mut second) = streams(vec![Step::Hang], vec![Step::Hang]).await;
    let call = world.call(ASK_STREAM).await;
    first.request().await;
    second.request().await;
    drop(call);
    for up in [&mut first, &mut second] {
        up.left().await;
    }
    for name in ["gpu", "cpu"] {
        assert_eq!(world.outcome(name).await.failure.unwrap().class, FailureClass::ClientGone);
    }
    let (attempts, end) = world.told().await;
    assert_eq!((attempts.len(), end.result), (2, RequestResult::ClientGone));
}

#[tokio::test]
async fn a_slow_chain_doubles_only_some_of_its_requests() {
    let slow = [vec![Step::Pause(LATE * 2)], streamed(&[&text("x")[..0], "Mine"])].concat();
    let first = Upstream::play(vec![slow]).await;
    let second = Upstream::play(vec![vec![Step::Hang]]).await;
    let tiers = vec![patient(tier("gpu", first.addr)), patient(tier("cpu", second.addr))];
    let world = hedged(tiers).await;
    let calls = (0..40).map(|_| world.post(ASK_STREAM));
    let replies = futures::future::join_all(calls).await;
    assert!(replies.iter().all(|reply| reply.header("x-changeover-tier") == "gpu"));
    let doubled = replies.iter().filter(|reply| reply.header("x-changeover-attempts") == "2").count();
    assert!((1..=25).contains(&doubled), "{doubled} of 40 went to two servers");
}
