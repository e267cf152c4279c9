//! Gemini, Bedrock and Azure against files written by hand from their documentation: a request, a whole answer, a stream,
//! a stream that fails, and errors. `*_for_client.*` is what the client gets: one of Chat Completions, but Azure speaks
//! that itself, so that one of Messages is asked for there.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::time::{Duration, SystemTime};

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    edit::Edits,
    fault::{FaultKind, classify},
    observe::Completion,
    openai::habits::Habits,
    wire::{Stamp, Wire},
};
use serde_json::{Value, json};

struct Golden {
    name: &'static str,
    wire: Wire,
    model: &'static str,
    client: Dialect,
    request: &'static str,
    answer: &'static str,
    answer_for_client: &'static str,
    stream: &'static str,
    stream_for_client: &'static str,
    stream_error: &'static str,
    fails_as: FaultKind,
    errors: &'static str,
}

macro_rules! golden {
    ($name:literal, $wire:expr, $model:literal, $client:expr, $fails_as:expr) => {
        Golden {
            name: $name,
            wire: $wire,
            model: $model,
            client: $client,
            request: include_str!(concat!("golden/", $name, "/request.json")),
            answer: include_str!(concat!("golden/", $name, "/answer.json")),
            answer_for_client: include_str!(concat!("golden/", $name, "/answer_for_client.json")),
            stream: include_str!(concat!("golden/", $name, "/stream.txt")),
            stream_for_client: include_str!(concat!("golden/", $name, "/stream_for_client.txt")),
            stream_error: include_str!(concat!("golden/", $name, "/stream_error.txt")),
            fails_as: $fails_as,
            errors: include_str!(concat!("golden/", $name, "/errors.txt")),
        }
    };
}

const ALL: [Golden; 3] = [
    golden!("gemini", Wire::Gemini, "gemini-2.5-flash", Dialect::Chat, FaultKind::Overloaded),
    golden!(
        "bedrock",
        Wire::Bedrock,
        "anthropic.claude-sonnet-4-5-v1:0",
        Dialect::Chat,
        FaultKind::Overloaded
    ),
    golden!("azure", Wire::OpenAi, "gpt", Dialect::Messages, FaultKind::ServerError),
];

/// Every client of these tests asks for this.
const REQUEST: &str = include_str!("golden/chat_request.json");

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn stamp(dialect: Dialect) -> Stamp {
    Stamp { id: dialect.answer_id("1"), created: 7 }
}

fn asked(dialect: Dialect, stream: bool) -> Asked {
    let body = json!({
        "model": "chain", "stream": stream, "stream_options": { "include_usage": true }, "max_tokens": 200,
        "messages": [{ "role": "user", "content": "And in Oslo?" }],
    });
    Asked::read(dialect, body.to_string().into()).unwrap()
}

#[test]
fn requests() {
    for golden in ALL {
        let edits =
            Edits { model: Some(golden.model.into()), habits: Habits::of(golden.name), ..Edits::default() };
        let asked = Asked::read(Dialect::Chat, REQUEST.into()).unwrap();
        let prepared = golden.wire.prepare(&asked, &edits).unwrap();
        assert_eq!(prepared.dropped, Vec::<String>::new(), "{}", golden.name);
        let written = prepared.body.to_bytes();
        let written = std::str::from_utf8(&written).unwrap();
        if golden.name == "azure" {
            assert_eq!(written, golden.request, "not a byte beside the model");
        } else {
            assert_eq!(json(written), json(golden.request), "{}", golden.name);
        }
    }
}

#[test]
fn whole_answers() {
    for golden in ALL {
        let body = Bytes::from(golden.answer);
        let whole = golden.wire.whole(&asked(golden.client, false), &body, &stamp(golden.client));
        assert_eq!(whole.completion, Completion::Complete, "{}", golden.name);
        let written = std::str::from_utf8(&whole.body).unwrap();
        assert_eq!(json(written), json(golden.answer_for_client), "{}: {written}", golden.name);
        if golden.name == "azure" {
            let same = golden.wire.whole(&asked(Dialect::Chat, false), &body, &stamp(Dialect::Chat));
            assert_eq!(same.body, body, "its own clients get its bytes");
        }
    }
}

