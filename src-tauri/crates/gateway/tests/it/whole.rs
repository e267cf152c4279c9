//! Whole answers.

use std::time::Duration;

use domain::{FailureClass, KeyRef, chain::Degrade, event::RequestResult};
use serde_json::{Value, json};

use crate::{
    script::{Step, Upstream, answer, error_body, good, whole},
    world::{ASK, World, tier},
};

#[tokio::test]
async fn an_answer_passes_through_byte_for_byte_and_says_who_gave_it() {
    let mut up = Upstream::play(vec![good("Hello")]).await;
    let mut world = World::of(vec![tier("gpu", up.addr)]).await;
    let reply = world.post(ASK).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, answer("Hello").as_str()));
    assert_eq!(reply.header("x-changeover-tier"), "gpu");
    assert_eq!(reply.header("x-changeover-backend"), "vllm/model-gpu");
    assert_eq!(reply.header("x-changeover-attempts"), "1");
    assert_eq!(reply.header("x-changeover-mode"), "full");
    assert_eq!(reply.header("x-request-id"), "up-1");
    assert_eq!(reply.header("x-ratelimit-remaining-requests"), "9");
    assert!(!reply.headers.contains_key("server") && !reply.headers.contains_key("x-changeover-simulated"));

    let got = up.request().await;
    assert!(got.head.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{}", got.head);
    assert!(got.head.to_ascii_lowercase().contains("x-changeover-hop: "), "{}", got.head);
    assert_eq!(String::from_utf8(got.body).unwrap(), ASK.replace("\"chat\"", "\"model-gpu\""));

    let outcome = world.outcome("gpu").await;
    assert!(outcome.failure.is_none() && outcome.first_token.is_none());
    let (attempts, end) = world.told().await;
    assert_eq!((attempts[0].tokens_in, attempts[0].tokens_out), (Some(7), Some(3)));
    assert_eq!((end.result, end.first_tier_ok, end.attempts), (RequestResult::Answered, true, 1));
    let served = world.served().await;
    assert_eq!((served.tier.as_deref(), served.waited_ms, served.failed.len()), (Some("gpu"), 0, 0));
}

#[tokio::test]
async fn the_request_is_explained_without_its_words() {
    let up = Upstream::play(vec![good("Secret answer")]).await;
    let world = World::of(vec![tier("gpu", up.addr)]).await;
    let reply = world.post(&ASK.replace("Hi", "Secret prompt")).await;
    let id = reply.header("x-changeover-request-id").to_owned();
    let explained = world.get(&format!("/v1/changeover/requests/{id}")).await;
    assert_eq!(explained.status, 200);
    assert!(!explained.body.contains("Secret"), "{}", explained.body);
    let explained = explained.json();
    assert_eq!(explained["attempts"][0]["tier"], "gpu");
    assert_eq!(explained["result"], "answered");
    assert_eq!(world.gateway.explanations()[0].request, id);
    assert_eq!(world.get("/v1/changeover/requests/none").await.status, 404);
    let listed = world.get("/v1/changeover/requests").await.json();
    assert_eq!(
        (&listed["data"][0]["request"], &listed["data"][0]["result"]),
        (&id.into(), &"answered".into())
    );
}

