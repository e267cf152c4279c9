//! The threads that talk to the NVIDIA driver. A call into it may hang for ever, so nothing waits for them: they
//! hand over what they read, and say before each round that they begin one.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use nvml_wrapper::{Nvml, error::NvmlError};
use resilience::backoff::Backoff;
use tokio::sync::mpsc::UnboundedSender;

use super::{
    device,
    reading::Reading,
    words::{Trouble, trouble},
    xid,
};

/// Time between samples.
const EVERY: Duration = Duration::from_secs(1);
/// Time between tries to reach the driver.
const BACKOFF: Backoff = Backoff { base: Duration::from_secs(1), cap: Duration::from_secs(30), jitter: 0.0 };

/// What the threads tell.
#[derive(Debug)]
pub(super) enum Report {
    /// A round of calls begins; the next report ends it.
    Begins,
    /// The driver was reached, for the first time or anew.
    Reached {
        /// Its version.
        driver: Option<String>,
    },
    /// Every GPU, read.
    Sample(Vec<Reading>),
    /// The driver cannot be reached.
    Trouble(Trouble),
    /// The other machines that are asked; what was known of any other is forgotten.
    Hosts(Vec<String>),
    /// Every GPU of another machine, read; or why it does not answer.
    Host { name: String, result: Result<Vec<Reading>, String> },
    /// An Xid event; without a GPU where the driver did not say which.
    Xid { uuid: Option<String>, xid: u64 },
}

/// Samples until `stop` is dropped.
pub(super) fn run(library: Option<PathBuf>, reports: UnboundedSender<Report>, stop: &Receiver<()>) {
    let mut failures = 0;
    loop {
        if reports.send(Report::Begins).is_err() {
            return;
        }
        let error = match init(library.as_deref()) {
            Ok(nvml) => {
                failures = 0;
                match session(nvml, &reports, stop) {
                    Ok(()) => return,
                    Err(error) => error,
                }
            }
            Err(error) => error,
        };
        tracing::debug!(%error, "the NVIDIA driver cannot be reached");
        if reports.send(Report::Trouble(trouble(&error))).is_err()
            || is_stopped(stop, BACKOFF.delay(failures, 0.0))
        {
            return;
        }
        failures += 1;
    }
}

fn is_stopped(stop: &Receiver<()>, wait: Duration) -> bool {
    !matches!(stop.recv_timeout(wait), Err(RecvTimeoutError::Timeout))
}

fn init(library: Option<&std::path::Path>) -> Result<Nvml, NvmlError> {
    match library {
        Some(path) => Nvml::builder().lib_path(path.as_os_str()).init(),
        None => Nvml::init(),
    }
}

/// Samples as long as the driver answers. Ends without an error when it is told to stop.
fn session(nvml: Nvml, reports: &UnboundedSender<Report>, stop: &Receiver<()>) -> Result<(), NvmlError> {
    let nvml = Arc::new(nvml);
    let running = Running(Arc::new(AtomicBool::new(true)));
    _ = reports.send(Report::Reached { driver: nvml.sys_driver_version().ok() });
    let (listener, told, flag) = (Arc::clone(&nvml), reports.clone(), Arc::clone(&running.0));
    let thread = thread::Builder::new().name("gpu-events".into());
    if let Err(error) = thread.spawn(move || xid::listen(&listener, &told, &flag)) {
        tracing::warn!(%error, "GPU error events cannot be listened to");
    }
    let mut known = HashMap::new();
    loop {
        let sample = sample(&nvml, &mut known)?;
        if reports.send(Report::Sample(sample)).is_err() || is_stopped(stop, EVERY) {
            return Ok(());
        }
        _ = reports.send(Report::Begins);
    }
}

/// Tells the other thread of a session that it is over.
struct Running(Arc<AtomicBool>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// What was read of each GPU last, by index, for GPUs that no longer say.
type Known = HashMap<u32, device::Known>;

fn sample(nvml: &Nvml, known: &mut Known) -> Result<Vec<Reading>, NvmlError> {
    let count = nvml.device_count()?;
    let mut readings = Vec::new();
    for index in 0..count {
        match nvml.device_by_index(index) {
            Ok(device) => {
                let new = device::read(nvml, &device, index, known.get(&index));
                readings.push(new.reading.clone());
                known.insert(index, new);
            }
            Err(error) => match known.get(&index) {
                Some(known) => readings.push(lost(&known.reading, error.to_string())),
                // A GPU that was never seen and that this user may not see is not ours to tell of.
                None => tracing::debug!(index, %error, "a GPU cannot be opened"),
            },
        }
    }
    // A GPU that fell off the bus may no longer be counted.
    let gone = known.iter().filter(|(index, _)| **index >= count);
    readings.extend(gone.map(|(_, known)| lost(&known.reading, "the driver no longer lists it".into())));
    readings.sort_by_key(|r| r.index);
    Ok(readings)
}

fn lost(known: &Reading, why: String) -> Reading {
    Reading {
        uuid: known.uuid.clone(),
        index: known.index,
        name: known.name.clone(),
        lost: Some(why),
        ..Reading::default()
    }
}
