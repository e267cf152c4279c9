//! Configuration: one document, one validator, one way in.
//!
//! Every change, whether from a screen, a file, an import or an old revision, goes draft -> [`check`] ->
//! prepare -> commit the revision -> swap the snapshot. A document that has an error never gets further than
//! [`check`].

mod alerts;
mod check;
mod check_alerts;
mod check_targets;
mod export;
mod file;
mod foreign;
mod owner;
mod read;
mod snapshot;
mod starter;

pub use alerts::{alert_keys, alert_settings};
pub(crate) use check::forced;
pub use check::{check, has_errors};
pub use export::to_yaml;
pub use file::FileWatch;
pub use foreign::{Import, import};
pub use owner::{ApplyError, ConfigOwner};
pub use read::{Read, read};
pub use snapshot::{PracticeAddresses, key_ref, snapshot, tier_of, written_urls};
pub use starter::starter;

use contract::{Problem, Severity};

fn error(path: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) -> Problem {
    Problem { path: path.into(), what: what.into(), remedy: remedy.into(), severity: Severity::Error }
}

fn warning(path: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) -> Problem {
    Problem { severity: Severity::Warning, ..error(path, what, remedy) }
}
