//! Model servers on this machine that may become tiers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::config::Provider;

/// What listens on the ports of this machine where model servers usually do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Discovery {
    /// Every port that was looked at, the usual ones first.
    pub ports: Vec<PortSeen>,
    /// How long it took.
    pub took_ms: f64,
}

/// One port of the loopback address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PortSeen {
    /// The port.
    pub port: u16,
    /// Who usually listens there; absent for a port that was asked for.
    pub usual: Option<Provider>,
    /// What was found.
    pub found: PortFound,
    /// The base URL for a tier.
    pub url: String,
    /// The kind of server; absent where none was found.
    pub provider: Option<Provider>,
    /// The models it names.
    pub models: Vec<String>,
}

/// What was found on a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PortFound {
    /// Nothing listens there.
    Nobody,
    /// Something listens, and said nothing in time.
    Silent,
    /// Something answers that is no model server.
    Stranger,
    /// A model server that asks for a key.
    Locked,
    /// A model server that is still loading its model.
    Loading,
    /// A model server.
    Server,
    /// Changeover itself.
    Changeover,
}
