//! Clients that want one call at a time, before servers that cannot be told so.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    edit::Edits,
    wire::{Stamp, Wire},
};
use serde_json::{Value, json};

const WHOLE: [(Wire, &str); 3] = [
    (
        Wire::Ollama,
        r#"{"model":"m","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}},{"function":{"name":"f","arguments":{"a":2}}}]},"done":true,"done_reason":"stop"}"#,
    ),
    (
        Wire::Gemini,
        r#"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":1}}},{"functionCall":{"name":"f","args":{"a":2}}}]},"finishReason":"STOP"}]}"#,
    ),
    (
        Wire::Bedrock,
        r#"{"output":{"message":{"role":"assistant","content":[{"toolUse":{"toolUseId":"1","name":"f","input":{"a":1}}},{"toolUse":{"toolUseId":"2","name":"f","input":{"a":2}}}]}},"stopReason":"tool_use"}"#,
    ),
];

fn asked(parallel: Value, stream: bool) -> Asked {
    let tool =
        json!([{ "type": "function", "function": { "name": "f", "parameters": { "type": "object" } } }]);
    let body = json!({
        "model": "m", "stream": stream, "tools": tool, "parallel_tool_calls": parallel,
        "messages": [{ "role": "user", "content": "hi" }],
    });
    Asked::read(Dialect::Chat, body.to_string().into()).unwrap()
}

fn stamp() -> Stamp {
    Stamp { id: "chatcmpl-1".into(), created: 7 }
}

#[test]
fn the_client_gets_the_first_of_several_calls() {
    for (wire, body) in WHOLE {
        let calls = |parallel: Value| {
            let asked = asked(parallel, false);
            wire.prepare(&asked, &Edits::default()).unwrap();
            let whole = wire.whole(&asked, &Bytes::from_static(body.as_bytes()), &stamp());
            let answer: Value = serde_json::from_slice(&whole.body).unwrap();
            let calls = answer["choices"][0]["message"]["tool_calls"].as_array().unwrap().clone();
            calls.iter().map(|call| call["function"]["arguments"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(calls(json!(false)), [r#"{"a":1}"#], "{wire:?}");
        assert_eq!(calls(json!(true)).len(), 2, "{wire:?}");
        assert_eq!(calls(Value::Null).len(), 2, "{wire:?}");
    }
}

#[test]
fn of_a_stream_too() {
    let (wire, line) = WHOLE[0];
    let calls = |parallel: Value| {
        let mut relay = wire.relay(&asked(parallel, true), stamp());
        let mut out = relay.push(Bytes::from(format!("{line}\n"))).out.to_vec();
        out.extend_from_slice(&relay.finish().out);
        let out = String::from_utf8(out).unwrap();
        assert!(out.contains("\"tool_calls\"") && out.ends_with("data: [DONE]\n\n"), "{out}");
        out.matches("\"name\":\"f\"").count()
    };
    assert_eq!((calls(json!(false)), calls(json!(true))), (1, 2));
}
