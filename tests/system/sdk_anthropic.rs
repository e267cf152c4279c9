//! Anthropic's own SDK as the client of every kind of tier: `tests/python`, in the environment that the test command
//! makes.

use std::{path::Path, process::Command};

use harness::provider::Say;
use serde_json::json;

use crate::providers::{KINDS, world};

async fn script(endpoint: &str, step: &'static str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
    let python = folder.join(".venv/bin/python");
    assert!(python.exists(), "{} is missing: run `make test`, which makes it", python.display());
    let chains = KINDS.map(|(kind, ..)| kind).join(",");
    let endpoint = endpoint.to_owned();
    let run = move || {
        let script = folder.join("anthropic_messages.py");
        Command::new(python).arg(script).args([&endpoint, &chains, step]).output().unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
}

#[tokio::test]
async fn the_anthropic_sdk_gets_text_pictures_and_errors_from_every_kind_of_tier() {
    let world = world(Say::Thought("hm".into(), "Hello there you".into())).await;
    script(&world.daemon.endpoint, "text").await;
    let asked = world.provider.calls();
    let native = asked.iter().find(|call| call.path.ends_with("/v1/messages")).unwrap();
    // The SDK's own version of the API goes on to Anthropic.
    assert!(native.headers["anthropic-version"].to_str().unwrap().starts_with("202"));
}

#[tokio::test]
async fn the_anthropic_sdk_calls_tools_of_every_kind_of_tier() {
    let calls = vec![("f".to_owned(), json!({"a": 1})), ("g".to_owned(), json!({"b": [2]}))];
    let world = world(Say::Calls(calls)).await;
    script(&world.daemon.endpoint, "tools").await;
    let sent = world.provider.last().body.to_string();
    assert!(sent.contains("\"f\"") && sent.contains("\"g\""), "{sent}");
}
