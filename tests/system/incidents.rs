//! What people do with incidents, over a kill of the program; recovery times against the test's own stopwatch.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use harness::{Daemon, ServerProcess, eventually};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(30);

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
alerts: {{ desktop: false }}
"
    )
}

fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

async fn closed(daemon: &Daemon) -> Value {
    eventually("the incident closes", PATIENCE, || async {
        daemon.incidents().await.into_iter().find(|i| i["state"] == "closed")
    })
    .await
}

async fn act(daemon: &Daemon, id: &Value, act: Value) -> Result<Value, Value> {
    daemon.rpc("incident.act", json!({"ids": [id], "act": act})).await
}

async fn detail(daemon: &Daemon, id: &Value) -> Value {
    daemon.rpc("incident", json!({"id": id})).await.unwrap()
}

#[tokio::test]
async fn the_reports_recovery_times_are_those_of_a_stopwatch() {
    let mut first = ServerProcess::saying("one").await;
    let second = ServerProcess::saying("two").await;
    let daemon = Daemon::with_config(&two_tiers(&first.url(), &second.url())).await;
    daemon.ask("chat").await;
    first.kill().await;
    // The request is the first that can notice; its answer is the first good one of the other tier.
    let asked = now_ms();
    assert_eq!(daemon.ask("chat").await.1, "second");
    let answered = now_ms();
    first.restart().await;
    let incident = closed(&daemon).await;
    let request = json!({"from_ms": asked - 60_000, "to_ms": asked + 600_000, "simulated": false});
    let report = daemon.rpc("report", request).await.unwrap();
    let recovery =
        report["recoveries"].as_array().unwrap().iter().find(|r| r["incident"]["id"] == incident["id"]);
    let times = &recovery.unwrap()["incident"]["times"];
    let time = |name: &str| times[name].as_i64().unwrap_or_else(|| panic!("{name}: {times}"));
    // A check may see the dead server a moment before the request does.
    let began = time("began_ms");
    assert!(began <= answered && began >= asked - 1_500, "began {began}, asked {asked}, answered {answered}");
    let over = time("failed_over_ms");
    assert!((over - answered).abs() <= 100, "failed over {over}, by the stopwatch {answered}");
    let service = recovery.unwrap()["service_ms"].as_i64().unwrap();
    assert_eq!(service, over - began);
    assert_eq!(report["targets"][0]["held"], true, "{report}");
}

#[tokio::test]
async fn acts_stand_in_the_timeline_and_survive_a_kill() {
    let mut first = ServerProcess::saying("one").await;
    let second = ServerProcess::saying("two").await;
    let mut daemon = Daemon::with_config(&two_tiers(&first.url(), &second.url())).await;
    daemon.ask("chat").await;
    first.kill().await;
    daemon.ask("chat").await;
    let open = eventually("an incident", PATIENCE, || async { daemon.incidents().await.pop() }).await;
    let id = open["id"].clone();

    let severity = json!({"act": "severity", "severity": "P0", "reason": "customers call"});
    assert_eq!(act(&daemon, &id, severity).await.unwrap()[0]["severity"], "P0");
    act(&daemon, &id, json!({"act": "phase", "phase": "mitigate", "text": "moved the batch jobs"}))
        .await
        .unwrap();
    act(&daemon, &id, json!({"act": "runbook", "name": "provider-outage"})).await.unwrap();
    act(&daemon, &id, json!({"act": "step", "runbook": "provider-outage", "step": 2, "done": true}))
        .await
        .unwrap();
    daemon.rpc("incident.note", json!({"id": id, "text": "cabel loose"})).await.unwrap();
    let lines = detail(&daemon, &id).await["timeline"].as_array().unwrap().clone();
    let note = lines.iter().find(|l| l["kind"] == "note").unwrap()["id"].clone();
    act(&daemon, &id, json!({"act": "edit_note", "entry": note, "text": "cable loose"})).await.unwrap();
    let began = open["times"]["began_ms"].as_i64().unwrap();
    let correct =
        |at: i64| json!({"act": "correct", "milestone": "began", "at_ms": at, "reason": "the switch's log"});
    act(&daemon, &id, correct(began - 5_000)).await.unwrap();
    let refused = act(&daemon, &id, correct(now_ms() + 60_000)).await.unwrap_err();
    assert_eq!(refused["code"], "bad_request", "{refused}");

    first.restart().await;
    closed(&daemon).await;
    act(&daemon, &id, json!({"act": "post_mortem", "text": "# The cable"})).await.unwrap();
    daemon.kill().await;
    daemon.start().await;

    let seen = detail(&daemon, &id).await;
    assert_eq!(
        (&seen["incident"]["severity"], &seen["incident"]["severity_by_hand"]),
        (&json!("P0"), &json!(true))
    );
    assert_eq!(
        (&seen["incident"]["phase"], &seen["incident"]["runbook"]),
        (&json!("mitigate"), &json!("provider-outage"))
    );
    assert_eq!(seen["post_mortem"], "# The cable");
    assert_eq!((&seen["steps"][0]["step"], &seen["steps"][0]["done"]), (&json!(2), &json!(true)));
    let correction = &seen["corrections"][0];
    assert_eq!((&correction["was_ms"], &correction["now_ms"]), (&json!(began), &json!(began - 5_000)));
    let note = seen["timeline"].as_array().unwrap().iter().find(|l| l["kind"] == "note").unwrap().clone();
    assert_eq!((&note["text"], &note["earlier"]), (&json!("cable loose"), &json!(["cabel loose"])));
    let runbooks = daemon.rpc("runbooks", Value::Null).await.unwrap();
    let followed = runbooks.as_array().unwrap().iter().find(|r| r["name"] == "provider-outage").unwrap();
    assert!(followed["followed_ms"].is_i64() && followed["rehearsal_due"] == true, "{followed}");
}

