//! An answer that broke off, continued by another server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

use bytes::Bytes;
use dialect::{
    edit::Edits,
    peek::Peek,
    resume::{Anew, Continuing, Joined, Manner, Sent},
    wire::{Stamp, Wire},
};
use serde_json::{Value, json};

const ASK: &str = r#"{"model":"chat","stream":true,"messages":[{"role":"user","content":"Hi"} ] , "x":1}"#;

fn frame(delta: Value, finish: Value) -> Bytes {
    let chunk = json!({"id": "first-1", "object": "chat.completion.chunk", "created": 7, "model": "big",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]});
    format!("data: {chunk}\n\n").into()
}

fn text(text: &str) -> Bytes {
    frame(json!({"content": text}), Value::Null)
}

fn sent(frames: &[Bytes]) -> Sent {
    let mut sent = Sent::default();
    frames.iter().for_each(|frame| sent.push(frame));
    sent
}

fn continuing(text: &str, manner: Manner) -> Continuing {
    Continuing { text: text.into(), manner }
}

fn prepared(wire: Wire, manner: Manner) -> Value {
    let body = Bytes::from_static(ASK.as_bytes());
    let edits = Edits { continuing: Some(continuing("one two ", manner)), ..Edits::default() };
    let prepared = wire.prepare(&body, &Peek::read(&body).unwrap(), &edits).unwrap();
    serde_json::from_slice(&prepared.body).unwrap()
}

#[test]
fn a_server_is_asked_in_the_words_of_its_kind() {
    let said = json!({"role": "assistant", "content": "one two"});
    let trailing = prepared(Wire::OpenAi, Manner::Trailing);
    assert_eq!((&trailing["messages"][1], &trailing["x"]), (&said, &json!(1)));
    let flagged = prepared(Wire::OpenAi, Manner::Flagged);
    assert_eq!(flagged["messages"][1], said);
    assert_eq!(
        (&flagged["continue_final_message"], &flagged["add_generation_prompt"]),
        (&json!(true), &json!(false))
    );
    let prefixed = prepared(Wire::OpenAi, Manner::Prefixed);
    assert_eq!(prefixed["messages"][1], json!({"role": "assistant", "content": "one two", "prefix": true}));
    for wire in [Wire::OpenAi, Wire::Ollama] {
        let asked = prepared(wire, Manner::Asked);
        assert_eq!(asked["messages"][1]["content"], "one two ", "every character counts here");
        assert_eq!(asked["messages"][2]["role"], "user");
        assert_eq!(asked["messages"].as_array().unwrap().len(), 3);
    }
    assert_eq!(prepared(Wire::Ollama, Manner::Trailing)["messages"][1]["role"], "assistant");
}

#[test]
fn what_was_sent_is_counted_and_judged() {
    let role = frame(json!({"role": "assistant", "content": ""}), Value::Null);
    let good = sent(&[role.clone(), text("one "), text("two ")]);
    assert_eq!((good.text(), good.tokens(), good.why_not()), ("one two ", 2, None));
    assert_eq!(sent(&[text(&"word ".repeat(80))]).tokens(), 100, "large pieces are several tokens");
    let thought = frame(json!({"reasoning_content": "hm"}), Value::Null);
    assert!(sent(&[thought.clone()]).why_not().is_some());
    assert_eq!(sent(&[thought, text("So: ")]).why_not(), None);
    let call = json!({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": ""}}]});
    for (name, bad) in [
        ("tool", frame(call, Value::Null)),
        ("old tool", frame(json!({"function_call": {"name": "f", "arguments": ""}}), Value::Null)),
        ("refusal", frame(json!({"refusal": "I"}), Value::Null)),
        ("end", frame(json!({}), json!("stop"))),
        (
            "choice",
            Bytes::from_static(b"data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"x\"}}]}\n\n"),
        ),
        (
            "odds",
            Bytes::from_static(b"data: {\"choices\":[{\"delta\":{\"content\":\"x\"},\"logprobs\":{}}]}\n\n"),
        ),
    ] {
        assert!(sent(&[text("one "), bad]).why_not().is_some(), "{name}");
    }
}

/// A continuation of `one two ` by these frames: what the client gets for them and at the end.
fn join(frames: &[Bytes], manner: Manner, usage: bool) -> Result<(Vec<Value>, String), Anew> {
    let mut sent = sent(&[text("one "), text("two ")]);
    let stamp = Stamp { id: "other".into(), created: 1 };
    let mut joined = Joined::new(&mut sent, &continuing("one two ", manner), stamp, usage);
    let mut out = String::new();
    for frame in frames {
        out += std::str::from_utf8(&joined.push(frame, &mut sent)?).unwrap();
    }
    out += std::str::from_utf8(&joined.end()).unwrap();
    assert!(out.ends_with("data: [DONE]\n\n"), "{out}");
    let frames = out.split("\n\n").filter_map(|it| serde_json::from_str(it.strip_prefix("data: ")?).ok());
    Ok((frames.collect(), sent.text().to_owned()))
}

#[test]
fn the_client_sees_one_answer() {
    let role = frame(json!({"role": "assistant", "content": ""}), Value::Null);
    let counts = r#"data: {"id":"b","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3}}"#;
    let frames = [
        role,
        text("one tw"),
        text("o three"),
        frame(json!({"reasoning": "hm"}), Value::Null),
        text(" four"),
        frame(json!({}), json!("length")),
        Bytes::from(format!("{counts}\n\ndata: [DONE]\n\n")),
    ];
    let (out, all) = join(&frames, Manner::Flagged, true).unwrap();
    assert_eq!(all, "one two three four");
    let deltas: Vec<&Value> = out.iter().map(|chunk| &chunk["choices"][0]["delta"]).collect();
    assert_eq!(deltas[..3], [&json!({"content": "three"}), &json!({"content": " four"}), &json!({})]);
    assert!(out.iter().all(|it| it["id"] == "first-1" && it["model"] == "big" && it["created"] == 7));
    assert_eq!(out[2]["choices"][0]["finish_reason"], "length");
    assert_eq!(
        (&out[3]["usage"]["prompt_tokens"], &out[3]["usage"]["completion_tokens"]),
        (&json!(9), &json!(5))
    );
    assert_eq!(out.len(), 4);
    assert_eq!(join(&frames, Manner::Flagged, false).unwrap().0.len(), 3, "only who asked gets the counts");
}

#[test]
fn a_tool_call_may_follow_and_an_answer_that_begins_anew_may_not() {
    let call = json!({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}}]});
    let (out, _) =
        join(&[frame(call, Value::Null), frame(json!({}), json!("tool_calls"))], Manner::Asked, false)
            .unwrap();
    assert_eq!(out[0]["choices"][0]["delta"]["tool_calls"][0]["function"]["name"], "f");
    let mut long = sent(&[text("The quick brown fox jumps over the lazy dog")]);
    let continuing = continuing("The quick brown fox jumps over the lazy dog", Manner::Asked);
    let mut joined = Joined::new(&mut long, &continuing, Stamp { id: "x".into(), created: 1 }, false);
    let anew = text("The quick brown fox jumps over a log");
    assert_eq!(joined.push(&anew, &mut long), Err(Anew));
}
