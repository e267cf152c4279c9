//! An answer that broke off, continued by another server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    edit::Edits,
    fault::FaultKind,
    observe::{Completion, Seen},
    resume::{Broken, Continuing, Manner, Seam, Sent},
    stream::Relay,
    wire::{Stamp, Wire},
};
use proptest::prelude::*;
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
    let asked = Asked::read(Dialect::Chat, Bytes::from_static(ASK.as_bytes())).unwrap();
    let edits = Edits { continuing: Some(continuing("one two ", manner)), ..Edits::default() };
    let prepared = wire.prepare(&asked, &edits).unwrap();
    serde_json::from_slice(&prepared.body.to_bytes()).unwrap()
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
    assert!(sent(std::slice::from_ref(&thought)).why_not().is_some());
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

/// An answer of `one two ` by a server of Chat Completions that broke off.
fn broken(usage: bool) -> Broken {
    let mut relay = Wire::OpenAi.relay(&asked(usage), stamp());
    relay.keep();
    let step = relay.push([text("one "), text("two ")].concat().into());
    assert!(!step.out.is_empty());
    let Completion::Broken { .. } = relay.finish().completion else { panic!("it broke off") };
    relay.broken().map_err(|(_, why)| why).unwrap()
}

fn asked(usage: bool) -> Asked {
    let body = ASK.replace("\"x\":1", &format!("\"stream_options\":{{\"include_usage\":{usage}}}"));
    Asked::read(Dialect::Chat, body.into()).unwrap()
}

fn stamp() -> Stamp {
    Stamp { id: "other".into(), created: 1 }
}

/// A continuation of it by these frames: the client's chunks, and how it ended.
fn join(wire: Wire, body: &[u8], manner: Manner, usage: bool) -> (Vec<Value>, Completion, Relay) {
    let broken = broken(usage);
    let continuing = continuing(broken.sent().text(), manner);
    let mut relay = wire.relay_behind(broken, &continuing);
    let mut out = Vec::new();
    for byte in body.chunks(7) {
        out.extend_from_slice(&relay.push(Bytes::copy_from_slice(byte)).out);
    }
    let end = relay.finish();
    out.extend_from_slice(&end.out);
    let out = String::from_utf8(out).unwrap();
    assert_eq!(out.ends_with("data: [DONE]\n\n"), end.completion == Completion::Complete, "{out}");
    let frames = out.split("\n\n").filter_map(|it| serde_json::from_str(it.strip_prefix("data: ")?).ok());
    (frames.collect(), end.completion, relay)
}

fn said_in(chunks: &[Value]) -> String {
    chunks.iter().filter_map(|it| it["choices"][0]["delta"]["content"].as_str()).collect()
}

#[test]
fn the_client_sees_one_answer() {
    let counts = r#"data: {"id":"b","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3}}"#;
    let body = [
        frame(json!({"role": "assistant", "content": ""}), Value::Null),
        text("one tw"),
        text("o three"),
        frame(json!({"reasoning": "hm"}), Value::Null),
        text(" four"),
        frame(json!({}), json!("length")),
        Bytes::from(format!("{counts}\n\ndata: [DONE]\n\n")),
    ]
    .concat();
    let (out, completion, _) = join(Wire::OpenAi, &body, Manner::Flagged, true);
    assert_eq!(completion, Completion::Complete);
    let deltas: Vec<&Value> = out.iter().map(|chunk| &chunk["choices"][0]["delta"]).collect();
    assert_eq!(deltas[..3], [&json!({"content": "three"}), &json!({"content": " four"}), &json!({})]);
    assert!(out.iter().all(|it| it["id"] == "first-1" && it["model"] == "big" && it["created"] == 7));
    assert_eq!(out[2]["choices"][0]["finish_reason"], "length");
    let usage = &out[3]["usage"];
    assert_eq!((&usage["prompt_tokens"], &usage["completion_tokens"]), (&json!(9), &json!(5)));
    assert_eq!(out.len(), 4);
    assert_eq!(
        join(Wire::OpenAi, &body, Manner::Flagged, false).0.len(),
        3,
        "only who asked gets the counts"
    );
}

#[test]
fn a_server_of_another_dialect_goes_on_too_and_may_break_off_again() {
    let line =
        |text: &str, done: &str| format!("{{\"message\":{{\"content\":\"{text}\"}},\"done\":{done}}}\n");
    let whole = line("three", "false") + &line("", "true,\"done_reason\":\"stop\",\"eval_count\":1");
    let (out, completion, _) = join(Wire::Ollama, whole.as_bytes(), Manner::Trailing, true);
    assert_eq!((said_in(&out).as_str(), completion), ("three", Completion::Complete));
    let (_, completion, relay) =
        join(Wire::Ollama, line("three ", "false").as_bytes(), Manner::Trailing, true);
    assert!(matches!(completion, Completion::Broken { .. }));
    let again = relay.broken().map_err(|(_, why)| why).unwrap();
    assert_eq!((again.sent().text(), again.sent().tokens()), ("one two three ", 3));
    let end = String::from_utf8(again.at_its_cap().to_vec()).unwrap();
    assert!(end.contains("\"finish_reason\":\"length\"") && end.contains("\"completion_tokens\":3"), "{end}");
}

