//! `OpenAI`'s older text completions (`/v1/completions`): a prompt and what comes behind it, without a conversation.
//!
//! Editors complete code by it (with a `suffix`, where the model knows how to fill in a middle). Only servers that have the
//! call themselves get it, as it came: a chat's words would not be a prompt's continuation.

use bytes::Bytes;
use serde_json::json;

use crate::{
    client::{self, Asked, Dialect, Writer},
    edit::{self, CapName, Edits},
    error::{BadRequest, ClientError, Unfit},
    exchange::{Answer, Request},
    fault::Fault,
    fields::scan,
    frames::Cutter,
    observe::{Observe, Observer},
    openai::{self, ChunkWriter, StreamReader},
    peek::{Peek, not_json, parse},
    wire::{self, Prepared, Reader, Stamp},
};

/// Clients that ask for text completions.
#[derive(Debug)]
pub(crate) struct Client;

/// Servers that have them.
#[derive(Debug)]
pub(crate) struct Server;

impl client::Side for Client {
    fn peek(&self, body: &[u8]) -> Result<Peek, BadRequest> {
        let mut peek = Peek::blank(body);
        let (mut has_prompt, mut wrong) = (false, None);
        scan(body, b"", |name, value| {
            let read = match name {
                "model" => {
                    peek.spans.model.push(value.range.clone());
                    parse::<Option<String>>(&value, name, "a string")
                        .map(|model| peek.model = model.unwrap_or_default())
                }
                "prompt" => {
                    has_prompt = value.starts_with(b'"') || value.has_items();
                    Ok(())
                }
                other => peek.option(other, &value),
            };
            if let Err(error) = read {
                wrong.get_or_insert(error);
            }
        })
        .map_err(|error| not_json(body, error))?;
        if let Some(error) = wrong {
            return Err(error);
        }
        for (name, there) in [("model", !peek.model.is_empty()), ("prompt", has_prompt)] {
            if !there {
                let message = format!("`{name}` is missing or empty.");
                return Err(BadRequest::new(message, Some(name), Some("missing_required_parameter")));
            }
        }
        Ok(peek)
    }

    /// No conversation, and so nothing that another dialect could carry.
    fn request(&self, _: &[u8]) -> Result<Request, BadRequest> {
        Ok(Request { bound: vec!["text completions".into()], ..Request::default() })
    }

    fn id_prefix(&self) -> &'static str {
        "cmpl-"
    }

    fn error_body(&self, error: &ClientError) -> Bytes {
        openai::error_body(error)
    }

    fn answer(&self, asked: &Asked, answer: &Answer, stamp: &Stamp) -> Bytes {
        let choice = json!({ "index": 0, "text": answer.text, "logprobs": null, "finish_reason": "stop" });
        let body = json!({
            "id": stamp.id, "object": "text_completion", "created": stamp.created, "model": asked.peek.model,
            "choices": [choice],
        });
        body.to_string().into()
    }

    /// For errors: they are those of chats.
    fn writer(&self, asked: &Asked, stamp: Stamp) -> Box<dyn Writer> {
        Box::new(ChunkWriter::new(stamp, asked.peek.stream_usage))
    }
}

impl wire::Side for Server {
    fn native(&self) -> Option<Dialect> {
        Some(Dialect::Completions)
    }

    fn rewrite(&self, asked: &Asked, edits: &Edits) -> Result<Prepared, Unfit> {
        let edits = Edits {
            model: edits.model.clone(),
            max_tokens_cap: edits.max_tokens_cap,
            cap_name: CapName::MaxTokens,
            temperature: edits.temperature,
            force_usage: edits.force_usage,
            ..Edits::default()
        };
        Ok(edit::rewrite(&asked.body, &asked.peek, &edits)?.into())
    }

    /// Often there is nothing to complete.
    fn may_say_nothing(&self) -> bool {
        true
    }

    fn observer(&self) -> Box<dyn Observe> {
        Box::new(Observer::default())
    }

    fn end_mark(&self) -> &'static [u8] {
        openai::DONE
    }

    fn write(&self, request: &Request, _: &Edits) -> Result<Prepared, Unfit> {
        Err(Unfit::CannotCarry(request.bound.clone()))
    }

    fn answer(&self, body: &[u8]) -> Result<Answer, Fault> {
        openai::read_answer(body)
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
