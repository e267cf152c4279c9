//! Incidents: a fold over the journal, so that what a report says can be traced to rows.
//!
//! One incident per chain and tier at a time (and one per chain when no tier answers). Rules:
//! - It opens when traffic leaves a tier because of a failure, or when every known replica of a tier is out of
//!   service; a rate limit alone opens one only when traffic moved.
//! - Its times are recorded, never guessed, and never run backwards: `began <= detected <= assessed <= failed over <=
//!   restored`. Where the clock went back, the timeline keeps the reading.
//! - It closes by itself when the tier is in full service again. Back within five minutes, it is the same incident.
//! - The fold is pure: the same journal gives the same incidents. Simulated chains are kept apart by a mark.

mod acts;
mod book;
mod chains;
mod costs;
mod losses;
mod model;
mod orders;
mod page;
mod severity;
mod told;
mod words;

pub use book::{IncidentBook, RELAPSE_WINDOW_MS};
pub use costs::costly_tier;
pub use model::{
    ALL_TIERS, Acted, Change, Correction, Deed, Entry, EntryKind, Incident, Severity, State, Step, Times,
};
pub use told::Told;
pub use words::state_words;

#[cfg(test)]
mod tests;
