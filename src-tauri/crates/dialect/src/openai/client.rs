//! The client's side of this dialect.

use bytes::{Bytes, BytesMut};

use super::{ChunkWriter, embed, error_body, error_event, read_request, write_answer};
use crate::{
    client::{Asked, Side, Writer},
    edit,
    error::{BadRequest, ClientError},
    exchange::{
        Answer, Event, Request,
        embed::{EmbedAnswer, EmbedRequest},
    },
    peek::Peek,
    resume::Kept,
    wire::Stamp,
};

/// Clients that speak Chat Completions.
#[derive(Debug)]
pub(crate) struct Client;

impl Side for Client {
    fn peek(&self, body: &[u8]) -> Result<Peek, BadRequest> {
        Peek::read(body)
    }

    fn request(&self, body: &[u8]) -> Result<Request, BadRequest> {
        read_request(body)
    }

    fn id_prefix(&self) -> &'static str {
        "chatcmpl-"
    }

    fn error_body(&self, error: &ClientError) -> Bytes {
        error_body(error)
    }

    fn answer(&self, _: &Asked, answer: &Answer, stamp: &Stamp) -> Bytes {
        write_answer(answer, stamp)
    }

    fn writer(&self, asked: &Asked, stamp: Stamp) -> Box<dyn Writer> {
        Box::new(ChunkWriter::new(stamp, asked.peek.stream_usage))
    }

    fn kept(&self, asked: &Asked, stamp: Stamp) -> Option<Kept> {
        Some(Kept::chunks(stamp, asked.peek.stream_usage))
    }
}

impl Writer for ChunkWriter {
    fn write(&mut self, event: &Event, out: &mut BytesMut) {
        Self::write(self, event, out);
    }

    fn end(&mut self, out: &mut BytesMut) {
        Self::end(self, out);
    }

    fn error(&mut self, error: &ClientError, out: &mut BytesMut) {
        out.extend_from_slice(&error_event(error));
    }
}

/// Clients that ask for embeddings.
#[derive(Debug)]
pub(crate) struct EmbedClient;

impl Side for EmbedClient {
    fn peek(&self, body: &[u8]) -> Result<Peek, BadRequest> {
        embed::peek(body, &["input"])
    }

    fn request(&self, _: &[u8]) -> Result<Request, BadRequest> {
        Err(BadRequest::new("This is a request for embeddings.", None, None))
    }

    fn embed_request(&self, body: &[u8]) -> Result<EmbedRequest, BadRequest> {
        embed::read_embed_request(body)
    }

    fn embed_answer(&self, asked: &Asked, answer: &EmbedAnswer) -> Bytes {
        let base64 = edit::field(&asked.body, "encoding_format").is_some_and(|it| it == "base64");
        embed::write_embed_answer(answer, base64)
    }

    fn id_prefix(&self) -> &'static str {
        "embd-"
    }

    fn error_body(&self, error: &ClientError) -> Bytes {
        error_body(error)
    }

    fn answer(&self, asked: &Asked, answer: &Answer, stamp: &Stamp) -> Bytes {
        Client.answer(asked, answer, stamp)
    }

    fn writer(&self, asked: &Asked, stamp: Stamp) -> Box<dyn Writer> {
        Client.writer(asked, stamp)
    }
}
