//! Embeddings: `/v1/embeddings`, both sides.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::{
    error::BadRequest,
    exchange::embed::{EmbedAnswer, EmbedInput, EmbedRequest},
    fault::{Fault, in_band, malformed},
    fields::scan,
    openai::chunk::count,
    peek::{Peek, not_json, parse},
    take::{object, string, take, whole, wrong},
};

/// Reads what routing needs of a request for embeddings, whose inputs stand under one of these names.
pub(crate) fn peek(body: &[u8], inputs: &[&str]) -> Result<Peek, BadRequest> {
    let mut peek = Peek { embeds: true, ..Peek::blank(body) };
    let (mut found, mut wrong) = (false, None);
    scan(body, b"", |name, value| {
        if name == "model" {
            match parse::<Option<String>>(&value, name, "a string") {
                Ok(model) => peek.model = model.unwrap_or_default(),
                Err(error) => wrong = Some(error),
            }
        }
        found |= inputs.contains(&name) && (value.starts_with(b'"') || value.has_items());
    })
    .map_err(|error| not_json(body, error))?;
    if let Some(error) = wrong {
        return Err(error);
    }
    let missing = |name: &str| {
        let message = format!("`{name}` is missing or empty.");
        BadRequest::new(message, Some(name), Some("missing_required_parameter"))
    };
    if peek.model.is_empty() {
        return Err(missing("model"));
    }
    if !found {
        return Err(missing(inputs.first().copied().unwrap_or("input")));
    }
    Ok(peek)
}

/// Reads a request.
///
/// # Errors
/// It is not JSON, or a field that is looked at is not what it should be; the error names the field.
pub fn read_embed_request(body: &[u8]) -> Result<EmbedRequest, BadRequest> {
    let value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let mut fields = object(value, "body")?;
    let fields = &mut fields;
    let request = EmbedRequest {
        model: string(fields, "model")?.unwrap_or_default(),
        inputs: inputs(take(fields, "input").unwrap_or_default())?,
        dimensions: dimensions(fields)?,
        truncate: None,
        extra: Map::new(),
    };
    // How the vectors are written is between the client and this program.
    fields.shift_remove("encoding_format");
    Ok(EmbedRequest { extra: std::mem::take(fields), ..request })
}

pub(crate) fn dimensions(fields: &mut Map<String, Value>) -> Result<Option<u32>, BadRequest> {
    let wanted = whole(fields, "dimensions")?;
    wanted.map(|it| u32::try_from(it).map_err(|_| wrong("dimensions", "a whole number from 1"))).transpose()
}

/// One text or many, or the same in tokens.
pub(crate) fn inputs(value: Value) -> Result<Vec<EmbedInput>, BadRequest> {
    let tokens = |list: &[Value]| -> Option<EmbedInput> {
        let all: Option<Vec<u32>> = list.iter().map(|it| u32::try_from(it.as_u64()?).ok()).collect();
        all.map(EmbedInput::Tokens)
    };
    let bad = || wrong("input", "a text, a list of texts, or the same in tokens");
    match value {
        Value::String(text) => Ok(vec![EmbedInput::Text(text)]),
        Value::Array(items) if items.first().is_some_and(Value::is_number) => {
            Ok(vec![tokens(&items).ok_or_else(bad)?])
        }
        Value::Array(items) => {
            let one = |item: Value| match item {
                Value::String(text) => Ok(EmbedInput::Text(text)),
                Value::Array(list) => tokens(&list).ok_or_else(bad),
                _ => Err(bad()),
            };
            items.into_iter().map(one).collect()
        }
        _ => Err(bad()),
    }
}

/// Writes a request.
#[must_use]
pub fn write_embed_request(request: &EmbedRequest) -> Bytes {
    let input = |input: &EmbedInput| match input {
        EmbedInput::Text(text) => Value::from(text.as_str()),
        EmbedInput::Tokens(tokens) => tokens.clone().into(),
    };
    let mut body = Map::new();
    body.insert("model".into(), request.model.clone().into());
    body.insert("input".into(), request.inputs.iter().map(input).collect());
    if let Some(dimensions) = request.dimensions {
        body.insert("dimensions".into(), dimensions.into());
    }
    body.extend(request.extra.clone());
    Value::Object(body).to_string().into()
}

/// Reads an answer that came with a status of 2xx: vectors as numbers, or as base64 of little-endian floats.
///
/// # Errors
/// It is no answer of this dialect, or says that it failed.
pub fn read_embed_answer(body: &[u8]) -> Result<EmbedAnswer, Fault> {
    let no_answer = || malformed("The answer holds no embeddings.", body);
    let answer: Value = serde_json::from_slice(body).map_err(|_| no_answer())?;
    if answer.get("error").is_some_and(|error| !error.is_null()) {
        return Err(in_band(body));
    }
    let items = answer.get("data").and_then(Value::as_array).ok_or_else(no_answer)?;
    let mut vectors = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        let place = item.get("index").and_then(Value::as_u64).unwrap_or(at as u64);
        vectors.push((place, item.get("embedding").and_then(vector).ok_or_else(no_answer)?));
    }
    vectors.sort_by_key(|(place, _)| *place);
    Ok(EmbedAnswer {
        model: answer.get("model").and_then(Value::as_str).unwrap_or_default().to_owned(),
        vectors: vectors.into_iter().map(|(_, vector)| vector).collect(),
        input_tokens: answer.pointer("/usage/prompt_tokens").and_then(count),
    })
}

fn vector(value: &Value) -> Option<Vec<f32>> {
    match value {
        Value::Array(numbers) => numbers_of(numbers),
        Value::String(text) => {
            let bytes = STANDARD.decode(text).ok()?;
            let (whole, rest) = bytes.as_chunks::<4>();
            rest.is_empty().then(|| whole.iter().map(|four| f32::from_le_bytes(*four)).collect())
        }
        _ => None,
    }
}

/// A list of numbers as a vector.
pub(crate) fn numbers_of(numbers: &[Value]) -> Option<Vec<f32>> {
    #[expect(clippy::cast_possible_truncation, reason = "vectors are of single precision everywhere")]
    numbers.iter().map(|number| number.as_f64().map(|it| it as f32)).collect()
}

/// Writes an answer; `base64` as the SDKs ask for it.
#[must_use]
pub fn write_embed_answer(answer: &EmbedAnswer, base64: bool) -> Bytes {
    let written = |vector: &[f32]| -> Value {
        if base64 {
            let bytes: Vec<u8> = vector.iter().flat_map(|it| it.to_le_bytes()).collect();
            STANDARD.encode(bytes).into()
        } else {
            vector.into()
        }
    };
    let item = |(at, vector): (usize, &Vec<f32>)| json!({ "object": "embedding", "index": at, "embedding": written(vector) });
    let data: Vec<Value> = answer.vectors.iter().enumerate().map(item).collect();
    let tokens = answer.input_tokens.unwrap_or_default();
    let usage = json!({ "prompt_tokens": tokens, "total_tokens": tokens });
    json!({ "object": "list", "data": data, "model": answer.model, "usage": usage }).to_string().into()
}
