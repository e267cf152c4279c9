//! Asks an engine for its pages and understands them (WIRE sections 7 to 11).

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use domain::{Failure, LoadedModel, ProviderKind};
use serde_json::Value;
use upstream::PageTarget;

use crate::{
    Prober,
    prometheus::{self, Line},
};

/// The most of a page that is read: vLLM's is 60 KB with one model.
const LONGEST: usize = 2 * 1024 * 1024;
/// A page that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(3);

/// An engine whose pages are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Vllm,
    Sglang,
    Tgi,
    LlamaCpp,
    Ollama,
}

impl Engine {
    pub(crate) const fn of(provider: ProviderKind) -> Option<Self> {
        Some(match provider {
            ProviderKind::Vllm => Self::Vllm,
            ProviderKind::Sglang => Self::Sglang,
            ProviderKind::Tgi => Self::Tgi,
            ProviderKind::LlamaCpp => Self::LlamaCpp,
            ProviderKind::Ollama => Self::Ollama,
            _ => return None,
        })
    }

    /// What to do when none of its pages can be had.
    pub(crate) const fn remedy(self) -> &'static str {
        match self {
            Self::Vllm | Self::Tgi => "Let this program reach /metrics on the server.",
            Self::Sglang => "Start the server with --enable-metrics.",
            Self::LlamaCpp => "Start llama-server with --metrics, and without --no-slots.",
            Self::Ollama => "Let this program reach /api/ps on the server.",
        }
    }
}

/// What an engine's pages say at one moment. What they do not say is absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reading {
    pub running: Option<u32>,
    pub waiting: Option<u32>,
    pub slots: Option<u32>,
    /// 0 to 1.
    pub cache: Option<f64>,
    /// Tokens generated since the engine started.
    pub tokens: Option<f64>,
    /// Changes with every step that the engine makes; absent where it does not tell.
    pub progress: Option<u64>,
    /// Its weights are not in memory.
    pub asleep: bool,
    pub models: Vec<LoadedModel>,
}

/// Asks an engine for its pages.
///
/// # Errors
/// When none of them can be had or understood, with the reason.
pub(crate) async fn read(prober: &dyn Prober, engine: Engine, whom: &PageTarget) -> Result<Reading, Failure> {
    let whom = &PageTarget { timeout: PATIENCE, longest: LONGEST, ..whom.clone() };
    match engine {
        Engine::LlamaCpp => llama_cpp(prober, whom).await,
        Engine::Ollama => {
            let body = page(prober, whom, "/api/ps").await?;
            ollama(&body).ok_or_else(|| strange("/api/ps"))
        }
        Engine::Vllm => understood(&page(prober, whom, "/metrics").await?, vllm),
        Engine::Sglang => understood(&page(prober, whom, "/metrics").await?, sglang),
        Engine::Tgi => understood(&page(prober, whom, "/metrics").await?, tgi),
    }
}

