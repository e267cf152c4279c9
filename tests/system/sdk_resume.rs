//! Streams in the client's own dialect that break in the middle and are continued, as the vendors' SDKs see them.

use harness::{
    Daemon,
    raw_server::{self, RawServer, Step, chunk},
};
use serde_json::{Value, json};

use crate::sdk;

fn head(kind: &str) -> Step {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n");
    Step::Send(head.into_bytes())
}

fn event(kind: &str, mut data: Value) -> Step {
    data["type"] = kind.into();
    chunk(&format!("event: {kind}\ndata: {data}\n\n"))
}

/// Anthropic, `one two `, and a break.
fn messages() -> Vec<Step> {
    let message = json!({"id": "msg_up", "type": "message", "role": "assistant", "model": "up", "content": [],
        "stop_reason": null, "stop_sequence": null, "usage": {"input_tokens": 9, "output_tokens": 1}});
    let delta = |text: &str| {
        event("content_block_delta", json!({"index": 0, "delta": {"type": "text_delta", "text": text}}))
    };
    vec![
        head("text/event-stream"),
        event("message_start", json!({ "message": message })),
        event("content_block_start", json!({"index": 0, "content_block": {"type": "text", "text": ""}})),
        delta("one "),
        delta("two "),
        Step::Reset,
    ]
}

/// The same in Responses.
fn responses() -> Vec<Step> {
    let response = json!({"id": "resp_up", "object": "response", "created_at": 1, "model": "up", "status": "in_progress",
        "output": [], "parallel_tool_calls": true, "tool_choice": "auto", "tools": []});
    let item = json!({"id": "msg_up", "type": "message", "status": "in_progress", "role": "assistant", "content": []});
    let part = json!({"type": "output_text", "text": "", "annotations": []});
    let at = |n: u32, more: Value| {
        let mut fields = json!({"sequence_number": n, "output_index": 0});
        for (name, value) in more.as_object().unwrap() {
            fields[name] = value.clone();
        }
        fields
    };
    let in_part = |name: &str, value: Value| json!({"item_id": "msg_up", "content_index": 0, name: value});
    let delta =
        |n: u32, text: &str| event("response.output_text.delta", at(n, in_part("delta", text.into())));
    vec![
        head("text/event-stream"),
        event("response.created", json!({"sequence_number": 0, "response": response})),
        event("response.output_item.added", at(1, json!({ "item": item }))),
        event("response.content_part.added", at(2, in_part("part", part))),
        delta(3, "one "),
        delta(4, "two "),
        Step::Reset,
    ]
}

/// The same in Ollama's own lines.
fn ollama() -> Vec<Step> {
    let line = |text: &str| {
        let message = json!({"role": "assistant", "content": text});
        let line =
            json!({"model": "up", "created_at": "2026-01-01T00:00:00Z", "message": message, "done": false});
        chunk(&format!("{line}\n"))
    };
    vec![head("application/x-ndjson"), line("one "), line("two "), Step::Reset]
}

#[tokio::test]
async fn the_sdks_see_one_answer_over_a_break_in_the_middle() {
    let kinds = [
        ("claude", "anthropic", "ANTHROPIC_TEST_KEY", messages()),
        ("gpt", "openai", "OPENAI_TEST_KEY", responses()),
        ("llama", "ollama", "", ollama()),
    ];
    let (mut servers, mut chains) = (Vec::new(), String::new());
    for (name, provider, key, first) in kinds {
        let first = RawServer::playing(vec![first]).await;
        let second = RawServer::playing(vec![raw_server::stream(&["three ", "four"])]).await;
        let key = if key.is_empty() { String::new() } else { format!("key: 'env:{key}', ") };
        chains += &format!(
            "  - name: {name}
    on_broken_stream: resume
    tiers:
      - {{ name: first, provider: {provider}, {key}model: claude-sonnet-4-5, url: '{}', probe: {{ kind: off }} }}
      - {{ name: second, provider: vllm, model: m, url: '{}', probe: {{ kind: off }} }}
",
            first.url(),
            second.url()
        );
        servers.push((first, second));
    }
    let mut daemon = Daemon::new();
    daemon.write_config(&format!("version: 1\nchains:\n{chains}"));
    daemon.env("ANTHROPIC_TEST_KEY", "k");
    daemon.env("OPENAI_TEST_KEY", "k");
    daemon.start().await;
    sdk::run("resumed.py", vec![daemon.endpoint.clone()]).await;
    for (first, second) in &servers {
        assert_eq!((first.asked(), second.asked()), (1, 1));
    }
}
