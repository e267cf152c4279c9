//! What is watched beside health: what serving engines say of their own load.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Span;

/// What a serving engine (vLLM, SGLang, TGI, llama.cpp, Ollama) says of its own load, and what of that is a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields, default)]
pub struct LoadWatch {
    /// Whether it is read.
    pub watch: bool,
    /// Time between two readings; 1s to 10m.
    pub every: Span,
    /// So many waiting requests, twice in a row, mean saturated.
    #[schemars(range(min = 1))]
    pub queue: u32,
    /// A key-value cache that is fuller than this share, twice in a row, means saturated; 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub cache: f64,
    /// Requests that run and bring no token for this long mean that the engine stands still.
    pub stuck_after: Span,
    /// Whether it is meant to run on the CPU; then doing so is no finding.
    pub on_cpu: bool,
}

/// Another machine whose GPUs are watched, through the DCGM exporter that runs there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct GpuHost {
    /// How it is called on the screens; its GPUs are `NAME/0` and so on.
    pub name: String,
    /// The exporter's address, such as `http://gpu1:9400/metrics`.
    pub url: String,
}

impl Default for LoadWatch {
    fn default() -> Self {
        Self {
            watch: true,
            every: Span::secs(5),
            queue: 4,
            cache: 0.95,
            stuck_after: Span::secs(30),
            on_cpu: false,
        }
    }
}
