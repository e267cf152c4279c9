//! Whole answers: one that takes long is waited for, one that never comes is not.

use std::time::Duration;

use harness::{Daemon, ModelServer, Script, eventually};
use tokio::time::Instant;

/// A chain of two model servers whose first one is suspected after half a second.
fn two_tiers(first: &ModelServer, second: &ModelServer) -> String {
    format!(
        "version: 1
chains:
  - name: chat
    tiers:
      - name: first
        provider: vllm
        model: m
        url: '{}'
        timeouts: {{ first_token: 500ms }}
        probe: {{ kind: http, path: /health, every: 1s, timeout: 500ms }}
      - {{ name: second, provider: vllm, model: m, url: '{}' }}
",
        first.url(),
        second.url()
    )
}

#[tokio::test]
async fn a_slow_but_healthy_whole_answer_comes_from_the_first_tier() {
    let (first, second) =
        (ModelServer::saying("a long answer of six words").await, ModelServer::saying("no").await);
    first.pace(Duration::from_millis(300));
    let daemon = Daemon::with_config(&two_tiers(&first, &second)).await;
    for _ in 0..2 {
        assert_eq!(daemon.ask("chat").await, ("a long answer of six words".into(), "first".into()));
    }
    let one_token = |seen: &harness::model_server::SeenRequest| seen.body["max_tokens"] == 1;
    assert!(first.seen().iter().any(one_token), "it was asked for a token meanwhile");
    assert!(second.seen().is_empty());
    assert!(daemon.changeovers().await.is_empty() && daemon.incidents().await.is_empty());
}

#[tokio::test]
async fn a_server_that_hangs_on_every_chat_is_left_and_nobody_waits_for_it_again() {
    let (first, second) = (ModelServer::saying("unused").await, ModelServer::saying("hello").await);
    first.script(Script::Silent);
    let daemon = Daemon::with_config(&two_tiers(&first, &second)).await;
    let began = Instant::now();
    assert_eq!(daemon.ask("chat").await, ("hello".into(), "second".into()));
    let (waited, chats) = (began.elapsed(), first.seen().len());
    // The first-token time, the check's time limit (as long), and what a busy machine needs.
    assert!(waited >= Duration::from_millis(900) && waited < Duration::from_millis(1900), "{waited:?}");
    let began = Instant::now();
    assert_eq!(daemon.ask("chat").await.1, "second");
    assert!(began.elapsed() < Duration::from_millis(400), "{:?}", began.elapsed());
    assert!(chats >= 2, "the request and the check: {chats}");
    let change =
        eventually("a change-over", Duration::from_secs(1), || async { daemon.changeovers().await.pop() })
            .await;
    assert_eq!((change["from"].as_str(), change["to"].as_str()), (Some("first"), Some("second")));
    assert_eq!(change["trigger"], "first_token_timeout");
    let told = change["waited_ms"].as_i64().unwrap_or_else(|| panic!("{change}"));
    assert!((900..1900).contains(&told), "{change}");
}
