//! Answers: whole ones and NDJSON lines.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{
    exchange::{Answer, Event, FinishReason, ToolCall, Usage},
    fault::{Fault, in_band, malformed},
    openai::chunk::count,
    surrogates::mend,
};

/// A line of a stream, or a whole answer: the same thing.
#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    message: Option<Message>,
    /// `/api/generate` has the text and the reasoning here.
    #[serde(default)]
    response: Option<String>,
    #[serde(default)]
    thinking: Option<String>,
    #[serde(default)]
    done: bool,
    #[serde(default)]
    done_reason: Option<String>,
    #[serde(default)]
    prompt_eval_count: Value,
    #[serde(default)]
    eval_count: Value,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
struct Message {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    thinking: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<Call>>,
}

#[derive(Debug, Deserialize)]
struct Call {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    function: Function,
}

#[derive(Debug, Default, Deserialize)]
struct Function {
    #[serde(default)]
    name: String,
    #[serde(default)]
    arguments: Option<Box<RawValue>>,
}

impl Line {
    fn read(json: &[u8]) -> Result<Self, Fault> {
        let json = &*mend(json);
        let mut line: Self = serde_json::from_slice(json)
            .map_err(|_| malformed("The answer is not JSON of Ollama's chat API.", json))?;
        if line.message.is_none() && line.response.is_some() {
            let (content, thinking) = (line.response.take(), line.thinking.take());
            line.message = Some(Message { content, thinking, tool_calls: None });
        }
        if line.error.is_some() {
            return Err(in_band(json));
        }
        if line.message.is_none() && !line.done {
            return Err(malformed("The answer is not one of Ollama's chat API.", json));
        }
        Ok(line)
    }

    fn usage(&self) -> Option<Usage> {
        let (input, output) = (count(&self.prompt_eval_count), count(&self.eval_count));
        (input.is_some() || output.is_some()).then(|| Usage {
            input: input.unwrap_or_default(),
            output: output.unwrap_or_default(),
            ..Usage::default()
        })
    }

    fn finish(&self, calls: bool) -> Option<FinishReason> {
        self.done.then(|| match self.done_reason.as_deref().unwrap_or_default() {
            "stop" if calls => FinishReason::ToolCalls,
            "stop" => FinishReason::Stop,
            "length" => FinishReason::Length,
            // Nothing was generated, or the connection to the model closed: no end of an answer.
            reason @ ("" | "load" | "unload") => FinishReason::Failed(reason.to_owned()),
            other => crate::openai::finish_reason(other),
        })
    }
}

/// A call in the exchange model; `index` makes up an id where an older server gives none.
fn tool_call(call: Call, index: u32) -> ToolCall {
    let id = call.id.filter(|id| !id.is_empty()).unwrap_or_else(|| format!("call_{index}"));
    let arguments = call.function.arguments.map_or_else(|| "{}".to_owned(), |it| it.get().to_owned());
    ToolCall { id, name: call.function.name, arguments }
}

/// Reads a whole answer that came with a status of 2xx.
///
/// # Errors
/// It is no answer of this dialect, or says that it failed.
pub fn read_answer(body: &[u8]) -> Result<Answer, Fault> {
    let line = Line::read(body)?;
    if !line.done {
        return Err(malformed("The answer is only the beginning of one.", body));
    }
    let usage = line.usage();
    let calls = line.message.as_ref().and_then(|it| it.tool_calls.as_ref()).is_some_and(|it| !it.is_empty());
    let finish = line.finish(calls);
    let message = line.message.unwrap_or_default();
    let tool_calls = message.tool_calls.unwrap_or_default();
    Ok(Answer {
        model: line.model.unwrap_or_default(),
        text: message.content.unwrap_or_default(),
        reasoning: message.thinking.unwrap_or_default(),
        sealed: Vec::new(),
        tool_calls: tool_calls.into_iter().zip(0..).map(|(call, index)| tool_call(call, index)).collect(),
        finish,
        usage,
    })
}

/// Reads lines of a stream into events.
#[derive(Debug, Default)]
pub struct LineReader {
    started: bool,
    calls: u32,
}

impl LineReader {
    /// Reads one line (see [`crate::ndjson::Lines`]).
    pub fn read(&mut self, json: &[u8], events: &mut Vec<Event>) {
        let line = match Line::read(json) {
            Ok(line) => line,
            Err(fault) => {
                events.push(Event::Error(fault));
                return;
            }
        };
        let usage = line.usage();
        let has_calls =
            line.message.as_ref().and_then(|it| it.tool_calls.as_ref()).is_some_and(|it| !it.is_empty());
        let finish = line.finish(has_calls || self.calls > 0);
        if !self.started {
            self.started = true;
            events.push(Event::Start { model: line.model.unwrap_or_default() });
        }
        let done = line.done;
        let message = line.message.unwrap_or_default();
        events.extend(message.thinking.filter(|it| !it.is_empty()).map(Event::Reasoning));
        events.extend(message.content.filter(|it| !it.is_empty()).map(Event::Text));
        for call in message.tool_calls.unwrap_or_default() {
            let index = self.calls;
            self.calls = self.calls.saturating_add(1);
            let ToolCall { id, name, arguments } = tool_call(call, index);
            events.push(Event::ToolCall { index, id, name });
            events.push(Event::ToolArguments { index, fragment: arguments });
        }
        events.extend(finish.map(Event::Finish));
        events.extend(usage.map(Event::Usage));
        events.extend(done.then_some(Event::Done));
    }
}
