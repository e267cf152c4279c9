//! Properties: what is written is read back the same, and no bytes whatever make a reader panic.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::time::SystemTime;

use bytes::{Bytes, BytesMut};
use dialect::{
    client::{Asked, Dialect},
    edit::{CapName, Edits},
    exchange::{
        Answer, Event, FinishReason, Format, Image, ImageSource, Message, Part, Request, Sampling, Tool,
        ToolCall, ToolChoice, ToolResult, Turn, Usage,
    },
    fault::{classify, clean},
    openai::{ChunkWriter, StreamReader, read_answer, read_request, write_answer, write_request},
    peek::Peek,
    sse::Frames,
    wire::{Stamp, Wire},
};
use proptest::{collection::vec, option, prelude::*};
use serde_json::json;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![".{0,12}", "[\"\\\\\n\r\t{}é🙂\u{0}]{0,6}"]
}

fn word() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9_é-]{1,10}"
}

fn part() -> impl Strategy<Value = Part> {
    let image = prop_oneof![
        word().prop_map(|it| ImageSource::Url(format!("https://{it}"))),
        ("image/(png|jpeg)", "[A-Za-z0-9+/]{0,12}")
            .prop_map(|(media_type, data)| ImageSource::Base64 { media_type, data }),
    ];
    prop_oneof![
        3 => text().prop_map(Part::Text),
        1 => (image, option::of(word())).prop_map(|(source, detail)| Part::Image(Image { source, detail })),
        1 => word().prop_map(|it| Part::Other("file".into(), json!({ "type": "file", "file": it }))),
    ]
}

fn call() -> impl Strategy<Value = ToolCall> {
    (word(), word(), text()).prop_map(|(id, name, arguments)| ToolCall { id, name, arguments })
}

fn message() -> impl Strategy<Value = Message> {
    prop_oneof![
        vec(text().prop_map(Part::Text), 0..3).prop_map(Message::System),
        vec(part(), 0..3).prop_map(Message::User),
        (vec(part(), 0..2), option::of(text()), vec(call(), 0..3)).prop_map(
            |(parts, reasoning, tool_calls)| {
                Message::Assistant(Turn { parts, reasoning, tool_calls, ..Turn::default() })
            }
        ),
        (word(), option::of(word()), vec(part(), 0..2)).prop_map(|(call_id, name, parts)| Message::Tool(
            ToolResult { call_id, name, parts, is_error: false }
        )),
    ]
}

fn sampling() -> impl Strategy<Value = Sampling> {
    let real = || option::of((-20i32..20).prop_map(|it| f64::from(it) / 8.0));
    (real(), real(), option::of(0i64..100), real(), option::of(any::<i64>()), real(), real()).prop_map(
        |(temperature, top_p, top_k, min_p, seed, presence_penalty, frequency_penalty)| Sampling {
            temperature,
            top_p,
            top_k,
            min_p,
            seed,
            presence_penalty,
            frequency_penalty,
        },
    )
}

/// No two of one name, which no server would take.
fn tools() -> impl Strategy<Value = Vec<Tool>> {
    vec(tool(), 0..3).prop_map(|mut tools| {
        tools.dedup_by(|a, b| a.name == b.name);
        tools
    })
}

fn tool() -> impl Strategy<Value = Tool> {
    (word(), option::of(text()), option::of(Just(json!({ "type": "object" }))), option::of(any::<bool>()))
        .prop_map(|(name, description, parameters, strict)| Tool { name, description, parameters, strict })
}

fn format() -> impl Strategy<Value = Format> {
    prop_oneof![
        Just(Format::Text),
        Just(Format::Json),
        (word(), option::of(any::<bool>())).prop_map(|(name, strict)| Format::Schema {
            name,
            schema: json!({ "type": "object" }),
            strict,
        }),
    ]
}

fn tool_choice() -> impl Strategy<Value = ToolChoice> {
    prop_oneof![
        Just(ToolChoice::Auto),
        Just(ToolChoice::Never),
        Just(ToolChoice::Required),
        word().prop_map(ToolChoice::Named),
        Just(ToolChoice::Other("mcp".into())),
    ]
}

prop_compose! {
    fn request()(
        (model, messages, tools) in (word(), vec(message(), 1..5), tools()),
        (tool_choice, parallel_tool_calls, format) in (option::of(tool_choice()), option::of(any::<bool>()), format()),
        (stop, sampling, max_tokens) in (vec(text(), 0..3), sampling(), option::of(any::<u32>())),
        (effort, n, stream, stream_usage) in (option::of(word()), option::of(1u32..4), any::<bool>(), any::<bool>()),
        extra in prop::collection::btree_map("x_[a-z]{1,5}", text(), 0..3),
    ) -> Request {
        let extra = extra.into_iter().map(|(name, value)| (name, value.into())).collect();
        Request { model, messages, tools, tool_choice, parallel_tool_calls, format, stop, sampling, max_tokens,
            effort, n, stream, stream_usage, extra,
            ..Request::default()
        }
    }
}

