//! What the schema cannot say: names that must be unique, addresses, references, and what has no effect yet.

use std::{collections::HashSet, net::SocketAddr};

use contract::{
    Problem, Severity,
    config::{Chain, Document, Endpoint, ProbeKind, Provider, Tier},
};

use super::{error, snapshot::provider_kind, warning};

/// Whether one of `problems` forbids the document.
#[must_use]
pub fn has_errors(problems: &[Problem]) -> bool {
    problems.iter().any(|p| p.severity == Severity::Error)
}

/// Every problem of a document that fits the schema, in the order of the document.
#[must_use]
pub fn check(document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    if document.version != 1 {
        let what = format!("version {} is not known", document.version);
        problems.push(error("version", what, "write `version: 1`"));
    }
    check_endpoint(document, &mut problems);
    check_names(document, &mut problems);
    check_hosts(document, &mut problems);
    super::check_targets::check_targets(document, &mut problems);
    for (index, chain) in document.chains.iter().enumerate() {
        check_chain(&format!("chains[{index}]"), chain, &mut problems);
    }
    super::check_alerts::check_alerts(document, &mut problems);
    super::check_alerts::check_runbooks(document, &mut problems);
    problems
}

fn check_endpoint(document: &Document, problems: &mut Vec<Problem>) {
    let endpoint = &document.endpoint;
    let mut addresses = Vec::new();
    for (field, text) in [("listen", &endpoint.listen), ("admin", &endpoint.admin)] {
        match text.parse::<SocketAddr>() {
            Ok(address) => addresses.push((field, address)),
            Err(_) => problems.push(error(
                format!("endpoint.{field}"),
                format!("`{text}` is no address to listen on"),
                "write an IP address and a port, such as 127.0.0.1:4747",
            )),
        }
    }
    if let [(_, listen), (_, admin)] = addresses[..] {
        if listen == admin && listen.port() != 0 {
            problems.push(error(
                "endpoint.admin",
                "the same address as endpoint.listen",
                "choose another port",
            ));
        }
        problems.extend(open_listen("endpoint.client_keys", "listen: ", listen, endpoint));
        problems.extend(open_admin("endpoint.admin", admin));
    }
    for (index, key) in endpoint.client_keys.iter().enumerate() {
        if key.sha256.len() != 64 || !key.sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
            problems.push(error(
                format!("endpoint.client_keys[{index}].sha256"),
                "this is no SHA-256 in hexadecimal",
                "make a key with `changeoverd keys client NAME` and paste the line that it prints",
            ));
        }
    }
}

/// What is wrong with the addresses of the command line, which hold whatever the document says.
pub(crate) fn forced(
    listen: Option<SocketAddr>,
    admin: Option<SocketAddr>,
    document: &Document,
) -> Vec<Problem> {
    let listen = listen.and_then(|at| open_listen("--listen", "", at, &document.endpoint));
    listen.into_iter().chain(admin.and_then(|at| open_admin("--admin", at))).collect()
}

/// Other machines may use the endpoint only with a key.
fn open_listen(path: &str, field: &str, at: SocketAddr, endpoint: &Endpoint) -> Option<Problem> {
    (!at.ip().is_loopback() && endpoint.client_keys.is_empty()).then(|| {
        error(
            path,
            format!("`{field}{at}` can be reached from other machines, and no client key is set"),
            "add one to `endpoint.client_keys` (`changeoverd keys client NAME` makes it), or listen on 127.0.0.1",
        )
    })
}

/// Other machines may not use the screens at all.
fn open_admin(path: &str, at: SocketAddr) -> Option<Problem> {
    (!at.ip().is_loopback()).then(|| {
        error(
            path,
            format!("`{at}` can be reached from other machines"),
            "use a loopback address such as 127.0.0.1:4748 and reach it through an SSH tunnel",
        )
    })
}

