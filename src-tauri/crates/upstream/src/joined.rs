//! Small writes in one piece.
//!
//! A frame of a stream is a chunk's length, the frame and a line end; a short message is a head and a body. To hand the
//! kernel several pieces costs more than to copy a few hundred bytes and hand it one.

use std::{
    io::{IoSlice, Result},
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Up to so many bytes are copied.
const MOST: usize = 2048;

/// Writes these pieces as one, or one after the other where they are long.
pub fn write_joined<S: AsyncWrite>(
    to: Pin<&mut S>,
    context: &mut Context<'_>,
    pieces: &[IoSlice<'_>],
) -> Poll<Result<usize>> {
    let total: usize = pieces.iter().map(|piece| piece.len()).sum();
    if pieces.len() < 2 || total > MOST {
        return to.poll_write_vectored(context, pieces);
    }
    let mut space = [0; MOST];
    let mut rest = &mut space[..total];
    for piece in pieces {
        let (here, behind) = rest.split_at_mut(piece.len());
        here.copy_from_slice(piece);
        rest = behind;
    }
    to.poll_write(context, &space[..total])
}

/// A connection that joins small writes.
pub(crate) struct Joined<S>(pub S);

impl<S: AsyncRead + Unpin> AsyncRead for Joined<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Joined<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        write_joined(Pin::new(&mut self.0), context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    /// Takes at most so many bytes at once, and keeps apart what it was handed at once.
    struct Taker(Vec<Vec<u8>>, usize);

    impl AsyncWrite for Taker {
        fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
            let taken = bytes.len().min(self.1);
            self.0.push(bytes[..taken].to_vec());
            Poll::Ready(Ok(taken))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    fn written(pieces: &[&[u8]], at_once: usize) -> (usize, Vec<Vec<u8>>) {
        let pieces: Vec<_> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
        let mut to = Taker(Vec::new(), at_once);
        let mut context = Context::from_waker(Waker::noop());
        match write_joined(Pin::new(&mut to), &mut context, &pieces) {
            Poll::Ready(Ok(count)) => (count, to.0),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn small_pieces_go_out_as_one_and_long_ones_as_they_are() {
        assert_eq!(written(&[b"a5", b"frame", b"\r\n"], 99), (9, vec![b"a5frame\r\n".to_vec()]));
        assert_eq!(written(&[b"ab", b"cd"], 3), (3, vec![b"abc".to_vec()]), "the rest is for the next write");
        let long = vec![7; MOST];
        // A writer without pieces takes the first.
        assert_eq!(written(&[b"a", &long], 9999), (1, vec![b"a".to_vec()]));
        assert_eq!(written(&[&long[1..], b"a"], 9999).0, MOST);
        assert_eq!(written(&[], 9).0, 0);
    }
}
