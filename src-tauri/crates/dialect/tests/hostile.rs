//! No bytes whatever make a reader of a provider's dialect panic, and no cut of them changes what is said.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use bytes::Bytes;
use dialect::{
    anthropic, bedrock,
    client::{Asked, Dialect},
    edit::Edits,
    gemini,
    observe::{Completion, Seen},
    wire::{Stamp, Wire},
};
use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

const WIRES: [Wire; 3] = [Wire::Anthropic, Wire::Gemini, Wire::Bedrock];

fn asked(dialect: Dialect) -> Asked {
    let body = json!({"model": "m", "max_tokens": 9, "stream": true, "messages": [{"role": "user", "content": "Hi"}]});
    Asked::read(dialect, body.to_string().into()).unwrap()
}

fn run(wire: Wire, dialect: Dialect, pieces: &[&[u8]]) -> (Vec<u8>, Vec<Seen>, Completion) {
    let mut relay = wire.relay(&asked(dialect), Stamp { id: "x".into(), created: 7 });
    let (mut out, mut seen) = (Vec::new(), Vec::new());
    for piece in pieces {
        let step = relay.push(Bytes::copy_from_slice(piece));
        out.extend_from_slice(&step.out);
        seen.extend(step.seen);
    }
    let end = relay.finish();
    out.extend_from_slice(&end.out);
    seen.extend(end.seen);
    (out, seen, end.completion)
}

/// JSON in whose fields the readers look, with whatever in them.
fn value() -> impl Strategy<Value = Value> {
    let names = "type|text|content|delta|candidates|parts|functionCall|args|name|id|finishReason|stop_reason|usage|message|\
        output|stopReason|error|thinking|signature|index|content_block|partial_json|thoughtSignature|usageMetadata|input_tokens|\
        toolUse|role|messages|tools|input_schema|source|system|tool_choice|output_config|format|schema|tool_use_id";
    let words = "text|thinking|tool_use|tool_result|content_block_start|content_block_delta|text_delta|input_json_delta|\
        message_start|message_delta|message_stop|error|STOP|end_turn|user|assistant|image|base64|co1\\.x\\.y|a__cosig_b|";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        words.prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(names, inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn readers_survive_whatever_comes(bytes in vec(any::<u8>(), 0..200), value in value(), at in any::<prop::sample::Index>()) {
        let json = value.to_string();
        let frame = format!("event: x\ndata: {json}\n\ndata: {json}\n\n");
        for body in [&bytes[..], json.as_bytes(), frame.as_bytes()] {
            let _ = (anthropic::read_answer(body), gemini::read_answer(body), bedrock::read_answer(body));
            let _ = (gemini::read_vectors(body), bedrock::read_vectors(body));
            if let Ok(request) = anthropic::read_request(body) {
                let _ = (anthropic::write_request(&request), gemini::write_request(&request), bedrock::write_request(&request));
            }
            if let Ok(asked) = Asked::read(Dialect::Messages, Bytes::copy_from_slice(body)) {
                for wire in WIRES {
                    let _ = wire.prepare(&asked, &Edits { system_note: Some("n".into()), ..Edits::default() });
                }
            }
            for wire in WIRES {
                for dialect in [Dialect::Chat, Dialect::Messages] {
                    let whole = run(wire, dialect, &[body]);
                    let (a, b) = body.split_at(if body.is_empty() { 0 } else { at.index(body.len()) });
                    prop_assert_eq!(run(wire, dialect, &[a, b]), whole);
                }
            }
        }
    }
}
