//! Answers for clients: whole ones and NDJSON lines, of `/api/chat` and of `/api/generate`.

mod trail;

use std::time::{Duration, SystemTime};

use bytes::{BufMut, Bytes, BytesMut};
use serde_json::{Map, Value, json};

pub(crate) use trail::Trail;

use crate::{
    client::{Asked, Writer},
    error::ClientError,
    exchange::{Answer, Event, FinishReason, ToolCall, Usage},
    wire::Stamp,
};

/// Which of the two calls is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `/api/chat`: a message.
    Chat,
    /// `/api/generate`: a text.
    Generate,
}

/// Writes the lines of one answer.
#[derive(Debug)]
pub struct LineWriter {
    form: Form,
    model: String,
    created: String,
    calls: Vec<(u32, ToolCall)>,
    finish: Option<FinishReason>,
    usage: Option<Usage>,
}

/// What one line says.
#[derive(Default)]
struct Said<'a> {
    text: &'a str,
    thinking: &'a str,
    calls: Vec<Value>,
}

impl LineWriter {
    /// A writer for the answer to one request. The model is called what the client calls it.
    #[must_use]
    pub fn new(form: Form, asked: &Asked, stamp: &Stamp) -> Self {
        let at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(stamp.created));
        let created = humantime::format_rfc3339_seconds(at.unwrap_or(SystemTime::UNIX_EPOCH)).to_string();
        let model = asked.peek.model.clone();
        Self { form, model, created, calls: Vec::new(), finish: None, usage: None }
    }

    /// An empty piece of an answer: clients take it for nothing.
    #[must_use]
    pub fn keep_alive(&self) -> Bytes {
        line(&self.fields(&Said::default()))
    }

    /// A whole answer.
    #[must_use]
    pub fn whole(mut self, answer: &Answer) -> Bytes {
        self.finish.clone_from(&answer.finish);
        self.usage = answer.usage;
        let calls = (0..).zip(&answer.tool_calls).map(|(at, call)| call_json(at, call)).collect();
        let said = Said { text: &answer.text, thinking: &answer.reasoning, calls };
        let mut fields = self.fields(&said);
        self.close(&mut fields);
        Value::Object(fields).to_string().into()
    }

    /// The answer to a wish to load or unload a model: here that is nobody's business.
    #[must_use]
    pub fn loaded(self) -> Bytes {
        let mut fields = self.fields(&Said::default());
        fields.insert("done".into(), true.into());
        fields.insert("done_reason".into(), "load".into());
        line(&fields)
    }

    fn fields(&self, said: &Said<'_>) -> Map<String, Value> {
        let mut fields = Map::new();
        fields.insert("model".into(), self.model.clone().into());
        fields.insert("created_at".into(), self.created.clone().into());
        let mut message = Map::new();
        let text = if self.form == Form::Chat { "content" } else { "response" };
        message.insert(text.into(), said.text.into());
        if !said.thinking.is_empty() {
            message.insert("thinking".into(), said.thinking.into());
        }
        if !said.calls.is_empty() {
            message.insert("tool_calls".into(), said.calls.clone().into());
        }
        if self.form == Form::Chat {
            let role = [("role".to_owned(), Value::from("assistant"))].into_iter();
            fields.insert("message".into(), role.chain(message).collect::<Map<_, _>>().into());
        } else {
            fields.extend(message);
        }
        fields.insert("done".into(), false.into());
        fields
    }

    fn close(&self, fields: &mut Map<String, Value>) {
        fields.insert("done".into(), true.into());
        let reason = match &self.finish {
            Some(FinishReason::Length | FinishReason::Full) => "length",
            Some(FinishReason::ContentFilter) => "content_filter",
            Some(FinishReason::Other(word)) => word,
            _ => "stop",
        };
        fields.insert("done_reason".into(), reason.into());
        if let Some(usage) = self.usage {
            fields.insert("prompt_eval_count".into(), usage.input.into());
            fields.insert("eval_count".into(), usage.output.into());
        }
    }
}

impl Writer for LineWriter {
    fn write(&mut self, event: &Event, out: &mut BytesMut) {
        let said = match event {
            Event::Text(text) => Said { text, ..Said::default() },
            Event::Reasoning(thinking) => Said { thinking, ..Said::default() },
            Event::KeepAlive => Said::default(),
            // Calls are whole here, and therefore come at the end.
            Event::ToolCall { index, id, name } => {
                let call = ToolCall { id: id.clone(), name: name.clone(), arguments: String::new() };
                return self.calls.push((*index, call));
            }
            Event::ToolArguments { index, fragment } => {
                if let Some((_, call)) = self.calls.iter_mut().rev().find(|(it, _)| it == index) {
                    call.arguments.push_str(fragment);
                }
                return;
            }
            Event::Finish(reason) => {
                self.finish = Some(reason.clone());
                return;
            }
            Event::Usage(usage) => {
                self.usage = Some(*usage);
                return;
            }
            _ => return,
        };
        out.put_slice(&line(&self.fields(&said)));
    }

    fn end(&mut self, out: &mut BytesMut) {
        if let Some((_, call)) = self.calls.iter().find(|(_, call)| arguments(call).is_none()) {
            out.put_slice(&broken(call));
            return;
        }
        if !self.calls.is_empty() {
            let calls = (0..).zip(&self.calls).map(|(at, (_, call))| call_json(at, call)).collect();
            out.put_slice(&line(&self.fields(&Said { calls, ..Said::default() })));
        }
        let mut fields = self.fields(&Said::default());
        self.close(&mut fields);
        out.put_slice(&line(&fields));
    }

    fn error(&mut self, error: &ClientError, out: &mut BytesMut) {
        out.put_slice(&error_line(error));
    }
}

/// An error inside a stream.
fn error_line(error: &ClientError) -> Bytes {
    format!("{}\n", json!({ "error": error.message })).into()
}

fn broken(call: &ToolCall) -> Bytes {
    let message =
        format!("The model called the tool {} with arguments that are not a JSON object.", call.name);
    format!("{}\n", json!({ "error": message })).into()
}

/// A call's arguments as this dialect has them: an object, or nothing that it could carry.
pub(super) fn arguments(call: &ToolCall) -> Option<Value> {
    match call.arguments.trim() {
        "" => Some(json!({})),
        text => serde_json::from_str(text).ok().filter(Value::is_object),
    }
}

fn call_json(index: usize, call: &ToolCall) -> Value {
    let arguments = arguments(call).unwrap_or_default();
    json!({ "id": call.id, "function": { "index": index, "name": call.name, "arguments": arguments } })
}

fn line(fields: &Map<String, Value>) -> Bytes {
    let mut line = serde_json::to_vec(fields).unwrap_or_default();
    line.push(b'\n');
    line.into()
}
