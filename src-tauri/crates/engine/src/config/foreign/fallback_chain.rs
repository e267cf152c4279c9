//! `fallback_chain:`, a list of provider, model, priority and timeout.

use serde_json::{Map, Value, json};

use super::{Converted, free_name, span};

/// The fields that are understood, each under any of its names.
const URL: [&str; 4] = ["url", "base_url", "api_base", "endpoint"];
const KEY: [&str; 3] = ["key", "api_key", "api_key_env"];
const UNDERSTOOD: [&str; 6] = ["name", "provider", "model", "priority", "timeout", "max_tokens"];

pub(super) fn convert(value: &Value) -> Converted {
    let mut converted = Converted::default();
    let list = value["fallback_chain"].as_array().cloned().unwrap_or_default();
    let mut tiers: Vec<(f64, Value)> = Vec::new();
    let mut names = Vec::new();
    for (index, entry) in list.iter().enumerate() {
        let path = format!("fallback_chain[{index}]");
        let Some(fields) = entry.as_object() else {
            converted.note(
                path,
                "this is no entry with a provider and a model",
                "write `provider:` and `model:`",
            );
            continue;
        };
        let priority = fields.get("priority").and_then(Value::as_f64).unwrap_or(index as f64);
        tiers.push((priority, tier(fields, &path, &mut names, &mut converted)));
    }
    // Entries of one priority stay in their order.
    tiers.sort_by(|a, b| a.0.total_cmp(&b.0));
    let name = value.get("name").and_then(Value::as_str).unwrap_or("chat");
    let tiers: Vec<Value> = tiers.into_iter().map(|(_, tier)| tier).collect();
    converted.chains = vec![json!({"name": name, "aliases": ["*"], "tiers": tiers})];
    converted
}

fn tier(fields: &Map<String, Value>, path: &str, names: &mut Vec<String>, into: &mut Converted) -> Value {
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let provider = text("provider").unwrap_or_default().to_ascii_lowercase();
    let name = free_name(text("name").unwrap_or(&provider), names);
    names.push(name.clone());
    let mut tier = json!({"name": name, "provider": provider});
    if let Some(model) = fields.get("model") {
        tier["model"] = model.clone();
    }
    if let Some(url) = URL.iter().find_map(|name| text(name)) {
        tier["url"] = url.into();
    }
    if let Some(total) = fields.get("timeout").and_then(span) {
        tier["timeouts"] = json!({"total": total});
    }
    if let Some(most) = fields.get("max_tokens") {
        tier["degrade"] = json!({"max_tokens": most});
    }
    if let Some((field, key)) = KEY.iter().find_map(|name| Some((*name, text(name)?))) {
        if field == "api_key_env" {
            tier["key"] = format!("env:{key}").into();
        } else if let Some(reference) = super::litellm::key_reference(key) {
            tier["key"] = reference.into();
        } else {
            super::litellm::key_in_the_open(&format!("{path}.{field}"), &name, &mut tier, into);
        }
    }
    for unknown in fields.keys().filter(|f| {
        !UNDERSTOOD.contains(&f.as_str()) && !URL.contains(&f.as_str()) && !KEY.contains(&f.as_str())
    }) {
        into.note(
            format!("{path}.{unknown}"),
            "not carried over",
            "set it on the tier afterwards, if it matters",
        );
    }
    tier
}
