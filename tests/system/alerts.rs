//! People are told: by a real mail server and by webhooks, once per outage and once when it is over, whatever happens
//! to the sinks and to the program meanwhile.

#![expect(clippy::disallowed_methods, reason = "a test's tasks end with its runtime")]

use std::{
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use harness::{Daemon, ServerProcess, eventually};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

const PATIENCE: Duration = Duration::from_secs(30);

/// A mail server that prints what it takes.
struct MailSink {
    port: u16,
    mails: Arc<Mutex<Vec<Value>>>,
    _child: Child,
}

impl MailSink {
    async fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
        let python = folder.join(".venv/bin/python");
        assert!(python.exists(), "{} is missing: run `make test`, which makes it", python.display());
        let mut child = Command::new(python)
            .arg(folder.join("mail_sink.py"))
            .args(["changeover", "the-password"])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next_line().await.unwrap().expect("the mail server says its port").parse().unwrap();
        let mails = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&mails);
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                taken.lock().unwrap().push(serde_json::from_str(&line).unwrap());
            }
        });
        Self { port, mails, _child: child }
    }

    fn mails(&self) -> Vec<Value> {
        self.mails.lock().unwrap().clone()
    }
}

/// How many documents are still refused, and those that were taken.
type Taken = Arc<Mutex<(u32, Vec<Value>)>>;

/// An address that takes documents, after it refused so many.
#[derive(Clone)]
struct Hook {
    url: String,
    state: Taken,
}

impl Hook {
    async fn start(refusals: u32) -> Self {
        let state = Arc::new(Mutex::new((refusals, Vec::new())));
        let take = |State(state): State<Taken>, Json(document): Json<Value>| async move {
            let mut state = state.lock().unwrap();
            if state.0 > 0 {
                state.0 -= 1;
                return StatusCode::BAD_GATEWAY;
            }
            state.1.push(document);
            StatusCode::ACCEPTED
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/secret-token", listener.local_addr().unwrap());
        let router = Router::new().route("/secret-token", post(take)).with_state(Arc::clone(&state));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, state }
    }

    fn documents(&self) -> Vec<Value> {
        self.state.lock().unwrap().1.clone()
    }
}

fn configuration(first: &str, second: &str, mail: u16, rest: &str) -> String {
    let probe = "probe: { kind: http, path: /health, every: 1s, timeout: 1s, down_after: 2, up_after: 2 }";
    format!(
        "version: 1
chains:
  - name: chat
    failback: {{ hold: 500ms, ramp: 1s }}
    tiers:
      - {{ name: first, provider: llama.cpp, model: m, url: '{first}', {probe} }}
      - {{ name: second, provider: llama.cpp, model: m, url: '{second}', {probe} }}
alerts:
  desktop: false
  link: http://127.0.0.1:4748
  email:
    - {{ name: ops, server: 127.0.0.1, port: {mail}, tls: none, user: changeover, password: env:SMTP_PASSWORD,
        from: changeover@example.org, to: [ops@example.org, 'On Call <call@example.org>'] }}
  webhooks:
    - {{ name: pager, shape: pagerduty, url: env:PAGER_URL, key: env:PAGER_KEY, allow_private: true }}
    - {{ name: slack, shape: slack, url: env:SLACK_URL, allow_private: true }}
{rest}
"
    )
}

async fn daemon(yaml: &str, pager: &Hook, slack: &Hook, password: &str) -> Daemon {
    let mut daemon = Daemon::new();
    daemon.write_config(yaml);
    let secrets = [("PAGER_URL", pager.url.as_str()), ("SLACK_URL", &slack.url)];
    for (name, value) in
        secrets.into_iter().chain([("PAGER_KEY", "the-routing-key"), ("SMTP_PASSWORD", password)])
    {
        daemon.env(name, value);
    }
    daemon.start().await;
    daemon
}

async fn count(what: &str, wanted: usize, seen: impl Fn() -> usize) {
    eventually(what, PATIENCE, || async { (seen() >= wanted).then_some(()) }).await;
}

