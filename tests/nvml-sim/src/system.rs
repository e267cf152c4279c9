//! Initialisation, versions, and finding the GPUs.

use std::{
    ffi::{CStr, c_char, c_int, c_uint},
    sync::{Arc, atomic::Ordering},
};

use nvml_wrapper_sys::bindings::*;

use crate::{
    call::{USERS, code, enter, enter_initialised, handle_of, on_gpu, put, put_text},
    state::{Error, State},
};

#[unsafe(no_mangle)]
extern "C" fn nvmlInit_v2() -> nvmlReturn_t {
    init("nvmlInit_v2")
}

#[unsafe(no_mangle)]
extern "C" fn nvmlInitWithFlags(_flags: c_uint) -> nvmlReturn_t {
    init("nvmlInitWithFlags")
}

fn init(function: &str) -> nvmlReturn_t {
    code(enter(function).and_then(|state| match state.init {
        Some(error) => Err(error),
        None => {
            USERS.fetch_add(1, Ordering::AcqRel);
            Ok(())
        }
    }))
}

#[unsafe(no_mangle)]
extern "C" fn nvmlShutdown() -> nvmlReturn_t {
    let fewer = USERS.fetch_update(Ordering::AcqRel, Ordering::Acquire, |users| users.checked_sub(1));
    code(fewer.map(|_| ()).map_err(|_| Error::Uninitialized))
}

#[unsafe(no_mangle)]
extern "C" fn nvmlErrorString(result: nvmlReturn_t) -> *const c_char {
    let text: &CStr = match result {
        nvmlReturn_enum_NVML_SUCCESS => c"Success",
        nvmlReturn_enum_NVML_ERROR_NOT_SUPPORTED => c"Not Supported",
        nvmlReturn_enum_NVML_ERROR_DRIVER_NOT_LOADED => c"Driver Not Loaded",
        nvmlReturn_enum_NVML_ERROR_GPU_IS_LOST => c"GPU is lost",
        _ => c"Simulated error",
    };
    text.as_ptr()
}

#[unsafe(no_mangle)]
unsafe extern "C" fn nvmlSystemGetDriverVersion(version: *mut c_char, length: c_uint) -> nvmlReturn_t {
    let result = enter_initialised("nvmlSystemGetDriverVersion")
        // SAFETY: the caller gives a buffer of this length.
        .and_then(|state| unsafe { put_text(version, length, &state.driver) });
    code(result)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn nvmlSystemGetNVMLVersion(version: *mut c_char, length: c_uint) -> nvmlReturn_t {
    let result = enter_initialised("nvmlSystemGetNVMLVersion")
        // SAFETY: the caller gives a buffer of this length.
        .and_then(|state| unsafe { put_text(version, length, &state.nvml) });
    code(result)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn nvmlSystemGetCudaDriverVersion_v2(version: *mut c_int) -> nvmlReturn_t {
    let result = enter_initialised("nvmlSystemGetCudaDriverVersion_v2")
        // SAFETY: the caller gives a place for the number.
        .and_then(|state| unsafe { put(version, state.cuda) });
    code(result)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn nvmlSystemGetProcessName(
    pid: c_uint,
    name: *mut c_char,
    length: c_uint,
) -> nvmlReturn_t {
    let find = |state: Arc<State>| {
        let mut all = state.gpus.iter().flat_map(|gpu| &gpu.processes);
        all.find(|process| process.pid == pid).and_then(|process| process.name.clone()).ok_or(Error::NotFound)
    };
    let result = enter_initialised("nvmlSystemGetProcessName")
        .and_then(find)
        // SAFETY: the caller gives a buffer of this length.
        .and_then(|text| unsafe { put_text(name, length, &text) });
    code(result)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn nvmlDeviceGetCount_v2(count: *mut c_uint) -> nvmlReturn_t {
    let result = enter_initialised("nvmlDeviceGetCount_v2")
        // SAFETY: the caller gives a place for the number.
        .and_then(|state| unsafe { put(count, c_uint::try_from(state.gpus.len()).unwrap_or(c_uint::MAX)) });
    code(result)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn nvmlDeviceGetHandleByIndex_v2(index: c_uint, device: *mut nvmlDevice_t) -> nvmlReturn_t {
    let handle = handle_of(index as usize);
    let result = on_gpu("nvmlDeviceGetHandleByIndex_v2", handle, |_, _| Ok(handle))
        // SAFETY: the caller gives a place for the handle.
        .and_then(|handle| unsafe { put(device, handle) });
    code(result)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn nvmlDeviceGetHandleByUUID(
    uuid: *const c_char,
    device: *mut nvmlDevice_t,
) -> nvmlReturn_t {
    if uuid.is_null() {
        return Error::InvalidArgument.code();
    }
    // SAFETY: not null, and the caller gives text that ends in a zero.
    let wanted = unsafe { CStr::from_ptr(uuid) }.to_string_lossy();
    let find = |state: Arc<State>| {
        let mut all = state.gpus.iter().enumerate();
        all.find(|(index, gpu)| gpu.uuid(*index) == wanted).map(|(index, _)| index).ok_or(Error::NotFound)
    };
    let result = enter_initialised("nvmlDeviceGetHandleByUUID")
        .and_then(find)
        .and_then(|index| {
            on_gpu("nvmlDeviceGetHandleByUUID", handle_of(index), |index, _| Ok(handle_of(index)))
        })
        // SAFETY: the caller gives a place for the handle.
        .and_then(|handle| unsafe { put(device, handle) });
    code(result)
}
