//! A tool that must be called, before servers that have no word for it but keep to a form: the answer is given the form
//! of the call, and read back as one.
//!
//! Such a server is not told of the tools in its own words: with them it looks for a call in the answer by itself, each
//! model's way. What they do stands in the instructions instead. With several tools to choose from the form is
//! `{"name": …, "arguments": …}`. One tool is called, as one call is what was asked for at the least.

use std::mem;

use serde_json::{Map, Value, json};

use crate::{
    exchange::{Answer, Event, FinishReason, Request, Tool, ToolCall, ToolChoice, Usage},
    fault::{Fault, no_call},
    wire::Reader,
};

/// The longest beginning of an answer before its arguments: a name and some white space.
const LONGEST_HEAD: usize = 4096;

/// The tools of which one must be called; never empty.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Forced(Vec<Tool>);

impl Forced {
    /// The tools that a request forces; none where it leaves the choice, or names a tool that it does not offer.
    pub fn of(request: &Request) -> Option<Self> {
        let tools: Vec<Tool> = match request.tool_choice.as_ref()? {
            ToolChoice::Required => request.tools.clone(),
            ToolChoice::Named(name) => {
                request.tools.iter().find(|it| it.name == *name).cloned().into_iter().collect()
            }
            ToolChoice::Auto | ToolChoice::Never | ToolChoice::Other(_) => Vec::new(),
        };
        (!tools.is_empty()).then_some(Self(tools))
    }

    /// The JSON schema of the answer.
    pub fn schema(&self) -> Value {
        if let [tool] = self.0.as_slice() {
            return parameters(tool);
        }
        // Below one roof, references have a longer way from the root.
        let (mut roofed, mut calls) = (Map::new(), Vec::new());
        for (at, tool) in self.0.iter().enumerate() {
            let place = format!("#/$defs/tool{at}");
            let mut schema = parameters(tool);
            move_references(&mut schema, &place);
            roofed.insert(format!("tool{at}"), schema);
            calls.push(json!({
                "type": "object",
                "properties": { "name": { "const": tool.name }, "arguments": { "$ref": place } },
                "required": ["name", "arguments"],
                "additionalProperties": false,
            }));
        }
        json!({ "anyOf": calls, "$defs": roofed })
    }

    /// What the model is told of the tools.
    pub fn note(&self) -> String {
        let mut note = match self.0.as_slice() {
            [_] => "Call this function now. Answer with nothing but the JSON object of its arguments.",
            _ => {
                "Call one of these functions now. Answer with nothing but a JSON object with the `name` of the function \
                 and its `arguments`."
            }
        }
        .to_owned();
        for tool in &self.0 {
            note.push_str(&format!("\n\nFunction `{}`", tool.name));
            if let Some(description) = tool.description.as_deref().filter(|it| !it.is_empty()) {
                note.push_str(&format!(": {description}"));
            }
            note.push_str(&format!("\nJSON schema of its arguments: {}", parameters(tool)));
        }
        note
    }

    /// Makes a call of a whole answer.
    pub fn answer(self, mut answer: Answer) -> Result<Answer, Fault> {
        if !answer.tool_calls.is_empty() {
            return Ok(answer);
        }
        let mut call = Call::new(self);
        let mut events = Vec::new();
        call.text(&mem::take(&mut answer.text), &mut events)?;
        answer.finish = answer.finish.map(|reason| call.finish(reason)).transpose()?;
        for event in events {
            match (event, answer.tool_calls.last_mut()) {
                (Event::ToolCall { id, name, .. }, _) => {
                    answer.tool_calls.push(ToolCall { id, name, arguments: String::new() });
                }
                (Event::ToolArguments { fragment, .. }, Some(call)) => call.arguments.push_str(&fragment),
                _ => {}
            }
        }
        Ok(answer)
    }

    /// Makes a call of the answer that `reader` reads.
    pub fn reader(self, reader: Box<dyn Reader>) -> Box<dyn Reader> {
        Box::new(CallReader { reader, call: Call::new(self), own: false })
    }
}

/// The schema of a tool's arguments.
fn parameters(tool: &Tool) -> Value {
    let given = tool.parameters.clone().filter(|it| it.as_object().is_some_and(|fields| !fields.is_empty()));
    given.unwrap_or_else(|| json!({ "type": "object", "properties": {} }))
}

/// Lets the references within a schema that stands at `place` now find what they mean.
fn move_references(schema: &mut Value, place: &str) {
    match schema {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(to) if name == "$ref" => {
                        if let Some(rest) = to.strip_prefix('#') {
                            *to = format!("{place}{rest}");
                        }
                    }
                    value => move_references(value, place),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| move_references(item, place)),
        _ => {}
    }
}

/// Reads the text of an answer as a call.
#[derive(Debug)]
struct Call {
    tools: Vec<Tool>,
    at: At,
}

#[derive(Debug)]
enum At {
    /// Before the arguments, with the text so far.
    Head(String),
    /// Within the arguments: how many objects and lists are open, and whether a string is.
    Arguments { depth: usize, quoted: bool, escaped: bool },
    /// Behind them.
    End,
}

