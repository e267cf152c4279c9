//! Anthropic Messages: requests, whole answers and streams, in both directions, against bodies written by hand.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use bytes::Bytes;
use dialect::{
    anthropic::{read_answer, read_request, write_request},
    client::{Asked, Dialect},
    edit::Edits,
    error::Unfit,
    exchange::{FinishReason, Message, Part, Sealed, ToolChoice, Usage},
    fault::FaultKind,
    observe::{Completion, Seen},
    openai,
    stream::Relay,
    wire::{Stamp, Wire},
};
use serde_json::{Value, json};

fn stamp() -> Stamp {
    Stamp { id: "msg_1".into(), created: 7 }
}

fn asked(dialect: Dialect, stream: bool) -> Asked {
    let body = json!({"model": "m", "max_tokens": 9, "stream": stream, "messages": [{"role": "user", "content": "Hi"}]});
    Asked::read(dialect, body.to_string().into()).unwrap()
}

/// A Chat Completions request as an upstream of this dialect gets it.
fn from_chat(body: &Value) -> Result<Value, Unfit> {
    let mut body = body.clone();
    body.as_object_mut().unwrap().entry("model").or_insert("claude-sonnet-4-5".into());
    let request = openai::read_request(body.to_string().as_bytes()).unwrap();
    write_request(&request).map(|written| serde_json::from_slice(&written.body.to_bytes()).unwrap())
}

fn unfit(body: &Value) -> Vec<String> {
    match from_chat(body) {
        Err(Unfit::CannotCarry(what)) => what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_chat_request_is_said_in_its_words() {
    let written = from_chat(&json!({
        "max_completion_tokens": 50, "temperature": 1.5, "stop": ["X", "Y"], "stream": true, "user": "u",
        "parallel_tool_calls": false, "tool_choice": "required",
        "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}, "strict": true}}],
        "messages": [
            {"role": "system", "content": "S"},
            {"role": "user", "content": [
                {"type": "text", "text": "T"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
                {"type": "image_url", "image_url": {"url": "https://p.example/x.png"}},
                {"type": "file", "file": {"file_data": "data:application/pdf;base64,BB==", "filename": "n"}}]},
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "a|1", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}},
                {"id": "b", "type": "function", "function": {"name": "f", "arguments": ""}}]},
            {"role": "tool", "tool_call_id": "a|1", "content": "one"},
            {"role": "tool", "tool_call_id": "b", "content": "two"},
            {"role": "user", "content": "go on"},
        ],
    }))
    .unwrap();
    let call = written["messages"][1]["content"][0]["id"].as_str().unwrap().to_owned();
    assert!(call.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-'), "{call}");
    assert_eq!(
        written,
        json!({
            "model": "claude-sonnet-4-5", "max_tokens": 50, "stream": true, "temperature": 1.0,
            "stop_sequences": ["X", "Y"], "metadata": {"user_id": "u"},
            "system": [{"type": "text", "text": "S"}],
            "tool_choice": {"type": "any", "disable_parallel_tool_use": true},
            "tools": [{"name": "f", "description": "d", "input_schema": {"type": "object"}, "strict": true}],
            "messages": [
                {"role": "user", "content": [
                    {"type": "text", "text": "T"},
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}},
                    {"type": "image", "source": {"type": "url", "url": "https://p.example/x.png"}},
                    {"type": "document", "title": "n", "source": {"type": "base64", "media_type": "application/pdf", "data": "BB=="}}]},
                {"role": "assistant", "content": [
                    {"type": "tool_use", "id": call, "name": "f", "input": {"a": 1}},
                    {"type": "tool_use", "id": "b", "name": "f", "input": {}}]},
                {"role": "user", "content": [
                    {"type": "tool_result", "tool_use_id": call, "content": [{"type": "text", "text": "one"}]},
                    {"type": "tool_result", "tool_use_id": "b", "content": [{"type": "text", "text": "two"}]},
                    {"type": "text", "text": "go on"}]},
            ],
        })
    );
}

