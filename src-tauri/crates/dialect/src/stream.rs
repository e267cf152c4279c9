//! A streamed answer on its way to the client: relayed as it is, or translated; the gateway need not know which.
//!
//! Rules: only whole frames go out, so that an error of our own can follow at any moment. Nothing goes out from an
//! error frame on. What goes out in total begins at the first byte, so that a gateway may hold it back until
//! [`Seen::Content`] and then send everything.

use bytes::Bytes;

use crate::observe::{Completion, Seen};

/// What comes of one piece of an upstream's body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Bytes for the client: whole frames of its dialect; may be empty.
    pub out: Bytes,
    /// What was seen, in order.
    pub seen: Vec<Seen>,
}

/// What comes of the end of an upstream's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The last bytes for the client; may be empty.
    pub out: Bytes,
    /// What was seen in them.
    pub seen: Vec<Seen>,
    /// The verdict on the whole answer.
    pub completion: Completion,
}

/// A streamed answer on its way to the client.
#[derive(Debug)]
pub struct Relay {}

impl Relay {
    /// Takes the next piece of the upstream's body.
    pub fn push(&mut self, bytes: Bytes) -> Step {
        let _ = bytes;
        unimplemented!()
    }

    /// The upstream's body has ended, by itself or by a broken connection.
    #[must_use]
    pub fn finish(self) -> End {
        unimplemented!()
    }

    /// How many frames have come so far (comments and empty ones included).
    #[must_use]
    pub fn frames(&self) -> u64 {
        unimplemented!()
    }
}
