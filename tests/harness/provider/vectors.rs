//! Vectors, in each provider's form: of a text, its length, 1 and -0.5.

use serde_json::{Value, json};

use super::{Answer, Answering, Call, Say};

/// Who makes vectors at this path.
pub(super) fn at(path: &str) -> Option<Answering> {
    if path.ends_with("/embeddings") {
        Some(openai)
    } else if path.ends_with(":batchEmbedContents") {
        Some(gemini)
    } else if path.ends_with("/invoke") {
        Some(if path.contains("cohere.") { cohere } else { titan })
    } else if path == "/api/embed" {
        Some(ollama)
    } else {
        None
    }
}

pub(super) fn wrong(call: &Call) -> Option<String> {
    let asked = call.body["requests"].as_array().cloned().unwrap_or_default();
    let model = call.path.strip_prefix("/v1beta/").and_then(|it| it.split(':').next()).unwrap_or_default();
    asked
        .iter()
        .any(|one| one["model"] != model)
        .then(|| format!("all requests must be for the model of the path, {model}"))
}

fn vector(text: &Value) -> Value {
    json!([text.as_str().map_or(0, str::len) as f64, 1.0, -0.5])
}

fn vectors(texts: &Value) -> Vec<Value> {
    texts.as_array().map_or_else(|| vec![vector(texts)], |texts| texts.iter().map(vector).collect())
}

fn base64_of(vector: &Value) -> String {
    let numbers = vector.as_array().unwrap().iter().map(|it| it.as_f64().unwrap() as f32);
    aws_smithy_types::base64::encode(numbers.flat_map(f32::to_le_bytes).collect::<Vec<_>>())
}

fn whole(body: &Value) -> Answer {
    Answer { content_type: "application/json", frames: vec![body.to_string().into()], cut: false }
}

fn openai(call: &Call, _: &Say) -> Answer {
    let packed = call.body["encoding_format"] == "base64";
    let form = |vector: Value| if packed { base64_of(&vector).into() } else { vector };
    let item = |(at, vector)| json!({"object": "embedding", "index": at, "embedding": form(vector)});
    let data: Vec<Value> = vectors(&call.body["input"]).into_iter().enumerate().map(item).collect();
    whole(&json!({"object": "list", "data": data, "model": call.body["model"],
        "usage": {"prompt_tokens": 5, "total_tokens": 5}}))
}

fn gemini(call: &Call, _: &Say) -> Answer {
    let asked = call.body["requests"].as_array().cloned().unwrap_or_default();
    let values = asked.iter().map(|one| json!({"values": vector(&one["content"]["parts"][0]["text"])}));
    whole(&json!({"embeddings": values.collect::<Vec<_>>()}))
}

fn titan(call: &Call, _: &Say) -> Answer {
    whole(&json!({"embedding": vector(&call.body["inputText"]), "inputTextTokenCount": 5}))
}

fn cohere(call: &Call, _: &Say) -> Answer {
    let floats = vectors(&call.body["texts"]);
    whole(
        &json!({"id": "e", "response_type": "embeddings_by_type", "embeddings": {"float": floats}, "texts": call.body["texts"]}),
    )
}

fn ollama(call: &Call, _: &Say) -> Answer {
    whole(
        &json!({"model": call.body["model"], "embeddings": vectors(&call.body["input"]), "total_duration": 9,
        "load_duration": 1, "prompt_eval_count": 5}),
    )
}
