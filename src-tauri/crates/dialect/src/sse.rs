//! Server-sent events: cutting a body into frames, and reading one.
//!
//! A frame is everything up to and including an empty line, so that the frames put together are the body, byte for
//! byte. Lines end in `\n`, `\r\n` or `\r`; frames and characters may be cut anywhere between two pieces. A frame is
//! bounded ([`Frames::with_max`], in bytes).

use std::borrow::Cow;

use bytes::{Bytes, BytesMut};
use memchr::memchr2;

/// The usual bound of a frame: 16 MiB, room for a picture in base64.
pub const MAX_FRAME: usize = 16 << 20;

/// A frame is longer than its bound, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a frame is longer than {0} bytes")]
pub struct TooLong(pub usize);

/// Cuts a body into frames.
#[derive(Debug)]
pub struct Frames {
    /// Bytes of an unfinished frame from earlier pieces.
    held: BytesMut,
    /// The current piece's bytes that are not yet cut.
    piece: Bytes,
    /// Whether nothing of the current line has come yet.
    line_empty: bool,
    /// Whether the last byte was a `\r`, which a `\n` may still belong to.
    after_cr: bool,
    /// Whether the line before ended in a `\r` alone. Where lines do, no `\n` is waited for.
    bare_cr: bool,
    /// Whether the frame has ended but for a `\n` that may come.
    ended: bool,
    max: usize,
}

impl Default for Frames {
    fn default() -> Self {
        Self::with_max(MAX_FRAME)
    }
}

impl Frames {
    /// Frames of at most `max` bytes.
    #[must_use]
    pub fn with_max(max: usize) -> Self {
        Self {
            held: BytesMut::new(),
            piece: Bytes::new(),
            line_empty: true,
            after_cr: false,
            bare_cr: false,
            ended: false,
            max,
        }
    }

    /// Hands in the next piece of the body. Best take all frames out with [`Self::next_frame`] first.
    pub fn push(&mut self, piece: Bytes) {
        if self.piece.is_empty() {
            self.piece = piece;
        } else {
            self.piece = [&self.piece[..], &piece].concat().into();
        }
    }

    /// The next whole frame, if there is one.
    ///
    /// # Errors
    /// The frame is longer than its bound; the body is of no use from here on.
    pub fn next_frame(&mut self) -> Result<Option<Bytes>, TooLong> {
        let end = self.find_end();
        let size = self.held.len() + end.unwrap_or(self.piece.len());
        if size > self.max {
            return Err(TooLong(self.max));
        }
        let Some(end) = end else {
            self.held.extend_from_slice(&std::mem::take(&mut self.piece));
            return Ok(None);
        };
        let frame = self.piece.split_to(end);
        if self.held.is_empty() {
            return Ok(Some(frame));
        }
        self.held.extend_from_slice(&frame);
        Ok(Some(self.held.split().freeze()))
    }

    /// What is left when the body has ended: an unfinished frame, or nothing.
    #[must_use]
    pub fn rest(mut self) -> Bytes {
        self.held.extend_from_slice(&self.piece);
        self.held.freeze()
    }

    /// Where the current frame ends in the piece, if it does. Keeps the line state.
    fn find_end(&mut self) -> Option<usize> {
        let bytes = &self.piece[..];
        if self.ended && !bytes.is_empty() {
            (self.ended, self.after_cr) = (false, false);
            return Some(usize::from(bytes[0] == b'\n'));
        }
        let mut at = 0;
        while at < bytes.len() {
            if std::mem::take(&mut self.after_cr) {
                self.bare_cr = bytes[at] != b'\n';
                if !self.bare_cr {
                    at += 1;
                    continue;
                }
            }
            let Some(length) = memchr2(b'\n', b'\r', &bytes[at..]) else {
                self.line_empty = false;
                return None;
            };
            let empty = self.line_empty && length == 0;
            self.after_cr = bytes[at + length] == b'\r';
            self.bare_cr &= self.after_cr;
            self.line_empty = true;
            at += length + 1;
            if !empty {
                continue;
            }
            // How the frame ends depends on what came before it alone, so that it is the same wherever pieces are cut.
            if self.after_cr && !self.bare_cr {
                match bytes.get(at) {
                    Some(b'\n') => at += 1,
                    Some(_) => {}
                    None => {
                        self.ended = true;
                        return None;
                    }
                }
                self.after_cr = false;
            }
            return Some(at);
        }
        None
    }
}

