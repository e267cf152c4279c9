//! Which stop text ended an answer, from the servers that say so to the clients that have a word for it.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    edit::Edits,
    exchange::FinishReason,
    wire::{Stamp, Wire},
};
use serde_json::{Value, json};

fn asked(stream: bool) -> Asked {
    let body = json!({ "model": "m", "max_tokens": 50, "stream": stream, "stop_sequences": ["END", "X"],
        "messages": [{ "role": "user", "content": "Hi" }] });
    Asked::read(Dialect::Messages, body.to_string().into()).unwrap()
}

fn stamp() -> Stamp {
    Stamp { id: "x".into(), created: 7 }
}

/// What a client of Anthropic's dialect is told: the reason and the text.
fn whole(wire: Wire, body: &Value) -> Value {
    let came = wire.whole(&asked(false), &body.to_string().into(), &stamp());
    let answer: Value = serde_json::from_slice(&came.body).unwrap();
    json!([answer["stop_reason"], answer["stop_sequence"]])
}

fn streamed(wire: Wire, body: &str) -> Value {
    let mut relay = wire.relay(&asked(true), stamp());
    let mut out = relay.push(Bytes::copy_from_slice(body.as_bytes())).out.to_vec();
    out.extend_from_slice(&relay.finish().out);
    let out = String::from_utf8(out).unwrap();
    let last =
        out.lines().find(|line| line.contains("\"message_delta\"") && line.starts_with("data")).unwrap();
    let last: Value = serde_json::from_str(last.trim_start_matches("data: ")).unwrap();
    json!([last["delta"]["stop_reason"], last["delta"]["stop_sequence"]])
}

#[test]
fn vllm_and_sglang_name_the_text_or_a_tokens_number() {
    for (field, met, expected) in [
        ("stop_reason", json!("END"), json!(["stop_sequence", "END"])),
        ("matched_stop", json!("END"), json!(["stop_sequence", "END"])),
        ("stop_reason", json!(128_009), json!(["end_turn", null])),
        ("matched_stop", json!(null), json!(["end_turn", null])),
    ] {
        let choice = |said: &str| json!({ "index": 0, said: { "role": "assistant", "content": "Hi" }, "finish_reason": "stop", field: met });
        let answer = json!({ "choices": [choice("message")] });
        assert_eq!(whole(Wire::OpenAi, &answer), expected, "{answer}");
        let chunk = json!({ "choices": [choice("delta")] });
        assert_eq!(
            streamed(Wire::OpenAi, &format!("data: {chunk}\n\ndata: [DONE]\n\n")),
            expected,
            "{chunk}"
        );
    }
}

#[test]
fn claude_names_it_on_bedrock_where_it_is_asked_to() {
    let edits = |model: &str| Edits { model: Some(model.into()), ..Edits::default() };
    let sent = |model: &str| -> Value {
        serde_json::from_slice(&Wire::Bedrock.prepare(&asked(false), &edits(model)).unwrap().body.to_bytes())
            .unwrap()
    };
    let claude = sent("anthropic.claude-sonnet-4-5-v1:0");
    assert_eq!(claude["additionalModelResponseFieldPaths"], json!(["/stop_sequence"]));
    assert!(sent("amazon.nova-pro-v1:0").get("additionalModelResponseFieldPaths").is_none());
    let answer = |more: Value| {
        json!({ "output": { "message": { "role": "assistant", "content": [{ "text": "Hi" }] } },
        "stopReason": "stop_sequence", "additionalModelResponseFields": more })
    };
    let named = answer(json!({ "stop_sequence": "X" }));
    assert_eq!(whole(Wire::Bedrock, &named), json!(["stop_sequence", "X"]));
    assert_eq!(whole(Wire::Bedrock, &answer(Value::Null)), json!(["stop_sequence", null]));
    let chat = json!({ "model": "m", "messages": [{ "role": "user", "content": "Hi" }] });
    let chat = Asked::read(Dialect::Chat, chat.to_string().into()).unwrap();
    let came = Wire::Bedrock.whole(&chat, &named.to_string().into(), &stamp());
    assert_eq!(came.finish, Some(FinishReason::StopText("X".into())));
    assert!(String::from_utf8_lossy(&came.body).contains("\"finish_reason\":\"stop\""));
}

#[test]
fn an_answer_in_json_that_was_cut_says_so() {
    let chat = json!({ "model": "m", "response_format": { "type": "json_object" }, "messages": [{ "role": "user", "content": "Hi" }] });
    let chat = Asked::read(Dialect::Chat, chat.to_string().into()).unwrap();
    let anthropic = |reason: &str| json!({ "content": [{ "type": "tool_use", "id": "t", "name": "json_answer", "input": {} }], "stop_reason": reason });
    let bedrock = |reason: &str| json!({ "output": { "message": { "content": [{ "toolUse": { "toolUseId": "t", "name": "json_answer", "input": {} } }] } }, "stopReason": reason });
    for (reason, finish) in [("tool_use", FinishReason::Stop), ("max_tokens", FinishReason::Length)] {
        for (wire, body) in [(Wire::Anthropic, anthropic(reason)), (Wire::Bedrock, bedrock(reason))] {
            let came = wire.whole(&chat, &body.to_string().into(), &stamp());
            assert_eq!(came.finish, Some(finish.clone()), "{wire:?}");
        }
    }
}
