//! A body in pieces that are sent one behind the other.
//!
//! To change a model's name in a prompt of 100 KB does not take another 100 KB: what stays as it was is shared with the
//! body that the client sent.

use bytes::{Bytes, BytesMut};

/// Bodies up to this many bytes are copied into one piece: to hand several to a socket costs more than to copy so few.
pub(crate) const COPIED: usize = 8 * 1024;

/// A body, in one piece or in several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pieces(Vec<Bytes>);

impl Pieces {
    /// All of it in one piece, copied where there are several.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        match &self.0[..] {
            [] => Bytes::new(),
            [one] => one.clone(),
            several => {
                let mut whole = BytesMut::with_capacity(several.iter().map(Bytes::len).sum());
                several.iter().for_each(|piece| whole.extend_from_slice(piece));
                whole.freeze()
            }
        }
    }

    /// Adds a piece at the end.
    pub(crate) fn push(&mut self, piece: Bytes) {
        if !piece.is_empty() {
            self.0.push(piece);
        }
    }

    /// The same bytes, in one piece where they are few.
    pub(crate) fn joined(self, most: usize) -> Self {
        let length: usize = self.0.iter().map(Bytes::len).sum();
        if self.0.len() > 1 && length <= most { self.to_bytes().into() } else { self }
    }
}

impl From<Bytes> for Pieces {
    fn from(body: Bytes) -> Self {
        Self(vec![body])
    }
}

impl From<String> for Pieces {
    fn from(body: String) -> Self {
        Bytes::from(body).into()
    }
}

impl IntoIterator for Pieces {
    type Item = Bytes;
    type IntoIter = std::vec::IntoIter<Bytes>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