#[tokio::test]
async fn a_tier_changes_only_what_its_policy_names() {
    let mut up = Upstream::play(vec![good("short")]).await;
    let mut cpu = tier("cpu", up.addr);
    cpu.key = Some(KeyRef::Env("GOOD".into()));
    cpu.degrade = Degrade {
        max_tokens: Some(200),
        temperature: Some(0.0),
        system_note: Some("Be brief.".into()),
        notice: Some("Using the backup\r\nmodel".into()),
    };
    let world = World::of(vec![cpu]).await;
    let reply = world
        .post(r#"{"model":"gpt-4o","max_tokens":900,"temperature":1.5,"seed":7,"messages":[{"role":"user","content":"Hi"}]}"#)
        .await;
    assert_eq!(reply.header("x-changeover-notice"), "Using the backup  model");
    let got = up.request().await;
    assert!(got.head.contains("Bearer sk-good"), "{}", got.head);
    let sent: Value = serde_json::from_slice(&got.body).unwrap();
    assert_eq!(
        sent,
        json!({"model": "model-cpu", "max_tokens": 200, "temperature": 0.0, "seed": 7, "messages": [
            {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]})
    );
}

#[tokio::test]
async fn a_clients_own_mistake_comes_back_as_the_provider_said_it_and_counts_against_nobody() {
    let first = Upstream::play(vec![whole("400 Bad Request", "", &error_body("invalid_prompt"))]).await;
    let second = Upstream::play(vec![good("never")]).await;
    let mut world = World::of(vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    let reply = world.post(ASK).await;
    assert_eq!((reply.status, reply.body.clone()), (400, error_body("invalid_prompt")));
    assert_eq!(reply.header("x-changeover-tier"), "gpu");
    assert_eq!(world.outcome("gpu").await.failure.unwrap().class, FailureClass::ClientMistake);
    assert!(world.is_quiet("cpu"));
    let (_, end) = world.told().await;
    assert_eq!((end.result, end.first_tier_ok), (RequestResult::ClientMistake, true));
}

#[tokio::test]
async fn a_server_that_fails_over_broken_json_is_not_to_blame() {
    let first = Upstream::play(vec![whole("500 Internal Server Error", "", "Internal Server Error")]).await;
    let second = Upstream::play(vec![good("never")]).await;
    let mut world = World::of(vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    let reply =
        world.post("{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"a\nb\"}]}").await;
    assert_eq!((reply.status, reply.json()["error"]["code"].as_str()), (400, Some("invalid_json")));
    assert_eq!(world.outcome("gpu").await.failure.unwrap().class, FailureClass::ClientMistake);
    assert!(world.is_quiet("cpu"));
}

#[tokio::test]
async fn a_prompt_too_long_for_every_tier_is_the_clients_to_mend() {
    let body = r#"{"error":{"message":"This model's maximum context length is 8 tokens","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"#;
    let first = Upstream::play(vec![whole("400 Bad Request", "", body)]).await;
    let second = Upstream::play(vec![whole("400 Bad Request", "", body)]).await;
    let world = World::of(vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    let reply = world.post(ASK).await;
    assert_eq!((reply.status, reply.body.as_str()), (400, body));
    assert_eq!(reply.header("x-changeover-attempts"), "2");
}

#[tokio::test]
async fn an_answer_that_is_none_is_asked_of_the_next_tier() {
    for bad in [
        whole("200 OK", "", r#"{"error":"Unexpected endpoint or method. (POST /v1/chat/completions)"}"#),
        whole("200 OK", "", "<html>login</html>"),
        whole("200 OK", "", r#"{"choices":[]}"#),
        whole("200 OK", "", &answer("Cut").replace("\"stop\"", "null")),
        vec![
            Step::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"choices\":".to_vec()),
            Step::Reset,
        ],
        vec![Step::Send(b"garbage\r\n\r\n".to_vec())],
    ] {
        let first = Upstream::play(vec![bad]).await;
        let second = Upstream::play(vec![good("Hello")]).await;
        let world = World::of(vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
        let reply = world.post(ASK).await;
        assert_eq!((reply.status, reply.body.as_str()), (200, answer("Hello").as_str()));
        assert_eq!(reply.header("x-changeover-mode"), "degraded");
    }
}

#[tokio::test]
async fn a_whole_answer_must_end_in_time() {
    let slow = vec![Step::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{".to_vec()), Step::Hang];
    let first = Upstream::play(vec![slow]).await;
    let second = Upstream::play(vec![good("Hello")]).await;
    let mut gpu = tier("gpu", first.addr);
    gpu.timeouts.total = Duration::from_millis(150);
    let mut world = World::of(vec![gpu, tier("cpu", second.addr)]).await;
    assert_eq!(world.post(ASK).await.header("x-changeover-tier"), "cpu");
    assert_eq!(world.outcome("gpu").await.failure.unwrap().class, FailureClass::TotalTimeout);
}

#[tokio::test]
async fn a_whole_answer_that_stalls_after_its_head_is_given_up_after_the_idle_time() {
    let piece = || Step::Send(b" ".to_vec());
    let mut stalled = vec![Step::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n".to_vec())];
    // Each piece begins the idle time anew.
    for _ in 0..4 {
        stalled.extend([piece(), Step::Pause(Duration::from_millis(100))]);
    }
    stalled.push(Step::Hang);
    let first = Upstream::play(vec![stalled]).await;
    let second = Upstream::play(vec![good("Hello")]).await;
    let mut gpu = tier("gpu", first.addr);
    gpu.timeouts.idle = Duration::from_millis(300);
    let mut world = World::of(vec![gpu, tier("cpu", second.addr)]).await;
    assert_eq!(world.post(ASK).await.header("x-changeover-tier"), "cpu");
    let outcome = world.outcome("gpu").await;
    assert_eq!(outcome.failure.unwrap().class, FailureClass::IdleTimeout);
    assert!(outcome.total >= Duration::from_millis(600), "{:?}", outcome.total);
}
