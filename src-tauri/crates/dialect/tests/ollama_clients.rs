//! Clients of Ollama's own API, before tiers that speak it too and tiers that do not.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    edit::Edits,
    error::{ClientError, ErrorKind, Unfit},
    observe::Completion,
    wire::{Stamp, Wire},
};
use serde_json::{Value, json};

const VLLM_TOOL: &str = include_str!("golden/vllm_tool.sse");
const LLAMA: &str = include_str!("golden/llama_server_chat.sse");
const OLLAMA: &str = include_str!("golden/ollama_chat.ndjson");
const PNG: &str = "iVBORw0KGgoAAAANSUhEUg==";

fn asked(dialect: Dialect, request: Value) -> Asked {
    Asked::read(dialect, request.to_string().into()).unwrap()
}

fn chat() -> Asked {
    asked(Dialect::OllamaChat, json!({ "model": "chat", "messages": [{ "role": "user", "content": "hi" }] }))
}

fn generate() -> Asked {
    asked(Dialect::OllamaGenerate, json!({ "model": "chat", "prompt": "hi" }))
}

fn stamp() -> Stamp {
    Stamp { id: String::new(), created: 1_767_225_600 }
}

fn sent(wire: Wire, asked: &Asked) -> Value {
    serde_json::from_slice(&wire.prepare(asked, &Edits::default()).unwrap().body.to_bytes()).unwrap()
}

fn run(wire: Wire, asked: &Asked, pieces: &[&[u8]]) -> (String, Completion) {
    let mut relay = wire.relay(asked, stamp());
    let mut out = Vec::new();
    for piece in pieces {
        out.extend_from_slice(&relay.push(Bytes::copy_from_slice(piece)).out);
    }
    let end = relay.finish();
    out.extend_from_slice(&end.out);
    (String::from_utf8(out).unwrap(), end.completion)
}

/// What comes of a stream in one piece, after it was cut in two at every place: that must not matter.
fn streamed(wire: Wire, asked: &Asked, body: &str) -> (String, Completion) {
    let whole = run(wire, asked, &[body.as_bytes()]);
    for at in 0..body.len() {
        let (before, after) = body.as_bytes().split_at(at);
        assert_eq!(run(wire, asked, &[before, after]), whole, "cut at {at}");
    }
    whole
}

fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_conversation_reaches_a_chat_tier_whole() {
    let asked = asked(
        Dialect::OllamaChat,
        json!({
            "model": "chat",
            "messages": [
                { "role": "system", "content": "Be brief." },
                { "role": "user", "content": "What is this?", "images": [PNG] },
                { "role": "assistant", "content": "", "thinking": "Hm.", "tool_calls": [
                    { "function": { "name": "look", "arguments": { "a": 1 } } },
                    { "function": { "name": "ask", "arguments": {} } },
                ] },
                { "role": "tool", "content": "a dog", "tool_name": "ask" },
                { "role": "tool", "content": "a cat", "tool_name": "look" },
            ],
            "tools": [{ "type": "function", "function": { "name": "look", "description": "d", "parameters": {} } }],
            "format": { "type": "object" },
            "think": true,
            "keep_alive": "5m",
            "options": { "num_predict": 50, "temperature": 0.5, "top_k": 4, "stop": ["x"], "seed": 1, "num_ctx": 8192 },
        }),
    );
    assert_eq!(
        sent(Wire::OpenAi, &asked),
        json!({
            "model": "chat",
            "messages": [
                { "role": "system", "content": "Be brief." },
                { "role": "user", "content": [
                    { "type": "text", "text": "What is this?" },
                    { "type": "image_url", "image_url": { "url": format!("data:image/png;base64,{PNG}") } },
                ] },
                { "role": "assistant", "content": null, "reasoning_content": "Hm.", "tool_calls": [
                    { "id": "call_0", "type": "function", "function": { "name": "look", "arguments": "{\"a\":1}" } },
                    { "id": "call_1", "type": "function", "function": { "name": "ask", "arguments": "{}" } },
                ] },
                { "role": "tool", "tool_call_id": "call_1", "content": "a dog", "name": "ask" },
                { "role": "tool", "tool_call_id": "call_0", "content": "a cat", "name": "look" },
            ],
            "tools": [{ "type": "function", "function": { "name": "look", "description": "d", "parameters": {} } }],
            "response_format": { "type": "json_schema", "json_schema": { "name": "answer", "schema": { "type": "object" } } },
            "stop": ["x"],
            "temperature": 0.5,
            "top_k": 4,
            "seed": 1,
            "max_tokens": 50,
            "reasoning_effort": "medium",
            "stream": true,
            "stream_options": { "include_usage": true },
        })
    );
    assert_eq!(Wire::OpenAi.prepare(&asked, &Edits::default()).unwrap().dropped, ["options.num_ctx"]);
    assert!(asked.peek.stream && asked.peek.has_images && asked.peek.has_tools && asked.peek.wants_json);
    assert_eq!(asked.peek.max_tokens, Some(50));
}

