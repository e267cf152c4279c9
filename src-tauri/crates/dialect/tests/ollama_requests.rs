//! Chat Completions requests on their way to Ollama's chat API: carried, refused by name, or dropped by name.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    edit::Edits,
    error::Unfit,
    wire::{Prepared, Wire},
};
use serde_json::{Value, json};

fn prepare(request: &Value, edits: &Edits) -> Result<Prepared, Unfit> {
    let body = Bytes::from(request.to_string());
    Wire::Ollama.prepare(&Asked::read(Dialect::Chat, body).unwrap(), edits)
}

fn carried(request: &Value) -> Value {
    serde_json::from_slice(&prepare(request, &Edits::default()).unwrap().body.to_bytes()).unwrap()
}

fn with(fields: Value) -> Value {
    let mut request = json!({ "model": "m", "messages": [{ "role": "user", "content": "hi" }] });
    request.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    request
}

#[test]
fn a_plain_request_is_carried_and_never_cut_in_silence() {
    assert_eq!(
        carried(&with(json!({}))),
        json!({
            "model": "m", "messages": [{ "role": "user", "content": "hi" }],
            "stream": false, "truncate": false,
        })
    );
}

#[test]
fn everything_with_a_word_is_carried() {
    let request = with(json!({
        "stream": true, "stream_options": { "include_usage": true }, "max_completion_tokens": 9, "temperature": 0.5,
        "top_p": 0.9, "top_k": 4, "min_p": 0.1, "seed": 7, "presence_penalty": 1.0, "frequency_penalty": 0.25,
        "repetition_penalty": 1.1, "stop": "END", "reasoning_effort": "minimal", "tool_choice": "auto",
        "tools": [{ "type": "function", "function": { "name": "f", "description": "d", "parameters": { "type": "object" } } }],
        "response_format": { "type": "json_schema", "json_schema": { "name": "n", "schema": { "type": "object" }, "strict": true } },
    }));
    assert_eq!(
        carried(&request),
        json!({
            "model": "m", "messages": [{ "role": "user", "content": "hi" }],
            "tools": [{ "type": "function", "function": { "name": "f", "description": "d", "parameters": { "type": "object" } } }],
            "format": { "type": "object" }, "think": "low", "stream": true, "truncate": false,
            "options": {
                "num_predict": 9, "temperature": 0.5, "top_p": 0.9, "top_k": 4, "min_p": 0.1, "seed": 7,
                "presence_penalty": 1.0, "frequency_penalty": 0.25, "stop": ["END"], "repeat_penalty": 1.1,
            },
        })
    );
    assert_eq!(carried(&with(json!({ "response_format": { "type": "json_object" } })))["format"], "json");
    assert_eq!(carried(&with(json!({ "reasoning_effort": "none" })))["think"], false);
}

#[test]
fn a_conversation_with_images_and_tools_is_carried() {
    let messages = carried(&with(json!({ "messages": [
        { "role": "developer", "content": "S" },
        { "role": "user", "content": [
            { "type": "text", "text": "a" },
            { "type": "image_url", "image_url": { "url": "data:image/png;base64,QUJD", "detail": "low" } },
            { "type": "text", "text": "b" },
        ]},
        { "role": "assistant", "content": null, "reasoning_content": "hm", "tool_calls": [
            { "id": "c1", "type": "function", "function": { "name": "f", "arguments": "{\"a\":1}" } },
            { "id": "c2", "type": "function", "function": { "name": "g", "arguments": "" } },
        ]},
        { "role": "tool", "tool_call_id": "c2", "content": "two" },
        { "role": "tool", "tool_call_id": "c1", "content": [{ "type": "text", "text": "one" }] },
    ]})))["messages"]
        .clone();
    assert_eq!(
        messages,
        json!([
            { "role": "system", "content": "S" },
            { "role": "user", "content": "a\nb", "images": ["QUJD"] },
            { "role": "assistant", "content": "", "thinking": "hm", "tool_calls": [
                { "id": "c1", "function": { "index": 0, "name": "f", "arguments": { "a": 1 } } },
                { "id": "c2", "function": { "index": 1, "name": "g", "arguments": {} } },
            ]},
            { "role": "tool", "content": "two", "tool_call_id": "c2", "tool_name": "g" },
            { "role": "tool", "content": "one", "tool_call_id": "c1", "tool_name": "f" },
        ])
    );
}

