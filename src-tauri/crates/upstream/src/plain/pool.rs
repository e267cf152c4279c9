//! Connections that wait for the next request.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::task::TaskTracker;
use tower_service::Service;

use super::line::Line;
use crate::classify::BoxError;

/// Servers in Python close idle connections after 5 s; one that is about to be closed must not be used again.
const IDLE: Duration = Duration::from_secs(4);
/// Idle connections to one server; more are closed.
const MOST: usize = 256;
/// How often the kernel asks after a silent peer.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The idle connections, by host and port.
#[derive(Default)]
pub(crate) struct Pool {
    idle: Mutex<Idle>,
    tasks: TaskTracker,
}

#[derive(Default)]
struct Idle {
    /// The most recently used last.
    lines: HashMap<String, Vec<(Instant, Line)>>,
    /// Whether a task closes those that nobody takes.
    swept: bool,
}

impl Pool {
    /// An idle connection that still stands, as far as is known.
    pub(super) fn take(&self, authority: &str) -> Option<Line> {
        let now = Instant::now();
        loop {
            // The lock is held for one step only: a connection is tried outside of it.
            let (since, mut line) = self.lock().lines.get_mut(authority)?.pop()?;
            if now - since < IDLE && line.is_ready() {
                return Some(line);
            }
        }
    }

    /// Keeps a connection whose answer has been read.
    pub(super) fn give(self: &Arc<Self>, authority: String, mut line: Line) {
        if !line.is_ready() {
            return;
        }
        let mut idle = self.lock();
        let lines = idle.lines.entry(authority).or_default();
        if lines.len() < MOST {
            lines.push((Instant::now(), line));
        }
        if !std::mem::replace(&mut idle.swept, true) {
            self.tasks.spawn(sweep(Arc::downgrade(self)));
        }
    }

    pub(super) async fn connect(&self, uri: &Uri, within: Duration) -> Result<Line, BoxError> {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_keepalive(Some(KEEP_ALIVE));
        let late =
            || io::Error::new(io::ErrorKind::TimedOut, format!("not within {} ms", within.as_millis()));
        let stream = timeout(within, connector.call(uri.clone())).await.map_err(|_| late())??;
        Ok(Line::over(stream.into_inner()).await?)
    }

    fn lock(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes connections that were idle for too long, until there is none left.
async fn sweep(pool: Weak<Pool>) {
    loop {
        sleep(IDLE / 4).await;
        let Some(pool) = pool.upgrade() else { return };
        let mut idle = pool.lock();
        let now = Instant::now();
        idle.lines.retain(|_, lines| {
            lines.retain(|(since, _)| now - *since < IDLE);
            !lines.is_empty()
        });
        if idle.lines.is_empty() {
            idle.swept = false;
            return;
        }
    }
}
