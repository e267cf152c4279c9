//! `OpenAI`'s Chat Completions, and Azure's, which differ in keys, errors and filters.

use axum::body::Bytes;
use serde_json::{Value, json};

use super::{Answer, Call, Say, calls_of, has, text_of, words};

pub(super) fn is_azure(call: &Call) -> bool {
    call.path.starts_with("/openai/")
}

pub(super) fn wrong(call: &Call) -> Option<String> {
    let key = if is_azure(call) { "api-key" } else { "authorization" };
    if !has(call, key) {
        return Some(format!("Access denied due to missing {key}."));
    }
    // Every call of the history is answered before anybody else speaks.
    let messages = call.body["messages"].as_array().cloned().unwrap_or_default();
    let made = messages.iter().flat_map(|it| it["tool_calls"].as_array().cloned().unwrap_or_default());
    let answered = |id: &Value| messages.iter().any(|it| it["role"] == "tool" && it["tool_call_id"] == *id);
    made.map(|it| it["id"].clone())
        .find(|id| !answered(id))
        .map(|id| format!("the tool call {id} has no response message"))
}

pub(super) fn azure_error(status: u16, message: &str) -> Value {
    json!({"error": {"code": status.to_string(), "message": message}})
}

pub(super) fn error(status: u16, message: &str) -> Value {
    let kind = match status {
        429 => "rate_limit_error",
        400..500 => "invalid_request_error",
        _ => "server_error",
    };
    json!({"error": {"message": message, "type": kind, "param": null, "code": null}})
}

fn frame(delta: &Value, finish: Option<&str>) -> Bytes {
    let chunk = json!({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt", "choices": [
        {"index": 0, "delta": delta, "finish_reason": finish}]});
    format!("data: {chunk}\n\n").into()
}

pub(super) fn answer(call: &Call, say: &Say) -> Answer {
    let calls: Vec<Value> = calls_of(say)
        .iter()
        .enumerate()
        .map(|(at, (name, args))| {
            json!({"index": at, "id": format!("call_{at}"), "type": "function",
                "function": {"name": name, "arguments": args.to_string()}})
        })
        .collect();
    let finish = if calls.is_empty() { "stop" } else { "tool_calls" };
    let cut = matches!(say, Say::Cut(_));
    if call.body["stream"] != true {
        let mut message = json!({"role": "assistant", "content": text_of(say)});
        if !calls.is_empty() {
            message["tool_calls"] = calls.into();
        }
        let body = json!({"id": "c", "object": "chat.completion", "created": 1, "model": "gpt",
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": {"prompt_tokens": 15, "completion_tokens": 7, "total_tokens": 22, "prompt_tokens_details": {"cached_tokens": 4}}});
        return Answer { content_type: "application/json", frames: vec![body.to_string().into()], cut };
    }
    let mut frames = Vec::new();
    if is_azure(call) {
        // The first chunk of a filtered deployment has no choices.
        frames.push(Bytes::from_static(b"data: {\"choices\":[],\"prompt_filter_results\":[]}\n\n"));
    }
    frames.push(frame(&json!({"role": "assistant", "content": "", "refusal": null}), None));
    frames.extend(words(text_of(say)).map(|word| frame(&json!({"content": word}), None)));
    frames.extend(calls.iter().map(|call| frame(&json!({"tool_calls": [call]}), None)));
    match say {
        Say::Fails(_) => {
            frames.push(format!("data: {}\n\n", error(500, "The server had an error.")).into());
        }
        Say::Cut(_) => {}
        _ => {
            frames.push(frame(&json!({}), Some(finish)));
            let usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":15,\"completion_tokens\":7,\"total_tokens\":22,\"prompt_tokens_details\":{\"cached_tokens\":4}}}\n\n";
            frames.push(Bytes::from_static(usage.as_bytes()));
            frames.push(Bytes::from_static(b"data: [DONE]\n\n"));
        }
    }
    Answer { content_type: "text/event-stream", frames, cut }
}
