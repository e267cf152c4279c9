//! What survives a restart: one SQLite database per data folder. The only user of sqlx.
//!
//! Rules: what [`Store::commit`] and [`Store::insert_revision`] have returned `Ok` for survives a kill or a power
//! cut (write-ahead log, `synchronous=FULL`); there is one writer and a few readers, which never wait for it; a
//! damaged file is refused and left as it is. Events go in and out as words and JSON text: what they mean is the
//! business of the crates above. Never stored here: keys, prompts, answers.
//!
//! Units: every `*_ms` is milliseconds since the Unix epoch, UTC; a minute is `ms / 60_000`.

mod backup;
mod changeovers;
mod deeds;
mod error;
mod figures;
mod incidents;
mod journal;
mod lock;
mod open;
mod revisions;
mod rollups;
mod rows;
mod states;
mod upkeep;

pub use error::{InsertError, OpenError, StoreError};
pub use figures::{FiguresKept, GpuMinuteRow, ReplicaFiguresRow, TableSize};
pub use open::{DATABASE_FILE, Store};
pub use rows::{
    AttemptMinute, ChangeoverFilter, ChangeoverRow, Commit, CorrectionRow, DeedRow, EventFilter, EventRow,
    FirstTokenMinute, IncidentFilter, IncidentRow, RecoveryTotals, RequestMinute, RevisionRow, RollupFilter,
    RowDeed, StepRow, TimelineNew, TimelineRow,
};
pub use upkeep::{Pruned, Retention};
