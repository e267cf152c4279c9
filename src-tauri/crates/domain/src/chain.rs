//! The configuration as the request path sees it: an immutable snapshot.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    capability::Capabilities,
    failure::FailureClass,
    gpu::GpuHost,
    load::LoadWatch,
    restart::Restart,
    triggers::{Impact, Trigger, Triggers},
};

/// A replica's name over restarts and edits: `chain/tier@url`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ReplicaId(Arc<str>);

impl ReplicaId {
    /// The id of the replica of `tier` in `chain` that the configuration places at `url`.
    #[must_use]
    pub fn new(chain: &str, tier: &str, url: &str) -> Self {
        Self(format!("{chain}/{tier}@{url}").into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ReplicaId {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for ReplicaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ReplicaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Everything that routing needs of one revision of the configuration.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The revision it was made from.
    pub revision: i64,
    /// The chains.
    pub chains: Vec<Arc<Chain>>,
    /// SHA-256 of the keys that clients may present; empty: no key is asked for.
    pub client_keys: Vec<[u8; 32]>,
    /// Other machines whose GPUs are watched.
    pub gpu_hosts: Vec<GpuHost>,
}

/// The tag of a model that names none.
const LATEST: &str = ":latest";

impl Snapshot {
    /// The chain that a client means by `model`: by name, then by alias, then by either without the tag `:latest`, which
    /// Ollama's clients add, then the one with alias `*`.
    #[must_use]
    pub fn chain_for(&self, model: &str) -> Option<&Arc<Chain>> {
        let by_name = self.chains.iter().find(|c| c.name == model);
        let by_alias = || self.chains.iter().find(|c| c.aliases.iter().any(|a| a == model));
        let bare = model.strip_suffix(LATEST).unwrap_or(model);
        let untagged = |name: &str| name.strip_suffix(LATEST).unwrap_or(name) == bare;
        let by_tag = || {
            let by_name = self.chains.iter().find(|c| untagged(&c.name));
            by_name.or_else(|| self.chains.iter().find(|c| c.aliases.iter().any(|a| untagged(a))))
        };
        let any = || self.chains.iter().find(|c| c.aliases.iter().any(|a| a == "*"));
        by_name.or_else(by_alias).or_else(by_tag).or_else(any)
    }

    /// Every replica with its tier and chain.
    pub fn replicas(&self) -> impl Iterator<Item = (&Arc<Chain>, &Arc<Tier>, &Replica)> {
        self.chains
            .iter()
            .flat_map(|c| c.tiers.iter().flat_map(move |t| t.replicas.iter().map(move |r| (c, t, r))))
    }
}

/// An ordered list of tiers that answers to one name.
#[derive(Clone, Debug)]
pub struct Chain {
    /// The model that clients ask for.
    pub name: String,
    /// Other names; `*` is any.
    pub aliases: Vec<String>,
    /// The longest that one request may take over all its tiers.
    pub deadline: Duration,
    /// What happens when a stream breaks after its first content.
    pub on_broken_stream: OnBrokenStream,
    /// How long a rate limit may ask for to be waited out at the same server, in all; zero: the next one is asked at
    /// once.
    pub wait_up_to: Duration,
    /// Whether a late tier's request goes to the next one too, and how late is late while the tier's own figures
    /// cannot tell.
    pub hedge: Option<Duration>,
    /// Whether JSON answers say in their body who gave them.
    pub mark_body: bool,
    /// How a recovered tier takes traffic again.
    pub failback: Failback,
    /// The tiers, in order of preference.
    pub tiers: Vec<Arc<Tier>>,
    /// Whether its tiers are simulated: such figures never mix with real ones.
    pub simulated: bool,
}

impl Chain {
    /// The position of the tier of this name.
    #[must_use]
    pub fn position(&self, tier: &str) -> Option<usize> {
        self.tiers.iter().position(|t| t.name == tier)
    }

    /// How much worse answers become when requests leave `from` for `to` after a failure of this class, as the operator
    /// estimates it.
    #[must_use]
    pub fn impact(&self, from: &str, to: &str, class: FailureClass) -> Option<Impact> {
        let tier = |name: &str| self.tiers.get(self.position(name)?);
        let (from, to) = (tier(from)?, tier(to)?);
        let said = Trigger::of(class).and_then(|trigger| from.triggers.rule(trigger).impact);
        Some(said.unwrap_or(to.quality_impact))
    }
}

/// What happens when a stream breaks after its first content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnBrokenStream {
    /// The client gets an error in its own dialect.
    Stop,
    /// The next tier continues from what was already sent.
    Resume,
}

/// How a recovered tier takes traffic again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failback {
    /// Whether the program brings it back by itself.
    pub auto: bool,
    /// Healthy this long first.
    pub hold: Duration,
    /// From the first trial to the full share.
    pub ramp: Duration,
}

/// One provider and model, on one or more replicas.
#[derive(Clone, Debug)]
pub struct Tier {
    /// Unique within the chain.
    pub name: String,
    /// What kind of server answers.
    pub provider: ProviderKind,
    /// The model's name there.
    pub model: String,
    /// Where its key is.
    pub key: Option<KeyRef>,
    /// The operator's switch.
    pub enabled: bool,
    /// Its servers; at least one.
    pub replicas: Vec<Replica>,
    /// How long each part of an answer may take.
    pub timeouts: Timeouts,
    /// Further tries at the same replica.
    pub retry: Retry,
    /// When a replica is left alone.
    pub breaker: resilience::breaker::Settings,
    /// How health is checked; absent: never actively.
    pub probe: Option<Probe>,
    /// What makes requests leave it.
    pub triggers: Triggers,
    /// How much worse its answers are than the first tier's.
    pub quality_impact: Impact,
    /// What it can do, as a share of the best tier's capability; absent: by its place and its quality impact.
    pub capability_weight: Option<f64>,
    /// What changes in a request that it serves.
    pub degrade: Degrade,
    /// Whether its engine's own figures are read, and what in them is a finding.
    pub load: LoadWatch,
    /// What its model can do, as far as it is known.
    pub can: Capabilities,
    /// Whether its model goes on from a last message of the assistant's; absent: as is known of it by name.
    pub prefill: Option<bool>,
}

/// One server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// Stable over restarts and edits.
    pub id: ReplicaId,
    /// Base URL that requests go to, without a trailing slash.
    pub url: String,
    /// How it is started anew when it is down.
    pub restart: Option<Arc<Restart>>,
    /// The GPUs that it runs on, as the operator says: UUIDs, numbers on this machine, or `HOST/NUMBER`. Empty: they are
    /// looked for.
    pub gpus: Vec<String>,
}

