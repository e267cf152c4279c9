//! The simulated library, through the wrapper that the program uses.
//!
//! The library finds its file by an environment variable, which belongs to the whole process; so each test runs its
//! body in a process of its own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends by panicking")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::mpsc,
    thread,
    time::Duration,
};

use nvml_wrapper::{
    Device, Nvml,
    bitmasks::{device::ThrottleReasons, event::EventTypes},
    enum_wrappers::device::{Clock, EccCounter, MemoryError, TemperatureSensor, TemperatureThreshold},
    enums::{device::SampleValue, device::UsedGpuMemory, event::XidError},
    error::NvmlError,
    structs::device::FieldId,
};
use serde_json::{Value, json};

const VARIABLE: &str = "NVML_SIM_STATE";

/// Runs `body` in a process that has its own state file, which holds `state` at first.
fn alone(test: &str, state: &Value, body: fn(&File)) {
    if let Some(path) = env::var_os(VARIABLE) {
        return body(&File(path.into()));
    }
    let folder = tempfile::tempdir().unwrap();
    let file = File(folder.path().join("gpus.json"));
    file.write(state);
    let mut child = Command::new(env::current_exe().unwrap());
    let output = child.args(["--exact", test]).env(VARIABLE, &file.0).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("1 passed"), "the child ran no test named {test}");
}

struct File(PathBuf);

impl File {
    /// Replaces the file in one step.
    fn write(&self, state: &Value) {
        let beside = self.0.with_extension("new");
        fs::write(&beside, state.to_string()).unwrap();
        fs::rename(beside, &self.0).unwrap();
    }
}

fn library() -> PathBuf {
    let exe = env::current_exe().unwrap();
    let folder = exe.parent().unwrap();
    let built =
        [folder.to_owned(), folder.parent().unwrap().to_owned()].map(|at: PathBuf| at.join("libnvml_sim.so"));
    built.into_iter().find(|path: &PathBuf| path.exists()).unwrap()
}

fn try_load(path: &Path) -> Result<Nvml, NvmlError> {
    Nvml::builder().lib_path(path.as_os_str()).init()
}

fn load() -> Nvml {
    try_load(&library()).unwrap()
}

fn xids(device: &Device<'_>) -> EventTypes {
    device.supported_event_types().unwrap()
}

fn one(gpu: Value) -> Value {
    json!({ "gpus": [gpu] })
}

#[test]
fn every_reading_comes_through() {
    let gpu = json!({
        "uuid": "GPU-1", "name": "NVIDIA Simulated 80GB",
        "utilization": { "gpu": 40, "memory": 10 },
        "memory": { "total": 1000, "used": 300, "reserved": 100 },
        "temperature": 45, "temperature_slowdown": 92, "temperature_shutdown": 95,
        "power_mw": 120_000, "power_limit_mw": 700_000,
        "clocks": { "graphics": 1980, "sm": 1970, "memory": 2619, "video": 1545 },
        "max_clocks": { "sm": 1990 },
        "throttle_reasons": 0x40,
        "performance_state": 2,
        "ecc": {
            "volatile": { "corrected": 1, "uncorrected": 2 },
            "aggregate": { "corrected": 3, "uncorrected": 4 }
        },
        "remapped_rows": { "corrected": 5, "uncorrected": 6, "pending": true, "failure": false },
        "pages_pending": true, "recovery_action": 4,
        "processes": [{ "pid": 4242, "name": "/usr/bin/vllm", "memory": 300 }, { "pid": 4343 }]
    });
    let state = json!({ "driver": "580.65.06", "cuda": 13_000, "gpus": [gpu, {}] });
    alone("every_reading_comes_through", &state, |_| {
        let nvml = load();
        assert_eq!(nvml.sys_driver_version().unwrap(), "580.65.06");
        assert_eq!(nvml.sys_nvml_version().unwrap(), "12.575.57.08");
        assert_eq!(nvml.sys_cuda_driver_version().unwrap(), 13_000);
        assert_eq!(nvml.device_count().unwrap(), 2);
        let gpu = nvml.device_by_index(0).unwrap();
        assert_eq!((gpu.uuid().unwrap().as_str(), gpu.index().unwrap()), ("GPU-1", 0));
        assert_eq!(gpu.name().unwrap(), "NVIDIA Simulated 80GB");
        let rates = gpu.utilization_rates().unwrap();
        assert_eq!((rates.gpu, rates.memory), (40, 10));
        let memory = gpu.memory_info().unwrap();
        assert_eq!((memory.total, memory.used, memory.reserved, memory.free), (1000, 300, 100, 600));
        thermals_and_clocks(&gpu);
        errors_and_processes(&gpu);
        assert_eq!(nvml.sys_process_name(4242, 64).unwrap(), "/usr/bin/vllm");
        assert!(matches!(nvml.sys_process_name(4343, 64), Err(NvmlError::NotFound)));
        assert!(matches!(nvml.sys_process_name(4242, 5), Err(NvmlError::InsufficientSize(_))));
    });
}

