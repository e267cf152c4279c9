//! What can be read of a GPU.

use std::ffi::{c_char, c_int, c_uint, c_ulonglong};

use nvml_wrapper_sys::bindings::*;

use crate::{
    call::{code, on_gpu, put, put_text},
    state::{EccTotals, Error, Gpu, Process},
};

/// `nvmlMemory_v2_t`'s size and version, as nvml.h asks for them in the struct.
const MEMORY_V2: c_uint = (size_of::<nvmlMemory_v2_t>() | (2 << 24)) as c_uint;

/// Functions that give one value: `name(further arguments) -> type = |gpu| value or error`.
macro_rules! readings {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $value:ty = $read:expr;)*) => {
        $(#[unsafe(no_mangle)]
        unsafe extern "C" fn $name(device: nvmlDevice_t, $($argument: $kind,)* place: *mut $value) -> nvmlReturn_t {
            let read: fn(&Gpu, ($($kind,)*)) -> Result<$value, Error> = $read;
            let result = on_gpu(stringify!($name), device, |_, gpu| read(gpu, ($($argument,)*)))
                // SAFETY: the caller gives a place for the value.
                .and_then(|value| unsafe { put(place, value) });
            code(result)
        })*
    };
}

readings! {
    nvmlDeviceGetUtilizationRates() -> nvmlUtilization_t = |gpu, ()| {
        let rates = gpu.utilization.ok_or(Error::NotSupported)?;
        Ok(nvmlUtilization_t { gpu: rates.gpu, memory: rates.memory })
    };
    nvmlDeviceGetTemperature(_sensor: nvmlTemperatureSensors_t) -> c_uint =
        |gpu, _| gpu.temperature.ok_or(Error::NotSupported);
    nvmlDeviceGetTemperatureThreshold(threshold: nvmlTemperatureThresholds_t) -> c_uint = |gpu, (threshold,)| {
        match threshold {
            nvmlTemperatureThresholds_enum_NVML_TEMPERATURE_THRESHOLD_SLOWDOWN => gpu.temperature_slowdown,
            nvmlTemperatureThresholds_enum_NVML_TEMPERATURE_THRESHOLD_SHUTDOWN => gpu.temperature_shutdown,
            _ => None,
        }
        .ok_or(Error::NotSupported)
    };
    nvmlDeviceGetPowerUsage() -> c_uint = |gpu, ()| gpu.power_mw.ok_or(Error::NotSupported);
    nvmlDeviceGetEnforcedPowerLimit() -> c_uint = |gpu, ()| gpu.power_limit_mw.ok_or(Error::NotSupported);
    nvmlDeviceGetClockInfo(kind: nvmlClockType_t) -> c_uint = |gpu, (kind,)| gpu.clocks.of(kind);
    nvmlDeviceGetMaxClockInfo(kind: nvmlClockType_t) -> c_uint = |gpu, (kind,)| gpu.max_clocks.of(kind);
    nvmlDeviceGetCurrentClocksThrottleReasons() -> c_ulonglong =
        |gpu, ()| gpu.throttle_reasons.ok_or(Error::NotSupported);
    nvmlDeviceGetPerformanceState() -> nvmlPstates_t = |gpu, ()| gpu.performance_state.ok_or(Error::NotSupported);
    nvmlDeviceGetTotalEccErrors(severity: nvmlMemoryErrorType_t, counter: nvmlEccCounterType_t) -> c_ulonglong =
        |gpu, (severity, counter)| total_ecc_errors(gpu, severity, counter);
    nvmlDeviceGetRetiredPagesPendingStatus() -> nvmlEnableState_t =
        |gpu, ()| gpu.pages_pending.map(nvmlEnableState_t::from).ok_or(Error::NotSupported);
    nvmlDeviceGetSupportedEventTypes() -> c_ulonglong = |_, ()| Ok(c_ulonglong::from(nvmlEventTypeXidCriticalError));
}

