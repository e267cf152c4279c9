//! Ollama's own API: `/api/chat` and `/api/generate`, spoken by clients and to upstreams.
//!
//! Why not its `/v1` for upstreams: that loses the text of an error in mid-stream and cuts a prompt that is too long
//! without a word. Here the prompt of a client of another dialect is never cut in silence (`truncate: false` makes the
//! server refuse), and an answer counts only with a `done_reason`. A client of this dialect decides that for itself.

mod answer;
mod client;
mod embed;
mod lines;
mod read;
mod request;
mod server;

pub use answer::{LineReader, read_answer};
pub use client::{Client, EmbedClient};
pub use embed::{read_embed_answer, read_embed_request, write_embed_answer, write_embed_request};
pub use lines::{Form, LineWriter};
pub use read::{peek, read_chat, read_generate};
pub use request::write_request;
pub use server::Server;