fn thermals_and_clocks(gpu: &Device<'_>) {
    assert_eq!(gpu.temperature(TemperatureSensor::Gpu).unwrap(), 45);
    assert_eq!(gpu.temperature_threshold(TemperatureThreshold::Slowdown).unwrap(), 92);
    assert_eq!(gpu.temperature_threshold(TemperatureThreshold::Shutdown).unwrap(), 95);
    assert_eq!((gpu.power_usage().unwrap(), gpu.enforced_power_limit().unwrap()), (120_000, 700_000));
    let clocks =
        [Clock::Graphics, Clock::SM, Clock::Memory, Clock::Video].map(|c| gpu.clock_info(c).unwrap());
    assert_eq!(clocks, [1980, 1970, 2619, 1545]);
    assert_eq!(gpu.max_clock_info(Clock::SM).unwrap(), 1990);
    assert!(matches!(gpu.max_clock_info(Clock::Memory), Err(NvmlError::NotSupported)));
    assert_eq!(gpu.current_throttle_reasons().unwrap(), ThrottleReasons::HW_THERMAL_SLOWDOWN);
    assert_eq!(gpu.performance_state().unwrap().as_c(), 2);
}

fn errors_and_processes(gpu: &Device<'_>) {
    assert!(gpu.is_ecc_enabled().unwrap().currently_enabled);
    let totals = [
        (MemoryError::Corrected, EccCounter::Volatile),
        (MemoryError::Uncorrected, EccCounter::Volatile),
        (MemoryError::Corrected, EccCounter::Aggregate),
        (MemoryError::Uncorrected, EccCounter::Aggregate),
    ]
    .map(|(severity, counter)| gpu.total_ecc_errors(severity, counter).unwrap());
    assert_eq!(totals, [1, 2, 3, 4]);
    let fields: Vec<u32> = gpu
        .field_values_for(&[142, 143, 144, 145, 230].map(FieldId))
        .unwrap()
        .into_iter()
        .map(|sample| match sample.unwrap().value.unwrap() {
            SampleValue::U32(value) => value,
            other => panic!("a field is not {other:?}"),
        })
        .collect();
    assert_eq!(fields, [5, 6, 1, 0, 4]);
    assert!(gpu.are_pages_pending_retired().unwrap());
    let processes = gpu.running_compute_processes().unwrap();
    let seen: Vec<_> = processes.iter().map(|p| (p.pid, p.used_gpu_memory.clone())).collect();
    assert_eq!(seen, [(4242, UsedGpuMemory::Used(300)), (4343, UsedGpuMemory::Unavailable)]);
}

/// The example in the library's documentation, without its two faults.
fn documented() -> Value {
    let lines = include_str!("../src/lib.rs").lines().map(|line| line.trim_start_matches("//!"));
    let example: String =
        lines.skip_while(|l| l.trim() != "```json").skip(1).take_while(|l| l.trim() != "```").collect();
    let mut state: Value = serde_json::from_str(&example).unwrap();
    let fields = state.as_object_mut().unwrap();
    assert!(fields.remove("init").is_some() && fields.remove("hang").is_some());
    state
}

#[test]
fn the_documented_file_is_understood() {
    alone("the_documented_file_is_understood", &documented(), |_| {
        let nvml = load();
        let gpu = nvml.device_by_index(0).unwrap();
        assert_eq!(gpu.temperature(TemperatureSensor::Gpu).unwrap(), 45);
        assert_eq!(gpu.running_compute_processes().unwrap().len(), 1);
    });
}