/// Each name and alias leads to one chain only.
fn check_names(document: &Document, problems: &mut Vec<Problem>) {
    let mut taken = HashSet::new();
    for (index, chain) in document.chains.iter().enumerate() {
        let path = format!("chains[{index}].name");
        if chain.name.trim().is_empty() || chain.name == "*" {
            problems.push(error(
                path,
                "a chain needs a name",
                "write the model name that clients will ask for",
            ));
        } else if !taken.insert(chain.name.as_str()) {
            problems.push(error(
                path,
                format!("the name `{}` is taken", chain.name),
                "give each chain a name of its own",
            ));
        }
    }
    for (index, chain) in document.chains.iter().enumerate() {
        for (at, alias) in chain.aliases.iter().enumerate() {
            if !taken.insert(alias.as_str()) {
                let path = format!("chains[{index}].aliases[{at}]");
                let what = format!("`{alias}` already leads to a chain");
                problems.push(error(
                    path,
                    what,
                    "remove one of the two, so that it is clear which chain is meant",
                ));
            }
        }
    }
}

fn check_chain(path: &str, chain: &Chain, problems: &mut Vec<Problem>) {
    if chain.tiers.is_empty() {
        problems.push(error(
            format!("{path}.tiers"),
            "a chain needs at least one tier",
            "add the server that should answer first",
        ));
    }
    if chain.deadline.0.is_zero() {
        problems.push(error(
            format!("{path}.deadline"),
            "a deadline of zero leaves no time to answer",
            "write for example 120s",
        ));
    }
    if chain.hedge.enabled && chain.hedge.after.0.is_zero() {
        problems.push(error(
            format!("{path}.hedge.after"),
            "zero would send every request to two tiers",
            "write for example 5s",
        ));
    }
    let practice = chain.tiers.iter().filter(|t| t.provider == Provider::Practice).count();
    if practice > 0 && practice < chain.tiers.len() {
        problems.push(error(
            format!("{path}.tiers"),
            "simulated and real tiers stand in one chain",
            "keep `practice` tiers in a chain of their own, so that their figures never mix",
        ));
    }
    let mut names = HashSet::new();
    for (index, tier) in chain.tiers.iter().enumerate() {
        let at = format!("{path}.tiers[{index}]");
        if tier.name.trim().is_empty() {
            problems.push(error(
                format!("{at}.name"),
                "a tier needs a name",
                "write for example `gpu` or `cloud`",
            ));
        } else if !names.insert(tier.name.as_str()) {
            let what = format!("the name `{}` is taken in this chain", tier.name);
            problems.push(error(format!("{at}.name"), what, "give each tier a name of its own"));
        }
        check_tier(&at, tier, problems);
    }
    without_effect_yet(path, chain, problems);
}

fn check_tier(path: &str, tier: &Tier, problems: &mut Vec<Problem>) {
    let kind = provider_kind(tier.provider);
    if tier.model.trim().is_empty() {
        problems.push(error(
            format!("{path}.model"),
            "a tier needs a model",
            "write its name as the server calls it",
        ));
    }
    match (&tier.url, tier.replicas.as_slice()) {
        (Some(_), [_, ..]) => problems.push(error(
            format!("{path}.url"),
            "both `url` and `replicas` are given",
            "put every server under `replicas`, or keep `url` alone",
        )),
        (Some(url), []) => check_url(&format!("{path}.url"), url, tier.provider, problems),
        (None, []) if kind.default_url().is_none() => problems.push(error(
            format!("{path}.url"),
            "this provider has no usual address",
            "add `url:`, such as http://127.0.0.1:8000",
        )),
        (None, replicas) => {
            let mut urls = HashSet::new();
            for (index, replica) in replicas.iter().enumerate() {
                let at = format!("{path}.replicas[{index}].url");
                check_url(&at, &replica.url, tier.provider, problems);
                if let Some(restart) = &replica.restart {
                    check_restart(&format!("{path}.replicas[{index}].restart"), restart, problems);
                }
                if !urls.insert(replica.url.trim_end_matches('/')) {
                    problems.push(error(at, "the same server stands here twice", "remove one of the two"));
                }
            }
        }
    }
    check_key(path, tier, problems);
    check_limits(path, tier, problems);
}

