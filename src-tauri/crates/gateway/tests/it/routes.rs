//! The ways in that clients take beside the usual ones.

use domain::{ProviderKind, Tier};

use crate::{
    client::{Reply, send},
    script::{Upstream, error, good, nobody, whole},
    world::{ASK, World, tier},
};

async fn post(world: &World, path: &str, body: &str) -> Reply {
    let head = format!("POST {path} HTTP/1.1\r\ncontent-type: application/json");
    send(world.addr, &head, body.as_bytes()).await.reply().await
}

#[tokio::test]
async fn slashes_too_many_are_passed_over() {
    let up = Upstream::play(vec![good("Hello"), good("Hello"), good("Hello")]).await;
    let world = World::of(vec![tier("gpu", up.addr)]).await;
    for path in ["//v1/chat/completions", "/v1//chat/completions/", "/chat/completions//"] {
        assert_eq!(post(&world, path, ASK).await.status, 200, "{path}");
    }
    for path in ["/v1/models/", "//v1/models", "/api/tags/", "/v1/models/gpt-4o/", "//"] {
        assert_eq!(world.get(path).await.status, 200, "{path}");
    }
    let lost = post(&world, "//v1//messages/nothing/", "{}").await;
    assert_eq!((lost.status, &lost.json()["type"]), (404, &"error".into()), "{}", lost.body);
}

/// One address is shown for every kind of client, and people paste it into all of them.
#[tokio::test]
async fn a_base_with_v1_serves_the_clients_that_want_it_without() {
    let up = Upstream::play(vec![good("Hello"), good("Hello")]).await;
    let world = World::of(vec![tier("gpu", up.addr)]).await;
    let messages = r#"{"model":"chat","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}"#;
    assert_eq!(post(&world, "/v1/v1/messages", messages).await.json()["type"], "message");
    let chat = r#"{"model":"chat","stream":false,"messages":[{"role":"user","content":"Hi"}]}"#;
    assert_eq!(post(&world, "/v1//api/chat", chat).await.json()["done"], true);
    assert_eq!(world.get("/v1/api/tags").await.status, 200);
    assert_eq!(world.get("/v1/v1/models").await.status, 200);
    assert_eq!(world.get("/v1/nowhere").await.status, 404);
}

#[tokio::test]
async fn a_prompt_of_responses_is_counted_by_openai_or_estimated() {
    const ASK: &str = r#"{"model":"chat","input":"How long is this?"}"#;
    let counted = r#"{"object":"response.input_tokens","input_tokens":11}"#;
    let mut up = Upstream::play(vec![whole("200 OK", "", counted), error("500 Oops", "", "x")]).await;
    let openai = Tier { provider: ProviderKind::OpenAi, ..tier("cloud", up.addr) };
    let world = World::of(vec![tier("gpu", nobody().await), openai]).await;
    let reply = post(&world, "/v1/responses/input_tokens", ASK).await;
    assert_eq!((reply.body.as_str(), reply.header("x-changeover-tier")), (counted, "cloud"));
    let got = up.request().await;
    assert!(got.head.starts_with("POST /v1/responses/input_tokens HTTP/1.1\r\n"), "{}", got.head);
    assert_eq!(got.body, ASK.replace("chat", "model-cloud").as_bytes());
    let estimated = post(&world, "/responses/input_tokens", ASK).await;
    assert_eq!(estimated.header("x-changeover-notice"), "estimated from the length of the request");
    let body = estimated.json();
    assert_eq!(
        (&body["object"], &body["input_tokens"]),
        (&"response.input_tokens".into(), &11.into()),
        "{body}"
    );
    let wrong = post(&world, "/v1/responses/input_tokens", "{}").await;
    assert_eq!((wrong.status, wrong.json()["error"]["type"].as_str()), (400, Some("invalid_request_error")));
}
