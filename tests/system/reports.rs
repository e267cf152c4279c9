//! Reports of the real program: held against the operator's own targets and prices, and stale once the chain changed.

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
      - {{ name: first, provider: llama.cpp, model: m, url: '{first}', price: {{ input: 0, output: 0 }}, {probe} }}
      - {{ name: second, provider: llama.cpp, model: m, url: '{second}', price: {{ input: 1000000, output: 0 }}, {probe} }}
targets: {{ routing_rto: 1ms, availability: 0.5, preferences_rto: 1h }}
alerts: {{ desktop: false }}
"
    )
}

async fn report(daemon: &Daemon) -> Value {
    let period = json!({"from_ms": 0, "to_ms": 4_000_000_000_000_i64, "simulated": false});
    daemon.rpc("report", period).await.unwrap()
}

fn target<'a>(report: &'a Value, component: &str) -> &'a Value {
    let targets = report["targets"].as_array().unwrap();
    targets.iter().find(|t| t["component"] == component).unwrap_or_else(|| panic!("{component}: {report}"))
}

#[tokio::test]
async fn a_report_is_held_against_the_operators_targets_and_says_when_its_evidence_is_stale() {
    let mut first = ServerProcess::saying("one").await;
    let second = ServerProcess::saying("two").await;
    let mut daemon = Daemon::with_config(&config(&first.url(), &second.url())).await;
    let before = report(&daemon).await;
    assert_eq!(before["evidence"][0]["stale"], true, "nothing proves it yet: {before}");
    daemon.ask("chat").await;
    first.kill().await;
    assert_eq!(daemon.ask("chat").await.1, "second");
    let seen = eventually("the failover is in the report", PATIENCE, || async {
        let report = report(&daemon).await;
        (report["evidence"][0]["stale"] == false && report["requests"] == 2).then_some(report)
    })
    .await;
    let routing = target(&seen, "API routing, RTO");
    assert_eq!((&routing["target_ms"], &routing["held"]), (&json!(1), &json!(false)), "{routing}");
    assert_eq!(seen["availability_target"], 0.5);
    assert_eq!(seen["chains"][0]["budget"], 1.0, "half of two requests may fail");
    let start = target(&seen, "Preferences, RTO");
    assert_eq!((&start["target_ms"], &start["held"]), (&json!(3_600_000), &json!(true)), "{start}");
    assert!(start["measured_ms"].as_i64().unwrap() < 30_000, "{start}");
    let lost = target(&seen, "Preferences, RPO");
    assert_eq!((&lost["measured_ms"], &lost["held"]), (&json!(0), &json!(true)));
    assert_eq!(target(&seen, "Conversation history, RPO")["measured_ms"], Value::Null);
    let tier = &seen["tiers"][1];
    let tokens = tier["tokens_in"].as_f64().unwrap();
    assert!(tokens > 0.0, "{tier}");
    assert_eq!((tier["cost"].as_f64(), seen["cost"]["fallback"].as_f64()), (Some(tokens), Some(tokens)));

    daemon.stop().await;
    daemon.write_config(
        &config(&first.url(), &second.url()).replace("name: chat\n", "name: chat\n    deadline: 60s\n"),
    );
    daemon.start().await;
    let changed = report(&daemon).await;
    assert_eq!(changed["evidence"][0]["stale"], true, "the chain changed: {}", changed["evidence"]);
    assert!(changed["evidence"][0]["why"].as_str().unwrap().contains("drill it again"), "{changed}");
}
