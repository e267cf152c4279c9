//! Answers in one piece.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    exchange::{FinishReason, Usage},
    fault::FaultKind,
    observe::Completion,
    whole::Whole,
    wire::{Stamp, Wire},
};
use serde_json::{Value, json};

fn whole(wire: Wire, body: &str) -> Whole {
    let request = Bytes::from_static(br#"{"model":"m","messages":[1]}"#);
    let asked = Asked::read(Dialect::Chat, request).unwrap();
    wire.whole(
        &asked,
        &Bytes::copy_from_slice(body.as_bytes()),
        &Stamp { id: "chatcmpl-1".into(), created: 7 },
    )
}

#[test]
fn a_real_answer_goes_on_byte_for_byte() {
    let body = r#"{"choices":[{"finish_reason":"stop","index":0,"message":{"role":"assistant","content":"Hello"}}],"created":1795171095,"model":"alpha","object":"chat.completion","usage":{"completion_tokens":6,"prompt_tokens":20,"total_tokens":26,"prompt_tokens_details":{"cached_tokens":19}},"id":"x","timings":{"cache_n":19}}"#;
    let whole = whole(Wire::OpenAi, body);
    assert_eq!(whole.body, body);
    assert_eq!(whole.completion, Completion::Complete);
    assert_eq!(whole.finish, Some(FinishReason::Stop));
    assert_eq!(whole.usage, Some(Usage { input: 20, output: 6, cached: Some(19), ..Usage::default() }));
}

#[test]
fn what_says_something_is_complete() {
    for message in [
        r#"{"content":"x"}"#,
        r#"{"content":null,"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]}"#,
        r#"{"content":"","reasoning_content":"x"}"#,
        r#"{"content":null,"refusal":"no"}"#,
        r#"{"content":[{"type":"text","text":"x"}]}"#,
    ] {
        let body = format!(r#"{{"choices":[{{"message":{message},"finish_reason":"stop"}}]}}"#);
        assert_eq!(whole(Wire::OpenAi, &body).completion, Completion::Complete, "{message}");
    }
    let filtered = r#"{"choices":[{"message":{"content":""},"finish_reason":"content_filter"}]}"#;
    assert_eq!(whole(Wire::OpenAi, filtered).completion, Completion::Complete);
}

#[test]
fn what_says_nothing_is_empty() {
    for message in [r#"{"content":""}"#, r#"{"content":null,"tool_calls":[]}"#, "{}", "null"] {
        let body = format!(r#"{{"choices":[{{"message":{message},"finish_reason":"stop"}}]}}"#);
        assert_eq!(whole(Wire::OpenAi, &body).completion, Completion::Empty, "{message}");
    }
}

#[test]
fn what_is_no_answer_is_malformed_and_never_quoted() {
    for body in [
        "",
        "secret",
        "<html>secret</html>",
        "[]",
        "{}",
        r#"{"choices":[],"x":"secret"}"#,
        r#"{"choices":[{"#,
    ] {
        for wire in [Wire::OpenAi, Wire::Ollama] {
            match whole(wire, body).completion {
                Completion::Broken { malformed: true, message } => {
                    assert!(!message.contains("secret"), "{message}")
                }
                other => panic!("{body}: {other:?}"),
            }
        }
    }
}

#[test]
fn an_error_inside_a_200_is_a_failure() {
    for (body, kind) in [
        (r#"{"error":"Unexpected endpoint"}"#, FaultKind::ServerError),
        (r#"{"error":{"message":"m","code":429}}"#, FaultKind::RateLimited),
        (r#"{"error":{"message":"m","code":"insufficient_quota"}}"#, FaultKind::QuotaExhausted),
        (r#"{"choices":[{"message":{"content":"x"},"finish_reason":"error"}]}"#, FaultKind::ServerError),
    ] {
        match whole(Wire::OpenAi, body).completion {
            Completion::Failed(fault) => assert_eq!(fault.kind, kind, "{body}"),
            other => panic!("{body}: {other:?}"),
        }
    }
    let null = r#"{"error":null,"choices":[{"message":{"content":"x"},"finish_reason":"stop"}]}"#;
    assert_eq!(whole(Wire::OpenAi, null).completion, Completion::Complete);
}

#[test]
fn ollamas_answer_is_translated() {
    let body = r#"{"model":"alpha","created_at":"2026-11-20T10:38:16.688404482Z","message":{"role":"assistant","content":"Hello","thinking":"hm"},"done":true,"done_reason":"stop","prompt_eval_count":20,"eval_count":6}"#;
    let whole = whole(Wire::Ollama, body);
    assert_eq!(whole.completion, Completion::Complete);
    assert_eq!(
        serde_json::from_slice::<Value>(&whole.body).unwrap(),
        json!({
            "id": "chatcmpl-1", "object": "chat.completion", "created": 7, "model": "alpha",
            "choices": [{
                "index": 0, "logprobs": null, "finish_reason": "stop",
                "message": { "role": "assistant", "content": "Hello", "reasoning_content": "hm" },
            }],
            "usage": { "prompt_tokens": 20, "completion_tokens": 6, "total_tokens": 26 },
        })
    );
}

#[test]
fn ollamas_tool_calls_are_translated() {
    let body = r#"{"model":"alpha","message":{"content":"","tool_calls":[{"id":"c7","function":{"name":"f","arguments":{"b":1,"a":1.0}}},{"function":{"name":"g"}}]},"done":true,"done_reason":"stop"}"#;
    let whole = whole(Wire::Ollama, body);
    assert_eq!((whole.finish, whole.usage), (Some(FinishReason::ToolCalls), None));
    let choice = &serde_json::from_slice::<Value>(&whole.body).unwrap()["choices"][0];
    assert_eq!(choice["finish_reason"], "tool_calls");
    assert_eq!(
        choice["message"],
        json!({ "role": "assistant", "content": null, "tool_calls": [
            { "id": "c7", "type": "function", "function": { "name": "f", "arguments": "{\"b\":1,\"a\":1.0}" } },
            { "id": "call_1", "type": "function", "function": { "name": "g", "arguments": "{}" } },
        ]})
    );
}

#[test]
fn ollamas_answer_without_a_reason_is_a_failure() {
    for reason in ["", r#","done_reason":"""#, r#","done_reason":"load""#] {
        let body = format!(r#"{{"message":{{"content":"x"}},"done":true{reason}}}"#);
        assert!(matches!(whole(Wire::Ollama, &body).completion, Completion::Failed(_)), "{body}");
    }
    let half = r#"{"message":{"content":"x"},"done":false}"#;
    assert!(matches!(whole(Wire::Ollama, half).completion, Completion::Broken { malformed: true, .. }));
    let empty = r#"{"message":{"content":""},"done":true,"done_reason":"stop"}"#;
    assert_eq!(whole(Wire::Ollama, empty).completion, Completion::Empty);
}

#[test]
fn a_figure_that_is_no_count_spoils_no_answer() {
    let input = |input| Some(Usage { input, output: 5, ..Usage::default() });
    for (figure, usage) in [
        ("7", input(7)),
        ("7.0", input(7)),
        ("-1", input(0)),
        ("1.5", input(0)),
        ("1e300", input(0)),
        ("null", input(0)),
        ("\"7\"", input(0)),
        ("{}", input(0)),
    ] {
        let usage_field = format!(
            r#"{{"prompt_tokens":{figure},"completion_tokens":5,"prompt_tokens_details":{{"cached_tokens":-3}}}}"#
        );
        let body = format!(
            r#"{{"choices":[{{"message":{{"content":"x"}},"finish_reason":"stop"}}],"usage":{usage_field}}}"#
        );
        let read = whole(Wire::OpenAi, &body);
        assert_eq!((read.completion, read.usage), (Completion::Complete, usage), "{figure}");
        let body = format!(
            r#"{{"message":{{"content":"x"}},"done":true,"done_reason":"stop","prompt_eval_count":{figure},"eval_count":5}}"#
        );
        let read = whole(Wire::Ollama, &body);
        assert_eq!((read.completion, read.usage), (Completion::Complete, usage), "{figure}");
    }
    for usage in ["7", "[]", "\"none\"", "{}", "null", r#"{"prompt_tokens":null,"completion_tokens":-1}"#] {
        let body = format!(
            r#"{{"choices":[{{"message":{{"content":"x"}},"finish_reason":"stop"}}],"usage":{usage}}}"#
        );
        let read = whole(Wire::OpenAi, &body);
        assert_eq!((read.completion, read.usage), (Completion::Complete, None), "{usage}");
    }
}

#[test]
fn bytes_that_are_no_text_spoil_an_answer_wherever_they_are() {
    let request = Bytes::from_static(br#"{"model":"m","messages":[1]}"#);
    let asked = Asked::read(Dialect::Chat, request).unwrap();
    let stamp = Stamp { id: "chatcmpl-1".into(), created: 7 };
    let mut body =
        br#"{"choices":[{"message":{"role":"ABCD","content":"Hi"},"finish_reason":"stop"}]}"#.to_vec();
    assert_eq!(Wire::OpenAi.whole(&asked, &body.clone().into(), &stamp).completion, Completion::Complete);
    let at = body.windows(4).position(|it| it == b"ABCD").unwrap();
    body[at..at + 4].copy_from_slice(b"\x9f\x8c\x8c\x96");
    let whole = Wire::OpenAi.whole(&asked, &body.into(), &stamp);
    assert!(matches!(whole.completion, Completion::Broken { malformed: true, .. }), "{whole:?}");
}

#[test]
fn an_answer_without_a_finish_reason_was_cut() {
    for reason in ["", r#","finish_reason":null"#, r#","finish_reason":"""#] {
        let body = format!(r#"{{"choices":[{{"message":{{"content":"x"}}{reason}}}]}}"#);
        let read = whole(Wire::OpenAi, &body);
        assert!(matches!(read.completion, Completion::Broken { malformed: false, .. }), "{body}: {read:?}");
    }
}

#[test]
fn half_a_surrogate_pair_spoils_no_answer() {
    for text in [r"\ud83d", r"a\uDE00b", r"\ud83d\ud83d\ude00", r"\\\ud83dx", r"\ud83d\u0041"] {
        let body = format!(
            r#"{{"id":"{text}","choices":[{{"message":{{"content":"{text}"}},"finish_reason":"stop"}}]}}"#
        );
        let read = whole(Wire::OpenAi, &body);
        assert_eq!((&read.body[..], read.completion), (body.as_bytes(), Completion::Complete), "{text}");
        let body = format!(r#"{{"message":{{"content":"{text}"}},"done":true,"done_reason":"stop"}}"#);
        let read = whole(Wire::Ollama, &body);
        assert_eq!(read.completion, Completion::Complete, "{text}");
        let read: Value = serde_json::from_slice(&read.body).unwrap();
        let content = read["choices"][0]["message"]["content"].as_str().unwrap();
        assert!(content.contains('\u{fffd}'), "{text}: {content}");
    }
}
