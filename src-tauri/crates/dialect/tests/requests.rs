//! Reading the little that routing needs, and editing a body in place.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use bytes::Bytes;
use dialect::{
    edit::{CapName, Edits, rewrite},
    error::BadRequest,
    openai::read_request,
    peek::{Peek, check},
};
use proptest::prelude::*;
use serde_json::{Value, json};

const HELLO: &str = r#"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#;

fn peek(body: &str) -> Peek {
    Peek::read(body.as_bytes()).unwrap()
}

fn refused(body: &str) -> BadRequest {
    Peek::read(body.as_bytes()).unwrap_err()
}

fn edited(body: &str, edits: &Edits) -> String {
    let body = Bytes::copy_from_slice(body.as_bytes());
    let out = rewrite(&body, &Peek::read(&body).unwrap(), edits).unwrap();
    String::from_utf8(out.to_bytes().to_vec()).unwrap()
}

#[test]
fn a_plain_request_is_read() {
    let peek = peek(HELLO);
    assert_eq!((peek.model.as_str(), peek.n, peek.bytes), ("m", 1, HELLO.len()));
    assert!(!peek.stream && !peek.stream_usage && !peek.has_tools && !peek.has_images && !peek.wants_json);
    assert_eq!(peek.max_tokens, None);
}

#[test]
fn everything_that_routing_needs_is_read() {
    let peek = peek(
        r#" {"stream" : true, "stream_options": {"include_usage":true},"tools":[{}],"n":2,
        "response_format":{"type":"json_schema"},"max_tokens":300,"max_completion_tokens":200.0,"mo\u0064el":"m/\"x",
        "messages":[{"role":"user","content":[{"type":"image_url", "image_url" : {"url":"u"}}]}]} "#,
    );
    assert_eq!((peek.model.as_str(), peek.n, peek.max_tokens), ("m/\"x", 2, Some(200)));
    assert!(peek.stream && peek.stream_usage && peek.has_tools && peek.has_images && peek.wants_json);
}

#[test]
fn nulls_and_empty_lists_say_nothing() {
    let peek = peek(
        r#"{"model":"m","stream":null,"stream_options":null,"tools":[ ],"n":null,"response_format":null,
        "max_tokens":null,"max_completion_tokens":-1,"messages":[{}]}"#,
    );
    assert!(!peek.stream && !peek.has_tools && !peek.wants_json);
    assert_eq!((peek.n, peek.max_tokens), (1, None));
}

