//! From text to a document: every problem at once, each with its path and the nearest known name.
//!
//! The text is read as plain data first and held against the schema that the contract's types generate, so
//! that one mistake does not hide the next. Only data without problems becomes a [`Document`].

use std::sync::LazyLock;

use contract::{Problem, config::Document};
use jsonschema::{ValidationError, Validator, error::ValidationErrorKind};
use serde_json::Value;

use super::{check::check, error};

/// What a text says: the document unless it has errors, and everything that is wrong or unwise.
#[derive(Debug)]
pub struct Read {
    /// The document; absent when a problem is an error.
    pub document: Option<Document>,
    /// The problems, in the order of the document.
    pub problems: Vec<Problem>,
}

impl Read {
    fn refused(problems: Vec<Problem>) -> Self {
        Self { document: None, problems }
    }
}

/// The schema of the document, as the contract's types say.
static SCHEMA: LazyLock<Value> = LazyLock::new(|| schemars::schema_for!(Document).to_value());

static VALIDATOR: LazyLock<Result<Validator, String>> =
    LazyLock::new(|| jsonschema::validator_for(&SCHEMA).map_err(|e| e.to_string()));

/// Reads YAML (or JSON, which is YAML too).
#[must_use]
pub fn read(text: &str) -> Read {
    if text.trim().is_empty() {
        return Read::refused(vec![error(
            "",
            "the file is empty",
            "start with `version: 1` and a list of `chains`",
        )]);
    }
    match yaml(text) {
        Ok(value) => from_value(value),
        Err(e) => {
            let what = format!("this is not valid YAML: {e}");
            Read::refused(vec![error("", what, "check indentation, colons and quotes at that place")])
        }
    }
}

/// YAML as plain data.
///
/// # Errors
/// Where and why it is none, in one line.
pub fn yaml(text: &str) -> Result<Value, String> {
    serde_saphyr::from_str(text).map_err(|e| first_line(&e.to_string()))
}

fn first_line(text: &str) -> String {
    text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default().trim().to_owned()
}

/// Reads plain data.
#[must_use]
pub fn from_value(mut value: Value) -> Read {
    if let Some(chains) = value.get_mut("chains").and_then(Value::as_array_mut) {
        chains.iter_mut().for_each(normalise_chain);
    }
    let validator = match &*VALIDATOR {
        Ok(validator) => validator,
        Err(e) => return Read::refused(vec![error("", format!("the schema is broken: {e}"), "report this")]),
    };
    let mut problems: Vec<Problem> = validator.iter_errors(&value).flat_map(|e| describe(&e)).collect();
    if problems.is_empty() {
        match serde_json::from_value::<Document>(value) {
            Ok(document) => {
                problems = check(&document);
                let document = (!super::has_errors(&problems)).then_some(document);
                return Read { document, problems };
            }
            Err(e) => problems.push(error("", e.to_string(), "correct this value")),
        }
    }
    problems.dedup();
    Read::refused(problems)
}

/// Other spellings of providers that people use in such files.
const PROVIDER_SPELLINGS: &[(&str, &str)] = &[
    ("llamacpp", "llama.cpp"),
    ("llama_cpp", "llama.cpp"),
    ("llama-cpp", "llama.cpp"),
    ("llama-server", "llama.cpp"),
    ("lm-studio", "lmstudio"),
    ("lm_studio", "lmstudio"),
    ("google", "gemini"),
    ("azure_openai", "azure"),
    ("azure-openai", "azure"),
    ("aws_bedrock", "bedrock"),
    ("openai-compatible", "other"),
    ("openai_compatible", "other"),
    ("custom", "other"),
];

fn normalise_chain(chain: &mut Value) {
    let Some(tiers) = chain.get_mut("tiers").and_then(Value::as_array_mut) else { return };
    // YAML reads a bare `off` as false.
    for kind in tiers.iter_mut().filter_map(|t| t.pointer_mut("/probe/kind")) {
        if *kind == Value::Bool(false) {
            *kind = Value::from("off");
        }
    }
    for provider in tiers.iter_mut().filter_map(|t| t.get_mut("provider")) {
        let Some(text) = provider.as_str().map(str::to_ascii_lowercase) else { continue };
        let known = PROVIDER_SPELLINGS.iter().find(|(other, _)| *other == text).map(|(_, name)| *name);
        *provider = Value::from(known.unwrap_or(&text));
    }
}

