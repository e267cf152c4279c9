//! Taking the fields of a JSON object out one by one, with errors that name the field.

use serde_json::{Map, Value};

use crate::error::BadRequest;

pub(crate) fn wrong(name: &str, what: &str) -> BadRequest {
    BadRequest::new(format!("`{name}` must be {what}."), Some(name), Some("invalid_type"))
}

/// Takes a field out; null says nothing.
pub(crate) fn take(fields: &mut Map<String, Value>, name: &str) -> Option<Value> {
    fields.shift_remove(name).filter(|value| !value.is_null())
}

pub(crate) fn string(fields: &mut Map<String, Value>, name: &str) -> Result<Option<String>, BadRequest> {
    match take(fields, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong(name, "a string")),
    }
}

pub(crate) fn list(fields: &mut Map<String, Value>, name: &str) -> Result<Option<Vec<Value>>, BadRequest> {
    match take(fields, name) {
        None => Ok(None),
        Some(Value::Array(items)) => Ok(Some(items)),
        Some(_) => Err(wrong(name, "a list")),
    }
}

pub(crate) fn boolean(fields: &mut Map<String, Value>, name: &str) -> Result<Option<bool>, BadRequest> {
    take(fields, name).map(|it| it.as_bool().ok_or_else(|| wrong(name, "true or false"))).transpose()
}

pub(crate) fn real(fields: &mut Map<String, Value>, name: &str) -> Result<Option<f64>, BadRequest> {
    take(fields, name).map(|it| it.as_f64().ok_or_else(|| wrong(name, "a number"))).transpose()
}

pub(crate) fn whole(fields: &mut Map<String, Value>, name: &str) -> Result<Option<i64>, BadRequest> {
    take(fields, name).map(|it| it.as_i64().ok_or_else(|| wrong(name, "a whole number"))).transpose()
}

/// A cap; a negative one is none.
pub(crate) fn cap(fields: &mut Map<String, Value>, name: &str) -> Result<Option<u32>, BadRequest> {
    let number = real(fields, name)?.filter(|it| *it >= 0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts from floats saturate")]
    Ok(number.map(|it| it as u32))
}

pub(crate) fn numbered<T>(
    items: Vec<Value>,
    name: &str,
    read: impl Fn(Value, &str) -> Result<T, BadRequest>,
) -> Result<Vec<T>, BadRequest> {
    items.into_iter().enumerate().map(|(at, item)| read(item, &format!("{name}[{at}]"))).collect()
}

pub(crate) fn object(value: Value, path: &str) -> Result<Map<String, Value>, BadRequest> {
    match value {
        Value::Object(fields) => Ok(fields),
        _ => Err(wrong(path, "an object")),
    }
}

pub(crate) fn required(
    fields: &mut Map<String, Value>,
    name: &str,
    path: &str,
) -> Result<String, BadRequest> {
    match take(fields, name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(wrong(&format!("{path}.{name}"), "a string")),
    }
}
