//! Real processes that are started anew: after a kill, not a sixth time, and by commands that are none.

use std::{fs, path::PathBuf, time::Duration};

use harness::{
    Daemon, ModelServer, eventually,
    process::{free_port, program},
};
use serde_json::{Value, json};
use tokio::process::Command;

const SOON: Duration = Duration::from_secs(30);

struct Supervised {
    daemon: Daemon,
    pids: PathBuf,
    _second: ModelServer,
}

/// A chain whose first tier is a server that a command starts; the command notes each process.
async fn supervised(command: &dyn Fn(u16, &str) -> Value, restart: &str) -> Supervised {
    let second = ModelServer::saying("from the second").await;
    let mut daemon = Daemon::new();
    let pids = daemon.path("pids");
    let port = free_port();
    let command = command(port, &pids.display().to_string());
    daemon.write_config(&format!(
        "version: 1
chains:
  - name: chat
    failback: {{ hold: 200ms, ramp: 500ms }}
    tiers:
      - name: first
        provider: other
        model: m
        probe: {{ kind: http, path: /health, every: 1s, timeout: 1s, down_after: 2, up_after: 1 }}
        replicas:
          - url: 'http://127.0.0.1:{port}'
            restart: {{ enabled: true, command: {command}, delay: 200ms, healthy_within: 20s, {restart} }}
      - {{ name: second, provider: other, model: m, url: '{}' }}
",
        second.url()
    ));
    daemon.start().await;
    Supervised { daemon, pids, _second: second }
}

fn server(port: u16, pids: &str) -> Value {
    let server = program("scripted-server").display().to_string();
    json!(["sh", "-c", format!("'{server}' {port} 'from the first' >/dev/null 2>&1 & echo $! >> '{pids}'")])
}

impl Supervised {
    fn pids(&self) -> Vec<String> {
        fs::read_to_string(&self.pids).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    async fn started(&self, times: usize) -> String {
        let what = format!("start {times}");
        eventually(&what, SOON, || async { self.pids().get(times - 1).cloned() }).await
    }

    async fn serves(&self, tier: &str) {
        self.daemon.until_chain("chat", tier, SOON, |c| c["serving"] == tier).await;
    }

    async fn note(&self, words: &str) -> Value {
        let note = |c: &Value| c["tiers"][0]["replicas"][0]["restart"].clone();
        let has = |c: &Value| note(c)["words"].as_str().is_some_and(|w| w.contains(words));
        note(&self.daemon.until_chain("chat", words, SOON, has).await)
    }

    /// The timeline of the newest incident.
    async fn timeline(&self) -> Vec<String> {
        let id = self.daemon.incidents().await[0]["id"].clone();
        let detail = self.daemon.rpc("incident", json!({ "id": id })).await.unwrap();
        let text = |e: &Value| format!("{} {}", e["kind"].as_str().unwrap(), e["text"].as_str().unwrap());
        detail["timeline"].as_array().unwrap().iter().map(text).collect()
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        for pid in self.pids() {
            _ = std::process::Command::new("kill").args(["-9", &pid]).status();
        }
    }
}

async fn kill(pid: &str) {
    assert!(Command::new("kill").args(["-9", pid]).status().await.unwrap().success());
}

#[tokio::test]
async fn a_killed_server_is_started_anew_and_not_a_sixth_time() {
    let rig = supervised(&server, "limit: 5, window: 300s").await;
    for nth in 1..=5 {
        let pid = rig.started(nth).await;
        rig.serves("first").await;
        rig.note("it answers its checks again").await;
        assert_eq!(rig.daemon.ask("chat").await.1, "first");
        kill(&pid).await;
        assert_eq!(rig.daemon.ask("chat").await.1, "second");
    }
    let note = rig.note("not started again: 5 starts within 300 s").await;
    assert_eq!(note["failed"], true);
    assert_eq!(rig.pids().len(), 5);
    assert_eq!(rig.daemon.ask("chat").await.1, "second", "routing goes on");
    let timeline = rig.timeline().await;
    for words in ["starting it anew with the command sh", "it answers its checks again", "not started again"]
    {
        assert!(
            timeline.iter().any(|t| t.starts_with("restart ") && t.contains(words)),
            "{words}: {timeline:#?}"
        );
    }
}

#[tokio::test]
async fn a_command_that_does_not_exist_is_an_error_on_the_incident_and_routing_goes_on() {
    let missing = |_: u16, _: &str| json!(["/nonexistent/start-model"]);
    let rig = supervised(&missing, "limit: 2, window: 300s").await;
    rig.note("not started again: 2 starts").await;
    assert_eq!(rig.daemon.ask("chat").await.1, "second");
    let timeline = rig.timeline().await;
    let failed = "the command /nonexistent/start-model failed: /nonexistent/start-model cannot be run";
    assert!(timeline.iter().any(|t| t.starts_with("restart ") && t.contains(failed)), "{timeline:#?}");
}
