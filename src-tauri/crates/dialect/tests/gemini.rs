//! Google's Gemini API: requests and answers against bodies written by hand.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    error::Unfit,
    exchange::{FinishReason, Usage},
    fault::FaultKind,
    gemini::{read_answer, write_request},
    observe::{Completion, Seen},
    openai,
    wire::{Stamp, Wire},
};
use serde_json::{Value, json};

fn from_chat(body: &Value) -> Result<Value, Unfit> {
    let mut body = body.clone();
    body.as_object_mut().unwrap().entry("model").or_insert("gemini-2.5-flash".into());
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
        "max_tokens": 50, "temperature": 1.5, "top_p": 0.5, "seed": 3, "stop": "X", "reasoning_effort": "medium",
        "tool_choice": {"type": "function", "function": {"name": "f"}},
        "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}},
        "messages": [
            {"role": "system", "content": "S"},
            {"role": "user", "content": [
                {"type": "text", "text": "T"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
                {"type": "input_audio", "input_audio": {"data": "BB==", "format": "wav"}}]},
            {"role": "assistant", "content": "calling", "tool_calls": [
                {"id": "c__cosig_c2ln-_A", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}},
                {"id": "d", "type": "function", "function": {"name": "f", "arguments": ""}}]},
            {"role": "tool", "tool_call_id": "c__cosig_c2ln-_A", "content": "one"},
            {"role": "tool", "tool_call_id": "d", "content": "two"},
        ],
    }))
    .unwrap();
    assert_eq!(
        written,
        json!({
            "systemInstruction": {"parts": [{"text": "S"}]},
            "contents": [
                {"role": "user", "parts": [{"text": "T"}, {"inlineData": {"mimeType": "image/png", "data": "AA=="}},
                    {"inlineData": {"mimeType": "audio/wav", "data": "BB=="}}]},
                {"role": "model", "parts": [{"text": "calling"},
                    {"functionCall": {"id": "c", "name": "f", "args": {"a": 1}}, "thoughtSignature": "c2ln+/A="},
                    {"functionCall": {"id": "d", "name": "f", "args": {}}}]},
                {"role": "user", "parts": [
                    {"functionResponse": {"id": "c", "name": "f", "response": {"output": "one"}}},
                    {"functionResponse": {"id": "d", "name": "f", "response": {"output": "two"}}}]},
            ],
            "tools": [{"functionDeclarations": [{"name": "f", "description": "d", "parametersJsonSchema": {"type": "object"}}]}],
            "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f"]}},
            "generationConfig": {"maxOutputTokens": 50, "temperature": 1.5, "topP": 0.5, "seed": 3, "stopSequences": ["X"],
                "responseMimeType": "application/json", "responseJsonSchema": {"type": "object"},
                "thinkingConfig": {"thinkingBudget": 2048, "includeThoughts": true}},
        })
    );
}

