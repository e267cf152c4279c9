//! A request that no tier can serve is told so with every tier's reason; one that a tier could serve later is not.

use domain::{Admin, Health, ProviderKind, Tier, capability::Capabilities};
use serde_json::Value;

use crate::{
    client::{Reply, send},
    script::{Upstream, end, good, head, nobody, piece, whole},
    world::{ASK, ASK_STREAM, World, tier},
};

const PICTURE: &str = r#"{"model":"chat","max_tokens":9,"stream":false,"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x.example/a.png"}}]}]}"#;

fn blind(name: &str, addr: std::net::SocketAddr) -> Tier {
    Tier { can: Capabilities { images: Some(false), ..Capabilities::default() }, ..tier(name, addr) }
}

/// Takes no pictures by address.
fn ollama(name: &str, addr: std::net::SocketAddr) -> Tier {
    Tier { provider: ProviderKind::Ollama, ..tier(name, addr) }
}

async fn post(world: &World, path: &str, body: &str) -> Reply {
    let head = format!("POST {path} HTTP/1.1\r\ncontent-type: application/json");
    send(world.addr, &head, body.as_bytes()).await.reply().await
}

/// The tiers and their reasons, as an error lists them.
fn tried(error: &Value) -> Vec<(String, String)> {
    let word = |it: &Value, name: &str| it[name].as_str().unwrap().to_owned();
    let all = error["tiers_tried"].as_array().unwrap();
    all.iter().map(|it| (word(it, "tier"), word(it, "reason"))).collect()
}

#[tokio::test]
async fn every_tiers_reason_is_told_whether_or_not_it_is_in_service() {
    let gone = nobody().await;
    for (health, admin) in [
        (Health::Healthy, Admin::Enabled),
        (Health::Down, Admin::Enabled),
        (Health::Healthy, Admin::Disabled),
    ] {
        let world = World::of(vec![blind("gpu", gone), ollama("laptop", gone)]).await;
        world.states["gpu"].send_modify(|state| (state.health, state.admin) = (health, admin));
        let reply = world.post(PICTURE).await;
        let error = reply.json()["error"].clone();
        assert_eq!((reply.status, error["code"].as_str()), (400, Some("unsupported")), "{error}");
        let expected = ["gpu", "laptop"].map(|name| (name.to_owned(), "unsupported".to_owned()));
        assert_eq!(tried(&error), expected);
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("gpu (its model model-gpu cannot carry images)"), "{message}");
        assert!(message.contains("laptop (this tier's API cannot carry images by URL)"), "{message}");
        assert_eq!((reply.header("retry-after"), reply.header("x-changeover-attempts")), ("", "0"));
    }
}

#[tokio::test]
async fn clients_of_every_dialect_are_told_so_in_their_own() {
    let gone = nobody().await;
    let world = World::of(vec![blind("gpu", gone), blind("cpu", gone)]).await;
    let picture =
        r#"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}"#;
    let messages =
        format!(r#"{{"model":"chat","max_tokens":9,"messages":[{{"role":"user","content":[{picture}]}}]}}"#);
    let reply = post(&world, "/v1/messages", &messages).await;
    let error = reply.json()["error"].clone();
    assert_eq!((reply.status, error["type"].as_str()), (400, Some("invalid_request_error")), "{error}");
    assert_eq!(tried(&error["details"]).len(), 2);
    let lines = r#"{"model":"chat","messages":[{"role":"user","content":"a","images":["iVBORw0KGgo="]}]}"#;
    let reply = post(&world, "/api/chat", lines).await;
    let message = reply.json()["error"].as_str().unwrap().to_owned();
    assert!(reply.status == 400 && message.contains("gpu (") && message.contains("cpu ("), "{message}");
}

#[tokio::test]
async fn a_tier_that_could_serve_it_is_worth_coming_again_for() {
    let gone = nobody().await;
    let world = World::of(vec![blind("gpu", gone), tier("cloud", gone)]).await;
    world.states["cloud"].send_modify(|state| state.admin = Admin::Disabled);
    let reply = world.post(PICTURE).await;
    let error = reply.json()["error"].clone();
    assert_eq!((reply.status, error["code"].as_str()), (503, Some("no_tier_available")), "{error}");
    assert_eq!(tried(&error)[0], ("gpu".into(), "unsupported".into()));
    assert!(!reply.header("retry-after").is_empty());
}

#[tokio::test]
async fn a_tier_that_only_its_checks_call_down_is_asked_before_the_client_is_refused() {
    let up = Upstream::play(vec![good("a cat")]).await;
    let world = World::of(vec![blind("gpu", nobody().await), tier("cloud", up.addr)]).await;
    world.states["cloud"].send_modify(|state| state.health = Health::Down);
    let reply = world.post(PICTURE).await;
    assert_eq!((reply.status, reply.header("x-changeover-tier")), (200, "cloud"), "{}", reply.body);
}

#[tokio::test]
async fn a_provider_that_says_so_counts_like_one_that_is_known_for_it() {
    let says = r#"{"error":{"message":"This model does not support tools","type":"invalid_request_error","code":"unsupported_parameter"}}"#;
    let refused = || whole("400 Bad Request", "", says);
    let stream = || vec![head("text/event-stream"), piece(&format!("data: {says}\n\n")), end()];
    let (first, second) =
        (Upstream::play(vec![refused(), stream()]).await, Upstream::play(vec![refused(), stream()]).await);
    let world = World::of(vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    for body in [ASK, ASK_STREAM] {
        let reply = world.post(body).await;
        let error = reply.json()["error"].clone();
        assert_eq!((reply.status, error["code"].as_str()), (400, Some("unsupported")), "{error}");
        assert_eq!(tried(&error).len(), 2, "{error}");
    }
    // Of a single one, its own words reach clients of its dialect.
    let alone = Upstream::play(vec![refused(), refused()]).await;
    let world = World::of(vec![tier("gpu", alone.addr)]).await;
    let reply = world.post(ASK).await;
    assert_eq!((reply.status, reply.body.as_str()), (400, says));
    let messages = r#"{"model":"chat","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}"#;
    let reply = post(&world, "/v1/messages", messages).await;
    assert_eq!((reply.status, reply.json()["error"]["type"].as_str()), (400, Some("invalid_request_error")));
}
