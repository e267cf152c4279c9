//! Ollama's own `/api/chat`, spoken to upstreams.
//!
//! Why not its `/v1`: that loses the text of an error in mid-stream and cuts a prompt that is too long without a word.
//! Here the prompt is never cut in silence (`truncate: false` makes the server refuse), and an answer counts only with
//! a `done_reason`.

mod answer;
mod request;
mod server;

pub use answer::{LineReader, read_answer};
pub use request::{Written, write_request};
pub(crate) use server::Server;
