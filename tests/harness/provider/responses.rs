//! `OpenAI`'s Responses, which Azure has too.

use axum::body::Bytes;
use serde_json::{Value, json};

use super::{Answer, Call, Say, calls_of, openai, text_of, words};

fn items(say: &Say) -> Vec<Value> {
    let mut items = Vec::new();
    if let Say::Thought(thought, _) = say {
        items.push(json!({"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": thought}]}));
    }
    if !text_of(say).is_empty() {
        items.push(json!({"type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
            "content": [{"type": "output_text", "text": text_of(say), "annotations": []}]}));
    }
    items.extend(calls_of(say).iter().enumerate().map(|(at, (name, arguments))| {
        json!({"type": "function_call", "id": format!("fc_{at}"), "call_id": format!("call_{at}"), "name": name,
            "arguments": arguments.to_string(), "status": "completed"})
    }));
    items
}

fn response(call: &Call, status: &str, output: &[Value]) -> Value {
    let usage = json!({"input_tokens": 15, "input_tokens_details": {"cached_tokens": 4}, "output_tokens": 7,
        "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 22});
    json!({"id": "resp_1", "object": "response", "created_at": 1, "status": status, "error": null,
        "incomplete_details": null, "model": call.body["model"], "output": output, "parallel_tool_calls": true,
        "tool_choice": "auto", "tools": [], "usage": if status == "completed" { usage } else { Value::Null }})
}

/// Writes events with their numbers.
#[derive(Default)]
struct Events(Vec<Bytes>);

impl Events {
    fn push(&mut self, kind: &str, mut fields: Value) {
        fields["type"] = kind.into();
        fields["sequence_number"] = self.0.len().into();
        self.0.push(format!("event: {kind}\ndata: {fields}\n\n").into());
    }

    fn item(&mut self, at: usize, item: &Value) {
        let here = |more: Value| {
            let mut all = json!({"item_id": item["id"], "output_index": at});
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        let mut begun = item.clone();
        match item["type"].as_str().unwrap() {
            "message" => {
                begun["content"] = json!([]);
                self.push("response.output_item.added", json!({"output_index": at, "item": begun}));
                let part = json!({"type": "output_text", "text": "", "annotations": []});
                self.push("response.content_part.added", here(json!({"content_index": 0, "part": part})));
                let text = item["content"][0]["text"].as_str().unwrap();
                for word in words(text) {
                    self.push("response.output_text.delta", here(json!({"content_index": 0, "delta": word})));
                }
                self.push("response.output_text.done", here(json!({"content_index": 0, "text": text})));
                self.push(
                    "response.content_part.done",
                    here(json!({"content_index": 0, "part": item["content"][0]})),
                );
            }
            "function_call" => {
                begun["arguments"] = "".into();
                self.push("response.output_item.added", json!({"output_index": at, "item": begun}));
                let arguments = &item["arguments"];
                self.push("response.function_call_arguments.delta", here(json!({"delta": arguments})));
                self.push("response.function_call_arguments.done", here(json!({"arguments": arguments})));
            }
            _ => self.push("response.output_item.added", json!({"output_index": at, "item": begun})),
        }
        self.push("response.output_item.done", json!({"output_index": at, "item": item}));
    }
}

pub(super) fn answer(call: &Call, say: &Say) -> Answer {
    let cut = matches!(say, Say::Cut(_));
    let items = items(say);
    if call.body["stream"] != true {
        let body = response(call, "completed", &items).to_string().into();
        return Answer { content_type: "application/json", frames: vec![body], cut };
    }
    let mut events = Events::default();
    events.push("response.created", json!({"response": response(call, "in_progress", &[])}));
    events.push("response.in_progress", json!({"response": response(call, "in_progress", &[])}));
    for (at, item) in items.iter().enumerate() {
        events.item(at, item);
    }
    match say {
        Say::Fails(_) => {
            let error = openai::error(500, "The server had an error.");
            events.push(
                "error",
                json!({"code": "server_error", "message": error["error"]["message"], "param": null}),
            );
        }
        Say::Cut(_) => {}
        _ => events.push("response.completed", json!({"response": response(call, "completed", &items)})),
    }
    Answer { content_type: "text/event-stream", frames: events.0, cut }
}
