//! What is known of the GPUs. A missing sensor is absent, never zero.

use domain::ReplicaId;

/// What the GPUs screen shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GpuPage {
    /// When it was sampled, wall clock, milliseconds; absent before the first sample.
    pub at_ms: Option<i64>,
    /// Driver version; absent without a driver.
    pub driver: Option<String>,
    /// The GPUs; empty with a reason.
    pub gpus: Vec<Gpu>,
    /// Why there are none to see, or why they are not up to date, in words.
    pub reason: Option<String>,
    /// What to do about it.
    pub remedy: Option<String>,
    /// The other machines that are asked.
    pub hosts: Vec<HostState>,
}

/// Another machine whose DCGM exporter is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostState {
    /// How it is called.
    pub name: String,
    /// When it answered last, wall clock, milliseconds; absent before the first time.
    pub at_ms: Option<i64>,
    /// Why it does not answer; absent when it does.
    pub reason: Option<String>,
}

/// One GPU.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gpu {
    /// What the driver says of it.
    pub reading: Reading,
    /// Xid events seen since start, newest last, at most 50.
    pub xids: Vec<u64>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Replicas that run on it.
    pub replicas: Vec<ReplicaId>,
    /// The processes of those replicas' servers, where they are known.
    pub servers: Vec<u32>,
}

impl Reading {
    /// How people call it: `GPU 0`, or `gpu1/0` on another machine.
    #[must_use]
    pub fn called(&self) -> String {
        match &self.host {
            Some(host) => format!("GPU {host}/{}", self.index),
            None => format!("GPU {}", self.index),
        }
    }
}

/// What the driver says of a GPU.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// `GPU-...`
    pub uuid: String,
    /// The machine that it is in, as the configuration calls it; absent for this one.
    pub host: Option<String>,
    /// Number on its machine.
    pub index: u32,
    /// Product name.
    pub name: String,
    /// Busy share, percent.
    pub utilisation: Option<f64>,
    /// Memory in use, MiB.
    pub memory_used_mib: Option<f64>,
    /// Memory in all, MiB.
    pub memory_total_mib: Option<f64>,
    /// Degrees Celsius.
    pub temperature: Option<f64>,
    /// Watts.
    pub power: Option<f64>,
    /// The power cap, watts.
    pub power_limit: Option<f64>,
    /// Streaming multiprocessors' clock, MHz.
    pub clock_sm: Option<f64>,
    /// Memory clock, MHz.
    pub clock_memory: Option<f64>,
    /// Why it is slowed.
    pub throttled: Vec<Throttle>,
    /// Uncorrected ECC errors since the driver was loaded.
    pub ecc_uncorrected: Option<u64>,
    /// Corrected ECC errors since the driver was loaded.
    pub ecc_corrected: Option<u64>,
    /// Memory rows that were replaced after corrected errors.
    pub remapped_corrected: Option<u64>,
    /// Memory rows that were replaced after uncorrected errors.
    pub remapped_uncorrected: Option<u64>,
    /// Whether memory waits for a reset to be taken out of use.
    pub repair_pending: bool,
    /// Whether broken memory could not be replaced by spare.
    pub repair_failed: bool,
    /// What the driver asks for, as `NVML_FI_DEV_GET_GPU_RECOVERY_ACTION` says it; absent on older drivers.
    pub recovery: Option<u64>,
    /// Why it cannot be talked to.
    pub lost: Option<String>,
    /// Programs that use it.
    pub processes: Vec<GpuProcess>,
}

/// A program on a GPU.
#[derive(Clone, Debug, PartialEq)]
pub struct GpuProcess {
    /// Process id.
    pub pid: u32,
    /// Its command's name; absent when it cannot be read.
    pub name: Option<String>,
    /// Memory it holds, MiB.
    pub memory_mib: Option<f64>,
}

/// What is wrong with a GPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it takes the GPU out of service.
    pub fatal: bool,
    /// What, in words.
    pub what: String,
    /// What to do, in words.
    pub remedy: String,
}

/// Why a GPU is slowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Throttle {
    /// The power cap holds it back: common under load.
    PowerCap,
    /// The hardware slows it: heat, power brake or board.
    Hardware,
    /// The driver slows it for heat.
    Heat,
    /// The hardware slows it for heat.
    HardwareHeat,
    /// The power supply asked for it.
    PowerBrake,
}

impl Throttle {
    /// The reasons in a mask, as NVML and DCGM give it.
    #[must_use]
    pub fn of_bits(bits: u64) -> Vec<Self> {
        let known = [
            (0x4, Self::PowerCap),
            (0x8, Self::Hardware),
            (0x20, Self::Heat),
            (0x40, Self::HardwareHeat),
            (0x80, Self::PowerBrake),
        ];
        known.into_iter().filter(|(bit, _)| bits & bit != 0).map(|(_, throttle)| throttle).collect()
    }

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::PowerCap => "power cap",
            Self::Hardware => "hardware slowdown",
            Self::Heat => "thermal slowdown by the driver",
            Self::HardwareHeat => "thermal slowdown by the hardware",
            Self::PowerBrake => "power brake",
        }
    }

    /// Whether it is a finding.
    #[must_use]
    pub const fn is_unwell(self) -> bool {
        !matches!(self, Self::PowerCap)
    }
}
