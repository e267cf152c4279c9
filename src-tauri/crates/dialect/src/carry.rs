//! What the writers of requests have in common: what another dialect cannot carry, what is left out without harm, and
//! the pieces that every dialect but the client's own writes anew.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::{error::Unfit, exchange::Request, wire::Prepared};

/// What a dialect has no word for.
#[derive(Debug, Default)]
pub(crate) struct Lost {
    shaping: Vec<String>,
    harmless: Vec<String>,
}

impl Lost {
    /// It shapes the answer: the request is unfit for this server.
    pub fn note(&mut self, what: impl Into<String>) {
        add(&mut self.shaping, what.into());
    }

    /// It is a hint: it is left out and named.
    pub fn left_out(&mut self, what: impl Into<String>) {
        add(&mut self.harmless, what.into());
    }

    /// Names what the dialects of Anthropic, Google and Amazon all lack.
    pub fn usual(&mut self, request: &Request) {
        if request.n.is_some_and(|n| n > 1) {
            self.note("n");
        }
        for (name, value) in &request.extra {
            match name.as_str() {
                _ if says_nothing(value) => {}
                "modalities" if *value == json!(["text"]) => {}
                _ if SHAPING.contains(&name.as_str()) => self.note(name),
                _ => self.left_out(name),
            }
        }
    }

    /// The request, unless something was lost that shapes the answer.
    pub fn finish(self, body: Map<String, Value>) -> Result<Prepared, Unfit> {
        if self.shaping.is_empty() {
            let body = Value::Object(body).to_string().into();
            return Ok(Prepared { body, dropped: self.harmless });
        }
        Err(Unfit::CannotCarry(self.shaping))
    }
}

/// A conversation in the form that Anthropic, Google and Amazon share: the instructions apart, and turns of two roles, in
/// which neighbours of one role are one turn and no turn is empty.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    pub system: Vec<Value>,
    pub turns: Vec<(&'static str, Vec<Value>)>,
}

impl Turns {
    /// Adds instructions; where they stood between turns is lost.
    pub fn instruct(&mut self, content: Vec<Value>, lost: &mut Lost) {
        if !self.turns.is_empty() {
            lost.left_out("the place of a later system message");
        }
        self.system.extend(content);
    }

    /// Adds to the last turn where it is of the same role, or begins another.
    pub fn say(&mut self, role: &'static str, content: Vec<Value>) {
        match self.turns.last_mut() {
            _ if content.is_empty() => {}
            Some((last, all)) if *last == role => all.extend(content),
            _ => self.turns.push((role, content)),
        }
    }

    /// Whether the last turn is of this role.
    pub fn ends_with(&self, role: &str) -> bool {
        self.turns.last().is_some_and(|(last, _)| *last == role)
    }

    /// The turns, with their content under this name.
    pub fn written(self, name: &str) -> Value {
        self.turns.into_iter().map(|(role, content)| json!({ "role": role, name: content })).collect()
    }
}

fn add(list: &mut Vec<String>, what: String) {
    if !list.contains(&what) {
        list.push(what);
    }
}

/// Fields of any client's dialect that shape the answer and that the exchange model has no word for.
const SHAPING: [&str; 13] = [
    "logprobs",
    "top_logprobs",
    "logit_bias",
    "modalities",
    "audio",
    "functions",
    "function_call",
    "web_search_options",
    "grammar",
    "structured_outputs",
    "min_tokens",
    "mcp_servers",
    "container",
];

/// Whether a field is there and asks for nothing.
pub(crate) fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Bool(true) => false,
    }
}

/// The arguments of a call as an object; nothing written means none. None when they are no JSON object.
pub(crate) fn arguments(text: &str) -> Option<Value> {
    match text.trim() {
        "" => Some(json!({})),
        text => serde_json::from_str::<Value>(text).ok().filter(Value::is_object),
    }
}

