//! Texts to vectors, by the two families of models that have them: Titan takes one text at a time, Cohere several.

use serde_json::{Map, Value, json};

use crate::{
    carry::Lost,
    error::Unfit,
    exchange::embed::{EmbedAnswer, EmbedInput, EmbedRequest},
    fault::{Fault, malformed},
    wire::Prepared,
};

/// Writes a request for vectors.
///
/// # Errors
/// An input is not text, or the model takes only one at a time.
pub fn write_embed(request: &EmbedRequest) -> Result<Prepared, Unfit> {
    let mut lost = Lost::default();
    let mut texts = Vec::new();
    for input in &request.inputs {
        match input {
            EmbedInput::Text(text) => texts.push(text.as_str()),
            EmbedInput::Tokens(_) => lost.note("inputs in tokens"),
        }
    }
    for name in request.extra.keys() {
        lost.left_out(name);
    }
    let mut body = Map::new();
    if request.model.contains("cohere.") {
        body.insert("texts".into(), texts.into());
        body.insert("input_type".into(), "search_document".into());
        body.insert("embedding_types".into(), json!(["float"]));
        if let Some(cut) = request.truncate {
            body.insert("truncate".into(), if cut { "END" } else { "NONE" }.into());
        }
        if let Some(size) = request.dimensions {
            body.insert("output_dimension".into(), size.into());
        }
    } else {
        if request.truncate.is_some() {
            lost.left_out("truncate");
        }
        if texts.len() > 1 {
            lost.note("more than one input");
        }
        body.insert("inputText".into(), texts.first().copied().unwrap_or_default().into());
        if let Some(size) = request.dimensions {
            body.insert("dimensions".into(), size.into());
        }
    }
    lost.finish(body)
}

/// Reads vectors that came with a status of 2xx.
///
/// # Errors
/// It is no answer of either family.
pub fn read_vectors(body: &[u8]) -> Result<EmbedAnswer, Fault> {
    let not_one = || malformed("The answer holds no vectors that Bedrock's models give.", body);
    let value: Value = serde_json::from_slice(body).map_err(|_| not_one())?;
    let lists = value.pointer("/embeddings/float").or_else(|| value.get("embeddings"));
    let vectors = match (lists, value.get("embedding")) {
        (Some(lists), _) => serde_json::from_value(lists.clone()).map_err(|_| not_one())?,
        (None, Some(one)) => vec![serde_json::from_value(one.clone()).map_err(|_| not_one())?],
        (None, None) => return Err(not_one()),
    };
    let input_tokens = value.get("inputTextTokenCount").and_then(Value::as_u64);
    Ok(EmbedAnswer { vectors, input_tokens, ..EmbedAnswer::default() })
}
