//! `OpenAI`'s text completions: through to the tiers that have them, past those that have not.

use std::sync::Arc;

use domain::{Chain, FailureClass, ProviderKind, Snapshot, Tier, chain::OnBrokenStream};

use crate::{
    client::{Reply, send},
    script::{DONE, Script, Step, Upstream, end, error, head, nobody, piece, whole},
    world::{World, chain, tier},
};

const ASK: &str =
    r#"{"model":"chat","prompt":"def f(","suffix":"\n","max_tokens":9,"stop":["\n"],"logprobs":2}"#;
const ANSWER: &str = r#"{"id":"cmpl-1","object":"text_completion","created":1,"model":"m","choices":[{"text":"x):","index":0,"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}"#;

async fn post(world: &World, body: &str) -> Reply {
    let head = "POST /v1/completions HTTP/1.1\r\ncontent-type: application/json";
    send(world.addr, head, body.as_bytes()).await.reply().await
}

fn streaming(more: &str) -> String {
    ASK.replace("{\"model", &format!("{{\"stream\":true{more},\"model"))
}

fn frame(text: &str, finish: &str) -> String {
    format!(
        "data: {{\"id\":\"cmpl-1\",\"object\":\"text_completion\",\"choices\":[{{\"index\":0,\"text\":\"{text}\",\"finish_reason\":{finish}}}]}}\n\n"
    )
}

const USAGE: &str =
    "data: {\"id\":\"cmpl-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\n";

fn streamed(frames: &[String]) -> Script {
    let frames = frames.iter().map(|it| piece(it)).chain([piece(USAGE), piece(DONE), end()]);
    std::iter::once(head("text/event-stream")).chain(frames).collect()
}

fn of(provider: ProviderKind, name: &str, up: &Upstream) -> Tier {
    Tier { provider, ..tier(name, up.addr) }
}

#[tokio::test]
async fn a_prompt_goes_as_it_came_to_the_first_tier_that_has_the_call() {
    let claude = Upstream::play(vec![]).await;
    let broken = Upstream::play(vec![error("500 Oops", "", "x")]).await;
    let mut ollama = Upstream::play(vec![whole("200 OK", "", ANSWER)]).await;
    let mut world = World::of(vec![
        of(ProviderKind::Anthropic, "claude", &claude),
        of(ProviderKind::LlamaCpp, "gpu", &broken),
        of(ProviderKind::Ollama, "laptop", &ollama),
    ])
    .await;
    let reply = post(&world, ASK).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, ANSWER));
    assert_eq!((reply.header("x-changeover-tier"), claude.connections()), ("laptop", 0));
    let got = ollama.request().await;
    assert!(got.head.starts_with("POST /v1/completions HTTP/1.1\r\n"), "{}", got.head);
    assert_eq!(got.body, ASK.replace("\"chat\"", "\"model-laptop\"").as_bytes());
    let (attempts, _) = world.told().await;
    assert_eq!(attempts.last().unwrap().tokens_out, Some(2));
}

#[tokio::test]
async fn a_stream_passes_with_its_usage_where_the_client_asked_for_it() {
    let frames = [frame("x", "null"), frame("):", "null"), frame("", "\"stop\"")];
    let mut up = Upstream::play(vec![streamed(&frames), streamed(&frames)]).await;
    let mut world = World::of(vec![tier("gpu", up.addr)]).await;
    let reply = post(&world, &streaming("")).await;
    assert_eq!(reply.body, format!("{}{DONE}", frames.concat()));
    let asked: serde_json::Value = serde_json::from_slice(&up.request().await.body).unwrap();
    assert_eq!(asked["stream_options"]["include_usage"], true, "{asked}");
    assert_eq!(world.told().await.0[0].tokens_out, Some(2), "the figures have it all the same");
    let told = post(&world, &streaming(",\"stream_options\":{\"include_usage\":true}")).await;
    assert_eq!(told.body, format!("{}{USAGE}{DONE}", frames.concat()));
}

