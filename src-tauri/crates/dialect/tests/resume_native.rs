//! An answer that went through in the client's own dialect and broke off, continued by another server: cut anywhere,
//! the client gets one valid stream with the whole text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    edit::Edits,
    error::{ClientError, ErrorKind},
    observe::Completion,
    resume::{Continuing, Manner},
    stream::Relay,
    wire::{Stamp, Wire},
};
use serde_json::{Value, json};

const WORDS: [&str; 6] = ["One ", "two ", "three ", "four ", "five ", "six."];

fn whole_text() -> String {
    WORDS.concat()
}

/// What a client asks and gets in its own dialect, and what a valid stream of that dialect says.
struct Case {
    dialect: Dialect,
    wire: Wire,
    ask: &'static str,
    body: String,
    /// The text of a stream, which must be one whole answer.
    check: fn(&str) -> String,
}

fn cases() -> Vec<Case> {
    vec![
        Case {
            dialect: Dialect::Messages,
            wire: Wire::Anthropic,
            ask: r#"{"model":"chat","stream":true,"max_tokens":50,"messages":[{"role":"user","content":"Hi"}] , "x":1}"#,
            body: messages_body(true),
            check: messages_text,
        },
        Case {
            dialect: Dialect::Responses,
            wire: Wire::Responses,
            ask: r#"{"model":"chat","stream":true,"input":"Hi","x":1}"#,
            body: responses_body(),
            check: responses_text,
        },
        Case {
            dialect: Dialect::OllamaChat,
            wire: Wire::Ollama,
            ask: r#"{"model":"chat","messages":[{"role":"user","content":"Hi"}],"x":1}"#,
            body: ollama_body(|text| json!({"message": {"role": "assistant", "content": text}})),
            check: |all| ollama_text(all, "/message/content"),
        },
        Case {
            dialect: Dialect::OllamaGenerate,
            wire: Wire::OllamaGenerate,
            ask: r#"{"model":"chat","prompt":"Hi","x":1}"#,
            body: ollama_body(|text| json!({"response": text})),
            check: |all| ollama_text(all, "/response"),
        },
    ]
}

fn event(kind: &str, mut data: Value) -> String {
    data["type"] = kind.into();
    format!("event: {kind}\ndata: {data}\n\n")
}

fn messages_body(thinks: bool) -> String {
    let usage = json!({"input_tokens": 20, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 0, "output_tokens": 1});
    let message = json!({"id": "msg_up", "type": "message", "role": "assistant", "model": "claude-up",
        "content": [], "stop_reason": null, "stop_sequence": null, "usage": usage});
    let mut out = event("message_start", json!({"message": message}));
    let block = |index: u32, block: Value| {
        event("content_block_start", json!({"index": index, "content_block": block}))
    };
    let delta =
        |index: u32, delta: Value| event("content_block_delta", json!({"index": index, "delta": delta}));
    let stop = |index: u32| event("content_block_stop", json!({"index": index}));
    if thinks {
        out += &block(0, json!({"type": "thinking", "thinking": "", "signature": ""}));
        out += &event("ping", json!({}));
        out += &delta(0, json!({"type": "thinking_delta", "thinking": "hm"}));
        out += &delta(0, json!({"type": "signature_delta", "signature": "sig"}));
        out += &stop(0);
    }
    // Text may come in several blocks.
    for (at, words) in (u32::from(thinks)..).zip(WORDS.chunks(3)) {
        out += &block(at, json!({"type": "text", "text": ""}));
        for word in words {
            out += &delta(at, json!({"type": "text_delta", "text": word}));
        }
        out += &stop(at);
    }
    out += &event(
        "message_delta",
        json!({"delta": {"stop_reason": "end_turn", "stop_sequence": null}, "usage": {"output_tokens": 9}}),
    );
    out + &event("message_stop", json!({}))
}

fn events(all: &str) -> Vec<Value> {
    let frames = all.split("\n\n").filter(|frame| !frame.trim().is_empty());
    let read = |frame: &str| {
        let data = frame.lines().find_map(|line| line.strip_prefix("data: "));
        let data: Value = serde_json::from_str(data.unwrap_or_else(|| panic!("no data: {frame}"))).unwrap();
        let name = frame.lines().find_map(|line| line.strip_prefix("event: ")).unwrap();
        assert_eq!(name, data["type"]);
        data
    };
    frames.map(read).collect()
}

