//! The upstream's side of this dialect.

use serde_json::{Value, json};

use super::{
    EventReader, read_answer,
    write::{items, write_request},
};
use crate::{
    client::{Asked, Dialect},
    edit::{self, Edits},
    error::Unfit,
    exchange::{Answer, Request},
    fault::Fault,
    frames::Cutter,
    wire::{Prepared, Reader, Side},
};

/// Servers that speak Responses.
#[derive(Debug)]
pub struct Server;

impl Side for Server {
    fn native(&self) -> Option<Dialect> {
        Some(Dialect::Responses)
    }

    /// Changes the named fields only; a note goes in front of the client's own instructions.
    fn rewrite(&self, asked: &Asked, edits: &Edits) -> Result<Prepared, Unfit> {
        let mut fields = Vec::new();
        if let Some(model) = &edits.model {
            fields.push(("model", model.clone().into()));
        }
        if let Some(cap) = edits.max_tokens_cap {
            let cap = asked.peek.max_tokens.map_or(cap, |asked| asked.min(cap));
            fields.push(("max_output_tokens", cap.into()));
        }
        if let Some(temperature) = edits.temperature {
            fields.push(("temperature", temperature.into()));
        }
        if let Some(note) = &edits.system_note {
            let own = edit::field(&asked.body, "instructions").and_then(|it| it.as_str().map(str::to_owned));
            let all = own.map_or_else(|| note.clone(), |own| format!("{note}\n\n{own}"));
            fields.push(("instructions", all.into()));
        }
        if let Some(continuing) = &edits.continuing {
            let mut input = match edit::field(&asked.body, "input") {
                Some(Value::Array(items)) => items,
                Some(Value::String(text)) => vec![json!({ "role": "user", "content": text })],
                _ => Vec::new(),
            };
            input.extend(continuing.messages().iter().flat_map(items));
            fields.push(("input", input.into()));
        }
        Ok(edit::set(&asked.body, &fields)?.into())
    }

    fn goes_on(&self) -> bool {
        true
    }

    fn write(&self, request: &Request, _: &Edits) -> Result<Prepared, Unfit> {
        Ok(write_request(request)?.into())
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
        "status"
    }
}