/// The bytes of a stream; Bedrock's are framed by Amazon's own crate, a line each.
fn bytes_of(golden: &Golden, text: &str) -> Vec<u8> {
    if golden.name != "bedrock" {
        return text.as_bytes().to_vec();
    }
    let mut bytes = Vec::new();
    for line in text.lines() {
        let mut words = line.splitn(3, ' ').map(ToOwned::to_owned);
        let (kind, name, payload) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
        let which = if kind == "exception" { ":exception-type" } else { ":event-type" };
        let header = |name: &'static str, value: String| Header::new(name, HeaderValue::String(value.into()));
        let message = Message::new(payload)
            .add_header(header(which, name))
            .add_header(header(":content-type", "application/json".into()))
            .add_header(header(":message-type", kind));
        write_message_to(&message, &mut bytes).unwrap();
    }
    bytes
}

fn relayed(golden: &Golden, client: Dialect, pieces: &[&[u8]]) -> (String, Completion) {
    let mut relay = golden.wire.relay(&asked(client, true), stamp(client));
    let mut out = Vec::new();
    for piece in pieces {
        out.extend_from_slice(&relay.push(Bytes::copy_from_slice(piece)).out);
    }
    let end = relay.finish();
    out.extend_from_slice(&end.out);
    (String::from_utf8(out).unwrap(), end.completion)
}

#[test]
fn streams() {
    for golden in ALL {
        let bytes = bytes_of(&golden, golden.stream);
        let (out, completion) = relayed(&golden, golden.client, &[&bytes]);
        assert_eq!(completion, Completion::Complete, "{}", golden.name);
        assert_eq!(out, golden.stream_for_client, "{}", golden.name);
        for cut in 0..bytes.len() {
            let (a, b) = bytes.split_at(cut);
            assert_eq!(relayed(&golden, golden.client, &[a, b]).0, out, "{} cut at {cut}", golden.name);
        }
        if golden.name == "azure" {
            assert_eq!(relayed(&golden, Dialect::Chat, &[&bytes]).0, golden.stream);
        }
    }
}

#[test]
fn streams_that_fail() {
    for golden in ALL {
        let bytes = bytes_of(&golden, golden.stream_error);
        let (out, completion) = relayed(&golden, golden.client, &[&bytes]);
        assert!(out.contains("One "), "{}: {out}", golden.name);
        match completion {
            Completion::Failed(fault) => assert_eq!(fault.kind, golden.fails_as, "{}", golden.name),
            other => panic!("{}: {other:?}", golden.name),
        }
    }
}

/// Blocks of a line `STATUS KIND CODE SECONDS`, headers, and the body in one line; `-` for what is not there.
#[test]
fn errors() {
    for golden in ALL {
        for block in golden.errors.trim_end().split("\n\n") {
            let mut lines: Vec<&str> = block.lines().collect();
            let body = lines.pop().unwrap();
            let head: Vec<&str> = lines.remove(0).split(' ').collect();
            let header = |wanted: &str| {
                let pairs = lines.iter().filter_map(|line| line.split_once(": "));
                pairs.filter(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned()).next()
            };
            let fault = classify(head[0].parse().unwrap(), &header, body.as_bytes(), SystemTime::UNIX_EPOCH);
            let seconds = fault.retry_after.as_ref().map(Duration::as_secs).map(|it| it.to_string());
            let told = [
                format!("{:?}", fault.kind),
                fault.code.clone().unwrap_or("-".into()),
                seconds.unwrap_or("-".into()),
            ];
            assert_eq!(told, head[1..], "{}: {block}", golden.name);
            assert!(!fault.message.is_empty() && body.contains(&fault.message), "{block}: {fault:?}");
        }
    }
}
