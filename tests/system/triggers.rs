//! The triggers of a tier, from the document to who answers.

use std::time::Duration;

use harness::{Daemon, ModelServer, Script, daemon::header, eventually};

/// A chain of two model servers; `first` is written into the first tier.
fn two_tiers(servers: [&ModelServer; 2], first: &str) -> String {
    format!(
        "version: 1
chains:
  - name: chat
    failback: {{ hold: 0s, ramp: 0s }}
    tiers:
      - {{ name: first, provider: vllm, model: m, url: '{}', load: {{ watch: false }}, {first} }}
      - {{ name: second, provider: vllm, model: m, url: '{}', quality_impact: medium }}
",
        servers[0].url(),
        servers[1].url()
    )
}

async fn asked(daemon: &Daemon) -> String {
    let answer = daemon.chat("chat", true).await;
    let tier = header(&answer, "x-changeover-tier");
    assert!(answer.text().await.unwrap().contains("[DONE]"));
    tier
}

#[tokio::test]
async fn a_tier_slower_than_its_first_token_limit_is_left_until_a_token_comes_fast_again() {
    let (first, second) = (ModelServer::saying("one two").await, ModelServer::saying("three").await);
    let triggers = "triggers: { first_token_above: 100ms, impact: { first_token_above: high } }";
    let daemon = Daemon::with_config(&two_tiers([&first, &second], triggers)).await;
    assert_eq!(asked(&daemon).await, "first");
    first.thinks(Duration::from_millis(150));
    for _ in 0..3 {
        assert_eq!(asked(&daemon).await, "first", "slow is not failed");
    }
    let change =
        eventually("a change-over", Duration::from_secs(2), || async { daemon.changeovers().await.pop() });
    let change = change.await;
    assert_eq!((change["from"].as_str(), change["to"].as_str()), (Some("first"), Some("second")));
    assert_eq!(change["trigger"], "slow_first_token", "{change}");
    assert!(change["error"].as_str().unwrap().contains("3 of 4 above its limit of 100 ms"), "{change}");
    assert_eq!(asked(&daemon).await, "second");
    let overview = daemon.overview().await;
    let sentence = overview["sentence"].as_str().unwrap();
    assert!(sentence.contains("first is too slow: first token after"), "{sentence}");
    let incident = daemon.incidents().await.pop().unwrap();
    assert_eq!(incident["kind"], "degradation", "{incident}");
    let story = daemon.rpc("incident", serde_json::json!({"id": incident["id"]})).await.unwrap();
    assert!(story["timeline"].to_string().contains("; quality impact high"), "{story}");
    // Nobody is left but the slow one: it answers all the same.
    second.script(Script::Status(500, "{}".into()));
    assert_eq!(asked(&daemon).await, "first");
    second.script(Script::Say("three".into()));
    first.thinks(Duration::ZERO);
    let fast = || async { (asked(&daemon).await == "first").then_some(()) };
    eventually("the first tier back", Duration::from_secs(30), fast).await;
    let one_token = first.seen().iter().filter(|seen| seen.body["max_tokens"] == 1).count();
    assert!(one_token >= 1, "a token was asked for before any client's request");
}

#[tokio::test]
async fn with_its_trigger_off_a_tier_keeps_a_rate_limit_and_says_so() {
    let (first, second) = (ModelServer::saying("one").await, ModelServer::saying("three").await);
    let daemon =
        Daemon::with_config(&two_tiers([&first, &second], "triggers: { rate_limited: false }")).await;
    first.script(Script::Status(
        429,
        r#"{"error":{"message":"slow down","code":"rate_limit_exceeded"}}"#.into(),
    ));
    let answer = daemon.chat("chat", false).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "x-should-retry").as_str()), (429, "false"));
    let body = answer.text().await.unwrap();
    assert!(body.contains("`first` keeps its requests: its trigger rate_limited is off"), "{body}");
    assert!(second.seen().is_empty());
    first.script(Script::Status(500, "{}".into()));
    // The rate limit is over after ten seconds; another failure is another trigger's.
    let another = || async {
        let answer = daemon.chat("chat", false).await;
        (header(&answer, "x-changeover-tier") == "second").then_some(())
    };
    eventually("another failure goes on", Duration::from_secs(15), another).await;
}
