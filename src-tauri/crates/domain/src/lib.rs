//! The words of this program: chain, tier, replica, failure class, event; the board and the journal's handle.
//!
//! The request path, the monitor and operations know one another only through what stands here. Durations
//! and deadlines are monotonic (`tokio::time::Instant`, so that tests can pause them); wall-clock time,
//! milliseconds since the Unix epoch, stands only in [`event`]s, which become rows.

pub mod board;
pub mod capability;
pub mod chain;
pub mod event;
pub mod failure;
pub mod fault;
pub mod gpu;
pub mod journal;
pub mod load;
pub mod mode;
pub mod orders;
pub mod plan;
pub mod prefill;
pub mod restart;
pub mod serving;
pub mod stats;
pub mod time;
pub mod triggers;
pub mod verdict;

pub use board::{Admin, Board, BreakerState, CoolDown, Health, Outcome, ReplicaPort, ReplicaState, Signal};
pub use chain::{Chain, KeyRef, ProviderKind, Replica, ReplicaId, Snapshot, Tier, Wire};
pub use event::{Event, Stamped};
pub use failure::{Failure, FailureClass};
pub use fault::{Fault, Injection};
pub use journal::Journal;
pub use load::{Load, LoadFault, LoadFinding, LoadWatch, LoadedModel};
pub use orders::{Orders, OrdersPort, Preference};
pub use triggers::{Impact, Rule, Trigger, Triggers};
pub use verdict::{IncidentKind, Verdict, verdict};
