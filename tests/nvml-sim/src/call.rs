//! What all functions share: the order of the checks, handles, and writing through a caller's pointer.

use std::{
    ffi::c_char,
    ptr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use nvml_wrapper_sys::bindings::*;

use crate::state::{Error, Gpu, State};

/// How often a hanging call looks whether it still has to.
const HANG_STEP: Duration = Duration::from_millis(20);

/// How often the library was initialised; NVML counts, and is done at the last shutdown.
pub(crate) static USERS: AtomicU32 = AtomicU32::new(0);

/// The state as `function` sees it, once it does not have to hang.
pub(crate) fn enter(function: &str) -> Result<Arc<State>, Error> {
    loop {
        let state = State::read()?;
        if !state.hang.holds(function) {
            return Ok(state);
        }
        thread::sleep(HANG_STEP);
    }
}

/// The same, for all functions that need an initialised library.
pub(crate) fn enter_initialised(function: &str) -> Result<Arc<State>, Error> {
    match USERS.load(Ordering::Acquire) {
        0 => Err(Error::Uninitialized),
        _ => enter(function),
    }
}

/// Reads something of the GPU behind a handle.
pub(crate) fn on_gpu<T>(
    function: &str,
    device: nvmlDevice_t,
    read: impl FnOnce(usize, &Gpu) -> Result<T, Error>,
) -> Result<T, Error> {
    let state = enter_initialised(function)?;
    let index = index_of(device).ok_or(Error::InvalidArgument)?;
    let gpu = state.gpus.get(index).ok_or(Error::InvalidArgument)?;
    if gpu.lost {
        return Err(Error::GpuIsLost);
    }
    match gpu.errors.get(function) {
        Some(error) => Err(*error),
        None => read(index, gpu),
    }
}

/// A handle is the GPU's place, counted from 1 and dressed as a pointer that nobody follows.
pub(crate) fn handle_of(index: usize) -> nvmlDevice_t {
    ptr::without_provenance_mut(index + 1)
}

/// The place of the GPU behind a handle.
pub(crate) fn index_of(device: nvmlDevice_t) -> Option<usize> {
    device.addr().checked_sub(1)
}

/// The C form of a result.
pub(crate) fn code(result: Result<(), Error>) -> nvmlReturn_t {
    result.map_or_else(Error::code, |()| nvmlReturn_enum_NVML_SUCCESS)
}

/// Writes a value to the place that the caller gave for it.
///
/// # Safety
/// `place` is null or valid for a write of `T`.
pub(crate) unsafe fn put<T>(place: *mut T, value: T) -> Result<(), Error> {
    if place.is_null() {
        return Err(Error::InvalidArgument);
    }
    // SAFETY: not null, and valid by the contract of this function.
    unsafe { place.write(value) };
    Ok(())
}

/// Writes text and the zero that ends it.
///
/// # Safety
/// `place` is null or valid for writes of `length` bytes.
pub(crate) unsafe fn put_text(place: *mut c_char, length: u32, text: &str) -> Result<(), Error> {
    if place.is_null() {
        return Err(Error::InvalidArgument);
    }
    if text.len() >= length as usize {
        return Err(Error::InsufficientSize);
    }
    // SAFETY: the text and its zero fit into `length` bytes, which are valid by the contract of this function.
    unsafe {
        ptr::copy_nonoverlapping(text.as_ptr(), place.cast::<u8>(), text.len());
        place.add(text.len()).write(0);
    }
    Ok(())
}
