//! Cutting lines: however a body comes in pieces, the lines are the same, and none is over its bound.
#![no_main]

use bytes::Bytes;
use dialect::{ndjson::Lines, sse::TooLong};
use libfuzzer_sys::fuzz_target;

const MOST: usize = 64;

fn lines(pieces: impl Iterator<Item = Bytes>) -> Result<(Vec<Bytes>, Bytes), TooLong> {
    let (mut lines, mut out) = (Lines::with_max(MOST), Vec::new());
    for piece in pieces {
        lines.push(piece);
        while let Some(line) = lines.next_line()? {
            assert!(line.len() <= MOST + 1 && !line.trim_ascii().is_empty());
            out.push(line);
        }
    }
    Ok((out, lines.rest()))
}

fuzz_target!(|input: (u8, &[u8])| {
    let (size, body) = input;
    let whole = lines(std::iter::once(Bytes::copy_from_slice(body)));
    let cut = lines(body.chunks(usize::from(size).max(1)).map(Bytes::copy_from_slice));
    assert_eq!(whole, cut);
});
