//! Texts to vectors: `batchEmbedContents`.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    carry::Lost,
    error::Unfit,
    exchange::embed::{EmbedAnswer, EmbedInput, EmbedRequest},
    fault::{Fault, in_band, malformed},
    wire::Prepared,
};

/// Writes a request for vectors.
///
/// # Errors
/// An input is not text.
pub fn write_embed(request: &EmbedRequest) -> Result<Prepared, Unfit> {
    let mut lost = Lost::default();
    let model = format!("models/{}", request.model.trim_start_matches("models/"));
    let mut requests = Vec::new();
    for input in &request.inputs {
        let EmbedInput::Text(text) = input else {
            lost.note("inputs in tokens");
            continue;
        };
        let mut one = json!({ "model": model, "content": { "parts": [{ "text": text }] } });
        if let (Some(fields), Some(size)) = (one.as_object_mut(), request.dimensions) {
            fields.insert("outputDimensionality".into(), size.into());
        }
        requests.push(one);
    }
    if request.truncate.is_some() {
        lost.left_out("truncate");
    }
    for name in request.extra.keys() {
        lost.left_out(name);
    }
    lost.finish(Map::from_iter([("requests".to_owned(), Value::from(requests))]))
}

#[derive(Deserialize)]
struct Vectors {
    embeddings: Vec<Values>,
}

#[derive(Deserialize)]
struct Values {
    values: Vec<f32>,
}

/// Reads vectors that came with a status of 2xx.
///
/// # Errors
/// It is no answer of this dialect, or says that it failed.
pub fn read_vectors(body: &[u8]) -> Result<EmbedAnswer, Fault> {
    if serde_json::from_slice::<Value>(body).is_ok_and(|it| it.get("error").is_some()) {
        return Err(in_band(body));
    }
    let read: Vectors = serde_json::from_slice(body)
        .map_err(|_| malformed("The answer holds no vectors of the Gemini API.", body))?;
    let vectors = read.embeddings.into_iter().map(|it| it.values).collect();
    Ok(EmbedAnswer { vectors, ..EmbedAnswer::default() })
}
