//! What is wrong is said plainly, in the dialect's own shape, and nothing hangs.

use harness::{Daemon, ModelServer};
use serde_json::Value;

async fn one_tier() -> (ModelServer, Daemon) {
    let server = ModelServer::saying("ok").await;
    let yaml = format!(
        "{{version: 1, chains: [{{name: chat, tiers: [{{name: a, provider: other, model: m, url: '{}'}}]}}]}}",
        server.url()
    );
    (server, Daemon::with_config(&yaml).await)
}

async fn error_of(response: reqwest::Response, status: u16) -> Value {
    assert_eq!(response.status(), status);
    let body: Value = response.json().await.unwrap();
    let error = &body["error"];
    assert!(error["message"].is_string() && error["type"].is_string(), "{body}");
    error.clone()
}

#[tokio::test]
async fn requests_that_cannot_be_served_get_the_dialects_error() {
    let (_server, daemon) = one_tier().await;
    let chat = "/v1/chat/completions";
    error_of(daemon.post(chat, "this is not JSON".into()).await, 400).await;
    error_of(daemon.post(chat, r#"{"messages":[]}"#.into()).await, 400).await;
    let body = r#"{"model":"nobody","messages":[{"role":"user","content":"x"}]}"#;
    let unknown = error_of(daemon.post(chat, body.into()).await, 404).await;
    assert_eq!(unknown["code"], "model_not_found");
    assert!(unknown["message"].as_str().unwrap().contains("chat"), "{unknown}");
    error_of(daemon.post("/v1/nowhere", "{}".into()).await, 404).await;
    let large =
        format!(r#"{{"model":"chat","messages":[{{"role":"user","content":"{}"}}]}}"#, "x".repeat(33 << 20));
    error_of(daemon.post(chat, large).await, 413).await;
    let models: Value =
        reqwest::get(format!("{}/v1/models", daemon.endpoint)).await.unwrap().json().await.unwrap();
    assert_eq!(models["data"][0]["id"], "chat");
}

#[tokio::test]
async fn a_taken_port_names_its_holder_and_how_to_choose_another() {
    let holder = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = holder.local_addr().unwrap().to_string();
    let mut daemon = Daemon::new();
    daemon.arg("--listen");
    daemon.arg(&address);
    let refusal = daemon.refused().await;
    assert_eq!(refusal.code, Some(1));
    let said = &refusal.stderr;
    for part in
        [address.rsplit(':').next().unwrap(), "system", &std::process::id().to_string(), "endpoint.listen"]
    {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
}

#[tokio::test]
async fn a_damaged_database_is_refused_and_left_as_it_is() {
    let mut daemon = Daemon::practice().await;
    assert_eq!(daemon.stop().await, Some(0));
    let path = daemon.path("data/changeover.sqlite");
    let log = std::fs::metadata(daemon.path("data/changeover.sqlite-wal")).map_or(0, |m| m.len());
    assert_eq!(log, 0, "a clean end folds the write-ahead log into the database");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[100..middle].fill(0xAA);
    std::fs::write(&path, &bytes).unwrap();
    let refusal = daemon.refused().await;
    assert_eq!(refusal.code, Some(1));
    assert!(
        refusal.stderr.contains("changeover.sqlite") && refusal.stderr.contains("backup"),
        "{}",
        refusal.stderr
    );
    assert_eq!(std::fs::read(&path).unwrap(), bytes, "the file was touched");
}

#[tokio::test]
async fn a_second_program_on_the_same_data_is_refused() {
    let daemon = Daemon::practice().await;
    let refusal = daemon.refused().await;
    assert_eq!(refusal.code, Some(1));
    assert!(refusal.stderr.contains(&daemon.pid().to_string()), "{}", refusal.stderr);
}

#[tokio::test]
async fn the_screens_need_the_token_and_refuse_foreign_sites() {
    let daemon = Daemon::practice().await;
    let client = reqwest::Client::new();
    let rpc = format!("{}/rpc/overview", daemon.admin);
    assert_eq!(client.post(&rpc).send().await.unwrap().status(), 401);
    let foreign = client.post(&rpc).header("origin", "https://evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    let rebound = client.get(&daemon.admin).header("host", "evil.example").send().await.unwrap();
    assert_eq!(rebound.status(), 403);
    let page = client.get(&daemon.admin).send().await.unwrap();
    assert!(page.headers().contains_key("content-security-policy"));
    assert!(page.text().await.unwrap().to_lowercase().contains("<!doctype html>"));
}
