//! Every kind of provider as a tier, each behind a chain of its own, for the tests that bring clients of their own.

use harness::{
    Daemon,
    provider::{Provider, Say},
};

/// Provider, key, model, and the model that makes its vectors.
pub(crate) const KINDS: [(&str, &str, &str, &str); 6] = [
    ("openai", "sk-test", "gpt-4.1", "text-embedding-3-small"),
    ("azure", "azure-test", "gpt", "text-embedding-3-small"),
    ("anthropic", "sk-ant-test", "claude-sonnet-4-5", ""),
    ("gemini", "AIza-test", "gemini-2.5-flash", "gemini-embedding-001"),
    ("bedrock", "AKIDEXAMPLE:secret", "anthropic.claude-sonnet-4-5-v1:0", "amazon.titan-embed-text-v2:0"),
    ("ollama", "", "gemma3:4b", "nomic-embed-text"),
];

/// A model of `OpenAI`'s, under whose name the chain `anthropic` can be had, too.
pub(crate) const CODEX_MODEL: &str = "gpt-5.5";

/// The providers, and the program in front of them.
pub(crate) struct World {
    pub good: Provider,
    _bad: Provider,
    pub daemon: Daemon,
}

/// For each kind a chain of its name, one `flaky-KIND` whose first tier breaks off before it has said anything, and one
/// `vectors-KIND` (Bedrock's two families: `vectors-titan` and `vectors-cohere`).
pub(crate) async fn every_kind() -> World {
    let (good, bad) =
        (Provider::saying(Say::Attentive).await, Provider::saying(Say::Cut(String::new())).await);
    let mut daemon = Daemon::new();
    let mut yaml = "version: 1\nchains:\n".to_owned();
    for (kind, key, model, vectors) in KINDS {
        daemon.env(&format!("KEY_{kind}"), key);
        let key = if key.is_empty() { String::new() } else { format!(", key: 'env:KEY_{kind}'") };
        let tier = |name: &str, url: String, model: &str| {
            format!(
                "{{ name: {name}, provider: {kind}, url: '{url}', model: '{model}'{key}, probe: {{ kind: off }} }}"
            )
        };
        let mut chain = |name: &str, tiers: &[String]| {
            // By this name Codex knows what the model takes.
            let aliases = if name == "anthropic" { CODEX_MODEL } else { "" };
            yaml.push_str(&format!(
                "  - {{ name: {name}, aliases: [{aliases}], tiers: [{}] }}\n",
                tiers.join(", ")
            ));
        };
        chain(kind, &[tier("only", good.url(), model)]);
        chain(
            &format!("flaky-{kind}"),
            &[tier("first", bad.url(), model), tier("second", good.url(), model)],
        );
        if kind == "bedrock" {
            chain("vectors-titan", &[tier("only", good.url(), vectors)]);
            chain("vectors-cohere", &[tier("only", good.url(), "cohere.embed-multilingual-v3")]);
        } else if !vectors.is_empty() {
            chain(&format!("vectors-{kind}"), &[tier("only", good.url(), vectors)]);
        }
    }
    daemon.write_config(&yaml);
    daemon.start().await;
    World { good, _bad: bad, daemon }
}
