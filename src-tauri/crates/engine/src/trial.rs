//! Requests that a screen sends: to a tier that need not be saved, or through a chain.

use std::time::Duration;

use bytes::Bytes;
use contract::{RpcError, config, view::TryResult};
use dialect::{
    client::{Asked, Dialect},
    edit::Edits,
    wire,
};
use domain::{KeyRef, ProviderKind, Tier, Wire};
use http::HeaderMap;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::{Engine, config::tier_of, rpc::problem};

/// A trial's answer may be this large, bytes.
const LARGEST: usize = 4 * 1024 * 1024;
/// What is asked of a tier.
const HELLO: &str = "Say hello in one short sentence.";
/// Output tokens that a trial may cost.
const CAP: u32 = 32;

impl Engine {
    /// Sends one short request to a tier and shows its answer, its time, or its error.
    pub(crate) async fn tier_test(&self, tier: &config::Tier) -> TryResult {
        let tier = self.trial_tier(tier);
        let began = Instant::now();
        let outcome = match timeout(tier.timeouts.total, ask_tier(&self.inner.upstream, &tier)).await {
            Ok(outcome) => outcome,
            Err(_) => Err((None, format!("no answer within {} s", tier.timeouts.total.as_secs()))),
        };
        let (ok, status, text) = match outcome {
            Ok((status, text)) => (true, Some(status), text),
            Err((status, text)) => (false, status, text),
        };
        TryResult { ok, status, tier: Some(tier.name), attempts: Some(1), text, took_ms: ms(began.elapsed()) }
    }

    /// The models that a tier's server lists.
    ///
    /// # Errors
    /// The server cannot be reached or gives no list.
    pub(crate) async fn tier_models(&self, tier: &config::Tier) -> Result<Vec<String>, RpcError> {
        let tier = self.trial_tier(tier);
        let Some(replica) = tier.replicas.first() else {
            return Err(problem("bad_request", "the tier has no URL", "fill in the URL first"));
        };
        let target = upstream::ProbeTarget {
            url: replica.url.clone(),
            provider: tier.provider,
            model: tier.model.clone(),
            key: tier.key.clone(),
            kind: domain::chain::ProbeKind::Models,
            timeout: Duration::from_secs(10),
        };
        let names = self.inner.upstream.list_models(&target).await;
        names.map_err(|f| problem("failed", &f.message, f.class.advice()))
    }

    fn trial_tier(&self, tier: &config::Tier) -> Tier {
        tier_of("trial", tier, self.inner.practice.addresses())
    }

    /// Sends one short request through a chain, over the real endpoint.
    pub(crate) async fn chain_try(&self, chain: &str, prompt: &str) -> TryResult {
        let began = Instant::now();
        let found = self.inner.snapshot.load().chains.iter().find(|c| c.name == chain).cloned();
        let failed = |text: String| TryResult {
            ok: false,
            status: None,
            tier: None,
            attempts: None,
            text,
            took_ms: ms(began.elapsed()),
        };
        let Some(found) = found else {
            return failed(format!("there is no chain `{chain}`; reload the page"));
        };
        let address = match self.inner.endpoint.address() {
            Ok(address) => address,
            Err(why) => return failed(format!("the endpoint does not listen: {why}")),
        };
        let body =
            json!({"model": chain, "messages": [{"role": "user", "content": prompt}], "max_tokens": 200});
        let key = KeyRef::Keyring(crate::keys::OWN.to_owned());
        let url = format!("http://{address}");
        let target = upstream::Target {
            url: &url,
            provider: ProviderKind::Other,
            model: chain,
            key: Some(&key),
            connect: Duration::from_secs(2),
        };
        let send = async {
            let mut response = self
                .inner
                .upstream
                .send(
                    &target,
                    upstream::Endpoint::Chat,
                    HeaderMap::new(),
                    [Bytes::from(body.to_string())],
                    false,
                )
                .await?;
            let body = response.body.up_to(LARGEST).await?;
            Ok::<_, domain::Failure>((response.status.as_u16(), response.headers, body))
        };
        match timeout(found.deadline + Duration::from_secs(5), send).await {
            Ok(Ok((status, headers, body))) => {
                let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
                TryResult {
                    ok: (200..300).contains(&status),
                    status: Some(status),
                    tier: header("x-changeover-tier"),
                    attempts: header("x-changeover-attempts").and_then(|n| n.parse().ok()),
                    text: text_of(&body),
                    took_ms: ms(began.elapsed()),
                }
            }
            Ok(Err(failure)) => failed(failure.message),
            Err(_) => failed("no answer within the chain's deadline".to_owned()),
        }
    }
}

type Trial = Result<(u16, String), (Option<u16>, String)>;

async fn ask_tier(client: &upstream::Client, tier: &Tier) -> Trial {
    let speak = match tier.provider.wire() {
        Wire::OpenAi => wire::Wire::OpenAi,
        Wire::Ollama => wire::Wire::Ollama,
        Wire::Anthropic => wire::Wire::Anthropic,
        Wire::Gemini => wire::Wire::Gemini,
        Wire::Bedrock => wire::Wire::Bedrock,
    };
    let Some(replica) = tier.replicas.first() else { return Err((None, "the tier has no URL".into())) };
    let body = Bytes::from(
        json!({"model": tier.model, "messages": [{"role": "user", "content": HELLO}]}).to_string(),
    );
    let in_words = |e: &dyn std::fmt::Display| (None, e.to_string());
    let asked = Asked::read(Dialect::Chat, body).map_err(|e| in_words(&e))?;
    let edits = Edits { model: Some(tier.model.clone()), max_tokens_cap: Some(CAP), ..Edits::default() };
    let prepared = speak.prepare(&asked, &edits).map_err(|e| in_words(&e))?;
    let target = upstream::Target::of(tier, replica);
    let sent = client.send(&target, upstream::Endpoint::Chat, HeaderMap::new(), prepared.body, false).await;
    let mut response =
        sent.map_err(|f| (f.status, format!("{}. {}", f.message.trim_end_matches('.'), f.class.advice())))?;
    let status = response.status.as_u16();
    let body = response.body.up_to(LARGEST).await.map_err(|f| (Some(status), f.message))?;
    if !response.status.is_success() {
        let header = |name: &str| response.headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let fault = dialect::fault::classify(status, &header, &body, std::time::SystemTime::now());
        return Err((Some(status), fault.message));
    }
    let stamp = wire::Stamp { id: "trial".into(), created: 0 };
    let whole = speak.whole(&asked, &body, &stamp);
    match whole.completion {
        dialect::observe::Completion::Complete => Ok((status, text_of(&whole.body))),
        other => Err((Some(status), format!("the answer is not usable: {other:?}"))),
    }
}

/// The text of a Chat Completions answer, or its error's message.
fn text_of(body: &[u8]) -> String {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return String::from_utf8_lossy(body).chars().take(500).collect();
    };
    let message = &value["choices"][0]["message"];
    let text = message["content"].as_str().or_else(|| value["error"]["message"].as_str());
    let reasoning = || message["reasoning_content"].as_str().or_else(|| message["reasoning"].as_str());
    text.filter(|t| !t.is_empty()).or_else(reasoning).unwrap_or("(an answer without text)").to_owned()
}

fn ms(d: Duration) -> f64 {
    d.as_secs_f64() * 1000.0
}