/// A schema violation in the operator's words.
fn describe(e: &ValidationError<'_>) -> Vec<Problem> {
    let path = dotted(e.instance_path().as_str());
    match e.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known = known_fields(e);
            unexpected.iter().map(|name| unknown_field(&path, name, &known)).collect()
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![error(join(&path, name), format!("`{name}` is missing"), required_remedy(name))]
        }
        ValidationErrorKind::Pattern { .. } => vec![no_duration(path, e)],
        ValidationErrorKind::Enum { options } => vec![unknown_choice(path, e.instance(), options)],
        ValidationErrorKind::OneOfNotValid { .. } | ValidationErrorKind::AnyOf { .. } => {
            let options = choices(e);
            if options.is_empty() {
                vec![no_alternative(path, e)]
            } else {
                vec![unknown_choice(path, e.instance(), &Value::from(options))]
            }
        }
        ValidationErrorKind::Type { .. } => vec![wrong_type(path, e)],
        _ => vec![error(path, e.to_string(), "correct this value")],
    }
}

fn no_duration(path: String, e: &ValidationError<'_>) -> Problem {
    let what = format!("{} is not a duration", e.instance());
    error(path, what, "write a number with a unit, such as 500ms, 15s or 2m")
}

/// A value that may be left out and is none of what may stand there.
fn no_alternative(path: String, e: &ValidationError<'_>) -> Problem {
    let of = schema_at(e.schema_path().as_str()).and_then(Value::as_array);
    let may_be = |fits: fn(&Value) -> bool| of.into_iter().flatten().map(resolve).any(fits);
    if may_be(|s| s.get("pattern").is_some()) {
        return no_duration(path, e);
    }
    if may_be(|s| s.get("type").is_some_and(|t| t == "object")) {
        return error(path, format!("{} is no group of fields", e.instance()), FIELDS);
    }
    error(path, e.to_string(), "correct this value")
}

/// What to do where fields belong.
const FIELDS: &str = "write fields under it, each as `name: value`";

fn wrong_type(path: String, e: &ValidationError<'_>) -> Problem {
    let schema = schema_at(e.schema_path().as_str().trim_end_matches("/type"));
    // Only durations have a pattern.
    if schema.is_some_and(|s| s.get("pattern").is_some()) {
        return no_duration(path, e);
    }
    let wanted = schema.and_then(|s| s.get("type"));
    let wanted = |kind: &str| match wanted {
        Some(Value::Array(kinds)) => kinds.iter().any(|k| k == kind),
        Some(one) => one == kind,
        None => false,
    };
    let remedy = match e.instance().as_ref() {
        Value::Null => "give it a value, or remove the line",
        Value::Number(_) | Value::Bool(_) if wanted("string") => "put it in quotes",
        _ if wanted("array") => "write a list: a line with `- ` for each",
        _ if wanted("object") => FIELDS,
        _ if wanted("number") || wanted("integer") => "write a number, without quotes and without a unit",
        _ if wanted("boolean") => "write true or false",
        _ => "the operator's guide shows every field by example",
    };
    error(path, format!("this has the wrong type: {e}"), remedy)
}

fn required_remedy(name: &str) -> String {
    match name {
        "version" => "write `version: 1` at the top".into(),
        "provider" => {
            "name what answers there, such as `provider: vllm`, `ollama`, `openai` or `other`".into()
        }
        "model" => "name the model as that server calls it, such as `model: llama3.1:8b`".into(),
        other => format!("add `{other}:`"),
    }
}

fn unknown_choice(path: String, found: &Value, options: &Value) -> Problem {
    let options: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
    let nearest = nearest(&text, &options).map(|n| format!("did you mean `{n}`? ")).unwrap_or_default();
    error(
        path,
        format!("`{text}` is not known here"),
        format!("{nearest}choose one of: {}", options.join(", ")),
    )
}

fn unknown_field(path: &str, name: &str, known: &[String]) -> Problem {
    let options: Vec<&str> = known.iter().map(String::as_str).collect();
    let remedy = match nearest(name, &options) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if options.is_empty() => "remove it".into(),
        None => format!("remove it; known here: {}", options.join(", ")),
    };
    error(join(path, name), format!("unknown field `{name}`"), remedy)
}

fn nearest<'a>(name: &str, options: &[&'a str]) -> Option<&'a str> {
    let scored = options.iter().map(|o| (strsim::jaro_winkler(&name.to_lowercase(), &o.to_lowercase()), *o));
    scored.filter(|(score, _)| *score > 0.75).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, option)| option)
}

/// The part of the schema that an error is about, following `$ref`s.
fn schema_at(pointer: &str) -> Option<&'static Value> {
    let mut at: &Value = &SCHEMA;
    for part in pointer.split('/').skip(1) {
        at = resolve(at);
        at = match at {
            Value::Array(items) => items.get(part.parse::<usize>().ok()?)?,
            other => other.get(part)?,
        };
    }
    Some(resolve(at))
}

