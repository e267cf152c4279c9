//! What a model says that reads its prompt: the same whatever dialect the request came in.

use serde_json::{Value, json};

use super::Say;

/// The beginning of the picture that the tests show: a PNG in base64.
const PICTURE: &str = "iVBORw0KGgo";

pub(super) fn say(body: &Value) -> Say {
    let asked = body.to_string();
    let results: Vec<&str> = ["sunny", "snowing"].into_iter().filter(|it| asked.contains(it)).collect();
    let call = |city: &str| ("weather".to_owned(), json!({ "city": city }));
    if !results.is_empty() {
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
