//! A server's model list, in the shapes there are.

use serde_json::Value;

/// The names in a model list: OpenAI's `{"data":[{"id"}]}`, Together's bare array of the same, Ollama's
/// `{"models":[{"name"}]}`. Absent when it is none of these.
pub(crate) fn names(list: &Value) -> Option<Vec<String>> {
    let entries =
        ["data", "models", "modelSummaries"].iter().find_map(|k| list.get(k)).unwrap_or(list).as_array()?;
    let name = |entry: &Value| {
        let field = ["id", "name", "model", "modelId"].iter().find_map(|k| entry.get(k)?.as_str())?;
        Some(field.strip_prefix("models/").unwrap_or(field).to_owned())
    };
    Some(entries.iter().filter_map(name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_shape_is_read() {
        for list in [
            json!({"object": "list", "data": [{"id": "a"}, {"id": "b"}]}),
            json!([{"id": "a"}, {"id": "b"}]),
            json!({"models": [{"name": "a", "size": 1}, {"name": "b"}]}),
            json!({"models": [{"name": "models/a", "displayName": "A"}, {"name": "models/b"}]}),
            json!({"modelSummaries": [{"modelId": "a"}, {"modelId": "b"}]}),
        ] {
            assert_eq!(names(&list).unwrap(), ["a", "b"]);
        }
        assert_eq!(names(&json!({"data": []})).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_cheerful_200_without_a_list_is_no_list() {
        assert!(names(&json!({"error": "Unexpected endpoint or method. (GET /health)"})).is_none());
        assert!(names(&json!("ok")).is_none());
    }
}