#[test]
fn what_the_api_insists_on_is_supplied() {
    let written = from_chat(&json!({"messages": [
        {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "a"}, {"role": "user", "content": " "},
        {"role": "user", "content": "b"}]}))
    .unwrap();
    assert_eq!(written["max_tokens"], 16384);
    let said = &written["messages"];
    assert_eq!(said[0], json!({"role": "user", "content": [{"type": "text", "text": "Continue."}]}));
    assert_eq!(said[2]["content"], json!([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]));
    let prefill = from_chat(&json!({"messages": [
        {"role": "user", "content": "a"}, {"role": "assistant", "content": "b \n"}]}))
    .unwrap();
    assert_eq!(prefill["messages"][1]["content"][0]["text"], "b");
}

#[test]
fn a_model_is_asked_only_for_what_it_takes() {
    let hi = json!([{"role": "user", "content": "Hi"}]);
    let new = json!({"model": "claude-opus-4-8", "temperature": 0.5, "seed": 3, "reasoning_effort": "high", "messages": hi});
    let request = openai::read_request(new.to_string().as_bytes()).unwrap();
    let written = write_request(&request).unwrap();
    let body: Value = serde_json::from_slice(&written.body.to_bytes()).unwrap();
    assert_eq!(body["thinking"], json!({"type": "adaptive"}));
    assert_eq!(body["output_config"], json!({"effort": "high"}));
    assert_eq!(body.get("temperature"), None);
    assert_eq!(written.dropped, ["temperature", "seed"]);
    let old = from_chat(&json!({"reasoning_effort": "high", "temperature": 0.5, "messages": hi})).unwrap();
    assert_eq!(old["thinking"], json!({"type": "enabled", "budget_tokens": 4096}));
    assert_eq!(old.get("temperature"), None, "reasoning and a temperature exclude each other");
    let mut last = json!({"model": "claude-opus-5-5", "tool_choice": "required", "messages": hi,
        "tools": [{"type": "function", "function": {"name": "f"}}]});
    assert_eq!(unfit(&last), ["tool_choice"]);
    last["tool_choice"] = "auto".into();
    assert!(from_chat(&last).is_ok());
    let prefill = json!({"model": "claude-opus-4-6", "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]});
    assert_eq!(unfit(&prefill), ["a conversation that ends with the assistant's words"]);
    assert_eq!(unfit(&json!({"messages": hi, "n": 2, "logprobs": true})), ["n", "logprobs"]);
    let broken = json!({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "tool_calls": [
        {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\"a\""}}]}]});
    assert!(unfit(&broken)[0].contains("not a JSON object"));
}

