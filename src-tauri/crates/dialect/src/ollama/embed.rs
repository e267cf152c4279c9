//! Embeddings: `/api/embed`, both sides, and its forerunner `/api/embeddings` for clients.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::lines::Form;
use crate::{
    error::{BadRequest, Unfit},
    exchange::embed::{EmbedAnswer, EmbedInput, EmbedRequest},
    fault::{Fault, in_band, malformed},
    openai::{chunk::count, embed},
    take::{boolean, object, string, take},
};

/// Reads a request; that of the forerunner is called [`Form::Generate`], and has one `prompt`.
///
/// # Errors
/// It is not JSON, or a field that is looked at is not what it should be; the error names the field.
pub fn read_embed_request(form: Form, body: &[u8]) -> Result<EmbedRequest, BadRequest> {
    let value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let mut fields = object(value, "body")?;
    let name = if form == Form::Chat { "input" } else { "prompt" };
    Ok(EmbedRequest {
        model: string(&mut fields, "model")?.unwrap_or_default(),
        inputs: embed::inputs(take(&mut fields, name).unwrap_or_default())?,
        dimensions: embed::dimensions(&mut fields)?,
        truncate: boolean(&mut fields, "truncate")?,
        // The rest says how a server runs its model.
        extra: Map::new(),
    })
}

/// Writes a request. An input that is too long is refused rather than cut in silence, unless the client says otherwise.
///
/// # Errors
/// An input is in tokens, for which there is no word here.
pub fn write_embed_request(request: &EmbedRequest) -> Result<Bytes, Unfit> {
    let text = |input: &EmbedInput| match input {
        EmbedInput::Text(text) => Ok(Value::from(text.as_str())),
        EmbedInput::Tokens(_) => Err(Unfit::CannotCarry(vec!["input in tokens".into()])),
    };
    let inputs: Vec<Value> = request.inputs.iter().map(text).collect::<Result<_, _>>()?;
    let mut body = json!({
        "model": request.model,
        "input": inputs,
        "truncate": request.truncate.unwrap_or_default(),
    });
    if let (Some(dimensions), Some(fields)) = (request.dimensions, body.as_object_mut()) {
        fields.insert("dimensions".into(), dimensions.into());
    }
    Ok(body.to_string().into())
}

/// Reads an answer that came with a status of 2xx.
///
/// # Errors
/// It is no answer of this dialect, or says that it failed.
pub fn read_embed_answer(body: &[u8]) -> Result<EmbedAnswer, Fault> {
    let no_answer = || malformed("The answer holds no embeddings.", body);
    let answer: Value = serde_json::from_slice(body).map_err(|_| no_answer())?;
    if answer.get("error").is_some() {
        return Err(in_band(body));
    }
    let lists = answer.get("embeddings").and_then(Value::as_array).ok_or_else(no_answer)?;
    let vector = |it: &Value| it.as_array().and_then(|numbers| embed::numbers_of(numbers));
    Ok(EmbedAnswer {
        model: answer.get("model").and_then(Value::as_str).unwrap_or_default().to_owned(),
        vectors: lists.iter().map(vector).collect::<Option<_>>().ok_or_else(no_answer)?,
        input_tokens: answer.get("prompt_eval_count").and_then(count),
    })
}

/// Writes an answer; `model` is what the client calls it.
#[must_use]
pub fn write_embed_answer(form: Form, model: &str, answer: &EmbedAnswer) -> Bytes {
    let body = match form {
        Form::Chat => json!({
            "model": model,
            "embeddings": answer.vectors,
            "prompt_eval_count": answer.input_tokens.unwrap_or_default(),
        }),
        Form::Generate => json!({ "embedding": answer.vectors.first() }),
    };
    body.to_string().into()
}
