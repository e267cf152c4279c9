//! The outgoing connection: the only place that opens connections to providers.
//!
//! Connections are pooled; nothing is retried, redirected or decompressed here, because the request path decides
//! about all that. A network error becomes a [`domain::FailureClass`] in one place, [`classify`], and a key is
//! read in one place, [`Credentials`]. Messages name host and port only: never a path, a key or a body.

mod auth;
mod classify;
mod client;
mod discover;
mod endpoint;
mod joined;
mod made;
mod models;
mod page;
mod parts;
mod plain;
mod post;
mod probe;
mod quota;
mod routes;
mod sign;

pub use auth::Credentials;
pub use client::{Body, Client, Response, Target};
pub use discover::Sighting;
pub use endpoint::{Endpoint, address, url_of};
pub use joined::write_joined;
pub use made::{cut, refused};
pub use page::{Page, PageTarget};
pub use post::{PostError, Posted, post_json};
pub use probe::ProbeTarget;
pub use quota::quota;
