//! The first tier's process is killed: nobody notices but the operator. It comes back: the incident closes.

use std::time::Duration;

use harness::{Daemon, ServerProcess, daemon::header, eventually};
use serde_json::Value;

/// A chain of two model servers with short times.
fn two_tiers(first: &str, second: &str) -> String {
    let probe = "probe: { kind: http, path: /health, every: 1s, timeout: 1s, down_after: 2, up_after: 2 }";
    format!(
        "version: 1
chains:
  - name: chat
    failback: {{ hold: 500ms, ramp: 1s }}
    tiers:
      - {{ name: first, provider: llama.cpp, model: m, url: '{first}', {probe} }}
      - {{ name: second, provider: llama.cpp, model: m, url: '{second}', {probe} }}
"
    )
}

#[tokio::test]
async fn a_killed_server_costs_no_request_and_its_incident_closes_when_it_is_back() {
    let mut first = ServerProcess::saying("from the first").await;
    let second = ServerProcess::saying("from the second").await;
    let daemon = Daemon::with_config(&two_tiers(&first.url(), &second.url())).await;
    assert_eq!(daemon.ask("chat").await, ("from the first".into(), "first".into()));

    first.kill().await;
    assert_eq!(daemon.ask("chat").await, ("from the second".into(), "second".into()));

    let chain = daemon
        .until_chain("chat", "the second tier answers", Duration::from_secs(1), |c| c["serving"] == "second");
    assert_eq!(chain.await["mode"], "degraded");
    let incident = eventually("an open incident", Duration::from_secs(3), || async {
        daemon.incidents().await.into_iter().find(|i| i["state"] == "open")
    })
    .await;
    assert_eq!((&incident["chain"], &incident["tier"]), (&Value::from("chat"), &Value::from("first")));
    let change = &daemon.changeovers().await[0];
    assert_eq!((&change["from"], &change["to"]), (&Value::from("first"), &Value::from("second")));
    assert_eq!(change["trigger"], "refused");
    assert!(!change["error"].as_str().unwrap().is_empty() && !change["advice"].as_str().unwrap().is_empty());
    assert!(change["waited_ms"].as_i64().unwrap() < 1000, "{change}");

    first.restart().await;
    daemon
        .until_chain("chat", "the first tier answers again", Duration::from_secs(20), |c| c["mode"] == "full")
        .await;
    let closed = eventually("the incident closes", Duration::from_secs(5), || async {
        daemon.incidents().await.into_iter().find(|i| i["state"] == "closed")
    })
    .await;
    assert_eq!(closed["id"], incident["id"]);
    let time =
        |name: &str| closed["times"][name].as_i64().unwrap_or_else(|| panic!("{name} is missing: {closed}"));
    let order = ["began_ms", "detected_ms", "assessed_ms", "failed_over_ms", "restored_ms"].map(time);
    assert!(order.is_sorted(), "{order:?}");
    assert_eq!(closed["rto_ms"].as_i64().unwrap(), order[4] - order[0]);
    assert_eq!(daemon.ask("chat").await.1, "first");
    assert_eq!(daemon.incidents().await.len(), 1, "one outage is one incident");
}

