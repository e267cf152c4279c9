//! What the window, the tray and the commands share: the engine, and the tasks that must end before it.

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use engine::Engine;
use tauri::{AppHandle, Manager, async_runtime};
use tokio::{runtime::Handle, sync::watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{tray::Tray, window};

/// The running program.
pub struct Shell {
    /// Routes and watches; knows no window.
    pub engine: Engine,
    /// The data folder.
    pub data: PathBuf,
    /// Counts the pages that were drawn.
    pub painted: watch::Sender<u64>,
    /// The tray icon; none without the system's tray library.
    pub tray: Option<Tray>,
    tasks: TaskTracker,
    stop: CancellationToken,
    feed: Mutex<CancellationToken>,
    runtime: Handle,
}

impl Shell {
    /// Takes the running engine.
    pub fn new(engine: Engine, data: PathBuf, tray: Option<Tray>) -> Self {
        Self {
            engine,
            data,
            tray,
            painted: watch::Sender::new(0),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            feed: Mutex::new(CancellationToken::new()),
            runtime: async_runtime::handle().inner().clone(),
        }
    }

    /// Runs until it ends or the program stops.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn_on(
            async move {
                stop.run_until_cancelled_owned(task).await;
            },
            &self.runtime,
        );
    }

    /// Ends the page's feed of events, and returns the sign under which the next one runs.
    pub fn next_feed(&self) -> CancellationToken {
        let next = self.stop.child_token();
        let mut feed = self.feed.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *feed, next.clone()).cancel();
        next
    }
}

/// Stops routing and ends the program. Answers in flight get the engine's grace period.
pub fn quit(app: &AppHandle) {
    let app = app.clone();
    // Not tracked: it waits for the tracked ones. The event loop goes on meanwhile, because they may need it.
    async_runtime::spawn(async move {
        window::destroy(&app);
        let shell = app.state::<Shell>();
        if let Some(tray) = &shell.tray {
            tray.say("Stopping: finishing the answers in flight");
        }
        shell.stop.cancel();
        shell.tasks.close();
        shell.tasks.wait().await;
        shell.engine.shutdown().await;
        app.exit(0);
    });
}
