//! Answers in the words of upstreams, whole and as streams. Where clients speak the same dialect, its writer writes them
//! too; Gemini's and Bedrock's are written here.

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use bytes::{Bytes, BytesMut};
use dialect::{
    client::Dialect,
    exchange::{Answer, Event, FinishReason},
    frames::Cutter,
    wire::{Reader, Wire},
};
use serde_json::{Value, json};

use crate::{asked, stamp};

/// The dialect of clients that is that of these upstreams.
pub fn dialect_of(wire: Wire) -> Option<Dialect> {
    match wire {
        Wire::OpenAi => Some(Dialect::Chat),
        Wire::Ollama => Some(Dialect::OllamaChat),
        Wire::Responses => Some(Dialect::Responses),
        Wire::Anthropic => Some(Dialect::Messages),
        Wire::Completions | Wire::OllamaGenerate | Wire::Gemini | Wire::Bedrock => None,
    }
}

/// The events of a stream that says this.
pub fn events(answer: &Answer) -> Vec<Event> {
    let mut events = vec![Event::Start { model: answer.model.clone() }];
    let pieces = |text: &str| -> Vec<String> { text.split_inclusive(' ').map(ToOwned::to_owned).collect() };
    events.extend(pieces(&answer.reasoning).into_iter().map(Event::Reasoning));
    events.extend(pieces(&answer.text).into_iter().map(Event::Text));
    for (index, call) in (0..).zip(&answer.tool_calls) {
        events.push(Event::ToolCall { index, id: call.id.clone(), name: call.name.clone() });
        let middle = call.arguments.char_indices().nth(3).map_or(0, |(at, _)| at);
        for fragment in [&call.arguments[..middle], &call.arguments[middle..]] {
            events.push(Event::ToolArguments { index, fragment: fragment.to_owned() });
        }
    }
    events.extend(answer.finish.clone().map(Event::Finish));
    events.extend(answer.usage.map(Event::Usage));
    events
}

/// The answer in one piece.
pub fn whole(wire: Wire, answer: &Answer) -> Bytes {
    match dialect_of(wire) {
        Some(dialect) => asked(dialect, false).answer(answer, &stamp()),
        None if wire == Wire::Gemini => gemini_chunk(&gemini_parts(answer), answer, true).to_string().into(),
        None => json!({ "output": { "message": { "role": "assistant", "content": bedrock_blocks(answer) } },
            "stopReason": bedrock_reason(answer), "usage": bedrock_usage(answer) })
        .to_string()
        .into(),
    }
}

/// The answer as a stream.
pub fn stream(wire: Wire, answer: &Answer) -> Bytes {
    let mut out = BytesMut::new();
    match dialect_of(wire) {
        Some(dialect) => {
            let mut writer = asked(dialect, true).writer(stamp());
            events(answer).iter().for_each(|event| writer.write(event, &mut out));
            writer.end(&mut out);
        }
        None if wire == Wire::Gemini => {
            let parts = gemini_parts(answer);
            for (at, part) in parts.iter().enumerate() {
                let chunk = gemini_chunk(std::slice::from_ref(part), answer, at + 1 == parts.len());
                out.extend_from_slice(format!("data: {chunk}\r\n\r\n").as_bytes());
            }
        }
        None => bedrock_stream(answer, &mut out),
    }
    out.freeze()
}

fn arguments(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn gemini_parts(answer: &Answer) -> Vec<Value> {
    let mut parts = Vec::new();
    if !answer.reasoning.is_empty() {
        parts.push(json!({ "text": answer.reasoning, "thought": true }));
    }
    parts.extend(answer.text.split_inclusive(' ').map(|text| json!({ "text": text })));
    parts.extend(answer.tool_calls.iter().map(
        |call| json!({ "functionCall": { "id": call.id, "name": call.name, "args": arguments(&call.arguments) } }),
    ));
    parts
}

fn gemini_chunk(parts: &[Value], answer: &Answer, last: bool) -> Value {
    let usage = answer.usage.unwrap();
    let mut candidate = json!({ "index": 0, "content": { "role": "model", "parts": parts } });
    if last {
        let cut = answer.finish == Some(FinishReason::Length);
        candidate["finishReason"] = if cut { "MAX_TOKENS" } else { "STOP" }.into();
    }
    json!({ "candidates": [candidate], "modelVersion": answer.model, "usageMetadata": { "promptTokenCount": usage.input,
        "candidatesTokenCount": usage.output - usage.output / 2, "thoughtsTokenCount": usage.output / 2 } })
}

fn bedrock_reason(answer: &Answer) -> &'static str {
    match answer.finish {
        Some(FinishReason::Length) => "max_tokens",
        Some(FinishReason::ToolCalls) => "tool_use",
        _ => "end_turn",
    }
}

