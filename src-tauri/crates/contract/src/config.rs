//! The configuration document, as people write it in YAML and as the screens edit it.
//!
//! Field names are fixed: files keep working. Every block but `name`, `provider`, `url` and `model` has
//! defaults. The engine validates it and turns it into the snapshot that routes.

mod alerts;
mod chain;
mod restart;
mod targets;
mod tier;
mod triggers;
mod watch;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use alerts::*;
pub use chain::*;
pub use restart::*;
pub use targets::*;
pub use tier::*;
pub use triggers::*;
pub use watch::*;

/// The whole configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The format of this document; always 1.
    pub version: u32,
    /// Where the program listens.
    #[serde(default)]
    pub endpoint: Endpoint,
    /// The chains; the `model` a client asks for picks one.
    #[serde(default)]
    pub chains: Vec<Chain>,
    /// Who is told of a failover, and how.
    #[serde(default)]
    pub alerts: Alerts,
    /// Other machines whose GPUs are watched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<GpuHost>>")]
    pub gpu_hosts: Vec<GpuHost>,
    /// What is held to be good enough.
    #[serde(default)]
    pub targets: Targets,
    /// The operator's own runbooks, and those of the program that were reworded.
    #[serde(default)]
    pub runbooks: Vec<Runbook>,
}

/// What to do about a way of failing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Runbook {
    /// Its name: letters, digits and `-`. One of the program's own is replaced by another of its name.
    pub name: String,
    /// One line.
    pub title: String,
    /// The kinds of incident that it is for: `outage`, `gpu`, ...
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Markdown; its steps are the lines that begin with `- [ ]`.
    pub text: String,
}

/// Where the program listens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields, default)]
pub struct Endpoint {
    /// What applications talk to: `host:port`.
    pub listen: String,
    /// The screens over HTTP, commands and metrics: `host:port`.
    pub admin: String,
    /// Keys that clients must present; obligatory once `listen` is not loopback.
    pub client_keys: Vec<ClientKey>,
}

impl Default for Endpoint {
    fn default() -> Self {
        Self { listen: "127.0.0.1:4747".into(), admin: "127.0.0.1:4748".into(), client_keys: vec![] }
    }
}

/// A key that a client presents, stored as its hash.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct ClientKey {
    /// A name for the operator.
    pub name: String,
    /// SHA-256 of the key, 64 hexadecimal digits; `changeoverd keys client NAME` prints a line to paste.
    pub sha256: String,
}
