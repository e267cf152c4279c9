//! From the document to what routing uses. Only a document without errors gets here.

use std::{collections::HashMap, sync::Arc, time::Duration};

use contract::config::{self, BrokenStream, Document, FailbackMode, Provider};
use domain::{
    Impact, KeyRef, ProviderKind, Replica, ReplicaId, Rule, Snapshot, Tier, Trigger, Triggers,
    capability::Capabilities,
    chain::{Chain, Degrade, Failback, OnBrokenStream, Probe, ProbeKind, Retry, Timeouts},
};

/// Where each simulated server really listens: the `NAME` of `practice://NAME`, and its base URL.
pub type PracticeAddresses = HashMap<String, String>;

/// The snapshot of a document.
#[must_use]
pub fn snapshot(revision: i64, document: &Document, practice: &PracticeAddresses) -> Snapshot {
    Snapshot {
        revision,
        chains: document.chains.iter().map(|c| Arc::new(chain(c, practice))).collect(),
        gpu_hosts: document
            .gpu_hosts
            .iter()
            .map(|h| domain::gpu::GpuHost { name: h.name.clone(), url: h.url.clone() })
            .collect(),
        client_keys: document.endpoint.client_keys.iter().filter_map(|k| hash(&k.sha256)).collect(),
    }
}

fn hash(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

fn chain(chain: &config::Chain, practice: &PracticeAddresses) -> Chain {
    Chain {
        name: chain.name.clone(),
        aliases: chain.aliases.clone(),
        deadline: chain.deadline.0,
        on_broken_stream: match chain.on_broken_stream {
            BrokenStream::Stop => OnBrokenStream::Stop,
            BrokenStream::Resume => OnBrokenStream::Resume,
        },
        mark_body: chain.mark_body,
        wait_up_to: chain.on_rate_limit.wait_up_to.0,
        hedge: chain.hedge.enabled.then_some(chain.hedge.after.0),
        failback: Failback {
            auto: chain.failback.mode == FailbackMode::Auto,
            hold: chain.failback.hold.0,
            ramp: chain.failback.ramp.0,
        },
        tiers: chain.tiers.iter().map(|t| Arc::new(tier_of(&chain.name, t, practice))).collect(),
        simulated: chain.tiers.iter().any(|t| t.provider == Provider::Practice),
    }
}

/// The tier as routing uses it.
#[must_use]
pub fn tier_of(chain: &str, tier: &config::Tier, practice: &PracticeAddresses) -> Tier {
    let provider = provider_kind(tier.provider);
    Tier {
        name: tier.name.clone(),
        provider,
        model: tier.model.clone(),
        key: tier.key.as_deref().and_then(key_ref),
        enabled: tier.enabled,
        replicas: written_urls(tier).iter().map(|url| replica(chain, tier, url, practice)).collect(),
        timeouts: Timeouts {
            connect: tier.timeouts.connect.0,
            first_token: tier.timeouts.first_token.0,
            idle: tier.timeouts.idle.0,
            total: tier.timeouts.total.0,
        },
        retry: Retry { attempts: tier.retry.attempts, backoff: tier.retry.backoff.0 },
        breaker: resilience::breaker::Settings {
            consecutive: tier.breaker.consecutive,
            rate: tier.breaker.rate,
            min_requests: tier.breaker.min_requests,
            window: tier.breaker.window.0,
            open: tier.breaker.open.0,
            trials: tier.breaker.trials,
            close_after: tier.breaker.close_after,
        },
        probe: probe(provider, tier.probe.as_ref()),
        triggers: triggers(&tier.triggers),
        quality_impact: impact(tier.quality_impact),
        capability_weight: tier.capability_weight,
        degrade: Degrade {
            max_tokens: tier.degrade.max_tokens,
            temperature: tier.degrade.temperature,
            system_note: tier.degrade.system_note.clone(),
            notice: tier.degrade.notice.clone(),
        },
        can: can(tier),
        prefill: tier.capabilities.as_ref().and_then(|c| c.prefill),
        load: load(tier.load.clone().unwrap_or_default()),
    }
}

fn triggers(triggers: &config::Triggers) -> Triggers {
    let said = &triggers.impact;
    let rows = [
        (Trigger::FirstTokenAbove, true, said.first_token_above),
        (Trigger::TotalAbove, true, said.total_above),
        (Trigger::RateLimited, triggers.rate_limited, said.rate_limited),
        (Trigger::Gpu, triggers.gpu, said.gpu),
        (Trigger::ProviderDown, triggers.provider_down, said.provider_down),
        (Trigger::ContextTooLong, triggers.context_too_long, said.context_too_long),
        (Trigger::Quality, triggers.quality, said.quality),
        (Trigger::OverBudget, triggers.over_budget, said.over_budget),
    ];
    let above = |span: Option<contract::Span>| span.map(|span| span.0);
    let thresholds = Triggers::above(above(triggers.first_token_above), above(triggers.total_above));
    rows.into_iter()
        .fold(thresholds, |all, (trigger, on, said)| all.with(trigger, Rule { on, impact: said.map(impact) }))
}

const fn impact(impact: config::QualityImpact) -> Impact {
    match impact {
        config::QualityImpact::Low => Impact::Low,
        config::QualityImpact::Medium => Impact::Medium,
        config::QualityImpact::High => Impact::High,
    }
}

/// What its model can do: what the document says, and else what is known of the model by name.
fn can(tier: &config::Tier) -> Capabilities {
    let own = tier.capabilities.clone().unwrap_or_default();
    let own = Capabilities {
        chat: own.chat,
        embeddings: own.embeddings,
        images: own.images,
        tools: own.tools,
        forced_tools: own.forced_tools,
        schema: own.schema,
        context: own.context.map(u64::from),
    };
    own.or(Capabilities::of_model(&tier.model))
}

fn load(load: config::LoadWatch) -> domain::LoadWatch {
    domain::LoadWatch {
        on: load.watch,
        every: load.every.0.clamp(Duration::from_secs(1), Duration::from_secs(600)),
        queue: load.queue.max(1),
        cache: load.cache,
        stuck_after: load.stuck_after.0,
        on_cpu: load.on_cpu,
    }
}

/// The base URLs of a tier's replicas as the configuration writes them.
#[must_use]
pub fn written_urls(tier: &config::Tier) -> Vec<String> {
    match (&tier.url, tier.replicas.as_slice()) {
        (_, [_, ..]) => tier.replicas.iter().map(|r| r.url.clone()).collect(),
        (Some(url), []) => vec![url.clone()],
        (None, []) => vec![provider_kind(tier.provider).default_url().unwrap_or_default().to_owned()],
    }
}

fn replica(chain: &str, tier: &config::Tier, url: &str, practice: &PracticeAddresses) -> Replica {
    let said = tier.replicas.iter().find(|r| r.url == url);
    let written = url.trim_end_matches('/');
    let real = match written.strip_prefix("practice://") {
        Some(name) => practice.get(name).cloned().unwrap_or_default(),
        None => written.to_owned(),
    };
    Replica {
        restart: said.and_then(|r| restart(r.restart.as_ref()?)).map(Arc::new),
        gpus: said.map(|r| r.gpus.clone()).unwrap_or_default(),
        ..Replica::new(ReplicaId::new(chain, &tier.name, written), real)
    }
}

fn restart(restart: &config::Restart) -> Option<domain::restart::Restart> {
    let unit = restart.unit.clone().map(|name| domain::restart::How::Unit { name, user: restart.user });
    Some(domain::restart::Restart {
        how: unit.or_else(|| restart.command.clone().map(domain::restart::How::Command))?,
        on: restart.enabled,
        delay: restart.delay.0,
        limit: restart.limit.max(1),
        window: restart.window.0,
        healthy_within: restart.healthy_within.0,
    })
}

/// `keyring:NAME` or `env:NAME`; anything else is none.
#[must_use]
pub fn key_ref(text: &str) -> Option<KeyRef> {
    let (kind, name) = text.split_once(':')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
        return None;
    }
    match kind {
        "keyring" => Some(KeyRef::Keyring(name.to_owned())),
        "env" => Some(KeyRef::Env(name.to_owned())),
        _ => None,
    }
}

