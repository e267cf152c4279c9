//! Real processes that are started anew: after a kill, not a sixth time, by a systemd unit, and by commands that are none.

mod bus;

use std::{fs, path::PathBuf, time::Duration};

use harness::{
    Daemon, ModelServer, eventually,
    process::{free_port, program},
};
use serde_json::{Value, json};
use tokio::process::Command;

use self::bus::Bus;

const SOON: Duration = Duration::from_secs(30);

struct Supervised {
    daemon: Daemon,
    pids: PathBuf,
    _second: ModelServer,
    bus: Option<Bus>,
}

/// A chain whose first tier is a server that a command starts; the command notes each process.
async fn supervised(command: &dyn Fn(u16, &str) -> Value, restart: &str) -> Supervised {
    let daemon = Daemon::new();
    let port = free_port();
    let command = command(port, &daemon.path("pids").display().to_string());
    rig(daemon, port, &format!("command: {command}, {restart}"), None).await
}

/// The same with a unit of systemd's, of which the bus knows only `model.service`.
async fn with_unit(unit: &str) -> Supervised {
    let mut daemon = Daemon::new();
    let port = free_port();
    let bus = Bus::with("model.service", port, &daemon.path("pids").display().to_string());
    daemon.env("DBUS_SESSION_BUS_ADDRESS", &bus.address);
    let restart = format!("unit: {unit}, user: true, limit: 2, window: 300s");
    rig(daemon, port, &restart, Some(bus)).await
}

async fn rig(mut daemon: Daemon, port: u16, restart: &str, bus: Option<Bus>) -> Supervised {
    let second = ModelServer::saying("from the second").await;
    let pids = daemon.path("pids");
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
            restart: {{ enabled: true, delay: 200ms, healthy_within: 20s, {restart} }}
      - {{ name: second, provider: other, model: m, url: '{}' }}
",
        second.url()
    ));
    daemon.start().await;
    Supervised { daemon, pids, _second: second, bus }
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

#[tokio::test]
async fn systemd_is_asked_to_restart_the_unit_and_the_server_comes_back() {
    let rig = with_unit("model.service").await;
    let pid = rig.started(1).await;
    rig.serves("first").await;
    assert_eq!(rig.daemon.ask("chat").await.1, "first");
    kill(&pid).await;
    rig.started(2).await;
    rig.serves("first").await;
    rig.note("it answers its checks again").await;
    let calls = rig.bus.as_ref().unwrap().calls();
    assert_eq!(calls, ["called model.service replace"; 2]);
}

#[tokio::test]
async fn what_systemd_says_of_a_unit_it_does_not_know_stands_on_the_incident() {
    let rig = with_unit("missing.service").await;
    rig.note("not started again: 2 starts").await;
    assert_eq!(rig.daemon.ask("chat").await.1, "second");
    let timeline = rig.timeline().await;
    let said = "systemd refused to restart missing.service";
    let found = |t: &String| t.contains(said) && t.contains("Unit missing.service not found.");
    assert!(timeline.iter().any(found), "{timeline:#?}");
}
