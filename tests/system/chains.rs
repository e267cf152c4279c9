//! Chains of real servers: OpenAI-compatible ones and Ollama's own API; the order and its changes.

use std::time::Duration;

use harness::{Daemon, ModelServer, Script, daemon::header};
use serde_json::{Value, json};

#[tokio::test]
async fn ollama_answers_in_the_clients_dialect() {
    let server = ModelServer::saying("hello from ollama").await;
    let daemon = Daemon::with_config(&format!(
        "version: 1
chains:
  - name: local
    tiers: [{{ name: ollama, provider: ollama, model: 'llama3.1:8b', url: '{}' }}]
",
        server.url()
    ))
    .await;
    assert_eq!(daemon.ask("local").await, ("hello from ollama".into(), "ollama".into()));
    let response = daemon.chat("local", true).await;
    assert!(header(&response, "content-type").starts_with("text/event-stream"));
    let text = response.text().await.unwrap();
    let mut said = String::new();
    for line in text.lines().filter_map(|l| l.strip_prefix("data: ")).filter(|l| *l != "[DONE]") {
        let chunk: Value = serde_json::from_str(line).unwrap();
        said.push_str(chunk["choices"][0]["delta"]["content"].as_str().unwrap_or_default());
    }
    assert_eq!(said, "hello from ollama");
    assert!(
        text.contains("\"finish_reason\":\"stop\"") && text.trim_end().ends_with("data: [DONE]"),
        "{text}"
    );
    let seen = server.seen();
    assert_eq!((seen[0].path.as_str(), &seen[0].body["model"]), ("/api/chat", &Value::from("llama3.1:8b")));
}

#[tokio::test]
async fn a_new_order_applies_at_once_survives_a_restart_and_can_be_undone() {
    let mut daemon = Daemon::practice().await;
    daemon
        .until_chain("practice", "the chain is up", Duration::from_secs(5), |c| c["serving"] == "gpu")
        .await;
    assert_eq!(daemon.ask("practice").await.1, "gpu");
    let before = daemon.overview().await["revision"].as_i64().unwrap();
    let order =
        json!({"chain": "practice", "tiers": ["cpu", "gpu", "second-gpu"], "expected_revision": before});
    let applied = daemon.rpc("chains.reorder", order.clone()).await.unwrap();
    assert_eq!(daemon.ask("practice").await.1, "cpu");

    let stale = daemon.rpc("chains.reorder", order).await.unwrap_err();
    assert_eq!(stale["code"], "conflict");

    daemon.kill().await;
    daemon.start().await;
    daemon
        .until_chain("practice", "the new order is back", Duration::from_secs(5), |c| c["serving"] == "cpu")
        .await;
    assert_eq!(daemon.ask("practice").await.1, "cpu");

    let undo = json!({"revision": applied["previous"], "expected_revision": applied["revision"]});
    daemon.rpc("config.restore", undo).await.unwrap();
    assert_eq!(daemon.ask("practice").await.1, "gpu");
    let revisions = daemon.rpc("config.revisions", json!({"limit": 10})).await.unwrap();
    assert!(revisions[0]["note"].as_str().unwrap().contains("restored"), "{revisions}");
}

#[tokio::test]
async fn a_chain_of_real_servers_can_be_added_and_tried_from_a_screen() {
    let server = ModelServer::saying("hello").await;
    let daemon = Daemon::practice().await;
    let page = daemon.rpc("config.get", Value::Null).await.unwrap();
    let tier = json!({"name": "local", "provider": "vllm", "model": "m", "url": server.url()});
    let yaml = json!({"version": 1, "chains": [{"name": "real", "tiers": [tier]}]}).to_string();
    let parsed = daemon.rpc("config.parse", json!({"yaml": yaml})).await.unwrap();
    let chain = parsed["document"]["chains"][0].clone();

    let trial = daemon.rpc("tier.test", json!({"tier": chain["tiers"][0]})).await.unwrap();
    assert_eq!((&trial["ok"], &trial["text"]), (&Value::from(true), &Value::from("hello")));
    let models = daemon.rpc("tier.models", json!({"tier": chain["tiers"][0]})).await.unwrap();
    assert_eq!(models, json!(["m"]));

    let mut document = page["document"].clone();
    document["chains"].as_array_mut().unwrap().push(chain);
    let apply = json!({"document": document, "expected_revision": page["revision"], "note": "a real chain"});
    daemon.rpc("config.apply", apply).await.unwrap();
    assert_eq!(daemon.ask("real").await, ("hello".into(), "local".into()));
    let tried = daemon.rpc("chain.try", json!({"chain": "real", "prompt": "Hello"})).await.unwrap();
    assert_eq!((&tried["ok"], &tried["tier"]), (&Value::from(true), &Value::from("local")));

    server.script(Script::Status(500, r#"{"error":{"message":"broken"}}"#.into()));
    let trial = daemon.rpc("tier.test", json!({"tier": document["chains"][1]["tiers"][0]})).await.unwrap();
    assert_eq!((&trial["ok"], &trial["status"]), (&Value::from(false), &Value::from(500)));
}

#[tokio::test]
async fn a_stream_that_breaks_before_its_first_word_fails_over_unseen() {
    let (first, second) = (ModelServer::saying("x").await, ModelServer::saying("whole answer").await);
    first.script(Script::CutAfter(0));
    let daemon = Daemon::with_config(&format!(
        "{{version: 1, chains: [{{name: chat, tiers: [
          {{name: first, provider: other, model: m, url: '{}'}}, {{name: second, provider: other, model: m, url: '{}'}}]}}]}}",
        first.url(),
        second.url()
    ))
    .await;
    let response = daemon.chat("chat", true).await;
    assert_eq!(header(&response, "x-changeover-tier"), "second");
    let text = response.text().await.unwrap();
    assert!(text.contains("whole") && !text.contains("error"), "{text}");

    first.script(Script::CutAfter(2));
    let eventually_first =
        harness::eventually("the first tier is tried again", Duration::from_secs(30), || async {
            let response = daemon.chat("chat", true).await;
            (header(&response, "x-changeover-tier") == "first").then_some(response)
        });
    let text = eventually_first.await.text().await.unwrap();
    assert!(text.contains("\"error\""), "a broken answer is never passed off as whole: {text}");
    assert!(!text.contains("[DONE]"), "{text}");
}
