//! What a client asks wrongly is said in its own dialect, and no provider is asked, let alone paid.

use domain::{ProviderKind, Tier};
use serde_json::{Value, json};

use crate::{
    client::{Reply, send},
    script::{Upstream, good, whole},
    world::{World, chain, tier},
};

const TIFF: &str = "data:image/tiff;base64,SUkqAA==";

async fn post(world: &World, path: &str, body: &Value) -> Reply {
    let head = format!("POST {path} HTTP/1.1\r\ncontent-type: application/json");
    send(world.addr, &head, body.to_string().as_bytes()).await.reply().await
}

/// A chain of one tier of this kind.
async fn behind(provider: ProviderKind, model: &str) -> (Upstream, World) {
    let up = Upstream::play(vec![good("never")]).await;
    let tier = Tier { provider, model: model.into(), ..tier("only", up.addr) };
    (up, World::of(vec![tier]).await)
}

/// The message, from where the dialect has it; fails where an error is not in its form.
fn message(path: &str, reply: &Reply) -> String {
    let body = reply.json();
    let error = &body["error"];
    let said = match path {
        "/v1/messages" => {
            assert_eq!(body["type"], "error", "{body}");
            assert!(error["type"].is_string(), "{body}");
            &error["message"]
        }
        path if path.starts_with("/api/") => error,
        _ => {
            assert!(error["type"].is_string() && error.get("code").is_some(), "{body}");
            &error["message"]
        }
    };
    said.as_str().unwrap_or_else(|| panic!("{path}: {body}")).to_owned()
}

fn user(content: Value) -> Value {
    json!([{ "role": "user", "content": content }])
}

/// A conversation with a call whose arguments are no JSON.
fn broken_call(path: &str) -> Option<Value> {
    let called = |id: &str| json!({ "id": id, "type": "function", "function": { "name": "f", "arguments": "{\"a\":" } });
    Some(match path {
        "/v1/chat/completions" => json!({ "model": "chat", "messages": [
            { "role": "user", "content": "x" }, { "role": "assistant", "content": null, "tool_calls": [called("c")] },
            { "role": "tool", "tool_call_id": "c", "content": "r" }] }),
        "/v1/responses" => json!({ "model": "chat", "input": [
            { "role": "user", "content": "x" },
            { "type": "function_call", "call_id": "c", "name": "f", "arguments": "{\"a\":" },
            { "type": "function_call_output", "call_id": "c", "output": "r" }] }),
        "/v1/messages" => json!({ "model": "chat", "max_tokens": 9, "messages": [
            { "role": "user", "content": "x" },
            { "role": "assistant", "content": [{ "type": "tool_use", "id": "c", "name": "f", "input": "{\"a\":" }] }] }),
        "/api/chat" => json!({ "model": "chat", "stream": false, "messages": [
            { "role": "user", "content": "x" },
            { "role": "assistant", "content": "", "tool_calls": [{ "function": { "name": "f", "arguments": "{\"a\":" } }] },
            { "role": "tool", "tool_name": "f", "content": "r" }] }),
        _ => return None,
    })
}

/// A question about a picture of a kind that few read.
fn odd_picture(path: &str) -> Value {
    match path {
        "/v1/chat/completions" => {
            json!({ "model": "chat", "messages": user(json!([{ "type": "image_url", "image_url": { "url": TIFF } }])) })
        }
        "/v1/responses" => {
            json!({ "model": "chat", "input": user(json!([{ "type": "input_image", "image_url": TIFF }])) })
        }
        "/v1/messages" => {
            let source = json!({ "type": "base64", "media_type": "image/tiff", "data": "SUkqAA==" });
            json!({ "model": "chat", "max_tokens": 9, "messages": user(json!([{ "type": "image", "source": source }])) })
        }
        _ => json!({ "model": "chat", "stream": false,
            "messages": [{ "role": "user", "content": "x", "images": ["SUkqAA=="] }] }),
    }
}