#[test]
fn a_schema_is_native_or_a_forced_tool() {
    let format = json!({"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}});
    let hi = json!([{"role": "user", "content": "Hi"}]);
    let native = from_chat(&json!({"messages": hi, "response_format": format})).unwrap();
    let expected = json!({"format": {"type": "json_schema", "schema": {"type": "object"}}});
    assert_eq!(native["output_config"], expected);
    let forced =
        from_chat(&json!({"model": "claude-opus-4-1", "messages": hi, "response_format": format})).unwrap();
    assert_eq!(forced["tool_choice"], json!({"type": "tool", "name": "json_answer"}));
    let answer = json!({"type": "message", "content": [{"type": "tool_use", "id": "t", "name": "json_answer", "input": {"a": 1}}],
        "stop_reason": "tool_use"});
    let answer = read_answer(answer.to_string().as_bytes()).unwrap();
    assert_eq!((answer.text.as_str(), answer.finish), ("{\"a\":1}", Some(FinishReason::Stop)));
    assert!(answer.tool_calls.is_empty());
}

#[test]
fn a_thread_that_anthropic_holds_is_continued_nowhere_else() {
    let asked = |thread: Value| {
        let messages = json!([{ "role": "user", "content": "T" }]);
        let body = json!({ "model": "m", "max_tokens": 5, "messages": messages, "thread": thread });
        Asked::read(Dialect::Messages, body.to_string().into()).unwrap()
    };
    let begun = Wire::OpenAi.prepare(&asked(json!({ "type": "create" })), &Edits::default()).unwrap();
    assert_eq!(begun.dropped, ["thread"], "all of it was sent");
    let continued = asked(json!({ "type": "continue", "previous_message_id": "msg_1" }));
    let unfit = Wire::OpenAi.prepare(&continued, &Edits::default()).unwrap_err();
    assert!(unfit.is_thread(), "{unfit}");
    let native = Wire::Anthropic.prepare(&continued, &Edits::default()).unwrap();
    assert_eq!(native.body.to_bytes(), continued.body);
}

#[test]
fn a_free_choice_of_tools_forces_none() {
    for (choice, forces) in [("auto", false), ("none", false), ("any", true), ("tool", true)] {
        let body = json!({
            "model": "m", "max_tokens": 5, "messages": [{ "role": "user", "content": "T" }],
            "tools": [{ "name": "f", "input_schema": {} }], "tool_choice": { "type": choice, "name": "f" },
        });
        let asked = Asked::read(Dialect::Messages, body.to_string().into()).unwrap();
        assert_eq!(asked.peek.forces_tool, forces, "{choice}");
    }
}

#[test]
fn a_clients_request_is_read_whole() {
    let request = read_request(
        json!({
            "model": "m", "max_tokens": 5, "stream": true, "top_k": 3, "stop_sequences": ["X"],
            "system": [{"type": "text", "text": "S", "cache_control": {"type": "ephemeral"}}],
            "thinking": {"type": "enabled", "budget_tokens": 2000},
            "output_config": {"effort": "high", "format": {"type": "json_schema", "schema": {"type": "object"}}},
            "tools": [{"name": "f", "input_schema": {"type": "object"}}, {"type": "web_search_20250305", "name": "web_search"}],
            "tool_choice": {"type": "tool", "name": "f", "disable_parallel_tool_use": true},
            "metadata": {"user_id": "u"},
            "messages": [
                {"role": "user", "content": "T"},
                {"role": "assistant", "content": [
                    {"type": "thinking", "thinking": "hm", "signature": "s"}, {"type": "redacted_thinking", "data": "d"},
                    {"type": "tool_use", "id": "t1", "name": "f", "input": {"a": 1}}]},
                {"role": "user", "content": [
                    {"type": "tool_result", "tool_use_id": "t1", "is_error": true, "content": [
                        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}}]},
                    {"type": "text", "text": "go"}]},
            ],
        })
        .to_string()
        .as_bytes(),
    )
    .unwrap();
    assert_eq!(request.bound, ["tools of type web_search_20250305"]);
    assert_eq!(request.tool_choice, Some(ToolChoice::Named("f".into())));
    assert_eq!((request.parallel_tool_calls, request.thinking_budget), (Some(false), Some(2000)));
    assert_eq!(request.messages.len(), 5);
    let Message::Assistant(turn) = &request.messages[2] else { panic!() };
    assert_eq!(turn.reasoning.as_deref(), Some("hm"));
    assert_eq!(turn.sealed, [Sealed::Signature("s".into()), Sealed::Redacted("d".into())]);
    assert_eq!(turn.tool_calls[0].arguments, "{\"a\":1}");
    let Message::Tool(result) = &request.messages[3] else { panic!() };
    assert!(result.is_error && matches!(result.parts[..], [Part::Image(_)]));
    for (wrong, field) in [
        (json!({"model": "m", "messages": [{"role": "tool", "content": "x"}]}), "messages[0].role"),
        (
            json!({"model": "m", "messages": [{"role": "user", "content": [{"type": "text"}]}]}),
            "messages[0].content[0].text",
        ),
    ] {
        assert_eq!(read_request(wrong.to_string().as_bytes()).unwrap_err().param.as_deref(), Some(field));
    }
}

const STREAM: &str = include_str!("golden/anthropic_stream.txt");

fn run(mut relay: Relay, pieces: &[&[u8]]) -> (String, Vec<Seen>, Completion) {
    let (mut out, mut seen) = (Vec::new(), Vec::new());
    for piece in pieces {
        let step = relay.push(Bytes::copy_from_slice(piece));
        out.extend_from_slice(&step.out);
        seen.extend(step.seen);
    }
    let end = relay.finish();
    out.extend_from_slice(&end.out);
    seen.extend(end.seen);
    (String::from_utf8(out).unwrap(), seen, end.completion)
}

