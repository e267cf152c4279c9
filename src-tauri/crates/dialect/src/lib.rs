//! Bytes to meaning and back, for every dialect that clients and providers speak.
//!
//! Why: the request path must understand just enough of a body to route it, must know from an answer's bytes whether
//! it is one, and must carry requests and answers between dialects without losing anything in silence.
//!
//! Rules: no I/O, no clock, no other workspace crate. One exchange model ([`exchange`]) stands in the middle; each
//! dialect has readers into it and writers out of it, and no dialect knows another. Nothing here panics, whatever the
//! bytes. What cannot be carried over is named, never dropped quietly.
//!
//! The gateway's way through, for one attempt:
//!
//! 1. [`client::Asked::read`] once per request, [`wire::Wire::prepare`] once per attempt.
//! 2. A status other than 2xx: [`fault::classify`].
//! 3. A whole answer: [`wire::Wire::whole`]. A stream: [`wire::Wire::relay`], pushed chunk by chunk.
//! 4. An error of our own: [`client::Dialect::error_body`], [`client::Asked::error_event`], and inside an answer that
//!    has begun [`stream::Relay::error`].

pub mod anthropic;
pub mod bedrock;
pub mod carry;
mod claude;
pub mod client;
mod completions;
pub mod edit;
mod embed;
pub mod error;
pub mod exchange;
pub mod fault;
mod fields;
mod forced;
pub mod frames;
pub mod gemini;
pub mod ndjson;
pub mod observe;
pub mod ollama;
mod one_call;
pub mod openai;
pub mod origin;
pub mod peek;
pub mod pieces;
pub mod responses;
pub mod resume;
pub mod sse;
pub mod stream;
mod surrogates;
mod take;
pub mod whole;
pub mod wire;
