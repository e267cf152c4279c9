//! Reads one GPU. A reading that the GPU does not have is absent; a lost GPU is told from a missing sensor.

use std::time::Duration;

use nvml_wrapper::{
    Device, Nvml,
    enum_wrappers::device::{Clock, EccCounter, MemoryError, TemperatureSensor},
    enums::device::{SampleValue, UsedGpuMemory},
    error::NvmlError,
    struct_wrappers::device::ProcessInfo,
    structs::device::FieldId,
    sys_exports::field_id,
};
use tokio::time::Instant;

use super::reading::{GpuProcess, Reading, Throttle};

const MIB: f64 = 1_048_576.0;
/// A process's name is cut at this many bytes by the driver.
const NAME: usize = 256;
/// How long what changes seldom is taken as read: its name, its power cap, the memory that was or has to be replaced,
/// and who uses it.
const SELDOM: Duration = Duration::from_secs(5);

/// Notes why a GPU was lost while its readings are taken.
#[derive(Default)]
struct Taker {
    lost: Option<String>,
}

impl Taker {
    fn take<T>(&mut self, result: Result<T, NvmlError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error @ (NvmlError::GpuLost | NvmlError::ResetRequired)) => {
                self.lost.get_or_insert_with(|| error.to_string());
                None
            }
            Err(_) => None,
        }
    }
}

/// What was read of a GPU before.
pub(super) struct Known {
    pub(super) reading: Reading,
    /// When what changes seldom was asked for.
    asked: Instant,
}

/// Reads a GPU. What changes seldom is taken from `known` while it is fresh and of the same GPU.
pub(super) fn read(nvml: &Nvml, device: &Device<'_>, index: u32, known: Option<&Known>) -> Known {
    let mut taker = Taker::default();
    let t = &mut taker;
    let uuid = t
        .take(device.uuid())
        .or_else(|| known.map(|k| k.reading.uuid.clone()))
        .unwrap_or_else(|| format!("GPU {index}"));
    let known = known.filter(|k| k.reading.uuid == uuid);
    let mut new = match known.filter(|k| k.asked.elapsed() < SELDOM) {
        Some(known) => Known { reading: known.reading.clone(), asked: known.asked },
        None => Known { reading: seldom(nvml, t, device, known), asked: Instant::now() },
    };
    (new.reading.uuid, new.reading.index) = (uuid, index);
    often(t, device, &mut new.reading);
    new.reading.lost = taker.lost;
    new
}

/// What warns of a fault, and what is drawn over time.
fn often(t: &mut Taker, device: &Device<'_>, reading: &mut Reading) {
    let memory = t.take(device.memory_info());
    let ecc = |t: &mut Taker, kind| t.take(device.total_ecc_errors(kind, EccCounter::Volatile));
    reading.utilisation = t.take(device.utilization_rates()).map(|u| f64::from(u.gpu));
    reading.memory_used_mib = memory.as_ref().map(|m| mib(m.used));
    reading.memory_total_mib = memory.as_ref().map(|m| mib(m.total));
    reading.temperature = t.take(device.temperature(TemperatureSensor::Gpu)).map(f64::from);
    reading.power = t.take(device.power_usage()).map(watts);
    reading.clock_sm = t.take(device.clock_info(Clock::SM)).map(f64::from);
    reading.clock_memory = t.take(device.clock_info(Clock::Memory)).map(f64::from);
    let reasons = t.take(device.current_throttle_reasons());
    reading.throttled = reasons.map(|reasons| Throttle::of_bits(reasons.bits())).unwrap_or_default();
    reading.ecc_uncorrected = ecc(t, MemoryError::Uncorrected);
    reading.ecc_corrected = ecc(t, MemoryError::Corrected);
    [reading.recovery] = fields(t, device, [field_id::NVML_FI_DEV_GET_GPU_RECOVERY_ACTION]);
}

/// What changes seldom, or is dear to ask for.
fn seldom(nvml: &Nvml, t: &mut Taker, device: &Device<'_>, known: Option<&Known>) -> Reading {
    let name = t.take(device.name()).or_else(|| known.map(|k| k.reading.name.clone()));
    let limit = device.enforced_power_limit().or_else(|_| device.power_management_limit());
    let mut reading = Reading {
        name: name.unwrap_or_else(|| "NVIDIA GPU".into()),
        power_limit: t.take(limit).map(watts),
        processes: processes(nvml, t, device),
        ..Reading::default()
    };
    repairs(t, device, &mut reading);
    reading
}

#[expect(clippy::cast_precision_loss, reason = "no GPU has 2^52 bytes")]
fn mib(bytes: u64) -> f64 {
    bytes as f64 / MIB
}

fn watts(milliwatts: u32) -> f64 {
    f64::from(milliwatts) / 1000.0
}

/// Remapped rows, and retired pages on older GPUs.
fn repairs(t: &mut Taker, device: &Device<'_>, reading: &mut Reading) {
    let [pending, corrected, uncorrected, failure] = fields(
        t,
        device,
        [
            field_id::NVML_FI_DEV_REMAPPED_PENDING,
            field_id::NVML_FI_DEV_REMAPPED_COR,
            field_id::NVML_FI_DEV_REMAPPED_UNC,
            field_id::NVML_FI_DEV_REMAPPED_FAILURE,
        ],
    );
    (reading.remapped_corrected, reading.remapped_uncorrected) = (corrected, uncorrected);
    reading.repair_failed = failure.is_some_and(|v| v > 0);
    let pages_pending = t.take(device.are_pages_pending_retired()).unwrap_or(false);
    reading.repair_pending = pending.is_some_and(|v| v > 0) || pages_pending;
}

/// Fields to which the wrapper has no other way, in one call.
fn fields<const N: usize>(t: &mut Taker, device: &Device<'_>, ids: [u32; N]) -> [Option<u64>; N] {
    let values = t.take(device.field_values_for(&ids.map(FieldId))).unwrap_or_default();
    let mut values = values.into_iter();
    ids.map(|_| {
        let sample = t.take(values.next()?)?;
        match t.take(sample.value)? {
            SampleValue::U32(value) => Some(u64::from(value)),
            SampleValue::U64(value) => Some(value),
            SampleValue::I64(value) => u64::try_from(value).ok(),
            SampleValue::F64(_) => None,
        }
    })
}

fn processes(nvml: &Nvml, t: &mut Taker, device: &Device<'_>) -> Vec<GpuProcess> {
    let running = t.take(device.running_compute_processes()).unwrap_or_default();
    running.into_iter().map(|process| describe(nvml, &process)).collect()
}

fn describe(nvml: &Nvml, process: &ProcessInfo) -> GpuProcess {
    let name = std::fs::read_to_string(format!("/proc/{}/comm", process.pid)).ok();
    let path = || nvml.sys_process_name(process.pid, NAME).ok();
    let name = name.or_else(path).map(|n| n.trim().rsplit(['/', '\\']).next().unwrap_or_default().to_owned());
    let memory_mib = match process.used_gpu_memory {
        UsedGpuMemory::Unavailable => None,
        UsedGpuMemory::Used(bytes) => Some(mib(bytes)),
    };
    GpuProcess { pid: process.pid, name: name.filter(|n| !n.is_empty()), memory_mib }
}