/// What a frame says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event<'a> {
    /// The event's name; empty for the usual kind.
    pub name: Cow<'a, str>,
    /// The data lines, joined by `\n`; empty for a comment.
    pub data: Cow<'a, [u8]>,
}

/// Reads one frame. Comments, ids and fields that nobody knows are passed over.
#[must_use]
pub fn read(frame: &[u8]) -> Event<'_> {
    let mut event = Event::default();
    let mut any = false;
    let mut rest = frame.strip_prefix(b"\xef\xbb\xbf").unwrap_or(frame);
    while !rest.is_empty() {
        let end = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let (line, tail) = rest.split_at(end);
        rest = tail.strip_prefix(b"\r\n").or_else(|| tail.get(1..)).unwrap_or_default();
        let (name, value) = match memchr::memchr(b':', line) {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &[][..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"data" if !any => {
                event.data = Cow::Borrowed(value);
                any = true;
            }
            b"data" => {
                let joined = event.data.to_mut();
                joined.push(b'\n');
                joined.extend_from_slice(value);
            }
            b"event" => event.name = String::from_utf8_lossy(value),
            _ => {}
        }
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(pieces: &[&[u8]], max: usize) -> Result<(Vec<Bytes>, Bytes), TooLong> {
        let mut frames = Frames::with_max(max);
        let mut out = Vec::new();
        for piece in pieces {
            frames.push(Bytes::copy_from_slice(piece));
            while let Some(frame) = frames.next_frame()? {
                out.push(frame);
            }
        }
        Ok((out, frames.rest()))
    }

    fn data(pieces: &[&[u8]]) -> Vec<Vec<u8>> {
        let (frames, rest) = frames(pieces, 1000).unwrap();
        let whole = frames.iter().chain([&rest]).map(|frame| read(frame).data.into_owned());
        whole.filter(|data| !data.is_empty()).collect()
    }

    #[test]
    fn any_cut_gives_the_same_events() {
        let body =
            "\u{feff}data: a\n\ndata:b\r\n\r\n: ping\n\ndata:  é\rdata: ü\r\rdata: x\r\n\n\ndata: tail"
                .as_bytes();
        let expected: Vec<Vec<u8>> =
            ["a", "b", " é\nü", "x", "tail"].map(|text| text.as_bytes().to_vec()).to_vec();
        assert_eq!(data(&[body]), expected);
        for cut in 0..body.len() {
            assert_eq!(data(&[&body[..cut], &body[cut..]]), expected, "cut at {cut}");
        }
        let single: Vec<&[u8]> = body.chunks(1).collect();
        assert_eq!(data(&single), expected);
    }

    #[test]
    fn frames_put_together_are_the_body() {
        let body = b"\n\r\ndata: a\r\n\r\n\r\r\ndata: b\n\nrest";
        for size in 1..body.len() {
            let pieces: Vec<&[u8]> = body.chunks(size).collect();
            let (frames, rest) = frames(&pieces, 1000).unwrap();
            assert_eq!([frames.concat(), rest.to_vec()].concat(), body);
        }
    }

    #[test]
    fn a_frame_ends_at_the_same_place_wherever_the_body_is_cut() {
        for body in ["\n\r\n\"x\"", "data: a\r\n\r\n\r\n", "a\r\r\nb\r\r\n", "\r\r\n\r\n\n\r", "\r"] {
            let whole = frames(&[body.as_bytes()], 1000).unwrap();
            for cut in 0..=body.len() {
                let (before, after) = body.as_bytes().split_at(cut);
                assert_eq!(frames(&[before, after], 1000).unwrap(), whole, "{body:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn a_frame_over_the_bound_is_an_error_and_at_the_bound_is_not() {
        assert_eq!(frames(&[b"data: 12345678\n\n"], 16).unwrap().0.len(), 1);
        assert_eq!(frames(&[b"data: 123456789\n\n"], 16), Err(TooLong(16)));
        assert_eq!(frames(&[b"data: 1234", b"5678 and more"], 16), Err(TooLong(16)));
    }

    #[test]
    fn names_and_odd_fields() {
        let event = read(b"id: 7\nevent: error\nretry\ndata\ndata:\ndata: x\n\n");
        assert_eq!((event.name.as_ref(), event.data.as_ref()), ("error", &b"\n\nx"[..]));
        assert_eq!(read(b"").data.as_ref(), b"");
    }
}