#[tokio::test]
async fn an_outage_of_many_requests_is_one_alert_per_channel_and_one_end_also_over_a_kill() {
    let mut first = ServerProcess::saying("one").await;
    let mut second = ServerProcess::saying("two").await;
    let (mail, pager, slack) = (MailSink::start().await, Hook::start(2).await, Hook::start(0).await);
    let yaml = configuration(&first.url(), &second.url(), mail.port, "");
    let mut daemon = daemon(&yaml, &pager, &slack, "the-password").await;
    daemon.ask("chat").await;
    first.kill().await;
    second.kill().await;
    let daemon_now = &daemon;
    let burst = |n: usize| async move {
        let failing = futures::future::join_all(
            (0..n).map(|_| async move { daemon_now.chat("chat", false).await.status().is_server_error() }),
        );
        failing.await.into_iter().filter(|failed| *failed).count()
    };
    let mut failed = 0;
    for _ in 0..100 {
        failed += burst(100).await;
    }
    assert_eq!(failed, 10_000);
    count("a mail", 1, || mail.mails().len()).await;
    count("a page, at the third try", 1, || pager.documents().len()).await;
    count("a message", 1, || slack.documents().len()).await;

    daemon.kill().await;
    daemon.start().await;
    for _ in 0..5 {
        daemon.chat("chat", false).await;
    }
    first.restart().await;
    second.restart().await;
    daemon.until_chain("chat", "the first tier answers again", PATIENCE, |c| c["mode"] == "full").await;
    count("a mail of the end", 2, || mail.mails().len()).await;
    count("a page of the end", 2, || pager.documents().len()).await;
    count("a message of the end", 2, || slack.documents().len()).await;
    eventually("every incident closes", PATIENCE, || async {
        daemon.incidents().await.iter().all(|i| i["state"] == "closed").then_some(())
    })
    .await;

    let mails = mail.mails();
    assert_eq!(mails.len(), 2, "{mails:#?}");
    assert_eq!(mails[0]["subject"], "[P0] chat: no tier answers");
    assert_eq!(mails[1]["subject"], "[P0] chat: answers again");
    assert_eq!(mails[1]["references"], mails[0]["id"], "one conversation");
    assert_eq!(mails[0]["to"], json!(["ops@example.org", "call@example.org"]));
    assert!(mails[0]["body"].as_str().unwrap().contains("http://127.0.0.1:4748/#/incidents/"));
    let pages = pager.documents();
    assert_eq!(pages.len(), 2, "{pages:#?}");
    assert_eq!(
        (&pages[0]["event_action"], &pages[1]["event_action"]),
        (&json!("trigger"), &json!("resolve"))
    );
    assert_eq!(pages[0]["dedup_key"], pages[1]["dedup_key"]);
    assert_eq!(
        (&pages[0]["routing_key"], &pages[0]["payload"]["severity"]),
        (&json!("the-routing-key"), &json!("critical"))
    );
    assert_eq!(slack.documents().len(), 2);

    // Secrets stand in no record.
    let ledger = daemon.rpc("alerts", json!({"limit": 100, "offset": 0})).await.unwrap().to_string();
    for secret in ["the-password", "the-routing-key", "secret-token"] {
        assert!(!ledger.contains(secret), "{secret} is in {ledger}");
    }
    assert!(ledger.contains("held_back") && ledger.contains("no tier answers"), "{ledger}");
}

#[tokio::test]
async fn a_test_says_how_it_fared_and_what_to_do() {
    let first = ServerProcess::saying("one").await;
    let (mail, pager, slack) = (MailSink::start().await, Hook::start(0).await, Hook::start(0).await);
    let closed = "    - { name: forbidden, url: 'http://localhost.localdomain:9/x' }
    - { name: silent, url: 'http://127.0.0.1:1/x', allow_private: true }";
    let yaml = configuration(&first.url(), &first.url(), mail.port, closed);
    let daemon = daemon(&yaml, &pager, &slack, "a-wrong-password").await;
    let test = async |channel: &str| daemon.rpc("alert.test", json!({"channel": channel})).await;
    let sent = test("slack").await.unwrap();
    assert_eq!(sent["outcome"], "sent", "{sent}");
    assert_eq!(slack.documents().len(), 1);
    let wrong = test("ops").await.unwrap();
    assert_eq!(wrong["outcome"], "failed");
    let reason = wrong["reason"].as_str().unwrap();
    assert!(
        reason.contains("refuses the user or the password") && reason.contains("Settings, Keys"),
        "{reason}"
    );
    assert!(!reason.contains("a-wrong-password"), "{reason}");
    assert!(mail.mails().is_empty());
    let silent = test("silent").await.unwrap();
    assert_eq!(silent["outcome"], "failed");
    assert!(silent["reason"].as_str().unwrap().contains("127.0.0.1:1 refused"), "{silent}");
    assert_eq!(test("pager").await.unwrap()["outcome"], "sent");
    assert_eq!(pager.documents().len(), 2, "a test resolves what it opened");
    assert_eq!(test("nobody").await.unwrap_err()["code"], "not_found");
}

#[tokio::test]
async fn what_is_wrong_in_the_alerts_is_said_with_its_place() {
    let yaml = "version: 1
alerts:
  quiet_hours: { from: '25:00', to: '07:00' }
  email:
    - { name: a, server: smtp.example.org, from: nobody, to: [], user: me, password: hunter2 }
  webhooks:
    - { name: a, shape: slack, url: 'https://hooks.slack.com/services/T/B/x' }
    - { name: b, url: 'http://10.0.0.1/x' }
    - { name: c, url: 'https://example.org/x', template: { title: '{tir}' } }
    - { name: d, shape: pagerduty }
chains: []
";
    let mut daemon = Daemon::new();
    daemon.write_config(yaml);
    let refusal = daemon.refused().await;
    assert_eq!(refusal.code, Some(78));
    for place in [
        "alerts.quiet_hours",
        "alerts.email[0].to",
        "alerts.email[0].password",
        "alerts.webhooks[0].name",
        "alerts.webhooks[0].url",
        "alerts.webhooks[1].url",
        "alerts.webhooks[2].template",
        "alerts.webhooks[3].key",
    ] {
        assert!(refusal.stderr.contains(place), "{place} is not in: {}", refusal.stderr);
    }
    assert!(!refusal.stderr.contains("hunter2"), "{}", refusal.stderr);
}
