//! The playground: a prompt through a chain or at one tier, with a fault injected or not, read as the answer comes, and kept
//! nowhere.

use std::time::Duration;

use harness::{Daemon, daemon::header, eventually};
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

fn with(fault: Value) -> Value {
    let mut start = start(Value::Null);
    start["fault"] = fault;
    start
}

#[tokio::test]
async fn a_fault_is_for_one_request_and_says_nothing_of_its_tier() {
    let daemon = Daemon::practice().await;
    daemon
        .until_chain("practice", "the chain is up", Duration::from_secs(30), |c| c["serving"] == "gpu")
        .await;
    for (fault, failure) in [
        (json!({"tier": "gpu", "kind": "refused"}), "refused"),
        (json!({"tier": null, "kind": "status", "status": 500}), "server_error"),
        (json!({"tier": "gpu", "kind": "rate_limited", "retry_after_s": 60}), "rate_limited"),
        (json!({"tier": "gpu", "kind": "garbage"}), "malformed"),
        (json!({"tier": "gpu", "kind": "cut", "frames": 0}), "cut_stream"),
    ] {
        let (text, last) = to_the_end(&daemon, with(fault.clone())).await;
        let end = &last["end"];
        assert!(text.contains("simulated answer") && end["ok"] == true, "{last}");
        assert_eq!((&end["tier"], &end["fault"]), (&json!("second-gpu"), &fault));
        let (first, second) = (&end["tries"][0], &end["tries"][1]);
        assert_eq!((&first["tier"], &first["failure"]), (&json!("gpu"), &json!(failure)));
        assert_eq!((&first["fault"]["kind"], &second["fault"]), (&fault["kind"], &Value::Null));
    }
    let (text, last) = to_the_end(&daemon, with(json!({"tier": "gpu", "kind": "cut", "frames": 3}))).await;
    assert!(!text.is_empty() && last["end"]["ok"] == false, "{last}");
    assert!(last["end"]["error"].as_str().unwrap().contains("tier `gpu` broke off"), "{last}");

    // While one request waits, others are answered by the same tier.
    let slow = with(json!({"tier": "gpu", "kind": "slow", "ms": 600_000}));
    let run = daemon.rpc("playground.start", slow).await.unwrap();
    let response = daemon.chat("practice", false).await;
    let said = (header(&response, "x-changeover-tier"), header(&response, "x-changeover-attempts"));
    assert_eq!(said, ("gpu".into(), "1".into()));
    daemon.rpc("playground.stop", run).await.unwrap();
    let (_, last) = to_the_end(&daemon, start(Value::Null)).await;
    assert_eq!((&last["end"]["tier"], &last["end"]["fault"]), (&json!("gpu"), &Value::Null));

    let explained = daemon.rpc("requests", json!({"limit": 100, "offset": 0})).await.unwrap();
    let met = |r: &&Value| r["tries"][0]["fault"]["kind"] == "garbage";
    let met = explained.as_array().unwrap().iter().find(met).expect("the request with the web page");
    assert_eq!(
        met["tries"][0]["verdict"].as_str().unwrap().split("; ").last(),
        Some("the fault was injected and counts against nobody")
    );

    // What was told before these two good answers has arrived by the time they have.
    let chain = daemon
        .until_chain("practice", "its answers are counted", Duration::from_secs(30), |c| {
            c["tiers"][0]["replicas"][0]["requests"].as_u64() >= Some(2)
        })
        .await;
    let gpu = &chain["tiers"][0]["replicas"][0];
    assert_eq!(
        (&gpu["failures"], &gpu["breaker"], &gpu["health"]),
        (&json!(0), &json!("closed"), &json!("healthy"))
    );
    assert_eq!((&gpu["requests"], &chain["serving"]), (&json!(2), &json!("gpu")));
    let changes = daemon.changeovers().await;
    assert!(changes.iter().all(|change| change["to"] == "gpu"), "{changes:?}");
    assert_eq!(daemon.incidents().await, Vec::<Value>::new());
}

#[tokio::test]
async fn what_is_wrong_with_a_fault_is_said_at_its_field() {
    let daemon = Daemon::practice().await;
    for (tier, fault, path) in [
        (Value::Null, json!({"tier": "none", "kind": "refused"}), "fault.tier"),
        (json!("cpu"), json!({"tier": "gpu", "kind": "refused"}), "fault.tier"),
        (Value::Null, json!({"tier": null, "kind": "slow", "ms": 0}), "fault.ms"),
        (Value::Null, json!({"tier": null, "kind": "status", "status": 200}), "fault.status"),
        (
            Value::Null,
            json!({"tier": null, "kind": "rate_limited", "retry_after_s": 3_601}),
            "fault.retry_after_s",
        ),
        (Value::Null, json!({"tier": null, "kind": "stalled", "frames": 10_001}), "fault.frames"),
    ] {
        let mut request = with(fault);
        request["tier"] = tier;
        let error = daemon.rpc("playground.start", request).await.unwrap_err();
        assert_eq!(
            (&error["code"], &error["problems"][0]["path"]),
            (&json!("invalid"), &json!(path)),
            "{error}"
        );
    }
    let unknown = with(json!({"tier": null, "kind": "fire"}));
    assert_eq!(daemon.rpc("playground.start", unknown).await.unwrap_err()["code"], "bad_request");
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