fn usage() -> impl Strategy<Value = Usage> {
    let count = || 0u64..1 << 40;
    (count(), count(), option::of(count()), option::of(count()), option::of(count())).prop_map(
        |(input, output, cached, cache_written, reasoning)| Usage {
            input,
            output,
            cached,
            cache_written,
            reasoning,
        },
    )
}

fn finish() -> impl Strategy<Value = FinishReason> {
    prop_oneof![
        Just(FinishReason::Stop),
        Just(FinishReason::Length),
        Just(FinishReason::ToolCalls),
        Just(FinishReason::ContentFilter),
        Just(FinishReason::Other("novel".into())),
        Just(FinishReason::Failed("error".into())),
    ]
}

prop_compose! {
    fn answer()(
        (model, text, reasoning) in (word(), text(), text()),
        (tool_calls, finish, usage) in (vec(call(), 0..3), option::of(finish()), option::of(usage())),
    ) -> Answer {
        Answer { model, text, reasoning, tool_calls, finish, usage, ..Answer::default() }
    }
}

/// A stream as readers tell it: no empty pieces, calls begun before their arguments, one end.
fn events() -> impl Strategy<Value = Vec<Event>> {
    let piece = || text().prop_filter("not empty", |it| !it.is_empty());
    let said = prop_oneof![piece().prop_map(Event::Text), piece().prop_map(Event::Reasoning)];
    (word(), vec(said, 0..4), vec((word(), word(), vec(piece(), 0..3)), 0..3), finish()).prop_map(
        |(model, said, calls, finish)| {
            let mut events = vec![Event::Start { model }];
            events.extend(said);
            for (index, (id, name, pieces)) in (0..).zip(calls) {
                events.push(Event::ToolCall { index, id, name });
                events.extend(pieces.into_iter().map(|fragment| Event::ToolArguments { index, fragment }));
            }
            events.push(Event::Finish(finish));
            events
        },
    )
}

const DIALECTS: [Dialect; 4] =
    [Dialect::Chat, Dialect::Responses, Dialect::OllamaChat, Dialect::OllamaGenerate];
const WIRES: [Wire; 4] = [Wire::OpenAi, Wire::Ollama, Wire::OllamaGenerate, Wire::Responses];

/// A request in each dialect.
fn asked() -> Vec<Asked> {
    let body = Bytes::from_static(br#"{"model":"m","stream":true,"messages":[1],"input":"x"}"#);
    DIALECTS.into_iter().map(|dialect| Asked::read(dialect, body.clone()).unwrap()).collect()
}

fn stamp() -> Stamp {
    Stamp { id: "chatcmpl-1".into(), created: 7 }
}

/// Bytes that look enough like the real thing to get past the first check.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let scraps = [
        "data: ",
        "\n",
        "\r\n",
        "\r",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\\",
        "null",
        "1e999",
        "-1",
        "\u{feff}",
        "é",
        "\"choices\"",
        "\"delta\"",
        "\"message\"",
        "\"content\"",
        "\"error\"",
        "\"done\":true",
        "\"done_reason\"",
        "\"tool_calls\"",
        "\"function\"",
        "\"arguments\"",
        "\"index\":4294967295",
        "\"model\":\"m\"",
        "\"messages\":[1]",
        "\"image_url\"",
        "\"usage\"",
        "\"finish_reason\":\"stop\"",
        "[DONE]",
        "event: error",
        "\"stream\":true",
        "\"stream_options\":{}",
        "\"max_tokens\":1e99",
        "{\"role\":\"system\",\"content\":\"",
        "<html><title>",
        "sk-",
        "Bearer ",
        "'input':",
        "\"detail\":[{\"msg\":\"x\",\"loc\":[",
        "\"details\":[{\"retryDelay\":\"9e999s\"}]",
    ];
    prop_oneof![
        vec(any::<u8>(), 0..200),
        vec(prop::sample::select(scraps.to_vec()), 0..40).prop_map(|scraps| scraps.concat().into_bytes()),
        vec(prop::sample::select(scraps.to_vec()), 1..6).prop_map(|scraps| {
            format!(r#"{{"stream":true,"model":"m","messages":[{}]}}"#, scraps.concat()).into_bytes()
        }),
    ]
}

