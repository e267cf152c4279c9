//! Rehearsals of runbooks: recorded with who and what was learned, kept over a restart, and due again after a quarter.

use harness::Daemon;
use serde_json::{Value, json};

const DAY_MS: i64 = 86_400_000;

fn named<'a>(runbooks: &'a Value, name: &str) -> &'a Value {
    runbooks.as_array().unwrap().iter().find(|r| r["name"] == name).unwrap()
}

#[tokio::test]
async fn a_rehearsal_is_kept_and_due_again_once_a_quarter_has_passed() {
    let mut daemon = Daemon::new();
    daemon.arg("--practice");
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    let rehearsed = |seq: i64, runbook: &str, days: i64| store::EventRow {
        seq,
        at_ms: now - days * DAY_MS,
        kind: "rehearsed".into(),
        chain: None,
        tier: None,
        simulated: false,
        durable: true,
        body: json!({"type": "rehearsed", "runbook": runbook, "actor": "ada", "note": ""}).to_string(),
    };
    let data = daemon.path("data");
    std::fs::create_dir_all(&data).unwrap();
    let store = store::Store::open(&data).await.unwrap();
    let events = vec![rehearsed(1, "gpu-lost", 93), rehearsed(2, "disk-full", 90)];
    store.commit(&store::Commit { events, ..store::Commit::default() }).await.unwrap();
    store.close().await;
    drop(store);
    daemon.start().await;
    let before = daemon.rpc("runbooks", Value::Null).await.unwrap();
    let due = |runbooks: &Value, name: &str| named(runbooks, name)["rehearsal_due"] == true;
    assert_eq!(named(&before, "gpu-lost")["rehearsed"]["actor"], "ada");
    assert!(due(&before, "gpu-lost"), "93 days ago");
    assert!(!due(&before, "disk-full"), "90 days ago");
    assert!(due(&before, "gpu-hot"), "never");

    let walked = json!({"name": "gpu-lost", "note": "the console was locked"});
    daemon.rpc("runbook.rehearsed", walked).await.unwrap();
    daemon.rpc("runbook.rehearsed", json!({"name": "no-such", "note": ""})).await.unwrap_err();
    daemon.kill().await;
    daemon.start().await;
    let after = daemon.rpc("runbooks", Value::Null).await.unwrap();
    assert!(!due(&after, "gpu-lost"), "{}", named(&after, "gpu-lost"));
    assert_eq!(named(&after, "gpu-lost")["rehearsed"]["note"], "the console was locked");
}
