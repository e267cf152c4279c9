//! A tier: one provider and model, on one or more replicas.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{LoadWatch, Price, Restart, Triggers};
use crate::Span;

/// One step of a chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Unique within its chain.
    pub name: String,
    /// What kind of server answers.
    pub provider: Provider,
    /// Base URL of the only replica. Optional for providers with a well-known address, and left out when
    /// `replicas` are given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub url: Option<String>,
    /// The model's name at that server; replaces the one asked for.
    pub model: String,
    /// Where the key is: `keyring:NAME` or `env:NAME`. Never the key itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub key: Option<String>,
    /// Several servers with the same model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replicas: Vec<Replica>,
    /// The operator's switch.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// How long each part of an answer may take.
    #[serde(default)]
    pub timeouts: Timeouts,
    /// Tries at the same replica.
    #[serde(default)]
    pub retry: Retry,
    /// When a replica is left alone.
    #[serde(default)]
    pub breaker: Breaker,
    /// How health is checked; left out, the provider's kind decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub probe: Option<Probe>,
    /// What makes requests leave this tier.
    #[serde(default)]
    pub triggers: Triggers,
    /// What changes in a request that this tier serves.
    #[serde(default)]
    pub degrade: Degrade,
    /// How much worse this tier's answers are.
    #[serde(default)]
    pub quality_impact: QualityImpact,
    /// What it can do, as a share of what the chain's best tier can: above 0, to 1. Left out: 1 for the first tier, and
    /// for the others 0.9, 0.6 or 0.3 by their quality impact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub capability_weight: Option<f64>,
    /// What its serving engine says of its own load, and what of that is a finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub load: Option<LoadWatch>,
    /// What its model can do, where that is not what is known of it by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub capabilities: Option<Capabilities>,
    /// What its tokens cost; nothing is said of the cost of a tier without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub price: Option<Price>,
}

/// What a model can do; left out, it is known by the provider and the model's name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields, default)]
pub struct Capabilities {
    /// Whether it answers in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub chat: Option<bool>,
    /// Whether it makes vectors of texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub embeddings: Option<bool>,
    /// Whether it sees pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub images: Option<bool>,
    /// Whether it calls tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub tools: Option<bool>,
    /// Whether it can be made to call a tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub forced_tools: Option<bool>,
    /// Whether it keeps to a JSON schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub schema: Option<bool>,
    /// How many tokens fit, prompt and answer together.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub context: Option<u32>,
    /// Whether it goes on from a last message of the assistant's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub prefill: Option<bool>,
}

fn yes() -> bool {
    true
}

/// What kind of server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each variant is a product's name")]
pub enum Provider {
    Openai,
    Azure,
    Anthropic,
    Gemini,
    Bedrock,
    Vllm,
    Sglang,
    Tgi,
    #[serde(rename = "llama.cpp")]
    LlamaCpp,
    Lmstudio,
    Ollama,
    Openrouter,
    Groq,
    Mistral,
    Deepseek,
    Together,
    /// Any other OpenAI-compatible server.
    Other,
    /// A simulated server inside this program; its URL is `practice://NAME`.
    Practice,
}

/// One of several servers with the same model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Replica {
    /// Base URL, such as `http://gpu1:8000`.
    pub url: String,
    /// How it is started anew when it is down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub restart: Option<Restart>,
    /// The GPUs that it runs on: UUIDs, numbers on this machine, or `HOST/NUMBER` of a host under `gpu_hosts`. Left out,
    /// they are looked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub gpus: Vec<String>,
}

/// How long each part of an answer may take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// Until the connection stands.
    pub connect: Span,
    /// Until the first meaningful token (streaming), or the whole answer's head.
    pub first_token: Span,
    /// Silence between tokens.
    pub idle: Span,
    /// The whole answer.
    pub total: Span,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Span::secs(2),
            first_token: Span::secs(15),
            idle: Span::secs(30),
            total: Span::secs(120),
        }
    }
}

/// Tries at the same replica, after the first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields, default)]
pub struct Retry {
    /// How many further tries; 0 to 5.
    #[schemars(range(max = 5))]
    pub attempts: u32,
    /// Pause before the first of them; doubles.
    pub backoff: Span,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 1, backoff: Span::millis(500) }
    }
}

