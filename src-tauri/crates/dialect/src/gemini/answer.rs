//! Answers: whole ones and the chunks of a stream, which are the same thing.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{finish_reason, made_id, signed_id, usage};
use crate::{
    exchange::{Answer, Event, FinishReason, Sealed, ToolCall},
    fault::{Fault, in_band, malformed},
    frames::is_foreign,
    sse,
    surrogates::mend,
    wire::Reader,
};

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Chunk {
    candidates: Option<Vec<Candidate>>,
    prompt_feedback: Option<Feedback>,
    usage_metadata: Option<Value>,
    model_version: Option<String>,
    error: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Candidate {
    content: Option<Content>,
    finish_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Content {
    parts: Option<Vec<Part>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Part {
    text: Option<String>,
    thought: bool,
    thought_signature: Option<String>,
    function_call: Option<Call>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Call {
    id: Option<String>,
    name: String,
    args: Option<Box<RawValue>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Feedback {
    block_reason: Option<String>,
}

impl Chunk {
    fn read(json: &[u8]) -> Result<Self, Fault> {
        let json = &*mend(json);
        let not_one = || malformed("The answer is not one of the Gemini API.", json);
        let chunk: Self = serde_json::from_slice(json).map_err(|_| {
            // Errors may come as the only item of a list.
            let listed = serde_json::from_slice::<Vec<Value>>(json).ok();
            let error = listed.and_then(|it| it.first()?.get("error").cloned());
            if error.is_some() { in_band(json) } else { not_one() }
        })?;
        if chunk.error.is_some() {
            return Err(in_band(json));
        }
        if chunk.candidates.is_none() && chunk.prompt_feedback.is_none() && chunk.usage_metadata.is_none() {
            return Err(not_one());
        }
        Ok(chunk)
    }
}

/// Reads a whole answer that came with a status of 2xx.
///
/// # Errors
/// It is no answer of this dialect, or says that it failed.
pub fn read_answer(body: &[u8]) -> Result<Answer, Fault> {
    let chunk = Chunk::read(body)?;
    let mut events = Vec::new();
    let mut reader = ChunkReader::default();
    reader.chunk(chunk, &mut events);
    let mut answer = Answer::default();
    for event in events {
        match event {
            Event::Start { model } => answer.model = model,
            Event::Text(text) => answer.text.push_str(&text),
            Event::Reasoning(text) => answer.reasoning.push_str(&text),
            Event::Sealed(sealed) => answer.sealed.push(sealed),
            Event::ToolCall { id, name, .. } => {
                answer.tool_calls.push(ToolCall { id, name, arguments: String::new() });
            }
            Event::ToolArguments { fragment, .. } => {
                if let Some(call) = answer.tool_calls.last_mut() {
                    call.arguments.push_str(&fragment);
                }
            }
            Event::Finish(reason) => answer.finish = Some(reason),
            Event::Usage(usage) => answer.usage = Some(usage),
            Event::Error(fault) => return Err(fault),
            Event::KeepAlive | Event::Done => {}
        }
    }
    Ok(answer)
}

/// Reads chunks of a stream into events.
#[derive(Debug, Default)]
pub struct ChunkReader {
    started: bool,
    spoken: bool,
    calls: u32,
}

impl Reader for ChunkReader {
    fn read(&mut self, frame: &[u8], events: &mut Vec<Event>) {
        let event = sse::read(frame);
        let data = event.data.trim_ascii();
        let json = match data {
            b"" if !self.started && is_foreign(frame) => frame,
            b"" => {
                events.push(Event::KeepAlive);
                return;
            }
            data => data,
        };
        match Chunk::read(json) {
            Ok(chunk) => self.chunk(chunk, events),
            Err(fault) => events.push(Event::Error(fault)),
        }
    }
}

impl ChunkReader {
    fn chunk(&mut self, chunk: Chunk, events: &mut Vec<Event>) {
        if !std::mem::replace(&mut self.started, true) {
            events.push(Event::Start { model: chunk.model_version.unwrap_or_default() });
        }
        events.extend(chunk.usage_metadata.as_ref().and_then(usage).map(Event::Usage));
        let blocked = chunk.prompt_feedback.and_then(|it| it.block_reason).is_some();
        let candidate = chunk.candidates.and_then(|all| all.into_iter().next());
        let Some(candidate) = candidate else {
            // The filter refused the prompt: there is no answer, and none is to come.
            if blocked {
                events.push(Event::Finish(FinishReason::ContentFilter));
            }
            return;
        };
        for part in candidate.content.and_then(|it| it.parts).unwrap_or_default() {
            self.part(part, events);
        }
        if let Some(word) = candidate.finish_reason.filter(|it| it != "FINISH_REASON_UNSPECIFIED") {
            let empty = !self.spoken && self.calls == 0;
            events.push(Event::Finish(finish_reason(&word, self.calls > 0, empty)));
        }
    }

    fn part(&mut self, part: Part, events: &mut Vec<Event>) {
        let signature = part.thought_signature.filter(|it| !it.is_empty());
        if let Some(call) = part.function_call {
            let index = self.calls;
            self.calls = self.calls.saturating_add(1);
            let arguments = call.args.map_or_else(|| "{}".to_owned(), |it| it.get().to_owned());
            let id = call.id.filter(|it| !it.is_empty());
            let id = id.unwrap_or_else(|| made_id(&call.name, &arguments, index));
            let id = signed_id(&id, signature.as_deref());
            events.push(Event::ToolCall { index, id, name: call.name });
            events.push(Event::ToolArguments { index, fragment: arguments });
            return;
        }
        if let Some(text) = part.text.filter(|it| !it.is_empty()) {
            self.spoken = true;
            events.push(if part.thought { Event::Reasoning(text) } else { Event::Text(text) });
        }
        events.extend(signature.map(|it| Event::Sealed(Sealed::Signature(it))));
    }
}
