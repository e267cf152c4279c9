//! Provider keys: an environment variable without a keyring, the keyring with one, and nowhere else.

use harness::{Daemon, ModelServer};
use serde_json::{Value, json};

const SECRET: &str = "sk-test-0123456789abcdef";

fn config(url: &str, key: &str) -> String {
    format!(
        "{{version: 1, chains: [{{name: chat, tiers: [{{name: a, provider: other, model: m, url: '{url}', key: '{key}'}}]}}]}}"
    )
}

#[tokio::test]
async fn a_key_from_the_environment_reaches_the_provider() {
    let server = ModelServer::saying("ok").await;
    let mut daemon = Daemon::new();
    daemon.env("CHANGEOVER_TEST_KEY", SECRET);
    daemon.write_config(&config(&server.url(), "env:CHANGEOVER_TEST_KEY"));
    daemon.start().await;
    daemon.ask("chat").await;
    assert_eq!(server.seen()[0].authorization.as_deref(), Some(format!("Bearer {SECRET}").as_str()));
}

#[tokio::test]
async fn without_a_keyring_it_is_said_and_the_environment_is_offered() {
    let mut daemon = Daemon::new();
    daemon.arg("--practice");
    daemon.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    daemon.start().await;
    let page = daemon.rpc("keys", Value::Null).await.unwrap();
    assert!(page["problem"].is_string(), "{page}");
    assert!(page["remedy"].as_str().unwrap().contains("env:"), "{page}");
    let refused = daemon.rpc("key.set", json!({"name": "openai", "secret": SECRET})).await.unwrap_err();
    assert_eq!(refused["code"], "unavailable");
    assert!(refused["remedy"].as_str().unwrap().contains("environment variable"), "{refused}");
}

/// Needs a session with an unlocked Secret Service: the test command gives it one.
#[tokio::test]
async fn a_stored_key_is_in_the_keyring_and_nowhere_else() {
    let server = ModelServer::saying("ok").await;
    let mut daemon = Daemon::new();
    let name = format!("test-{}", std::process::id());
    daemon.write_config(&config(&server.url(), &format!("keyring:{name}")));
    daemon.start().await;
    let page = daemon.rpc("keys", Value::Null).await.unwrap();
    assert_eq!(page["problem"], Value::Null, "no keyring runs here: start the tests with `make test`");
    assert_eq!(page["missing"], json!([format!("keyring:{name}")]));

    let page = daemon.rpc("key.set", json!({"name": name, "secret": SECRET})).await.unwrap();
    let key = page["keys"].as_array().unwrap().iter().find(|k| k["name"] == name.as_str()).unwrap();
    assert_eq!((&key["last_four"], &key["used_by"]), (&json!("cdef"), &json!(["chat / a"])));
    assert_eq!(keyring::Entry::new("changeover", &name).unwrap().get_password().unwrap(), SECRET);
    harness::eventually("the key is used", std::time::Duration::from_secs(90), || async {
        daemon.chat("chat", false).await.status().is_success().then_some(())
    })
    .await;
    assert_eq!(
        server.seen().last().unwrap().authorization.as_deref(),
        Some(format!("Bearer {SECRET}").as_str())
    );

    daemon.stop().await;
    for entry in walk(&daemon.path("data")) {
        let bytes = std::fs::read(&entry).unwrap();
        let found = bytes.windows(SECRET.len()).any(|w| w == SECRET.as_bytes());
        assert!(!found, "the key is in {}", entry.display());
    }
    daemon.start().await;
    daemon.ask("chat").await;
    let page = daemon.rpc("key.delete", json!({"name": name})).await.unwrap();
    assert!(page["keys"].as_array().unwrap().iter().all(|k| k["name"] != name.as_str()));
    assert!(keyring::Entry::new("changeover", &name).unwrap().get_password().is_err());
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = vec![];
    for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
        if entry.is_dir() { files.extend(walk(&entry)) } else { files.push(entry) }
    }
    files
}
