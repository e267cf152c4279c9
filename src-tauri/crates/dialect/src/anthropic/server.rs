//! The upstream's side of this dialect.

use super::{EventReader, edit, read_answer, write_request};
use crate::{
    client::{Asked, Dialect},
    edit::Edits,
    error::Unfit,
    exchange::{Answer, Request},
    fault::Fault,
    frames::Cutter,
    wire::{Prepared, Reader, Side},
};

/// Servers that speak Messages.
#[derive(Debug)]
pub(crate) struct Server;

impl Side for Server {
    fn native(&self) -> Option<Dialect> {
        Some(Dialect::Messages)
    }

    fn rewrite(&self, asked: &Asked, edits: &Edits) -> Result<Prepared, Unfit> {
        edit::rewrite(asked, edits)
    }

    fn goes_on(&self) -> bool {
        true
    }

    fn end_mark(&self) -> &'static [u8] {
        b"event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
    }

    fn write(&self, request: &Request, _: &Edits) -> Result<Prepared, Unfit> {
        write_request(request)
    }

    fn answer(&self, body: &[u8]) -> Result<Answer, Fault> {
        read_answer(body)
    }

    fn cutter(&self) -> Cutter {
        Cutter::sse()
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(EventReader::default())
    }

    fn finish_field(&self) -> &'static str {
        "stop_reason"
    }
}