fn bedrock_usage(answer: &Answer) -> Value {
    let usage = answer.usage.unwrap();
    let cached = usage.input / 3;
    json!({ "inputTokens": usage.input - cached, "cacheReadInputTokens": cached, "outputTokens": usage.output })
}

fn bedrock_blocks(answer: &Answer) -> Vec<Value> {
    let mut blocks = Vec::new();
    if !answer.reasoning.is_empty() {
        blocks.push(json!({ "reasoningContent": { "reasoningText": { "text": answer.reasoning } } }));
    }
    if !answer.text.is_empty() {
        blocks.push(json!({ "text": answer.text }));
    }
    blocks.extend(answer.tool_calls.iter().map(
        |call| json!({ "toolUse": { "toolUseId": call.id, "name": call.name, "input": arguments(&call.arguments) } }),
    ));
    blocks
}

fn bedrock_stream(answer: &Answer, out: &mut BytesMut) {
    let mut frame = |name: &'static str, payload: Value| {
        let header = |name: &'static str, value: &'static str| {
            Header::new(name, HeaderValue::String(value.to_owned().into()))
        };
        let message = Message::new(payload.to_string())
            .add_header(header(":message-type", "event"))
            .add_header(header(":event-type", name));
        let mut bytes = Vec::new();
        write_message_to(&message, &mut bytes).unwrap();
        out.extend_from_slice(&bytes);
    };
    frame("messageStart", json!({ "role": "assistant" }));
    for (at, block) in bedrock_blocks(answer).iter().enumerate() {
        let delta = |delta: Value| json!({ "contentBlockIndex": at, "delta": delta });
        if let Some(used) = block.get("toolUse") {
            let start = json!({ "toolUse": { "toolUseId": used["toolUseId"], "name": used["name"] } });
            frame("contentBlockStart", json!({ "contentBlockIndex": at, "start": start }));
            frame("contentBlockDelta", delta(json!({ "toolUse": { "input": used["input"].to_string() } })));
        } else if let Some(text) = block["text"].as_str() {
            text.split_inclusive(' ')
                .for_each(|text| frame("contentBlockDelta", delta(json!({ "text": text }))));
        } else {
            let text = &block["reasoningContent"]["reasoningText"]["text"];
            frame("contentBlockDelta", delta(json!({ "reasoningContent": { "text": text } })));
        }
        frame("contentBlockStop", json!({ "contentBlockIndex": at }));
    }
    frame("messageStop", json!({ "stopReason": bedrock_reason(answer) }));
    frame("metadata", json!({ "usage": bedrock_usage(answer) }));
}

/// What a client of that dialect understands of a stream.
pub fn heard(dialect: Dialect, body: &Bytes) -> Answer {
    let (mut cutter, mut reader): (Cutter, Box<dyn Reader>) = match dialect {
        Dialect::OllamaChat => (Cutter::lines(), Box::new(dialect::ollama::LineReader::default())),
        Dialect::Messages => (Cutter::sse(), Box::new(dialect::anthropic::EventReader::default())),
        Dialect::Responses => (Cutter::sse(), Box::new(dialect::responses::EventReader::default())),
        _ => (Cutter::sse(), Box::new(dialect::openai::StreamReader::default())),
    };
    cutter.push(body.clone());
    let mut events = Vec::new();
    while let Some(frame) = cutter.next_frame().unwrap() {
        reader.read(&frame, &mut events);
    }
    let mut answer = Answer::default();
    for event in events {
        match event {
            Event::Text(text) => answer.text.push_str(&text),
            Event::Reasoning(text) => answer.reasoning.push_str(&text),
            Event::ToolCall { id, name, .. } => {
                answer.tool_calls.push(dialect::exchange::ToolCall { id, name, arguments: String::new() });
            }
            Event::ToolArguments { index, fragment } => {
                answer.tool_calls[index as usize].arguments.push_str(&fragment);
            }
            Event::Finish(reason) => answer.finish = Some(reason),
            Event::Usage(usage) => answer.usage = Some(usage),
            _ => {}
        }
    }
    answer
}