#[test]
fn a_text_about_images_is_no_image() {
    for text in [r#"{\"image_url\":1}"#, "image_url", r#"\\\"image_url\\\": x"#] {
        let body = format!(r#"{{"model":"m","messages":[{{"role":"user","content":"{text}"}}]}}"#);
        assert!(!peek(&body).has_images, "{text}");
    }
}

#[test]
fn the_last_of_two_fields_counts() {
    assert_eq!(peek(r#"{"model":"a","messages":1,"messages":[1],"model":"b"}"#).model, "b");
}

#[test]
fn mistakes_name_their_field() {
    for (body, param, code) in [
        ("", None, "invalid_json"),
        ("{", None, "invalid_json"),
        ("[]", None, "invalid_json"),
        ("\"x\"", None, "invalid_json"),
        ("{\"model\":\"m\"} trailing", None, "invalid_json"),
        ("{\"messages\":[1]}", Some("model"), "missing_required_parameter"),
        ("{\"model\":\"\",\"messages\":[1]}", Some("model"), "missing_required_parameter"),
        ("{\"model\":7,\"messages\":[1]}", Some("model"), "invalid_type"),
        ("{\"model\":\"m\"}", Some("messages"), "missing_required_parameter"),
        ("{\"model\":\"m\",\"messages\":{}}", Some("messages"), "invalid_type"),
        ("{\"model\":\"m\",\"messages\":[ ]}", Some("messages"), "empty_array"),
        ("{\"model\":\"m\",\"messages\":[1],\"stream\":\"yes\"}", Some("stream"), "invalid_type"),
        ("{\"model\":\"m\",\"messages\":[1],\"max_tokens\":\"9\"}", Some("max_tokens"), "invalid_type"),
    ] {
        let error = refused(body);
        assert_eq!((error.param.as_deref(), error.code.as_deref()), (param, Some(code)), "{body}");
        assert!(!error.message.is_empty());
    }
}

#[test]
fn a_mistake_in_the_json_is_placed_and_not_quoted() {
    let error = refused("{\"model\": \"secret\",\n \"messages\": secret}");
    assert_eq!(error.message, "The body is not valid JSON: see line 2, column 14.");
}

#[test]
fn a_mistake_inside_a_message_is_found_when_it_is_looked_for() {
    let line_end_in_a_text = "{\"model\":\"m\",\"messages\":[{\"content\":\"a\nb\"}]}";
    for body in [
        line_end_in_a_text,
        r#"{"model":"m","messages":[{"role" "user"}]}"#,
        r#"{"model":"m","messages":["\d"]}"#,
    ] {
        assert_eq!(peek(body).model, "m");
        assert_eq!(check(body.as_bytes()).unwrap_err().code.as_deref(), Some("invalid_json"), "{body}");
    }
    assert_eq!(check(HELLO.as_bytes()), Ok(()));
}

#[test]
fn nothing_to_change_copies_nothing() {
    let body = Bytes::from(HELLO);
    let peek = Peek::read(&body).unwrap();
    let edits = Edits { model: Some("m".into()), force_usage: true, ..Edits::default() };
    assert_eq!(rewrite(&body, &peek, &edits).unwrap().to_bytes().as_ptr(), body.as_ptr());
}

#[test]
fn a_long_body_is_shared_around_what_changes() {
    let prompt = "x".repeat(100_000);
    let body = format!(
        r#"{{"messages":[{{"role":"user","content":"{prompt}"}}],"temperature":1,"model":"chain","n":1}}"#
    );
    let body = Bytes::from(body);
    let edits = Edits { model: Some("m".into()), temperature: Some(0.5), ..Edits::default() };
    let pieces = rewrite(&body, &Peek::read(&body).unwrap(), &edits).unwrap();
    let expected = String::from_utf8(body.to_vec())
        .unwrap()
        .replace("\"chain\"", "\"m\"")
        .replace(":1,\"model", ":0.5,\"model");
    assert_eq!(pieces.to_bytes(), expected);
    let pieces: Vec<Bytes> = pieces.into_iter().collect();
    assert_eq!((pieces.len(), pieces[0].as_ptr()), (5, body.as_ptr()));
}

#[test]
fn only_the_named_fields_change() {
    let body = r#"{ "x" : 1.50, "model":"a", "max_tokens": 999,"temperature":1e0 ,
        "messages":[{"role":"user","content":"\u00e9"}], "model": "b","stream":true, "y":[ ] }"#;
    let edits = Edits {
        model: Some("q\"8".into()),
        max_tokens_cap: Some(200),
        temperature: Some(0.0),
        force_usage: true,
        ..Edits::default()
    };
    let expected = r#"{"stream_options":{"include_usage":true}, "x" : 1.50, "model":"q\"8", "max_tokens": 200,"temperature":0.0 ,
        "messages":[{"role":"user","content":"\u00e9"}], "model": "q\"8","stream":true, "y":[ ] }"#;
    assert_eq!(edited(body, &edits), expected);
}

#[test]
fn caps_are_held_under_every_name() {
    let with = |fields: &str| format!(r#"{{"model":"m",{fields}"messages":[1]}}"#);
    let cap = Edits { max_tokens_cap: Some(200), ..Edits::default() };
    let newer = Edits { cap_name: CapName::MaxCompletionTokens, ..cap.clone() };
    for (edits, before, after) in [
        (&cap, r#""max_tokens":100,"#, r#""max_tokens":100,"#),
        (&cap, r#""max_tokens":200,"#, r#""max_tokens":200,"#),
        (&cap, r#""max_tokens":201,"#, r#""max_tokens":200,"#),
        (&cap, r#""max_tokens":-1,"#, r#""max_tokens":200,"#),
        (&cap, r#""max_tokens":null,"#, r#""max_tokens":200,"#),
        (&cap, r#""max_completion_tokens":1e6,"#, r#""max_completion_tokens":200,"#),
        (
            &cap,
            r#""max_tokens":null,"max_completion_tokens":300,"#,
            r#""max_tokens":null,"max_completion_tokens":200,"#,
        ),
        (&newer, r#""max_tokens":300,"#, r#""max_tokens":200,"#),
        (&newer, r#""max_completion_tokens":null,"#, r#""max_completion_tokens":200,"#),
    ] {
        assert_eq!(edited(&with(before), edits), with(after), "{before}");
    }
    let inserted = |name: &str| HELLO.replacen('{', &format!("{{\"{name}\":200,"), 1);
    assert_eq!(edited(HELLO, &cap), inserted("max_tokens"));
    assert_eq!(edited(HELLO, &newer), inserted("max_completion_tokens"));
}

#[test]
fn usage_is_asked_for_where_the_stream_options_stand() {
    let with = |options: &str| format!(r#"{{"model":"m","stream":true,{options}"messages":[1]}}"#);
    let edits = Edits { force_usage: true, ..Edits::default() };
    for (before, after) in [
        (r#""stream_options":null,"#, r#""stream_options":{"include_usage":true},"#),
        (r#""stream_options":{},"#, r#""stream_options":{"include_usage":true},"#),
        (r#""stream_options":{"a":1},"#, r#""stream_options":{"include_usage":true,"a":1},"#),
        (
            r#""stream_options": {"a":1, "include_usage" : false},"#,
            r#""stream_options": {"a":1, "include_usage" : true},"#,
        ),
    ] {
        assert_eq!(edited(&with(before), &edits), with(after), "{before}");
    }
}

#[test]
fn a_note_goes_before_the_first_system_text_or_before_all() {
    let note = Edits { system_note: Some("Be \"brief\".".into()), ..Edits::default() };
    for (before, after) in [
        (
            r#" [ {"role":"user","content":"hi"}]"#,
            r#" [ {"role":"system","content":"Be \"brief\"."},{"role":"user","content":"hi"}]"#,
        ),
        (
            r#"[{"content": "S","role":"system"},{}]"#,
            r#"[{"content": "Be \"brief\".\n\nS","role":"system"},{}]"#,
        ),
        (
            r#"[{"role":"developer","content":[ {"type":"text","text":"S"}]}]"#,
            r#"[{"role":"developer","content":[{"type":"text","text":"Be \"brief\"."}, {"type":"text","text":"S"}]}]"#,
        ),
        (
            r#"[{"role":"system","content":[]}]"#,
            r#"[{"role":"system","content":[{"type":"text","text":"Be \"brief\"."}]}]"#,
        ),
        (r#"[7]"#, r#"[{"role":"system","content":"Be \"brief\"."},7]"#),
    ] {
        let with = |messages: &str| format!(r#"{{"messages":{messages},"model":"m"}}"#);
        assert_eq!(edited(&with(before), &note), with(after), "{before}");
    }
}

#[test]
fn a_peek_of_another_body_is_refused_and_never_panics() {
    let long = peek(&format!(r#"{{"padding":"{}",{}"#, "x".repeat(200), &HELLO[1..]));
    let edits = Edits { system_note: Some("n".into()), model: Some("x".into()), ..Edits::default() };
    assert!(rewrite(&Bytes::from(HELLO), &long, &edits).is_err());
    let same_length = Bytes::from("é".repeat(long.bytes / 2));
    assert!(rewrite(&same_length, &long, &edits).is_err());
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(".{0,6}", inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn an_edit_changes_what_it_names_and_nothing_else(
        extra in prop::collection::btree_map("[a-z_]{1,20}", value(), 0..5),
        content in ".{0,40}",
        role in prop::sample::select(vec!["system", "user"]),
        model in ".{1,10}",
        note in prop::option::of(".{1,20}"),
        cap in prop::option::of(0u32..1000),
        pretty in any::<bool>(),
    ) {
        const NAMED: [&str; 10] = ["model", "messages", "max_tokens", "max_completion_tokens", "temperature",
            "stream", "stream_options", "response_format", "n", "tools"];
        let mut body: serde_json::Map<String, Value> =
            extra.into_iter().filter(|(name, _)| !NAMED.contains(&name.as_str())).collect();
        body.insert("model".into(), "old".into());
        body.insert("messages".into(), json!([{ "role": role, "content": content }]));
        let body = Value::Object(body);
        let text = if pretty { serde_json::to_string_pretty(&body).unwrap() } else { body.to_string() };
        let edits = Edits { model: Some(model.clone()), system_note: note, max_tokens_cap: cap, ..Edits::default() };
        let out: Value = serde_json::from_str(&edited(&text, &edits)).unwrap();
        // The same edits in the exchange model come to the same request.
        let mut expected = read_request(text.as_bytes()).unwrap();
        edits.apply(&mut expected);
        prop_assert_eq!(read_request(out.to_string().as_bytes()).unwrap(), expected);
        for (name, value) in body.as_object().unwrap() {
            if !NAMED.contains(&name.as_str()) {
                prop_assert_eq!(out.get(name), Some(value));
            }
        }
    }
}
