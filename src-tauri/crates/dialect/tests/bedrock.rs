//! Bedrock's Converse: requests and answers against bodies written by hand, frames made by Amazon's own crate.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use bytes::Bytes;
use dialect::{
    bedrock::{read_answer, write_request},
    client::{Asked, Dialect},
    error::Unfit,
    exchange::{FinishReason, Sealed, Usage},
    fault::FaultKind,
    observe::{Completion, Seen},
    openai,
    wire::{Stamp, Wire},
};
use serde_json::{Value, json};

fn from_chat(body: &Value) -> Result<Value, Unfit> {
    let mut body = body.clone();
    let model = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    body.as_object_mut().unwrap().entry("model").or_insert(model.into());
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
        "max_tokens": 50, "temperature": 1.5, "stop": ["X"], "top_k": 5,
        "tool_choice": "required",
        "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}],
        "messages": [
            {"role": "system", "content": "S"},
            {"role": "user", "content": [
                {"type": "text", "text": "T"}, {"type": "text", "text": "  "},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
                {"type": "file", "file": {"file_data": "data:application/pdf;base64,BB==", "filename": "a.b"}}]},
            {"role": "assistant", "content": "", "tool_calls": [
                {"id": "x|1", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}}]},
            {"role": "tool", "tool_call_id": "x|1", "content": ""},
        ],
    }))
    .unwrap();
    let id = written["messages"][1]["content"][0]["toolUse"]["toolUseId"].as_str().unwrap().to_owned();
    assert!(id.len() <= 64 && !id.contains('|'), "{id}");
    assert_eq!(
        written,
        json!({
            "system": [{"text": "S"}],
            "messages": [
                {"role": "user", "content": [{"text": "T"}, {"image": {"format": "png", "source": {"bytes": "AA=="}}},
                    {"document": {"format": "pdf", "name": "a-b", "source": {"bytes": "BB=="}}}]},
                {"role": "assistant", "content": [{"toolUse": {"toolUseId": id, "name": "f", "input": {"a": 1}}}]},
                {"role": "user", "content": [{"toolResult": {"toolUseId": id, "content": [{"text": "(no output)"}], "status": "success"}}]},
            ],
            "toolConfig": {"tools": [{"toolSpec": {"name": "f", "inputSchema": {"json": {"type": "object"}}, "description": "d"}}],
                "toolChoice": {"any": {}}},
            "inferenceConfig": {"maxTokens": 50, "stopSequences": ["X"], "temperature": 1.0},
            "additionalModelRequestFields": {"top_k": 5},
            "additionalModelResponseFieldPaths": ["/stop_sequence"],
        })
    );
}

