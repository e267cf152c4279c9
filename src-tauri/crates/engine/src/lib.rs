//! The engine: builds the router, the monitor and operations, owns the configuration, and carries out commands.
//!
//! It knows no window. The desktop shell and `changeoverd` each start one and talk to it through
//! [`Engine::rpc`] and [`Engine::subscribe`] alone.

mod admin;
mod around;
mod client_key;
mod config;
mod discover;
mod endpoint;
mod history;
mod key_list;
mod keys;
mod open_files;
mod options;
mod orders;
mod pace;
mod playground;
mod port_holder;
mod practice;
mod rpc;
mod running;
mod series;
mod start;
mod state;
mod terms;
mod trial;
mod views;

use std::{path::PathBuf, sync::Arc};

use arc_swap::ArcSwap;
use contract::{
    Problem,
    config::Document,
    rpc::{ParsedConfig, Topic, UiEvent},
};
use domain::{Board, Journal, Snapshot, event::Event, serving::ServingPort};
use futures::{Stream, StreamExt};
use store::Store;
use tokio::sync::broadcast;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use client_key::new_client_key;
pub use options::{Options, StartError, default_data_dir, listen_address};
pub use running::{Running, running};
pub use state::Addresses;

use config::ConfigOwner;
use endpoint::Endpoint;
use keys::Keys;
use orders::OrdersOwner;
use practice::Practice;
use series::Figures;

/// The running program. Clones are the same program.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

/// What everything shares.
pub(crate) struct Inner {
    pub(crate) version: &'static str,
    pub(crate) data_dir: PathBuf,
    pub(crate) started_ms: i64,
    /// Tells what this program told people from what others did.
    pub(crate) installation: String,
    pub(crate) store: Store,
    pub(crate) config: ConfigOwner,
    pub(crate) keys: Arc<Keys>,
    pub(crate) practice: Arc<Practice>,
    pub(crate) journal: Journal,
    pub(crate) board: Board,
    pub(crate) serving: ServingPort,
    pub(crate) orders: OrdersOwner,
    pub(crate) snapshot: Arc<ArcSwap<Snapshot>>,
    pub(crate) figures: Arc<Figures>,
    pub(crate) upstream: upstream::Client,
    pub(crate) monitor: monitor::Monitor,
    pub(crate) gpus: monitor::gpu::Gpus,
    pub(crate) endpoint: Endpoint,
    pub(crate) playground: playground::Playground,
    pub(crate) screens: ArcSwap<Option<String>>,
    pub(crate) keeper: operations::keeper::Keeper,
    pub(crate) alerts: operations::alerts::Alerts,
    /// When each chain last changed; worked out anew with each revision.
    pub(crate) changes: tokio::sync::Mutex<terms::Changes>,
    pub(crate) week: ArcSwap<Vec<contract::view::WeekFigures>>,
    pub(crate) events: broadcast::Sender<UiEvent>,
    pub(crate) tasks: TaskTracker,
    /// Ends what takes requests.
    pub(crate) stop: CancellationToken,
}

/// Reads a configuration text without a running program: what it says, and every problem.
#[must_use]
pub fn parse_config(yaml: &str) -> ParsedConfig {
    let config::Import { document, problems, chains_only } = config::import(yaml);
    ParsedConfig { document, problems, chains_only }
}

impl Engine {
    /// What happens, for a screen: the live state at once, on every change and at least every two seconds;
    /// which other things changed; each change-over.
    pub fn subscribe(&self) -> impl Stream<Item = UiEvent> + Send + use<> {
        let mut events = self.inner.events.subscribe();
        let engine = self.clone();
        async_stream::stream! {
            yield engine.live_event().await;
            loop {
                match events.recv().await {
                    Ok(event) => yield event,
                    // A reader that fell behind gets the whole state instead of what it missed.
                    Err(broadcast::error::RecvError::Lagged(_)) => {
                        yield engine.live_event().await;
                        yield UiEvent::Changed { topics: state::ALL_TOPICS.to_vec() };
                    }
                    Err(broadcast::error::RecvError::Closed) => break,
                }
            }
        }
    }

    /// The ids of incidents whose desktop notification was clicked.
    pub fn on_alert_click(&self) -> impl Stream<Item = String> + Send + use<> {
        let clicks = tokio_stream::wrappers::BroadcastStream::new(self.inner.alerts.clicks());
        clicks.filter_map(|id| async move { id.ok().map(|id: i64| id.to_string()) })
    }

    /// Reads the configuration file again, if one is the source of truth. A file with errors is reported on
    /// the screens and in the log, and the running configuration stays in force.
    pub async fn reload(&self) {
        let author = "configuration file";
        match self.inner.config.reload(author, |document| self.prepare(document)).await {
            Ok(None) => {}
            Ok(Some(applied)) => {
                tracing::info!(revision = applied.revision, "the changed configuration file is in force");
                self.put_in_force(author, "read from the changed file").await;
            }
            Err(config::ApplyError::Invalid(problems)) => {
                tracing::error!(
                    problems = problems.len(),
                    "the changed configuration file has errors; the running configuration stays in force"
                );
                for problem in problems {
                    tracing::error!("{problem}");
                }
            }
            Err(e) => tracing::error!(error = %e, "the changed configuration file was not taken"),
        }
        self.changed(&[Topic::Config]);
    }

    /// Does everything about a new document that can fail, before it is committed.
    pub(crate) async fn prepare(&self, document: Document) -> Result<(), Vec<Problem>> {
        self.inner.endpoint.prepare(&document).await
    }

    /// Puts the configuration that was just committed in force. Nothing here can fail.
    pub(crate) async fn put_in_force(&self, author: &str, note: &str) {
        let inner = &self.inner;
        let in_force = inner.config.current();
        let mut snapshot =
            config::snapshot(in_force.revision, &in_force.document, inner.practice.addresses());
        inner.keys.admit_own(&mut snapshot);
        let snapshot = Arc::new(snapshot);
        let alerts = &in_force.document.alerts;
        inner.keys.fetch(key_list::known(&inner.store, &snapshot, alerts).await).await;
        inner.monitor.apply(&snapshot).await;
        inner.snapshot.store(snapshot);
        inner.alerts.configure(config::alert_settings(alerts, &inner.installation));
        inner.endpoint.switch(self).await;
        let (author, note) = (author.to_owned(), note.to_owned());
        inner.journal.tell(Event::Revision { revision: in_force.revision, author, note });
        self.changed(&[Topic::Config, Topic::Keys, Topic::Runbooks]);
    }

    /// Stops taking requests, lets running answers end within a grace period, writes what is still to be
    /// written, and closes the database.
    pub async fn shutdown(&self) {
        let inner = &self.inner;
        inner.stop.cancel();
        inner.endpoint.ended().await;
        start::remember(inner).await;
        inner.monitor.shutdown().await;
        inner.gpus.shutdown().await;
        inner.alerts.shutdown().await;
        inner.keeper.shutdown().await;
        inner.tasks.close();
        if tokio::time::timeout(std::time::Duration::from_secs(5), inner.tasks.wait()).await.is_err() {
            tracing::warn!(tasks = inner.tasks.len(), "some tasks did not end in time");
        }
        running::forget(&inner.data_dir);
        inner.store.close().await;
    }
}