#[test]
fn what_has_no_word_and_shapes_the_answer_makes_the_tier_unfit() {
    let tool = json!([{ "type": "function", "function": { "name": "f" } }]);
    let image = json!([{ "role": "user", "content": [{ "type": "image_url", "image_url": { "url": "https://x/y.png" } }] }]);
    let audio = json!([{ "role": "user", "content": [{ "type": "input_audio", "input_audio": {} }] }]);
    let broken = json!([{ "role": "assistant", "tool_calls": [
        { "id": "c", "function": { "name": "f", "arguments": "{\"a\":" } }] }]);
    for (fields, what) in [
        (json!({ "n": 2 }), "n"),
        (
            json!({ "tools": tool, "tool_choice": "required", "response_format": { "type": "json_object" } }),
            "tool_choice",
        ),
        (
            json!({ "tools": tool, "tool_choice": { "type": "function", "function": { "name": "g" } } }),
            "tool_choice",
        ),
        (
            json!({ "tools": tool, "tool_choice": { "type": "custom", "custom": { "name": "f" } } }),
            "tool_choice",
        ),
        (json!({ "logprobs": true }), "logprobs"),
        (json!({ "logit_bias": { "5": 1 } }), "logit_bias"),
        (json!({ "modalities": ["text", "audio"] }), "modalities"),
        (json!({ "messages": image }), "images by URL"),
        (json!({ "messages": audio }), "content of type input_audio"),
        (json!({ "messages": broken }), "tool call arguments that are not a JSON object"),
    ] {
        match prepare(&with(fields), &Edits::default()) {
            Err(Unfit::CannotCarry(lost)) => assert_eq!(lost, [what]),
            other => panic!("{what}: {other:?}"),
        }
    }
    let both = prepare(&with(json!({ "n": 2, "logprobs": true })), &Edits::default()).unwrap_err();
    assert_eq!(both.to_string(), "this tier's API cannot carry n, logprobs");
}

#[test]
fn what_says_nothing_is_no_hindrance() {
    let tool = json!([{ "type": "function", "function": { "name": "f" } }]);
    let request = with(json!({
        "n": 1, "logprobs": false, "top_logprobs": 0, "logit_bias": {}, "modalities": ["text"], "audio": null,
        "tool_choice": "none", "parallel_tool_calls": false, "tools": tool, "store": false,
    }));
    let prepared = prepare(&request, &Edits::default()).unwrap();
    assert!(prepared.dropped.is_empty());
    assert_eq!(carried(&request), carried(&with(json!({}))), "no tool may be called, so none is offered");
}

#[test]
fn hints_are_dropped_by_name() {
    let request = with(json!({ "user": "u", "metadata": { "a": 1 }, "store": true, "novel": 1 }));
    assert_eq!(prepare(&request, &Edits::default()).unwrap().dropped, ["user", "metadata", "store", "novel"]);
}

#[test]
fn the_tiers_edits_are_made() {
    let edits = Edits {
        model: Some("llama3.1:8b-q4".into()),
        max_tokens_cap: Some(400),
        temperature: Some(0.0),
        system_note: Some("Be brief.".into()),
        force_usage: true,
        ..Edits::default()
    };
    let prepared = prepare(&with(json!({ "max_tokens": 900, "temperature": 1 })), &edits).unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&prepared.body.to_bytes()).unwrap(),
        json!({
            "model": "llama3.1:8b-q4",
            "messages": [{ "role": "system", "content": "Be brief." }, { "role": "user", "content": "hi" }],
            "stream": false, "truncate": false, "options": { "num_predict": 400, "temperature": 0.0 },
        })
    );
}

#[test]
fn the_clients_mistakes_name_their_place() {
    for (fields, param) in [
        (json!({ "messages": [7] }), "messages[0]"),
        (json!({ "messages": [{ "role": "narrator", "content": "x" }] }), "messages[0].role"),
        (json!({ "messages": [{ "role": "user", "content": [{ "text": "x" }] }] }), "messages[0].content[0]"),
        (json!({ "messages": [{ "role": "tool", "content": "x" }] }), "messages[0].tool_call_id"),
        (json!({ "tools": [{ "type": "function" }] }), "tools[0].function"),
        (json!({ "tool_choice": "perhaps" }), "tool_choice"),
        (json!({ "stop": 7 }), "stop"),
        (json!({ "temperature": "hot" }), "temperature"),
        (json!({ "response_format": { "type": "xml" } }), "response_format.type"),
    ] {
        match prepare(&with(fields), &Edits::default()) {
            Err(Unfit::Bad(bad)) => assert_eq!(bad.param.as_deref(), Some(param)),
            other => panic!("{param}: {other:?}"),
        }
    }
}

/// Clients of Anthropic's dialect say it in tokens, and to whatever model.
#[test]
fn a_budget_of_reasoning_is_for_models_that_reason() {
    let written = |model: &str, thinking: Value| {
        let body = json!({ "model": "m", "max_tokens": 9, "thinking": thinking, "messages": [{ "role": "user", "content": "hi" }] });
        let asked = Asked::read(Dialect::Messages, body.to_string().into()).unwrap();
        let edits = Edits { model: Some(model.into()), ..Edits::default() };
        let prepared = Wire::Ollama.prepare(&asked, &edits).unwrap();
        (
            serde_json::from_slice::<Value>(&prepared.body.to_bytes()).unwrap()["think"].clone(),
            prepared.dropped,
        )
    };
    let budget = json!({ "type": "enabled", "budget_tokens": 2048 });
    for model in ["qwen3:8b", "library/gpt-oss:20b"] {
        assert_eq!(written(model, budget.clone()), ("medium".into(), vec![]), "{model}");
    }
    for model in ["llama3.2", "qwen3-coder:30b"] {
        assert_eq!(written(model, budget.clone()), (Value::Null, vec!["reasoning".to_owned()]), "{model}");
    }
    assert_eq!(written("llama3.2", json!({ "type": "disabled" })), (false.into(), vec![]));
}