#[test]
fn what_is_left_out_is_not_supported() {
    alone("what_is_left_out_is_not_supported", &one(json!({})), |_| {
        let nvml = load();
        let gpu = nvml.device_by_index(0).unwrap();
        assert!(gpu.uuid().unwrap().starts_with("GPU-00000000-"));
        assert!(matches!(gpu.temperature(TemperatureSensor::Gpu), Err(NvmlError::NotSupported)));
        assert!(matches!(gpu.memory_info(), Err(NvmlError::NotSupported)));
        assert!(matches!(
            gpu.total_ecc_errors(MemoryError::Corrected, EccCounter::Volatile),
            Err(NvmlError::NotSupported)
        ));
        assert!(!gpu.is_ecc_enabled().unwrap().currently_enabled);
        assert!(gpu.running_compute_processes().unwrap().is_empty());
        let field = gpu.field_values_for(&[FieldId(230)]).unwrap().pop().unwrap().unwrap();
        assert!(matches!(field.value, Err(NvmlError::NotSupported)));
        assert!(matches!(nvml.device_by_index(1), Err(NvmlError::InvalidArg)));
    });
}

#[test]
fn the_hardware_changes_while_the_program_runs() {
    let state = one(json!({ "temperature": 45 }));
    alone("the_hardware_changes_while_the_program_runs", &state, |file| {
        let nvml = load();
        let gpu = nvml.device_by_index(0).unwrap();
        assert_eq!(gpu.temperature(TemperatureSensor::Gpu).unwrap(), 45);
        file.write(&one(json!({ "temperature": 91 })));
        assert_eq!(gpu.temperature(TemperatureSensor::Gpu).unwrap(), 91);
        file.write(&one(json!({ "temperature": 91, "lost": true })));
        assert!(matches!(gpu.temperature(TemperatureSensor::Gpu), Err(NvmlError::GpuLost)));
        assert!(matches!(nvml.device_by_index(0), Err(NvmlError::GpuLost)));
        assert_eq!(nvml.device_count().unwrap(), 1);
        file.write(&one(
            json!({ "temperature": 40, "errors": { "nvmlDeviceGetTemperature": "reset_required" } }),
        ));
        assert!(matches!(gpu.temperature(TemperatureSensor::Gpu), Err(NvmlError::ResetRequired)));
        file.write(&json!({ "gpus": [] }));
        assert!(matches!(gpu.temperature(TemperatureSensor::Gpu), Err(NvmlError::InvalidArg)));
    });
}

#[test]
fn a_gpu_is_found_by_its_uuid() {
    let state = json!({ "gpus": [{ "uuid": "GPU-a" }, { "uuid": "GPU-b" }] });
    alone("a_gpu_is_found_by_its_uuid", &state, |_| {
        let nvml = load();
        assert_eq!(nvml.device_by_uuid("GPU-b").unwrap().index().unwrap(), 1);
        assert!(matches!(nvml.device_by_uuid("GPU-c"), Err(NvmlError::NotFound)));
    });
}

#[test]
fn sixteen_gpus_and_not_one_more() {
    let machine = |count| json!({ "gpus": vec![json!({}); count] });
    alone("sixteen_gpus_and_not_one_more", &machine(16), |file| {
        let nvml = load();
        assert_eq!(nvml.device_count().unwrap(), 16);
        assert_eq!(nvml.device_by_index(15).unwrap().index().unwrap(), 15);
        file.write(&json!({ "gpus": vec![json!({}); 17] }));
        assert!(matches!(nvml.device_count(), Err(NvmlError::Unknown)));
    });
}

#[test]
fn a_machine_without_a_driver_says_so() {
    let state = json!({ "init": "driver_not_loaded" });
    alone("a_machine_without_a_driver_says_so", &state, |file| {
        assert!(matches!(try_load(&library()), Err(NvmlError::DriverNotLoaded)));
        file.write(&json!({ "init": "lib_rm_version_mismatch" }));
        assert!(matches!(try_load(&library()), Err(NvmlError::LibRmVersionMismatch)));
        file.write(&json!({ "inti": "a misspelt field" }));
        assert!(matches!(try_load(&library()), Err(NvmlError::Unknown)));
        file.write(&json!({}));
        assert_eq!(load().device_count().unwrap(), 0);
    });
}

