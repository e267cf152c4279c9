//! Bedrock's Converse API.

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use axum::body::Bytes;
use serde_json::{Value, json};

use super::{Answer, Call, Say, alternates, calls_of, text_of, words};

pub(super) fn wrong(call: &Call) -> Option<String> {
    let said = call.headers.get("authorization").and_then(|it| it.to_str().ok()).unwrap_or_default();
    let signed = said.starts_with("AWS4-HMAC-SHA256 Credential=")
        && said.contains("/bedrock/aws4_request")
        && call.headers.contains_key("x-amz-date");
    if !signed && !said.starts_with("Bearer ") {
        return Some("The request signature we calculated does not match".into());
    }
    let messages = call.body["messages"].as_array().cloned().unwrap_or_default();
    let blocks = messages.iter().flat_map(|it| it["content"].as_array().cloned().unwrap_or_default());
    if blocks.clone().any(|block| block["text"].as_str().is_some_and(|text| text.trim().is_empty())) {
        return Some("The text field in the ContentBlock object is blank.".into());
    }
    alternates(call, "messages", "assistant")
}

pub(super) fn error(status: u16, message: &str) -> Value {
    let kind = match status {
        400 => "ValidationException",
        429 => "ThrottlingException",
        _ => "InternalServerException",
    };
    json!({"message": message, "__type": kind})
}

fn frame(kind: &str, name: &str, payload: &Value) -> Bytes {
    let header =
        |name: &'static str, value: &str| Header::new(name, HeaderValue::String(value.to_owned().into()));
    let which = if kind == "exception" { ":exception-type" } else { ":event-type" };
    let message = Message::new(payload.to_string())
        .add_header(header(":message-type", kind))
        .add_header(header(which, name))
        .add_header(header(":content-type", "application/json"));
    let mut bytes = Vec::new();
    write_message_to(&message, &mut bytes).unwrap();
    bytes.into()
}

fn blocks(say: &Say) -> Vec<Value> {
    let mut blocks = Vec::new();
    if let Say::Thought(thought, _) = say {
        blocks.push(json!({"reasoningContent": {"reasoningText": {"text": thought, "signature": "c2ln"}}}));
    }
    if !text_of(say).is_empty() {
        blocks.push(json!({"text": text_of(say)}));
    }
    blocks.extend(calls_of(say).iter().enumerate().map(
        |(at, (name, input))| json!({"toolUse": {"toolUseId": format!("t{at}"), "name": name, "input": input}}),
    ));
    blocks
}

pub(super) fn answer(call: &Call, say: &Say) -> Answer {
    let reason = if calls_of(say).is_empty() { "end_turn" } else { "tool_use" };
    let usage = json!({"inputTokens": 11, "outputTokens": 7, "totalTokens": 18, "cacheReadInputTokens": 4});
    let cut = matches!(say, Say::Cut(_));
    if !call.path.ends_with("/converse-stream") {
        let body = json!({"output": {"message": {"role": "assistant", "content": blocks(say)}}, "stopReason": reason,
            "usage": usage, "metrics": {"latencyMs": 1}});
        return Answer { content_type: "application/json", frames: vec![body.to_string().into()], cut };
    }
    let mut frames = vec![frame("event", "messageStart", &json!({"role": "assistant", "p": "abc"}))];
    for (index, block) in blocks(say).iter().enumerate() {
        stream_block(index, block, &mut frames);
    }
    match say {
        Say::Fails(_) => frames.push(frame(
            "exception",
            "modelStreamErrorException",
            &json!({"message": "The model failed.", "originalStatusCode": 503}),
        )),
        Say::Cut(_) => {}
        _ => {
            frames.push(frame("event", "messageStop", &json!({"stopReason": reason})));
            frames.push(frame("event", "metadata", &json!({"usage": usage, "metrics": {"latencyMs": 1}})));
        }
    }
    Answer { content_type: "application/vnd.amazon.eventstream", frames, cut }
}

fn stream_block(index: usize, block: &Value, frames: &mut Vec<Bytes>) {
    let mut delta = |delta: Value| {
        frames.push(frame(
            "event",
            "contentBlockDelta",
            &json!({"contentBlockIndex": index, "delta": delta}),
        ));
    };
    if let Some(text) = block["text"].as_str() {
        words(text).for_each(|word| delta(json!({"text": word})));
    } else if let Some(said) = block.pointer("/reasoningContent/reasoningText") {
        delta(json!({"reasoningContent": {"text": said["text"]}}));
        delta(json!({"reasoningContent": {"signature": said["signature"]}}));
    } else {
        let used = &block["toolUse"];
        let start = json!({"toolUse": {"toolUseId": used["toolUseId"], "name": used["name"]}});
        frames.push(frame(
            "event",
            "contentBlockStart",
            &json!({"contentBlockIndex": index, "start": start}),
        ));
        let input = used["input"].to_string();
        let (a, b) = input.split_at(input.len() / 2);
        for piece in [a, b] {
            let delta = json!({"toolUse": {"input": piece}});
            frames.push(frame(
                "event",
                "contentBlockDelta",
                &json!({"contentBlockIndex": index, "delta": delta}),
            ));
        }
    }
    frames.push(frame("event", "contentBlockStop", &json!({"contentBlockIndex": index})));
}
