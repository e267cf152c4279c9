//! Other programs' files as chains: LiteLLM's `config.yaml`, and the bare list under `fallback_chain:`.
//!
//! What can be said in our document is carried over; what cannot is named, one note each, and never left out in
//! silence. A key that stands in such a file is not taken over.

mod fallback_chain;
mod litellm;
mod provider;

use contract::{Problem, config::Document};
use serde_json::{Value, json};

use super::{
    Read, has_errors,
    read::{from_value, read, yaml},
    warning,
};

/// What a text from outside says.
#[derive(Debug)]
pub struct Import {
    /// The document; absent when a problem is an error.
    pub document: Option<Document>,
    /// What is wrong or unwise, and what could not be carried over.
    pub problems: Vec<Problem>,
    /// The text was another program's: only the chains are meant, everything else stays as it is.
    pub chains_only: bool,
}

/// Chains as plain data, and notes on what became of the rest.
#[derive(Debug, Default)]
struct Converted {
    chains: Vec<Value>,
    notes: Vec<Problem>,
}

impl Converted {
    fn note(&mut self, path: impl Into<String>, what: impl Into<String>, remedy: &str) {
        self.notes.push(warning(path, what, remedy));
    }
}

/// Reads a document of our own or of one of the programs above.
#[must_use]
pub fn import(text: &str) -> Import {
    let own = || {
        let Read { document, problems } = read(text);
        Import { document, problems, chains_only: false }
    };
    let Ok(value) = yaml(text) else { return own() };
    let converted = if value.get("model_list").is_some() {
        litellm::convert(&value)
    } else if value.get("fallback_chain").is_some() {
        fallback_chain::convert(&value)
    } else {
        return own();
    };
    let Converted { chains, notes } = converted;
    let Read { document, problems } = from_value(json!({"version": 1, "chains": chains}));
    // The notes come first: they are about what the operator wrote.
    let problems: Vec<Problem> = notes.into_iter().chain(problems).collect();
    let document = document.filter(|_| !has_errors(&problems));
    Import { document, problems, chains_only: true }
}

/// A number of seconds, or a duration of our own, as a duration.
fn span(value: &Value) -> Option<String> {
    match value {
        Value::Number(n) => {
            let ms = (n.as_f64()? * 1000.0).round();
            (ms >= 1.0)
                .then(|| if ms % 1000.0 == 0.0 { format!("{}s", ms / 1000.0) } else { format!("{ms}ms") })
        }
        Value::String(text) => text.trim().parse::<f64>().map_or(Some(text.clone()), |s| span(&json!(s))),
        _ => None,
    }
}

/// A name that is not among those before it.
fn free_name(wanted: &str, taken: &[String]) -> String {
    let numbered = (2..).map(|n| format!("{wanted}-{n}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or_else(|| wanted.to_owned())
}

#[cfg(test)]
mod tests;