#[tokio::test]
async fn nothing_to_complete_is_an_answer() {
    let nothing = ANSWER.replace("x):", "");
    let up = Upstream::play(vec![whole("200 OK", "", &nothing), streamed(&[frame("", "\"stop\"")])]).await;
    let other = Upstream::play(vec![]).await;
    let world = World::of(vec![tier("gpu", up.addr), tier("cpu", other.addr)]).await;
    assert_eq!(post(&world, ASK).await.body, nothing);
    assert!(post(&world, &streaming("")).await.body.ends_with(DONE));
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn a_stream_that_breaks_goes_to_the_next_tier_before_its_first_text_and_ends_in_an_error_behind_it() {
    let silent = vec![head("text/event-stream"), Step::Reset];
    let broken = vec![head("text/event-stream"), piece(&frame("x", "null")), Step::Reset];
    let first = Upstream::play(vec![silent, broken]).await;
    let second = Upstream::play(vec![streamed(&[frame("y", "\"stop\"")])]).await;
    let resumes = Chain {
        on_broken_stream: OnBrokenStream::Resume,
        ..chain(vec![tier("gpu", first.addr), tier("cpu", second.addr)])
    };
    let world = World::over(Snapshot { chains: vec![Arc::new(resumes)], ..Snapshot::default() }).await;
    let reply = post(&world, &streaming("")).await;
    assert_eq!(
        (reply.header("x-changeover-tier"), reply.body.contains("\"y\"")),
        ("cpu", true),
        "{}",
        reply.body
    );
    let broken = post(&world, &streaming("")).await;
    assert!(broken.body.starts_with(&frame("x", "null")), "{}", broken.body);
    assert!(broken.body.contains("\"error\"") && !broken.body.contains("[DONE]"), "{}", broken.body);
    assert_eq!(second.connections(), 1, "nobody goes on with it");
}

#[tokio::test]
async fn without_such_a_tier_and_without_a_prompt_the_client_is_told() {
    let up = Upstream::play(vec![]).await;
    let world = World::of(vec![of(ProviderKind::Gemini, "gemini", &up)]).await;
    let reply = post(&world, ASK).await;
    assert_eq!((reply.status, reply.json()["error"]["code"].as_str()), (400, Some("unsupported")));
    assert!(reply.body.contains("text completions"), "{}", reply.body);
    let world = World::of(vec![tier("gpu", nobody().await)]).await;
    for (body, param) in [
        (r#"{"model":"chat"}"#, "prompt"),
        (r#"{"prompt":"x"}"#, "model"),
        (r#"{"model":"chat","prompt":[]}"#, "prompt"),
    ] {
        let reply = post(&world, body).await;
        assert_eq!(
            (reply.status, reply.json()["error"]["param"].as_str()),
            (400, Some(param)),
            "{}",
            reply.body
        );
    }
}

/// A server without the call says the same as one without the model; its chats must not suffer from that.
#[tokio::test]
async fn a_server_that_has_no_such_call_is_not_blamed() {
    let lost = || whole("404 Not Found", "", r#"{"detail":"Not Found"}"#);
    let first = Upstream::play(vec![lost(), lost()]).await;
    let second = Upstream::play(vec![whole("200 OK", "", ANSWER)]).await;
    let other = of(ProviderKind::Other, "box", &first);
    let mut world = World::of(vec![other.clone(), tier("gpu", second.addr)]).await;
    assert_eq!(post(&world, ASK).await.header("x-changeover-tier"), "gpu");
    assert_eq!(world.outcome("box").await.failure.unwrap().class, FailureClass::Unsupported);
    let alone = post(&World::of(vec![other]).await, ASK).await;
    assert_eq!(
        (alone.status, alone.json()["error"]["code"].as_str()),
        (400, Some("unsupported")),
        "{}",
        alone.body
    );
    let vectors = Upstream::play(vec![lost()]).await;
    let mut world = World::of(vec![tier("gpu", vectors.addr)]).await;
    let head = "POST /v1/embeddings HTTP/1.1\r\ncontent-type: application/json";
    let reply = send(world.addr, head, br#"{"model":"chat","input":"one"}"#).await.reply().await;
    assert_eq!(reply.status, 400, "{}", reply.body);
    assert_eq!(world.outcome("gpu").await.failure.unwrap().class, FailureClass::Unsupported);
}