fn resolve(mut at: &'static Value) -> &'static Value {
    while let Some(target) = at.get("$ref").and_then(Value::as_str) {
        match SCHEMA.pointer(target.trim_start_matches('#')) {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}

fn known_fields(e: &ValidationError<'_>) -> Vec<String> {
    let pointer = e.schema_path().as_str().trim_end_matches("/additionalProperties").to_owned();
    let fields = schema_at(&pointer).and_then(|s| s.get("properties")).and_then(Value::as_object);
    fields.map(|f| f.keys().cloned().collect()).unwrap_or_default()
}

/// The names in a `oneOf` of constants, or of enumerations.
fn choices(e: &ValidationError<'_>) -> Vec<String> {
    let of = schema_at(e.schema_path().as_str()).and_then(Value::as_array);
    let mut names = Vec::new();
    for option in of.into_iter().flatten().map(resolve) {
        names.extend(option.get("const").and_then(Value::as_str).map(str::to_owned));
        let listed = option.get("enum").and_then(Value::as_array).into_iter().flatten();
        names.extend(listed.filter_map(Value::as_str).map(str::to_owned));
    }
    names
}

/// `/chains/0/tiers/1/url` as `chains[0].tiers[1].url`.
fn dotted(pointer: &str) -> String {
    let mut path = String::new();
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if part.bytes().all(|b| b.is_ascii_digit()) && !part.is_empty() {
            path.push_str(&format!("[{part}]"));
        } else {
            path = join(&path, &part);
        }
    }
    path
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(yaml: &str) -> Vec<String> {
        read(yaml).problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_problem_is_reported_with_its_path_and_the_nearest_name() {
        let found = problems(
            "version: 1
chains:
  - name: chat
    deadlin: 3s
    tiers:
      - name: a
        provider: vlm
        model: m
        url: http://localhost:1
        timeouts: { first_token: soon }
      - name: b
        provider: ollama
        url: http://localhost:2
",
        );
        let wanted = [
            "chains[0].deadlin: unknown field `deadlin`; did you mean `deadline`?",
            "chains[0].tiers[0].provider: `vlm` is not known here; did you mean `vllm`?",
            "chains[0].tiers[0].timeouts.first_token: \"soon\" is not a duration",
            "chains[0].tiers[1].model: `model` is missing",
        ];
        for start in wanted {
            assert!(found.iter().any(|f| f.starts_with(start)), "{start}\nnot in\n{}", found.join("\n"));
        }
        assert_eq!(found.len(), wanted.len(), "{}", found.join("\n"));
    }

    #[test]
    fn a_value_of_the_wrong_type_comes_with_the_right_one() {
        let found = problems(
            "version: 1
chains:
  - name: 7
    tiers:
      - { name: a, provider: vllm, model: m, url: 'http://localhost:1', timeouts: { connect: 2 }, probe: 5, triggers: { total_above: 60 } }
      - { name: b, provider: vllm, model: , url: 'http://localhost:2', capability_weight: much }
      - { name: c, provider: vllm, model: m, replicas: 3 }
",
        );
        let wanted = [
            ("chains[0].name:", "put it in quotes"),
            ("chains[0].tiers[0].timeouts.connect: 2 is not a duration;", "such as 500ms, 15s or 2m"),
            ("chains[0].tiers[0].probe: 5 is no group of fields;", "`name: value`"),
            ("chains[0].tiers[0].triggers.total_above: 60 is not a duration;", "15s or 2m"),
            ("chains[0].tiers[1].model:", "give it a value"),
            ("chains[0].tiers[1].capability_weight:", "write a number"),
            ("chains[0].tiers[2].replicas:", "write a list"),
        ];
        for (start, remedy) in wanted {
            let named = found.iter().find(|f| f.starts_with(start));
            assert!(
                named.is_some_and(|f| f.contains(remedy)),
                "{start} {remedy}\nnot in\n{}",
                found.join("\n")
            );
        }
    }

    #[test]
    fn broken_yaml_is_one_problem_that_says_where() {
        let found = problems("chains: [\n  - name: x\n :");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("line"), "{found:?}");
    }

    #[test]
    fn the_documented_example_is_accepted() {
        let read = read(include_str!("../../tests/example.yaml"));
        assert!(read.document.is_some(), "{:#?}", read.problems);
    }

    #[test]
    fn other_spellings_of_a_provider_are_understood() {
        let read = read(
            "{version: 1, chains: [{name: c, tiers: [{name: t, provider: llamacpp, model: m, url: 'http://x:1'}]}]}",
        );
        assert_eq!(read.document.unwrap().chains[0].tiers[0].provider, contract::config::Provider::LlamaCpp);
    }

    #[test]
    fn checks_are_switched_off_by_a_bare_word() {
        for word in ["off", "\"off\"", "Off"] {
            let read = read(&format!(
                "{{version: 1, chains: [{{name: c, tiers: [{{name: t, provider: vllm, model: m, url: 'http://x:1', probe: {{kind: {word}}}}}]}}]}}",
            ));
            let document = read.document.unwrap_or_else(|| panic!("{word}: {:#?}", read.problems));
            let probe = document.chains[0].tiers[0].probe.clone().unwrap();
            assert_eq!(probe.kind, contract::config::ProbeKind::Off, "{word}");
        }
    }
}