fn total_ecc_errors(
    gpu: &Gpu,
    severity: nvmlMemoryErrorType_t,
    counter: nvmlEccCounterType_t,
) -> Result<c_ulonglong, Error> {
    let ecc = gpu.ecc.ok_or(Error::NotSupported)?;
    let EccTotals { corrected, uncorrected } = match counter {
        nvmlEccCounterType_enum_NVML_VOLATILE_ECC => ecc.volatile,
        nvmlEccCounterType_enum_NVML_AGGREGATE_ECC => ecc.aggregate,
        _ => return Err(Error::InvalidArgument),
    };
    match severity {
        nvmlMemoryErrorType_enum_NVML_MEMORY_ERROR_TYPE_CORRECTED => Ok(corrected),
        nvmlMemoryErrorType_enum_NVML_MEMORY_ERROR_TYPE_UNCORRECTED => Ok(uncorrected),
        _ => Err(Error::InvalidArgument),
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn nvmlDeviceGetUUID(
    device: nvmlDevice_t,
    uuid: *mut c_char,
    length: c_uint,
) -> nvmlReturn_t {
    let result = on_gpu("nvmlDeviceGetUUID", device, |index, gpu| {
        // SAFETY: the caller gives a buffer of this length.
        unsafe { put_text(uuid, length, &gpu.uuid(index)) }
    });
    code(result)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn nvmlDeviceGetName(
    device: nvmlDevice_t,
    name: *mut c_char,
    length: c_uint,
) -> nvmlReturn_t {
    let result = on_gpu("nvmlDeviceGetName", device, |_, gpu| {
        // SAFETY: the caller gives a buffer of this length.
        unsafe { put_text(name, length, gpu.name.as_deref().unwrap_or("NVIDIA Simulated GPU")) }
    });
    code(result)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn nvmlDeviceGetIndex(device: nvmlDevice_t, place: *mut c_uint) -> nvmlReturn_t {
    let result = on_gpu("nvmlDeviceGetIndex", device, |index, _| {
        // SAFETY: the caller gives a place for the number.
        unsafe { put(place, c_uint::try_from(index).unwrap_or(c_uint::MAX)) }
    });
    code(result)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn nvmlDeviceGetMemoryInfo_v2(
    device: nvmlDevice_t,
    info: *mut nvmlMemory_v2_t,
) -> nvmlReturn_t {
    let result = on_gpu("nvmlDeviceGetMemoryInfo_v2", device, |_, gpu| {
        let memory = gpu.memory.ok_or(Error::NotSupported)?;
        // SAFETY: the caller gives a struct, of which it has set at least the version.
        let version = unsafe { info.as_ref() }.ok_or(Error::InvalidArgument)?.version;
        if version != MEMORY_V2 {
            return Err(Error::ArgumentVersionMismatch);
        }
        let free = memory.total.saturating_sub(memory.used).saturating_sub(memory.reserved);
        let (total, used, reserved) = (memory.total, memory.used, memory.reserved);
        // SAFETY: the struct was read from just now.
        unsafe { put(info, nvmlMemory_v2_t { version, total, reserved, free, used }) }
    });
    code(result)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn nvmlDeviceGetEccMode(
    device: nvmlDevice_t,
    current: *mut nvmlEnableState_t,
    pending: *mut nvmlEnableState_t,
) -> nvmlReturn_t {
    let result = on_gpu("nvmlDeviceGetEccMode", device, |_, gpu| {
        let mode = nvmlEnableState_t::from(gpu.ecc.is_some());
        // SAFETY: the caller gives a place for each of the two.
        unsafe { put(current, mode).and_then(|()| put(pending, mode)) }
    });
    code(result)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn nvmlDeviceGetRemappedRows(
    device: nvmlDevice_t,
    corrected: *mut c_uint,
    uncorrected: *mut c_uint,
    pending: *mut c_uint,
    failure: *mut c_uint,
) -> nvmlReturn_t {
    let result = on_gpu("nvmlDeviceGetRemappedRows", device, |_, gpu| {
        let rows = gpu.remapped_rows.ok_or(Error::NotSupported)?;
        // SAFETY: the caller gives a place for each of the four.
        unsafe {
            put(corrected, rows.corrected)?;
            put(uncorrected, rows.uncorrected)?;
            put(pending, rows.pending.into())?;
            put(failure, rows.failure.into())
        }
    });
    code(result)
}

/// Only the fields to which nvml-wrapper has no other way are known: remapped rows and the recovery action.
#[unsafe(no_mangle)]
unsafe extern "C" fn nvmlDeviceGetFieldValues(
    device: nvmlDevice_t,
    count: c_int,
    values: *mut nvmlFieldValue_t,
) -> nvmlReturn_t {
    let result = on_gpu("nvmlDeviceGetFieldValues", device, |_, gpu| {
        if values.is_null() {
            return Err(Error::InvalidArgument);
        }
        let count = usize::try_from(count).map_err(|_| Error::InvalidArgument)?;
        for at in 0..count {
            // SAFETY: the caller gives this many structs, with their ids set.
            let value = unsafe { &mut *values.add(at) };
            let read = field(gpu, value.fieldId);
            value.nvmlReturn = code(read.map(|_| ()));
            value.valueType = nvmlValueType_enum_NVML_VALUE_TYPE_UNSIGNED_INT;
            value.value.uiVal = read.unwrap_or(0);
        }
        Ok(())
    });
    code(result)
}

fn field(gpu: &Gpu, id: c_uint) -> Result<c_uint, Error> {
    let rows = gpu.remapped_rows;
    match id {
        field_id::NVML_FI_DEV_REMAPPED_COR => rows.map(|r| r.corrected),
        field_id::NVML_FI_DEV_REMAPPED_UNC => rows.map(|r| r.uncorrected),
        field_id::NVML_FI_DEV_REMAPPED_PENDING => rows.map(|r| r.pending.into()),
        field_id::NVML_FI_DEV_REMAPPED_FAILURE => rows.map(|r| r.failure.into()),
        field_id::NVML_FI_DEV_GET_GPU_RECOVERY_ACTION => gpu.recovery_action,
        _ => None,
    }
    .ok_or(Error::NotSupported)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn nvmlDeviceGetComputeRunningProcesses_v3(
    device: nvmlDevice_t,
    count: *mut c_uint,
    infos: *mut nvmlProcessInfo_t,
) -> nvmlReturn_t {
    let result = on_gpu("nvmlDeviceGetComputeRunningProcesses_v3", device, |_, gpu| {
        let have = c_uint::try_from(gpu.processes.len()).unwrap_or(c_uint::MAX);
        // SAFETY: the caller gives a number that it has set.
        let room = *unsafe { count.as_ref() }.ok_or(Error::InvalidArgument)?;
        // SAFETY: the number was read just now.
        unsafe { put(count, have) }?;
        if room < have {
            return Err(Error::InsufficientSize);
        }
        for (at, process) in gpu.processes.iter().enumerate() {
            // SAFETY: the caller gives room for at least as many as there are (null only with room for none).
            unsafe { put(infos.wrapping_add(at), info(process)) }?;
        }
        Ok(())
    });
    code(result)
}

fn info(process: &Process) -> nvmlProcessInfo_t {
    const NOT_AVAILABLE: c_ulonglong = c_ulonglong::MAX;
    nvmlProcessInfo_t {
        pid: process.pid,
        usedGpuMemory: process.memory.unwrap_or(NOT_AVAILABLE),
        gpuInstanceId: c_uint::MAX,
        computeInstanceId: c_uint::MAX,
    }
}
