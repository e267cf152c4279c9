//! Coming back: by hand where the chain leaves it to the operator, else over a ramp that the explanations show.

use std::{collections::BTreeSet, time::Duration};

use harness::{Daemon, ModelServer, daemon::header, wait::eventually};
use serde_json::{Value, json};
use tokio::time::Instant;

const PATIENCE: Duration = Duration::from_secs(30);

async fn two_tiers(failback: &str) -> (Daemon, ModelServer, ModelServer) {
    let (first, second) = (ModelServer::saying("one").await, ModelServer::saying("two").await);
    let daemon = Daemon::with_config(&format!(
        "version: 1
chains:
  - name: chat
    failback: {{ {failback} }}
    tiers:
      - {{ name: first, provider: vllm, model: m, url: '{}', load: {{ watch: false }} }}
      - {{ name: second, provider: vllm, model: m, url: '{}', load: {{ watch: false }} }}
",
        first.url(),
        second.url()
    ))
    .await;
    daemon.until_chain("chat", "the chain is up", PATIENCE, |c| c["serving"] == "first").await;
    (daemon, first, second)
}

/// The tier that answered, and what the explanation says of the first one.
async fn asked(daemon: &Daemon) -> (String, Value) {
    let answer = daemon.chat("chat", false).await;
    assert_eq!(answer.status(), 200);
    let (tier, id) = (header(&answer, "x-changeover-tier"), header(&answer, "x-changeover-request-id"));
    let url = format!("{}/v1/changeover/requests/{id}", daemon.endpoint);
    let explained: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    (tier, explained["tiers"][0].clone())
}

#[tokio::test]
async fn a_recovered_tier_waits_for_the_operator_where_failback_is_manual() {
    let (mut daemon, mut first, mut second) = two_tiers("mode: manual, hold: 0s, ramp: 0s").await;
    first.stop().await;
    daemon.until_chain("chat", "the second tier answers", PATIENCE, |c| c["serving"] == "second").await;
    first.start().await;
    let waits = |c: &Value| c["tiers"][0]["waits"] == true;
    let chain = daemon.until_chain("chat", "the first tier waits", PATIENCE, waits).await;
    assert_eq!((&chain["serving"], &chain["manual_failback"]), (&"second".into(), &true.into()));
    let sentence = daemon.overview().await["sentence"].as_str().unwrap().to_owned();
    assert!(sentence.ends_with("first recovered and waits to be failed back by hand."), "{sentence}");
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(3) {
        let (tier, why) = asked(&daemon).await;
        assert_eq!(tier, "second", "longer than hold, ramp and the next checks take");
        assert_eq!(why["why_not"], "recovered, waiting for the operator to fail back");
    }
    // It waits over a restart, too.
    daemon.stop().await;
    daemon.start().await;
    daemon.until_chain("chat", "it still waits", PATIENCE, waits).await;
    assert_eq!(asked(&daemon).await.0, "second");
    // While nobody else can answer it is asked all the same.
    second.stop().await;
    let helps = || async { (asked(&daemon).await.0 == "first").then_some(()) };
    eventually("the waiting tier helps out", PATIENCE, helps).await;
    second.start().await;
    daemon.until_chain("chat", "the second tier is back", PATIENCE, |c| c["serving"] == "second").await;
    daemon.rpc("order.failback", json!({"chain": "chat", "why": "repaired"})).await.unwrap();
    assert_eq!(asked(&daemon).await.0, "first", "at once, without hold or ramp");
    let change = eventually("the change-over", PATIENCE, || async {
        daemon.changeovers().await.into_iter().find(|c| c["to"] == "first" && c["trigger"] == "operator")
    });
    change.await;
}

#[tokio::test]
async fn the_way_back_is_ramped_up_and_each_explanation_shows_the_share() {
    let (daemon, mut first, _second) = two_tiers("hold: 0s, ramp: 6s").await;
    first.stop().await;
    daemon.until_chain("chat", "the second tier answers", PATIENCE, |c| c["serving"] == "second").await;
    first.start().await;
    let mut shares = BTreeSet::new();
    let began = Instant::now();
    loop {
        let (tier, why) = asked(&daemon).await;
        let Some(share) = why["share_percent"].as_u64() else {
            if tier == "first" {
                break;
            }
            assert!(why["why_not"].is_string(), "{why}");
            assert!(began.elapsed() < PATIENCE, "it did not come back: {why}");
            continue;
        };
        if tier == "second" {
            let words = format!("recovering, {share} % of traffic so far");
            assert_eq!(why["why_not"], words);
        } else {
            assert_eq!(why["why_not"], Value::Null, "it was among the {share} %");
        }
        shares.insert(share);
    }
    assert_eq!(shares, BTreeSet::from([1, 10, 50]));
}
