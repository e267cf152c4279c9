//! The vendors' SDKs for Node as the clients of every kind of tier: `tests/node`, with the packages that the test
//! command installs.

use std::{path::Path, process::Command};

use serde_json::{Value, json};

use crate::every_kind::{KINDS, every_kind};

/// Runs a script of `tests/node` to its end.
async fn run(script: &str) {
    let world = every_kind().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("node");
    let packages = folder.join("node_modules");
    assert!(packages.exists(), "{} is missing: run `make test`, which makes it", packages.display());
    let arguments = [world.daemon.endpoint.clone(), KINDS.map(|(kind, ..)| kind).join(",")];
    let script = folder.join(script);
    let run = move || Command::new("node").arg(script).args(arguments).output().unwrap();
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{:?}", world.good.calls().last());
}

#[tokio::test]
async fn the_openai_sdk_for_node_has_every_kind_of_tier_behind_it() {
    run("openai.mjs").await;
}

#[tokio::test]
async fn the_anthropic_sdk_for_node_has_every_kind_of_tier_behind_it() {
    run("anthropic.mjs").await;
}

#[tokio::test]
async fn ollamas_clients_get_vectors_of_every_kind_of_tier() {
    let world = every_kind().await;
    for kind in ["openai", "azure", "gemini", "titan", "cohere", "ollama"] {
        let body = json!({ "model": format!("vectors-{kind}"), "input": "three" });
        let answer = world.daemon.post("/api/embed", body.to_string()).await;
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["embeddings"], json!([[5.0, 1.0, -0.5]]), "{kind}: {answer}");
    }
    let both = json!({ "model": "vectors-titan", "input": ["one", "three"] });
    let refused = world.daemon.post("/v1/embeddings", both.to_string()).await;
    assert_eq!(refused.status(), 400);
    let error: Value = refused.json().await.unwrap();
    assert!(error["error"]["message"].as_str().unwrap().contains("more than one input"), "{error}");
}
