//! LiteLLM's `config.yaml`: its model groups become chains, a group's deployments tiers, its fallbacks the tiers after
//! them.

use serde_json::{Map, Value, json};

use super::{Converted, free_name, provider::split, span};

/// What of a deployment is understood.
const UNDERSTOOD: [&str; 10] = [
    "model",
    "api_key",
    "api_base",
    "base_url",
    "api_version",
    "aws_region_name",
    "timeout",
    "stream_timeout",
    "order",
    "max_tokens",
];

/// A deployment, understood.
struct Deployment {
    group: String,
    order: f64,
    tier: Value,
}

pub(super) fn convert(value: &Value) -> Converted {
    let mut converted = Converted::default();
    let list = value["model_list"].as_array().cloned().unwrap_or_default();
    let found: Vec<Deployment> = list
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| deployment(entry, &format!("model_list[{index}]"), &mut converted))
        .collect();
    let mut groups: Vec<&str> = Vec::new();
    for one in &found {
        if !groups.contains(&one.group.as_str()) {
            groups.push(&one.group);
        }
    }
    for group in &groups {
        let mut order = vec![(*group).to_owned()];
        order.extend(fallbacks(value, group).into_iter().filter(|next| next != group));
        for missing in order.iter().filter(|name| !groups.contains(&name.as_str())) {
            let what = format!("the fallback `{missing}` of `{group}` is no model of this file");
            converted.note("fallbacks", what, "add it to the chain by hand");
        }
        let tiers = tiers_of(&order, &found);
        converted.chains.push(json!({"name": group, "tiers": tiers}));
    }
    not_carried(value, &mut converted);
    converted
}

fn deployment(entry: &Value, path: &str, into: &mut Converted) -> Option<Deployment> {
    let group = entry["model_name"].as_str()?.to_owned();
    let none = Map::new();
    let given = entry["litellm_params"].as_object().unwrap_or(&none);
    let text = |name: &str| given.get(name).and_then(Value::as_str);
    if group.contains('*') {
        let remedy = "make a chain with the alias \"*\", or one per model";
        into.note(format!("{path}.model_name"), format!("the pattern `{group}` is not carried over"), remedy);
        return None;
    }
    let base = text("api_base").or_else(|| text("base_url"));
    let named = text("model").unwrap_or_default();
    let (provider, model) = match split(named, base) {
        Ok(found) => found,
        Err(unknown) => {
            let what = format!("`{unknown}` is no provider that can be spoken to here");
            into.note(
                format!("{path}.litellm_params.model"),
                what,
                "add this tier by hand, as `other` with its URL",
            );
            return None;
        }
    };
    let mut tier = json!({"name": provider, "provider": provider, "model": model});
    let placed = placed(provider, base, given, path, into);
    if let Some(base) = placed.as_deref() {
        match base.strip_prefix("os.environ/") {
            Some(variable) => into.note(
                format!("{path}.litellm_params.api_base"),
                format!("the address stands in the variable {variable}"),
                "write the address into the tier",
            ),
            None => tier["url"] = base.into(),
        }
    }
    if let Some(key) = text("api_key") {
        match key_reference(key) {
            Some(reference) => tier["key"] = reference.into(),
            None => key_in_the_open(&format!("{path}.litellm_params.api_key"), &group, &mut tier, into),
        }
    }
    let times = [("timeout", "total"), ("stream_timeout", "first_token")];
    for (theirs, ours) in times {
        if let Some(span) = given.get(theirs).and_then(span) {
            tier["timeouts"][ours] = span.into();
        }
    }
    if let Some(most) = given.get("max_tokens") {
        tier["degrade"] = json!({"max_tokens": most});
    }
    for unknown in given.keys().filter(|name| !UNDERSTOOD.contains(&name.as_str())) {
        let remedy = "set it on the tier afterwards, if it matters";
        into.note(format!("{path}.litellm_params.{unknown}"), "not carried over", remedy);
    }
    Some(Deployment { group, order: given.get("order").and_then(Value::as_f64).unwrap_or(f64::MAX), tier })
}

