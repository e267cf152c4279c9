//! Google's Gemini API.

use axum::body::Bytes;
use serde_json::{Value, json};

use super::{Answer, Call, Say, calls_of, has, text_of, words};

pub(super) fn wrong(call: &Call) -> Option<String> {
    if !has(call, "x-goog-api-key") {
        return Some("API key not valid".into());
    }
    let contents = call.body["contents"].as_array().cloned().unwrap_or_default();
    if contents.is_empty() {
        return Some("contents is not specified".into());
    }
    for part in contents.iter().flat_map(|it| it["parts"].as_array().cloned().unwrap_or_default()) {
        if part.get("functionCall").is_some() && part.get("thoughtSignature").is_none() {
            return Some("Function call is missing a thought_signature".into());
        }
    }
    None
}

pub(super) fn error(status: u16, message: &str) -> Value {
    let word = match status {
        400 => "INVALID_ARGUMENT",
        429 => "RESOURCE_EXHAUSTED",
        503 => "UNAVAILABLE",
        _ => "INTERNAL",
    };
    json!({"error": {"code": status, "message": message, "status": word}})
}

fn chunk(parts: &Value, finish: Option<&str>) -> Value {
    let mut candidate = json!({"index": 0, "content": {"role": "model", "parts": parts}});
    if let Some(finish) = finish {
        candidate["finishReason"] = finish.into();
    }
    json!({"candidates": [candidate], "modelVersion": "gemini-x", "responseId": "r",
        "usageMetadata": {"promptTokenCount": 15, "cachedContentTokenCount": 4, "candidatesTokenCount": 5, "thoughtsTokenCount": 2}})
}

fn frame(data: &Value) -> Bytes {
    format!("data: {data}\r\n\r\n").into()
}

pub(super) fn answer(call: &Call, say: &Say) -> Answer {
    let mut parts = Vec::new();
    if let Say::Thought(thought, _) = say {
        parts.push(json!({"text": thought, "thought": true}));
    }
    if call.path.contains(":streamGenerateContent") {
        parts.extend(words(text_of(say)).map(|word| json!({"text": word})));
    } else if !text_of(say).is_empty() {
        parts.push(json!({"text": text_of(say)}));
    }
    for (at, (name, args)) in calls_of(say).iter().enumerate() {
        let mut part = json!({"functionCall": {"id": format!("fc{at}"), "name": name, "args": args}});
        part["thoughtSignature"] = format!("c2ln+/{at}=").into();
        parts.push(part);
    }
    let cut = matches!(say, Say::Cut(_));
    if !call.path.contains(":streamGenerateContent") {
        let body = chunk(&parts.into(), Some("STOP")).to_string().into();
        return Answer { content_type: "application/json", frames: vec![body], cut };
    }
    let mut frames: Vec<Bytes> = parts.iter().map(|part| frame(&chunk(&json!([part]), None))).collect();
    match say {
        Say::Fails(_) => frames.push(frame(&error(503, "The model is overloaded."))),
        Say::Cut(_) => {}
        _ => frames.push(frame(&chunk(&json!([{"text": ""}]), Some("STOP")))),
    }
    Answer { content_type: "text/event-stream", frames, cut }
}
