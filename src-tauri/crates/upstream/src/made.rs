//! Answers and failures that no server made, for faults that are injected: they are read like those of a server.

use std::{io, sync::Arc};

use bytes::Bytes;
use domain::Failure;
use futures::stream::BoxStream;

use crate::{
    classify::{Phase, classify},
    client::{Body, Inner},
    endpoint::address,
};

impl Body {
    /// A body that comes from these pieces, up to the first that is a failure.
    #[must_use]
    pub fn made(pieces: BoxStream<'static, Result<Bytes, Failure>>) -> Self {
        Self { inner: Inner::Made(pieces), address: Arc::from("") }
    }
}

/// The failure of a connection that the server of this URL refuses.
#[must_use]
pub fn refused(url: &str) -> Failure {
    classify(&io::Error::from(io::ErrorKind::ConnectionRefused), Phase::Connect, &address(url))
}

/// The failure of an answer in which the server of this URL breaks off.
#[must_use]
pub fn cut(url: &str) -> Failure {
    classify(&io::Error::from(io::ErrorKind::ConnectionReset), Phase::Body, &address(url))
}
