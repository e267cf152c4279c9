//! The body of a request, handed to the socket in the pieces in which it came.

use std::{
    borrow::Cow,
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// What is still to be sent.
#[derive(Debug, Default)]
pub(crate) struct Parts(std::vec::IntoIter<Bytes>);

impl Parts {
    /// All of it; copied where there are several pieces.
    pub(crate) fn whole(&self) -> Cow<'_, [u8]> {
        match self.0.as_slice() {
            [] => Cow::Borrowed(&[]),
            [one] => Cow::Borrowed(one),
            several => Cow::Owned(several.concat()),
        }
    }
}

impl FromIterator<Bytes> for Parts {
    fn from_iter<I: IntoIterator<Item = Bytes>>(pieces: I) -> Self {
        Self(pieces.into_iter().filter(|piece| !piece.is_empty()).collect::<Vec<_>>().into_iter())
    }
}

impl Body for Parts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.next().map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_slice().is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.as_slice().iter().map(|piece| piece.len() as u64).sum())
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn pieces_are_sent_in_their_order_and_their_length_is_known() {
        let pieces = ["{\"a\":", "", "1", "}"].map(|it| Bytes::from_static(it.as_bytes()));
        let mut parts: Parts = pieces.into_iter().collect();
        assert_eq!(*parts.whole(), *b"{\"a\":1}");
        assert_eq!(parts.size_hint().exact(), Some(7));
        let first = parts.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(
            (&first[..], parts.size_hint().exact(), parts.is_end_stream()),
            (&b"{\"a\":"[..], Some(2), false)
        );
        assert_eq!(&parts.collect().await.unwrap().to_bytes()[..], b"1}");
        let none = Parts::default();
        assert!(none.is_end_stream() && none.whole().is_empty());
    }
}
