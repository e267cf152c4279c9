//! Ollama's own `/api/chat`.

use axum::body::Bytes;
use serde_json::{Value, json};

use super::{Answer, Call, Say, calls_of, text_of, words};

pub(super) fn wrong(call: &Call) -> Option<String> {
    let messages = call.body["messages"].as_array().cloned().unwrap_or_default();
    let calls = messages.iter().flat_map(|it| it["tool_calls"].as_array().cloned().unwrap_or_default());
    let textual = |call: &Value| call["function"]["arguments"].is_string();
    if calls.clone().any(|call| textual(&call)) {
        return Some("json: cannot unmarshal string into Go struct field arguments".into());
    }
    let images = messages.iter().flat_map(|it| it["images"].as_array().cloned().unwrap_or_default());
    images
        .clone()
        .any(|it| it.as_str().is_none_or(|it| it.starts_with("data:") || it.starts_with("http")))
        .then(|| "illegal base64 data".into())
}

pub(super) fn error(_: u16, message: &str) -> Value {
    json!({ "error": message })
}

fn line(message: &Value) -> Value {
    json!({ "model": "m", "created_at": "2026-11-01T00:00:00.000000001Z", "message": message, "done": false })
}

fn frame(value: &Value) -> Bytes {
    format!("{value}\n").into()
}

pub(super) fn answer(call: &Call, say: &Say) -> Answer {
    let calls: Vec<Value> = calls_of(say)
        .iter()
        .enumerate()
        .map(|(at, (name, arguments))| json!({ "id": format!("call_{at}"), "function": { "index": at, "name": name, "arguments": arguments } }))
        .collect();
    let thought = if let Say::Thought(thought, _) = say { thought.as_str() } else { "" };
    let mut last = line(&json!({ "role": "assistant", "content": "" }));
    let end = json!({ "done": true, "done_reason": "stop", "total_duration": 9, "load_duration": 1, "prompt_eval_count": 15,
        "prompt_eval_duration": 2, "eval_count": 7, "eval_duration": 3 });
    last.as_object_mut().unwrap().extend(end.as_object().unwrap().clone());
    let cut = matches!(say, Say::Cut(_));
    if call.body["stream"] == false {
        last["message"] = json!({ "role": "assistant", "content": text_of(say) });
        if !thought.is_empty() {
            last["message"]["thinking"] = thought.into();
        }
        if !calls.is_empty() {
            last["message"]["tool_calls"] = calls.into();
        }
        return Answer { content_type: "application/json", frames: vec![last.to_string().into()], cut };
    }
    let mut frames = Vec::new();
    if !thought.is_empty() {
        frames.push(frame(&line(&json!({ "role": "assistant", "content": "", "thinking": thought }))));
    }
    frames.extend(
        words(text_of(say)).map(|word| frame(&line(&json!({ "role": "assistant", "content": word })))),
    );
    if !calls.is_empty() {
        frames.push(frame(&line(&json!({ "role": "assistant", "content": "", "tool_calls": calls }))));
    }
    match say {
        Say::Fails(_) => frames.push(frame(&error(500, "llama runner process has terminated"))),
        Say::Cut(_) => {}
        _ => frames.push(frame(&last)),
    }
    Answer { content_type: "application/x-ndjson", frames, cut }
}
