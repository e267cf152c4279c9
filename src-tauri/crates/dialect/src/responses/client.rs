//! The client's side of this dialect.

use bytes::Bytes;

use super::{EventReader, EventWriter, Trail, peek, read_request, write_answer};
use crate::{
    client::{Asked, Side, Writer},
    error::{BadRequest, ClientError},
    exchange::{Answer, Request},
    frames::Cutter,
    openai,
    peek::Peek,
    resume::Kept,
    wire::Stamp,
};

/// Clients that speak Responses.
#[derive(Debug)]
pub struct Client;

impl Side for Client {
    fn peek(&self, body: &[u8]) -> Result<Peek, BadRequest> {
        peek(body)
    }

    fn request(&self, body: &[u8]) -> Result<Request, BadRequest> {
        read_request(body)
    }

    fn id_prefix(&self) -> &'static str {
        "resp_"
    }

    fn error_body(&self, error: &ClientError) -> Bytes {
        openai::error_body(error)
    }

    fn answer(&self, asked: &Asked, answer: &Answer, stamp: &Stamp) -> Bytes {
        write_answer(asked, answer, stamp)
    }

    fn writer(&self, asked: &Asked, stamp: Stamp) -> Box<dyn Writer> {
        Box::new(EventWriter::new(asked, &stamp))
    }

    fn kept(&self, asked: &Asked, stamp: Stamp) -> Option<Kept> {
        let trail = Trail::new(EventWriter::new(asked, &stamp));
        Some(Kept::events(Cutter::sse(), Box::new(EventReader::default()), Box::new(trail)))
    }
}
