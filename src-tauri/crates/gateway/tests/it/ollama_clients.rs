//! Clients that speak Ollama's own API.

use domain::{ProviderKind, Tier};
use serde_json::Value;

use crate::{
    client::{Reply, send},
    script::{Upstream, answer, end, good, head, piece, streamed, text, whole},
    world::{World, tier},
};

const ASK: &str = r#"{"model":"chat","messages":[{"role":"user","content":"hi"}]}"#;

async fn post(world: &World, path: &str, body: &str) -> Reply {
    let head = format!("POST {path} HTTP/1.1\r\ncontent-type: application/json");
    send(world.addr, &head, body.as_bytes()).await.reply().await
}

fn lines(reply: &Reply) -> Vec<Value> {
    reply.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn a_chat_tier_answers_in_lines_unless_told_otherwise() {
    let up = Upstream::play(vec![streamed(&["Hel", "lo"]), good("Hello"), good("Hello")]).await;
    let world = World::of(vec![tier("gpu", up.addr)]).await;
    let reply = post(&world, "/api/chat", ASK).await;
    assert_eq!(reply.header("content-type"), "application/x-ndjson");
    let told = lines(&reply);
    let said: String = told.iter().map(|line| line["message"]["content"].as_str().unwrap()).collect();
    assert_eq!((said.as_str(), &told.last().unwrap()["done_reason"]), ("Hello", &"stop".into()));
    let whole = post(&world, "/api/chat", &ASK.replace("{\"model", "{\"stream\":false,\"model")).await;
    assert_eq!(whole.header("content-type"), "application/json");
    assert_eq!(whole.json()["message"]["content"], "Hello");
    assert_eq!(whole.json()["model"], "chat");
    let asked = r#"{"model":"chat","prompt":"hi","stream":false,"options":{"num_ctx":9}}"#;
    let generated = post(&world, "/api/generate", asked).await;
    assert_eq!(generated.json()["response"], "Hello");
    assert_eq!(generated.header("x-changeover-notice"), "left out: options.num_ctx");
}

#[tokio::test]
async fn ollama_itself_gets_and_gives_the_very_bytes() {
    const LINE: &str =
        "{\"model\":\"m\", \"odd\":1,\"response\":\"Hi\",\"done\":true,\"done_reason\":\"stop\"}\n";
    let script = vec![head("application/x-ndjson"), piece(LINE), end()];
    let mut up = Upstream::play(vec![script]).await;
    let laptop = Tier { provider: ProviderKind::Ollama, ..tier("laptop", up.addr) };
    let world = World::of(vec![laptop]).await;
    let reply = post(&world, "/api/generate", r#"{"model":"chat","prompt":"hi","raw":true}"#).await;
    assert_eq!(reply.body, LINE);
    let got = up.request().await;
    assert!(got.head.starts_with("POST /api/generate HTTP/1.1\r\n"), "{}", got.head);
    assert_eq!(got.body, br#"{"model":"model-laptop","prompt":"hi","raw":true}"#);
}

#[tokio::test]
async fn a_stream_that_breaks_and_a_request_that_is_wrong_say_so_in_its_words() {
    let script = vec![head("text/event-stream"), piece(&text("Hel")), end()];
    let up = Upstream::play(vec![script]).await;
    let world = World::of(vec![tier("gpu", up.addr)]).await;
    let told = lines(&post(&world, "/api/chat", ASK).await);
    assert!(told.last().unwrap()["error"].as_str().unwrap().contains("broke off"), "{told:?}");
    let reply = post(&world, "/api/chat", "{}").await;
    assert_eq!((reply.status, reply.body.as_str()), (400, r#"{"error":"model is required"}"#));
    let lost = post(&world, "/api/nothing", "{}").await;
    assert!(lost.status == 404 && lost.json()["error"].is_string(), "{}", lost.body);
}

#[tokio::test]
async fn its_clients_find_models_a_version_and_its_greeting() {
    let up = Upstream::play(vec![whole("200 OK", "", &answer("no"))]).await;
    let world = World::of(vec![tier("gpu", up.addr)]).await;
    let tags = world.get("/api/tags").await.json();
    let names: Vec<&str> =
        tags["models"].as_array().unwrap().iter().map(|model| model["model"].as_str().unwrap()).collect();
    assert_eq!(names, ["chat", "gpt-4o"]);
    let loaded = world.get("/api/ps").await.json();
    assert_eq!(
        (&loaded["models"][0]["model"], &loaded["models"][1]["size_vram"]),
        (&"chat".into(), &0.into())
    );
    assert!(loaded["models"][0]["expires_at"].as_str().unwrap().starts_with("23"), "{loaded}");
    assert_eq!(world.get("/").await.body, "Ollama is running");
    assert!(world.get("/api/version").await.json()["version"].is_string());
    let shown = post(&world, "/api/show", r#"{"model":"gpt-4o"}"#).await.json();
    assert!(shown["capabilities"].as_array().unwrap().contains(&"completion".into()));
    let empty = post(&world, "/api/generate", r#"{"model":"chat"}"#).await;
    assert_eq!((empty.status, &lines(&empty)[0]["done_reason"]), (200, &"load".into()));
    assert_eq!(up.connections(), 0);
}

#[tokio::test]
async fn anthropics_clients_get_its_form_of_the_model_list() {
    let up = Upstream::play(vec![good("no")]).await;
    let world = World::of(vec![tier("gpu", up.addr)]).await;
    let asked = |path: &str| format!("GET {path} HTTP/1.1\r\nanthropic-version: 2023-06-01");
    let list = send(world.addr, &asked("/v1/models?limit=1000"), b"").await.reply().await.json();
    assert_eq!((&list["data"][0]["id"], &list["has_more"]), (&"chat".into(), &false.into()));
    assert_eq!(list["data"][1]["type"], "model");
    let one = send(world.addr, &asked("/v1/models/gpt-4o"), b"").await.reply().await.json();
    assert_eq!(one["display_name"], "gpt-4o");
}