#[test]
fn a_stream_goes_through_as_it_is_wherever_it_is_cut() {
    let asked = asked(Dialect::Messages, true);
    let whole = run(Wire::Anthropic.relay(&asked, stamp()), &[STREAM.as_bytes()]);
    assert_eq!((whole.0.as_str(), &whole.2), (STREAM, &Completion::Complete));
    let usage = Usage { input: 113, output: 42, cached: Some(100), cache_written: Some(3), reasoning: None };
    assert!(whole.1.contains(&Seen::Usage(usage)), "{:?}", whole.1);
    assert!(whole.1.contains(&Seen::ToolCall) && whole.1.contains(&Seen::Finish(FinishReason::ToolCalls)));
    for cut in 0..STREAM.len() {
        let (a, b) = STREAM.as_bytes().split_at(cut);
        assert_eq!(run(Wire::Anthropic.relay(&asked, stamp()), &[a, b]), whole, "cut at {cut}");
    }
}

#[test]
fn a_stream_is_translated_for_a_chat_client_wherever_it_is_cut() {
    let asked = asked(Dialect::Chat, true);
    let whole = run(Wire::Anthropic.relay(&asked, stamp()), &[STREAM.as_bytes()]);
    let chunks: Vec<Value> =
        whole.0.lines().filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok()).collect();
    let text: String =
        chunks.iter().filter_map(|it| it.pointer("/choices/0/delta/content")?.as_str()).collect();
    let thought: String =
        chunks.iter().filter_map(|it| it.pointer("/choices/0/delta/reasoning_content")?.as_str()).collect();
    let call = |path: &str| -> String {
        let path = format!("/choices/0/delta/tool_calls/0/function/{path}");
        chunks.iter().filter_map(|it| it.pointer(&path)?.as_str()).collect()
    };
    assert_eq!((text.as_str(), thought.as_str()), ("Hello", "Let me see"));
    assert_eq!((call("name"), call("arguments")), ("fg".to_owned(), "{\"a\":1}{\"b\":2}".to_owned()));
    assert!(whole.0.contains("\"finish_reason\":\"tool_calls\"") && whole.0.ends_with("data: [DONE]\n\n"));
    for cut in 0..STREAM.len() {
        let (a, b) = STREAM.as_bytes().split_at(cut);
        assert_eq!(run(Wire::Anthropic.relay(&asked, stamp()), &[a, b]), whole, "cut at {cut}");
    }
}