#[tokio::test]
async fn no_client_sees_an_error_while_servers_die_and_return_under_load() {
    let mut first = ServerProcess::saying("one").await;
    let second = ServerProcess::saying("two").await;
    let daemon = Daemon::with_config(&two_tiers(&first.url(), &second.url())).await;
    let load = async {
        let mut answered = 0;
        for _ in 0..300 {
            let response = daemon.chat("chat", answered % 2 == 0).await;
            let status = response.status();
            let text = response.text().await.unwrap();
            assert!(status.is_success(), "{status}: {text}");
            assert!(text.contains("one") || text.contains("two"), "{text}");
            answered += 1;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        answered
    };
    let chaos = async {
        for _ in 0..2 {
            tokio::time::sleep(Duration::from_millis(700)).await;
            first.kill().await;
            tokio::time::sleep(Duration::from_millis(500)).await;
            first.restart().await;
        }
    };
    let (answered, ()) = tokio::join!(load, chaos);
    assert_eq!(answered, 300);
}

#[tokio::test]
async fn every_answer_says_which_tier_gave_it() {
    let first = ServerProcess::saying("hello there").await;
    let second = ServerProcess::saying("unused").await;
    let daemon = Daemon::with_config(&two_tiers(&first.url(), &second.url())).await;
    for stream in [false, true] {
        let response = daemon.chat("chat", stream).await;
        assert_eq!(response.status(), 200);
        assert_eq!(header(&response, "x-changeover-tier"), "first");
        assert_eq!(header(&response, "x-changeover-attempts"), "1");
        assert_eq!(header(&response, "x-changeover-mode"), "full");
        assert!(!header(&response, "x-changeover-request-id").is_empty());
        let text = response.text().await.unwrap();
        assert!(text.contains("hello"), "{text}");
        assert_eq!(stream, text.trim_end().ends_with("data: [DONE]"));
    }
}

#[tokio::test]
async fn recovery_times_are_on_the_report_and_in_its_export() {
    let mut first = ServerProcess::saying("one").await;
    let second = ServerProcess::saying("two").await;
    let daemon = Daemon::with_config(&two_tiers(&first.url(), &second.url())).await;
    daemon.ask("chat").await;
    first.kill().await;
    daemon.ask("chat").await;
    first.restart().await;
    let closed = eventually("the incident closes", Duration::from_secs(20), || async {
        daemon.incidents().await.into_iter().find(|i| i["state"] == "closed")
    })
    .await;
    let began = closed["times"]["began_ms"].as_i64().unwrap();
    let period = serde_json::json!({"from_ms": began - 60_000, "to_ms": began + 600_000, "simulated": false});
    let report = daemon.rpc("report", period.clone()).await.unwrap();
    let recovery = &report["recoveries"][0];
    assert_eq!(recovery["incident"]["id"], closed["id"]);
    let part = |name: &str| recovery[name].as_i64().unwrap_or_else(|| panic!("{name}: {recovery}"));
    let parts = part("detect_ms") + part("assess_ms") + part("fail_over_ms") + part("restore_ms");
    assert_eq!(parts, closed["rto_ms"].as_i64().unwrap());
    assert_eq!(recovery["within_target"], true);
    let export = serde_json::json!({"report": period, "format": "html"});
    let html = daemon.rpc("report.export", export).await.unwrap()["text"].as_str().unwrap().to_owned();
    assert!(html.contains("<svg") && html.contains("MTTR"), "{}", &html[..html.len().min(500)]);
    let none = serde_json::json!({"from_ms": 0, "to_ms": 1000, "simulated": false});
    assert_eq!(daemon.rpc("report", none).await.unwrap()["availability"], Value::Null);
}

#[tokio::test]
async fn the_incident_has_a_timeline_and_takes_notes() {
    let mut first = ServerProcess::saying("one").await;
    let second = ServerProcess::saying("two").await;
    let daemon = Daemon::with_config(&two_tiers(&first.url(), &second.url())).await;
    first.kill().await;
    daemon.ask("chat").await;
    let incident =
        eventually("an incident", Duration::from_secs(2), || async { daemon.incidents().await.pop() }).await;
    let id = serde_json::json!({"id": incident["id"]});
    daemon.rpc("incident.acknowledge", id.clone()).await.unwrap();
    let note = serde_json::json!({"id": incident["id"], "text": "looking at it"});
    let detail = daemon.rpc("incident.note", note).await.unwrap();
    assert_eq!(detail["incident"]["state"], "acknowledged");
    let kinds: Vec<&str> =
        detail["timeline"].as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap()).collect();
    for kind in ["failover", "note", "operator"] {
        assert!(kinds.contains(&kind), "{kind} is missing in {kinds:?}");
    }
    assert!(detail["timeline"].to_string().contains("looking at it"));
    let unknown = daemon.rpc("incident", serde_json::json!({"id": "999"})).await.unwrap_err();
    assert_eq!(unknown["code"], "not_found");
}