#[test]
fn a_prompt_is_a_conversation_of_one() {
    let asked = asked(
        Dialect::OllamaGenerate,
        json!({ "model": "chat", "system": "Be brief.", "prompt": "hi", "images": [PNG], "stream": false }),
    );
    let body = sent(Wire::Ollama, &asked);
    assert_eq!(body["messages"][0], json!({ "role": "system", "content": "Be brief." }));
    assert_eq!(body["messages"][1], json!({ "role": "user", "content": "hi", "images": [PNG] }));
    assert!(!asked.peek.stream && asked.peek.has_images);
}

#[test]
fn an_empty_list_of_pictures_is_none() {
    let sees = |images: Value| {
        let messages = json!([{ "role": "user", "content": "hi", "images": images }]);
        asked(Dialect::OllamaChat, json!({ "model": "chat", "messages": messages })).peek.has_images
    };
    assert!(!sees(json!([])) && !sees(Value::Null) && sees(json!([PNG])));
    let call = json!([{ "role": "assistant", "tool_calls": [
        { "function": { "name": "show", "arguments": { "images": ["a"] } } }] }]);
    assert!(!asked(Dialect::OllamaChat, json!({ "model": "chat", "messages": call })).peek.has_images);
}

#[test]
fn what_goes_past_the_template_only_ollama_can_carry() {
    for (name, value) in [
        ("raw", json!(true)),
        ("suffix", json!("}")),
        ("template", json!("{{.Prompt}}")),
        ("context", json!([1])),
    ] {
        let asked = asked(Dialect::OllamaGenerate, json!({ "model": "m", "prompt": "x", name: value }));
        let refused = Wire::OpenAi.prepare(&asked, &Edits::default()).unwrap_err();
        assert_eq!(refused, Unfit::CannotCarry(vec![name.into()]));
        assert_eq!(
            Wire::OllamaGenerate.prepare(&asked, &Edits::default()).unwrap().body.to_bytes(),
            asked.body
        );
    }
}

#[test]
fn a_tier_of_this_dialect_gets_the_bytes_with_the_named_fields_changed() {
    let edits = Edits {
        model: Some("qwen".into()),
        max_tokens_cap: Some(20),
        temperature: Some(0.0),
        system_note: Some("Hurry.".into()),
        ..Edits::default()
    };
    let body = Bytes::from_static(
        br#"{ "model":"chat", "odd": 1e3,"messages":[{"role":"user","content":"hi"}],"options":{"num_ctx":9}}"#,
    );
    let asked = Asked::read(Dialect::OllamaChat, body).unwrap();
    let expected = r#"{ "model":"qwen", "odd": 1e3,"messages":[{"role":"system","content":"Hurry."},{"role":"user","content":"hi"}],"options":{"num_ctx":9,"num_predict":20,"temperature":0.0}}"#;
    assert_eq!(Wire::Ollama.prepare(&asked, &edits).unwrap().body.to_bytes(), expected);
    let generate = Wire::OllamaGenerate.prepare(&generate(), &edits).unwrap().body.to_bytes();
    let expected =
        r#"{"options":{"num_predict":20,"temperature":0.0},"system":"Hurry.","model":"qwen","prompt":"hi"}"#;
    assert_eq!(generate, expected);
}

#[test]
fn a_request_that_nobody_can_answer_is_refused_by_field() {
    for (dialect, body, field) in [
        (Dialect::OllamaChat, json!({ "messages": [] }), "model"),
        (Dialect::OllamaChat, json!({ "model": "m", "stream": 1 }), "stream"),
        (Dialect::OllamaGenerate, json!({ "model": "m", "options": [] }), "options"),
    ] {
        let refused = Asked::read(dialect, body.to_string().into()).unwrap_err();
        assert_eq!(refused.param.as_deref(), Some(field), "{body}");
    }
    for (message, field) in [
        (json!({ "role": "user", "content": "x", "images": ["AAAA"] }), "messages[0].images[0]"),
        (json!({ "role": "wizard", "content": "x" }), "messages[0].role"),
        (
            json!({ "role": "assistant", "tool_calls": [{ "function": { "name": "f", "arguments": "{}" } }] }),
            "messages[0].tool_calls[0].function.arguments",
        ),
    ] {
        let odd = asked(Dialect::OllamaChat, json!({ "model": "m", "messages": [message] }));
        let Err(Unfit::Bad(refused)) = Wire::OpenAi.prepare(&odd, &Edits::default()) else {
            panic!("{message}")
        };
        assert_eq!(refused.param.as_deref(), Some(field));
    }
}

