//! What is remembered of each key beside the keyring: its name, its last four characters, when it was stored.

use std::collections::BTreeSet;

use contract::{
    RpcError,
    config::Alerts,
    view::{KeyInfo, KeysPage},
};
use domain::{KeyRef, Snapshot, time::wall_ms};
use serde::{Deserialize, Serialize};
use store::{Store, StoreError};
use upstream::Credentials;

use crate::{Engine, config};

const PREFIX: &str = "key:";

#[derive(Serialize, Deserialize)]
struct Remembered {
    last_four: String,
    created_ms: i64,
}

pub(crate) async fn remember(store: &Store, name: &str, last_four: &str) -> Result<(), StoreError> {
    let remembered = Remembered { last_four: last_four.to_owned(), created_ms: wall_ms() };
    let json = serde_json::to_string(&remembered).unwrap_or_default();
    store.put_state(&format!("{PREFIX}{name}"), &json).await
}

pub(crate) async fn forget(store: &Store, name: &str) -> Result<(), StoreError> {
    store.remove_state(&format!("{PREFIX}{name}")).await
}

/// Names of every key that was stored or that the configuration uses.
pub(crate) async fn known(store: &Store, snapshot: &Snapshot, alerts: &Alerts) -> BTreeSet<String> {
    let mut names = crate::keys::names_in(snapshot);
    for (key, _) in config::alert_keys(alerts) {
        if let KeyRef::Keyring(name) = key {
            names.insert(name);
        }
    }
    match store.states(PREFIX).await {
        Ok(stored) => names.extend(stored.iter().map(|(name, _)| name[PREFIX.len()..].to_owned())),
        Err(e) => tracing::warn!(error = %e, "the list of keys could not be read"),
    }
    names
}

impl Engine {
    /// What the Keys part of Settings shows. Asks the keyring anew.
    pub(crate) async fn keys_page(&self) -> Result<KeysPage, RpcError> {
        let snapshot = self.inner.snapshot.load_full();
        let in_force = self.inner.config.current();
        let alerts = &in_force.document.alerts;
        let names = known(&self.inner.store, &snapshot, alerts).await;
        if names.is_empty() {
            self.inner.keys.check().await;
        } else {
            self.inner.keys.fetch(names).await;
        }
        let stored = self.inner.store.states(PREFIX).await;
        let stored = stored.map_err(|e| crate::rpc::problem("failed", &e.to_string(), "check the disk"))?;
        let keys = stored.iter().filter_map(|(state, json)| {
            let name = &state[PREFIX.len()..];
            let remembered: Remembered = serde_json::from_str(json).ok()?;
            Some(KeyInfo {
                name: name.to_owned(),
                last_four: remembered.last_four,
                created_ms: remembered.created_ms,
                used_by: used_by(&snapshot, alerts, name),
                present: self.inner.keys.has(name),
            })
        });
        let keys: Vec<KeyInfo> = keys.collect();
        let problem = self.inner.keys.problem();
        Ok(KeysPage {
            store: store_name().to_owned(),
            missing: missing(&snapshot, alerts, &*self.inner.keys),
            remedy: problem.as_ref().map(|p| p.remedy.clone()),
            problem: problem.map(|p| p.what),
            keys,
        })
    }
}

fn store_name() -> &'static str {
    if cfg!(target_os = "macos") {
        "macOS Keychain"
    } else if cfg!(windows) {
        "Windows Credential Manager"
    } else {
        "Secret Service (GNOME Keyring, KWallet or KeePassXC)"
    }
}

fn used_by(snapshot: &Snapshot, alerts: &Alerts, name: &str) -> Vec<String> {
    let wanted = KeyRef::Keyring(name.to_owned());
    let uses = snapshot.chains.iter().flat_map(|c| c.tiers.iter().map(move |t| (c, t)));
    let tiers = uses
        .filter(|(_, t)| t.key.as_ref() == Some(&wanted))
        .map(|(c, t)| format!("{} / {}", c.name, t.name));
    let channels = config::alert_keys(alerts).into_iter().filter(|(key, _)| *key == wanted);
    tiers.chain(channels.map(|(_, place)| place)).collect()
}

/// The references in the configuration whose key cannot be had.
fn missing(snapshot: &Snapshot, alerts: &Alerts, credentials: &dyn Credentials) -> Vec<String> {
    let channels = config::alert_keys(alerts);
    let tiers = snapshot.chains.iter().flat_map(|c| &c.tiers).filter_map(|t| t.key.as_ref());
    let keys = tiers.chain(channels.iter().map(|(key, _)| key));
    let missing: BTreeSet<String> =
        keys.filter(|k| credentials.resolve(k).is_err()).map(ToString::to_string).collect();
    missing.into_iter().collect()
}
