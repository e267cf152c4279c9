//! Embeddings: clients of both forms before servers of both forms.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use dialect::{
    client::{Asked, Dialect},
    edit::Edits,
    error::Unfit,
    observe::Completion,
    wire::{Prepared, Stamp, Wire},
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn asked(dialect: Dialect, request: Value) -> Asked {
    Asked::read(dialect, request.to_string().into()).unwrap()
}

fn prepare(wire: Wire, asked: &Asked) -> Result<Prepared, Unfit> {
    wire.prepare(asked, &Edits { model: Some("bge-m3".into()), ..Edits::default() })
}

fn sent(wire: Wire, asked: &Asked) -> Value {
    serde_json::from_slice(&prepare(wire, asked).unwrap().body.to_bytes()).unwrap()
}

fn came(wire: Wire, asked: &Asked, answer: &Value) -> Result<Value, Completion> {
    let whole = wire.whole(asked, &answer.to_string().into(), &Stamp { id: String::new(), created: 0 });
    match whole.completion {
        Completion::Complete => Ok(serde_json::from_slice(&whole.body).unwrap()),
        other => Err(other),
    }
}

fn openai_answer() -> Value {
    json!({ "object": "list", "model": "bge-m3", "usage": { "prompt_tokens": 5, "total_tokens": 5 }, "data": [
        { "object": "embedding", "index": 1, "embedding": [0.5, -2.0] },
        { "object": "embedding", "index": 0, "embedding": "AACAPwAAAEA=" },
    ] })
}

#[test]
fn a_batch_goes_to_a_server_of_either_form() {
    let batch = asked(
        Dialect::Embeddings,
        json!({ "model": "v", "input": ["one", "two"], "dimensions": 2, "encoding_format": "base64", "user": "u" }),
    );
    assert_eq!(
        sent(Wire::OpenAi, &batch),
        json!({ "model": "bge-m3", "input": ["one", "two"], "dimensions": 2, "encoding_format": "base64", "user": "u" })
    );
    assert_eq!(
        sent(Wire::Ollama, &batch),
        json!({ "model": "bge-m3", "input": ["one", "two"], "truncate": false, "dimensions": 2 })
    );
    let ollama = asked(Dialect::OllamaEmbed, json!({ "model": "v", "input": "one", "keep_alive": "5m" }));
    assert_eq!(sent(Wire::OpenAi, &ollama), json!({ "model": "bge-m3", "input": ["one"] }));
    assert_eq!(sent(Wire::Ollama, &ollama), json!({ "model": "bge-m3", "input": "one", "keep_alive": "5m" }));
    let old = asked(Dialect::OllamaEmbeddings, json!({ "model": "v", "prompt": "one" }));
    assert_eq!(sent(Wire::Ollama, &old), json!({ "model": "bge-m3", "input": ["one"], "truncate": false }));
    let tokens = asked(Dialect::Embeddings, json!({ "model": "v", "input": [[1, 2], [3]] }));
    assert_eq!(sent(Wire::OpenAi, &tokens)["input"], json!([[1, 2], [3]]));
    assert_eq!(prepare(Wire::Ollama, &tokens), Err(Unfit::CannotCarry(vec!["input in tokens".into()])));
}

#[test]
fn vectors_come_back_in_the_clients_form_and_order() {
    let batch = |dialect| asked(dialect, json!({ "model": "v", "input": ["one", "two"] }));
    let native = came(Wire::OpenAi, &batch(Dialect::Embeddings), &openai_answer()).unwrap();
    assert_eq!(native, openai_answer());
    let ollama = came(Wire::OpenAi, &batch(Dialect::OllamaEmbed), &openai_answer()).unwrap();
    assert_eq!(
        ollama,
        json!({ "model": "v", "embeddings": [[1.0, 2.0], [0.5, -2.0]], "prompt_eval_count": 5 })
    );
    let answer = json!({ "model": "bge-m3", "embeddings": [[1.0, 2.0]], "prompt_eval_count": 3 });
    let old = asked(Dialect::OllamaEmbeddings, json!({ "model": "v", "prompt": "one" }));
    assert_eq!(came(Wire::Ollama, &old, &answer).unwrap(), json!({ "embedding": [1.0, 2.0] }));
    let one = |format: &str| {
        asked(Dialect::Embeddings, json!({ "model": "v", "input": "one", "encoding_format": format }))
    };
    let float = came(Wire::Ollama, &one("float"), &answer).unwrap();
    assert_eq!(
        (&float["data"][0]["embedding"], &float["usage"]["total_tokens"]),
        (&json!([1.0, 2.0]), &json!(3))
    );
    let base64 = came(Wire::Ollama, &one("base64"), &answer).unwrap();
    assert_eq!(base64["data"][0]["embedding"], "AACAPwAAAEA=");
}

