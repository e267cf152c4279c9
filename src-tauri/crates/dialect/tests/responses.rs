//! The Responses dialect: clients that speak it, before tiers that do and tiers that do not.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    edit::Edits,
    error::{ClientError, ErrorKind, Unfit},
    exchange::{FinishReason, Usage},
    observe::{Completion, Seen},
    wire::{Stamp, Wire},
};
use serde_json::{Value, json};

const VLLM_TOOL: &str = include_str!("golden/vllm_tool.sse");
const OLLAMA: &str = include_str!("golden/ollama_chat.ndjson");
const NATIVE: &str = include_str!("golden/openai_responses.sse");

fn asked(fields: Value) -> Asked {
    let mut request = json!({ "model": "chat", "input": "hi", "stream": true });
    request.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    Asked::read(Dialect::Responses, request.to_string().into()).unwrap()
}

fn stamp() -> Stamp {
    Stamp { id: "resp_1".into(), created: 7 }
}

fn sent(wire: Wire, asked: &Asked) -> Value {
    serde_json::from_slice(&wire.prepare(asked, &Edits::default()).unwrap().body.to_bytes()).unwrap()
}

/// What the client gets of a stream that comes in these pieces.
fn run(wire: Wire, asked: &Asked, pieces: &[&[u8]]) -> (String, Vec<Seen>, Completion) {
    let mut relay = wire.relay(asked, stamp());
    let (mut out, mut seen) = (Vec::new(), Vec::new());
    for piece in pieces {
        let mut step = relay.push(Bytes::copy_from_slice(piece));
        out.extend_from_slice(&step.out);
        seen.append(&mut step.seen);
    }
    let mut end = relay.finish();
    out.extend_from_slice(&end.out);
    seen.append(&mut end.seen);
    (String::from_utf8(out).unwrap(), seen, end.completion)
}

/// The same in one piece, after it was cut in two at every place: that must not matter.
fn streamed(wire: Wire, asked: &Asked, body: &str) -> (String, Vec<Seen>, Completion) {
    let whole = run(wire, asked, &[body.as_bytes()]);
    for at in 0..body.len() {
        let (before, after) = body.as_bytes().split_at(at);
        assert_eq!(run(wire, asked, &[before, after]), whole, "cut at {at}");
    }
    whole
}

