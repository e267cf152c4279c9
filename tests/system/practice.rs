//! The practice chain: a failover within a minute of the first start, and always labelled.

use std::time::Duration;

use harness::{Daemon, daemon::header, eventually};
use serde_json::{Value, json};

#[tokio::test]
async fn a_switched_off_tier_is_replaced_and_returns() {
    let daemon = Daemon::practice().await;
    daemon
        .until_chain("practice", "the chain is up", Duration::from_secs(5), |c| c["serving"] == "gpu")
        .await;
    let response = daemon.chat("anything at all", false).await;
    assert_eq!(header(&response, "x-changeover-simulated"), "true");
    assert_eq!(header(&response, "x-changeover-tier"), "gpu");

    daemon.rpc("practice.set", json!({"name": "gpu", "failing": true})).await.unwrap();
    assert_eq!(daemon.ask("practice").await.1, "second-gpu");
    let overview = daemon.overview().await;
    assert_eq!(overview["faults_injected"], json!(["GPU server (simulated)"]));
    let incident =
        eventually("an incident", Duration::from_secs(2), || async { daemon.incidents().await.pop() }).await;
    assert_eq!(incident["simulated"], true);

    daemon.rpc("practice.set", json!({"name": "gpu", "failing": false})).await.unwrap();
    daemon
        .until_chain("practice", "the first tier is back", Duration::from_secs(30), |c| c["serving"] == "gpu")
        .await;
    eventually("the incident closes", Duration::from_secs(5), || async {
        daemon.incidents().await.iter().all(|i| i["state"] == "closed").then_some(())
    })
    .await;
}

#[tokio::test]
async fn all_tiers_off_is_a_clear_error_that_ends_by_itself() {
    let daemon = Daemon::practice().await;
    for name in ["gpu", "second-gpu", "cpu"] {
        daemon.rpc("practice.set", json!({"name": name, "failing": true})).await.unwrap();
    }
    let response = daemon.chat("practice", false).await;
    assert_eq!(response.status(), 503);
    assert_eq!(header(&response, "x-should-retry"), "false");
    assert!(header(&response, "retry-after").parse::<u32>().unwrap() >= 1);
    let body: Value = response.json().await.unwrap();
    let text = body["error"].to_string();
    for tier in ["gpu", "second-gpu", "cpu"] {
        assert!(text.contains(tier), "{tier} is not in {text}");
    }
    daemon.rpc("practice.set", json!({"name": "cpu", "failing": false})).await.unwrap();
    eventually("an answer", Duration::from_secs(20), || async {
        daemon.chat("practice", false).await.status().is_success().then_some(())
    })
    .await;
}

#[tokio::test]
async fn practice_figures_stay_out_of_real_reports() {
    let daemon = Daemon::practice().await;
    daemon.rpc("practice.set", json!({"name": "gpu", "failing": true})).await.unwrap();
    daemon.ask("practice").await;
    let incident =
        eventually("an incident", Duration::from_secs(2), || async { daemon.incidents().await.pop() }).await;
    let began = incident["times"]["began_ms"].as_i64().unwrap();
    let request =
        |simulated| json!({"from_ms": began - 60_000, "to_ms": began + 60_000, "simulated": simulated});
    let real = daemon.rpc("report", request(false)).await.unwrap();
    assert_eq!((&real["requests"], &real["recoveries"]), (&json!(0), &json!([])));
    eventually("the simulated report", Duration::from_secs(2), || async {
        let report = daemon.rpc("report", request(true)).await.unwrap();
        (report["requests"].as_u64() >= Some(1)).then_some(())
    })
    .await;
}
