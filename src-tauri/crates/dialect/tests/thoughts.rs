//! What a model wants back unread, on its way through a client of Chat Completions: back to the tier that made it, and to
//! no other.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    edit::Edits,
    origin::Origin,
    wire::{Stamp, Wire},
};
use serde_json::{Value, json};

const CLAUDE: &str = "claude-sonnet-4-5";
const WEATHER: &str = r#"[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]"#;

fn stamp() -> Stamp {
    Stamp { id: "x".into(), created: 7 }
}

fn origin(name: &str) -> Origin {
    Origin::of(name)
}

fn asked(messages: &Value, stream: bool) -> Asked {
    let tools: Value = serde_json::from_str(WEATHER).unwrap();
    let body = json!({ "model": "m", "reasoning_effort": "medium", "stream": stream, "tools": tools, "messages": messages });
    Asked::read(Dialect::Chat, body.to_string().into()).unwrap()
}

/// A turn of Claude's that thinks and calls, as a client of Chat Completions gets it.
fn turn(stream: bool) -> Value {
    let hi = asked(&json!([{ "role": "user", "content": "Hi" }]), stream);
    if !stream {
        let answer = json!({ "type": "message", "model": CLAUDE, "stop_reason": "tool_use", "content": [
            { "type": "thinking", "thinking": "hm so", "signature": "SIG" },
            { "type": "tool_use", "id": "t1", "name": "f", "input": {} }] });
        let whole = Wire::Anthropic.whole_from(&hi, &answer.to_string().into(), &stamp(), Some(&origin("a")));
        let answer: Value = serde_json::from_slice(&whole.body).unwrap();
        return answer["choices"][0]["message"].clone();
    }
    let events = [
        json!({ "type": "message_start", "message": { "model": CLAUDE } }),
        json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "thinking", "thinking": "", "signature": "" } }),
        json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "thinking_delta", "thinking": "hm " } }),
        json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "thinking_delta", "thinking": "so" } }),
        json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "signature_delta", "signature": "SIG" } }),
        json!({ "type": "content_block_stop", "index": 0 }),
        json!({ "type": "content_block_start", "index": 1, "content_block": { "type": "tool_use", "id": "t1", "name": "f", "input": {} } }),
        json!({ "type": "content_block_stop", "index": 1 }),
        json!({ "type": "message_delta", "delta": { "stop_reason": "tool_use" } }),
        json!({ "type": "message_stop" }),
    ];
    let body: String = events.iter().map(|it| format!("event: x\ndata: {it}\n\n")).collect();
    let mut relay = Wire::Anthropic.relay_from(&hi, stamp(), Some(origin("a")));
    let out = relay.push(Bytes::from(body)).out;
    // Put together as the SDKs do: texts one behind the other, everything else as it came.
    let mut message = json!({ "role": "assistant", "content": "", "reasoning_content": "" });
    for line in String::from_utf8_lossy(&out).lines().filter_map(|it| it.strip_prefix("data: {")) {
        let chunk: Value = serde_json::from_str(&format!("{{{line}")).unwrap();
        for (name, piece) in chunk["choices"][0]["delta"].as_object().unwrap() {
            match piece {
                Value::String(text) if name != "role" => {
                    message[name] = format!("{}{text}", message[name].as_str().unwrap_or_default()).into();
                }
                piece => message[name] = piece.clone(),
            }
        }
    }
    message
}

/// What goes to `wire`, which is the tier of this name.
fn sent(wire: Wire, name: &str, message: &Value) -> Value {
    let call = message["tool_calls"][0]["id"].as_str().unwrap_or("t1");
    let messages = json!([{ "role": "user", "content": "Hi" }, message, { "role": "tool", "tool_call_id": call, "content": "r" }]);
    let edits = Edits { model: Some(CLAUDE.into()), origin: Some(origin(name)), ..Edits::default() };
    serde_json::from_slice(&wire.prepare(&asked(&messages, false), &edits).unwrap().body.to_bytes()).unwrap()
}

#[test]
fn a_signature_comes_back_to_the_tier_that_made_it() {
    for stream in [false, true] {
        let message = turn(stream);
        let body = sent(Wire::Anthropic, "a", &message);
        let turn = &body["messages"][1]["content"];
        assert_eq!(turn[0], json!({ "type": "thinking", "thinking": "hm so", "signature": "SIG" }), "{body}");
        // With it the tier may go on reasoning.
        assert_eq!(body["thinking"]["type"], "enabled", "{body}");
    }
}

#[test]
fn it_goes_to_no_other_tier() {
    for stream in [false, true] {
        let message = turn(stream);
        for wire in [Wire::Anthropic, Wire::Bedrock, Wire::Gemini, Wire::Ollama, Wire::OpenAi] {
            let body = sent(wire, "b", &message).to_string();
            assert!(!body.contains("SIG") && !body.contains("thinking_blocks"), "{wire:?}: {body}");
        }
    }
}

#[test]
fn what_a_server_of_the_clients_own_dialect_sealed_goes_through() {
    let message = json!({ "role": "assistant", "content": "x", "tool_calls": [{ "id": "t1", "type": "function", "function": { "name": "f", "arguments": "{}" } }], "thinking_blocks": [{ "type": "thinking", "thinking": "t", "signature": "own" }] });
    assert!(sent(Wire::OpenAi, "b", &message).to_string().contains("\"own\""));
    assert!(!sent(Wire::Anthropic, "b", &message).to_string().contains("own"));
}
