//! Reads one GPU. A reading that the GPU does not have is absent; a lost GPU is told from a missing sensor.

use nvml_wrapper::{
    Device, Nvml,
    enum_wrappers::device::{Clock, EccCounter, MemoryError, TemperatureSensor},
    enums::device::{SampleValue, UsedGpuMemory},
    error::NvmlError,
    struct_wrappers::device::ProcessInfo,
    structs::device::FieldId,
    sys_exports::field_id,
};

use super::reading::{GpuProcess, Reading, Throttle};

const MIB: f64 = 1_048_576.0;
/// A process's name is cut at this many bytes by the driver.
const NAME: usize = 256;

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

/// Reads a GPU; `known` are the UUID and the name that it had before.
pub(super) fn read(
    nvml: &Nvml,
    device: &Device<'_>,
    index: u32,
    known: Option<&(String, String)>,
) -> Reading {
    let mut taker = Taker::default();
    let t = &mut taker;
    let uuid = t.take(device.uuid()).or_else(|| known.map(|k| k.0.clone()));
    let name = t.take(device.name()).or_else(|| known.map(|k| k.1.clone()));
    let memory = t.take(device.memory_info());
    let ecc = |t: &mut Taker, kind| t.take(device.total_ecc_errors(kind, EccCounter::Volatile));
    let mut reading = Reading {
        uuid: uuid.unwrap_or_else(|| format!("GPU {index}")),
        index,
        name: name.unwrap_or_else(|| "NVIDIA GPU".into()),
        utilisation: t.take(device.utilization_rates()).map(|u| f64::from(u.gpu)),
        memory_used_mib: memory.as_ref().map(|m| mib(m.used)),
        memory_total_mib: memory.as_ref().map(|m| mib(m.total)),
        temperature: t.take(device.temperature(TemperatureSensor::Gpu)).map(f64::from),
        power: t.take(device.power_usage()).map(watts),
        power_limit: t
            .take(device.enforced_power_limit().or_else(|_| device.power_management_limit()))
            .map(watts),
        clock_sm: t.take(device.clock_info(Clock::SM)).map(f64::from),
        clock_memory: t.take(device.clock_info(Clock::Memory)).map(f64::from),
        throttled: t
            .take(device.current_throttle_reasons())
            .map(|reasons| Throttle::of_bits(reasons.bits()))
            .unwrap_or_default(),
        ecc_uncorrected: ecc(t, MemoryError::Uncorrected),
        ecc_corrected: ecc(t, MemoryError::Corrected),
        processes: processes(nvml, t, device),
        ..Reading::default()
    };
    repairs(t, device, &mut reading);
    reading.lost = taker.lost;
    reading
}

#[expect(clippy::cast_precision_loss, reason = "no GPU has 2^52 bytes")]
fn mib(bytes: u64) -> f64 {
    bytes as f64 / MIB
}

fn watts(milliwatts: u32) -> f64 {
    f64::from(milliwatts) / 1000.0
}

/// Remapped rows and retired pages (older GPUs), and what the driver asks for.
fn repairs(t: &mut Taker, device: &Device<'_>, reading: &mut Reading) {
    let mut field = |id: u32| {
        let values = t.take(device.field_values_for(&[FieldId(id)]))?;
        let sample = t.take(values.into_iter().next()?)?;
        match t.take(sample.value)? {
            SampleValue::U32(value) => Some(u64::from(value)),
            SampleValue::U64(value) => Some(value),
            SampleValue::I64(value) => u64::try_from(value).ok(),
            SampleValue::F64(_) => None,
        }
    };
    let rows_pending = field(field_id::NVML_FI_DEV_REMAPPED_PENDING).is_some_and(|v| v > 0);
    reading.remapped_corrected = field(field_id::NVML_FI_DEV_REMAPPED_COR);
    reading.remapped_uncorrected = field(field_id::NVML_FI_DEV_REMAPPED_UNC);
    reading.repair_failed = field(field_id::NVML_FI_DEV_REMAPPED_FAILURE).is_some_and(|v| v > 0);
    reading.recovery = field(field_id::NVML_FI_DEV_GET_GPU_RECOVERY_ACTION);
    let pages_pending = t.take(device.are_pages_pending_retired()).unwrap_or(false);
    reading.repair_pending = rows_pending || pages_pending;
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
