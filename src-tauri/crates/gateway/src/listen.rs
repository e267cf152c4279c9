//! The listening socket: opened before anything else runs, so that a taken port is known at once.

use std::{io, net::SocketAddr};

use tokio::net::TcpListener;

/// Why nothing can listen there.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {addr}")]
pub struct BindError {
    /// The address asked for.
    pub addr: SocketAddr,
    /// What the system said; `AddrInUse` when another program has the port.
    #[source]
    pub source: io::Error,
}

/// An open socket.
#[derive(Debug)]
pub struct Listener {
    pub(crate) socket: TcpListener,
    addr: SocketAddr,
}

impl Listener {
    /// Where it listens, with the port that port 0 became.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }
}

/// Opens a socket at `addr`.
///
/// # Errors
/// When the system refuses, with its own error.
pub async fn bind(addr: SocketAddr) -> Result<Listener, BindError> {
    let failed = |source| BindError { addr, source };
    let socket = TcpListener::bind(addr).await.map_err(failed)?;
    let addr = socket.local_addr().map_err(failed)?;
    Ok(Listener { socket, addr })
}
