//! The upstream's side of this dialect.

use super::{LineReader, Written, read_answer, write_request};
use crate::{
    edit::Edits,
    error::Unfit,
    exchange::{Answer, Event, Request},
    fault::Fault,
    frames::Cutter,
    wire::{Prepared, Reader, Side},
};

/// Servers that speak Ollama's `/api/chat`.
#[derive(Debug)]
pub(crate) struct Server;

impl Side for Server {
    fn write(&self, request: &Request, _: &Edits) -> Result<Prepared, Unfit> {
        let Written { body, dropped } = write_request(request)?;
        Ok(Prepared { body, dropped })
    }

    fn answer(&self, body: &[u8]) -> Result<Answer, Fault> {
        read_answer(body)
    }

    fn cutter(&self) -> Cutter {
        Cutter::lines()
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(LineReader::default())
    }

    fn finish_field(&self) -> &'static str {
        "done_reason"
    }
}

impl Reader for LineReader {
    fn read(&mut self, frame: &[u8], events: &mut Vec<Event>) {
        Self::read(self, frame, events);
    }
}
