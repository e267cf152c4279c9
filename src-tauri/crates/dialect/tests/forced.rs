//! A tool that must be called, before Ollama, which has no word for it: asked for as the form of the answer, and given
//! back as a call.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    edit::Edits,
    observe::Completion,
    wire::{Stamp, Wire},
};
use serde_json::{Value, json};

const CITY: &str = r##"{"$defs":{"City":{"type":"string"}},"type":"object","properties":{"city":{"$ref":"#/$defs/City"}},"required":["city"]}"##;

fn chat(choice: Value, stream: bool) -> Asked {
    let parameters: Value = serde_json::from_str(CITY).unwrap();
    let body = json!({
        "model": "m", "stream": stream, "tool_choice": choice,
        "messages": [{ "role": "system", "content": "S" }, { "role": "user", "content": "Weather?" }],
        "tools": [
            { "type": "function", "function": { "name": "weather", "description": "Tells it", "parameters": parameters } },
            { "type": "function", "function": { "name": "time" } },
        ],
    });
    Asked::read(Dialect::Chat, body.to_string().into()).unwrap()
}

fn named(name: &str) -> Value {
    json!({ "type": "function", "function": { "name": name } })
}

fn stamp() -> Stamp {
    Stamp { id: "x1".into(), created: 7 }
}

fn line(content: &str, done: &str) -> String {
    let mut line =
        json!({ "model": "m", "message": { "role": "assistant", "content": content }, "done": false });
    if !done.is_empty() {
        line["done"] = true.into();
        line["done_reason"] = done.into();
        line["eval_count"] = 4.into();
    }
    format!("{line}\n")
}

/// The choice of the whole answer to a text that ended like this, and the verdict.
fn whole(choice: Value, text: &str, done: &str) -> (Value, Completion) {
    let whole = Wire::Ollama.whole(&chat(choice, false), &line(text, done).into(), &stamp());
    let body: Value = serde_json::from_slice(&whole.body).unwrap_or_default();
    (body["choices"][0].clone(), whole.completion)
}

/// The names, the arguments and the finish reason of a stream of such a text, a letter at a time; and the verdict.
fn streamed(choice: Value, text: &str, done: &str) -> (String, String, String, Completion) {
    let mut relay = Wire::Ollama.relay(&chat(choice, true), stamp());
    let letters = text.chars().map(|letter| line(&letter.to_string(), ""));
    let mut out = Vec::new();
    for piece in letters.chain([line("", done)]) {
        out.extend_from_slice(&relay.push(Bytes::from(piece)).out);
    }
    let end = relay.finish();
    out.extend_from_slice(&end.out);
    let out = String::from_utf8(out).unwrap();
    let (mut names, mut arguments, mut finish) = (String::new(), String::new(), String::new());
    for chunk in out.lines().filter_map(|it| serde_json::from_str::<Value>(it.strip_prefix("data: ")?).ok()) {
        let choice = &chunk["choices"][0];
        assert!(choice["delta"]["content"].as_str().is_none_or(str::is_empty), "{out}");
        let call = &choice["delta"]["tool_calls"][0]["function"];
        names.push_str(call["name"].as_str().unwrap_or_default());
        arguments.push_str(call["arguments"].as_str().unwrap_or_default());
        finish.push_str(choice["finish_reason"].as_str().unwrap_or_default());
    }
    (names, arguments, finish, end.completion)
}

#[test]
fn the_form_of_one_tool_is_that_of_its_arguments() {
    let prepared = Wire::Ollama.prepare(&chat(named("weather"), false), &Edits::default()).unwrap();
    assert_eq!(prepared.dropped, ["tool_choice (sent as format)"]);
    let body: Value = serde_json::from_slice(&prepared.body.to_bytes()).unwrap();
    let note = format!(
        "S\n\nCall this function now. Answer with nothing but the JSON object of its arguments.\n\n\
         Function `weather`: Tells it\nJSON schema of its arguments: {CITY}"
    );
    assert_eq!(
        body,
        json!({
            "model": "m", "format": serde_json::from_str::<Value>(CITY).unwrap(), "stream": false, "truncate": false,
            "messages": [{ "role": "system", "content": note }, { "role": "user", "content": "Weather?" }],
        })
    );
}

#[test]
fn of_several_tools_the_form_says_which_and_their_references_hold() {
    let prepared = Wire::Ollama.prepare(&chat("required".into(), false), &Edits::default()).unwrap();
    let body: Value = serde_json::from_slice(&prepared.body.to_bytes()).unwrap();
    let call = |name: &str, at: u8| {
        json!({
            "type": "object", "properties": { "name": { "const": name }, "arguments": { "$ref": format!("#/$defs/tool{at}") } },
            "required": ["name", "arguments"], "additionalProperties": false,
        })
    };
    let weather = CITY.replace("#/$defs/City", "#/$defs/tool0/$defs/City");
    assert_eq!(
        body["format"],
        json!({
            "anyOf": [call("weather", 0), call("time", 1)],
            "$defs": {
                "tool0": serde_json::from_str::<Value>(&weather).unwrap(),
                "tool1": { "type": "object", "properties": {} },
            },
        })
    );
    assert_eq!(body.get("tools"), None, "the server would look for calls of its own");
    let said = body["messages"][0]["content"].as_str().unwrap();
    assert!(said.contains("`weather`: Tells it") && said.contains("Function `time`\n"), "{said}");
}