/// A unit or a command, and not both.
pub(super) fn check_restart(path: &str, restart: &contract::config::Restart, problems: &mut Vec<Problem>) {
    let remedy = "write `unit: NAME.service`, or `command: [PROGRAM, ARGUMENT]`";
    match (&restart.unit, &restart.command) {
        (None, None) => problems.push(error(path, "neither a unit nor a command is named", remedy)),
        (Some(_), Some(_)) => problems.push(error(path, "a unit and a command are named", remedy)),
        (Some(unit), None) if !unit.contains('.') || unit.contains('/') => {
            let what = format!("`{unit}` is no name of a unit");
            problems.push(error(format!("{path}.unit"), what, "write for example vllm.service"));
        }
        (None, Some(argv)) if argv.first().is_none_or(|p| p.trim().is_empty()) => {
            problems.push(error(format!("{path}.command"), "the command names no program", remedy));
        }
        _ => {}
    }
    if restart.window.0.is_zero() || restart.healthy_within.0.is_zero() {
        problems.push(error(
            path,
            "`window` and `healthy_within` must be longer than zero",
            "write for example window: 300s, healthy_within: 120s",
        ));
    }
}

fn check_hosts(document: &Document, problems: &mut Vec<Problem>) {
    let mut names = HashSet::new();
    for (index, host) in document.gpu_hosts.iter().enumerate() {
        let at = format!("gpu_hosts[{index}]");
        if host.name.trim().is_empty() || host.name.contains('/') {
            problems.push(error(
                format!("{at}.name"),
                "a host needs a name without a slash",
                "write for example gpu1",
            ));
        } else if !names.insert(host.name.as_str()) {
            let what = format!("the name `{}` is taken", host.name);
            problems.push(error(format!("{at}.name"), what, "give each host a name of its own"));
        }
        check_url(&format!("{at}.url"), &host.url, Provider::Other, problems);
    }
}

fn check_url(path: &str, text: &str, provider: Provider, problems: &mut Vec<Problem>) {
    let remedy = "write for example http://127.0.0.1:8000 or https://host/v1";
    let url = match url::Url::parse(text) {
        Ok(url) => url,
        Err(_) if text.trim().is_empty() => return problems.push(error(path, "the URL is missing", remedy)),
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            let what = format!("`{text}` does not say how it is reached");
            return problems.push(error(path, what, format!("write http://{text} or https://{text}")));
        }
        Err(e) => return problems.push(error(path, format!("`{text}` is no URL: {e}"), remedy)),
    };
    let wanted: &[&str] = if provider == Provider::Practice { &["practice"] } else { &["http", "https"] };
    if !wanted.contains(&url.scheme()) {
        // `localhost:8000` reads as a scheme called localhost.
        let remedy = match text.split_once(':') {
            Some((_, port)) if port.starts_with(|c: char| c.is_ascii_digit()) => {
                format!("write http://{text}")
            }
            _ => remedy.to_owned(),
        };
        problems.push(error(path, format!("`{text}` does not begin with http:// or https://"), remedy));
    } else if url.host_str().is_none_or(str::is_empty) {
        problems.push(error(path, "the URL names no host", remedy));
    }
    if !url.username().is_empty() || url.password().is_some() {
        problems.push(error(
            path,
            "the URL holds a user name or password",
            "store the secret in Settings, Keys, and name it in `key:`",
        ));
    }
}

fn check_key(path: &str, tier: &Tier, problems: &mut Vec<Problem>) {
    let Some(key) = &tier.key else {
        let kind = provider_kind(tier.provider);
        if kind.paid() {
            problems.push(warning(
                format!("{path}.key"),
                "this provider usually needs a key",
                "add `key: keyring:NAME` or `key: env:NAME`",
            ));
        }
        return;
    };
    if super::snapshot::key_ref(key).is_none() {
        problems.push(error(
            format!("{path}.key"),
            "this is no reference to a key",
            "write `keyring:NAME` (stored in Settings, Keys) or `env:NAME`; never the key itself",
        ));
    }
}

