//! Whole answers of every kind of server, for clients of every dialect.
#![no_main]

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    observe::Completion,
    wire::{Stamp, Wire},
};
use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;

const SERVERS: [Wire; 7] = [
    Wire::OpenAi,
    Wire::Ollama,
    Wire::OllamaGenerate,
    Wire::Responses,
    Wire::Anthropic,
    Wire::Gemini,
    Wire::Bedrock,
];

fn asked(dialect: Dialect) -> Asked {
    let body: &'static [u8] = match dialect {
        Dialect::Responses => br#"{"model":"m","input":"x"}"#,
        Dialect::Messages => br#"{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"x"}]}"#,
        Dialect::OllamaGenerate => br#"{"model":"m","prompt":"x","stream":false}"#,
        _ => br#"{"model":"m","stream":false,"messages":[{"role":"user","content":"x"}]}"#,
    };
    Asked::read(dialect, Bytes::from_static(body)).unwrap()
}

fuzz_target!(|input: (u8, &[u8])| {
    let (wire, body) = input;
    let wire = SERVERS[usize::from(wire) % SERVERS.len()];
    let body = Bytes::copy_from_slice(body);
    for dialect in
        [Dialect::Chat, Dialect::Responses, Dialect::Messages, Dialect::OllamaChat, Dialect::OllamaGenerate]
    {
        let whole = wire.whole(&asked(dialect), &body, &Stamp { id: "i".into(), created: 0 });
        if whole.completion == Completion::Complete {
            let text = std::str::from_utf8(&whole.body).unwrap();
            assert!(serde_json::from_str::<IgnoredAny>(text).is_ok(), "{dialect:?} {wire:?}");
        }
    }
});