#[test]
fn a_chat_stream_is_translated_for_a_messages_client() {
    let chunk = |delta: Value, finish: Value| {
        let chunk = json!({"model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]});
        format!("data: {chunk}\n\n")
    };
    let call = |index: u32, id: Value, name: Value, arguments: &str| {
        let mut function = json!({"arguments": arguments});
        if !name.is_null() {
            function["name"] = name;
        }
        chunk(json!({"tool_calls": [{"index": index, "id": id, "function": function}]}), Value::Null)
    };
    let stream = [
        chunk(json!({"role": "assistant", "content": ""}), Value::Null),
        chunk(json!({"reasoning_content": "hm"}), Value::Null),
        chunk(json!({"content": "Hello"}), Value::Null),
        ": keep-alive\n\n".to_owned(),
        call(0, "c0".into(), "f".into(), ""),
        call(1, "c1".into(), "g".into(), "{\"b\""),
        call(0, Value::Null, Value::Null, "{\"a\":1}"),
        call(1, Value::Null, Value::Null, ":2}"),
        chunk(json!({}), "tool_calls".into()),
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4,\"prompt_tokens_details\":{\"cached_tokens\":5}}}\n\n".to_owned(),
        "data: [DONE]\n\n".to_owned(),
    ]
    .concat();
    let asked = asked(Dialect::Messages, true);
    let (out, _, completion) = run(Wire::OpenAi.relay(&asked, stamp()), &[stream.as_bytes()]);
    assert_eq!(completion, Completion::Complete);
    assert_eq!(out, include_str!("golden/anthropic_written.txt"));
    // What we write is what we read.
    let again = run(Wire::Anthropic.relay(&asked, stamp()), &[out.as_bytes()]);
    assert_eq!((again.0, again.2), (out, Completion::Complete));
}

#[test]
fn a_failure_inside_a_stream_is_one() {
    let asked = asked(Dialect::Chat, true);
    let cut = STREAM.find("event: message_delta").unwrap();
    let (_, _, completion) = run(Wire::Anthropic.relay(&asked, stamp()), &[&STREAM.as_bytes()[..cut]]);
    assert!(matches!(completion, Completion::Broken { malformed: false, .. }), "{completion:?}");
    let error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    let broken = format!("{}{error}", &STREAM[..cut]);
    for dialect in [Dialect::Chat, Dialect::Messages] {
        let asked = self::asked(dialect, true);
        let (out, _, completion) = run(Wire::Anthropic.relay(&asked, stamp()), &[broken.as_bytes()]);
        let Completion::Failed(fault) = completion else { panic!("{completion:?}") };
        assert_eq!(fault.kind, FaultKind::Overloaded);
        assert!(!out.contains("Overloaded"), "{out}");
    }
    for page in
        ["<html>no</html>", "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"x\"}}"]
    {
        let (_, _, completion) = run(Wire::Anthropic.relay(&asked, stamp()), &[page.as_bytes()]);
        assert!(!matches!(completion, Completion::Complete | Completion::Empty), "{page}: {completion:?}");
    }
}

#[test]
fn whole_answers_are_read_in_the_exchange_models_counting() {
    let body = json!({
        "type": "message", "model": "claude", "stop_reason": "max_tokens",
        "content": [{"type": "thinking", "thinking": "hm", "signature": "s"}, {"type": "text", "text": "Hi"},
            {"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}}],
        "usage": {"input_tokens": 10, "cache_creation_input_tokens": 2, "cache_read_input_tokens": 30, "output_tokens": 5},
    });
    let answer = read_answer(body.to_string().as_bytes()).unwrap();
    let usage = Usage { input: 42, output: 5, cached: Some(30), cache_written: Some(2), reasoning: None };
    assert_eq!(answer.usage, Some(usage));
    assert_eq!((answer.text.as_str(), answer.reasoning.as_str()), ("Hi", "hm"));
    assert_eq!(answer.finish, Some(FinishReason::Length));
    // A client of the same dialect gets figures in its own counting back.
    let asked = asked(Dialect::Messages, false);
    let told: Value = serde_json::from_slice(&asked.answer(&answer, &stamp())).unwrap();
    assert_eq!(told["usage"], body["usage"]);
    assert_eq!(told["content"], body["content"]);
    assert_eq!(told["stop_reason"], "max_tokens");
    for (word, finish) in [
        ("end_turn", FinishReason::Stop),
        ("stop_sequence", FinishReason::StopText(String::new())),
        ("model_context_window_exceeded", FinishReason::Full),
        ("refusal", FinishReason::ContentFilter),
        ("pause_turn", FinishReason::Other("pause_turn".into())),
    ] {
        let body = json!({"type": "message", "content": [], "stop_reason": word});
        assert_eq!(read_answer(body.to_string().as_bytes()).unwrap().finish, Some(finish));
    }
    let error = json!({"type": "error", "error": {"type": "overloaded_error", "message": "m"}}).to_string();
    assert_eq!(read_answer(error.as_bytes()).unwrap_err().kind, FaultKind::Overloaded);
    for broken in ["", "[]", "{}", "{\"content\":1}"] {
        assert_eq!(read_answer(broken.as_bytes()).unwrap_err().kind, FaultKind::Malformed, "{broken}");
    }
}

#[test]
fn thoughts_that_another_kind_of_tier_left_behind_are_kept_from_this_api() {
    let thought = |signature: &str| json!({"type": "thinking", "thinking": "hm", "signature": signature});
    let said = json!({"type": "text", "text": "x"});
    let body = json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [thought("own"), thought(""), thought("co1.00000000.theirs"), said]},
        {"role": "user", "content": "go on"}, {"role": "assistant", "content": [thought("")]}]});
    let asked = Asked::read(Dialect::Messages, body.to_string().into()).unwrap();
    let prepared = Wire::Anthropic.prepare(&asked, &Edits::default()).unwrap();
    let sent: Value = serde_json::from_slice(&prepared.body.to_bytes()).unwrap();
    assert_eq!(sent["messages"][1]["content"], json!([thought("own"), said]));
    assert_eq!(sent["messages"].as_array().unwrap().len(), 3, "no turn is left empty");
    // Without such thoughts nothing is touched, and a tier of another kind never sees the client's own.
    let own = json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [thought("own"), said]}, {"role": "user", "content": "go on"}]});
    let asked = Asked::read(Dialect::Messages, own.to_string().into()).unwrap();
    assert_eq!(Wire::Anthropic.prepare(&asked, &Edits::default()).unwrap().body.to_bytes(), asked.body);
}

