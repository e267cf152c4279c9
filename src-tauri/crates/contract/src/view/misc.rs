//! Configuration, keys, practice, alerts.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Problem, config::Document};

/// The configuration in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ConfigPage {
    /// Its revision.
    pub revision: i64,
    /// The document.
    pub document: Document,
    /// What in it has no effect or is unwise.
    pub warnings: Vec<Problem>,
    /// The file that is the source of truth; the screens cannot edit then.
    pub file: Option<String>,
    /// Why a change to that file was not taken, if so.
    pub file_problems: Vec<Problem>,
}

/// The outcome of a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Applied {
    /// The new revision.
    pub revision: i64,
    /// The one before: restore it to undo.
    pub previous: i64,
    /// What in the new one has no effect or is unwise.
    pub warnings: Vec<Problem>,
}

/// A revision of the configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RevisionInfo {
    /// Its number.
    pub revision: i64,
    /// When it was made.
    pub at_ms: i64,
    /// Who made it.
    pub author: String,
    /// Why.
    pub note: String,
}

/// A provider key, never the secret itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct KeyInfo {
    /// The name that tiers refer to: `keyring:NAME`.
    pub name: String,
    /// The last four characters.
    pub last_four: String,
    /// When it was stored.
    pub created_ms: i64,
    /// Tiers that use it: `chain / tier`.
    pub used_by: Vec<String>,
    /// Whether the keyring still has it.
    pub present: bool,
}

/// A key made for a client, shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NewClientKey {
    /// What the client presents.
    pub key: String,
    /// Its SHA-256 as 64 hexadecimal digits, for `endpoint.client_keys`.
    pub sha256: String,
}

/// What the Keys part of Settings shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct KeysPage {
    /// Where keys are kept, in words: `Secret Service (gnome-keyring)`.
    pub store: String,
    /// Why no key can be stored now; absent when one can.
    pub problem: Option<String>,
    /// What to do about it.
    pub remedy: Option<String>,
    /// The keys.
    pub keys: Vec<KeyInfo>,
    /// References in the configuration whose key is missing: `keyring:NAME` or `env:NAME`.
    pub missing: Vec<String>,
}

/// The simulated tiers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PracticePage {
    /// Each simulated server.
    pub servers: Vec<PracticeServer>,
}

/// One simulated server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PracticeServer {
    /// The `NAME` of `practice://NAME`.
    pub name: String,
    /// What it pretends to be.
    pub label: String,
    /// Its real address on this machine; absent while it is switched to fail.
    pub address: Option<String>,
    /// Whether it is switched to fail: it then refuses connections.
    pub failing: bool,
}

/// The outcome of a request sent from a screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TryResult {
    /// Whether an answer came.
    pub ok: bool,
    /// HTTP status; absent when no answer came.
    pub status: Option<u16>,
    /// The tier that answered.
    pub tier: Option<String>,
    /// Upstream tries it took.
    pub attempts: Option<u32>,
    /// The answer's text, or the error in words.
    pub text: String,
    /// How long it took.
    pub took_ms: f64,
}

/// One alert that was sent or held back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AlertEntry {
    /// The journal's number, as text.
    pub id: String,
    /// When.
    pub at_ms: i64,
    /// `desktop`, or the channel's name in the configuration.
    pub channel: String,
    /// The title.
    pub title: String,
    /// The text.
    pub body: String,
    /// What it tells: `opened`, `worse`, `reminder`, `relapse`, `over`, `test`.
    pub event: String,
    /// The incident that it speaks of.
    pub incident: Option<String>,
    /// `sent`, `failed`, `held_back`, `retrying` or `waiting`.
    pub outcome: String,
    /// Why it failed or was held back.
    pub reason: Option<String>,
}

/// What the About part of Settings shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct About {
    /// The program's version.
    pub version: String,
    /// Where its data is.
    pub data_dir: String,
    /// Size of the database, bytes.
    pub database_bytes: u64,
    /// Where the screens are served over HTTP; absent when they are not.
    pub admin_url: Option<String>,
    /// When this process started.
    pub started_ms: i64,
}

/// A runbook, as the Runbooks screen shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RunbookView {
    /// Its name.
    pub name: String,
    /// One line.
    pub title: String,
    /// The kinds of incident that it is for.
    pub kinds: Vec<String>,
    /// Markdown.
    pub text: String,
    /// Its steps, in order.
    pub steps: Vec<String>,
    /// Where it comes from.
    pub origin: RunbookOrigin,
    /// When it was last rehearsed, and by whom.
    pub rehearsed: Option<Rehearsal>,
    /// Whether a quarter has passed since, or it never was.
    pub rehearsal_due: bool,
    /// When a step of it was last ticked on an incident.
    pub followed_ms: Option<i64>,
}

/// Where a runbook comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum RunbookOrigin {
    /// It came with the program.
    Shipped,
    /// It came with the program and was reworded in the configuration.
    Edited,
    /// It stands in the configuration alone.
    Own,
}

/// A rehearsal of a runbook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Rehearsal {
    /// When.
    pub at_ms: i64,
    /// By whom.
    pub actor: String,
    /// What was learned; may be empty.
    pub note: String,
}