#[test]
fn calls_of_another_tier_and_newer_models_are_minded() {
    let foreign = json!({"messages": [{"role": "user", "content": "Hi"},
        {"role": "assistant", "tool_calls": [{"id": "x", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "x", "content": "r"}]});
    let written = from_chat(&foreign).unwrap();
    let signature = &written["contents"][1]["parts"][0]["thoughtSignature"];
    assert_eq!(signature, "skip_thought_signature_validator");
    let hi = json!([{"role": "user", "content": "Hi"}]);
    let new =
        from_chat(&json!({"model": "gemini-3.7-pro", "reasoning_effort": "low", "messages": hi})).unwrap();
    assert_eq!(new["generationConfig"]["thinkingConfig"]["thinkingLevel"], "LOW");
    let prefill = json!({"model": "gemini-3.7-pro", "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]});
    assert_eq!(unfit(&prefill), ["a conversation that ends with the assistant's words"]);
    let url = json!({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://p.example/x.png"}}]}]});
    assert_eq!(unfit(&url), ["images by URL"]);
    let picture = |kind: &str| json!({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": format!("data:{kind};base64,AA==")}}]}]});
    assert_eq!(unfit(&picture("image/gif")), ["images of type image/gif"]);
    for (kind, sent) in [("image/jpg", "image/jpeg"), ("image/heic", "image/heic")] {
        let written = from_chat(&picture(kind)).unwrap();
        assert_eq!(written["contents"][0]["parts"][0]["inlineData"]["mimeType"], sent, "{written}");
    }
    assert_eq!(unfit(&json!({"messages": hi, "n": 3, "logprobs": true})), ["n", "logprobs"]);
}

const STREAM: &str = concat!(
    "data: {\"candidates\":[{\"index\":0,\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"hm\",\"thought\":true}]}}],\"modelVersion\":\"gemini\",\"usageMetadata\":{\"promptTokenCount\":10}}\r\n\r\n",
    "data: {\"candidates\":[{\"index\":0,\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"Hé\"}]}}],\"usageMetadata\":{\"promptTokenCount\":10,\"candidatesTokenCount\":1}}\r\n\r\n",
    "data: {\"candidates\":[{\"index\":0,\"content\":{\"role\":\"model\",\"parts\":[{\"functionCall\":{\"id\":\"fc1\",\"name\":\"f\",\"args\":{\"a\":1}},\"thoughtSignature\":\"c2ln+/A=\"}]}}]}\r\n\r\n",
    "data: {\"candidates\":[{\"index\":0,\"content\":{\"role\":\"model\",\"parts\":[{\"functionCall\":{\"name\":\"g\"}}]}}]}\r\n\r\n",
    "data: {\"candidates\":[{\"index\":0,\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"\"}]},\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":10,\"candidatesTokenCount\":5,\"thoughtsTokenCount\":7,\"cachedContentTokenCount\":4}}\r\n\r\n",
);

fn run(dialect: Dialect, pieces: &[&[u8]]) -> (String, Vec<Seen>, Completion) {
    let body = json!({"model": "m", "stream": true, "stream_options": {"include_usage": true}, "messages": [{"role": "user", "content": "Hi"}]});
    let asked = Asked::read(dialect, body.to_string().into()).unwrap();
    let mut relay = Wire::Gemini.relay(&asked, Stamp { id: "x".into(), created: 7 });
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
fn a_stream_says_the_same_wherever_it_is_cut() {
    let whole = run(Dialect::Chat, &[STREAM.as_bytes()]);
    assert_eq!(whole.2, Completion::Complete);
    for part in [
        "\"content\":\"Hé\"",
        "\"reasoning_content\":\"hm\"",
        "\"finish_reason\":\"tool_calls\"",
        "fc1__cosig_c2ln-_A",
        "\"name\":\"g\"",
        "\"arguments\":\"{}\"",
        "\"prompt_tokens\":10",
        "\"completion_tokens\":12",
        "[DONE]",
    ] {
        assert!(whole.0.contains(part), "{part}: {}", whole.0);
    }
    for cut in 0..STREAM.len() {
        let (a, b) = STREAM.as_bytes().split_at(cut);
        assert_eq!(run(Dialect::Chat, &[a, b]), whole, "cut at {cut}");
    }
    // The connection ends the stream, so that without a reason it was cut.
    let end = STREAM.rfind("data: ").unwrap();
    assert!(matches!(
        run(Dialect::Chat, &[&STREAM.as_bytes()[..end]]).2,
        Completion::Broken { malformed: false, .. }
    ));
}

#[test]
fn a_failure_never_becomes_a_stop() {
    let with = |reason: &str, text: &str| {
        let body = json!({"candidates": [{"content": {"parts": [{"text": text}]}, "finishReason": reason}]});
        read_answer(body.to_string().as_bytes()).unwrap().finish.unwrap()
    };
    assert_eq!(with("STOP", "x"), FinishReason::Stop);
    assert_eq!(with("MAX_TOKENS", "x"), FinishReason::Length);
    assert_eq!(with("OTHER", "x"), FinishReason::Stop);
    for word in ["SAFETY", "RECITATION", "IMAGE_SAFETY", "PROHIBITED_CONTENT"] {
        assert_eq!(with(word, ""), FinishReason::ContentFilter);
    }
    for word in [
        "MALFORMED_FUNCTION_CALL",
        "OTHER",
        "UNEXPECTED_TOOL_CALL",
        "MISSING_THOUGHT_SIGNATURE",
        "CONTINUATION",
        "NOVEL",
    ] {
        assert_eq!(with(word, ""), FinishReason::Failed(word.into()));
    }
    let blocked =
        json!({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 3}});
    let blocked = read_answer(blocked.to_string().as_bytes()).unwrap();
    assert_eq!(blocked.finish, Some(FinishReason::ContentFilter));
    assert_eq!(blocked.usage, Some(Usage { input: 3, ..Usage::default() }));
    let error = "{\"error\":{\"code\":429,\"message\":\"m\",\"status\":\"RESOURCE_EXHAUSTED\"}}";
    for error in [error.to_owned(), format!("[{error}]")] {
        assert_eq!(read_answer(error.as_bytes()).unwrap_err().kind, FaultKind::RateLimited, "{error}");
        let streamed = run(Dialect::Chat, &[format!("data: {error}\n\n").as_bytes()]);
        assert!(matches!(streamed.2, Completion::Failed(fault) if fault.kind == FaultKind::RateLimited));
    }
    for broken in ["", "[]", "{}", "{\"candidates\":1}", "<html>"] {
        assert_eq!(read_answer(broken.as_bytes()).unwrap_err().kind, FaultKind::Malformed, "{broken}");
    }
}
