//! Where applications connect: opened before anything else, moved without a gap when the address changes.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwap;
use contract::{Problem, config::Document, view::EndpointState};
use gateway::{Gateway, Listener};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{Engine, config, port_holder};

/// Answers that still run when the program stops, or when the address moves, may take this long.
const GRACE: Duration = Duration::from_secs(10);
/// A taken port is tried again after this time.
const AGAIN: Duration = Duration::from_secs(2);

/// The listening side of the gateway.
pub(crate) struct Endpoint {
    gateway: Gateway,
    /// Said on the command line, whatever the configuration says.
    forced: Option<SocketAddr>,
    stop: CancellationToken,
    tasks: TaskTracker,
    now: ArcSwap<Now>,
    prepared: Mutex<Option<Listener>>,
}

struct Now {
    /// What was asked for, which may have port 0.
    asked: Option<SocketAddr>,
    /// Where it listens, or why not.
    state: Result<SocketAddr, String>,
    serving: CancellationToken,
}

impl Endpoint {
    pub(crate) fn new(gateway: Gateway, forced: Option<SocketAddr>, stop: CancellationToken) -> Self {
        let now = Now { asked: None, state: Err("starting".into()), serving: stop.child_token() };
        let (now, tasks) = (ArcSwap::from_pointee(now), TaskTracker::new());
        Self { gateway, forced, stop, tasks, now, prepared: Mutex::default() }
    }

    fn wanted(&self, listen: &str) -> Option<SocketAddr> {
        self.forced.or_else(|| listen.parse().ok())
    }

    /// Opens the address of a document that is about to be committed, unless it is open already.
    pub(crate) async fn prepare(&self, document: &Document) -> Result<(), Vec<Problem>> {
        let unsafe_now = config::forced(self.forced, None, document);
        if !unsafe_now.is_empty() {
            return Err(unsafe_now);
        }
        let Some(address) =
            self.wanted(&document.endpoint.listen).filter(|a| self.now.load().asked != Some(*a))
        else {
            return Ok(());
        };
        match gateway::bind(address).await {
            Ok(listener) => {
                *self.prepared.lock().unwrap_or_else(PoisonError::into_inner) = Some(listener);
                Ok(())
            }
            Err(e) => {
                let what = port_holder::taken(address, "endpoint.listen", &e.source);
                let remedy = "the endpoint stays where it is".to_owned();
                Err(vec![Problem {
                    path: "endpoint.listen".into(),
                    what,
                    remedy,
                    severity: contract::Severity::Error,
                }])
            }
        }
    }

    /// Listens where the configuration in force says. A port that cannot be had is tried again and again.
    pub(crate) async fn switch(&self, engine: &Engine) {
        let listen = engine.inner.config.current().document.endpoint.listen.clone();
        let Some(address) = self.wanted(&listen) else { return };
        if self.now.load().asked == Some(address) {
            return;
        }
        let ready = self.prepared.lock().unwrap_or_else(PoisonError::into_inner).take();
        let bound = match ready {
            Some(listener) => Ok(listener),
            None => gateway::bind(address).await,
        };
        let serving = self.stop.child_token();
        let state = match bound {
            Ok(listener) => {
                let at = listener.addr();
                self.serve(listener, &serving);
                Ok(at)
            }
            Err(e) => {
                self.tasks.spawn(try_again(engine.clone(), address, serving.clone()));
                Err(port_holder::taken(address, "endpoint.listen", &e.source))
            }
        };
        let before = self.now.swap(Arc::new(Now { asked: Some(address), state, serving }));
        before.serving.cancel();
    }

    fn serve(&self, listener: Listener, serving: &CancellationToken) {
        let (gateway, serving) = (self.gateway.clone(), serving.clone());
        self.tasks.spawn(async move { gateway.serve(listener, serving, GRACE).await });
    }

    /// The request path, for requests from inside.
    pub(crate) fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Where it listens, as the screens show it.
    pub(crate) fn view(&self, needs_key: bool) -> EndpointState {
        let now = self.now.load();
        let address = now.state.as_ref().ok().copied().or(now.asked);
        EndpointState {
            listening: now.state.is_ok(),
            base_url: address.map(|a| format!("http://{a}/v1")).unwrap_or_default(),
            problem: now.state.as_ref().err().cloned(),
            needs_key,
        }
    }

    /// Where it listens, or why it does not.
    pub(crate) fn address(&self) -> Result<SocketAddr, String> {
        self.now.load().state.clone()
    }

    /// Waits for the last answer, once everything was told to stop.
    pub(crate) async fn ended(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

async fn try_again(engine: Engine, address: SocketAddr, serving: CancellationToken) {
    loop {
        tokio::select! {
            () = serving.cancelled() => return,
            () = tokio::time::sleep(AGAIN) => {}
        }
        let endpoint = &engine.inner.endpoint;
        match gateway::bind(address).await {
            Ok(listener) => {
                let at = listener.addr();
                endpoint.serve(listener, &serving);
                endpoint.now.store(Arc::new(Now { asked: Some(address), state: Ok(at), serving }));
                tracing::info!(%at, "the endpoint's port became free; it listens now");
                engine.announce_live().await;
                return;
            }
            Err(e) => tracing::debug!(error = %e, "the endpoint's port is still taken"),
        }
    }
}