#[tokio::test]
async fn a_tier_whose_incident_was_resolved_by_hand_is_silent_until_it_has_been_back() {
    let mut first = ServerProcess::saying("one").await;
    let second = ServerProcess::saying("two").await;
    let daemon = Daemon::with_config(&two_tiers(&first.url(), &second.url())).await;
    daemon.ask("chat").await;
    first.kill().await;
    daemon.ask("chat").await;
    let open = eventually("an incident", PATIENCE, || async { daemon.incidents().await.pop() }).await;
    act(&daemon, &open["id"], json!({"act": "resolve", "reason": "bought for parts"})).await.unwrap();
    assert_eq!(closed(&daemon).await["id"], open["id"]);
    first.restart().await;
    daemon.until_chain("chat", "the first tier is back", PATIENCE, |c| c["mode"] == "full").await;
    assert_eq!(daemon.incidents().await.len(), 1, "it was silent while it was out");
    first.kill().await;
    daemon.ask("chat").await;
    eventually("news of it", PATIENCE, || async {
        daemon.incidents().await.into_iter().find(|i| i["state"] == "open")
    })
    .await;
}

#[tokio::test]
async fn history_incidents_and_reports_are_searched_and_exported() {
    let mut first = ServerProcess::saying("one").await;
    let second = ServerProcess::saying("two").await;
    let daemon = Daemon::with_config(&two_tiers(&first.url(), &second.url())).await;
    daemon.ask("chat").await;
    first.kill().await;
    daemon.ask("chat").await;
    let history = async |filter: Value| {
        daemon.rpc("history", json!({"limit": 10, "offset": 0, "filter": filter})).await.unwrap()
    };
    let all = eventually("a change-over", PATIENCE, || async {
        let page = history(json!({})).await;
        (page["total"] != 0).then_some(page)
    })
    .await;
    assert_eq!(all["changes"][0]["trigger"], "refused");
    assert_eq!(history(json!({"text": "REFUSED", "direction": "over"})).await["total"], all["total"]);
    assert_eq!(history(json!({"simulated": true})).await["total"], 0);
    let csv = daemon.rpc("history.export", json!({"filter": {}, "format": "csv"})).await.unwrap();
    assert!(csv["text"].as_str().unwrap().contains("chat,false,over,first,second,refused"), "{csv}");
    let found = json!({"limit": 10, "offset": 0, "filter": {"text": "first", "kinds": ["outage"]}});
    assert_eq!(daemon.rpc("incidents", found).await.unwrap()["total"], 1);
    let days = json!({"days": 90, "offset_minutes": 0, "simulated": null});
    let days = daemon.rpc("incidents.days", days).await.unwrap();
    let today = days.as_array().unwrap().last().unwrap()["counts"].clone();
    let total: i64 = today.as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).sum();
    assert_eq!((days.as_array().unwrap().len(), total), (90, 1), "{today}");

    let path = daemon.path("report.pdf");
    let output = std::process::Command::new(harness::process::program("changeoverd"))
        .args(["report", "--days", "1", "--format", "pdf", "--output"])
        .arg(&path)
        .arg("--data")
        .arg(daemon.path("data"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(std::fs::read(&path).unwrap().starts_with(b"%PDF-"));
}
