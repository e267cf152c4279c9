//! The playground: a prompt through a chain or at one tier, read as the answer comes, and kept nowhere.

use std::time::Duration;

use harness::{Daemon, eventually};
use serde_json::{Value, json};

/// Reads a run to its end: its text and its last reading.
async fn to_the_end(daemon: &Daemon, start: Value) -> (String, Value) {
    let id = daemon.rpc("playground.start", start).await.unwrap()["id"].clone();
    let (mut text, mut at) = (String::new(), json!(0));
    loop {
        let read = json!({"id": id, "text_at": at, "reasoning_at": 0});
        let progress = daemon.rpc("playground.read", read).await.unwrap();
        text.push_str(progress["text"].as_str().unwrap());
        at = progress["text_at"].clone();
        if !progress["end"].is_null() {
            return (text, progress);
        }
    }
}

fn start(tier: Value) -> Value {
    json!({"chain": "practice", "tier": tier, "prompt": "a secret prompt", "system": null, "max_tokens": null})
}

#[tokio::test]
async fn it_says_who_answered_and_why_and_forces_a_tier() {
    let daemon = Daemon::practice().await;
    daemon
        .until_chain("practice", "the chain is up", Duration::from_secs(30), |c| c["serving"] == "gpu")
        .await;
    let (text, last) = to_the_end(&daemon, start(Value::Null)).await;
    assert!(text.contains("simulated answer from the GPU server"), "{text}");
    let end = &last["end"];
    assert_eq!(
        (&end["ok"], &end["tier"], &end["tries"][0]["tier"]),
        (&json!(true), &json!("gpu"), &json!("gpu"))
    );
    assert!(
        last["first_token_ms"].as_f64().unwrap() > 0.0 && end["tokens_per_second"].as_f64().unwrap() > 0.0
    );

    let (text, last) = to_the_end(&daemon, start(json!("cpu"))).await;
    assert!(text.contains("CPU server"), "{text}");
    assert_eq!(last["end"]["tiers"][0]["why_not"], "another tier was asked for");
    assert_eq!(last["end"]["notice"], "Using the small backup model");

    daemon.rpc("practice.set", json!({"name": "gpu", "failing": true})).await.unwrap();
    let (_, last) = to_the_end(&daemon, start(json!("gpu"))).await;
    assert_eq!((&last["end"]["ok"], &last["end"]["status"]), (&json!(false), &json!(503)));
    assert_eq!(last["end"]["tries"][0]["failure"], "refused");
    let (_, last) = to_the_end(&daemon, start(Value::Null)).await;
    assert_eq!(last["end"]["tier"], "second-gpu");
}

#[tokio::test]
async fn prompts_and_answers_are_written_nowhere() {
    let mut daemon = Daemon::practice().await;
    to_the_end(&daemon, start(Value::Null)).await;
    daemon.stop().await;
    let mut files = vec![daemon.path("data")];
    let mut looked_at = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        looked_at += 1;
        let bytes = std::fs::read(&path).unwrap();
        for words in [&b"a secret prompt"[..], b"simulated answer from"] {
            assert!(!bytes.windows(words.len()).any(|w| w == words), "{} holds it", path.display());
        }
    }
    assert!(looked_at > 0);
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_what_is_stopped_is_gone() {
    let daemon = Daemon::practice().await;
    for (request, code) in [
        (
            json!({"chain": "none", "tier": null, "prompt": "x", "system": null, "max_tokens": null}),
            "not_found",
        ),
        (start(json!("none")), "not_found"),
        (
            json!({"chain": "practice", "tier": null, "prompt": " ", "system": null, "max_tokens": null}),
            "bad_request",
        ),
        (
            json!({"chain": "practice", "tier": null, "prompt": "x", "system": null, "max_tokens": 0}),
            "bad_request",
        ),
    ] {
        assert_eq!(daemon.rpc("playground.start", request).await.unwrap_err()["code"], code);
    }
    let run = daemon.rpc("playground.start", start(json!("cpu"))).await.unwrap();
    daemon.rpc("playground.stop", run.clone()).await.unwrap();
    let read = json!({"id": run["id"], "text_at": 0, "reasoning_at": 0});
    eventually("the run is gone", Duration::from_secs(30), || async {
        daemon
            .rpc("playground.read", read.clone())
            .await
            .is_err_and(|e| e["code"] == "not_found")
            .then_some(())
    })
    .await;
}
