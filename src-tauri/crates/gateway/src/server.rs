//! The gateway itself: what it needs, and the loop that takes connections until it is told to stop.

use std::{convert::Infallible, fmt, net::SocketAddr, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use domain::{Board, Journal, OrdersPort, Snapshot, serving::ServingPort, time::wall_ms};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    budgets::Budgets,
    explain::{Explanation, Ring},
    half_closed::{Awaited, HalfClosed},
    impatient::Impatient,
    listen::Listener,
    route,
};

/// How long clients are waited for, and how they are kept waiting.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// A client that sends no complete head within this time is let go; idle connections count too, so it is longer than
    /// the clients of this field keep theirs. Two minutes.
    pub head: Duration,
    /// A client that takes nothing of what is sent to it for so long is let go. A minute.
    pub reader: Duration,
    /// A streaming client that has waited this long gets the head of its answer and a comment, and another comment each
    /// time it has waited as long again. 15 s; less for proxies that are less patient.
    pub keep_alive: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { head: seconds(120), reader: seconds(60), keep_alive: seconds(15) }
    }
}

/// Pause after the system refused to accept a connection (out of file descriptors).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What the request path works with.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The configuration in force.
    pub snapshot: Arc<ArcSwap<Snapshot>>,
    /// Every replica's latest state.
    pub board: Board,
    /// Where events go.
    pub journal: Journal,
    /// Where it is told who answers for a chain.
    pub serving: ServingPort,
    /// What the operator ordered.
    pub orders: OrdersPort,
    /// The outgoing connections.
    pub upstream: upstream::Client,
}

/// The request path. Clones are the same gateway.
#[derive(Clone)]
pub struct Gateway {
    inner: Arc<Inner>,
}

/// What all requests share.
pub(crate) struct Inner {
    pub(crate) deps: Deps,
    pub(crate) ring: Ring,
    /// What is left for retries.
    pub(crate) budgets: Budgets,
    /// Names this process in the loop header.
    pub(crate) instance: String,
    pub(crate) patience: Patience,
    /// When it was made, in seconds since 1970; what the model list gives as `created`.
    pub(crate) created: i64,
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").field("instance", &self.inner.instance).finish_non_exhaustive()
    }
}

impl Gateway {
    /// A gateway over `deps`. Nothing runs before [`Gateway::serve`].
    #[must_use]
    pub fn new(deps: Deps) -> Self {
        Self::with_patience(deps, Patience::default())
    }

    /// The same, with other limits.
    #[must_use]
    pub fn with_patience(deps: Deps, patience: Patience) -> Self {
        let instance = uuid::Uuid::now_v7().simple().to_string();
        let created = wall_ms() / 1000;
        let (ring, budgets) = (Ring::default(), Budgets::default());
        Self { inner: Arc::new(Inner { deps, ring, budgets, instance, patience, created }) }
    }

    /// The newest requests, newest first, at most 500: what was planned and tried, without prompts or answers.
    #[must_use]
    pub fn explanations(&self) -> Vec<Arc<Explanation>> {
        self.inner.ring.all()
    }

    /// The request of this id, if it is among the newest 500.
    #[must_use]
    pub fn explanation(&self, id: &str) -> Option<Arc<Explanation>> {
        self.inner.ring.of(id)
    }

    pub(crate) fn shared(&self) -> Arc<Inner> {
        Arc::clone(&self.inner)
    }

    /// Takes connections until `shutdown`, then lets those in flight end within `grace` and cuts the rest. Returns
    /// when none is left.
    pub async fn serve(&self, listener: Listener, shutdown: CancellationToken, grace: Duration) {
        let local = listener.addr();
        let tracker = TaskTracker::new();
        let cut = CancellationToken::new();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                accepted = listener.socket.accept() => match accepted {
                    Ok((stream, client)) => {
                        let inner = Arc::clone(&self.inner);
                        tracker.spawn(connection(inner, stream, (local, client), shutdown.clone(), cut.clone()));
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
        drop(listener);
        tracker.close();
        if tokio::time::timeout(grace, tracker.wait()).await.is_err() {
            tracing::info!(connections = tracker.len(), "the grace period is over; connections are cut");
            cut.cancel();
            tracker.wait().await;
        }
    }
}

async fn connection(
    inner: Arc<Inner>,
    stream: TcpStream,
    (local, client): (SocketAddr, SocketAddr),
    shutdown: CancellationToken,
    cut: CancellationToken,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection went away before it was served");
        return;
    }
    // Which address of ours the client chose, where it listens on all of them.
    let own = stream.local_addr().unwrap_or(local);
    let (awaited, patience) = (Awaited::default(), inner.patience);
    let stream = HalfClosed::new(Impatient::new(stream, patience.reader), awaited.clone(), (own, client));
    let service = service_fn(move |request| {
        let (inner, awaited) = (Arc::clone(&inner), awaited.clone());
        async move {
            // hyper keeps room for this future for as long as the connection stands, its streams included: it keeps a pointer.
            let response = Box::pin(route::answer(inner, local, request, &awaited)).await;
            Ok::<_, Infallible>(response.map(|body| awaited.until(body)))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.head)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = connection.as_mut() => ended,
                () = cut.cancelled() => return,
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended before its answer did");
    }
}
