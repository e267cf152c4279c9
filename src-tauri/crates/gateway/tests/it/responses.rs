//! Clients that speak Responses, before tiers that do not and tiers that do.

use domain::{ProviderKind, Tier};
use serde_json::Value;

use crate::{
    client::{Reply, send},
    script::{Upstream, end, good, head, piece, streamed, text, whole},
    world::{World, tier},
};

const NATIVE: &str = r#"{ "id":"resp_up","object":"response","status":"completed","model":"up","odd":[1,  2],"output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hi"}]}],"usage":{"input_tokens":3,"output_tokens":1,"total_tokens":4} }"#;

async fn respond(world: &World, body: &str) -> Reply {
    let head = "POST /v1/responses HTTP/1.1\r\ncontent-type: application/json";
    send(world.addr, head, body.as_bytes()).await.reply().await
}

fn openai(up: &Upstream) -> Tier {
    Tier { provider: ProviderKind::OpenAi, ..tier("cloud", up.addr) }
}

#[tokio::test]
async fn a_chat_tier_answers_whole_and_in_a_stream() {
    let up = Upstream::play(vec![good("Hello"), streamed(&["Hel", "lo"])]).await;
    let world = World::of(vec![tier("gpu", up.addr)]).await;
    let reply = respond(&world, r#"{"model":"chat","input":"hi"}"#).await;
    let answer = reply.json();
    assert_eq!(answer["output"][0]["content"][0]["text"], "Hello");
    assert_eq!(answer["usage"]["total_tokens"], 10);
    assert!(answer["id"].as_str().unwrap().starts_with("resp_"));
    assert_eq!(reply.header("x-changeover-tier"), "gpu");
    let reply = respond(&world, r#"{"model":"chat","input":"hi","stream":true}"#).await;
    assert_eq!(reply.header("content-type"), "text/event-stream");
    let last = reply.body.trim_end().rsplit("data: ").next().unwrap();
    let last: Value = serde_json::from_str(last).unwrap();
    assert_eq!(last["type"], "response.completed");
    assert_eq!(last["response"]["output"][0]["content"][0]["text"], "Hello");
}

#[tokio::test]
async fn openai_itself_gets_and_gives_the_very_bytes() {
    let mut up = Upstream::play(vec![whole("200 OK", "", NATIVE)]).await;
    let world = World::of(vec![openai(&up)]).await;
    let reply = respond(
        &world,
        r#"{"model":"chat","input":"hi","previous_response_id":"resp_0","tools":[{"type":"web_search"}]}"#,
    )
    .await;
    assert_eq!(reply.body, NATIVE);
    let got = up.request().await;
    assert!(got.head.starts_with("POST /v1/responses HTTP/1.1\r\n"), "{}", got.head);
    let sent: Value = serde_json::from_slice(&got.body).unwrap();
    assert_eq!((&sent["model"], &sent["previous_response_id"]), (&"model-cloud".into(), &"resp_0".into()));
}

#[tokio::test]
async fn what_only_openai_can_carry_passes_other_tiers_by() {
    let gpu = Upstream::play(vec![good("no")]).await;
    let cloud = Upstream::play(vec![whole("200 OK", "", NATIVE)]).await;
    let world = World::of(vec![tier("gpu", gpu.addr), openai(&cloud)]).await;
    let body = r#"{"model":"chat","input":"hi","tools":[{"type":"web_search"}]}"#;
    assert_eq!(respond(&world, body).await.header("x-changeover-tier"), "cloud");
    assert_eq!(gpu.connections(), 0);
    let alone = World::of(vec![tier("gpu", gpu.addr)]).await;
    let refused = respond(&alone, body).await;
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("tools of type web_search"), "{}", refused.body);
    assert_eq!(gpu.connections(), 0);
}

#[tokio::test]
async fn a_stream_that_breaks_ends_in_response_failed() {
    let script = vec![head("text/event-stream"), piece(&text("Hel")), end()];
    let up = Upstream::play(vec![script]).await;
    let world = World::of(vec![tier("gpu", up.addr)]).await;
    let reply = respond(&world, r#"{"model":"chat","input":"hi","stream":true}"#).await;
    assert!(reply.body.contains("\"delta\":\"Hel\"") && !reply.body.contains("response.completed"));
    let last: Value = serde_json::from_str(reply.body.trim_end().rsplit("data: ").next().unwrap()).unwrap();
    assert_eq!(last["type"], "response.failed");
    assert_eq!(last["response"]["error"]["code"], "stream_interrupted");
}

#[tokio::test]
async fn errors_come_in_openais_form() {
    let up = Upstream::play(vec![whole(
        "400 Bad Request",
        "",
        r#"{"error":{"message":"bad","type":"invalid_request_error","param":null,"code":null}}"#,
    )])
    .await;
    let world = World::of(vec![tier("gpu", up.addr)]).await;
    let refused = respond(&world, r#"{"model":"chat","input":"hi"}"#).await;
    assert_eq!((refused.status, &refused.json()["error"]["message"]), (400, &"bad".into()));
    let empty = respond(&world, r#"{"model":"chat"}"#).await;
    assert_eq!((empty.status, &empty.json()["error"]["param"]), (400, &"input".into()));
}