#[test]
fn a_tool_call_may_follow_and_is_never_continued() {
    let call = json!({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}}]});
    let (out, completion, relay) = join(Wire::OpenAi, &frame(call, Value::Null), Manner::Asked, false);
    assert_eq!(out[0]["choices"][0]["delta"]["tool_calls"][0]["function"]["name"], "f");
    assert!(matches!(completion, Completion::Broken { .. }));
    assert_eq!(relay.broken().unwrap_err().1, "a tool call had begun");
}

#[test]
fn an_answer_that_begins_anew_fails_and_sends_nothing() {
    let mut relay = Wire::OpenAi.relay(&asked(false), stamp());
    relay.keep();
    relay.push(text("The quick brown fox jumps over the lazy dog"));
    let broken = relay.broken().map_err(|(_, why)| why).unwrap();
    let continuing = continuing(broken.sent().text(), Manner::Asked);
    let mut relay = Wire::OpenAi.relay_behind(broken, &continuing);
    let step = relay.push(text("The quick brown fox jumps over a log"));
    assert!(step.out.is_empty(), "{step:?}");
    let Some(Seen::Error(fault)) = step.seen.last() else { panic!("{step:?}") };
    assert_eq!(fault.kind, FaultKind::Unsupported);
    assert_eq!(relay.broken().map_err(|(_, why)| why).unwrap().sent().text().len(), 43, "nothing was lost");
}

#[test]
fn what_was_not_kept_is_not_continued() {
    let mut relay = Wire::OpenAi.relay(&asked(false), stamp());
    relay.push(text("one"));
    assert!(relay.broken().is_err());
}

proptest! {
    /// Wherever an answer breaks off, and however much of its end or all of it the next server says again: the client
    /// gets the answer, no word lost and none doubled.
    #[test]
    fn an_answer_in_two_parts_is_the_answer(
        words in prop::collection::vec("[a-zé]{2,9}", 12..60),
        cut in any::<prop::sample::Index>(),
        back in 3_usize..9,
        again in 0_u8..3,
        size in 1_usize..40,
        asked_in_words in any::<bool>(),
    ) {
        // Numbered, so that no part of it is like another.
        let words: Vec<String> = words.iter().enumerate().map(|(n, word)| format!("{word}{n} ")).collect();
        let cut = 8 + cut.index(words.len() - 8);
        let (sent, rest) = (words[..cut].concat(), words[cut..].concat());
        let said = match again {
            0 => rest,
            1 => words[cut - back.min(cut)..].concat(),
            _ => words.concat(),
        };
        let manner = if asked_in_words { Manner::Asked } else { Manner::Flagged };
        let mut relay = Wire::OpenAi.relay(&asked(false), stamp());
        relay.keep();
        relay.push(text(&sent));
        let broken = relay.broken().map_err(|(_, why)| why).unwrap();
        let continuing = continuing(broken.sent().text(), manner);
        let mut relay = Wire::OpenAi.relay_behind(broken, &continuing);
        let letters: Vec<char> = said.chars().collect();
        let mut out = Vec::new();
        for piece in letters.chunks(size) {
            out.extend_from_slice(&relay.push(text(&piece.iter().collect::<String>())).out);
        }
        out.extend_from_slice(&relay.push(frame(json!({}), json!("stop"))).out);
        out.extend_from_slice(&relay.finish().out);
        let out = String::from_utf8(out).unwrap();
        let frames = out.split("\n\n").filter_map(|it| serde_json::from_str(it.strip_prefix("data: ")?).ok());
        let chunks: Vec<Value> = frames.collect();
        prop_assert_eq!(sent + &said_in(&chunks), words.concat());
    }

    /// Whatever two servers say, what the client gets begins with what it was sent first, and nothing panics.
    #[test]
    fn any_two_texts_are_joined_without_harm(sent in ".{1,80}", next in ".{0,120}", asked_in_words in any::<bool>()) {
        let mut seam = Seam::new(&sent, asked_in_words);
        let mut new = String::new();
        for letter in next.chars() {
            match seam.push(&letter.to_string()) {
                Ok(text) => new += &text,
                Err(_) => return Ok(()),
            }
        }
        if let Ok(text) = seam.close() {
            new += &text;
            prop_assert!(next.ends_with(&new), "{new:?} is no end of {next:?}");
        }
    }
}
