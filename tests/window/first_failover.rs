//! A tier's process is killed: within a second the window shows it, and a notification says what to do.

use std::time::Duration;

use harness::{
    ServerProcess,
    desktop::{Home, notifications, put_notifications_away},
    eventually,
};
use thirtyfour::By;
use tokio::time::Instant;

/// The window tells within a second; a machine that builds and tests at once may be three times as slow.
const LIMIT: Duration = Duration::from_secs(3);

#[tokio::test]
async fn the_window_and_a_notification_tell_of_a_killed_server() {
    let mut first = ServerProcess::saying("one").await;
    let second = ServerProcess::saying("two").await;
    let probe = "probe: { kind: http, path: /health, every: 1s, timeout: 1s, down_after: 2, up_after: 2 }";
    let yaml = format!(
        "version: 1
chains:
  - name: chat
    failback: {{ hold: 500ms, ramp: 1s }}
    tiers:
      - {{ name: first, provider: llama.cpp, model: m, url: '{}', {probe} }}
      - {{ name: second, provider: llama.cpp, model: m, url: '{}', {probe} }}
",
        first.url(),
        second.url()
    );
    let desktop = Home::new(Some(&yaml)).await.open().await;
    desktop.until_text("status-sentence", Duration::from_secs(20), |t| t.contains("first")).await;
    assert_eq!(desktop.ask("chat").await, "first");

    first.kill().await;
    assert_eq!(desktop.ask("chat").await, "second");
    let asked = Instant::now();
    desktop.until_text("status-sentence", LIMIT, |t| t.contains("tier 2")).await;
    println!("the window told of it {:?} after the answer", asked.elapsed());

    let (title, body) = eventually("a desktop notification", Duration::from_secs(5), || async {
        put_notifications_away().await;
        notifications().await.into_iter().find(|(_, body)| body.contains("first"))
    })
    .await;
    for part in ["first", "second"] {
        assert!(format!("{title} {body}").contains(part), "{part} is not in {title}: {body}");
    }
    assert!(body.contains("refused") && body.contains("start the server"), "{title}: {body}");
    desktop.picture("overview-failed-over").await;

    desktop.go("incidents").await;
    let row = desktop.find("incident-row").await;
    desktop.picture("incidents-open").await;
    row.find(By::Css("a")).await.unwrap().click().await.unwrap();
    desktop.find("incident-times").await;
    assert!(!desktop.texts("incident-timeline-entry").await.is_empty());
    desktop.picture("incident-detail").await;

    first.restart().await;
    desktop.go("overview").await;
    desktop.until_text("status-sentence", Duration::from_secs(20), |t| t.contains("tier 1")).await;
    desktop.go("reports").await;
    desktop.find("report-chart").await;
    desktop.find("recovery-row").await;
    desktop.picture("reports").await;
    desktop.quit().await;
}