impl Replica {
    /// A replica that nobody starts anew, and whose GPUs are looked for.
    #[must_use]
    pub const fn new(id: ReplicaId, url: String) -> Self {
        Self { id, url, restart: None, gpus: Vec::new() }
    }
}

/// Where a key is. Never the key itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeyRef {
    /// In the OS keyring, under this name.
    Keyring(String),
    /// In this environment variable.
    Env(String),
}

impl fmt::Display for KeyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyring(name) => write!(f, "keyring:{name}"),
            Self::Env(name) => write!(f, "env:{name}"),
        }
    }
}

/// What is spoken to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// OpenAI Chat Completions.
    OpenAi,
    /// Ollama's own `/api/chat`.
    Ollama,
    /// Anthropic Messages.
    Anthropic,
    /// Google's Gemini API.
    Gemini,
    /// Bedrock's Converse.
    Bedrock,
}

/// What kind of server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is a product's name")]
pub enum ProviderKind {
    OpenAi,
    Azure,
    Anthropic,
    Gemini,
    Bedrock,
    Vllm,
    Sglang,
    Tgi,
    LlamaCpp,
    LmStudio,
    Ollama,
    OpenRouter,
    Groq,
    Mistral,
    DeepSeek,
    Together,
    Other,
    Practice,
}

