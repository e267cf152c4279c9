//! The upstream's side of this dialect.

use bytes::Bytes;
use serde_json::Value;

use super::{DONE, StreamReader, embed, read_answer, thoughts, write_request};
use crate::{
    client::{Asked, Dialect},
    edit::{self, Edits},
    error::Unfit,
    exchange::{
        Answer, Event, Request,
        embed::{EmbedAnswer, EmbedRequest},
    },
    fault::Fault,
    frames::Cutter,
    observe::{Observe, Observer},
    resume::Manner,
    wire::{Prepared, Reader, Side},
};

/// Servers that speak Chat Completions.
#[derive(Debug)]
pub(crate) struct Server;

impl Side for Server {
    fn native(&self) -> Option<Dialect> {
        Some(Dialect::Chat)
    }

    fn rewrite(&self, asked: &Asked, edits: &Edits) -> Result<Prepared, Unfit> {
        let cleaned = asked.peek.sealed.then(|| thoughts::without_foreign(&asked.body)).flatten();
        let read = cleaned.map(|body| Asked::read(asked.dialect, body)).transpose()?;
        let asked = read.as_ref().unwrap_or(asked);
        if edits.habits.is_some_and(|habits| habits.refuse(&asked.body)) {
            let mut request = asked.request()?;
            if !request.bound.is_empty() {
                return Err(Unfit::CannotCarry(request.bound));
            }
            edits.apply(&mut request);
            return Ok(written(request, edits, Vec::new()));
        }
        Ok(edit::rewrite(&asked.body, &asked.peek, edits)?.into())
    }

    fn goes_on(&self) -> bool {
        true
    }

    fn observer(&self) -> Box<dyn Observe> {
        Box::new(Observer::default())
    }

    fn end_mark(&self) -> &'static [u8] {
        DONE
    }

    fn write(&self, request: &Request, edits: &Edits) -> Result<Prepared, Unfit> {
        let mut request = request.clone();
        let mut dropped = Vec::new();
        if edits.habits.is_some_and(|habits| habits.fit_effort(&mut request)) {
            dropped.push("reasoning_effort".to_owned());
        }
        Ok(written(request, edits, dropped))
    }

    fn answer(&self, body: &[u8]) -> Result<Answer, Fault> {
        read_answer(body)
    }

    fn embeds_as(&self) -> Option<Dialect> {
        Some(Dialect::Embeddings)
    }

    fn write_embed(&self, request: &EmbedRequest) -> Result<Prepared, Unfit> {
        Ok(embed::write_embed_request(request).into())
    }

    fn read_embed(&self, body: &[u8]) -> Result<EmbedAnswer, Fault> {
        embed::read_embed_answer(body)
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

/// The last message marked as the beginning of the answer.
fn with_prefix(body: Bytes) -> Bytes {
    let Ok(mut value) = serde_json::from_slice::<Value>(&body) else { return body };
    let last = value.get_mut("messages").and_then(Value::as_array_mut).and_then(|all| all.last_mut());
    if let Some(message) = last.and_then(Value::as_object_mut) {
        message.insert("prefix".into(), true.into());
    }
    value.to_string().into()
}

/// The request as this very server takes it.
fn written(mut request: Request, edits: &Edits, mut dropped: Vec<String>) -> Prepared {
    if let Some(habits) = edits.habits {
        dropped.extend(habits.fit(&mut request));
    }
    let body = write_request(&request, edits.cap_name);
    let prefixed = edits.continuing.as_ref().is_some_and(|it| it.manner == Manner::Prefixed);
    Prepared { body: if prefixed { with_prefix(body) } else { body }.into(), dropped }
}

impl Reader for StreamReader {
    fn read(&mut self, frame: &[u8], events: &mut Vec<Event>) {
        Self::read(self, frame, events);
    }
}
