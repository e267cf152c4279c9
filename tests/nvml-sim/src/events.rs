//! Event sets: who waits is told of each Xid that came after the set was made, once.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::{c_uint, c_ulonglong},
    ptr,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use nvml_wrapper_sys::bindings::*;

use crate::{
    call::{code, enter_initialised, handle_of, on_gpu, put},
    state::{Error, Event, State},
};

const XID: c_ulonglong = nvmlEventTypeXidCriticalError as c_ulonglong;
/// Time between looks: the driver wakes who waits, a file has to be looked at.
const STEP_MS: c_uint = 20;

/// Sets by the number that is their handle; numbers are not used again.
static SETS: Mutex<Sets> = Mutex::new(Sets { made: 0, open: BTreeMap::new() });

struct Sets {
    made: usize,
    open: BTreeMap<usize, EventSet>,
}

struct EventSet {
    gpus: BTreeSet<usize>,
    /// Place of the first event in the file that is not yet delivered.
    next: usize,
}

fn sets() -> MutexGuard<'static, Sets> {
    SETS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn nvmlEventSetCreate(set: *mut nvmlEventSet_t) -> nvmlReturn_t {
    let result = enter_initialised("nvmlEventSetCreate").and_then(|state| {
        let mut sets = sets();
        sets.made += 1;
        let number = sets.made;
        sets.open.insert(number, EventSet { gpus: BTreeSet::new(), next: state.events.len() });
        // SAFETY: the caller gives a place for the handle.
        unsafe { put(set, ptr::without_provenance_mut(number)) }
    });
    code(result)
}

#[unsafe(no_mangle)]
extern "C" fn nvmlEventSetFree(set: nvmlEventSet_t) -> nvmlReturn_t {
    code(sets().open.remove(&set.addr()).map(|_| ()).ok_or(Error::InvalidArgument))
}

#[unsafe(no_mangle)]
extern "C" fn nvmlDeviceRegisterEvents(
    device: nvmlDevice_t,
    types: c_ulonglong,
    set: nvmlEventSet_t,
) -> nvmlReturn_t {
    let result = on_gpu("nvmlDeviceRegisterEvents", device, |index, _| {
        if types & !XID != 0 {
            return Err(Error::NotSupported);
        }
        let mut sets = sets();
        let set = sets.open.get_mut(&set.addr()).ok_or(Error::InvalidArgument)?;
        set.gpus.insert(index);
        Ok(())
    });
    code(result)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn nvmlEventSetWait_v2(
    set: nvmlEventSet_t,
    data: *mut nvmlEventData_t,
    timeout_ms: c_uint,
) -> nvmlReturn_t {
    let result = wait(set.addr(), timeout_ms).and_then(|event| {
        let event = nvmlEventData_t {
            device: handle_of(event.gpu),
            eventType: XID,
            eventData: event.xid,
            gpuInstanceId: c_uint::MAX,
            computeInstanceId: c_uint::MAX,
        };
        // SAFETY: the caller gives a place for the event.
        unsafe { put(data, event) }
    });
    code(result)
}

fn wait(number: usize, timeout_ms: c_uint) -> Result<Event, Error> {
    let mut waited = 0;
    loop {
        let state = enter_initialised("nvmlEventSetWait_v2")?;
        if let Some(event) = next(number, &state)? {
            return Ok(event);
        }
        if waited >= timeout_ms {
            return Err(Error::Timeout);
        }
        let step = STEP_MS.min(timeout_ms - waited);
        thread::sleep(Duration::from_millis(step.into()));
        waited += step;
    }
}

/// The oldest event that is not yet delivered. With none left, a lost GPU is an error, as it is of the driver's.
fn next(number: usize, state: &State) -> Result<Option<Event>, Error> {
    let mut sets = sets();
    let set = sets.open.get_mut(&number).ok_or(Error::InvalidArgument)?;
    // A test may begin its list anew.
    set.next = set.next.min(state.events.len());
    while let Some(event) = state.events.get(set.next) {
        set.next += 1;
        if set.gpus.contains(&event.gpu) && event.gpu < state.gpus.len() {
            return Ok(Some(*event));
        }
    }
    match set.gpus.iter().any(|index| state.gpus.get(*index).is_some_and(|gpu| gpu.lost)) {
        true => Err(Error::GpuIsLost),
        false => Ok(None),
    }
}
