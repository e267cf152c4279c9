//! A tier that speaks Ollama's own API, asked by a client that does not.

use domain::{FailureClass, ProviderKind, Tier};
use serde_json::Value;

use crate::{
    script::{Upstream, end, good, head, piece, whole},
    world::{ASK, ASK_STREAM, World, tier},
};

const LINE: &str = "{\"model\":\"m\",\"created_at\":\"2026-01-01T00:00:00Z\",\"message\":{\"role\":\"assistant\",\"content\":\"Hel\"},\"done\":false}\n";
const LAST: &str = "{\"model\":\"m\",\"created_at\":\"2026-01-01T00:00:00Z\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":5,\"eval_count\":2}\n";

fn laptop(up: &Upstream) -> Tier {
    Tier { provider: ProviderKind::Ollama, ..tier("laptop", up.addr) }
}

#[tokio::test]
async fn a_whole_answer_is_translated() {
    let body = LAST.replace("\"content\":\"\"", "\"content\":\"Hello\"");
    let mut up = Upstream::play(vec![whole("200 OK", "", &body)]).await;
    let mut world = World::of(vec![laptop(&up)]).await;
    let reply = world.post(ASK).await;
    let answer = reply.json();
    assert_eq!(answer["choices"][0]["message"]["content"], "Hello");
    assert_eq!(answer["choices"][0]["finish_reason"], "stop");
    assert_eq!(answer["usage"]["total_tokens"], 7);
    assert_eq!(reply.header("x-changeover-backend"), "ollama/model-laptop");
    let got = up.request().await;
    assert!(got.head.starts_with("POST /api/chat HTTP/1.1\r\n"), "{}", got.head);
    let sent: Value = serde_json::from_slice(&got.body).unwrap();
    assert_eq!((&sent["model"], &sent["stream"]), (&Value::from("model-laptop"), &Value::from(false)));
    assert_eq!(world.told().await.0[0].tokens_out, Some(2));
}

#[tokio::test]
async fn a_stream_is_translated() {
    let script = vec![
        head("application/x-ndjson"),
        piece(LINE),
        piece(&LINE.replace("Hel", "lo")),
        piece(LAST),
        end(),
    ];
    let up = Upstream::play(vec![script]).await;
    let world = World::of(vec![laptop(&up)]).await;
    let reply = world.post(ASK_STREAM).await;
    let frames: Vec<&str> = reply.body.split("\n\n").filter(|f| !f.is_empty()).collect();
    assert_eq!(*frames.last().unwrap(), "data: [DONE]");
    let chunks: Vec<Value> = frames[..frames.len() - 1]
        .iter()
        .map(|f| serde_json::from_str(&f["data: ".len()..]).unwrap())
        .collect();
    let text: String = chunks.iter().filter_map(|c| c["choices"][0]["delta"]["content"].as_str()).collect();
    assert_eq!(text, "Hello");
    assert!(chunks.iter().any(|c| c["choices"][0]["finish_reason"] == "stop"));
}

#[tokio::test]
async fn a_stream_that_ends_early_is_broken() {
    let script = vec![
        head("application/x-ndjson"),
        piece(LINE),
        piece("{\"error\":\"model runner crashed\"}\n"),
        end(),
    ];
    let up = Upstream::play(vec![script]).await;
    let mut world = World::of(vec![laptop(&up)]).await;
    let reply = world.post(ASK_STREAM).await;
    assert!(reply.body.contains("stream_interrupted") && !reply.body.contains("[DONE]"), "{}", reply.body);
    assert_eq!(world.outcome("laptop").await.failure.unwrap().class, FailureClass::StreamError);
}

#[tokio::test]
async fn its_refusals_come_in_the_clients_dialect() {
    let up = Upstream::play(vec![whole("400 Bad Request", "", "{\"error\":\"invalid options\"}")]).await;
    let world = World::of(vec![laptop(&up)]).await;
    let reply = world.post(ASK).await;
    assert_eq!(reply.status, 400);
    assert!(reply.json()["error"]["message"].is_string(), "{}", reply.body);
}

#[tokio::test]
async fn what_it_cannot_carry_goes_to_a_tier_that_can() {
    let first = Upstream::play(vec![whole("200 OK", "", LAST)]).await;
    let second = Upstream::play(vec![good("Hello")]).await;
    let mut world = World::of(vec![laptop(&first), tier("cloud", second.addr)]).await;
    let ask = ASK.replace("\"model\":\"chat\"", "\"model\":\"chat\",\"n\":2");
    let reply = world.post(&ask).await;
    assert_eq!((reply.header("x-changeover-tier"), reply.header("x-changeover-attempts")), ("cloud", "1"));
    assert!(world.is_quiet("laptop"));
    // With nobody else it is the client's to mend.
    let world = World::of(vec![laptop(&first)]).await;
    let reply = world.post(&ask).await;
    assert_eq!((reply.status, reply.json()["error"]["code"].as_str()), (400, Some("unsupported")));
}
