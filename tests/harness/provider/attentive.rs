//! What a model says that reads its prompt: the same whatever dialect the request came in.

use serde_json::{Value, json};

use super::Say;

/// The beginning of the picture that the tests show: a PNG in base64.
const PICTURE: &str = "iVBORw0KGgo";

pub(super) fn say(body: &Value) -> Say {
    let asked = body.to_string();
    let results: Vec<&str> = ["sunny", "snowing"].into_iter().filter(|it| asked.contains(it)).collect();
    let call = |city: &str| ("weather".to_owned(), json!({ "city": city }));
    let form = body.get("format").filter(|it| it.is_object() && it.to_string().contains("\"city\""));
    if let Some(form) = form {
        Say::Text(fitting(form, form).to_string())
    } else if !results.is_empty() {
        Say::Text(format!("It is {}.", results.join(" and ")))
    } else if asked.contains("\"weather\"") {
        let cities: &[&str] = if asked.contains("both") { &["Paris", "Oslo"] } else { &["Paris"] };
        Say::Calls(cities.iter().map(|city| call(city)).collect())
    } else if asked.contains("colour") {
        Say::text(r#"{"colour": "blue"}"#)
    } else if asked.contains(PICTURE) {
        Say::text("A small picture.")
    } else if asked.contains("break") {
        Say::Fails("Hello ".into())
    } else {
        Say::Thought("Somebody greets me.".into(), "Hello from the tier.".into())
    }
}

/// The least that fits a JSON schema, as a server says it that keeps to one.
fn fitting(schema: &Value, root: &Value) -> Value {
    if let Some(to) = schema["$ref"].as_str() {
        let found = root.pointer(to.trim_start_matches('#'));
        return found.map_or(Value::Null, |found| fitting(found, root));
    }
    if let Some(first) = schema["anyOf"].get(0) {
        return fitting(first, root);
    }
    match (schema.get("const"), schema["type"].as_str()) {
        (Some(only), _) => only.clone(),
        (None, Some("object")) => {
            let properties = schema["properties"].as_object();
            let fields = properties.into_iter().flatten();
            fields.map(|(name, schema)| (name.clone(), fitting(schema, root))).collect()
        }
        (None, Some("string")) => "Paris".into(),
        _ => Value::Null,
    }
}

pub(super) fn calls_until(body: &Value, text: &str, (name, arguments): (String, Value)) -> Say {
    let asked = body.to_string();
    if asked.contains(text) {
        Say::Text(format!("I saw {text}."))
    } else if asked.contains(&format!("\"{name}\"")) {
        Say::Calls(vec![(name, arguments)])
    } else {
        Say::text("Well.")
    }
}