#[test]
fn a_clients_bytes_stay_but_for_the_named_fields() {
    let body = r#"{ "model":"m", "x_new":{"k":[1 , 2]}, "system":[{"type":"text","text":"first"}], "max_tokens": 900,"messages":[{"role":"user","content":"Hi"}] }"#;
    let asked = Asked::read(Dialect::Messages, body.into()).unwrap();
    let edits = Edits {
        model: Some("claude-opus-4-8".into()),
        max_tokens_cap: Some(400),
        temperature: Some(0.0),
        system_note: Some("Be \"brief\".".into()),
        force_usage: true,
        ..Edits::default()
    };
    let prepared = Wire::Anthropic.prepare(&asked, &edits).unwrap();
    assert_eq!(
        String::from_utf8(prepared.body.to_bytes().to_vec()).unwrap(),
        r#"{ "model":"claude-opus-4-8", "x_new":{"k":[1 , 2]}, "system":[{"type":"text","text":"first"},{"type":"text","text":"Be \"brief\"."}], "max_tokens": 400,"messages":[{"role":"user","content":"Hi"}] }"#
    );
    let bare = Asked::read(Dialect::Messages, r#"{"model":"m","messages":[1]}"#.into()).unwrap();
    let edits = Edits { system_note: Some("n".into()), ..Edits::default() };
    let prepared = Wire::Anthropic.prepare(&bare, &edits).unwrap();
    assert_eq!(&prepared.body.to_bytes()[..], br#"{"system":"n","model":"m","messages":[1]}"#);
    assert!(asked.peek.stream_usage && !asked.peek.has_images);
}

#[test]
fn a_tiers_cap_leaves_room_for_the_answer_beside_the_thoughts() {
    let sent = |own: u32, budget: u32, cap: Option<u32>| {
        let body = json!({"model": "m", "max_tokens": own, "thinking": {"type": "enabled", "budget_tokens": budget},
            "messages": [{"role": "user", "content": "Hi"}]});
        let asked = Asked::read(Dialect::Messages, body.to_string().into()).unwrap();
        let model = Some("claude-sonnet-4-5".to_owned());
        let edits = Edits { model, max_tokens_cap: cap, temperature: Some(0.0), ..Edits::default() };
        let prepared = Wire::Anthropic.prepare(&asked, &edits).unwrap();
        let body: Value = serde_json::from_slice(&prepared.body.to_bytes()).unwrap();
        assert!(body.get("temperature").is_none(), "refused while a model thinks: {body}");
        (body["max_tokens"].clone(), body["thinking"].clone(), prepared.dropped)
    };
    let enabled = |budget: u32| json!({"type": "enabled", "budget_tokens": budget});
    let named = vec!["thinking.budget_tokens".to_owned()];
    assert_eq!(sent(9000, 8000, None), (9000.into(), enabled(8000), vec![]));
    assert_eq!(sent(9000, 1500, Some(4000)), (4000.into(), enabled(1500), vec![]));
    assert_eq!(sent(9000, 8000, Some(4000)), (4000.into(), enabled(2000), named.clone()));
    assert_eq!(sent(9000, 8000, Some(1200)), (1200.into(), enabled(1024), named.clone()));
    assert_eq!(sent(9000, 8000, Some(400)), (400.into(), json!({"type": "disabled"}), named));
    // With interleaved thinking a client's own budget may be larger than its cap.
    assert_eq!(sent(2000, 8000, Some(4000)), (2000.into(), enabled(8000), vec![]));

    let chat = json!({"model": "m", "reasoning_effort": "high", "max_tokens": 800, "messages": [{"role": "user", "content": "Hi"}]});
    let chat = Asked::read(Dialect::Chat, chat.to_string().into()).unwrap();
    for (wire, model) in
        [(Wire::Anthropic, "claude-sonnet-4-5"), (Wire::Bedrock, "anthropic.claude-sonnet-4-5-v1:0")]
    {
        let edits = Edits { model: Some(model.into()), ..Edits::default() };
        assert_eq!(wire.prepare(&chat, &edits).unwrap().dropped, ["reasoning"], "{wire:?}");
    }
}
