//! An answer that broke off, continued by another server: what the client has been sent of it, how the other server is
//! asked for the rest, and how the rest is joined to what was sent.
//!
//! Rules: only text is ever continued. What was sent is never sent again, and never taken back: a server that begins
//! anew instead of going on is of no use ([`Anew`]). The client sees one answer: one id, one role, one finish reason,
//! the token counts of all parts together.

mod kept;
mod part;
mod seam;
mod sent;

use bytes::{Bytes, BytesMut};

pub(crate) use kept::{Kept, Trail};
pub(crate) use part::Part;
pub use seam::{Anew, Seam};
pub use sent::Sent;

use crate::{
    client::Writer,
    error::ClientError,
    exchange::{self, Event, FinishReason, Message, Turn},
};

/// How a server is asked to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Manner {
    /// The last message is the assistant's, and the server goes on from it.
    Trailing,
    /// The same, with vLLM's and SGLang's word for it.
    Flagged,
    /// The same, with Mistral's and `DeepSeek`'s word for it. Mistral says the beginning again.
    Prefixed,
    /// In words: a message of the user's behind the assistant's.
    Asked,
}

impl Manner {
    /// Whether the server goes on from the last message by itself, so that it may also refuse to.
    #[must_use]
    pub const fn is_prefill(self) -> bool {
        !matches!(self, Self::Asked)
    }
}

/// What a server is asked to go on from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Continuing {
    /// The answer so far.
    pub text: String,
    /// How to ask.
    pub manner: Manner,
}

/// What a server is told that cannot go on by itself.
const PLEASE_GO_ON: &str = "Your last message was cut off by a fault. Write only what comes next, beginning with the \
    very next character (a space or line break, if one comes next). Do not repeat anything, do not begin again, do not \
    comment on this.";

impl Continuing {
    /// The messages that go behind the client's.
    pub(crate) fn messages(&self) -> Vec<Message> {
        // Some servers refuse white space at the end of what they are to go on from; they say it again, and what is
        // said twice is taken out.
        let text = if self.manner.is_prefill() { self.text.trim_end() } else { self.text.as_str() };
        let said = Turn { parts: vec![exchange::Part::Text(text.to_owned())], ..Turn::default() };
        let mut messages = vec![Message::Assistant(said)];
        if !self.manner.is_prefill() {
            messages.push(Message::User(vec![exchange::Part::Text(PLEASE_GO_ON.to_owned())]));
        }
        messages
    }
}

/// An answer that broke off where it may be continued ([`crate::stream::Relay::broken`]).
#[derive(Debug)]
pub struct Broken {
    pub(crate) sent: Sent,
    pub(crate) writer: Box<dyn Writer>,
}

impl Broken {
    /// What the client has been sent.
    #[must_use]
    pub fn sent(&self) -> &Sent {
        &self.sent
    }

    /// Ends what the client has got with an error in its dialect.
    #[must_use]
    pub fn error(mut self, error: &ClientError) -> Bytes {
        let mut out = BytesMut::new();
        self.writer.error(error, &mut out);
        out.freeze()
    }

    /// Ends it as an answer that has reached its cap, which needs nobody to go on.
    #[must_use]
    pub fn at_its_cap(mut self) -> Bytes {
        let mut out = BytesMut::new();
        self.writer.write(&Event::Finish(FinishReason::Length), &mut out);
        self.writer.write(&Event::Usage(self.sent.counted()), &mut out);
        self.writer.end(&mut out);
        out.freeze()
    }
}
