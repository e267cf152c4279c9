//! Requests of every dialect: they are read or refused, and what goes to each kind of server is well-formed.
#![no_main]

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    edit::Edits,
    peek,
    resume::{Continuing, Manner},
    wire::Wire,
};
use libfuzzer_sys::fuzz_target;

const CLIENTS: [Dialect; 9] = [
    Dialect::Chat,
    Dialect::Completions,
    Dialect::Responses,
    Dialect::Messages,
    Dialect::OllamaChat,
    Dialect::OllamaGenerate,
    Dialect::Embeddings,
    Dialect::OllamaEmbed,
    Dialect::OllamaEmbeddings,
];
const SERVERS: [Wire; 8] = [
    Wire::OpenAi,
    Wire::Completions,
    Wire::Ollama,
    Wire::OllamaGenerate,
    Wire::Responses,
    Wire::Anthropic,
    Wire::Gemini,
    Wire::Bedrock,
];

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (dialect, edits, body) = input;
    let dialect = CLIENTS[usize::from(dialect) % CLIENTS.len()];
    let Ok(asked) = Asked::read(dialect, Bytes::copy_from_slice(body)) else { return };
    let continuing = (edits & 1 > 0).then(|| Continuing { text: "one ".into(), manner: Manner::Trailing });
    let edits = Edits {
        model: Some("claude-3-haiku".into()),
        max_tokens_cap: (edits & 2 > 0).then_some(5),
        temperature: (edits & 4 > 0).then_some(0.5),
        system_note: (edits & 8 > 0).then(|| "note".into()),
        force_usage: edits & 16 > 0,
        continuing,
        ..Edits::default()
    };
    for wire in SERVERS {
        if let Ok(prepared) = wire.prepare(&asked, &edits) {
            // What goes through as it is, is as well-formed as what the client sent.
            let well = peek::check(&prepared.body.to_bytes()).is_ok() || peek::check(body).is_err();
            assert!(well, "{dialect:?} {wire:?}: {:?}", prepared.body);
        }
    }
});
