//! The dialects that clients speak: how a request is read, and how answers and errors are written.
//!
//! This is the gateway's door on the client's side, as [`crate::wire`] is on the other. A dialect is one folder with a
//! [`Side`] in it, and one line in [`Dialect::side`]: it reads requests into the exchange model and writes answers out
//! of it, and knows no upstream.

use std::{fmt, sync::Arc};

use bytes::{Bytes, BytesMut};

use crate::{
    anthropic, completions,
    error::{BadRequest, ClientError, ErrorKind},
    exchange::{
        Answer, Event, Request,
        embed::{EmbedAnswer, EmbedRequest},
    },
    fault::Fault,
    ollama::{self, Form},
    openai,
    peek::Peek,
    responses,
    resume::Kept,
    wire::Stamp,
};

/// What a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `OpenAI` Chat Completions.
    Chat,
    /// `OpenAI`'s text completions.
    Completions,
    /// `OpenAI` Responses.
    Responses,
    /// Anthropic Messages.
    Messages,
    /// Ollama's `/api/chat`.
    OllamaChat,
    /// Ollama's `/api/generate`.
    OllamaGenerate,
    /// `OpenAI`'s `/v1/embeddings`.
    Embeddings,
    /// Ollama's `/api/embed`.
    OllamaEmbed,
    /// Ollama's `/api/embeddings`: one prompt, one vector.
    OllamaEmbeddings,
}

/// A client's request: its bytes, and what routing needs to know of them.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What the client speaks.
    pub dialect: Dialect,
    /// What routing needs.
    pub peek: Arc<Peek>,
    /// The body as it came.
    pub body: Bytes,
}

impl Asked {
    /// Reads a request.
    ///
    /// # Errors
    /// Nobody could answer it; the error says why.
    pub fn read(dialect: Dialect, body: Bytes) -> Result<Self, BadRequest> {
        Ok(Self { dialect, peek: Arc::new(dialect.side().peek(&body)?), body })
    }

    /// The request in the exchange model.
    ///
    /// # Errors
    /// A field is not what it should be; the error names it.
    pub fn request(&self) -> Result<Request, BadRequest> {
        self.dialect.side().request(&self.body)
    }

    /// What is sent to a client that waits for a stream, so that its connection stays alive: it means nothing.
    #[must_use]
    pub fn keep_alive(&self) -> Bytes {
        self.dialect.side().keep_alive(self)
    }

    /// An error inside a stream of which nothing but [`Self::keep_alive`] has been sent. Later ones are written by
    /// [`crate::stream::Relay::error`].
    #[must_use]
    pub fn error_event(&self, error: &ClientError, stamp: Stamp) -> Bytes {
        let mut out = BytesMut::new();
        self.writer(stamp).error(error, &mut out);
        out.freeze()
    }

    /// A whole answer for this client.
    #[must_use]
    pub fn answer(&self, answer: &Answer, stamp: &Stamp) -> Bytes {
        self.dialect.side().answer(self, answer, stamp)
    }

    /// The answer to a request without a prompt ([`Peek::is_empty`]): that the model is there.
    #[must_use]
    pub fn loaded(&self, stamp: &Stamp) -> Bytes {
        self.dialect.side().loaded(self, stamp)
    }

    /// The writer of a streamed answer for this client.
    #[must_use]
    pub fn writer(&self, stamp: Stamp) -> Box<dyn Writer> {
        self.dialect.side().writer(self, stamp)
    }
}

impl Dialect {
    /// The id of an answer of our own making to the request of this id.
    #[must_use]
    pub fn answer_id(self, request: &str) -> String {
        let prefix = self.side().id_prefix();
        let mut id = String::with_capacity(prefix.len() + request.len());
        id.push_str(prefix);
        id.extend(request.chars().filter(|c| *c != '-'));
        id
    }

    /// The content type of a stream.
    #[must_use]
    pub fn stream_type(self) -> &'static str {
        self.side().stream_type()
    }

    /// The HTTP status of an error.
    #[must_use]
    pub fn status(self, kind: ErrorKind) -> u16 {
        self.side().status(kind)
    }

    /// The body of an error answer.
    #[must_use]
    pub fn error_body(self, error: &ClientError) -> Bytes {
        self.side().error_body(error)
    }

    /// A line of text in a stream that no client takes for content; empty where there is no such thing.
    #[must_use]
    pub fn comment(self, text: &str) -> Bytes {
        self.side().comment(text)
    }

    pub(crate) fn side(self) -> &'static dyn Side {
        match self {
            Self::Chat => &openai::Client,
            Self::Completions => &completions::Client,
            Self::Responses => &responses::Client,
            Self::Messages => &anthropic::Client,
            Self::OllamaChat => &ollama::Client(Form::Chat),
            Self::OllamaGenerate => &ollama::Client(Form::Generate),
            Self::Embeddings => &openai::EmbedClient,
            Self::OllamaEmbed => &ollama::EmbedClient(Form::Chat),
            Self::OllamaEmbeddings => &ollama::EmbedClient(Form::Generate),
        }
    }
}

/// Writes a streamed answer for a client.
pub trait Writer: fmt::Debug + Send {
    /// Writes what one event needs; nothing for an error or the end mark.
    fn write(&mut self, event: &Event, out: &mut BytesMut);

    /// Ends the stream: every event of the answer has been written.
    fn end(&mut self, out: &mut BytesMut);

    /// Ends the stream with an error, wherever it stands.
    fn error(&mut self, error: &ClientError, out: &mut BytesMut);
}

/// What a client's dialect is made of.
pub(crate) trait Side: Sync {
    /// Reads what routing needs.
    fn peek(&self, body: &[u8]) -> Result<Peek, BadRequest>;

    /// Reads the whole request.
    fn request(&self, body: &[u8]) -> Result<Request, BadRequest>;

    /// Reads a request for embeddings, where this is the dialect of such.
    fn embed_request(&self, _: &[u8]) -> Result<EmbedRequest, BadRequest> {
        Err(BadRequest::new("This is no request for embeddings.", None, None))
    }

    /// Writes the answer to such a request.
    fn embed_answer(&self, _: &Asked, _: &EmbedAnswer) -> Bytes {
        Bytes::new()
    }

    /// How the ids of answers begin.
    fn id_prefix(&self) -> &'static str;

    fn stream_type(&self) -> &'static str {
        "text/event-stream"
    }

    fn status(&self, kind: ErrorKind) -> u16 {
        kind.status()
    }

    fn error_body(&self, error: &ClientError) -> Bytes;

    fn keep_alive(&self, _: &Asked) -> Bytes {
        Bytes::from_static(openai::KEEP_ALIVE)
    }

    fn comment(&self, text: &str) -> Bytes {
        format!(": {}\n\n", text.replace(['\r', '\n'], " ")).into()
    }

    /// Whether an answer of another dialect can be written in this one.
    fn takes(&self, _: &Answer) -> Result<(), Fault> {
        Ok(())
    }

    fn answer(&self, asked: &Asked, answer: &Answer, stamp: &Stamp) -> Bytes;

    fn writer(&self, asked: &Asked, stamp: Stamp) -> Box<dyn Writer>;

    /// What reads along with a stream that goes through as it is, so that another server can go on with it; none where
    /// answers are never continued.
    fn kept(&self, _: &Asked, _: Stamp) -> Option<Kept> {
        None
    }

    /// The answer to a request without a prompt, where that is one.
    fn loaded(&self, _: &Asked, _: &Stamp) -> Bytes {
        Bytes::new()
    }
}
