//! The client's side of this dialect.

use bytes::Bytes;
use serde_json::json;

use super::{
    LineReader, embed,
    lines::{self, Form, LineWriter, Trail},
    read,
};
use crate::{
    client::{Asked, Side, Writer},
    error::{BadRequest, ClientError},
    exchange::{
        Answer, Request,
        embed::{EmbedAnswer, EmbedRequest},
    },
    fault::{Fault, malformed},
    frames::Cutter,
    openai::embed::peek as peek_embed,
    peek::Peek,
    resume::Kept,
    wire::Stamp,
};

/// Clients that speak Ollama's own API.
#[derive(Debug)]
pub struct Client(pub Form);

impl Side for Client {
    fn peek(&self, body: &[u8]) -> Result<Peek, BadRequest> {
        read::peek(body)
    }

    fn request(&self, body: &[u8]) -> Result<Request, BadRequest> {
        match self.0 {
            Form::Chat => read::read_chat(body),
            Form::Generate => read::read_generate(body),
        }
    }

    fn id_prefix(&self) -> &'static str {
        ""
    }

    fn stream_type(&self) -> &'static str {
        "application/x-ndjson"
    }

    fn error_body(&self, error: &ClientError) -> Bytes {
        json!({ "error": error.message }).to_string().into()
    }

    fn keep_alive(&self, asked: &Asked) -> Bytes {
        // Nothing else is nothing to these clients: they read every line as JSON.
        LineWriter::new(self.0, asked, &Stamp { id: String::new(), created: 0 }).keep_alive()
    }

    fn comment(&self, _: &str) -> Bytes {
        Bytes::new()
    }

    fn takes(&self, answer: &Answer) -> Result<(), Fault> {
        match answer.tool_calls.iter().find(|call| lines::arguments(call).is_none()) {
            None => Ok(()),
            Some(_) => Err(malformed("A tool was called with arguments that are not a JSON object.", b"")),
        }
    }

    fn answer(&self, asked: &Asked, answer: &Answer, stamp: &Stamp) -> Bytes {
        LineWriter::new(self.0, asked, stamp).whole(answer)
    }

    fn loaded(&self, asked: &Asked, stamp: &Stamp) -> Bytes {
        LineWriter::new(self.0, asked, stamp).loaded()
    }

    fn writer(&self, asked: &Asked, stamp: Stamp) -> Box<dyn Writer> {
        Box::new(LineWriter::new(self.0, asked, &stamp))
    }

    fn kept(&self, asked: &Asked, stamp: Stamp) -> Option<Kept> {
        let trail = Trail::new(LineWriter::new(self.0, asked, &stamp));
        Some(Kept::events(Cutter::lines(), Box::new(LineReader::default()), Box::new(trail)))
    }
}

/// Clients that ask for embeddings; those of the forerunner are of [`Form::Generate`].
#[derive(Debug)]
pub struct EmbedClient(pub Form);

impl Side for EmbedClient {
    fn peek(&self, body: &[u8]) -> Result<Peek, BadRequest> {
        peek_embed(body, &[if self.0 == Form::Chat { "input" } else { "prompt" }])
    }

    fn request(&self, _: &[u8]) -> Result<Request, BadRequest> {
        Err(BadRequest::new("This is a request for embeddings.", None, None))
    }

    fn embed_request(&self, body: &[u8]) -> Result<EmbedRequest, BadRequest> {
        embed::read_embed_request(self.0, body)
    }

    fn embed_answer(&self, asked: &Asked, answer: &EmbedAnswer) -> Bytes {
        embed::write_embed_answer(self.0, &asked.peek.model, answer)
    }

    fn id_prefix(&self) -> &'static str {
        ""
    }

    fn error_body(&self, error: &ClientError) -> Bytes {
        Client(self.0).error_body(error)
    }

    fn answer(&self, asked: &Asked, answer: &Answer, stamp: &Stamp) -> Bytes {
        Client(self.0).answer(asked, answer, stamp)
    }

    fn writer(&self, asked: &Asked, stamp: Stamp) -> Box<dyn Writer> {
        Client(self.0).writer(asked, stamp)
    }
}
