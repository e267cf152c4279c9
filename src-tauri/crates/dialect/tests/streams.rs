//! Streams on their way to the client: judged by their finish reason, whole frames only, the same however they are cut.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use bytes::{Bytes, BytesMut};
use dialect::{
    client::{Asked, Dialect},
    exchange::{FinishReason, Usage},
    fault::FaultKind,
    observe::{Completion, Seen},
    stream::Relay,
    wire::{Stamp, Wire},
};

const LLAMA: &str = include_str!("golden/llama_server_chat.sse");
const VLLM_TOOL: &str = include_str!("golden/vllm_tool.sse");
const OLLAMA_V1: &str = include_str!("golden/ollama_v1_chat.sse");
const OLLAMA: &str = include_str!("golden/ollama_chat.ndjson");
const OLLAMA_TOOL: &str = include_str!("golden/ollama_tool.ndjson");

const TEXT: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":null}]}\n\n";
const STOP: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const ROLE: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
const USAGE: &str = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}\n\n";
const DONE: &str = "data: [DONE]\n\n";

#[derive(Debug, PartialEq)]
struct Told {
    out: String,
    seen: Vec<Seen>,
    completion: Completion,
}

fn relay(wire: Wire, usage_wanted: bool) -> Relay {
    let request = format!(
        r#"{{"model":"m","stream":true,"stream_options":{{"include_usage":{usage_wanted}}},"messages":[1]}}"#
    );
    let asked = Asked::read(Dialect::Chat, request.into()).unwrap();
    wire.relay(&asked, Stamp { id: "chatcmpl-1".into(), created: 7 })
}

fn run<'a>(mut relay: Relay, pieces: impl IntoIterator<Item = &'a [u8]>) -> Told {
    let (mut out, mut seen) = (BytesMut::new(), Vec::new());
    for piece in pieces {
        let mut step = relay.push(Bytes::copy_from_slice(piece));
        out.extend_from_slice(&step.out);
        seen.append(&mut step.seen);
    }
    let mut end = relay.finish();
    out.extend_from_slice(&end.out);
    seen.append(&mut end.seen);
    Told { out: String::from_utf8(out.to_vec()).unwrap(), seen, completion: end.completion }
}

/// Runs it in one piece, byte by byte, and cut in two at every place: all must come to the same.
#[track_caller]
fn told(wire: Wire, usage_wanted: bool, body: &str) -> Told {
    let body = body.as_bytes();
    let whole = run(relay(wire, usage_wanted), [body]);
    assert_eq!(run(relay(wire, usage_wanted), body.chunks(1)), whole, "byte by byte");
    for at in 0..body.len() {
        assert_eq!(run(relay(wire, usage_wanted), [&body[..at], &body[at..]]), whole, "cut at {at}");
    }
    whole
}

fn same(body: &str) -> Told {
    told(Wire::OpenAi, true, body)
}

fn cut() -> Completion {
    Completion::Broken { malformed: false, message: "The stream ended without a finish reason.".into() }
}

fn failed(told: &Told) -> (FaultKind, &str) {
    match &told.completion {
        Completion::Failed(fault) => (fault.kind, &fault.message),
        other => panic!("{other:?}"),
    }
}

#[test]
fn real_streams_go_on_byte_for_byte_and_are_complete() {
    let usage = |input, output, cached| Seen::Usage(Usage { input, output, cached, ..Usage::default() });
    let stop = Seen::Finish(FinishReason::Stop);
    for (body, seen) in [
        (LLAMA, vec![Seen::Content, stop.clone(), usage(20, 6, Some(19)), Seen::Done]),
        (OLLAMA_V1, vec![Seen::Content, stop, usage(20, 6, None), Seen::Done]),
        (
            VLLM_TOOL,
            vec![
                Seen::Content,
                Seen::ToolCall,
                Seen::Finish(FinishReason::ToolCalls),
                usage(178, 8, None),
                Seen::Done,
            ],
        ),
    ] {
        assert_eq!(same(body), Told { out: body.into(), seen, completion: Completion::Complete });
    }
}

#[test]
fn a_usage_that_the_client_did_not_ask_for_is_taken_out() {
    let body = [TEXT, STOP, USAGE, DONE].concat();
    let told = told(Wire::OpenAi, false, &body);
    assert_eq!(told.out, [TEXT, STOP, DONE].concat());
    assert!(told.seen.contains(&Seen::Usage(Usage { input: 3, output: 1, ..Usage::default() })));
    assert_eq!(told.completion, Completion::Complete);
}

#[test]
fn one_piece_of_whole_frames_is_not_copied() {
    let body = Bytes::from([ROLE, TEXT, TEXT].concat());
    let mut relay = relay(Wire::OpenAi, true);
    let step = relay.push(body.clone());
    assert_eq!((step.out.as_ptr(), step.out.len()), (body.as_ptr(), body.len()));
    assert_eq!(relay.frames(), 3);
}

