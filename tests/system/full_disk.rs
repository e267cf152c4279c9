//! A disk that is full: requests are answered, the screens say that history is not saved, and nothing of it is lost.

use std::time::Duration;

use harness::{Daemon, ServerProcess, eventually};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(30);

fn config(first: &str, second: &str) -> String {
    let probe = "probe: { kind: http, path: /health, every: 1s, timeout: 1s, down_after: 2, up_after: 2 }";
    format!(
        "version: 1
chains:
  - name: chat
    tiers:
      - {{ name: first, provider: llama.cpp, model: m, url: '{first}', {probe} }}
      - {{ name: second, provider: llama.cpp, model: m, url: '{second}', {probe} }}
alerts: {{ desktop: false }}
"
    )
}

#[tokio::test]
async fn routing_goes_on_while_the_disk_is_full_and_history_is_written_once_there_is_room() {
    let mut first = ServerProcess::saying("one").await;
    let second = ServerProcess::saying("two").await;
    let mut daemon = Daemon::new();
    daemon.write_config(&config(&first.url(), &second.url()));
    daemon.outlive_full_disks();
    daemon.start().await;
    assert_eq!(daemon.ask("chat").await.1, "first");
    daemon.fill_disk().await;
    first.kill().await;
    for _ in 0..5 {
        assert_eq!(daemon.ask("chat").await.1, "second");
    }
    let said = eventually("the screens say that history is not saved", PATIENCE, || async {
        daemon.overview().await["problems"][0].as_str().map(str::to_owned)
    })
    .await;
    assert!(said.starts_with("History is not being saved: ") && said.contains("kept in memory"), "{said}");
    assert_eq!(daemon.incidents().await, Vec::<Value>::new(), "it is not on disk");
    // What waits for the record to be written must not wait for ever.
    let orders = tokio::time::timeout(PATIENCE, daemon.rpc("orders", Value::Null)).await;
    assert!(orders.is_ok(), "a screen hangs");
    assert_eq!(daemon.ask("chat").await.1, "second");

    daemon.make_room().await;
    let incident =
        eventually("the incident is on record", PATIENCE, || async { daemon.incidents().await.pop() }).await;
    assert_eq!(incident["tier"], "first", "{incident}");
    eventually("the banner goes", PATIENCE, || async {
        (daemon.overview().await["problems"] == json!([])).then_some(())
    })
    .await;
    daemon.kill().await;
    daemon.start().await;
    assert_eq!(daemon.incidents().await.len(), 1, "and it is still there after a kill");
}
