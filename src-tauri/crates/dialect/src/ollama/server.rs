//! The upstream's side of this dialect.

use serde_json::{Map, Value};

use super::{LineReader, answer, embed, lines::Form, write_request};
use crate::{
    client::{Asked, Dialect},
    edit::{self, Edits},
    error::{BadRequest, Unfit},
    exchange::{
        Answer, Event, Request,
        embed::{EmbedAnswer, EmbedRequest},
    },
    fault::Fault,
    frames::Cutter,
    openai,
    resume::Continuing,
    wire::{Prepared, Reader, Side},
};

/// Servers that speak Ollama's own API.
#[derive(Debug)]
pub struct Server(pub Form);

impl Side for Server {
    fn native(&self) -> Option<Dialect> {
        Some(match self.0 {
            Form::Chat => Dialect::OllamaChat,
            Form::Generate => Dialect::OllamaGenerate,
        })
    }

    /// Changes the named fields only.
    fn rewrite(&self, asked: &Asked, edits: &Edits) -> Result<Prepared, Unfit> {
        let mut fields = Vec::new();
        if let Some(model) = &edits.model {
            fields.push(("model", model.clone().into()));
        }
        if edits.max_tokens_cap.is_some() || edits.temperature.is_some() {
            fields.push(("options", options(asked, edits)));
        }
        match (self.0, &edits.system_note) {
            (Form::Chat, note) if note.is_some() || edits.continuing.is_some() => {
                fields.push(("messages", messages(asked, note.as_deref(), edits.continuing.as_ref())?));
            }
            (Form::Generate, Some(note)) => {
                let own = edit::field(&asked.body, "system").and_then(|it| it.as_str().map(str::to_owned));
                let all = own.map_or_else(|| note.clone(), |own| format!("{note}\n\n{own}"));
                fields.push(("system", all.into()));
            }
            _ => {}
        }
        Ok(edit::set(&asked.body, &fields)?.into())
    }

    fn goes_on(&self) -> bool {
        self.0 == Form::Chat
    }

    fn calls_at_will(&self) -> bool {
        true
    }

    fn calls_by_form(&self) -> bool {
        self.0 == Form::Chat
    }

    fn write(&self, request: &Request, _: &Edits) -> Result<Prepared, Unfit> {
        if self.0 == Form::Generate {
            return Err(Unfit::CannotCarry(vec!["a conversation".into()]));
        }
        write_request(request)
    }

    fn answer(&self, body: &[u8]) -> Result<Answer, Fault> {
        answer::read_answer(body)
    }

    fn embeds_as(&self) -> Option<Dialect> {
        Some(Dialect::OllamaEmbed)
    }

    fn write_embed(&self, request: &EmbedRequest) -> Result<Prepared, Unfit> {
        embed::write_embed_request(request).map(Prepared::from)
    }

    fn read_embed(&self, body: &[u8]) -> Result<EmbedAnswer, Fault> {
        embed::read_embed_answer(body)
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

/// The client's options with the tier's own.
fn options(asked: &Asked, edits: &Edits) -> Value {
    let own = edit::field(&asked.body, "options").and_then(|it| it.as_object().cloned());
    let mut options: Map<String, Value> = own.unwrap_or_default();
    if let Some(cap) = edits.max_tokens_cap {
        let cap = asked.peek.max_tokens.map_or(cap, |asked| asked.min(cap));
        options.insert("num_predict".into(), cap.into());
    }
    if let Some(temperature) = edits.temperature {
        options.insert("temperature".into(), temperature.into());
    }
    options.into()
}

/// The client's messages with a note in front, or before the text of its own first instructions, and the beginning of
/// the answer behind.
fn messages(asked: &Asked, note: Option<&str>, continuing: Option<&Continuing>) -> Result<Value, BadRequest> {
    let Some(Value::Array(mut messages)) = edit::field(&asked.body, "messages") else {
        return Err(BadRequest::new("`messages` must be a list.", Some("messages"), Some("invalid_type")));
    };
    match (note, messages.first_mut()) {
        (Some(note), Some(first)) if first["role"] == "system" => {
            let own = first["content"].as_str().unwrap_or_default();
            first["content"] = format!("{note}\n\n{own}").into();
        }
        (Some(note), _) => messages.insert(0, serde_json::json!({ "role": "system", "content": note })),
        (None, _) => {}
    }
    let behind = continuing.map(Continuing::messages).unwrap_or_default();
    messages.extend(behind.iter().map(openai::message));
    Ok(messages.into())
}

impl Reader for LineReader {
    fn read(&mut self, frame: &[u8], events: &mut Vec<Event>) {
        Self::read(self, frame, events);
    }
}