#[test]
fn a_chat_stream_becomes_lines() {
    let (out, completion) = streamed(Wire::OpenAi, &chat(), LLAMA);
    assert_eq!(completion, Completion::Complete);
    let told = lines(&out);
    let text: String = told.iter().map(|line| line["message"]["content"].as_str().unwrap()).collect();
    assert!(!text.is_empty());
    let last = told.last().unwrap();
    assert_eq!((&last["done"], &last["done_reason"]), (&json!(true), &json!("stop")));
    assert_eq!((&last["prompt_eval_count"], &last["eval_count"]), (&json!(20), &json!(6)));
    assert_eq!((&last["model"], &last["created_at"]), (&json!("chat"), &json!("2026-01-01T00:00:00Z")));
    let (out, _) = streamed(Wire::OpenAi, &generate(), LLAMA);
    let response: String = lines(&out).iter().map(|line| line["response"].as_str().unwrap()).collect();
    assert_eq!(response, text);
}

#[test]
fn calls_come_whole_and_broken_ones_end_in_an_error() {
    let (out, _) = streamed(Wire::OpenAi, &chat(), VLLM_TOOL);
    let told = lines(&out);
    let calls = &told[told.len() - 2]["message"]["tool_calls"];
    assert!(calls[0]["function"]["arguments"].is_object(), "{calls}");
    assert_eq!(told.last().unwrap()["done_reason"], "stop");
    let call = |arguments: &str| {
        json!({ "model": "m", "choices": [{ "index": 0, "finish_reason": "tool_calls", "message": { "tool_calls": [
            { "index": 0, "id": "c", "type": "function", "function": { "name": "f", "arguments": arguments } }] } }] })
    };
    let broken = call("{\"a\"").to_string();
    let frame = format!("data: {}\n\ndata: [DONE]\n\n", broken.replace("message", "delta"));
    let told = lines(&streamed(Wire::OpenAi, &chat(), &frame).0);
    assert!(told.last().unwrap()["error"].is_string(), "{told:?}");
    let whole = Wire::OpenAi.whole(&chat(), &broken.into(), &stamp());
    assert!(matches!(whole.completion, Completion::Broken { malformed: true, .. }));
    let whole = Wire::OpenAi.whole(&chat(), &call("").to_string().into(), &stamp());
    let answer: Value = serde_json::from_slice(&whole.body).unwrap();
    assert_eq!(answer["message"]["tool_calls"][0]["function"]["arguments"], json!({}));
}

#[test]
fn a_stream_of_this_dialect_goes_on_byte_for_byte() {
    assert_eq!(streamed(Wire::Ollama, &chat(), OLLAMA), (OLLAMA.to_owned(), Completion::Complete));
    let generated = OLLAMA.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        let message = line.as_object_mut().unwrap().shift_remove("message").unwrap();
        line["response"] = message["content"].clone();
        format!("{line}\n")
    });
    let generated: String = generated.collect();
    let (out, completion) = streamed(Wire::OllamaGenerate, &generate(), &generated);
    assert_eq!((out, completion), (generated, Completion::Complete));
    let cut = &OLLAMA[..OLLAMA.rfind("\n{").unwrap() + 1];
    let (out, completion) = streamed(Wire::Ollama, &chat(), &format!("{cut}{{\"error\":\"it broke\"}}\n"));
    assert_eq!(out, cut);
    assert!(matches!(completion, Completion::Failed(_)));
}

#[test]
fn errors_and_signs_of_life_are_lines_too() {
    let error = ClientError::new(ErrorKind::Upstream, "It broke.");
    assert_eq!(Dialect::OllamaChat.error_body(&error), r#"{"error":"It broke."}"#);
    assert_eq!(chat().error_event(&error, stamp()), "{\"error\":\"It broke.\"}\n");
    let quiet = lines(std::str::from_utf8(&chat().keep_alive()).unwrap());
    assert_eq!((&quiet[0]["message"]["content"], &quiet[0]["done"]), (&json!(""), &json!(false)));
    let empty = asked(Dialect::OllamaGenerate, json!({ "model": "m", "prompt": "" }));
    assert!(empty.peek.is_empty && !generate().peek.is_empty && !chat().peek.is_empty);
    let loaded = lines(std::str::from_utf8(&empty.loaded(&stamp())).unwrap());
    assert_eq!((&loaded[0]["response"], &loaded[0]["done_reason"]), (&json!(""), &json!("load")));
}