#[test]
fn only_text_tools_and_reasoning_are_content() {
    let frame = |delta: &str| format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{delta}}}]}}\n\n");
    for silent in [
        ": keep-alive\n\n".to_owned(),
        "\n\n\n".to_owned(),
        "data:\n\n".to_owned(),
        USAGE.to_owned(),
        frame("{\"role\":\"assistant\",\"content\":null}"),
        frame("{\"content\":\"\",\"reasoning\":\"\",\"tool_calls\":[]}"),
        frame("{}"),
        "data: {\"choices\":[]}\n\n".to_owned(),
        "event: x\nid: 4\n\n".to_owned(),
    ] {
        let mut relay = relay(Wire::OpenAi, true);
        let seen = relay.push(silent.clone().into()).seen;
        assert!(!seen.contains(&Seen::Content), "{silent}");
    }
    for loud in [
        frame("{\"content\":\" \"}"),
        frame("{\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}"),
        frame("{\"reasoning\":\"x\"}"),
        frame("{\"reasoning_content\":\"x\"}"),
        frame("{\"refusal\":\"x\"}"),
        frame("{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"f\"}}]}"),
    ] {
        let mut relay = relay(Wire::OpenAi, true);
        let seen = relay.push(loud.clone().into()).seen;
        assert_eq!(seen.first(), Some(&Seen::Content), "{loud}");
        assert!(relay.push(loud.into()).seen.is_empty(), "told once");
    }
}

#[test]
fn the_end_mark_alone_proves_nothing() {
    let told = same(&[ROLE, TEXT, DONE].concat());
    assert_eq!(told.completion, cut());
    assert_eq!(same(""), Told { out: String::new(), seen: vec![], completion: cut() });
}

#[test]
fn the_end_right_after_a_finish_reason_is_complete_and_gets_its_mark() {
    let told = same(&[TEXT, STOP].concat());
    assert_eq!((told.out, told.completion), ([TEXT, STOP, DONE].concat(), Completion::Complete));
    // A last frame without its empty line counts, as long as all of it is there.
    let told = same([TEXT, STOP.trim_end()].concat().as_str());
    assert_eq!((told.out, told.completion), ([TEXT, STOP, DONE].concat(), Completion::Complete));
    let told = same(&[TEXT, STOP, "data: [DONE]"].concat());
    assert_eq!((told.out, told.completion), ([TEXT, STOP, DONE].concat(), Completion::Complete));
}

#[test]
fn a_cut_in_a_frame_leaves_only_whole_frames() {
    for at in 1..STOP.len() - 2 {
        let told = run(relay(Wire::OpenAi, true), [[TEXT, &STOP[..at]].concat().as_bytes()]);
        assert_eq!((told.out.as_str(), told.completion), (TEXT, cut()), "cut at {at}");
    }
}

