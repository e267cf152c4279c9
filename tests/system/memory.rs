//! What was learned of a server outlives a kill -9, not only an orderly end.

use std::time::Duration;

use harness::{Daemon, ModelServer, Script};

fn config(primary: &str, backup: &str) -> String {
    format!(
        "version: 1
chains:
  - name: chat
    tiers:
      - {{name: gpu, provider: vllm, url: {primary}, model: m, breaker: {{consecutive: 2, open: 60s}}}}
      - {{name: backup, provider: vllm, url: {backup}, model: m}}
"
    )
}

#[tokio::test]
async fn an_open_breaker_outlives_a_kill_and_its_change_over_is_not_told_twice() {
    let (primary, backup) = (ModelServer::saying("gpu").await, ModelServer::saying("backup").await);
    primary.script(Script::Status(500, r#"{"error": {"message": "out of memory"}}"#.into()));
    let mut daemon = Daemon::with_config(&config(&primary.url(), &backup.url())).await;
    for _ in 0..6 {
        assert_eq!(daemon.ask("chat").await.1, "backup");
    }
    let breaker = |chain: &serde_json::Value| chain["tiers"][0]["replicas"][0]["breaker"].clone();
    let open = |chain: &serde_json::Value| breaker(chain) == "open";
    daemon.until_chain("chat", "the breaker opens", Duration::from_secs(5), open).await;
    // The kill comes unannounced; what happened a second before it is kept.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let told = daemon.changeovers().await;
    assert_eq!(told.len(), 1, "{told:?}");
    daemon.kill().await;
    daemon.start().await;

    let overview = daemon.overview().await;
    let chain = &overview["chains"][0];
    assert_eq!((breaker(chain), &chain["serving"]), ("open".into(), &"backup".into()));
    assert_eq!(daemon.ask("chat").await.1, "backup");
    daemon.until_chain("chat", "the answer is noted", Duration::from_secs(5), open).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(daemon.changeovers().await, told, "it was told before the kill");
}