/// The events of a stream; their names, numbers and types must agree.
fn events(out: &str) -> Vec<Value> {
    let one = |(at, frame): (usize, &str)| {
        let (name, data) = frame.split_once('\n').unwrap();
        let event: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
        assert_eq!(name.strip_prefix("event: "), event["type"].as_str());
        assert_eq!(event["sequence_number"], at);
        event
    };
    out.split_terminator("\n\n").enumerate().map(one).collect()
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[test]
fn a_conversation_reaches_a_chat_tier_whole() {
    let asked = asked(json!({
        "instructions": "Be brief.",
        "input": [
            { "role": "developer", "content": "Use tools." },
            { "role": "user", "content": [
                { "type": "input_text", "text": "What is this?" },
                { "type": "input_image", "image_url": "data:image/png;base64,AAAA", "detail": "low" },
            ] },
            { "type": "reasoning", "id": "rs_1", "summary": [{ "type": "summary_text", "text": "Look it up." }],
              "encrypted_content": "sealed" },
            { "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": "Wait." }] },
            { "type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "look", "arguments": "{\"a\":1}" },
            { "type": "function_call", "call_id": "call_2", "name": "look", "arguments": "{}" },
            { "type": "function_call_output", "call_id": "call_1", "output": "a cat" },
            { "type": "function_call_output", "call_id": "call_2", "output": [{ "type": "input_text", "text": "a dog" }] },
        ],
        "tools": [{ "type": "function", "name": "look", "description": "d", "parameters": {}, "strict": true }],
        "tool_choice": { "type": "function", "name": "look" },
        "parallel_tool_calls": true,
        "max_output_tokens": 50,
        "temperature": 0.5,
        "reasoning": { "effort": "high", "summary": "auto" },
        "text": { "format": { "type": "json_schema", "name": "n", "schema": { "type": "object" }, "strict": true } },
        "store": false,
        "include": ["reasoning.encrypted_content"],
        "prompt_cache_key": "k",
    }));
    assert_eq!(
        sent(Wire::OpenAi, &asked),
        json!({
            "model": "chat",
            "messages": [
                { "role": "system", "content": "Be brief.\n\nUse tools." },
                { "role": "user", "content": [
                    { "type": "text", "text": "What is this?" },
                    { "type": "image_url", "image_url": { "url": "data:image/png;base64,AAAA", "detail": "low" } },
                ] },
                { "role": "assistant", "content": "Wait.", "reasoning_content": "Look it up.", "tool_calls": [
                    { "id": "call_1", "type": "function", "function": { "name": "look", "arguments": "{\"a\":1}" } },
                    { "id": "call_2", "type": "function", "function": { "name": "look", "arguments": "{}" } },
                ] },
                { "role": "tool", "tool_call_id": "call_1", "content": "a cat" },
                { "role": "tool", "tool_call_id": "call_2", "content": "a dog" },
            ],
            "tools": [{ "type": "function",
                "function": { "name": "look", "description": "d", "parameters": {}, "strict": true } }],
            "tool_choice": { "type": "function", "function": { "name": "look" } },
            "parallel_tool_calls": true,
            "response_format": { "type": "json_schema",
                "json_schema": { "name": "n", "schema": { "type": "object" }, "strict": true } },
            "temperature": 0.5,
            "max_tokens": 50,
            "reasoning_effort": "high",
            "stream": true,
            "stream_options": { "include_usage": true },
        })
    );
    let dropped = Wire::OpenAi.prepare(&asked, &Edits::default()).unwrap().dropped;
    assert_eq!(dropped, ["encrypted reasoning", "include", "prompt_cache_key"]);
    assert!(asked.peek.has_images && asked.peek.has_tools && asked.peek.wants_json);
    assert_eq!(asked.peek.max_tokens, Some(50));
}

#[test]
fn what_lives_at_openai_stays_there() {
    for (fields, named) in [
        (json!({ "previous_response_id": "resp_0" }), "previous_response_id"),
        (json!({ "tools": [{ "type": "web_search" }] }), "tools of type web_search"),
        (
            json!({ "input": [{ "type": "item_reference", "id": "msg_1" }] }),
            "input items of type item_reference",
        ),
        (
            json!({ "input": [{ "role": "user", "content": [{ "type": "input_image", "file_id": "f" }] }] }),
            "images by file_id",
        ),
        (json!({ "top_logprobs": 3 }), "top_logprobs"),
    ] {
        let asked = asked(fields);
        for wire in [Wire::OpenAi, Wire::Ollama] {
            let refused = wire.prepare(&asked, &Edits::default()).unwrap_err();
            assert_eq!(refused, Unfit::CannotCarry(vec![named.into()]));
        }
        let carried = Wire::Responses.prepare(&asked, &Edits::default()).unwrap();
        assert_eq!(carried.body.to_bytes(), asked.body);
    }
}

#[test]
fn tools_in_a_namespace_are_carried_under_their_full_names() {
    let asked = asked(json!({
        "input": [
            { "role": "user", "content": "x" },
            { "type": "function_call", "call_id": "c", "namespace": "crew", "name": "spawn", "arguments": "{}" },
            { "type": "function_call_output", "call_id": "c", "output": "done" },
        ],
        "tools": [{ "type": "namespace", "name": "crew", "tools": [
            { "type": "function", "name": "spawn", "parameters": {} },
        ] }],
    }));
    let body = sent(Wire::OpenAi, &asked);
    assert_eq!(body["tools"][0]["function"]["name"], "crew__spawn");
    assert_eq!(body["messages"][1]["tool_calls"][0]["function"]["name"], "crew__spawn");
    let answer = json!({ "model": "m", "choices": [{ "finish_reason": "tool_calls", "message": { "tool_calls": [
        { "id": "d", "type": "function", "function": { "name": "crew__spawn", "arguments": "{}" } }] } }] });
    let whole = Wire::OpenAi.whole(&asked, &answer.to_string().into(), &stamp());
    let response: Value = serde_json::from_slice(&whole.body).unwrap();
    let call = &response["output"][0];
    assert_eq!((&call["namespace"], &call["name"]), (&json!("crew"), &json!("spawn")));
}

