//! Streamed answers of every kind of server, for clients of every dialect: pieces change nothing, and one that breaks
//! off is continued without losing what was sent.
#![no_main]

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    observe::Completion,
    resume::{Continuing, Manner},
    stream::Relay,
    wire::{Stamp, Wire},
};
use libfuzzer_sys::fuzz_target;

const CLIENTS: [Dialect; 5] =
    [Dialect::Chat, Dialect::Responses, Dialect::Messages, Dialect::OllamaChat, Dialect::OllamaGenerate];
const SERVERS: [Wire; 6] =
    [Wire::OpenAi, Wire::Ollama, Wire::OllamaGenerate, Wire::Responses, Wire::Anthropic, Wire::Gemini];

fn asked(dialect: Dialect) -> Asked {
    let body: &'static [u8] = match dialect {
        Dialect::Responses => br#"{"model":"m","stream":true,"input":"x"}"#,
        Dialect::Messages => {
            br#"{"model":"m","stream":true,"max_tokens":5,"messages":[{"role":"user","content":"x"}]}"#
        }
        Dialect::OllamaGenerate => br#"{"model":"m","prompt":"x"}"#,
        _ => br#"{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}"#,
    };
    Asked::read(dialect, Bytes::from_static(body)).unwrap()
}

fn relayed(mut relay: Relay, pieces: impl Iterator<Item = Bytes>) -> (Vec<u8>, Completion, Relay) {
    let mut out = Vec::new();
    for piece in pieces {
        out.extend_from_slice(&relay.push(piece).out);
    }
    let end = relay.finish();
    out.extend_from_slice(&end.out);
    (out, end.completion, relay)
}

fuzz_target!(|input: (u8, u8, u8, &[u8])| {
    let (dialect, wire, size, body) = input;
    let (dialect, wire) =
        (CLIENTS[usize::from(dialect) % CLIENTS.len()], SERVERS[usize::from(wire) % SERVERS.len()]);
    let asked = asked(dialect);
    let relay = || {
        let mut relay = wire.relay(&asked, Stamp { id: "i".into(), created: 0 });
        relay.keep();
        relay
    };
    let whole = relayed(relay(), std::iter::once(Bytes::copy_from_slice(body)));
    let cut = relayed(relay(), body.chunks(usize::from(size).max(1)).map(Bytes::copy_from_slice));
    assert_eq!(whole.0, cut.0);
    assert_eq!(whole.1, cut.1);
    let Completion::Broken { .. } = whole.1 else { return };
    let Ok(broken) = whole.2.broken() else { return };
    let text = broken.sent().text().to_owned();
    let continuing = Continuing { text: text.clone(), manner: Manner::Flagged };
    let rest = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\u{1F7E2}the rest\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let relay = Wire::OpenAi.relay_behind(broken, &continuing);
    let (out, completion, relay) = relayed(relay, std::iter::once(Bytes::from_static(rest.as_bytes())));
    assert_eq!(completion, Completion::Complete);
    assert!(!out.is_empty());
    assert!(relay.counted().is_some());
    // It has ended, so that nobody goes on with it.
    assert!(relay.broken().is_err());
});
