//! The configuration document, as people write it in YAML and as the screens edit it.
//!
//! Field names are fixed: files keep working. Every block but `name`, `provider`, `url` and `model` has
//! defaults. The engine validates it and turns it into the snapshot that routes.

mod chain;
mod restart;
mod tier;
mod watch;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use chain::*;
pub use restart::*;
pub use tier::*;
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

/// Who is told of a failover, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields, default)]
pub struct Alerts {
    /// Desktop notifications.
    pub desktop: bool,
}

impl Default for Alerts {
    fn default() -> Self {
        Self { desktop: true }
    }
}