#[test]
fn an_error_frame_is_a_failure_whatever_follows_and_is_not_relayed() {
    for (frame, kind, message) in [
        (
            r#"{"error":{"message":"EngineCore died","type":"InternalServerError","code":500}}"#,
            FaultKind::ServerError,
            "EngineCore died",
        ),
        (
            r#"{"error":{"message":"prompt","type":"exceed_context_size_error","code":400}}"#,
            FaultKind::ContextTooLong,
            "prompt",
        ),
        (
            r#"{"error":{"message":"slow","code":429},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}"#,
            FaultKind::RateLimited,
            "slow",
        ),
        (r#"{"error":"boom","error_type":"generation"}"#, FaultKind::ServerError, "boom"),
        (r#"{"object":"error","message":"old","code":40303}"#, FaultKind::ServerError, "old"),
        (r#"{"error":{}}"#, FaultKind::ServerError, "The server reported an error."),
    ] {
        for before in ["", TEXT, &[TEXT, STOP].concat()] {
            let told = same(&format!("{before}data: {frame}\n\n{STOP}{DONE}"));
            assert_eq!(failed(&told), (kind, message));
            assert_eq!(told.out, before);
            assert!(matches!(told.seen.last(), Some(Seen::Error(_))));
        }
    }
    let named = same("event: error\ndata: {\"message\":\"named\"}\n\n");
    assert_eq!(failed(&named), (FaultKind::ServerError, "named"));
}

#[test]
fn finish_reasons_that_mean_failure_are_failures() {
    for word in ["error", "abort", "insufficient_system_resource", "MALFORMED_FUNCTION_CALL", "repetition"] {
        let told = same(&[TEXT, &STOP.replace("stop", word), DONE].concat());
        let expected = if word == "insufficient_system_resource" {
            FaultKind::Overloaded
        } else {
            FaultKind::ServerError
        };
        let (kind, message) = failed(&told);
        assert_eq!(kind, expected);
        assert!(message.contains(word));
        assert_eq!(told.out, TEXT);
    }
    for (word, reason) in [
        ("length", FinishReason::Length),
        ("content_filter", FinishReason::ContentFilter),
        ("novel", FinishReason::Other("novel".into())),
    ] {
        let told = same(&[TEXT, &STOP.replace("stop", word), DONE].concat());
        assert_eq!(told.completion, Completion::Complete);
        assert!(told.seen.contains(&Seen::Finish(reason)));
    }
}

#[test]
fn an_empty_finish_reason_is_none() {
    assert_eq!(same(&[TEXT, &STOP.replace("stop", ""), DONE].concat()).completion, cut());
}

#[test]
fn an_answer_without_content_is_empty_unless_it_was_filtered() {
    assert_eq!(same(&[ROLE, STOP, DONE].concat()).completion, Completion::Empty);
    let filtered = STOP.replace("stop", "content_filter");
    assert_eq!(same(&[ROLE, &filtered, DONE].concat()).completion, Completion::Complete);
}

#[test]
fn every_choice_must_end() {
    let second = |frame: &str| frame.replace("\"index\":0", "\"index\":1");
    let both = [TEXT, &second(TEXT), STOP].concat();
    assert_eq!(same(&[&both, DONE].concat()).completion, cut());
    assert_eq!(same(&[&both, &second(STOP), DONE].concat()).completion, Completion::Complete);
}

#[test]
fn what_is_no_stream_is_told_as_what_it_is() {
    let told = same(r#"{"error":"Unexpected endpoint or method. (POST /v1/chat/completions)"}"#);
    assert_eq!(failed(&told).1, "Unexpected endpoint or method. (POST /v1/chat/completions)");
    for body in [
        "<html><body>hi</body></html>",
        "{\"id\":\"x\",\"choices\":[]}\n\n",
        "data: nonsense\n\n",
        "data: [1]\n\n",
    ] {
        let told = same(body);
        assert!(matches!(told.completion, Completion::Broken { malformed: true, .. }), "{body}: {told:?}");
        assert!(matches!(told.seen[..], [Seen::Malformed(_)]));
        assert_eq!(told.out, "");
    }
}

#[test]
fn a_frame_without_end_is_given_up() {
    let mut relay = relay(Wire::OpenAi, true);
    let piece = Bytes::from(vec![b'x'; 1 << 23]);
    assert!(relay.push(piece.clone()).seen.is_empty());
    assert!(relay.push(piece.clone()).seen.is_empty());
    assert!(matches!(relay.push(piece).seen[..], [Seen::Malformed(_)]));
    assert!(matches!(relay.finish().completion, Completion::Broken { malformed: true, .. }));
}

fn chunk(choices: &str) -> String {
    format!(
        "data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"alpha\",\"choices\":[{choices}]}}\n\n"
    )
}

fn delta(delta: &str) -> String {
    chunk(&format!("{{\"index\":0,\"delta\":{delta},\"finish_reason\":null}}"))
}

fn finish(word: &str) -> String {
    chunk(&format!("{{\"index\":0,\"delta\":{{}},\"finish_reason\":\"{word}\"}}"))
}

fn usage_chunk(input: u64, output: u64) -> String {
    let usage = format!(
        "\"choices\":[],\"usage\":{{\"prompt_tokens\":{input},\"completion_tokens\":{output},\"total_tokens\":{}}}",
        input + output
    );
    chunk("").replace("\"choices\":[]", &usage)
}

#[test]
fn ollamas_lines_become_chunks() {
    let role = delta(r#"{"role":"assistant","content":""}"#);
    let text = [
        role.clone(),
        delta(r#"{"content":"Hello"}"#),
        delta(r#"{"content":" from alpha,"}"#),
        finish("stop"),
    ]
    .concat();
    let told_with = told(Wire::Ollama, true, OLLAMA);
    assert_eq!(told_with.out, [&text, &usage_chunk(20, 6), DONE].concat());
    let usage = |input, output| Seen::Usage(Usage { input, output, ..Usage::default() });
    assert_eq!(told_with.seen, [Seen::Content, Seen::Finish(FinishReason::Stop), usage(20, 6), Seen::Done]);
    assert_eq!(told_with.completion, Completion::Complete);
    assert_eq!(told(Wire::Ollama, false, OLLAMA).out, [&text, DONE].concat());

    let tool = told(Wire::Ollama, false, OLLAMA_TOOL);
    let call = r#"{"tool_calls":[{"index":0,"id":"call_it6u7gss","type":"function","function":{"name":"get_weather","arguments":""}}]}"#;
    let arguments = r#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":\"Paris\"}"}}]}"#;
    assert_eq!(tool.out, [&role, &delta(call), &delta(arguments), &finish("tool_calls"), DONE].concat());
    assert_eq!(
        tool.seen,
        [Seen::Content, Seen::ToolCall, Seen::Finish(FinishReason::ToolCalls), usage(176, 8), Seen::Done]
    );
}

#[test]
fn ollamas_thinking_is_reasoning() {
    let told = told(
        Wire::Ollama,
        false,
        "{\"message\":{\"content\":\"\",\"thinking\":\"hm\"},\"done\":false}\n{\"done\":true,\"done_reason\":\"length\"}",
    );
    assert!(told.out.contains(r#""delta":{"reasoning_content":"hm"}"#));
    assert!(told.out.contains(r#""finish_reason":"length""#));
    assert_eq!((&told.seen[0], told.completion), (&Seen::Content, Completion::Complete));
}

#[test]
fn ollamas_failures_are_failures() {
    let line =
        "{\"model\":\"alpha\",\"message\":{\"role\":\"assistant\",\"content\":\"x\"},\"done\":false}\n";
    let begun = [delta(r#"{"role":"assistant","content":""}"#), delta(r#"{"content":"x"}"#)].concat();
    let error = told(Wire::Ollama, true, &format!("{line}{{\"error\":\"llama runner terminated\"}}\n{line}"));
    assert_eq!(failed(&error), (FaultKind::ServerError, "llama runner terminated"));
    assert_eq!(error.out, begun);
    for reason in ["", ",\"done_reason\":\"\"", ",\"done_reason\":\"load\"", ",\"done_reason\":\"unload\""] {
        let told = told(Wire::Ollama, true, &format!("{line}{{\"done\":true{reason}}}\n"));
        assert_eq!(failed(&told).0, FaultKind::ServerError, "{reason}");
        assert_eq!(told.out, begun);
    }
    let cut_off = told(Wire::Ollama, true, &format!("{line}{}", &line[..40]));
    assert_eq!((cut_off.out, cut_off.completion), (begun, cut()));
    for body in ["<html>hi</html>", "[1]\n", "{\"hello\":1}\n", "not json\n", "{\"choices\":[]}"] {
        let told = told(Wire::Ollama, true, body);
        assert!(matches!(told.completion, Completion::Broken { malformed: true, .. }), "{body}: {told:?}");
        assert_eq!(told.out, "");
    }
    let empty =
        told(Wire::Ollama, true, "{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\"}\n");
    assert_eq!(empty.completion, Completion::Empty);
}

#[test]
fn a_figure_that_is_no_count_cuts_no_stream() {
    for figure in ["-1", "1.5", "\"3\"", "[]"] {
        let usage = USAGE.replace(":3", &format!(":{figure}"));
        let body = [TEXT, STOP, &usage, DONE].concat();
        let seen = Seen::Usage(Usage { input: 0, output: 1, ..Usage::default() });
        let relayed = same(&body);
        assert_eq!((&relayed.out, &relayed.completion), (&body, &Completion::Complete), "{figure}");
        assert!(relayed.seen.contains(&seen), "{figure}");
        // Whatever is in it, it is a usage that was not asked for.
        let unasked = told(Wire::OpenAi, false, &body);
        assert_eq!(unasked.out, [TEXT, STOP, DONE].concat(), "{figure}");
        let line = format!(
            "{{\"message\":{{\"content\":\"x\"}},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":{figure},\"eval_count\":1}}\n"
        );
        let ollama = told(Wire::Ollama, true, &line);
        assert_eq!(ollama.completion, Completion::Complete, "{figure}");
        assert!(ollama.seen.contains(&seen), "{figure}");
    }
}

#[test]
fn nothing_goes_out_after_the_end_mark() {
    let body = [TEXT, STOP, DONE].concat();
    let error = "data: {\"error\":{\"message\":\"late\"}}\n\n";
    for after in [TEXT, USAGE, DONE, ": bye\n\n", error, "data: {]\n\n", "data: tail", "\n"] {
        let told = same(&[&body, after].concat());
        assert_eq!((told.out, told.completion), (body.clone(), Completion::Complete), "{after}");
        assert_eq!(told.seen.last(), Some(&Seen::Done), "{after}");
    }
}

#[test]
fn half_a_surrogate_pair_cuts_no_stream() {
    let body = [&TEXT.replace("\"x\"", r#""\ud83d""#), STOP, DONE].concat();
    let told = same(&body);
    assert_eq!((told.out, told.completion), (body, Completion::Complete));
}

#[test]
fn a_frame_may_hold_a_picture() {
    let body = [&TEXT.replace("\"x\"", &format!("\"{}\"", "A".repeat(12 << 20))), STOP, DONE].concat();
    let told = run(relay(Wire::OpenAi, true), body.as_bytes().chunks(1 << 16));
    assert_eq!(told.completion, Completion::Complete);
    assert!(told.out == body);
}
