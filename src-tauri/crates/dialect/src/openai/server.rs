//! The upstream's side of this dialect.

use bytes::Bytes;

use super::{DONE, StreamReader, read_answer, write_request};
use crate::{
    client::{Asked, Dialect},
    edit::{self, Edits},
    error::Unfit,
    exchange::{Answer, Event, Request},
    fault::Fault,
    frames::Cutter,
    observe::{Observe, Observer},
    wire::{Prepared, Reader, Side},
};

/// Servers that speak Chat Completions.
#[derive(Debug)]
pub(crate) struct Server;

impl Side for Server {
    fn native(&self) -> Option<Dialect> {
        Some(Dialect::Chat)
    }

    fn rewrite(&self, asked: &Asked, edits: &Edits) -> Result<Bytes, Unfit> {
        Ok(edit::rewrite(&asked.body, &asked.peek, edits)?)
    }

    fn observer(&self) -> Box<dyn Observe> {
        Box::new(Observer::default())
    }

    fn end_mark(&self) -> &'static [u8] {
        DONE
    }

    fn write(&self, request: &Request, edits: &Edits) -> Result<Prepared, Unfit> {
        Ok(Prepared { body: write_request(request, edits.cap_name), dropped: Vec::new() })
    }

    fn answer(&self, body: &[u8]) -> Result<Answer, Fault> {
        read_answer(body)
    }

    fn cutter(&self) -> Cutter {
        Cutter::sse()
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(StreamReader::default())
    }

    fn finish_field(&self) -> &'static str {
        "finish_reason"
    }
}

impl Reader for StreamReader {
    fn read(&mut self, frame: &[u8], events: &mut Vec<Event>) {
        Self::read(self, frame, events);
    }
}
