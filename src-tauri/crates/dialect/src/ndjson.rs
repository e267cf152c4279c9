//! One JSON value per line: cutting a body into lines.
//!
//! A line is bounded ([`Lines::with_max`], in bytes). Empty lines are passed over; a `\r` before the `\n` is JSON's
//! white space.

use bytes::{Bytes, BytesMut};
use memchr::memchr;

use crate::sse::{MAX_FRAME, TooLong};

/// Cuts a body into lines.
#[derive(Debug)]
pub struct Lines {
    held: BytesMut,
    piece: Bytes,
    max: usize,
}

impl Default for Lines {
    fn default() -> Self {
        Self::with_max(MAX_FRAME)
    }
}

impl Lines {
    /// Lines of at most `max` bytes.
    #[must_use]
    pub fn with_max(max: usize) -> Self {
        Self { held: BytesMut::new(), piece: Bytes::new(), max }
    }

    /// Hands in the next piece of the body. Best take all lines out with [`Self::next_line`] first.
    pub fn push(&mut self, piece: Bytes) {
        if self.piece.is_empty() {
            self.piece = piece;
        } else {
            self.piece = [&self.piece[..], &piece].concat().into();
        }
    }

    /// The next whole line that is not empty, if there is one.
    ///
    /// # Errors
    /// The line is longer than its bound; the body is of no use from here on.
    pub fn next_line(&mut self) -> Result<Option<Bytes>, TooLong> {
        loop {
            let end = memchr(b'\n', &self.piece);
            if self.held.len() + end.unwrap_or(self.piece.len()) > self.max {
                return Err(TooLong(self.max));
            }
            let Some(end) = end else {
                self.held.extend_from_slice(&std::mem::take(&mut self.piece));
                return Ok(None);
            };
            let mut line = self.piece.split_to(end + 1);
            if !self.held.is_empty() {
                self.held.extend_from_slice(&line);
                line = self.held.split().freeze();
            }
            if !line.trim_ascii().is_empty() {
                return Ok(Some(line));
            }
        }
    }

    /// What is left when the body has ended: a last line without its end, or nothing.
    #[must_use]
    pub fn rest(mut self) -> Bytes {
        self.held.extend_from_slice(&self.piece);
        self.held.freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&[u8]], max: usize) -> Result<(Vec<Bytes>, Bytes), TooLong> {
        let mut lines = Lines::with_max(max);
        let mut out = Vec::new();
        for piece in pieces {
            lines.push(Bytes::copy_from_slice(piece));
            while let Some(line) = lines.next_line()? {
                out.push(Bytes::copy_from_slice(line.trim_ascii()));
            }
        }
        Ok((out, lines.rest()))
    }

    #[test]
    fn any_cut_gives_the_same_lines() {
        let body = "{\"a\":1}\n\n \r\n{\"b\":\"é\"}\r\n{\"c\"".as_bytes();
        let expected = lines(&[body], 100).unwrap();
        assert_eq!(expected.0.len(), 2);
        assert_eq!(&expected.1[..], b"{\"c\"");
        for cut in 0..body.len() {
            assert_eq!(lines(&[&body[..cut], &body[cut..]], 100).unwrap(), expected, "cut at {cut}");
        }
        let single: Vec<&[u8]> = body.chunks(1).collect();
        assert_eq!(lines(&single, 100).unwrap(), expected);
    }

    #[test]
    fn a_line_over_the_bound_is_an_error_and_at_the_bound_is_not() {
        assert_eq!(lines(&[b"12345678\n"], 8).unwrap().0.len(), 1);
        assert_eq!(lines(&[b"123456789\n"], 8), Err(TooLong(8)));
        assert_eq!(lines(&[b"1234", b"56789"], 8), Err(TooLong(8)));
    }
}