fn messages_text(all: &str) -> String {
    let (mut open, mut block, mut text, mut ended) = (None, 0, String::new(), 0);
    for (at, event) in events(all).iter().enumerate() {
        let index = &event["index"];
        assert!(ended < 2, "nothing follows the end: {all}");
        match event["type"].as_str().unwrap() {
            "message_start" => {
                assert_eq!((at, &event["message"]["id"]), (0, &json!("msg_up")), "{all}");
            }
            "content_block_start" => {
                assert_eq!((open, index), (None, &json!(block)), "{all}");
                open = event["content_block"]["type"].as_str().map(|it| it.to_owned()).map(|it| it == "text");
            }
            "content_block_delta" => {
                assert!(open.is_some() && *index == block, "{all}");
                text += event["delta"]["text"].as_str().unwrap_or_default();
            }
            "content_block_stop" => {
                assert!(open.take().is_some() && *index == block, "{all}");
                block += 1;
            }
            "message_delta" => {
                assert!(open.is_none() && event["delta"]["stop_reason"] == "end_turn", "{all}");
                assert!(event["usage"]["output_tokens"].as_u64().unwrap() > 0, "{all}");
                ended += 1;
            }
            "message_stop" => ended += 1,
            "ping" => {}
            other => panic!("{other}"),
        }
    }
    assert_eq!(ended, 2, "{all}");
    text
}

fn responses_body() -> String {
    let mut sequence = 0;
    let mut out = String::new();
    let mut add = |kind: &str, mut data: Value| {
        data["sequence_number"] = sequence.into();
        sequence += 1;
        out += &event(kind, data);
    };
    let response = |status: &str, output: Value, usage: Value| {
        json!({"response": {"id": "resp_up", "object": "response", "created_at": 7, "model": "gpt-up",
            "status": status, "output": output, "usage": usage, "store": true, "odd": 1}})
    };
    add("response.created", response("in_progress", json!([]), Value::Null));
    add("response.in_progress", response("in_progress", json!([]), Value::Null));
    let thought = json!({"id": "rs_1", "type": "reasoning", "summary": []});
    add("response.output_item.added", json!({"output_index": 0, "item": thought}));
    add("response.output_item.done", json!({"output_index": 0, "item": thought}));
    let item = |status: &str, content: Value| {
        json!({"id": "msg_1", "type": "message", "status": status, "role": "assistant", "phase": "final_answer",
            "content": content})
    };
    let part = |text: &str| json!({"type": "output_text", "text": text, "annotations": [], "logprobs": []});
    add("response.output_item.added", json!({"output_index": 1, "item": item("in_progress", json!([]))}));
    let place = |name: &str, value: Value| json!({"item_id": "msg_1", "output_index": 1, "content_index": 0, name: value});
    add("response.content_part.added", place("part", part("")));
    for word in WORDS {
        add("response.output_text.delta", place("delta", word.into()));
    }
    let text = whole_text();
    add("response.output_text.done", place("text", text.clone().into()));
    add("response.content_part.done", place("part", part(&text)));
    let done = item("completed", json!([part(&text)]));
    add("response.output_item.done", json!({"output_index": 1, "item": done}));
    let usage = json!({"input_tokens": 20, "output_tokens": 9, "total_tokens": 29});
    add("response.completed", response("completed", json!([thought, done]), usage));
    out
}

fn responses_text(all: &str) -> String {
    let events = events(all);
    let (mut text, mut items, mut open_part) = (String::new(), Vec::<Value>::new(), None);
    let mut done = Vec::<Value>::new();
    for (at, event) in events.iter().enumerate() {
        assert_eq!(event["sequence_number"], at, "{all}");
        let kind = event["type"].as_str().unwrap();
        let expected = ["response.created", "response.in_progress"];
        assert!(at > 1 || kind == expected[at], "{all}");
        match kind {
            "response.output_item.added" => {
                assert_eq!(
                    (event["output_index"].as_u64(), items.len()),
                    (Some(done.len() as u64), done.len())
                );
                items.push(event["item"]["id"].clone());
            }
            "response.content_part.added" => assert_eq!(open_part.replace(String::new()), None, "{all}"),
            "response.output_text.delta" => {
                assert_eq!(event["item_id"], *items.last().unwrap(), "{all}");
                let delta = event["delta"].as_str().unwrap();
                text += delta;
                *open_part.as_mut().expect("an open part") += delta;
            }
            "response.output_text.done" => assert_eq!(event["text"], *open_part.as_ref().unwrap(), "{all}"),
            "response.content_part.done" => {
                assert_eq!(event["part"]["text"], open_part.take().expect("an open part"), "{all}");
            }
            "response.output_item.done" => {
                assert!(open_part.is_none() && event["item"]["id"] == *items.last().unwrap(), "{all}");
                done.push(event["item"].clone());
            }
            "response.completed" => {
                assert_eq!(at, events.len() - 1, "{all}");
                let response = &event["response"];
                assert_eq!(
                    (&response["id"], &response["model"]),
                    (&json!("resp_up"), &json!("gpt-up")),
                    "{all}"
                );
                assert_eq!(
                    (&response["status"], &response["odd"]),
                    (&json!("completed"), &json!(1)),
                    "{all}"
                );
                assert_eq!(response["output"], Value::from(done.clone()), "{all}");
                assert!(response["usage"]["output_tokens"].as_u64().unwrap() > 0, "{all}");
            }
            _ => {}
        }
    }
    assert_eq!(events.last().unwrap()["type"], "response.completed", "{all}");
    assert!(done.iter().filter(|it| it["type"] == "message").all(|it| it["status"] == "completed"), "{all}");
    text
}

