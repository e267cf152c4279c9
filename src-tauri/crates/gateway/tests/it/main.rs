//! The request path over real sockets: scripted upstreams on port 0, a board that the test writes.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests"
)]

mod answers;
mod bad_requests;
mod client;
mod completions;
mod door;
mod failover;
mod faults;
mod fitness;
mod hedge;
mod hostile;
mod inside;
mod leaving;
mod limits;
mod ollama;
mod ollama_clients;
mod orders;
mod packed;
mod patience;
mod properties;
mod responses;
mod resume;
mod resume_native;
mod routes;
mod script;
mod slow_clients;
mod stream;
mod triggers;
mod unfit;
mod whole;
mod world;
