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
    daemon.chat("chat", true).await.text().await.unwrap();
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

    let incident = daemon.incidents().await.pop().unwrap();
    let around = daemon.rpc("incident.around", json!({"id": incident["id"]})).await.unwrap();
    let [own, other] = [&around["tiers"][0], &around["tiers"][1]];
    assert_eq!(
        (&own["tier"], &own["failed"], &own["answered"]),
        (&json!("first"), &json!(true), &json!(false))
    );
    assert_eq!((&other["tier"], &other["answered"]), (&json!("second"), &json!(true)), "{around}");
    assert!(own["state"].as_str().is_some_and(|s| !s.is_empty()), "{around}");
    assert_eq!(around["cost"]["fallback"].as_f64(), Some(tokens), "{around}");
    let chart = |metric: &str| {
        let charts = around["charts"].as_array().unwrap();
        charts.iter().find(|c| c["metric"] == metric).unwrap_or_else(|| panic!("{metric}: {around}"))["series"].clone()
    };
    assert_eq!(chart("errors")["lines"][0]["name"], "refused", "{around}");
    let errors = chart("errors");
    let marks = errors["marks"].as_array().unwrap().iter().map(|mark| mark["label"].as_str().unwrap());
    let marks: Vec<_> = marks.collect();
    assert!(marks.contains(&"failover to second") && marks.contains(&"revision 1"), "{marks:?}");
    let first_tokens = chart("first_token")["lines"][0]["values"].as_array().unwrap().clone();
    assert!(first_tokens.iter().any(|v| v.is_number()), "{around}");

    daemon.stop().await;
    daemon.write_config(
        &config(&first.url(), &second.url()).replace("name: chat\n", "name: chat\n    deadline: 60s\n"),
    );
    daemon.start().await;
    let changed = report(&daemon).await;
    assert_eq!(changed["evidence"][0]["stale"], true, "the chain changed: {}", changed["evidence"]);
    assert!(changed["evidence"][0]["why"].as_str().unwrap().contains("drill it again"), "{changed}");
}

/// Tries of the tier `second`, a hundred tokens each, in every second minute of an hour.
fn spent(hour_ms: i64, tokens: i64) -> Vec<store::AttemptMinute> {
    let row = |minute: i64| store::AttemptMinute {
        minute,
        chain: "chat".into(),
        tier: "second".into(),
        simulated: false,
        result: "ok".into(),
        count: 1,
        tokens_in: tokens / 30,
        tokens_out: 0,
    };
    (0..30).map(|at| row(hour_ms / 60_000 + 2 * at)).collect()
}

#[tokio::test]
async fn an_hour_that_costs_far_more_than_usual_opens_an_incident_of_its_own() {
    let (first, second) = (ServerProcess::saying("one").await, ServerProcess::saying("two").await);
    let mut daemon = Daemon::new();
    daemon.write_config(&config(&first.url(), &second.url()));
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    let hour = |ago: i64| (now / 3_600_000 - ago) * 3_600_000;
    let mut attempts: Vec<_> = (2..10).flat_map(|ago| spent(hour(ago), 30)).collect();
    attempts.extend(spent(now - 59 * 60_000, 3_000));
    let data = daemon.path("data");
    std::fs::create_dir_all(&data).unwrap();
    let store = store::Store::open(&data).await.unwrap();
    store.commit(&store::Commit { attempts, ..store::Commit::default() }).await.unwrap();
    store.close().await;
    drop(store);
    daemon.start().await;
    let incident =
        eventually("an incident of cost", PATIENCE, || async { daemon.incidents().await.pop() }).await;
    assert_eq!((&incident["kind"], &incident["severity"]), (&json!("cost"), &json!("P2")), "{incident}");
    assert_eq!(incident["title"], "chat: cost of second is far above the usual");
    assert!(incident["cause"].as_str().unwrap().contains("30.00 USD is usual"), "{incident}");
    daemon.stop().await;
    daemon.start().await;
    assert_eq!(daemon.incidents().await.len(), 1, "it goes on, and is not opened again");
}

/// A daemon on a year that `year` has made.
async fn on_a_year(size: year::Size) -> Daemon {
    let mut daemon = Daemon::new();
    daemon.write_config(&config("http://127.0.0.1:9", "http://127.0.0.1:9"));
    let data = daemon.path("data");
    std::fs::create_dir_all(&data).unwrap();
    year::write(&data, size).await;
    daemon.start().await;
    daemon
}

#[tokio::test]
async fn a_report_over_a_year_of_minutes_holds_what_the_year_held() {
    let daemon = on_a_year(year::Size::PerMinute).await;
    let seen = report(&daemon).await;
    assert!(seen["requests"].as_u64().unwrap() > 1_500_000, "{}", seen["requests"]);
    assert!(seen["incidents"].as_u64().unwrap() > 250, "{}", seen["incidents"]);
    assert!(seen["availability"].as_f64().unwrap() < 1.0, "{}", seen["availability"]);
}

#[tokio::test]
async fn a_long_history_is_listed_page_by_page_and_goes_on_where_it_ended() {
    let daemon = on_a_year(year::Size::Long(2_000)).await;
    // The chain's servers are not there, so that an incident of this run comes on top.
    let newest = eventually("an incident of this run", PATIENCE, || async {
        let page = daemon.rpc("incidents", json!({"limit": 1, "offset": 0})).await.unwrap();
        (page["incidents"][0]["id"].as_str()?.parse::<u32>().unwrap() > 2_000).then_some(page)
    })
    .await;
    assert!(newest["total"].as_u64().unwrap() > 2_000, "{newest}");
    let page = json!({"limit": 100, "before": "2001", "offset": 0});
    let old = daemon.rpc("incidents", page).await.unwrap();
    let ids: Vec<_> =
        old["incidents"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap()).collect();
    assert_eq!((ids.len(), ids[0], ids[99]), (100, "2000", "1901"));
    let of_one = json!({"limit": 100, "offset": 0, "filter": {"incident": "2000"}});
    let history = daemon.rpc("history", of_one).await.unwrap();
    assert_eq!((&history["total"], &history["changes"][0]["id"]), (&json!(10), &json!("20000")), "{history}");
    let whole = daemon.rpc("history", json!({"limit": 1, "offset": 0, "filter": {}})).await.unwrap();
    assert!(whole["total"].as_u64().unwrap() >= 20_000, "{}", whole["total"]);
}
