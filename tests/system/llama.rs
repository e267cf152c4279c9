//! A real llama.cpp server as the first tier: loading, ready, saturated, stopped, killed. Skipped where it cannot be had.

use std::time::Duration;

use futures::StreamExt;
use harness::{Daemon, ModelServer, llama::LlamaServer};
use serde_json::{Value, json};
use tokio::time::Instant;

const SOON: Duration = Duration::from_secs(30);

fn config(first: &str, second: &str) -> String {
    format!(
        "version: 1
chains:
  - name: chat
    failback: {{ hold: 500ms, ramp: 1s }}
    tiers:
      - name: llama
        provider: llama.cpp
        model: tiny
        url: '{first}'
        timeouts: {{ first_token: 5s }}
        probe: {{ kind: http, path: /health, every: 1s, timeout: 1s, down_after: 2, up_after: 2 }}
        load: {{ every: 1s }}
      - {{ name: second, provider: other, model: m, url: '{second}' }}
"
    )
}

/// The first tier's replica in a chain's view.
fn llama(chain: &Value) -> &Value {
    &chain["tiers"][0]["replicas"][0]
}

fn finds(chain: &Value, what: &str) -> bool {
    let findings = llama(chain)["load"]["findings"].as_array();
    findings.is_some_and(|all| all.iter().any(|f| f["what"].as_str().is_some_and(|w| w.contains(what))))
}

async fn busy(daemon: &Daemon) -> impl Sized + use<> {
    let body = json!({"model": "chat", "stream": true, "max_tokens": 30_000,
        "messages": [{"role": "user", "content": "Hello"}]});
    let response = daemon.post("/v1/chat/completions", body.to_string()).await;
    assert_eq!(response.headers()["x-changeover-tier"], "llama");
    let mut stream = Box::pin(response.bytes_stream());
    stream.next().await.unwrap().unwrap();
    tokio_util::task::AbortOnDropHandle::new(tokio::task::spawn_local(async move {
        while let Some(Ok(_)) = stream.next().await {}
    }))
}

#[tokio::test(flavor = "local")]
async fn a_real_llama_server_is_seen_ready_saturated_stopped_and_killed() {
    let Some(mut server) = LlamaServer::prepared(2).await else { return };
    let second = ModelServer::saying("from the second").await;
    let daemon = Daemon::with_config(&config(&server.url(), &second.url())).await;
    let until = async |what: &str, fits: &dyn Fn(&Value) -> bool| {
        let began = Instant::now();
        let chain = daemon.until_chain("chat", what, SOON, fits).await;
        println!("{what}: {} ms", began.elapsed().as_millis());
        chain
    };
    until("it is down before it is started", &|c| llama(c)["health"] == "down").await;
    server.start().await;
    until("ready, with its slots", &|c| llama(c)["health"] == "healthy" && llama(c)["load"]["slots"] == 2)
        .await;
    until("the first tier serves", &|c| c["mode"] == "full").await;

    let (one, two) = (busy(&daemon).await, busy(&daemon).await);
    let chain = until("both slots busy: saturated", &|c| finds(c, "all of its 2 slots are busy")).await;
    assert_eq!((&llama(&chain)["health"], &chain["serving"]), (&json!("degraded"), &json!("llama")));
    drop((one, two));
    until("its clients hung up: well again", &|c| llama(c)["health"] == "healthy").await;

    server.signal("STOP").await;
    until("stopped: out of service", &|c| c["serving"] == "second").await;
    assert_eq!(daemon.ask("chat").await.1, "second");
    server.signal("CONT").await;
    until("goes on: back in full", &|c| c["mode"] == "full").await;

    server.kill().await;
    assert_eq!(daemon.ask("chat").await.1, "second");
    until("killed: down", &|c| llama(c)["health"] == "down").await;
    server.start().await;
    until("started again: back in full", &|c| c["mode"] == "full").await;
}

#[tokio::test]
async fn a_real_llama_server_that_loads_is_shown_so_and_gets_traffic_when_it_is_ready() {
    let Some(mut server) = LlamaServer::prepared(1).await else { return };
    let Some(held_up) = server.held_up().await else { return };
    server.start_to_load().await;
    let second = ModelServer::saying("from the second").await;
    // Seldom, so that between two checks nothing but the first one keeps traffic away.
    let seldom = config(&server.url(), &second.url()).replace("every: 1s, timeout", "every: 60s, timeout");
    let daemon = Daemon::with_config(&seldom).await;
    let loads = |c: &Value| {
        let why = llama(c)["cool_down_reason"].as_str().unwrap_or_default();
        why.to_ascii_lowercase().contains("loading")
    };
    daemon.until_chain("chat", "it is shown as loading", SOON, loads).await;
    let chain = daemon
        .until_chain("chat", "a second check found it loading", SOON, |c| {
            assert!(loads(c) && c["tiers"][0]["may_serve"] == false, "{}", c["tiers"][0]);
            assert_eq!((&llama(c)["breaker"], &c["serving"]), (&json!("closed"), &json!("second")));
            llama(c)["checks"].as_array().is_some_and(|checks| checks.len() >= 2)
        })
        .await;
    assert_ne!(llama(&chain)["health"], "down");
    let checks = llama(&chain)["checks"].as_array().unwrap();
    assert!(
        checks.iter().all(|c| c["error"].as_str().is_some_and(|e| e.contains("Loading model"))),
        "{checks:?}"
    );
    assert_eq!(daemon.ask("chat").await, ("from the second".to_owned(), "second".to_owned()));

    drop(held_up);
    let ready = |c: &Value| c["serving"] == "llama" && c["mode"] == "full";
    let chain = daemon.until_chain("chat", "ready: it serves", SOON, ready).await;
    assert_eq!((&llama(&chain)["breaker"], &llama(&chain)["failures"]), (&json!("closed"), &json!(0)));
    // Its model never ends by itself.
    let few = json!({"model": "chat", "max_tokens": 4, "messages": [{"role": "user", "content": "Hello"}]});
    let response = daemon.post("/v1/chat/completions", few.to_string()).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["x-changeover-tier"]),
        (200, &"llama".parse().unwrap())
    );
}
