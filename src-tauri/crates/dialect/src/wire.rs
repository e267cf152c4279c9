//! The dialects that upstreams speak, and the way between the client's dialect and theirs.
//!
//! This is the door the gateway uses; clients speak Chat Completions here. Another client dialect adds a reader and a
//! writer beside these, not a pair for each upstream.

use bytes::Bytes;

use crate::{
    edit::{self, Edits},
    error::Unfit,
    ollama, openai,
    peek::Peek,
    stream::Relay,
    whole::{self, Whole},
};

/// What an upstream speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wire {
    /// `OpenAI` Chat Completions, and everything compatible.
    OpenAi,
    /// Ollama's own `/api/chat`.
    Ollama,
}

/// What an answer of our own making carries about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The answer's id, for example `chatcmpl-…`.
    pub id: String,
    /// When it was made, in seconds since 1970.
    pub created: u64,
}

/// A request ready for an upstream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The body to send.
    pub body: Bytes,
    /// Fields that the upstream's dialect has no word for and that do not change the answer; say so in the
    /// explanation of the request.
    pub dropped: Vec<String>,
}

impl Wire {
    /// The client's request in this dialect, edited. `peek` must have been read from this very body.
    ///
    /// # Errors
    /// The request is wrong, or this dialect cannot carry it.
    pub fn prepare(self, body: &Bytes, peek: &Peek, edits: &Edits) -> Result<Prepared, Unfit> {
        match self {
            Self::OpenAi => Ok(Prepared { body: edit::rewrite(body, peek, edits)?, dropped: Vec::new() }),
            Self::Ollama => {
                let mut request = openai::read_request(body)?;
                edits.apply(&mut request);
                let ollama::Written { body, dropped } = ollama::write_request(&request)?;
                Ok(Prepared { body, dropped })
            }
        }
    }

    /// Checks, and translates where needed, an answer that came in one piece with a status of 2xx.
    #[must_use]
    pub fn whole(self, body: &Bytes, stamp: &Stamp) -> Whole {
        match self {
            Self::OpenAi => whole::openai(body),
            Self::Ollama => whole::ollama(body, stamp),
        }
    }

    /// The way back for a streamed answer with a status of 2xx, to a client whose request was `peek`. The usage goes
    /// to the client only if it asked.
    #[must_use]
    pub fn relay(self, peek: &Peek, stamp: Stamp) -> Relay {
        match self {
            Self::OpenAi => Relay::same(peek.stream_usage),
            Self::Ollama => Relay::from_ollama(stamp, peek.stream_usage),
        }
    }
}