#[test]
fn tools_that_take_a_text_are_carried_as_functions_of_one() {
    let format = json!({ "type": "grammar", "syntax": "lark", "definition": "start: \"a\"" });
    let patch = json!({ "type": "custom", "name": "apply_patch", "description": "Edits.", "format": format });
    let input = json!([
        { "role": "user", "content": "Hi" },
        { "type": "custom_tool_call", "call_id": "c0", "name": "apply_patch", "input": "a \"b\"\n" },
        { "type": "custom_tool_call_output", "call_id": "c0", "output": "done" },
    ]);
    let fields = json!({ "tools": [patch], "input": input, "tool_choice": { "type": "custom", "name": "apply_patch" } });
    let streamed_fields = json!({ "tools": fields["tools"], "stream": true });
    let asked_for = asked(fields);
    let body = sent(Wire::OpenAi, &asked_for);
    let function = &body["tools"][0]["function"];
    assert_eq!(
        (&function["name"], &function["parameters"]["required"]),
        (&json!("apply_patch"), &json!(["input"]))
    );
    assert!(function["description"].as_str().unwrap().contains("start: \"a\""), "{body}");
    assert_eq!(body["tool_choice"]["function"]["name"], "apply_patch");
    let call = &body["messages"][1]["tool_calls"][0]["function"];
    assert_eq!(call["arguments"], r#"{"input":"a \"b\"\n"}"#);
    assert_eq!(body["messages"][2]["content"], "done");

    let made = json!({ "id": "c1", "type": "function", "function": { "name": "apply_patch", "arguments": r#"{"input":"x\ny"}"# } });
    let message = json!({ "role": "assistant", "content": null, "tool_calls": [made] });
    let answer = json!({ "choices": [{ "message": message, "finish_reason": "tool_calls" }] });
    let whole = Wire::OpenAi.whole(&asked_for, &answer.to_string().into(), &stamp());
    let response: Value = serde_json::from_slice(&whole.body).unwrap();
    let item = response["output"][0].clone();
    assert_eq!(
        (&item["type"], &item["call_id"], &item["name"], &item["input"]),
        (&json!("custom_tool_call"), &json!("c1"), &json!("apply_patch"), &json!("x\ny")),
        "{response}"
    );

    let pieces =
        [r#"{"inp"#, r#"ut":"x\ny"}"#].map(|piece| json!({ "index": 0, "function": { "arguments": piece } }));
    let begun = json!({ "index": 0, "id": "c1", "function": { "name": "apply_patch", "arguments": "" } });
    let chunk = |delta: Value, finish: Value| {
        format!(
            "data: {}\n\n",
            json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }] })
        )
    };
    let mut body = chunk(json!({ "tool_calls": [begun] }), Value::Null);
    body.extend(pieces.map(|piece| chunk(json!({ "tool_calls": [piece] }), Value::Null)));
    body.push_str(&chunk(json!({}), json!("tool_calls")));
    let (out, _, completion) =
        streamed(Wire::OpenAi, &asked(streamed_fields), &format!("{body}data: [DONE]\n\n"));
    assert_eq!(completion, Completion::Complete);
    let events = events(&out);
    let told: Vec<&Value> =
        events.iter().filter(|it| it["type"].as_str().unwrap().contains("custom_tool_call")).collect();
    assert_eq!((&told[0]["delta"], &told[1]["input"]), (&json!("x\ny"), &json!("x\ny")), "{out}");
    assert!(!out.contains("function_call_arguments"), "{out}");
    let done = events.iter().find(|it| it["type"] == "response.output_item.done").unwrap();
    assert_eq!((&done["item"]["type"], &done["item"]["input"]), (&json!("custom_tool_call"), &json!("x\ny")));
}

#[test]
fn the_clients_search_for_tools_is_carried_with_what_it_finds() {
    let search = json!({ "type": "tool_search", "execution": "client", "description": "Finds.", "parameters": { "type": "object" } });
    let found = json!([{ "type": "namespace", "name": "mcp__a", "tools": [{ "type": "function", "name": "b", "parameters": {} }] }]);
    let input = json!([
        { "role": "user", "content": "Hi" },
        { "type": "tool_search_call", "call_id": "s0", "execution": "client", "arguments": { "query": "b" } },
        { "type": "tool_search_output", "call_id": "s0", "execution": "client", "status": "completed", "tools": found },
    ]);
    let asked_for = asked(json!({ "tools": [search], "input": input }));
    let body = sent(Wire::OpenAi, &asked_for);
    let names: Vec<&Value> =
        body["tools"].as_array().unwrap().iter().map(|it| &it["function"]["name"]).collect();
    assert_eq!(names, ["mcp__a__b", "tool_search"], "{body}");
    assert_eq!(body["messages"][1]["tool_calls"][0]["function"]["arguments"], r#"{"query":"b"}"#);
    assert_eq!(body["messages"][2]["content"], "Found: mcp__a__b");

    let call = |name: &str, arguments: &str| json!({ "id": name, "type": "function", "function": { "name": name, "arguments": arguments } });
    let calls = json!([call("tool_search", r#"{"query":"x"}"#), call("mcp__a__b", "{}")]);
    let answer = json!({ "choices": [{ "message": { "role": "assistant", "content": null, "tool_calls": calls }, "finish_reason": "tool_calls" }] });
    let whole = Wire::OpenAi.whole(&asked_for, &answer.to_string().into(), &stamp());
    let response: Value = serde_json::from_slice(&whole.body).unwrap();
    let (searched, called) = (&response["output"][0], &response["output"][1]);
    assert_eq!(
        (&searched["type"], &searched["arguments"]),
        (&json!("tool_search_call"), &json!({ "query": "x" }))
    );
    assert_eq!((&called["name"], &called["namespace"]), (&json!("b"), &json!("mcp__a")));
    // A search that OpenAI makes itself stays there.
    let hosted = asked(json!({ "tools": [{ "type": "tool_search" }] }));
    assert!(Wire::OpenAi.prepare(&hosted, &Edits::default()).is_err());
}

#[test]
fn a_request_that_nobody_can_answer_is_refused_by_field() {
    for (body, field) in [
        (r#"{"input":"x"}"#, "model"),
        (r#"{"model":"m"}"#, "input"),
        (r#"{"model":"m","input":[]}"#, "input"),
        (r#"{"model":"m","input":"x","background":true}"#, "background"),
        (r#"{"model":"m","input":"x","max_output_tokens":"many"}"#, "max_output_tokens"),
    ] {
        let refused = Asked::read(Dialect::Responses, Bytes::from_static(body.as_bytes())).unwrap_err();
        assert_eq!(refused.param.as_deref(), Some(field), "{body}");
    }
    let odd = asked(json!({ "input": [{ "role": "wizard", "content": "x" }] }));
    let Err(Unfit::Bad(refused)) = Wire::OpenAi.prepare(&odd, &Edits::default()) else {
        panic!("it was taken")
    };
    assert_eq!(refused.param.as_deref(), Some("input[0].role"));
}

#[test]
fn a_tier_of_this_dialect_gets_the_bytes_with_the_named_fields_changed() {
    let body = Bytes::from_static(
        br#"{ "input" : "x", "model":"chat","unknown":1e3 ,"instructions":"Be brief.","max_output_tokens":500}"#,
    );
    let asked = Asked::read(Dialect::Responses, body).unwrap();
    let edits = Edits {
        model: Some("gpt".into()),
        max_tokens_cap: Some(20),
        temperature: Some(0.0),
        system_note: Some("Hurry.".into()),
        ..Edits::default()
    };
    let expected = r#"{"temperature":0.0, "input" : "x", "model":"gpt","unknown":1e3 ,"instructions":"Hurry.\n\nBe brief.","max_output_tokens":20}"#;
    assert_eq!(Wire::Responses.prepare(&asked, &edits).unwrap().body.to_bytes(), expected);
}

#[test]
fn a_chat_stream_becomes_the_whole_order_of_events() {
    let (out, seen, completion) = streamed(Wire::Ollama, &asked(json!({ "temperature": 0.5 })), OLLAMA);
    assert_eq!(completion, Completion::Complete);
    assert!(seen.contains(&Seen::Content) && seen.contains(&Seen::Done));
    let events = events(&out);
    let mut types = types(&events);
    types.dedup();
    assert_eq!(
        types,
        [
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed",
        ]
    );
    let deltas = events.iter().filter(|it| it["type"] == "response.output_text.delta");
    let text: String = deltas.map(|it| it["delta"].as_str().unwrap()).collect();
    let response = &events.last().unwrap()["response"];
    assert_eq!(response["output"][0]["content"][0]["text"], text);
    assert_eq!(response["status"], "completed");
    assert_eq!(response["temperature"], 0.5);
    assert_eq!(response["store"], false);
    let usage = &response["usage"];
    assert_eq!(
        usage["total_tokens"],
        usage["input_tokens"].as_u64().unwrap() + usage["output_tokens"].as_u64().unwrap()
    );
    assert_eq!(usage["input_tokens_details"]["cached_tokens"], 0);
    assert_eq!(usage["output_tokens_details"]["reasoning_tokens"], 0);
}

#[test]
fn a_tool_call_is_told_piece_by_piece_and_whole() {
    let (out, _, completion) = streamed(Wire::OpenAi, &asked(json!({})), VLLM_TOOL);
    assert_eq!(completion, Completion::Complete);
    let events = events(&out);
    let added = events.iter().find(|it| it["type"] == "response.output_item.added").unwrap();
    assert_eq!(added["item"]["type"], "function_call");
    let deltas = events.iter().filter(|it| it["type"] == "response.function_call_arguments.delta");
    let arguments: String = deltas.map(|it| it["delta"].as_str().unwrap()).collect();
    let done = events.iter().find(|it| it["type"] == "response.output_item.done").unwrap();
    assert_eq!(done["item"]["arguments"], arguments);
    assert_eq!(done["item"]["call_id"], added["item"]["call_id"]);
    assert_eq!(done["item"]["status"], "completed");
    assert_eq!(events.last().unwrap()["response"]["output"], json!([done["item"]]));
}

#[test]
fn reasoning_is_an_item_of_its_own_and_a_cut_answer_is_incomplete() {
    let line = |message: Value, rest: &str| format!("{{\"model\":\"m\",\"message\":{message},{rest}}}\n");
    let body = [
        line(json!({ "thinking": "Hm." }), r#""done":false"#),
        line(json!({ "content": "Yes" }), r#""done":false"#),
        line(json!({ "content": "" }), r#""done":true,"done_reason":"length""#),
    ]
    .concat();
    let (out, ..) = streamed(Wire::Ollama, &asked(json!({})), &body);
    let events = events(&out);
    let last = events.last().unwrap();
    assert_eq!(last["type"], "response.incomplete");
    assert_eq!(last["response"]["incomplete_details"]["reason"], "max_output_tokens");
    assert_eq!(last["response"]["output"][0]["summary"][0]["text"], "Hm.");
    assert_eq!(last["response"]["output"][1]["content"][0]["text"], "Yes");
    assert_eq!(last["response"]["output"][1]["status"], "incomplete");
}

#[test]
fn a_stream_of_this_dialect_goes_on_byte_for_byte() {
    let (out, seen, completion) = streamed(Wire::Responses, &asked(json!({})), NATIVE);
    assert_eq!(out, NATIVE);
    assert_eq!(completion, Completion::Complete);
    let usage = Usage { input: 11, output: 9, cached: Some(4), reasoning: Some(2), ..Usage::default() };
    assert_eq!(
        seen,
        [
            Seen::Content,
            Seen::ToolCall,
            Seen::Finish(FinishReason::ToolCalls),
            Seen::Usage(usage),
            Seen::Done
        ]
    );
}

#[test]
fn a_stream_of_this_dialect_that_fails_is_a_failure() {
    let cut = &NATIVE[..NATIVE.find("event: response.completed").unwrap()];
    assert!(matches!(
        run(Wire::Responses, &asked(json!({})), &[cut.as_bytes()]).2,
        Completion::Broken { .. }
    ));
    for frame in [
        json!({ "type": "response.failed", "response": { "status": "failed", "error": { "code": "server_error", "message": "m" } } }),
        json!({ "type": "error", "code": "server_is_overloaded", "message": "m" }),
    ] {
        let body = format!("{cut}data: {frame}\n\n");
        let (out, _, completion) = run(Wire::Responses, &asked(json!({})), &[body.as_bytes()]);
        assert!(matches!(completion, Completion::Failed(_)), "{frame}");
        assert_eq!(out, cut);
    }
}

#[test]
fn an_answer_in_one_piece_is_a_response() {
    let body = json!({ "model": "gpt-oss", "choices": [{ "finish_reason": "tool_calls", "message": {
        "content": "Wait.", "reasoning_content": "Hm.",
        "tool_calls": [{ "id": "call_1", "type": "function", "function": { "name": "f", "arguments": "{}" } }] } }],
        "usage": { "prompt_tokens": 3, "completion_tokens": 2 } });
    let whole = Wire::OpenAi.whole(&asked(json!({ "stream": false })), &body.to_string().into(), &stamp());
    assert_eq!(whole.completion, Completion::Complete);
    let response: Value = serde_json::from_slice(&whole.body).unwrap();
    let types: Vec<&str> =
        response["output"].as_array().unwrap().iter().map(|it| it["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["reasoning", "message", "function_call"]);
    assert_eq!((&response["id"], &response["model"]), (&json!("resp_1"), &json!("gpt-oss")));
    assert_eq!(response["usage"]["total_tokens"], 5);
    assert_eq!(response["error"], Value::Null);
    // Its own answers are read back as they were written.
    let native = Wire::Responses.whole(&asked(json!({})), &whole.body, &stamp());
    assert_eq!((native.completion, native.body), (Completion::Complete, whole.body));
    assert_eq!(native.finish, Some(FinishReason::ToolCalls));
}

#[test]
fn an_error_ends_the_stream_wherever_it_stands() {
    let error = ClientError::new(ErrorKind::Upstream, "It broke.");
    let asked = asked(json!({}));
    let mut relay = Wire::Ollama.relay(&asked, stamp());
    let begun =
        relay.push(Bytes::from_static(b"{\"model\":\"m\",\"message\":{\"content\":\"x\"},\"done\":false}\n"));
    let out = [&begun.out[..], &relay.error(&error)].concat();
    let told = events(std::str::from_utf8(&out).unwrap());
    assert_eq!(types(&told)[5..], ["error", "response.failed"]);
    assert_eq!(told[6]["response"]["error"], json!({ "code": "upstream_failed", "message": "It broke." }));
    let fresh = events(std::str::from_utf8(&asked.error_event(&error, stamp())).unwrap());
    assert_eq!(types(&fresh), ["error", "response.failed"]);
}