fn understood(body: &str, add: impl Fn(&mut Sum, &Line<'_>)) -> Result<Reading, Failure> {
    let mut sum = Sum::default();
    prometheus::lines(body).for_each(|line| add(&mut sum, &line));
    if sum.reading.running.is_none() && sum.reading.waiting.is_none() {
        return Err(strange("/metrics"));
    }
    Ok(sum.end())
}

fn strange(path: &str) -> Failure {
    let words = format!("{path} does not show what this kind of server shows there");
    Failure::new(domain::FailureClass::Malformed, words)
}

async fn page(prober: &dyn Prober, whom: &PageTarget, path: &str) -> Result<String, Failure> {
    let page = prober.page(whom, path).await?;
    if !(200..300).contains(&page.status) {
        let words = format!("{path} answered {}", page.status);
        return Err(Failure {
            status: Some(page.status),
            ..Failure::new(domain::FailureClass::Unsupported, words)
        });
    }
    // Nearly every page is text through and through, and that is found out much faster than where it is not.
    let text = String::from_utf8(page.body.into());
    Ok(text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// Adds the lines of one page up: an engine may show one line per model, per worker, or both.
#[derive(Default)]
struct Sum {
    reading: Reading,
    steps: DefaultHasher,
    stepped: bool,
}

impl Sum {
    fn running(&mut self, n: f64) {
        add(&mut self.reading.running, n);
    }

    fn waiting(&mut self, n: f64) {
        add(&mut self.reading.waiting, n);
    }

    /// The fullest cache counts.
    fn cache(&mut self, share: f64) {
        self.reading.cache = Some(self.reading.cache.map_or(share, |c| c.max(share)));
    }

    fn tokens(&mut self, n: f64) {
        *self.reading.tokens.get_or_insert(0.0) += n;
        self.step(n);
    }

    fn step(&mut self, n: f64) {
        n.to_bits().hash(&mut self.steps);
        self.stepped = true;
    }

    fn end(mut self) -> Reading {
        self.reading.progress = self.stepped.then(|| self.steps.finish());
        self.reading
    }
}

fn add(place: &mut Option<u32>, n: f64) {
    *place = Some(place.unwrap_or(0).saturating_add(whole(n)));
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
const fn whole(n: f64) -> u32 {
    n as u32
}

fn vllm(sum: &mut Sum, line: &Line<'_>) {
    match line.name {
        "vllm:num_requests_running" => sum.running(line.value),
        "vllm:num_requests_waiting" => sum.waiting(line.value),
        "vllm:kv_cache_usage_perc" | "vllm:gpu_cache_usage_perc" => sum.cache(line.value),
        "vllm:generation_tokens_total" => sum.tokens(line.value),
        "vllm:prompt_tokens_total" => sum.step(line.value),
        "vllm:engine_sleep_state" if line.value > 0.0 => {
            sum.reading.asleep |= line.label("sleep_state").is_some_and(|s| s != "awake");
        }
        _ => {}
    }
}

fn sglang(sum: &mut Sum, line: &Line<'_>) {
    match line.name {
        "sglang:num_running_reqs" => sum.running(line.value),
        "sglang:num_queue_reqs" => sum.waiting(line.value),
        "sglang:token_usage" => sum.cache(line.value),
        "sglang:generation_tokens_total" => sum.tokens(line.value),
        "sglang:prompt_tokens_total" | "sglang:num_used_tokens" | "sglang:gen_throughput" => {
            sum.step(line.value);
        }
        _ => {}
    }
}

fn tgi(sum: &mut Sum, line: &Line<'_>) {
    match line.name {
        "tgi_batch_current_size" => sum.running(line.value),
        "tgi_queue_size" => sum.waiting(line.value),
        "tgi_request_generated_tokens_sum" => sum.tokens(line.value),
        "tgi_batch_inference_count" | "tgi_batch_inference_success" => sum.step(line.value),
        _ => {}
    }
}

/// Either page will do: `/slots` can be switched off, and `/metrics` has to be switched on.
async fn llama_cpp(prober: &dyn Prober, whom: &PageTarget) -> Result<Reading, Failure> {
    let (slots, metrics) = futures::join!(page(prober, whom, "/slots"), page(prober, whom, "/metrics"));
    let mut sum = Sum::default();
    let seen = slots.as_ref().is_ok_and(|body| llama_slots(&mut sum, body));
    if let Ok(body) = &metrics {
        prometheus::lines(body).for_each(|line| llama_metrics(&mut sum, &line, seen));
    }
    match (seen || sum.reading.running.is_some(), slots) {
        (true, _) => Ok(sum.end()),
        (false, Err(failure)) => Err(failure),
        (false, Ok(_)) => Err(strange("/slots")),
    }
}

fn llama_slots(sum: &mut Sum, body: &str) -> bool {
    let slots = match serde_json::from_str(body) {
        Ok(Value::Array(slots)) if !slots.is_empty() => slots,
        _ => return false,
    };
    sum.reading.slots = u32::try_from(slots.len()).ok();
    sum.running(0.0);
    for slot in slots.iter().filter(|s| s.get("is_processing").and_then(Value::as_bool) == Some(true)) {
        sum.running(1.0);
        // `next_token` is an object in older versions and a list of one in newer ones.
        let next = slot.get("next_token").map(|n| n.get(0).unwrap_or(n));
        let decoded = next.and_then(|n| n.get("n_decoded")).and_then(Value::as_f64);
        for n in [decoded, field(slot, "id_task"), field(slot, "n_prompt_tokens_processed")] {
            n.into_iter().for_each(|n| sum.step(n));
        }
    }
    true
}

fn field(of: &Value, name: &str) -> Option<f64> {
    of.get(name).and_then(Value::as_f64)
}

fn llama_metrics(sum: &mut Sum, line: &Line<'_>, has_slots: bool) {
    match line.name {
        "llamacpp:requests_processing" if !has_slots => sum.running(line.value),
        "llamacpp:requests_deferred" => sum.waiting(line.value),
        "llamacpp:tokens_predicted_total" => sum.tokens(line.value),
        "llamacpp:n_decode_total" => sum.step(line.value),
        _ => {}
    }
}

fn ollama(body: &str) -> Option<Reading> {
    let page: Value = serde_json::from_str(body).ok()?;
    let model = |m: &Value| {
        let name = m.get("name").or_else(|| m.get("model"))?.as_str()?.to_owned();
        let bytes = |field| m.get(field).and_then(Value::as_u64);
        Some(LoadedModel { name, size: bytes("size")?, in_gpu: bytes("size_vram").unwrap_or(0) })
    };
    let models = page.get("models")?.as_array()?.iter().filter_map(model).collect();
    Some(Reading { models, ..Reading::default() })
}

#[cfg(test)]
mod tests;
