//! Listens for Xid events, the driver's word for a GPU in trouble.

use std::{
    collections::HashSet,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use nvml_wrapper::{EventSet, Nvml, bitmasks::event::EventTypes, enums::event::XidError, error::NvmlError};
use tokio::sync::mpsc::UnboundedSender;

use super::sampler::Report;

/// The longest wait in one call; then it is asked whether to go on.
const WAIT_MS: u32 = 500;
/// The code that the driver gives when it does not know.
const UNKNOWN: u64 = 999;

/// Listens as long as `running` says.
pub(super) fn listen(nvml: &Nvml, reports: &UnboundedSender<Report>, running: &AtomicBool) {
    let Some(set) = registered(nvml) else { return };
    while running.load(Ordering::Relaxed) {
        let event = match set.wait(WAIT_MS) {
            Ok(event) => event,
            Err(NvmlError::Timeout) => continue,
            Err(error) => {
                tracing::debug!(%error, "waiting for GPU events failed");
                thread::sleep(Duration::from_millis(WAIT_MS.into()));
                continue;
            }
        };
        let xid = match event.event_data {
            Some(XidError::Value(xid)) => xid,
            Some(XidError::Unknown) => UNKNOWN,
            None => continue,
        };
        // A GPU that fell off the bus can no longer say who it is.
        if reports.send(Report::Xid { uuid: event.device.uuid().ok(), xid }).is_err() {
            return;
        }
    }
}

/// An event set of every GPU that has such events. A GPU that refuses takes the whole set with it, so the set is
/// begun anew without it.
fn registered(nvml: &Nvml) -> Option<EventSet<'_>> {
    let count = nvml.device_count().ok()?;
    let mut refused = HashSet::new();
    'anew: loop {
        let mut set = nvml.create_event_set().ok()?;
        for index in (0..count).filter(|index| !refused.contains(index)).collect::<Vec<_>>() {
            let Ok(device) = nvml.device_by_index(index) else { continue };
            match device.register_events(EventTypes::CRITICAL_XID_ERROR, set) {
                Ok(same) => set = same,
                Err(error) => {
                    tracing::debug!(index, %error, "a GPU has no error events");
                    refused.insert(index);
                    continue 'anew;
                }
            }
        }
        return (refused.len() < usize::try_from(count).unwrap_or(0)).then_some(set);
    }
}
