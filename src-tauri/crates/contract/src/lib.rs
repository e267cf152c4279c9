//! Every type and command name that crosses to the screens or the command line.
//!
//! The TypeScript in `ui/src/contract/` is generated from here (`tests/typescript.rs`), so neither side can
//! drift. No logic lives here and no other workspace crate is used. Units: `*_ms` fields are milliseconds;
//! `at_ms`, `since_ms` and other points in time are milliseconds since the Unix epoch (UTC).

pub mod config;
mod fault;
pub mod problem;
pub mod rpc;
mod span;
pub mod typescript;
pub mod view;

pub use fault::{Fault, Injection};
pub use problem::{Problem, RpcError, Severity};
pub use span::Span;
