//! The client's side of this dialect.

use bytes::Bytes;

use super::{
    EventReader, EventWriter, KEEP_ALIVE, Trail, edit, error_body, read_request, status, write_answer,
};
use crate::{
    client::{Asked, Side, Writer},
    error::{BadRequest, ClientError, ErrorKind},
    exchange::{Answer, Request},
    frames::Cutter,
    peek::Peek,
    resume::Kept,
    wire::Stamp,
};

/// Clients that speak Messages.
#[derive(Debug)]
pub(crate) struct Client;

impl Side for Client {
    fn peek(&self, body: &[u8]) -> Result<Peek, BadRequest> {
        edit::peek(body)
    }

    fn request(&self, body: &[u8]) -> Result<Request, BadRequest> {
        read_request(body)
    }

    fn id_prefix(&self) -> &'static str {
        "msg_"
    }

    fn status(&self, kind: ErrorKind) -> u16 {
        status(kind)
    }

    fn error_body(&self, error: &ClientError) -> Bytes {
        error_body(error)
    }

    fn keep_alive(&self, _: &Asked) -> Bytes {
        Bytes::from_static(KEEP_ALIVE)
    }

    fn answer(&self, _: &Asked, answer: &Answer, stamp: &Stamp) -> Bytes {
        write_answer(answer, stamp)
    }

    fn writer(&self, _: &Asked, stamp: Stamp) -> Box<dyn Writer> {
        Box::new(EventWriter::new(stamp))
    }

    fn kept(&self, _: &Asked, stamp: Stamp) -> Option<Kept> {
        let trail = Trail::new(EventWriter::new(stamp));
        Some(Kept::events(Cutter::sse(), Box::new(EventReader::default()), Box::new(trail)))
    }
}
