//! The GPUs of this machine, through NVIDIA's driver library (NVML).
//!
//! Calls into the driver run on threads of their own ([`sampler`]) and may hang; one task here takes what they
//! hand over, within a time limit, decides what is wrong, and tells the journal and the replicas that run on a GPU.

mod bind;
mod dcgm;
mod device;
mod finding;
mod history;
mod hosts;
#[cfg(test)]
mod hosts_tests;
mod listening;
mod reading;
mod sampler;
#[cfg(test)]
mod tests;
mod watch;
mod words;
mod xid;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, mpsc::Sender},
    thread,
};

use arc_swap::ArcSwap;
use domain::{Board, Journal, ReplicaId, Snapshot};
use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{history::History, watch::Watch};
pub use self::{
    history::{GpuMetric, GpuMinute, GpuSeries},
    reading::{Finding, Gpu, GpuPage, GpuProcess, HostState, Reading, Throttle},
};
use crate::Prober;

/// The path of the driver's library, where it is not the system's own.
pub const LIBRARY_VARIABLE: &str = "CHANGEOVER_NVML";

/// The GPUs of this machine. Sampling ends when this is dropped.
#[derive(Debug)]
pub struct Gpus {
    shared: Arc<Known>,
    tasks: TaskTracker,
    cancel: CancellationToken,
    /// Dropped to end the sampling thread.
    _stop: Sender<()>,
}

/// What the watching task writes and everyone reads.
#[derive(Debug, Default)]
pub(crate) struct Known {
    page: ArcSwap<GpuPage>,
    history: Mutex<History>,
}

impl Gpus {
    /// Starts sampling, once a second, and asking other machines with `prober`. `library` is the driver's library; without it, the one that
    /// `CHANGEOVER_NVML` names, or the system's own. Needs a tokio runtime.
    #[must_use]
    pub fn start(
        library: Option<PathBuf>,
        prober: Arc<dyn Prober>,
        journal: Journal,
        board: Board,
        snapshot: Arc<ArcSwap<Snapshot>>,
    ) -> Self {
        let library =
            library.or_else(|| std::env::var_os(LIBRARY_VARIABLE).filter(|v| !v.is_empty()).map(Into::into));
        let (tasks, cancel) = (TaskTracker::new(), CancellationToken::new());
        let shared = Arc::<Known>::default();
        let (reports, reports_rx) = mpsc::unbounded_channel();
        let (stop, stop_rx) = std::sync::mpsc::channel();
        let asking = hosts::run(prober, Arc::clone(&snapshot), reports.clone());
        tasks.spawn(cancel.clone().run_until_cancelled_owned(asking));
        let watch = Watch::new(Arc::clone(&shared), journal, board, snapshot, tasks.clone());
        tasks.spawn(cancel.clone().run_until_cancelled_owned(watch.run(reports_rx)));
        let thread = thread::Builder::new().name("gpu-sampler".into());
        if let Err(error) = thread.spawn(move || sampler::run(library, reports, &stop_rx)) {
            tracing::warn!(%error, "the GPUs cannot be watched");
        }
        Self { shared, tasks, cancel, _stop: stop }
    }

    /// What was sampled last.
    #[must_use]
    pub fn page(&self) -> Arc<GpuPage> {
        self.shared.page.load_full()
    }

    /// Which GPU, by UUID, carries which replica.
    #[must_use]
    pub fn bindings(&self) -> Vec<(String, ReplicaId)> {
        let bound = |gpu: &Gpu| {
            gpu.replicas.iter().map(|r| (gpu.reading.uuid.clone(), r.clone())).collect::<Vec<_>>()
        };
        self.page().gpus.iter().flat_map(bound).collect()
    }

    /// `points` points (2 to 2000) of a figure over the last `range_ms` (at most an hour) before `now_ms`, of the
    /// GPU with the UUID `of`, or of all.
    #[must_use]
    pub fn series(
        &self,
        of: Option<&str>,
        metric: GpuMetric,
        range_ms: i64,
        points: u32,
        now_ms: i64,
    ) -> GpuSeries {
        let history = self.shared.history.lock().unwrap_or_else(PoisonError::into_inner);
        history.series(of, metric, range_ms, points, now_ms)
    }

    /// What each GPU measured in a minute, where it was sampled then.
    #[must_use]
    pub fn minute(&self, minute: i64) -> Vec<GpuMinute> {
        let page = self.page();
        let history = self.shared.history.lock().unwrap_or_else(PoisonError::into_inner);
        let named = |(uuid, means): (String, _)| {
            let gpu = page.gpus.iter().find(|g| g.reading.uuid == uuid);
            let name = gpu.map_or_else(|| uuid.clone(), |g| g.reading.called());
            GpuMinute { minute, uuid, name, means }
        };
        history.minute(minute).into_iter().map(named).collect()
    }

    /// Stops watching. A thread that hangs in the driver is left behind.
    pub async fn shutdown(&self) {
        self.cancel.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Gpus {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}