impl ProviderKind {
    /// Its name, as the configuration writes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Azure => "azure",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Bedrock => "bedrock",
            Self::Vllm => "vllm",
            Self::Sglang => "sglang",
            Self::Tgi => "tgi",
            Self::LlamaCpp => "llama.cpp",
            Self::LmStudio => "lmstudio",
            Self::Ollama => "ollama",
            Self::OpenRouter => "openrouter",
            Self::Groq => "groq",
            Self::Mistral => "mistral",
            Self::DeepSeek => "deepseek",
            Self::Together => "together",
            Self::Other => "other",
            Self::Practice => "practice",
        }
    }

    /// What is spoken to it.
    #[must_use]
    pub const fn wire(self) -> Wire {
        match self {
            Self::Anthropic => Wire::Anthropic,
            Self::Gemini => Wire::Gemini,
            Self::Bedrock => Wire::Bedrock,
            Self::Ollama => Wire::Ollama,
            _ => Wire::OpenAi,
        }
    }

    /// Whether it speaks `OpenAI` Responses itself, with all that lives on its side.
    #[must_use]
    pub const fn speaks_responses(self) -> bool {
        matches!(self, Self::OpenAi | Self::Azure)
    }

    /// Whether it has `OpenAI`'s text completions.
    #[must_use]
    pub const fn has_completions(self) -> bool {
        matches!(
            self,
            Self::OpenAi
                | Self::Azure
                | Self::Vllm
                | Self::Sglang
                | Self::Tgi
                | Self::LlamaCpp
                | Self::LmStudio
                | Self::Ollama
                | Self::OpenRouter
                | Self::Together
                | Self::Other
        )
    }

    /// Whether each request is paid for, so that checks must be free of charge.
    #[must_use]
    pub const fn paid(self) -> bool {
        matches!(
            self,
            Self::OpenAi
                | Self::Azure
                | Self::Anthropic
                | Self::Gemini
                | Self::Bedrock
                | Self::OpenRouter
                | Self::Groq
                | Self::Mistral
                | Self::DeepSeek
                | Self::Together
        )
    }

    /// Whether such a server tells its load: queue, cache, slots, loaded models.
    #[must_use]
    pub const fn tells_load(self) -> bool {
        matches!(self, Self::Vllm | Self::Sglang | Self::Tgi | Self::LlamaCpp | Self::Ollama)
    }

    /// The base URL that is used when the configuration names none (WIRE section 1.1).
    #[must_use]
    pub const fn default_url(self) -> Option<&'static str> {
        Some(match self {
            Self::OpenAi => "https://api.openai.com/v1",
            Self::Anthropic => "https://api.anthropic.com",
            Self::Gemini => "https://generativelanguage.googleapis.com/v1beta",
            Self::OpenRouter => "https://openrouter.ai/api/v1",
            Self::Groq => "https://api.groq.com/openai/v1",
            Self::Mistral => "https://api.mistral.ai/v1",
            Self::DeepSeek => "https://api.deepseek.com",
            Self::Together => "https://api.together.ai/v1",
            Self::Ollama => "http://127.0.0.1:11434",
            Self::LlamaCpp => "http://127.0.0.1:8080",
            Self::Vllm => "http://127.0.0.1:8000",
            Self::Sglang => "http://127.0.0.1:30000",
            Self::LmStudio => "http://127.0.0.1:1234",
            Self::Azure | Self::Bedrock | Self::Tgi | Self::Other | Self::Practice => return None,
        })
    }
}

/// How long each part of an answer may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the connection stands.
    pub connect: Duration,
    /// Until the first meaningful token of a stream. A whole answer that takes longer has its server checked, and is
    /// waited for as long as the server works.
    pub first_token: Duration,
    /// Silence between tokens.
    pub idle: Duration,
    /// The whole answer.
    pub total: Duration,
}

/// Further tries at the same replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How many after the first.
    pub attempts: u32,
    /// Pause before the first of them.
    pub backoff: Duration,
}

/// How health is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// What is asked for.
    pub kind: ProbeKind,
    /// Time between two checks.
    pub every: Duration,
    /// No answer within this time is a failure.
    pub timeout: Duration,
    /// Slower than this is degraded.
    pub slow: Duration,
    /// Failures in a row until down.
    pub down_after: u32,
    /// Successes in a row until up.
    pub up_after: u32,
}

/// What a check asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProbeKind {
    /// `GET` of this path on the server's root (scheme, host and port of the replica's URL).
    Http(String),
    /// The model list, at the wire's own path.
    Models,
    /// A one-token generation.
    Generation,
}

/// What changes in a request that a tier serves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Degrade {
    /// The most output tokens.
    pub max_tokens: Option<u32>,
    /// Replaces the client's temperature.
    pub temperature: Option<f64>,
    /// Added in front as a system message.
    pub system_note: Option<String>,
    /// Told to the client in `x-changeover-notice`.
    pub notice: Option<String>,
}