#[test]
fn an_xid_reaches_who_waits_for_it_once() {
    alone("an_xid_reaches_who_waits_for_it_once", &before_the_xid(), |file| {
        let nvml = load();
        let set = nvml.create_event_set().unwrap();
        let first = nvml.device_by_index(0).unwrap();
        let set = first.register_events(xids(&first), set).unwrap();
        assert!(matches!(set.wait(30), Err(NvmlError::Timeout)), "events from before the set are not told");

        let mut after = before_the_xid();
        after["events"] = json!([{ "gpu": 0, "xid": 13 }, { "gpu": 1, "xid": 48 }, { "gpu": 0, "xid": 79 }]);
        thread::scope(|scope| {
            scope.spawn(|| file.write(&after));
            let event = set.wait(10_000).unwrap();
            assert_eq!(event.device.uuid().unwrap(), "GPU-a");
            assert_eq!(event.event_type, EventTypes::CRITICAL_XID_ERROR);
            assert_eq!(event.event_data, Some(XidError::Value(79)), "the other GPU's is nobody's business");
        });
        assert!(matches!(set.wait(30), Err(NvmlError::Timeout)));

        after["gpus"][0]["lost"] = true.into();
        file.write(&after);
        assert!(matches!(set.wait(30), Err(NvmlError::GpuLost)));
        set.release_events().unwrap();
    });
}

fn before_the_xid() -> Value {
    json!({ "gpus": [{ "uuid": "GPU-a" }, { "uuid": "GPU-b" }], "events": [{ "gpu": 0, "xid": 13 }] })
}

#[test]
fn other_events_are_not_supported() {
    alone("other_events_are_not_supported", &one(json!({})), |_| {
        let nvml = load();
        let gpu = nvml.device_by_index(0).unwrap();
        assert_eq!(xids(&gpu), EventTypes::CRITICAL_XID_ERROR);
        let refused = gpu.register_events(EventTypes::PSTATE_CHANGE, nvml.create_event_set().unwrap());
        assert!(matches!(refused.err().map(|e| e.error), Some(NvmlError::NotSupported)));
    });
}

#[test]
fn a_call_hangs_until_the_file_lets_it_go() {
    let hangs =
        json!({ "gpus": [{ "temperature": 45, "power_mw": 9 }], "hang": ["nvmlDeviceGetTemperature"] });
    alone("a_call_hangs_until_the_file_lets_it_go", &hangs, |file| {
        let nvml = load();
        let gpu = nvml.device_by_index(0).unwrap();
        assert_eq!(gpu.power_usage().unwrap(), 9, "only the named call hangs");
        thread::scope(|scope| {
            let (done, result) = mpsc::channel();
            scope.spawn(|| {
                // The receiver is gone only when the test has failed already.
                let _ = done.send(gpu.temperature(TemperatureSensor::Gpu));
                drop(done);
            });
            let early = result.recv_timeout(Duration::from_millis(200));
            file.write(&one(json!({ "temperature": 46 })));
            assert!(early.is_err(), "it should hang");
            let late = result.recv_timeout(Duration::from_secs(10)).unwrap();
            assert_eq!(late.unwrap(), 46);
        });
    });
}

#[test]
fn initialisation_is_counted() {
    alone("initialisation_is_counted", &one(json!({})), |_| {
        let (first, second) = (load(), load());
        first.shutdown().unwrap();
        assert_eq!(second.device_count().unwrap(), 1, "one user is left");
        second.shutdown().unwrap();
        assert_eq!(load().device_count().unwrap(), 1);
    });
}

#[test]
fn a_file_that_is_written_in_its_place_is_seen_at_the_next_call() {
    fn hot(degrees: u32) -> Value {
        one(json!({ "temperature": degrees }))
    }
    alone("a_file_that_is_written_in_its_place_is_seen_at_the_next_call", &hot(40), |file| {
        let nvml = load();
        let gpu = nvml.device_by_index(0).unwrap();
        let reads = || gpu.temperature(TemperatureSensor::Gpu).unwrap();
        // Long ago, so that what was read is kept.
        let settled = std::time::SystemTime::now() - Duration::from_secs(60);
        for degrees in 41..60 {
            let before = fs::File::options().write(true).open(&file.0).unwrap();
            before.set_modified(settled).unwrap();
            assert_eq!((reads(), reads()), (degrees - 1, degrees - 1));
            // Of the same length, twice within one tick of the file system's clock.
            fs::write(&file.0, hot(99).to_string()).unwrap();
            assert_eq!(reads(), 99);
            fs::write(&file.0, hot(degrees).to_string()).unwrap();
            assert_eq!(reads(), degrees);
        }
    });
}