impl Call {
    fn new(forced: Forced) -> Self {
        Self { tools: forced.0, at: At::Head(String::new()) }
    }

    /// Takes the next piece of the text.
    fn text(&mut self, piece: &str, events: &mut Vec<Event>) -> Result<(), Fault> {
        let mut rest = piece.to_owned();
        if let At::Head(head) = &mut self.at {
            head.push_str(piece);
            let (name, at) = match begin(head, &self.tools) {
                Begin::NotYet if head.len() <= LONGEST_HEAD => return Ok(()),
                Begin::NotYet | Begin::Never => return Err(no_call()),
                Begin::Call(name, at) => (name, at),
            };
            rest = head.split_off(at);
            self.at = At::Arguments { depth: 0, quoted: false, escaped: false };
            events.push(Event::ToolCall { index: 0, id: "call_0".into(), name });
        }
        let end = self.arguments(&rest);
        rest.truncate(end);
        if !rest.is_empty() {
            events.push(Event::ToolArguments { index: 0, fragment: rest });
        }
        Ok(())
    }

    /// How far the arguments reach in the next piece.
    fn arguments(&mut self, piece: &str) -> usize {
        let At::Arguments { depth, quoted, escaped } = &mut self.at else { return 0 };
        for (at, byte) in piece.bytes().enumerate() {
            match byte {
                _ if *escaped => *escaped = false,
                b'\\' if *quoted => *escaped = true,
                b'"' => *quoted = !*quoted,
                b'{' | b'[' if !*quoted => *depth += 1,
                b'}' | b']' if !*quoted => {
                    *depth = depth.saturating_sub(1);
                    if *depth == 0 {
                        self.at = At::End;
                        return at + 1;
                    }
                }
                _ => {}
            }
        }
        piece.len()
    }

    /// Why the answer ended, as the client has it.
    fn finish(&self, reason: FinishReason) -> Result<FinishReason, Fault> {
        match (reason, &self.at) {
            (FinishReason::Stop | FinishReason::StopText(_), At::End) => Ok(FinishReason::ToolCalls),
            (FinishReason::Stop | FinishReason::StopText(_), _) => Err(no_call()),
            (reason, _) => Ok(reason),
        }
    }
}

/// What the beginning of an answer is.
enum Begin {
    /// Too short to be told.
    NotYet,
    /// No call.
    Never,
    /// A call of this tool, whose arguments begin here.
    Call(String, usize),
}

fn begin(head: &str, tools: &[Tool]) -> Begin {
    let mut rest = head.trim_start();
    if let [tool] = tools {
        return match rest.bytes().next() {
            None => Begin::NotYet,
            Some(b'{') => Begin::Call(tool.name.clone(), head.len() - rest.len()),
            Some(_) => Begin::Never,
        };
    }
    let mut called = None;
    for expected in ["{", "\"name\"", ":", "", ",", "\"arguments\"", ":"] {
        rest = rest.trim_start();
        if expected.is_empty() {
            let mut names = serde_json::Deserializer::from_str(rest).into_iter::<String>();
            match names.next() {
                None => return Begin::NotYet,
                Some(Err(error)) if error.is_eof() => return Begin::NotYet,
                Some(Err(_)) => return Begin::Never,
                Some(Ok(name)) => called = Some(name),
            }
            rest = &rest[names.byte_offset()..];
        } else if let Some(behind) = rest.strip_prefix(expected) {
            rest = behind;
        } else {
            return if expected.starts_with(rest) { Begin::NotYet } else { Begin::Never };
        }
    }
    rest = rest.trim_start();
    let known = called.filter(|name| tools.iter().any(|tool| tool.name == *name));
    match (known, rest.bytes().next()) {
        (Some(_), None) => Begin::NotYet,
        (Some(name), Some(b'{')) => Begin::Call(name, head.len() - rest.len()),
        _ => Begin::Never,
    }
}

#[derive(Debug)]
struct CallReader {
    reader: Box<dyn Reader>,
    call: Call,
    /// Whether the server called a tool of its own accord.
    own: bool,
}

impl Reader for CallReader {
    fn read(&mut self, frame: &[u8], events: &mut Vec<Event>) {
        let mut read = Vec::new();
        self.reader.read(frame, &mut read);
        for event in read {
            self.own |= matches!(event, Event::ToolCall { .. });
            let failed = match event {
                Event::Text(text) if !self.own => self.call.text(&text, events).err(),
                Event::Finish(reason) if !self.own => match self.call.finish(reason) {
                    Ok(reason) => {
                        events.push(Event::Finish(reason));
                        None
                    }
                    Err(fault) => Some(fault),
                },
                other => {
                    events.push(other);
                    None
                }
            };
            if let Some(fault) = failed {
                events.push(Event::Error(fault));
                return;
            }
        }
    }

    fn so_far(&self) -> Option<Usage> {
        self.reader.so_far()
    }
}
