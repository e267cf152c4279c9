//! kill -9 at any moment, twenty times under load: what was committed is there after the next start.

use std::{collections::BTreeSet, time::Duration};

use harness::Daemon;
use serde_json::json;

#[tokio::test]
async fn nothing_committed_is_lost_over_twenty_kills_under_load() {
    let mut daemon = Daemon::practice().await;
    let mut seen = BTreeSet::new();
    let mut revision = daemon.overview().await["revision"].as_i64().unwrap();
    for round in 0..20_u64 {
        let failing = round % 2 == 0;
        daemon.rpc("practice.set", json!({"name": "gpu", "failing": failing})).await.unwrap();
        let tiers = if failing { ["gpu", "second-gpu", "cpu"] } else { ["gpu", "cpu", "second-gpu"] };
        let order = json!({"chain": "practice", "tiers": tiers, "expected_revision": revision});
        let applied = daemon.rpc("chains.reorder", order).await.unwrap();
        revision = applied["revision"].as_i64().unwrap();
        for _ in 0..5 {
            daemon.chat("practice", false).await;
        }
        let changes = daemon.changeovers().await;
        seen.extend(changes.iter().map(|c| c["id"].as_str().unwrap().to_owned()));
        let open: Vec<String> =
            daemon.incidents().await.iter().map(|i| i["id"].as_str().unwrap().to_owned()).collect();
        // A different moment of the writer's work each time.
        tokio::time::sleep(Duration::from_millis(round * 7)).await;
        daemon.kill().await;
        daemon.start().await;

        let overview = daemon.overview().await;
        assert!(overview["revision"].as_i64().unwrap() >= revision, "round {round}: a revision is lost");
        revision = overview["revision"].as_i64().unwrap();
        let kept: BTreeSet<String> =
            daemon.changeovers().await.iter().map(|c| c["id"].as_str().unwrap().to_owned()).collect();
        let newest: BTreeSet<String> = seen.iter().rev().take(100).cloned().collect();
        assert!(
            newest.iter().all(|id| kept.contains(id)) || kept.len() == 100,
            "round {round}: {newest:?} not in {kept:?}"
        );
        let incidents: Vec<String> =
            daemon.incidents().await.iter().map(|i| i["id"].as_str().unwrap().to_owned()).collect();
        assert!(open.iter().all(|id| incidents.contains(id)), "round {round}: {open:?} not in {incidents:?}");
    }
    assert!(!seen.is_empty(), "no change-over happened, so nothing was proved");
}