#[test]
fn gemini_and_bedrock_make_vectors_in_their_own_words() {
    let of = |model: &str| Edits { model: Some(model.into()), ..Edits::default() };
    let sent = |wire: Wire, asked: &Asked, model: &str| {
        wire.prepare(asked, &of(model))
            .map(|it| (serde_json::from_slice::<Value>(&it.body.to_bytes()).unwrap(), it.dropped))
    };
    let body = json!({ "model": "v", "input": ["one", "two"], "dimensions": 2, "user": "u" });
    let batch = asked(Dialect::Embeddings, body);
    let text = |it: &str| json!({ "model": "models/g", "content": { "parts": [{ "text": it }] }, "outputDimensionality": 2 });
    let (gemini, dropped) = sent(Wire::Gemini, &batch, "g").unwrap();
    assert_eq!(gemini, json!({ "requests": [text("one"), text("two")] }));
    assert_eq!(dropped, ["user"]);
    let (cohere, _) = sent(Wire::Bedrock, &batch, "cohere.embed-v4:0").unwrap();
    assert_eq!(
        cohere,
        json!({ "texts": ["one", "two"], "input_type": "search_document", "embedding_types": ["float"], "output_dimension": 2 })
    );
    let titan = "amazon.titan-embed-text-v2:0";
    assert_eq!(
        sent(Wire::Bedrock, &batch, titan),
        Err(Unfit::CannotCarry(vec!["more than one input".into()]))
    );
    let one = asked(Dialect::OllamaEmbed, json!({ "model": "v", "input": "one", "truncate": false }));
    let (body, dropped) = sent(Wire::Bedrock, &one, titan).unwrap();
    assert_eq!((body, dropped), (json!({ "inputText": "one" }), vec!["truncate".to_owned()]));

    let gemini = json!({ "embeddings": [{ "values": [1.0, 2.0] }, { "values": [0.5, -2.0] }] });
    let cohere = json!({ "embeddings": { "float": [[1.0, 2.0], [0.5, -2.0]] }, "texts": ["one", "two"] });
    for (wire, answer) in [(Wire::Gemini, gemini), (Wire::Bedrock, cohere)] {
        let data = came(wire, &batch, &answer).unwrap()["data"].clone();
        let vectors: Vec<&Value> = data.as_array().unwrap().iter().map(|it| &it["embedding"]).collect();
        assert_eq!(vectors, [&json!([1.0, 2.0]), &json!([0.5, -2.0])], "{wire:?}");
    }
    let answer = came(Wire::Bedrock, &one, &json!({ "embedding": [1.0], "inputTextTokenCount": 3 })).unwrap();
    assert_eq!(answer, json!({ "model": "v", "embeddings": [[1.0]], "prompt_eval_count": 3 }));
}

#[test]
fn what_is_no_vector_for_each_input_is_no_answer() {
    let batch = asked(Dialect::Embeddings, json!({ "model": "v", "input": ["one", "two"] }));
    let one = json!({ "data": [{ "index": 0, "embedding": [1.0] }] });
    let empty = json!({ "data": [{ "index": 0, "embedding": [] }, { "index": 1, "embedding": [] }] });
    for answer in [one, empty, json!({ "data": [{ "embedding": "?" }] }), json!({ "choices": [] }), json!([])]
    {
        let broken = came(Wire::OpenAi, &batch, &answer).unwrap_err();
        assert!(matches!(broken, Completion::Broken { malformed: true, .. }), "{answer}");
    }
    let failed = came(Wire::OpenAi, &batch, &json!({ "error": { "message": "it broke" } }));
    assert!(matches!(failed, Err(Completion::Failed(_))));
}

#[test]
fn a_request_that_nobody_can_answer_is_refused_by_field() {
    for (dialect, body, field) in [
        (Dialect::Embeddings, json!({ "input": "x" }), "model"),
        (Dialect::Embeddings, json!({ "model": "v" }), "input"),
        (Dialect::Embeddings, json!({ "model": "v", "input": [] }), "input"),
        (Dialect::OllamaEmbeddings, json!({ "model": "v", "input": "x" }), "prompt"),
    ] {
        let refused = Asked::read(dialect, body.to_string().into()).unwrap_err();
        assert_eq!(refused.param.as_deref(), Some(field), "{body}");
    }
    let odd = asked(Dialect::OllamaEmbed, json!({ "model": "v", "input": [{}] }));
    assert!(
        matches!(prepare(Wire::OpenAi, &odd), Err(Unfit::Bad(bad)) if bad.param.as_deref() == Some("input"))
    );
}

proptest! {
    #[test]
    fn a_vector_survives_both_ways_of_writing_it(
        vectors in prop::collection::vec(prop::collection::vec(-1e3f32..1e3, 1..6), 1..4),
        base64 in any::<bool>(),
    ) {
        let answer = dialect::exchange::embed::EmbedAnswer { model: "v".into(), vectors, input_tokens: Some(1) };
        let written = dialect::openai::write_embed_answer(&answer, base64);
        prop_assert_eq!(dialect::openai::read_embed_answer(&written).unwrap(), answer);
    }
}
