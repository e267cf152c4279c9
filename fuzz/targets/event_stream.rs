//! Bedrock's binary frames, and what is said in them: no bytes make a reader fail otherwise than by an error, and
//! pieces change nothing.
#![no_main]

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    observe::Completion,
    wire::{Stamp, Wire},
};
use libfuzzer_sys::fuzz_target;

fn relayed(pieces: impl Iterator<Item = Bytes>) -> (Vec<u8>, Completion) {
    let ask = br#"{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}"#;
    let asked = Asked::read(Dialect::Chat, Bytes::from_static(ask)).unwrap();
    let mut relay = Wire::Bedrock.relay(&asked, Stamp { id: "i".into(), created: 0 });
    let mut out = Vec::new();
    for piece in pieces {
        out.extend_from_slice(&relay.push(piece).out);
    }
    let end = relay.finish();
    out.extend_from_slice(&end.out);
    (out, end.completion)
}

fuzz_target!(|input: (u8, &[u8])| {
    let (size, body) = input;
    let whole = relayed(std::iter::once(Bytes::copy_from_slice(body)));
    let cut = relayed(body.chunks(usize::from(size).max(1)).map(Bytes::copy_from_slice));
    assert_eq!(whole, cut);
});