const PATHS: [&str; 4] = ["/v1/chat/completions", "/v1/responses", "/v1/messages", "/api/chat"];
const FOREIGN: [(ProviderKind, &str); 2] =
    [(ProviderKind::Bedrock, "anthropic.claude-sonnet-4-5-v1:0"), (ProviderKind::Gemini, "gemini-2.5-flash")];

#[tokio::test]
async fn arguments_that_are_no_json_are_refused_before_anybody_is_asked() {
    for (provider, model) in FOREIGN {
        let (up, world) = behind(provider, model).await;
        for path in PATHS {
            let reply = post(&world, path, &broken_call(path).unwrap()).await;
            let said = message(path, &reply);
            assert_eq!(reply.status, 400, "{path}: {said}");
            assert!(said.contains("arguments") || said.contains("input"), "{path}: {said}");
        }
        assert_eq!(up.connections(), 0);
    }
}

#[tokio::test]
async fn a_picture_of_a_kind_that_the_tier_cannot_read_is_refused_by_name() {
    for (provider, model) in FOREIGN {
        let (up, world) = behind(provider, model).await;
        for path in PATHS {
            let reply = post(&world, path, &odd_picture(path)).await;
            let said = message(path, &reply);
            assert_eq!(reply.status, 400, "{path}: {said}");
            assert!(said.contains("image"), "{path}: {said}");
        }
        assert_eq!(up.connections(), 0);
    }
}

#[tokio::test]
async fn a_model_that_nobody_has_is_not_found_and_the_others_are_named() {
    let up = Upstream::play(vec![good("never")]).await;
    let chain = domain::Chain { aliases: vec![], ..chain(vec![tier("only", up.addr)]) };
    let world =
        World::over(domain::Snapshot { chains: vec![chain.into()], ..domain::Snapshot::default() }).await;
    for path in PATHS {
        let mut body = odd_picture(path);
        body["model"] = "nobody".into();
        let reply = post(&world, path, &body).await;
        let said = message(path, &reply);
        assert_eq!(reply.status, 404, "{path}: {said}");
        assert!(said.contains("nobody") && said.contains("chat"), "{path}: {said}");
    }
    assert_eq!(up.connections(), 0);
}

#[tokio::test]
async fn more_answers_than_anybody_gives_are_refused() {
    for (provider, model, n) in [
        (ProviderKind::Vllm, "m", json!(100_000)),
        (ProviderKind::Vllm, "m", json!(0)),
        (ProviderKind::Vllm, "m", json!(1e30)),
        (ProviderKind::Gemini, "gemini-2.5-flash", json!(2)),
    ] {
        let (up, world) = behind(provider, model).await;
        let body = json!({ "model": "chat", "n": n, "messages": user(json!("x")) });
        let reply = post(&world, "/v1/chat/completions", &body).await;
        let said = message("/v1/chat/completions", &reply);
        assert_eq!((reply.status, up.connections()), (400, 0), "{n}: {said}");
        assert!(said.contains("`n`") || said.contains(" n"), "{n}: {said}");
    }
}

#[tokio::test]
async fn fields_that_nobody_knows_are_left_out_and_named() {
    const ANSWER: &str = r#"{"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1}}"#;
    for path in PATHS {
        let up = Upstream::play(vec![whole("200 OK", "", ANSWER)]).await;
        let gemini = Tier {
            provider: ProviderKind::Gemini,
            model: "gemini-2.5-flash".into(),
            ..tier("only", up.addr)
        };
        let world = World::of(vec![gemini]).await;
        let mut body = json!({ "model": "chat", "max_tokens": 9, "stream": false, "x_novel": { "a": 1 } });
        body[if path == "/v1/responses" { "input" } else { "messages" }] = user(json!("x"));
        let reply = post(&world, path, &body).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        let notice = reply.header("x-changeover-notice");
        assert!(notice.contains("x_novel"), "{path}: {notice}");
    }
}