/// The check that is made when the configuration names none: free of charge, and true (WIRE section 1.2).
fn default_probe(provider: ProviderKind) -> config::Probe {
    let kind = match provider {
        ProviderKind::Vllm
        | ProviderKind::LlamaCpp
        | ProviderKind::Tgi
        | ProviderKind::Ollama
        | ProviderKind::Sglang
        | ProviderKind::Practice => config::ProbeKind::Http,
        _ => config::ProbeKind::Models,
    };
    let (every, timeout) = if provider.paid() { (30, 10) } else { (10, 5) };
    config::Probe {
        kind,
        path: None,
        every: contract::Span::secs(every),
        timeout: contract::Span::secs(timeout),
        slow: contract::Span::secs(if provider.paid() { 5 } else { 2 }),
        down_after: 3,
        up_after: 2,
    }
}

/// The path that says most about a server's health (WIRE section 1.2).
fn health_path(provider: ProviderKind) -> &'static str {
    match provider {
        ProviderKind::Ollama => "/api/version",
        ProviderKind::Sglang => "/ready",
        _ => "/health",
    }
}

fn probe(provider: ProviderKind, probe: Option<&config::Probe>) -> Option<Probe> {
    let probe = probe.cloned().unwrap_or_else(|| default_probe(provider));
    let kind = match probe.kind {
        config::ProbeKind::Off => return None,
        config::ProbeKind::Http => {
            ProbeKind::Http(probe.path.clone().unwrap_or_else(|| health_path(provider).to_owned()))
        }
        config::ProbeKind::Models => ProbeKind::Models,
        config::ProbeKind::Generation => ProbeKind::Generation,
    };
    Some(Probe {
        kind,
        every: probe.every.0,
        timeout: probe.timeout.0,
        slow: probe.slow.0,
        down_after: probe.down_after,
        up_after: probe.up_after,
    })
}

/// The domain's name of a provider.
#[must_use]
pub fn provider_kind(provider: Provider) -> ProviderKind {
    match provider {
        Provider::Openai => ProviderKind::OpenAi,
        Provider::Azure => ProviderKind::Azure,
        Provider::Anthropic => ProviderKind::Anthropic,
        Provider::Gemini => ProviderKind::Gemini,
        Provider::Bedrock => ProviderKind::Bedrock,
        Provider::Vllm => ProviderKind::Vllm,
        Provider::Sglang => ProviderKind::Sglang,
        Provider::Tgi => ProviderKind::Tgi,
        Provider::LlamaCpp => ProviderKind::LlamaCpp,
        Provider::Lmstudio => ProviderKind::LmStudio,
        Provider::Ollama => ProviderKind::Ollama,
        Provider::Openrouter => ProviderKind::OpenRouter,
        Provider::Groq => ProviderKind::Groq,
        Provider::Mistral => ProviderKind::Mistral,
        Provider::Deepseek => ProviderKind::DeepSeek,
        Provider::Together => ProviderKind::Together,
        Provider::Other => ProviderKind::Other,
        Provider::Practice => ProviderKind::Practice,
    }
}