/// The address as a tier writes it: with Azure's version in its query, and Bedrock's region in its host.
fn placed(
    provider: &str,
    base: Option<&str>,
    given: &Map<String, Value>,
    path: &str,
    into: &mut Converted,
) -> Option<String> {
    let mut word = |name: &str, remedy: &str| {
        let word = given.get(name).and_then(Value::as_str)?;
        if let Some(variable) = word.strip_prefix("os.environ/") {
            let what = format!("it stands in the variable {variable}");
            into.note(format!("{path}.litellm_params.{name}"), what, remedy);
            return None;
        }
        Some(word)
    };
    match (provider, base) {
        ("azure", Some(base)) => {
            let version = word("api_version", "write it behind the tier's address, as ?api-version=...")
                .filter(|it| !["v1", "latest", "preview"].contains(it));
            // Foundry keeps OpenAI's API beside its own.
            let base = base.split_once(".services.ai.azure.com").map_or_else(
                || base.trim_end_matches('/').to_owned(),
                |(resource, _)| format!("{resource}.services.ai.azure.com"),
            );
            Some(
                match version.filter(|_| !base.contains("api-version=") && !base.starts_with("os.environ/")) {
                    Some(version) => format!("{base}?api-version={version}"),
                    None => base,
                },
            )
        }
        ("bedrock", None) => {
            let region = word("aws_region_name", "write the tier's address with the region in it")?;
            Some(format!("https://bedrock-runtime.{region}.amazonaws.com"))
        }
        (_, base) => base.map(str::to_owned),
    }
}

/// A key as a reference: to a variable, or to one of our own.
pub(super) fn key_reference(key: &str) -> Option<String> {
    if let Some(variable) = key.strip_prefix("os.environ/") {
        return Some(format!("env:{variable}"));
    }
    (key.starts_with("env:") || key.starts_with("keyring:")).then(|| key.to_owned())
}

/// A key stands in the file itself: it is left there, and the tier is told where to look for it instead.
pub(super) fn key_in_the_open(path: &str, name: &str, tier: &mut Value, into: &mut Converted) {
    let kept: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' })
        .take(64)
        .collect();
    tier["key"] = format!("keyring:{kept}").into();
    into.note(
        path,
        "the key itself stands in this file; it was not taken over",
        &format!("store it under Settings, Keys, with the name {kept}"),
    );
}

/// The groups that follow a group, in order; the default ones where none are its own.
fn fallbacks(value: &Value, group: &str) -> Vec<String> {
    let lists = ["router_settings", "litellm_settings"].map(|place| &value[place]["fallbacks"]);
    let own = lists.into_iter().filter_map(Value::as_array).flatten().find_map(|entry| entry.get(group));
    let default = ["router_settings", "litellm_settings"]
        .into_iter()
        .find_map(|place| value[place].get("default_fallbacks"));
    let names = own.or(default).and_then(Value::as_array).into_iter().flatten();
    names.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The tiers of these groups, one after the other: deployments that differ in their address alone are replicas of one.
fn tiers_of(groups: &[String], found: &[Deployment]) -> Vec<Value> {
    let mut tiers: Vec<Value> = Vec::new();
    for group in groups {
        let mut own: Vec<&Deployment> = found.iter().filter(|one| one.group == *group).collect();
        own.sort_by(|a, b| a.order.total_cmp(&b.order));
        let first = tiers.len();
        for Deployment { tier, .. } in own {
            let same =
                |other: &&mut Value| ["provider", "model", "key"].iter().all(|f| other.get(f) == tier.get(f));
            match tiers[first..].iter_mut().find(same) {
                Some(other) if tier.get("url").is_some() => add_replica(other, &tier["url"]),
                _ => tiers.push(tier.clone()),
            }
        }
    }
    let mut names = Vec::new();
    for tier in &mut tiers {
        let name = free_name(tier["name"].as_str().unwrap_or("tier"), &names);
        tier["name"] = name.clone().into();
        names.push(name);
    }
    tiers
}

fn add_replica(tier: &mut Value, url: &Value) {
    let Some(fields) = tier.as_object_mut() else { return };
    let first = fields.remove("url").map(|url| json!({ "url": url }));
    let replicas = fields.entry("replicas").or_insert_with(|| first.into_iter().collect());
    if let Some(replicas) = replicas.as_array_mut() {
        replicas.push(json!({ "url": url }));
    }
}

/// Names what else stands in the file.
fn not_carried(value: &Value, into: &mut Converted) {
    for (name, remedy) in [
        ("context_window_fallbacks", "the next tier that is large enough is asked by itself"),
        ("content_policy_fallbacks", "nothing here takes its place"),
    ] {
        for place in ["router_settings", "litellm_settings"] {
            if value[place].get(name).is_some() {
                into.note(format!("{place}.{name}"), "not carried over", remedy);
            }
        }
    }
    if value["general_settings"].get("master_key").is_some() {
        let remedy = "make a client key with `changeoverd keys client NAME`";
        into.note("general_settings.master_key", "clients' keys are not carried over", remedy);
    }
}
