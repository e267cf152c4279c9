//! Answers, from every kind of upstream to every kind of client.

use bytes::Bytes;
use dialect::{
    client::Dialect,
    exchange::{Answer, FinishReason, ToolCall, Usage},
    observe::Completion,
    wire::Wire,
};
use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

use crate::{
    CLIENTS, asked,
    spoken::{dialect_of, heard, stream, whole},
    stamp,
};

const WIRES: [Wire; 6] =
    [Wire::OpenAi, Wire::Ollama, Wire::Responses, Wire::Anthropic, Wire::Gemini, Wire::Bedrock];

prop_compose! {
    /// An answer that every dialect can give: text or calls, a reason that fits, counts.
    fn answer()(
        text in "[a-zé🙂\"\\\\\n{}<>]{1,8}( [a-zé🙂\"\\\\\n{}<>]{1,8}){0,3}",
        reasoning in prop_oneof![Just(String::new()), "[a-zé ]{1,12}".prop_map(|it| format!("x{it}"))],
        calls in vec(("[a-z]{1,6}", "[a-zé\"\\\\]{0,6}", -50i64..50), 0..3),
        silent in any::<bool>(),
        cut in any::<bool>(),
        (input, output) in (0u64..1 << 40, 0u64..1 << 40),
    ) -> Answer {
        let tool_calls: Vec<ToolCall> = calls.into_iter().enumerate().map(|(at, (name, word, number))| ToolCall {
            id: format!("call_{at}"), name, arguments: json!({ "a": [word, number], "b": { "c": null } }).to_string(),
        }).collect();
        let finish = match (tool_calls.is_empty(), cut) {
            (false, _) => FinishReason::ToolCalls,
            (true, true) => FinishReason::Length,
            (true, false) => FinishReason::Stop,
        };
        let text = if silent && !tool_calls.is_empty() { String::new() } else { text };
        let usage = Usage { input, output, ..Usage::default() };
        Answer { model: "m".into(), text, reasoning, tool_calls, finish: Some(finish), usage: Some(usage), ..Answer::default() }
    }
}

/// What every dialect can say of an answer.
fn said(answer: &Answer) -> Value {
    let calls = answer
        .tool_calls
        .iter()
        .map(|call| json!([call.id, call.name, serde_json::from_str::<Value>(&call.arguments).unwrap()]));
    let usage = answer.usage.map(|usage| (usage.input, usage.output));
    json!({ "text": answer.text, "reasoning": answer.reasoning, "calls": calls.collect::<Vec<_>>(),
        "finish": format!("{:?}", answer.finish), "usage": usage })
}

fn read(dialect: Dialect, body: &[u8]) -> Answer {
    match dialect {
        Dialect::Messages => dialect::anthropic::read_answer(body).unwrap(),
        Dialect::OllamaChat => dialect::ollama::read_answer(body).unwrap(),
        Dialect::Responses => dialect::responses::read_answer(body).unwrap(),
        _ => dialect::openai::read_answer(body).unwrap(),
    }
}

/// What the client gets of a stream that comes in these pieces.
fn relayed(wire: Wire, dialect: Dialect, pieces: &[Bytes]) -> (Bytes, Completion) {
    let mut relay = wire.relay(&asked(dialect, true), stamp());
    let mut out = Vec::new();
    for piece in pieces {
        out.extend_from_slice(&relay.push(piece.clone()).out);
    }
    let end = relay.finish();
    out.extend_from_slice(&end.out);
    (out.into(), end.completion)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_whole_answer_says_the_same_to_every_client(answer in answer()) {
        for (wire, dialect) in WIRES.into_iter().flat_map(|wire| CLIENTS.map(|it| (wire, it))) {
            let came = wire.whole(&asked(dialect, false), &whole(wire, &answer), &stamp());
            prop_assert_eq!(&came.completion, &Completion::Complete, "{:?} to {:?}", wire, dialect);
            prop_assert_eq!(said(&read(dialect, &came.body)), said(&answer), "{:?} to {:?}", wire, dialect);
        }
    }

    #[test]
    fn a_stream_says_the_same_to_every_client(answer in answer(), at in any::<prop::sample::Index>()) {
        for (wire, dialect) in WIRES.into_iter().flat_map(|wire| CLIENTS.map(|it| (wire, it))) {
            let body = stream(wire, &answer);
            let at = at.index(body.len());
            let (out, completion) = relayed(wire, dialect, &[body.slice(..at), body.slice(at..)]);
            prop_assert_eq!(completion, Completion::Complete, "{:?} to {:?}", wire, dialect);
            prop_assert_eq!(said(&heard(dialect, &out)), said(&answer), "{:?} to {:?}", wire, dialect);
        }
    }
}

#[test]
fn a_stream_is_the_same_wherever_it_is_cut() {
    let call = ToolCall { id: "c".into(), name: "f".into(), arguments: r#"{"a":"é"}"#.into() };
    let answer = Answer {
        model: "m".into(),
        text: "é🙂".into(),
        reasoning: "hm".into(),
        tool_calls: vec![call],
        finish: Some(FinishReason::ToolCalls),
        usage: Some(Usage { input: 9, output: 4, ..Usage::default() }),
        ..Answer::default()
    };
    for (wire, dialect) in WIRES.into_iter().flat_map(|wire| CLIENTS.map(|it| (wire, it))) {
        let body = stream(wire, &answer);
        let uncut = relayed(wire, dialect, std::slice::from_ref(&body));
        assert_eq!(said(&heard(dialect, &uncut.0)), said(&answer), "{wire:?} to {dialect:?}");
        // Through to a client of the same dialect where there is one, and translated for one client.
        if dialect_of(wire) == Some(dialect) || dialect == Dialect::Messages {
            for at in 1..body.len() {
                let cut = relayed(wire, dialect, &[body.slice(..at), body.slice(at..)]);
                assert_eq!(cut, uncut, "{wire:?} to {dialect:?}, cut at {at}");
            }
        }
        let bytes: Vec<Bytes> = (0..body.len()).map(|at| body.slice(at..=at)).collect();
        assert_eq!(relayed(wire, dialect, &bytes), uncut, "{wire:?} to {dialect:?}, byte by byte");
    }
}
