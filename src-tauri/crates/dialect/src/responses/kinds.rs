//! Tools that a client carries out itself and that are no functions: those that take a text (`custom`; Codex edits files by
//! one), and its search for more tools (`tool_search`). Tiers that know functions alone are offered functions, and calls
//! come back in the client's form.

use serde_json::{Map, Value, json};

use super::item::full_name;
use crate::{
    error::BadRequest,
    exchange::Tool,
    take::{string, take},
};

/// The name of the search as a function.
pub(super) const SEARCH: &str = "tool_search";
/// The one argument of a tool that takes a text.
const INPUT: &str = "input";

/// A tool that takes a text, as a function. A grammar that the text must follow can only be told to the model.
pub(super) fn custom(mut fields: Map<String, Value>, name: String) -> Result<Tool, BadRequest> {
    let mut description = string(&mut fields, "description")?.unwrap_or_default();
    let format = take(&mut fields, "format").unwrap_or_default();
    let word = |name: &str| format.get(name).and_then(Value::as_str);
    if let Some(grammar) = word("definition") {
        let syntax = word("syntax").unwrap_or("lark");
        description.push_str(&format!("\n\n`{INPUT}` must follow this {syntax} grammar:\n{grammar}"));
    }
    let text = json!({ "type": "string", "description": "The text that the tool is given, as it stands." });
    let parameters = json!({
        "type": "object", "properties": { INPUT: text }, "required": [INPUT], "additionalProperties": false,
    });
    Ok(Tool { name, description: Some(description), parameters: Some(parameters), strict: None })
}

/// The client's search as a function.
pub(super) fn search(mut fields: Map<String, Value>) -> Result<Tool, BadRequest> {
    Ok(Tool {
        name: SEARCH.into(),
        description: string(&mut fields, "description")?,
        parameters: take(&mut fields, "parameters"),
        strict: None,
    })
}

/// The arguments of a call that was given this text.
pub(super) fn arguments(input: &str) -> String {
    json!({ INPUT: input }).to_string()
}

/// What a search found, for the model to read; the tools themselves are offered to it with the others.
pub(super) fn found(tools: &[Value]) -> String {
    let names: Vec<String> = names(tools).into_iter().map(|it| it.full).collect();
    if names.is_empty() { "No tools were found.".into() } else { format!("Found: {}", names.join(", ")) }
}

/// What kind of tool is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A function, in its namespace if it has one.
    Function { space: Option<String>, name: String },
    /// A tool that takes a text.
    Custom,
    /// The client's search.
    Search,
}

/// A tool by the name that tiers know it by.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub full: String,
    pub kind: Kind,
}

impl Kind {
    /// Whether its calls are told piece by piece.
    pub fn is_function(&self) -> bool {
        matches!(self, Self::Function { .. })
    }

    /// How the ids of its calls begin.
    pub fn prefix(&self) -> &'static str {
        match self {
            Self::Function { .. } => "fc",
            Self::Custom => "ctc",
            Self::Search => "tsc",
        }
    }

    /// The fields of a call's item that no other kind has.
    pub fn fields(&self, name: &str, arguments: &str) -> Value {
        let read = || serde_json::from_str::<Value>(arguments).ok();
        match self {
            Self::Function { space, name } => {
                let mut fields = json!({ "type": "function_call", "name": name, "arguments": arguments });
                if let (Some(space), Some(fields)) = (space, fields.as_object_mut()) {
                    fields.insert("namespace".into(), space.clone().into());
                }
                fields
            }
            Self::Custom => {
                json!({ "type": "custom_tool_call", "name": name, "input": input(arguments) })
            }
            Self::Search => {
                let arguments = read().unwrap_or_else(|| json!({}));
                json!({ "type": "tool_search_call", "execution": "client", "arguments": arguments })
            }
        }
    }
}

/// The text of a call with these arguments; the arguments themselves where a model wrote something else.
pub(super) fn input(arguments: &str) -> String {
    let read = serde_json::from_str::<Value>(arguments).ok();
    let text = read.as_ref().and_then(|it| it.get(INPUT)).and_then(Value::as_str);
    text.unwrap_or(arguments).to_owned()
}

/// The tools of a request that are more than a function of their name, those that a search found included.
pub(super) fn of_request(request: &Map<String, Value>) -> Vec<Named> {
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let mut all = names(&list(request.get("tools")));
    for item in list(request.get("input")) {
        if item["type"] == "tool_search_output" {
            all.extend(names(&list(item.get("tools"))));
        }
    }
    all.retain(|it| !matches!(&it.kind, Kind::Function { space: None, .. }));
    all
}

fn names(tools: &[Value]) -> Vec<Named> {
    tools.iter().flat_map(named).collect()
}

fn named(tool: &Value) -> Vec<Named> {
    let name = tool["name"].as_str().unwrap_or_default().to_owned();
    let one = |full: String, kind: Kind| vec![Named { full, kind }];
    match tool["type"].as_str() {
        Some("custom") => one(name, Kind::Custom),
        Some("tool_search") => one(SEARCH.into(), Kind::Search),
        Some("function") => one(name.clone(), Kind::Function { space: None, name }),
        Some("namespace") => {
            let inner = tool["tools"].as_array().into_iter().flatten();
            let of = |tool: &Value| {
                let own = tool["name"].as_str()?.to_owned();
                let full = full_name(&name, &own);
                Some(Named { full, kind: Kind::Function { space: Some(name.clone()), name: own } })
            };
            inner.filter_map(of).collect()
        }
        _ => Vec::new(),
    }
}