/// A document in the request: its media type, its base64 and its name, in the words of any client's dialect.
pub(crate) fn document(part: &Value) -> Option<(String, String, Option<String>)> {
    let word = |path: &str| part.pointer(path).and_then(Value::as_str);
    if let (Some("base64"), Some(kind), Some(data)) =
        (word("/source/type"), word("/source/media_type"), word("/source/data"))
    {
        return Some((kind.to_owned(), data.to_owned(), word("/title").map(ToOwned::to_owned)));
    }
    let (kind, data) = word("/file/file_data")?.strip_prefix("data:")?.split_once(";base64,")?;
    Some((kind.to_owned(), data.to_owned(), word("/file/filename").map(ToOwned::to_owned)))
}

/// Parts a call's id from what the model that made the call wants back unread.
pub(crate) const SIGNED: &str = "__cosig_";

/// A body whose calls' ids carry nothing; none where none does. For every server but the one that would read it: some
/// take only short ids.
pub(crate) fn unsigned(body: &[u8]) -> Option<Bytes> {
    let mut rest = body;
    let mut out = Vec::new();
    while let Some(at) = memchr::memmem::find(rest, SIGNED.as_bytes()) {
        let (before, after) = rest.split_at(at);
        out.extend_from_slice(before);
        let carried =
            after.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count();
        rest = after.get(carried..).unwrap_or_default();
    }
    if out.is_empty() {
        return None;
    }
    out.extend_from_slice(rest);
    Some(out.into())
}

/// A call's id in the letters that every provider takes, at most 64 of them. The same id always becomes the same one.
pub(crate) fn fitting_id(id: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !id.is_empty() && id.len() <= 64 && id.chars().all(fits) {
        return id.to_owned();
    }
    let start: String = id.chars().take(40).map(|c| if fits(c) { c } else { '_' }).collect();
    format!("{start}_{:016x}", digest([id]))
}

/// A short digest of a text in parts that is the same in every version of this program (FNV-1a).
pub(crate) fn digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> u64 {
    let bytes = parts.into_iter().flat_map(str::bytes);
    bytes.fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// Effort in words to a budget in tokens, by the convention that gateways share.
pub(crate) fn budget_of(effort: &str) -> u32 {
    match effort {
        "none" => 0,
        "minimal" | "low" => 1024,
        "medium" => 2048,
        "high" => 4096,
        _ => 8192,
    }
}

/// The other way round.
pub(crate) fn effort_of(budget: u32) -> &'static str {
    match budget {
        0 => "none",
        1..=1024 => "low",
        1025..=2048 => "medium",
        2049..=8192 => "high",
        _ => "xhigh",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_fit_and_stay_apart() {
        assert_eq!(fitting_id("call_1-a"), "call_1-a");
        let odd = ["a|b", "a.b", "", &"x".repeat(65), &"x".repeat(66), "é"].map(fitting_id);
        for id in &odd {
            assert!(id.len() <= 64 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{id}");
        }
        assert_eq!(odd.iter().collect::<std::collections::BTreeSet<_>>().len(), odd.len());
    }

    #[test]
    fn what_ids_carry_is_taken_off() {
        let body = r#"{"a":"x__cosig_c2ln-_A","b":["y__cosig_"],"c":"z"}"#;
        assert_eq!(&unsigned(body.as_bytes()).unwrap()[..], br#"{"a":"x","b":["y"],"c":"z"}"#);
        assert_eq!(unsigned(br#"{"a":"x"}"#), None);
    }

    #[test]
    fn documents_are_known_in_both_words() {
        let anthropic = json!({"type": "document", "title": "t", "source":
            {"type": "base64", "media_type": "application/pdf", "data": "AA=="}});
        let openai = json!({"type": "file", "file":
            {"file_data": "data:application/pdf;base64,AA==", "filename": "t"}});
        let expected = Some(("application/pdf".to_owned(), "AA==".to_owned(), Some("t".to_owned())));
        assert_eq!(document(&anthropic), expected);
        assert_eq!(document(&openai), expected);
        assert_eq!(document(&json!({"file": {"file_id": "f"}})), None);
    }
}