fn check_limits(path: &str, tier: &Tier, problems: &mut Vec<Problem>) {
    let t = &tier.timeouts;
    for (name, span) in
        [("connect", t.connect), ("first_token", t.first_token), ("idle", t.idle), ("total", t.total)]
    {
        if span.0.is_zero() {
            problems.push(error(
                format!("{path}.timeouts.{name}"),
                "zero leaves no time to answer",
                "write for example 15s",
            ));
        }
    }
    if t.first_token > t.total {
        problems.push(warning(
            format!("{path}.timeouts.first_token"),
            "longer than timeouts.total, which therefore decides",
            "shorten it, or lengthen total",
        ));
    }
    if let Some(temperature) = tier.degrade.temperature
        && !(0.0..=2.0).contains(&temperature)
    {
        problems.push(error(
            format!("{path}.degrade.temperature"),
            "outside 0 to 2",
            "write a value between 0 and 2",
        ));
    }
    if tier.degrade.max_tokens == Some(0) {
        problems.push(error(
            format!("{path}.degrade.max_tokens"),
            "zero leaves no answer",
            "write at least 1",
        ));
    }
    if let Some(weight) = tier.capability_weight
        && !(weight > 0.0 && weight <= 1.0)
    {
        problems.push(error(
            format!("{path}.capability_weight"),
            "outside 0 to 1",
            "write a share of the best tier's capability, such as 0.5",
        ));
    }
    check_triggers(path, tier, problems);
    let Some(probe) = &tier.probe else { return };
    if probe.kind != ProbeKind::Off && (probe.every.0.is_zero() || probe.timeout.0.is_zero()) {
        problems.push(error(
            format!("{path}.probe"),
            "`every` and `timeout` must be longer than zero",
            "write for example every: 10s, timeout: 5s",
        ));
    }
    if let Some(p) = &probe.path
        && !p.starts_with('/')
    {
        problems.push(error(
            format!("{path}.probe.path"),
            format!("`{p}` does not start with a slash"),
            "write for example /health",
        ));
    }
}

/// Thresholds must leave time, and be reached before the timeout that would end the try.
fn check_triggers(path: &str, tier: &Tier, problems: &mut Vec<Problem>) {
    let t = &tier.timeouts;
    let rows = [
        ("first_token_above", tier.triggers.first_token_above, "first_token", t.first_token),
        ("total_above", tier.triggers.total_above, "total", t.total),
    ];
    for (name, above, timeout, limit) in rows {
        let Some(above) = above else { continue };
        let at = format!("{path}.triggers.{name}");
        if above.0.is_zero() {
            problems.push(error(at, "every answer takes longer than zero", "write for example 5s"));
        } else if above >= limit {
            problems.push(warning(
                at,
                format!("not below timeouts.{timeout} ({limit}), which ends such a try before"),
                format!("write less than timeouts.{timeout}"),
            ));
        }
    }
}

/// Settings that this version keeps and does not act upon: said plainly, so that nobody relies on them.
fn without_effect_yet(path: &str, chain: &Chain, problems: &mut Vec<Problem>) {
    let mut note = |condition: bool, field: String, what: &str| {
        if condition {
            problems.push(warning(
                field,
                format!("{what} is kept, and has no effect in this version"),
                "do not rely on it yet",
            ));
        }
    };
    note(chain.emergency.cache.enabled, format!("{path}.emergency.cache"), "the emergency cache");
    note(!chain.emergency.rules.is_empty(), format!("{path}.emergency.rules"), "a rule");
    note(chain.emergency.queue.enabled, format!("{path}.emergency.queue"), "the retry queue");
    for (index, tier) in chain.tiers.iter().enumerate() {
        let at = format!("{path}.tiers[{index}].triggers");
        note(tier.triggers.quality, format!("{at}.quality"), "this trigger");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_command_line_are_held_to_the_rules_of_the_document() {
        let mut document = crate::config::starter();
        let at = |text: &str| Some(text.parse().unwrap());
        let paths = |listen, admin, document: &Document| -> Vec<String> {
            forced(listen, admin, document).into_iter().map(|p| p.path).collect()
        };
        assert!(paths(at("127.0.0.9:0"), at("[::1]:0"), &document).is_empty());
        assert!(paths(None, None, &document).is_empty());
        assert_eq!(paths(at("0.0.0.0:0"), at("[::]:0"), &document), ["--listen", "--admin"]);
        let digest = "0".repeat(64);
        document.endpoint.client_keys =
            serde_json::from_value(serde_json::json!([{ "name": "me", "sha256": digest }])).unwrap();
        assert_eq!(paths(at("0.0.0.0:0"), at("10.0.0.1:1"), &document), ["--admin"]);
    }
}
