//! The upstream's side of this dialect.

use super::{FrameReader, read_answer, write_request};
use crate::{
    carry::Written,
    edit::Edits,
    error::Unfit,
    exchange::{Answer, Request},
    fault::Fault,
    frames::Cutter,
    wire::{Prepared, Reader, Side},
};

/// Bedrock.
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
        Cutter::binary()
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(FrameReader::default())
    }

    fn finish_field(&self) -> &'static str {
        "stopReason"
    }
}