#[test]
fn what_has_no_word_there_is_named() {
    let hi = json!([{"role": "user", "content": "Hi"}]);
    let schema = json!({"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}});
    let written = from_chat(&json!({"messages": hi, "response_format": schema})).unwrap();
    let inner = written.pointer("/outputConfig/textFormat/structure/jsonSchema/schema").unwrap();
    assert_eq!(inner, "{\"type\":\"object\"}");
    let old =
        json!({"model": "anthropic.claude-3-haiku-20240307-v1:0", "messages": hi, "response_format": schema});
    assert_eq!(
        from_chat(&old).unwrap()["toolConfig"]["toolChoice"],
        json!({"tool": {"name": "json_answer"}})
    );
    let url = json!({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://p.example/x"}}]}]});
    assert_eq!(unfit(&url), ["images by URL"]);
    let history = json!([{"role": "user", "content": "Hi"}, {"role": "assistant", "tool_calls": [
        {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "a", "content": "r"}]);
    let kept = from_chat(&json!({"messages": history})).unwrap();
    assert_eq!(kept["toolConfig"]["tools"][0]["toolSpec"]["name"], "f");
    let tools = json!([{"type": "function", "function": {"name": "f"}}]);
    assert_eq!(unfit(&json!({"messages": history, "tools": tools, "tool_choice": "none"})), ["tool_choice"]);
    let off = from_chat(&json!({"messages": hi, "tools": tools, "tool_choice": "none"})).unwrap();
    assert_eq!(off.get("toolConfig"), None);
    let thinks = from_chat(
        &json!({"messages": hi, "reasoning_effort": "high", "max_tokens": 3000, "temperature": 0.2}),
    )
    .unwrap();
    assert_eq!(
        thinks["additionalModelRequestFields"],
        json!({"thinking": {"type": "enabled", "budget_tokens": 1500}})
    );
    assert_eq!(thinks["inferenceConfig"], json!({"maxTokens": 3000}));
}

fn frame(kind: &str, name: &str, payload: &Value) -> Vec<u8> {
    let header =
        |name: &'static str, value: &str| Header::new(name, HeaderValue::String(value.to_owned().into()));
    let which = if kind == "exception" { ":exception-type" } else { ":event-type" };
    let message = Message::new(payload.to_string())
        .add_header(header(":message-type", kind))
        .add_header(header(which, name));
    let mut bytes = Vec::new();
    write_message_to(&message, &mut bytes).unwrap();
    bytes
}

fn stream() -> Vec<Vec<u8>> {
    let delta = |at: u32, delta: Value| {
        frame("event", "contentBlockDelta", &json!({"contentBlockIndex": at, "delta": delta}))
    };
    let start = |at: u32, id: &str, name: &str| {
        frame(
            "event",
            "contentBlockStart",
            &json!({"contentBlockIndex": at, "start": {"toolUse": {"toolUseId": id, "name": name}}}),
        )
    };
    let stop = |at: u32| frame("event", "contentBlockStop", &json!({"contentBlockIndex": at}));
    vec![
        frame("event", "messageStart", &json!({"role": "assistant", "p": "abcdef"})),
        delta(0, json!({"reasoningContent": {"text": "hm"}})),
        delta(0, json!({"reasoningContent": {"signature": "s"}})),
        stop(0),
        delta(1, json!({"text": "Hé"})),
        stop(1),
        start(2, "t0", "f"),
        delta(2, json!({"toolUse": {"input": "{\"a\""}})),
        delta(2, json!({"toolUse": {"input": ":1}"}})),
        stop(2),
        start(3, "t1", "g"),
        delta(3, json!({"toolUse": {"input": ""}})),
        stop(3),
        frame("event", "messageStop", &json!({"stopReason": "tool_use"})),
        frame(
            "event",
            "metadata",
            &json!({"usage": {"inputTokens": 10, "outputTokens": 5, "cacheReadInputTokens": 30, "cacheWriteInputTokens": 2}}),
        ),
    ]
}

fn run(pieces: &[&[u8]]) -> (String, Vec<Seen>, Completion) {
    let body = json!({"model": "m", "stream": true, "stream_options": {"include_usage": true}, "messages": [{"role": "user", "content": "Hi"}]});
    let asked = Asked::read(Dialect::Chat, body.to_string().into()).unwrap();
    let mut relay = Wire::Bedrock.relay(&asked, Stamp { id: "x".into(), created: 7 });
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
fn a_stream_of_frames_says_the_same_wherever_it_is_cut() {
    let bytes = stream().concat();
    let whole = run(&[&bytes]);
    assert_eq!(whole.2, Completion::Complete);
    for part in [
        "\"content\":\"Hé\"",
        "\"reasoning_content\":\"hm\"",
        "\"finish_reason\":\"tool_calls\"",
        "{\\\"a\\\"",
        "\"name\":\"g\"",
        "\"prompt_tokens\":42",
        "\"cached_tokens\":30",
        "\"cache_write_tokens\":2",
        "[DONE]",
    ] {
        assert!(whole.0.contains(part), "{part}: {}", whole.0);
    }
    for cut in 0..bytes.len() {
        let (a, b) = bytes.split_at(cut);
        assert_eq!(run(&[a, b]), whole, "cut at {cut}");
    }
}

#[test]
fn damage_and_exceptions_are_failures() {
    let mut frames = stream();
    frames.truncate(5);
    let cut = frames.concat();
    assert!(matches!(run(&[&cut]).2, Completion::Broken { malformed: false, .. }));
    let mut damaged = stream().concat();
    damaged[150] ^= 1;
    assert!(matches!(run(&[&damaged]).2, Completion::Broken { malformed: true, .. }));
    for (name, payload, kind) in [
        ("throttlingException", json!({"message": "m"}), FaultKind::RateLimited),
        (
            "modelStreamErrorException",
            json!({"message": "m", "originalStatusCode": 503}),
            FaultKind::Overloaded,
        ),
        ("internalServerException", json!({"message": "m"}), FaultKind::ServerError),
        (
            "validationException",
            json!({"message": "Input is too long for requested model."}),
            FaultKind::ContextTooLong,
        ),
        ("serviceUnavailableException", json!({"message": "m"}), FaultKind::Overloaded),
    ] {
        let bytes = [cut.clone(), frame("exception", name, &payload)].concat();
        match run(&[&bytes]).2 {
            Completion::Failed(fault) => assert_eq!(fault.kind, kind, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    for foreign in ["{\"message\":\"no\"}", "<html>"] {
        let completion = run(&[foreign.as_bytes()]).2;
        assert!(
            matches!(completion, Completion::Failed(_) | Completion::Broken { malformed: true, .. }),
            "{completion:?}"
        );
    }
    assert!(matches!(run(&[b"data: {}\n\n"]).2, Completion::Broken { malformed: true, .. }));
}

#[test]
fn whole_answers_are_read_in_the_exchange_models_counting() {
    let body = |reason: &str| {
        json!({"output": {"message": {"role": "assistant", "content": [
            {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "s"}}}, {"text": "Hi"},
            {"toolUse": {"toolUseId": "t", "name": "f", "input": {"a": 1}}}]}}, "stopReason": reason,
            "usage": {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15, "cacheReadInputTokens": 30}})
    };
    let answer = read_answer(body("tool_use").to_string().as_bytes()).unwrap();
    assert_eq!((answer.text.as_str(), answer.reasoning.as_str()), ("Hi", "hm"));
    assert_eq!(answer.sealed, [Sealed::Signature("s".into())]);
    assert_eq!(answer.usage, Some(Usage { input: 40, output: 5, cached: Some(30), ..Usage::default() }));
    for (word, finish) in [
        ("end_turn", FinishReason::Stop),
        ("max_tokens", FinishReason::Length),
        ("guardrail_intervened", FinishReason::ContentFilter),
        ("malformed_tool_use", FinishReason::Failed("malformed_tool_use".into())),
        ("malformed_model_output", FinishReason::Failed("malformed_model_output".into())),
    ] {
        assert_eq!(read_answer(body(word).to_string().as_bytes()).unwrap().finish, Some(finish));
    }
    for broken in ["", "[]", "{}", "<html>"] {
        assert_eq!(read_answer(broken.as_bytes()).unwrap_err().kind, FaultKind::Malformed, "{broken}");
    }
}
