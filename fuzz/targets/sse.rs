//! Cutting server-sent events: however a body comes in pieces, the frames are the same, and nothing is lost.
#![no_main]

use bytes::Bytes;
use dialect::sse::{self, Frames};
use libfuzzer_sys::fuzz_target;

fn frames(pieces: impl Iterator<Item = Bytes>) -> (Vec<Bytes>, Bytes) {
    let (mut frames, mut out) = (Frames::default(), Vec::new());
    for piece in pieces {
        frames.push(piece);
        while let Ok(Some(frame)) = frames.next_frame() {
            let event = sse::read(&frame);
            assert!(event.data.len() <= frame.len());
            out.push(frame);
        }
    }
    (out, frames.rest())
}

fuzz_target!(|input: (u8, &[u8])| {
    let (size, body) = input;
    let whole = frames(std::iter::once(Bytes::copy_from_slice(body)));
    let cut = frames(body.chunks(usize::from(size).max(1)).map(Bytes::copy_from_slice));
    assert_eq!(whole.0, cut.0);
    assert_eq!(whole.1, cut.1);
});
