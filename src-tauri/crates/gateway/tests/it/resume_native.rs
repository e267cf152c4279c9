//! A stream that goes through in the client's own dialect and breaks is continued as well, by whatever serves next.

use std::sync::Arc;

use domain::{Chain, ProviderKind, Snapshot, Tier, chain::OnBrokenStream, event::RequestResult};
use serde_json::{Value, json};

use crate::{
    client::{Reply, send},
    script::{Script, Step, Upstream, end, head, piece, streamed},
    world::{World, chain, tier},
};

const SSE: &str = "text/event-stream";
const LINES: &str = "application/x-ndjson";

async fn world(tiers: Vec<Tier>) -> World {
    let chain = Chain { on_broken_stream: OnBrokenStream::Resume, ..chain(tiers) };
    World::over(Snapshot { chains: vec![Arc::new(chain)], ..Snapshot::default() }).await
}

fn of(provider: ProviderKind, name: &str, up: &Upstream) -> Tier {
    Tier { provider, model: "claude-sonnet-4-5".into(), ..tier(name, up.addr) }
}

fn event(kind: &str, mut data: Value) -> Step {
    data["type"] = kind.into();
    piece(&format!("event: {kind}\ndata: {data}\n\n"))
}

/// `one two ` in Messages, and then this.
fn claude(rest: Vec<Step>) -> Script {
    let message = json!({"id": "msg_up", "type": "message", "role": "assistant", "model": "up", "content": [],
        "stop_reason": null, "usage": {"input_tokens": 20, "output_tokens": 1}});
    let delta = |text: &str| {
        event("content_block_delta", json!({"index": 0, "delta": {"type": "text_delta", "text": text}}))
    };
    let begun = vec![
        head(SSE),
        event("message_start", json!({ "message": message })),
        event("content_block_start", json!({"index": 0, "content_block": {"type": "text", "text": ""}})),
        delta("one "),
        delta("two "),
    ];
    [begun, rest].concat()
}

/// `one two ` in Responses, and a break.
fn openai() -> Script {
    let response =
        json!({"id": "resp_up", "object": "response", "model": "up", "status": "in_progress", "output": []});
    let item = json!({"id": "msg_up", "type": "message", "status": "in_progress", "role": "assistant", "content": []});
    let part = json!({"type": "output_text", "text": "", "annotations": []});
    let at = |n: u32, name: &str, value: Value| json!({"sequence_number": n, "item_id": "msg_up", "output_index": 0, "content_index": 0, name: value});
    vec![
        head(SSE),
        event("response.created", at(0, "response", response)),
        event("response.output_item.added", at(1, "item", item)),
        event("response.content_part.added", at(2, "part", part)),
        event("response.output_text.delta", at(3, "delta", "one ".into())),
        event("response.output_text.delta", at(4, "delta", "two ".into())),
        Step::Reset,
    ]
}

fn line(fields: Value) -> Step {
    let mut line = json!({"model": "up", "created_at": "2026-01-01T00:00:00Z", "done": false});
    for (name, value) in fields.as_object().unwrap() {
        line[name] = value.clone();
    }
    piece(&format!("{line}\n"))
}

async fn ask(world: &World, path: &str, body: &str) -> Reply {
    let head = format!("POST {path} HTTP/1.1\r\ncontent-type: application/json");
    let reply = send(world.addr, &head, body.as_bytes()).await.reply().await;
    assert!(reply.status == 200 && reply.whole, "{reply:?}");
    reply
}

fn events(reply: &Reply) -> Vec<Value> {
    let data = reply.body.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| serde_json::from_str(data).unwrap()).collect()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|it| it["type"].as_str().unwrap()).collect()
}

async fn told(world: &mut World) {
    let (attempts, end) = world.told().await;
    let tokens: Vec<_> = attempts.iter().map(|it| (it.tokens_out, it.resumes)).collect();
    assert_eq!((tokens[0], tokens[1].1), ((Some(2), false), true), "each part is priced");
    assert_eq!((end.result, end.tier.as_deref()), (RequestResult::Answered, Some("cpu")));
}

