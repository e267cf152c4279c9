//! Tiers that cannot serve a request are passed by before anybody is asked.

use domain::{ProviderKind, Tier, capability::Capabilities};

use crate::{
    client::{Reply, send},
    script::{Upstream, end, good, head, nobody, piece, streamed, whole},
    world::{ASK, ASK_STREAM, World, tier},
};

const PICTURE: &str = r#"{"model":"chat","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}]}]}"#;
const VECTOR: &str = r#"{"object":"list","model":"m","data":[{"index":0,"embedding":[1.0,2.0]}]}"#;

fn can(tier: Tier, can: Capabilities) -> Tier {
    Tier { can, ..tier }
}

fn knows() -> Capabilities {
    Capabilities::default()
}

async fn embed(world: &World) -> Reply {
    let head = "POST /v1/embeddings HTTP/1.1\r\ncontent-type: application/json";
    send(world.addr, head, br#"{"model":"chat","input":"one"}"#).await.reply().await
}

#[tokio::test]
async fn a_picture_goes_to_the_tier_that_sees() {
    let (blind, seeing) = (Upstream::play(vec![good("no")]).await, Upstream::play(vec![good("a cat")]).await);
    let blind_tier = || can(tier("blind", blind.addr), Capabilities { images: Some(false), ..knows() });
    let world = World::of(vec![blind_tier(), tier("seeing", seeing.addr)]).await;
    let reply = world.post(PICTURE).await;
    assert_eq!((reply.header("x-changeover-tier"), blind.connections()), ("seeing", 0));
    let explained =
        world.get(&format!("/v1/changeover/requests/{}", reply.header("x-changeover-request-id"))).await;
    assert!(explained.body.contains("cannot carry images"), "{}", explained.body);
    assert_eq!(world.post(ASK).await.header("x-changeover-tier"), "blind");
    let alone = World::of(vec![blind_tier()]).await;
    let refused = alone.post(PICTURE).await;
    assert_eq!((refused.status, refused.json()["error"]["code"].as_str()), (400, Some("unsupported")));
    assert!(refused.body.contains("images"), "{}", refused.body);
}

#[tokio::test]
async fn a_thread_that_a_dead_server_holds_is_asked_for_anew() {
    let up = Upstream::play(vec![good("Hello")]).await;
    let claude = Tier { provider: ProviderKind::Anthropic, ..tier("claude", nobody().await) };
    let world = World::of(vec![claude, tier("gpu", up.addr)]).await;
    let ask = async |thread: &str| {
        let body = format!(
            r#"{{"model":"chat","max_tokens":9,"thread":{thread},"messages":[{{"role":"user","content":"hi"}}]}}"#
        );
        let head = "POST /v1/messages HTTP/1.1\r\ncontent-type: application/json";
        send(world.addr, head, body.as_bytes()).await.reply().await
    };
    let lost = ask(r#"{"type":"continue","previous_message_id":"msg_1"}"#).await;
    let error = lost.json()["error"].clone();
    assert_eq!((lost.status, &error["details"]["error_code"]), (404, &"thread_not_found".into()), "{error}");
    assert_eq!(up.connections(), 0, "it knows nothing of what was said before");
    let anew = ask(r#"{"type":"create"}"#).await;
    assert_eq!((anew.status, anew.header("x-changeover-notice")), (200, "left out: thread"));
}

#[tokio::test]
async fn a_prompt_that_surely_does_not_fit_goes_to_the_larger_tier() {
    let (small, large) = (Upstream::play(vec![good("no")]).await, Upstream::play(vec![good("yes")]).await);
    let small_tier = || can(tier("small", small.addr), Capabilities { context: Some(100), ..knows() });
    let world = World::of(vec![small_tier(), tier("large", large.addr)]).await;
    let words = "word ".repeat(200);
    let long = format!(r#"{{"model":"chat","messages":[{{"role":"user","content":"{words}"}}]}}"#);
    assert_eq!(world.post(&long).await.header("x-changeover-tier"), "large");
    assert_eq!(small.connections(), 0);
    let alone = World::of(vec![small_tier()]).await;
    let refused = alone.post(&long).await;
    assert_eq!(
        (refused.status, refused.json()["error"]["code"].as_str()),
        (400, Some("context_length_exceeded"))
    );
}

#[tokio::test]
async fn vectors_come_from_one_model_only() {
    let script = || vec![whole("200 OK", "", VECTOR)];
    let (chat, first, second, twin) = (
        Upstream::play(script()).await,
        Upstream::play(script()).await,
        Upstream::play(script()).await,
        Upstream::play(script()).await,
    );
    let named = |name: &str, up: &Upstream, model: &str, makes| {
        let embeddings = Some(makes);
        can(Tier { model: model.into(), ..tier(name, up.addr) }, Capabilities { embeddings, ..knows() })
    };
    let world = World::of(vec![
        named("chat", &chat, "llama", false),
        named("first", &first, "BAAI/bge-m3", true),
        named("second", &second, "e5-small", true),
        Tier { provider: ProviderKind::Vllm, ..named("twin", &twin, "bge-m3:latest", true) },
    ])
    .await;
    let reply = embed(&world).await;
    assert_eq!((reply.status, reply.header("x-changeover-tier")), (200, "first"));
    assert_eq!(reply.body, VECTOR);
    world.states["first"].send_modify(|state| state.health = domain::Health::Down);
    assert_eq!(embed(&world).await.header("x-changeover-tier"), "twin");
    assert_eq!((chat.connections(), second.connections()), (0, 0));
}

#[tokio::test]
async fn ollama_makes_vectors_at_its_own_address() {
    let script = whole("200 OK", "", r#"{"model":"m","embeddings":[[1.0,2.0]]}"#);
    let mut up = Upstream::play(vec![script]).await;
    let world = World::of(vec![Tier { provider: ProviderKind::Ollama, ..tier("laptop", up.addr) }]).await;
    assert_eq!(embed(&world).await.json()["data"][0]["embedding"][1], 2.0);
    let got = up.request().await;
    assert!(got.head.starts_with("POST /api/embed HTTP/1.1\r\n"), "{}", got.head);
}

/// A context that is full before the first word of an answer, as the server says it once it has begun.
#[tokio::test]
async fn a_context_that_turns_out_full_is_no_failure_of_the_server() {
    let whole_answer = r#"{"id":"x","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":""},"finish_reason":"model_length"}]}"#;
    let frames = "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":\"model_length\"}]}\n\ndata: [DONE]\n\n";
    let stream = || vec![head("text/event-stream"), piece(frames), end()];
    for (body, script) in [(ASK, whole("200 OK", "", whole_answer)), (ASK_STREAM, stream())] {
        let small = Upstream::play(vec![script]).await;
        let large = Upstream::play(vec![if body == ASK { good("yes") } else { streamed(&["yes"]) }]).await;
        let mut world = World::of(vec![tier("small", small.addr), tier("large", large.addr)]).await;
        assert_eq!(world.post(body).await.header("x-changeover-tier"), "large");
        let failure = world.outcome("small").await.failure.unwrap();
        assert_eq!(failure.class, domain::FailureClass::ContextTooLong);
        let alone = World::of(vec![tier("small", small.addr)]).await.post(body).await;
        let code = alone.json()["error"]["code"].clone();
        assert_eq!((alone.status, code.as_str()), (400, Some("context_length_exceeded")), "{}", alone.body);
    }
}

/// Ollama has no word for a tool that must be called.
#[tokio::test]
async fn a_forced_tool_goes_to_ollama_as_the_form_of_its_answer() {
    let said = r#"{"model":"m","message":{"role":"assistant","content":"{\"a\":1}"},"done":true,"done_reason":"stop"}"#;
    let mut up = Upstream::play(vec![whole("200 OK", "", said)]).await;
    let world = World::of(vec![Tier { provider: ProviderKind::Ollama, ..tier("laptop", up.addr) }]).await;
    let body = r#"{"model":"chat","tool_choice":{"type":"function","function":{"name":"f"}},
        "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],
        "messages":[{"role":"user","content":"Hi"}]}"#;
    let reply = world.post(body).await;
    assert_eq!(reply.header("x-changeover-notice"), "left out: tool_choice (sent as format)");
    let choice = &reply.json()["choices"][0];
    assert_eq!(choice["message"]["tool_calls"][0]["function"]["arguments"], "{\"a\":1}", "{choice}");
    let sent: serde_json::Value = serde_json::from_slice(&up.request().await.body).unwrap();
    assert_eq!(sent["format"]["type"], "object", "{sent}");
}
