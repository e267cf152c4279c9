//! The upstream's side of this dialect.

use super::{ChunkReader, read_answer, read_vectors, write_embed, write_request};
use crate::{
    edit::Edits,
    error::Unfit,
    exchange::{
        Answer, Request,
        embed::{EmbedAnswer, EmbedRequest},
    },
    fault::Fault,
    frames::Cutter,
    wire::{Prepared, Reader, Side},
};

/// Gemini.
#[derive(Debug)]
pub(crate) struct Server;

impl Side for Server {
    fn calls_at_will(&self) -> bool {
        true
    }

    fn write(&self, request: &Request, _: &Edits) -> Result<Prepared, Unfit> {
        write_request(request)
    }

    fn answer(&self, body: &[u8]) -> Result<Answer, Fault> {
        read_answer(body)
    }

    fn write_embed(&self, request: &EmbedRequest) -> Result<Prepared, Unfit> {
        write_embed(request)
    }

    fn read_embed(&self, body: &[u8]) -> Result<EmbedAnswer, Fault> {
        read_vectors(body)
    }

    fn cutter(&self) -> Cutter {
        Cutter::sse()
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(ChunkReader::default())
    }

    fn finish_field(&self) -> &'static str {
        "finishReason"
    }
}