proptest! {
    #[test]
    fn a_request_written_is_read_back_the_same(request in request(), newer in any::<bool>()) {
        let cap = if newer { CapName::MaxCompletionTokens } else { CapName::MaxTokens };
        let body = write_request(&request, cap);
        prop_assert_eq!(read_request(&body).unwrap(), request.clone());
        let peek = Peek::read(&body).unwrap();
        prop_assert_eq!(peek.model, request.model);
        prop_assert_eq!(peek.stream, request.stream);
        prop_assert_eq!(peek.max_tokens, request.max_tokens);
        prop_assert_eq!(peek.has_tools, !request.tools.is_empty());
        prop_assert_eq!(peek.wants_json, request.format != Format::Text);
        prop_assert_eq!(peek.has_images, request.messages.iter().any(|message| match message {
            Message::User(parts) | Message::System(parts) => parts,
            Message::Assistant(turn) => &turn.parts,
            Message::Tool(result) => &result.parts,
        }.iter().any(|part| matches!(part, Part::Image(_)))));
    }

    #[test]
    fn an_answer_written_is_read_back_the_same(answer in answer()) {
        prop_assert_eq!(read_answer(&write_answer(&answer, &stamp())).unwrap(), answer);
    }

    #[test]
    fn a_stream_written_is_read_back_the_same(events in events(), usage in usage()) {
        let mut out = BytesMut::new();
        let mut writer = ChunkWriter::new(stamp(), true);
        for event in events.iter().chain([&Event::Usage(usage)]) {
            writer.write(event, &mut out);
        }
        writer.end(&mut out);
        let (mut frames, mut reader, mut read) = (Frames::default(), StreamReader::default(), Vec::new());
        frames.push(out.freeze());
        while let Some(frame) = frames.next_frame().unwrap() {
            reader.read(&frame, &mut read);
        }
        let mut expected = events;
        expected.extend([Event::Usage(usage), Event::Done]);
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn a_request_in_the_responses_form_says_the_same_when_written_again(request in request()) {
        let request = Request {
            stop: Vec::new(),
            n: None,
            extra: serde_json::Map::new(),
            sampling: Sampling { temperature: request.sampling.temperature, ..Sampling::default() },
            ..request
        };
        // Content of other kinds is refused by name.
        let Ok(written) = dialect::responses::write_request(&request) else { return Ok(()) };
        let read = dialect::responses::read_request(&written).unwrap();
        let again = dialect::responses::write_request(&read).unwrap();
        prop_assert_eq!(dialect::responses::read_request(&again).unwrap(), read.clone());
        prop_assert_eq!((&read.tools, &read.tool_choice, &read.format), (&request.tools, &request.tool_choice, &request.format));
        prop_assert_eq!((read.max_tokens, &read.effort, read.stream), (request.max_tokens, &request.effort, request.stream));
    }

    #[test]
    fn no_request_makes_a_reader_panic(body in hostile(), note in text()) {
        let _ = read_request(&body);
        let body = Bytes::from(body);
        for asked in DIALECTS.into_iter().filter_map(|it| Asked::read(it, body.clone()).ok()) {
            let edits = Edits {
                model: Some(note.clone()),
                max_tokens_cap: Some(1),
                temperature: Some(0.0),
                system_note: Some(note.clone()),
                force_usage: true,
                ..Edits::default()
            };
            for wire in WIRES {
                let _ = wire.prepare(&asked, &edits);
            }
            let is_json = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).is_ok();
            for prepared in WIRES.into_iter().filter_map(|wire| wire.prepare(&asked, &edits).ok()) {
                prop_assert!(is_json(&prepared.body.to_bytes()) || !is_json(&body));
            }
        }
    }

    #[test]
    fn no_answer_makes_a_reader_panic(body in hostile(), cut in any::<prop::sample::Index>(), status in any::<u16>()) {
        let body = Bytes::from(body);
        for (asked, wire) in asked().into_iter().flat_map(|it| WIRES.map(|wire| (it.clone(), wire))) {
            let _ = wire.whole(&asked, &body, &stamp());
            let run = |pieces: &[Bytes]| {
                let mut relay = wire.relay(&asked, stamp());
                let mut out = Vec::new();
                for piece in pieces {
                    out.extend_from_slice(&relay.push(piece.clone()).out);
                }
                let end = relay.finish();
                out.extend_from_slice(&end.out);
                (out, end.completion)
            };
            let at = cut.index(body.len() + 1);
            prop_assert_eq!(run(std::slice::from_ref(&body)), run(&[body.slice(..at), body.slice(at..)]));
        }
        let header = |_: &str| Some(String::from_utf8_lossy(&body).into_owned());
        let fault = classify(status, &header, &body, SystemTime::UNIX_EPOCH);
        prop_assert!(fault.message.chars().count() <= 500);
        prop_assert!(!fault.message.contains(['\n', '\r']));
    }

    #[test]
    fn a_cleaned_message_is_clean_already(text in ".{0,700}") {
        let once = clean(&text);
        prop_assert!(once.chars().count() <= 500);
        prop_assert_eq!(clean(&once), once);
    }
}

#[test]
fn deep_nesting_is_refused_and_does_not_overflow() {
    let deep = format!("{{\"model\":\"m\",\"messages\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
    assert!(Peek::read(deep.as_bytes()).is_err());
    assert!(read_request(deep.as_bytes()).is_err());
    let body = Bytes::from(deep);
    for (asked, wire) in asked().into_iter().flat_map(|it| WIRES.map(|wire| (it.clone(), wire))) {
        let _ = wire.whole(&asked, &body, &stamp());
    }
}
