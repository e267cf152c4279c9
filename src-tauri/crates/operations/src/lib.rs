//! What people do with what happened: incidents, alerts, reports. Also the task that commits the journal.
//!
//! Everything here reads the journal; nothing here is asked by the request path. Figures of real and of simulated
//! chains never mix. Times are wall clock, milliseconds since the Unix epoch, because they become rows.

pub mod alerts;
pub mod costs;
pub mod figures;
pub mod incidents;
pub mod keeper;
pub mod lists;
pub mod reports;
pub mod runbooks;
pub mod upkeep;
mod words;

pub use keeper::{Committed, Keeper};

#[cfg(test)]
mod testing;
