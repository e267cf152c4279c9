//! Anthropic Messages.

use axum::body::Bytes;
use serde_json::{Value, json};

use super::{Answer, Call, Say, alternates, calls_of, has, text_of, words};

pub(super) fn wrong(call: &Call) -> Option<String> {
    if !has(call, "x-api-key") || !has(call, "anthropic-version") {
        return Some("x-api-key and anthropic-version are required".into());
    }
    if !call.body["max_tokens"].is_u64() {
        return Some("max_tokens: Field required".into());
    }
    alternates(call, "messages", "assistant")
}

pub(super) fn error(status: u16, message: &str) -> Value {
    let kind = match status {
        400 => "invalid_request_error",
        401 => "authentication_error",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        _ => "api_error",
    };
    json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"})
}

fn frame(data: &Value) -> Bytes {
    format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap()).into()
}

fn blocks(say: &Say) -> Vec<Value> {
    let mut blocks = Vec::new();
    if let Say::Thought(thought, _) = say {
        blocks.push(json!({"type": "thinking", "thinking": thought, "signature": "c2lnbmVk"}));
    }
    if !text_of(say).is_empty() {
        blocks.push(json!({"type": "text", "text": text_of(say)}));
    }
    blocks.extend(calls_of(say).iter().enumerate().map(
        |(at, (name, input))| json!({"type": "tool_use", "id": format!("toolu_{at}"), "name": name, "input": input}),
    ));
    blocks
}

pub(super) fn answer(call: &Call, say: &Say) -> Answer {
    let reason = if calls_of(say).is_empty() { "end_turn" } else { "tool_use" };
    let model = &call.body["model"];
    let usage = json!({"input_tokens": 11, "cache_read_input_tokens": 4, "output_tokens": 7});
    if call.body["stream"] != true {
        let body = json!({"id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": blocks(say),
            "stop_reason": reason, "stop_sequence": null, "usage": usage});
        let cut = matches!(say, Say::Cut(_) | Say::Fails(_));
        return Answer { content_type: "application/json", frames: vec![body.to_string().into()], cut };
    }
    let mut frames =
        vec![frame(&json!({"type": "message_start", "message": {"id": "msg_1", "type": "message",
        "role": "assistant", "model": model, "content": [], "stop_reason": null, "usage": usage}}))];
    frames.push(frame(&json!({"type": "ping"})));
    for (index, block) in blocks(say).iter().enumerate() {
        stream_block(index, block, &mut frames);
    }
    match say {
        Say::Fails(_) => frames.push(frame(&error(529, "Overloaded"))),
        Say::Cut(_) => {}
        _ => {
            frames.push(frame(
                &json!({"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": null},
                "usage": {"output_tokens": 7}}),
            ));
            frames.push(frame(&json!({"type": "message_stop"})));
        }
    }
    Answer { content_type: "text/event-stream", frames, cut: matches!(say, Say::Cut(_)) }
}

fn stream_block(index: usize, block: &Value, frames: &mut Vec<Bytes>) {
    let mut start = block.clone();
    let mut deltas: Vec<Value> = Vec::new();
    match block["type"].as_str().unwrap() {
        "text" => {
            start["text"] = "".into();
            deltas.extend(
                words(block["text"].as_str().unwrap())
                    .map(|word| json!({"type": "text_delta", "text": word})),
            );
        }
        "thinking" => {
            start = json!({"type": "thinking", "thinking": "", "signature": ""});
            deltas.push(json!({"type": "thinking_delta", "thinking": block["thinking"]}));
            deltas.push(json!({"type": "signature_delta", "signature": block["signature"]}));
        }
        _ => {
            start["input"] = json!({});
            let input = block["input"].to_string();
            let (a, b) = input.split_at(input.len() / 2);
            deltas.extend([a, b].map(|piece| json!({"type": "input_json_delta", "partial_json": piece})));
        }
    }
    frames.push(frame(&json!({"type": "content_block_start", "index": index, "content_block": start})));
    for delta in deltas {
        frames.push(frame(&json!({"type": "content_block_delta", "index": index, "delta": delta})));
    }
    frames.push(frame(&json!({"type": "content_block_stop", "index": index})));
}