#[test]
fn what_has_that_form_is_a_call() {
    let arguments = r#" {"city":"a } \" ["}"#;
    let named_way = (named("weather"), format!("{arguments} \n"));
    let chosen_way = ("required".into(), format!(r#" {{ "name": "weather", "arguments" :{arguments} }}"#));
    for (choice, text) in [named_way, chosen_way] {
        let (answer, completion) = whole(choice.clone(), &text, "stop");
        assert_eq!((&answer["finish_reason"], completion), (&"tool_calls".into(), Completion::Complete));
        let function = &answer["message"]["tool_calls"][0]["function"];
        assert_eq!(*function, json!({ "name": "weather", "arguments": arguments.trim() }), "{answer}");
        assert!(answer["message"]["content"].as_str().is_none_or(str::is_empty), "{answer}");
        let told = streamed(choice, &text, "stop");
        let expected =
            ("weather".into(), arguments.trim().to_owned(), "tool_calls".into(), Completion::Complete);
        assert_eq!(told, expected);
    }
}

#[test]
fn clients_of_the_other_dialects_get_their_calls_too() {
    let body = |dialect: Dialect| match dialect {
        Dialect::Messages => json!({
            "model": "m", "max_tokens": 9, "tool_choice": { "type": "tool", "name": "f" }, "tools": [{ "name": "f", "input_schema": { "type": "object" } }],
            "messages": [{ "role": "user", "content": "Hi" }],
        }),
        _ => json!({
            "model": "m", "input": "Hi", "tool_choice": { "type": "function", "name": "f" },
            "tools": [{ "type": "function", "name": "f", "parameters": { "type": "object" } }],
        }),
    };
    for dialect in [Dialect::Messages, Dialect::Responses] {
        let asked = Asked::read(dialect, body(dialect).to_string().into()).unwrap();
        assert!(asked.peek.forces_tool, "{dialect:?}");
        Wire::Ollama.prepare(&asked, &Edits::default()).unwrap();
        let whole = Wire::Ollama.whole(&asked, &line(r#"{"a":1}"#, "stop").into(), &stamp());
        let answer: Value = serde_json::from_slice(&whole.body).unwrap();
        let call = if dialect == Dialect::Messages { &answer["content"][0] } else { &answer["output"][0] };
        assert_eq!(call["name"], "f", "{answer}");
        let given = if dialect == Dialect::Messages { json!({ "a": 1 }) } else { r#"{"a":1}"#.into() };
        assert!(call["input"] == given || call["arguments"] == given, "{answer}");
    }
}

fn is_no_call(completion: &Completion) -> bool {
    matches!(completion, Completion::Failed(fault) if fault.message.contains("something else"))
}

#[test]
fn an_answer_that_keeps_to_no_such_form_is_none() {
    for (choice, text) in [
        (named("weather"), "It is sunny."),
        (named("weather"), r#"{"city":"#),
        (named("weather"), ""),
        ("required".into(), r#"{"name":"other","arguments":{}}"#),
        ("required".into(), r#"{"city":"Paris"}"#),
        ("required".into(), r#"{"name":"weather","arguments":7}"#),
        ("required".into(), r#"{"name":"weather""#),
    ] {
        let (_, completion) = whole(choice.clone(), text, "stop");
        assert!(is_no_call(&completion), "{text}: {completion:?}");
        let (.., completion) = streamed(choice, text, "stop");
        assert!(is_no_call(&completion), "{text}: {completion:?}");
    }
}

#[test]
fn a_call_that_reached_the_cap_says_so() {
    let (answer, completion) = whole(named("weather"), r#"{"city":"Par"#, "length");
    assert_eq!((&answer["finish_reason"], completion), (&"length".into(), Completion::Complete));
    assert_eq!(answer["message"]["tool_calls"][0]["function"]["arguments"], r#"{"city":"Par"#);
    let told = streamed(named("weather"), r#"{"city":"Par"#, "length");
    assert_eq!(told, ("weather".into(), r#"{"city":"Par"#.into(), "length".into(), Completion::Complete));
}

#[test]
fn a_free_choice_is_left_to_the_server() {
    for choice in [json!("auto"), Value::Null] {
        let body = Wire::Ollama.prepare(&chat(choice.clone(), false), &Edits::default()).unwrap().body;
        let body: Value = serde_json::from_slice(&body.to_bytes()).unwrap();
        assert!(body.get("format").is_none() && body["tools"][1]["function"]["name"] == "time", "{body}");
        let (answer, _) = whole(choice, r#"{"city":"Paris"}"#, "stop");
        assert_eq!(answer["message"]["content"], r#"{"city":"Paris"}"#);
    }
}
