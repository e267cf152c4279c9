//! The graphics processors.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the GPUs screen shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct GpuPage {
    /// When it was sampled; absent before the first sample.
    pub at_ms: Option<i64>,
    /// Driver version; absent without a driver.
    pub driver: Option<String>,
    /// The GPUs; empty with a reason.
    pub gpus: Vec<GpuView>,
    /// Why there are none to see, in words.
    pub reason: Option<String>,
    /// What to do about it.
    pub remedy: Option<String>,
    /// Other machines that are asked.
    pub hosts: Vec<GpuHostView>,
}

/// Another machine whose DCGM exporter is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct GpuHostView {
    /// How it is called.
    pub name: String,
    /// When it answered last; absent before the first time.
    pub at_ms: Option<i64>,
    /// Why it does not answer; absent when it does.
    pub reason: Option<String>,
}

/// One GPU. A missing sensor is absent, never zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct GpuView {
    /// `GPU-...`
    pub uuid: String,
    /// The machine it is in, as `gpu_hosts` calls it; absent for this one.
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
    /// Why it is slowed, in words; empty when it is not.
    pub throttled: Vec<String>,
    /// Uncorrected ECC errors since boot.
    pub ecc_uncorrected: Option<u64>,
    /// Corrected ECC errors since boot.
    pub ecc_corrected: Option<u64>,
    /// Memory rows that were replaced after corrected errors.
    pub remapped_corrected: Option<u64>,
    /// Memory rows that were replaced after uncorrected errors.
    pub remapped_uncorrected: Option<u64>,
    /// Xid events seen since start, newest last.
    pub xids: Vec<u64>,
    /// Programs that use it.
    pub processes: Vec<GpuProcess>,
    /// What is wrong, in words.
    pub findings: Vec<GpuFinding>,
    /// Replicas that run on it, by id.
    pub replicas: Vec<String>,
    /// The models of those replicas.
    pub models: Vec<String>,
    /// What a fault of it would do, a sentence per chain.
    pub consequences: Vec<String>,
}

/// A program on a GPU.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct GpuProcess {
    /// Process id.
    pub pid: u32,
    /// Its command's name; absent when it cannot be read.
    pub name: Option<String>,
    /// Memory it holds, MiB.
    pub memory_mib: Option<f64>,
    /// Whether it is the server of one of the replicas on this GPU.
    pub ours: bool,
}

/// What is wrong with a GPU.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct GpuFinding {
    /// Whether it takes the GPU out of service.
    pub fatal: bool,
    /// What, in words.
    pub what: String,
    /// What to do, in words.
    pub remedy: String,
}
