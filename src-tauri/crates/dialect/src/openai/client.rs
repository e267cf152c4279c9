//! The client's side of this dialect.

use bytes::{Bytes, BytesMut};

use super::{ChunkWriter, error_body, error_event, read_request, write_answer};
use crate::{
    client::{Asked, Side, Writer},
    error::{BadRequest, ClientError},
    exchange::{Answer, Event, Request},
    peek::Peek,
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