/// When a replica is left alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields, default)]
pub struct Breaker {
    /// Failures in a row that open it; 1 to 1000.
    #[schemars(range(min = 1, max = 1000))]
    pub consecutive: u32,
    /// Share of failures within `window` that opens it; 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub rate: f64,
    /// Requests within `window` before the share counts.
    #[schemars(range(min = 1))]
    pub min_requests: u32,
    /// The sliding window of `rate`.
    pub window: Span,
    /// How long it stays open; doubles with each relapse up to ten minutes. A server that answers its checks is
    /// tried earlier.
    pub open: Span,
    /// Requests let through at once while half-open.
    #[schemars(range(min = 1, max = 100))]
    pub trials: u32,
    /// Successes in a row that close it.
    #[schemars(range(min = 1, max = 100))]
    pub close_after: u32,
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            consecutive: 5,
            rate: 0.5,
            min_requests: 20,
            window: Span::secs(60),
            open: Span::secs(60),
            trials: 1,
            close_after: 2,
        }
    }
}

/// How health is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
pub enum ProbeKind {
    /// `GET` of a path; 200 to 299 is healthy.
    Http,
    /// The model list; healthy when it is one.
    Models,
    /// A real one-token generation.
    Generation,
    /// No active check; real traffic alone decides.
    Off,
}

/// How health is checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(from = "ProbeSaid")]
pub struct Probe {
    /// What is asked for.
    pub kind: ProbeKind,
    /// The path asked for when `kind` is `http`; left out, the provider's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub path: Option<String>,
    /// Time between two checks, with a little jitter.
    pub every: Span,
    /// No answer within this time is a failure.
    pub timeout: Span,
    /// Slower than this is degraded.
    pub slow: Span,
    /// Failures in a row until down.
    pub down_after: u32,
    /// Successes in a row until up.
    pub up_after: u32,
}

/// The same, as it is written: what is left out depends on what is asked for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Probe")]
struct ProbeSaid {
    /// What is asked for.
    kind: ProbeKind,
    /// The path asked for when `kind` is `http`; left out, the provider's own.
    #[serde(default)]
    path: Option<String>,
    /// Time between two checks, with a little jitter; left out, 10s, and 30s for a generation.
    #[serde(default)]
    every: Option<Span>,
    /// No answer within this time is a failure; left out, 5s, and 10s for a generation.
    #[serde(default)]
    timeout: Option<Span>,
    /// Slower than this is degraded.
    #[serde(default = "probe_slow")]
    slow: Span,
    /// Failures in a row until down.
    #[serde(default = "three")]
    #[schemars(range(min = 1, max = 100))]
    down_after: u32,
    /// Successes in a row until up.
    #[serde(default = "two")]
    #[schemars(range(min = 1, max = 100))]
    up_after: u32,
}

impl From<ProbeSaid> for Probe {
    fn from(said: ProbeSaid) -> Self {
        let (every, timeout) = if said.kind == ProbeKind::Generation { (30, 10) } else { (10, 5) };
        Self {
            kind: said.kind,
            path: said.path,
            every: said.every.unwrap_or(Span::secs(every)),
            timeout: said.timeout.unwrap_or(Span::secs(timeout)),
            slow: said.slow,
            down_after: said.down_after,
            up_after: said.up_after,
        }
    }
}

fn probe_slow() -> Span {
    Span::secs(2)
}
fn three() -> u32 {
    3
}
fn two() -> u32 {
    2
}

/// What changes in a request that a tier serves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields, default)]
pub struct Degrade {
    /// The most output tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub max_tokens: Option<u32>,
    /// Replaces the client's temperature.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub temperature: Option<f64>,
    /// Added in front as a system message.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub system_note: Option<String>,
    /// Told to the client in `x-changeover-notice`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub notice: Option<String>,
}

/// How much worse a tier's answers are than the first's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum QualityImpact {
    #[default]
    Low,
    Medium,
    High,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generation_is_asked_for_more_seldom_and_waited_for_longer() {
        let times = |text: &str| {
            let probe: Probe = serde_json::from_str(text).unwrap();
            (probe.every, probe.timeout, probe.slow)
        };
        let seconds = |every, timeout| (Span::secs(every), Span::secs(timeout), Span::secs(2));
        assert_eq!(times(r#"{"kind":"http"}"#), seconds(10, 5));
        assert_eq!(times(r#"{"kind":"models"}"#), seconds(10, 5));
        assert_eq!(times(r#"{"kind":"generation"}"#), seconds(30, 10));
        assert_eq!(times(r#"{"kind":"generation","every":"7s","timeout":"3s"}"#), seconds(7, 3));
        let written =
            serde_json::to_string(&serde_json::from_str::<Probe>(r#"{"kind":"generation"}"#).unwrap());
        assert!(written.unwrap().contains(r#""every":"30s""#));
        assert!(serde_json::from_str::<Probe>(r#"{"kind":"http","evry":"1s"}"#).is_err());
    }
}
