//! What the way between two dialects costs, each direction by itself, beside the same bytes passed through: a request of 1 KB
//! on its way to the upstream, and a frame of a stream on its way back. In this process, without sockets.

use std::io::Write;

use anyhow::{Context, anyhow};
use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use dialect::{
    client::{Asked, Dialect},
    edit::Edits,
    exchange::{Event, FinishReason},
    wire::{Stamp, Wire},
};
use serde_json::{Value, json};

use crate::proc;

/// The best of so many rounds counts, as the least disturbed one.
const ROUNDS: usize = 5;
/// Requests and streams in a round.
const REQUESTS: usize = 2_000;
const STREAMS: usize = 40;
/// Pieces of text in a stream.
const FRAMES: usize = 200;

const CLIENTS: [(&str, Dialect); 4] = [
    ("Chat", Dialect::Chat),
    ("Responses", Dialect::Responses),
    ("Messages", Dialect::Messages),
    ("Ollama", Dialect::OllamaChat),
];

const UPSTREAMS: [(&str, Wire, &str); 6] = [
    ("OpenAI", Wire::OpenAi, "gpt-4.1"),
    ("Responses", Wire::Responses, "gpt-4.1"),
    ("Anthropic", Wire::Anthropic, "claude-sonnet-4-5"),
    ("Gemini", Wire::Gemini, "gemini-2.5-flash"),
    ("Bedrock", Wire::Bedrock, "anthropic.claude-sonnet-4-5-v1:0"),
    ("Ollama", Wire::Ollama, "llama3.1"),
];

/// Measures every direction. A client and an upstream of one dialect are the straight way.
pub fn measure(out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "{:<12}{:<12}{:>14}{:>14}", "client", "upstream", "us/request", "us/frame")?;
    for (client, dialect) in CLIENTS {
        for (upstream, wire, model) in UPSTREAMS {
            // Responses are spoken to upstreams for clients that speak them alone.
            if wire == Wire::Responses && dialect != Dialect::Responses {
                continue;
            }
            let (asked, edits) = (asked(dialect)?, Edits { model: Some(model.into()), ..Edits::default() });
            let request =
                best(REQUESTS, || wire.prepare(&asked, &edits).map(drop).map_err(|it| anyhow!("{it}")))?;
            let body = stream(wire)?;
            let frame = best(STREAMS, || relay(wire, &asked, &body))? / FRAMES as f64;
            let straight = if wire.is_native(dialect) { "  (passed through)" } else { "" };
            writeln!(out, "{client:<12}{upstream:<12}{request:>14.2}{frame:>14.2}{straight}")?;
        }
    }
    Ok(())
}

/// Microseconds of CPU for one of these.
fn best(times: usize, mut run: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let before = own_cpu()?;
        (0..times).try_for_each(|_| run())?;
        let spent = own_cpu()?.saturating_sub(before);
        best = best.min(spent as f64 / 1_000.0 / times as f64);
    }
    Ok(best)
}

fn stamp() -> Stamp {
    Stamp { id: "x".into(), created: 7 }
}

fn asked(dialect: Dialect) -> anyhow::Result<Asked> {
    let mut body = json!({ "model": "chat", "stream": true, "max_tokens": 500 });
    let said = json!([{ "role": "user", "content": "word ".repeat(200) }]);
    body[if dialect == Dialect::Responses { "input" } else { "messages" }] = said;
    Asked::read(dialect, body.to_string().into()).map_err(|bad| anyhow!("{}", bad.message))
}

/// One stream, in pieces as they come from a socket: a frame each.
fn relay(wire: Wire, asked: &Asked, pieces: &[Vec<u8>]) -> anyhow::Result<()> {
    let mut relay = wire.relay(asked, stamp());
    for piece in pieces {
        relay.push(piece.clone().into());
    }
    let end = relay.finish();
    let complete = end.completion == dialect::observe::Completion::Complete;
    complete.then_some(()).context("a stream was not complete")
}

/// A stream of [`FRAMES`] pieces of text, as that upstream sends it.
fn stream(wire: Wire) -> anyhow::Result<Vec<Vec<u8>>> {
    let own = match wire {
        Wire::OpenAi | Wire::Completions | Wire::OllamaGenerate => Dialect::Chat,
        Wire::Responses => Dialect::Responses,
        Wire::Anthropic => Dialect::Messages,
        Wire::Ollama => Dialect::OllamaChat,
        Wire::Gemini => return Ok(gemini()),
        Wire::Bedrock => return bedrock(),
    };
    let mut writer = asked(own)?.writer(stamp());
    let mut events = vec![Event::Start { model: "m".into() }];
    events.extend((0..FRAMES).map(|_| Event::Text("word ".into())));
    events.push(Event::Finish(FinishReason::Stop));
    let mut pieces = Vec::new();
    for event in &events {
        let mut out = bytes::BytesMut::new();
        writer.write(event, &mut out);
        pieces.push(out.to_vec());
    }
    let mut out = bytes::BytesMut::new();
    writer.end(&mut out);
    pieces.push(out.to_vec());
    Ok(pieces)
}

fn gemini() -> Vec<Vec<u8>> {
    let chunk = |text: &str, finish: Option<&str>| {
        let mut candidate =
            json!({ "index": 0, "content": { "role": "model", "parts": [{ "text": text }] } });
        if let Some(finish) = finish {
            candidate["finishReason"] = finish.into();
        }
        let usage = json!({ "promptTokenCount": 15, "candidatesTokenCount": 5, "totalTokenCount": 20 });
        let chunk = json!({ "candidates": [candidate], "modelVersion": "m", "responseId": "r", "usageMetadata": usage });
        format!("data: {chunk}\r\n\r\n").into_bytes()
    };
    let mut pieces: Vec<Vec<u8>> = (0..FRAMES).map(|_| chunk("word ", None)).collect();
    pieces.push(chunk("", Some("STOP")));
    pieces
}

fn bedrock() -> anyhow::Result<Vec<Vec<u8>>> {
    let frame = |name: &'static str, payload: Value| {
        let header = |name: &'static str, value: &'static str| {
            Header::new(name, HeaderValue::String(value.to_owned().into()))
        };
        let message = Message::new(payload.to_string())
            .add_header(header(":message-type", "event"))
            .add_header(header(":event-type", name));
        let mut bytes = Vec::new();
        write_message_to(&message, &mut bytes).map(|()| bytes).context("a frame")
    };
    let mut pieces = vec![frame("messageStart", json!({ "role": "assistant" }))?];
    let delta = json!({ "contentBlockIndex": 0, "delta": { "text": "word " } });
    for _ in 0..FRAMES {
        pieces.push(frame("contentBlockDelta", delta.clone())?);
    }
    pieces.push(frame("messageStop", json!({ "stopReason": "end_turn" }))?);
    pieces.push(frame("metadata", json!({ "usage": { "inputTokens": 15, "outputTokens": 5 } }))?);
    Ok(pieces)
}

/// CPU time of this process so far, nanoseconds. The kernel brings a running thread's account up to date only with its
/// ticks, 4 ms apart, and when the thread waits: so it waits a little.
fn own_cpu() -> anyhow::Result<u64> {
    std::thread::sleep(std::time::Duration::from_millis(1));
    proc::cpu(std::process::id())
}