fn ollama_body(said: fn(&str) -> Value) -> String {
    let line = |text: &str, more: Value| {
        let mut line = json!({"model": "llama-up", "created_at": "2026-01-01T00:00:00Z", "done": false});
        for (name, value) in said(text).as_object().unwrap().iter().chain(more.as_object().unwrap()) {
            line[name] = value.clone();
        }
        format!("{line}\n")
    };
    let words: String = WORDS.iter().map(|word| line(word, json!({}))).collect();
    words + &line("", json!({"done": true, "done_reason": "stop", "prompt_eval_count": 25, "eval_count": 9}))
}

fn ollama_text(all: &str, place: &str) -> String {
    let lines: Vec<Value> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (last, before) = lines.split_last().unwrap();
    assert!(before.iter().all(|it| it["done"] == false && it["model"] == "llama-up"), "{all}");
    assert_eq!((&last["done"], &last["done_reason"]), (&json!(true), &json!("stop")), "{all}");
    assert!(last["eval_count"].as_u64().unwrap() > 0, "{all}");
    lines.iter().filter_map(|line| line.pointer(place)?.as_str()).collect()
}

fn stamp() -> Stamp {
    Stamp { id: "own".into(), created: 1 }
}

/// What servers of other kinds say who go on with `text`, and how they are read.
fn others(text: &str) -> Vec<(Wire, String)> {
    let chunk = |delta: Value, finish: Value| {
        let choice = json!({"index": 0, "delta": delta, "finish_reason": finish});
        format!("data: {}\n\n", json!({"id": "c", "model": "m", "choices": [choice]}))
    };
    let chat = chunk(json!({"role": "assistant", "content": text}), Value::Null)
        + &chunk(json!({}), json!("stop"))
        + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":30,\"completion_tokens\":4}}\n\ndata: [DONE]\n\n";
    let line = json!({"model": "o", "message": {"content": text}, "done": true, "done_reason": "stop", "eval_count": 4});
    let block = json!({"index": 0, "content_block": {"type": "text", "text": ""}});
    let claude = event("message_start", json!({"message": {"model": "c", "usage": {"input_tokens": 30}}}))
        + &event("content_block_start", block)
        + &event("content_block_delta", json!({"index": 0, "delta": {"type": "text_delta", "text": text}}))
        + &event("content_block_stop", json!({"index": 0}))
        + &event(
            "message_delta",
            json!({"delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 4}}),
        )
        + &event("message_stop", json!({}));
    vec![(Wire::OpenAi, chat), (Wire::Ollama, format!("{line}\n")), (Wire::Anthropic, claude)]
}

fn begun(case: &Case, cut: usize) -> (Relay, Vec<u8>, Completion) {
    let asked = Asked::read(case.dialect, case.ask.into()).unwrap();
    let mut relay = case.wire.relay(&asked, stamp());
    relay.keep();
    let mut out = relay.push(Bytes::copy_from_slice(&case.body.as_bytes()[..cut])).out.to_vec();
    let end = relay.finish();
    out.extend_from_slice(&end.out);
    (relay, out, end.completion)
}

#[test]
fn cut_anywhere_the_client_gets_one_valid_stream() {
    for case in cases() {
        let (mut continued, mut complete) = (0, 0);
        let bytes = case.body.as_bytes();
        let near_an_end =
            |cut: usize| bytes[cut.saturating_sub(2)..(cut + 1).min(bytes.len())].contains(&b'\n');
        for cut in (0..=bytes.len()).filter(|cut| cut % 13 == 0 || near_an_end(*cut)) {
            let (relay, sent, completion) = begun(&case, cut);
            if completion == Completion::Complete {
                assert_eq!((case.check)(std::str::from_utf8(&sent).unwrap()), whole_text());
                complete += 1;
                continue;
            }
            let text = match relay.broken() {
                Ok(broken) => {
                    let text = broken.sent().text().to_owned();
                    if text.is_empty() {
                        continue;
                    }
                    text
                }
                Err((_, why)) => {
                    assert!(why.contains("reasoning"), "{why}");
                    continue;
                }
            };
            assert!(whole_text().starts_with(&text), "{text}");
            for (wire, body) in others(&whole_text()[text.len()..]) {
                if text == whole_text() && wire != Wire::OpenAi {
                    continue;
                }
                let broken = begun(&case, cut).0.broken().map_err(|(_, why)| why).unwrap();
                let continuing = Continuing { text: text.clone(), manner: Manner::Asked };
                let mut relay = wire.relay_behind(broken, &continuing);
                let mut all = sent.clone();
                all.extend_from_slice(&relay.push(body.into()).out);
                all.extend_from_slice(&relay.finish().out);
                assert_eq!((case.check)(std::str::from_utf8(&all).unwrap()), whole_text(), "cut at {cut}");
                continued += 1;
            }
        }
        assert!(continued > 90 && complete > 0, "{:?}: {continued} {complete}", case.dialect);
    }
}

#[test]
fn both_parts_are_counted() {
    for case in cases() {
        let at = case.body.find("three ").unwrap();
        let (relay, ..) = begun(&case, at);
        let broken = relay.broken().map_err(|(_, why)| why).unwrap();
        assert_eq!(broken.sent().tokens(), 2, "{:?}", case.dialect);
        let prompt = if case.dialect == Dialect::Messages { 25 } else { 0 };
        assert_eq!(broken.sent().part().input, prompt, "what was told of the prompt is known");
        let (wire, body) = others("three four five six.").remove(0);
        let continuing = Continuing { text: broken.sent().text().to_owned(), manner: Manner::Flagged };
        let mut relay = wire.relay_behind(broken, &continuing);
        let out = relay.push(body.into()).out;
        assert_eq!(relay.counted().unwrap().output, 4, "the second part's own");
        let out = String::from_utf8([out, relay.finish().out].concat()).unwrap();
        let last = if case.dialect == Dialect::Messages { "message_delta" } else { "_count\"" };
        let counted = match case.dialect {
            Dialect::Messages => {
                out.split("\n\n").find(|it| it.contains(last)).unwrap().contains("\"output_tokens\":6")
            }
            Dialect::Responses => out.contains("\"input_tokens\":30") && out.contains("\"output_tokens\":6"),
            _ => out.contains("\"prompt_eval_count\":30") && out.contains("\"eval_count\":6"),
        };
        assert!(counted, "{out}");
    }
}

#[test]
fn servers_of_the_clients_dialect_are_asked_without_loss() {
    for case in cases().iter().filter(|case| case.dialect != Dialect::OllamaGenerate) {
        let asked = Asked::read(case.dialect, case.ask.into()).unwrap();
        for manner in [Manner::Trailing, Manner::Asked] {
            let continuing = Some(Continuing { text: "one two ".into(), manner });
            let edits = Edits { model: Some("claude-3-haiku".into()), continuing, ..Edits::default() };
            let body: Value =
                serde_json::from_slice(&case.wire.prepare(&asked, &edits).unwrap().body.to_bytes()).unwrap();
            assert_eq!(body["x"], 1, "what nobody knows stays");
            let list = body.get("messages").or(body.get("input")).unwrap().as_array().unwrap();
            assert_eq!(list.len(), if manner == Manner::Asked { 3 } else { 2 }, "{body}");
            assert_eq!((&list[0]["role"], &list[1]["role"]), (&json!("user"), &json!("assistant")), "{body}");
            let text = if manner == Manner::Asked { "one two " } else { "one two" };
            assert!(list[1].to_string().contains(&format!("\"{text}\"")), "{body}");
            assert!(manner != Manner::Asked || list[2]["role"] == "user");
        }
    }
    let thinks = r#"{"model":"c","stream":true,"max_tokens":4000,"thinking":{"type":"enabled","budget_tokens":2000},"messages":[{"role":"user","content":"Hi"}]}"#;
    let asked = Asked::read(Dialect::Messages, thinks.into()).unwrap();
    let continuing = Some(Continuing { text: "one".into(), manner: Manner::Trailing });
    let edits = Edits { max_tokens_cap: Some(900), continuing, ..Edits::default() };
    let body: Value =
        serde_json::from_slice(&Wire::Anthropic.prepare(&asked, &edits).unwrap().body.to_bytes()).unwrap();
    assert_eq!((&body["thinking"], &body["max_tokens"]), (&json!({"type": "disabled"}), &json!(900)));
}

/// A stream of this dialect that says two words and then this, and breaks off: why it cannot be continued.
fn why_not(dialect: Dialect, more: &[&str]) -> Option<&'static str> {
    let case = cases().into_iter().find(|case| case.dialect == dialect).unwrap();
    let at = case.body[..case.body.find("three ").unwrap()].rfind('\n').unwrap();
    let at = case.body[..at].rfind("}\n").unwrap() + 1;
    let begun = format!("{}\n{}", &case.body[..at], if dialect == Dialect::OllamaChat { "" } else { "\n" });
    let asked = Asked::read(case.dialect, case.ask.into()).unwrap();
    let mut relay = case.wire.relay(&asked, stamp());
    relay.keep();
    let step = relay.push((begun + &more.concat()).into());
    assert!(String::from_utf8_lossy(&step.out).contains("One "));
    relay.broken().err().map(|(_, why)| why)
}

#[test]
fn what_is_more_than_text_is_never_continued() {
    let stop = event("content_block_stop", json!({"index": 1}));
    let block = |kind: &str| {
        event(
            "content_block_start",
            json!({"index": 2, "content_block": {"type": kind, "id": "t", "name": "f", "thinking": ""}}),
        )
    };
    let cited = event(
        "content_block_delta",
        json!({"index": 1, "delta": {"type": "citations_delta", "citation": {}}}),
    );
    let (tool, web, thinks) = (block("tool_use"), block("web_search_tool_result"), block("thinking"));
    assert_eq!(why_not(Dialect::Messages, &[]), None);
    assert_eq!(why_not(Dialect::Messages, &[&stop]), None);
    for (more, want) in [
        (&[&stop, &tool][..], "tool call"),
        (&[&stop, &web], "more than text"),
        (&[&cited], "sources"),
        (&[&stop, &thinks], "reasoning"),
    ] {
        let more: Vec<&str> = more.iter().map(|it| it.as_str()).collect();
        let why = why_not(Dialect::Messages, &more);
        assert!(why.is_some_and(|it| it.contains(want)), "{want}: {why:?}");
    }
    assert_eq!(why_not(Dialect::Responses, &[]), None);
    let added = |kind: &str| {
        event(
            "response.output_item.added",
            json!({"output_index": 2, "item": {"type": kind, "id": "i", "call_id": "c", "name": "f"}}),
        )
    };
    let place = |kind: &str, name: &str, value: Value| {
        event(kind, json!({"output_index": 1, "content_index": 0, "item_id": "msg_1", name: value}))
    };
    for (more, want) in [
        (added("function_call"), "tool call"),
        (added("web_search_call"), "more than text"),
        (place("response.refusal.delta", "delta", "no".into()), "refuse"),
        (place("response.output_text.annotation.added", "annotation", json!({})), "sources"),
        (place("response.content_part.added", "part", json!({"type": "refusal"})), "more than text"),
    ] {
        let why = why_not(Dialect::Responses, &[&more]);
        assert!(why.is_some_and(|it| it.contains(want)), "{want}: {why:?}");
    }
    assert_eq!(why_not(Dialect::OllamaChat, &[]), None);
    let call = json!({"message": {"content": "", "tool_calls": [{"function": {"name": "f", "arguments": {}}}]}, "done": false});
    let odds = json!({"message": {"content": "x"}, "logprobs": [], "done": false});
    for (more, want) in [(call, "tool call"), (odds, "probabilities")] {
        let why = why_not(Dialect::OllamaChat, &[&format!("{more}\n")]);
        assert!(why.is_some_and(|it| it.contains(want)), "{want}: {why:?}");
    }
}

#[test]
fn an_error_follows_what_was_sent() {
    for case in cases() {
        let (mut relay, sent, _) = begun(&case, case.body.find("three ").unwrap());
        let error = relay.error(&ClientError::new(ErrorKind::Upstream, "it broke".to_owned()));
        let all = String::from_utf8([&sent[..], &error].concat()).unwrap();
        assert!(all.contains("it broke"), "{all}");
        if case.dialect == Dialect::Responses {
            let events = events(&all);
            assert!(events.iter().enumerate().all(|(at, it)| it["sequence_number"] == at), "{all}");
            let last = events.last().unwrap();
            assert_eq!(
                (&last["type"], &last["response"]["id"]),
                (&json!("response.failed"), &json!("resp_up"))
            );
        }
    }
}
