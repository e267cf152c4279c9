//! A body cut into frames, however its dialect frames them.

use bytes::{Bytes, BytesMut};
use serde::de::IgnoredAny;

use crate::{
    ndjson::Lines,
    sse::{self, Frames, TooLong},
};

/// Cuts a body into frames: events, or lines.
#[derive(Debug)]
pub enum Cutter {
    /// Server-sent events.
    Sse(Frames),
    /// One JSON value per line.
    Lines(Lines),
    /// Binary frames that begin with their length.
    Binary(Binary),
}

/// Cuts a body into binary frames. What is no such frame (a document in words, say) comes as one frame at the end.
#[derive(Debug, Default)]
pub struct Binary {
    held: BytesMut,
}

/// The longest binary frame: 128 KiB of headers, 24 MiB of content, and what frames them.
const LONGEST_BINARY: usize = (24 << 20) + (128 << 10) + 16;

impl Binary {
    fn next_frame(&mut self) -> Result<Option<Bytes>, TooLong> {
        let Some(&[a, b, c, d]) = self.held.get(..4) else { return Ok(None) };
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        // Two lengths and two checksums are in every frame; letters make a length beyond all bounds.
        if !(16..=LONGEST_BINARY).contains(&length) {
            // White space may come before a document; whole, that is no longer than a frame either.
            let foreign = is_foreign(&self.held) || self.held.trim_ascii_start().is_empty();
            if foreign && self.held.len() <= LONGEST_BINARY {
                return Ok(None);
            }
            return Err(TooLong(LONGEST_BINARY));
        }
        Ok((self.held.len() >= length).then(|| self.held.split_to(length).freeze()))
    }
}

impl Cutter {
    /// For server-sent events.
    #[must_use]
    pub fn sse() -> Self {
        Self::Sse(Frames::default())
    }

    /// For lines.
    #[must_use]
    pub fn lines() -> Self {
        Self::Lines(Lines::default())
    }

    /// For binary frames.
    #[must_use]
    pub fn binary() -> Self {
        Self::Binary(Binary::default())
    }

    /// Hands in the next piece of the body.
    pub fn push(&mut self, piece: Bytes) {
        match self {
            Self::Sse(frames) => frames.push(piece),
            Self::Lines(lines) => lines.push(piece),
            Self::Binary(frames) => frames.held.extend_from_slice(&piece),
        }
    }

    /// The next whole frame, if there is one.
    ///
    /// # Errors
    /// The frame is longer than its bound; the body is of no use from here on.
    pub fn next_frame(&mut self) -> Result<Option<Bytes>, TooLong> {
        match self {
            Self::Sse(frames) => frames.next_frame(),
            Self::Lines(lines) => lines.next_line(),
            Self::Binary(frames) => frames.next_frame(),
        }
    }

    /// What ends a frame.
    #[must_use]
    pub const fn end(&self) -> &'static [u8] {
        match self {
            Self::Sse(_) => b"\n\n",
            Self::Lines(_) => b"\n",
            Self::Binary(_) => b"",
        }
    }

    /// What is left when the body has ended, if it can be read: a last frame without its end mark. `fresh`: nothing
    /// readable came before it, so that something foreign is worth reading, if only to say so.
    #[must_use]
    pub fn rest(self, fresh: bool) -> Option<Bytes> {
        match self {
            // A frame that was cut says nothing.
            Self::Binary(frames) => Some(frames.held.freeze()).filter(|rest| fresh && is_foreign(rest)),
            Self::Sse(frames) => Some(frames.rest()).filter(|rest| !is_cut(rest)),
            Self::Lines(lines) => {
                let rest = lines.rest();
                let foreign = fresh && !rest.trim_ascii_start().starts_with(b"{");
                let readable = foreign || serde_json::from_slice::<IgnoredAny>(&rest).is_ok();
                Some(rest).filter(|rest| readable && !rest.trim_ascii().is_empty())
            }
        }
    }
}

/// Whether an unfinished last event says nothing that could be read.
fn is_cut(rest: &[u8]) -> bool {
    let event = sse::read(rest);
    let data = event.data.trim_ascii();
    if data.is_empty() {
        // A body that is no stream at all has no data either, and is judged by its first byte.
        return !is_foreign(rest);
    }
    data != b"[DONE]" && serde_json::from_slice::<IgnoredAny>(data).is_err()
}

/// Whether a frame without data is rather a document: a whole JSON value, or a web page.
pub(crate) fn is_foreign(frame: &[u8]) -> bool {
    matches!(frame.trim_ascii_start().first(), Some(b'{' | b'[' | b'<'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_in_the_place_of_binary_frames_is_the_same_in_any_pieces_and_bounded() {
        for body in [&b"\r\r\n\n[1]"[..], b"\n{\"message\":\"no\"}", b"<html>", b"    "] {
            for size in 1..body.len() {
                let mut cutter = Cutter::binary();
                for piece in body.chunks(size) {
                    cutter.push(Bytes::copy_from_slice(piece));
                    assert_eq!(cutter.next_frame(), Ok(None), "{body:?} by {size}");
                }
                let foreign = Some(Bytes::copy_from_slice(body)).filter(|body| is_foreign(body));
                assert_eq!(cutter.rest(true), foreign);
            }
        }
        let mut cutter = Cutter::binary();
        cutter.push(Bytes::from_static(b"{"));
        let mebibyte = Bytes::from(vec![b'x'; 1 << 20]);
        let pieces = (0..64).map(|_| {
            cutter.push(mebibyte.clone());
            cutter.next_frame()
        });
        assert!(pieces.take_while(Result::is_ok).count() < 30, "it is held without end");
    }
}