#[tokio::test]
async fn messages_go_on_in_chat_completions_and_in_messages() {
    let rest = |text: &str| {
        vec![
            event("content_block_delta", json!({"index": 0, "delta": {"type": "text_delta", "text": text}})),
            event("content_block_stop", json!({"index": 0})),
            event(
                "message_delta",
                json!({"delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}}),
            ),
            event("message_stop", json!({})),
            end(),
        ]
    };
    let mut third = claude(rest("three"));
    third.drain(3..5);
    for (second, provider) in [(streamed(&["three"]), ProviderKind::Vllm), (third, ProviderKind::Anthropic)] {
        let first = Upstream::play(vec![claude(vec![Step::Reset])]).await;
        let mut second = Upstream::play(vec![second]).await;
        let mut world =
            world(vec![of(ProviderKind::Anthropic, "gpu", &first), of(provider, "cpu", &second)]).await;
        let body = r#"{"model":"chat","stream":true,"max_tokens":50,"odd":1,"messages":[{"role":"user","content":"Hi"}]}"#;
        let reply = ask(&world, "/v1/messages", body).await;
        let events = events(&reply);
        let want = [
            "message_start",
            "content_block_start",
            "content_block_delta",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop",
        ];
        assert_eq!(kinds(&events), want, "{}", reply.body);
        let text: String = events.iter().filter_map(|it| it["delta"]["text"].as_str()).collect();
        assert_eq!(text, "one two three");
        assert_eq!(events[6]["delta"]["stop_reason"], "end_turn");
        assert_eq!(events[6]["usage"]["output_tokens"], 3, "of both parts");
        assert!(
            reply.body.contains(": changeover tier=cpu attempts=2 mode=degraded resumed\n"),
            "{}",
            reply.body
        );
        told(&mut world).await;
        let asked: Value = serde_json::from_slice(&second.request().await.body).unwrap();
        assert_eq!((&asked["max_tokens"], &asked["messages"][1]["role"]), (&json!(48), &json!("assistant")));
        assert_eq!(asked["odd"] == 1, provider == ProviderKind::Anthropic, "{asked}");
    }
}

#[tokio::test]
async fn responses_go_on_and_complete_once_with_the_whole_text() {
    let first = Upstream::play(vec![openai()]).await;
    let second = Upstream::play(vec![streamed(&["three"])]).await;
    let mut world =
        world(vec![of(ProviderKind::OpenAi, "gpu", &first), of(ProviderKind::Vllm, "cpu", &second)]).await;
    let reply = ask(&world, "/v1/responses", r#"{"model":"chat","stream":true,"input":"Hi"}"#).await;
    let events = events(&reply);
    assert!(events.iter().enumerate().all(|(at, it)| it["sequence_number"] == at), "{}", reply.body);
    let kinds = kinds(&events);
    assert_eq!(kinds.iter().filter(|kind| **kind == "response.completed").count(), 1, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|kind| **kind == "response.output_item.added").count(), 1, "{kinds:?}");
    let response = &events.last().unwrap()["response"];
    assert_eq!(response["output"][0]["content"][0]["text"], "one two three");
    assert_eq!((&response["id"], &response["output"][0]["id"]), (&json!("resp_up"), &json!("msg_up")));
    told(&mut world).await;
}

#[tokio::test]
async fn ollamas_own_calls_go_on_in_a_conversation() {
    for (path, field, body) in [
        ("/api/chat", "message", r#"{"model":"chat","messages":[{"role":"user","content":"Hi"}]}"#),
        ("/api/generate", "response", r#"{"model":"chat","prompt":"Hi"}"#),
    ] {
        let said = |text: &str| {
            line(if field == "message" {
                json!({"message": {"role": "assistant", "content": text}})
            } else {
                json!({ "response": text })
            })
        };
        let chat = |text: &str, done: bool| {
            line(json!({"message": {"content": text}, "done": done, "done_reason": "stop"}))
        };
        let first = Upstream::play(vec![vec![head(LINES), said("one "), said("two "), Step::Reset]]).await;
        let mut second =
            Upstream::play(vec![vec![head(LINES), chat("three", false), chat("", true), end()]]).await;
        let mut world =
            world(vec![of(ProviderKind::Ollama, "gpu", &first), of(ProviderKind::Ollama, "cpu", &second)])
                .await;
        let reply = ask(&world, path, body).await;
        let lines: Vec<Value> = reply.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let text = |it: &Value| {
            it.pointer("/message/content").or(it.get("response")).unwrap().as_str().unwrap().to_owned()
        };
        assert_eq!(lines.iter().map(text).collect::<String>(), "one two three");
        assert!(lines.iter().all(|it| it["model"] == "up" && it.get(field).is_some()), "{}", reply.body);
        assert_eq!(lines.iter().filter(|it| it["done"] == true).count(), 1, "{}", reply.body);
        assert_eq!(lines.last().unwrap()["eval_count"], 3, "of both parts");
        told(&mut world).await;
        let asked = second.request().await;
        assert!(asked.head.starts_with("POST /api/chat "), "{}", asked.head);
        let asked: Value = serde_json::from_slice(&asked.body).unwrap();
        assert_eq!(asked["messages"][1]["content"], "one two");
    }
}

#[tokio::test]
async fn a_tool_call_or_a_form_of_the_answer_stays_broken() {
    let block =
        json!({"index": 1, "content_block": {"type": "tool_use", "id": "t", "name": "f", "input": {}}});
    let called = vec![
        event("content_block_stop", json!({"index": 0})),
        event("content_block_start", block),
        Step::Reset,
    ];
    let form = r#""output_config":{"format":{"type":"json_schema","schema":{}}},"#;
    for (first, more) in [(claude(called), ""), (claude(vec![Step::Reset]), form)] {
        let first = Upstream::play(vec![first]).await;
        let second = Upstream::play(vec![streamed(&["never"])]).await;
        let mut world =
            world(vec![of(ProviderKind::Anthropic, "gpu", &first), of(ProviderKind::Vllm, "cpu", &second)])
                .await;
        let body =
            r#"{"model":"chat","stream":true,"max_tokens":50,"messages":[{"role":"user","content":"Hi"}]}"#;
        let reply = ask(&world, "/v1/messages", &body.replacen('{', &format!("{{{more}"), 1)).await;
        assert!(world.is_quiet("cpu"), "it was continued: {}", reply.body);
        assert_eq!(events(&reply).last().unwrap()["type"], "error", "{}", reply.body);
        assert_eq!(world.told().await.1.result, RequestResult::Failed);
    }
}

#[tokio::test]
async fn at_its_cap_the_answer_is_whole() {
    let first = Upstream::play(vec![claude(vec![Step::Reset])]).await;
    let second = Upstream::play(vec![streamed(&["never"])]).await;
    let mut world =
        world(vec![of(ProviderKind::Anthropic, "gpu", &first), of(ProviderKind::Vllm, "cpu", &second)]).await;
    let body = r#"{"model":"chat","stream":true,"max_tokens":2,"messages":[{"role":"user","content":"Hi"}]}"#;
    let events = events(&ask(&world, "/v1/messages", body).await);
    let [.., delta, stop] = &events[..] else { panic!("{events:?}") };
    assert_eq!(
        (&delta["delta"]["stop_reason"], &stop["type"]),
        (&json!("max_tokens"), &json!("message_stop"))
    );
    assert_eq!((&delta["usage"]["input_tokens"], &delta["usage"]["output_tokens"]), (&json!(20), &json!(2)));
    assert!(world.is_quiet("cpu"));
}
