//! `OpenAI` Responses: what Codex speaks, and newer programs of `OpenAI`'s SDKs.
//!
//! To a tier that speaks it too, a request goes as it is. Every other tier gets it by way of the exchange model, and
//! what lives on `OpenAI`'s side only (stored conversations, hosted tools, sealed reasoning) makes such a tier unfit or
//! is dropped by name. Nothing is stored here: `store` comes back false, and answers cannot be fetched again.

mod answer;
mod client;
mod item;
mod kinds;
mod read;
mod request;
mod server;
mod write;
mod writer;

pub use answer::read_answer;
pub use client::Client;
pub use item::write_answer;
pub use read::EventReader;
pub use request::{peek, read_request};
pub use server::Server;
pub use write::write_request;
pub use writer::EventWriter;
pub(crate) use writer::Trail;
