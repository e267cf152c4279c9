//! The simulated machine, as its file describes it. The crate's header documents the fields.

use std::{
    collections::HashMap,
    env,
    fs::{self, File, Metadata},
    io::{self, Read},
    os::unix::fs::MetadataExt,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, SystemTime},
};

use nvml_wrapper_sys::bindings::*;
use serde::Deserialize;

const MOST_GPUS: usize = 16;
const TRIES: u32 = 20;
const BETWEEN_TRIES: Duration = Duration::from_millis(10);
/// A file that was written less than this before it was read may be written once more without its time telling: file
/// systems stamp in steps of a few milliseconds.
const SETTLED: Duration = Duration::from_millis(100);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct State {
    pub(crate) driver: String,
    pub(crate) nvml: String,
    pub(crate) cuda: i32,
    pub(crate) init: Option<Error>,
    pub(crate) hang: Hang,
    pub(crate) gpus: Vec<Gpu>,
    pub(crate) events: Vec<Event>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            driver: "575.57.08".to_owned(),
            nvml: "12.575.57.08".to_owned(),
            cuda: 12_090,
            init: None,
            hang: Hang::default(),
            gpus: Vec::new(),
            events: Vec::new(),
        }
    }
}

impl State {
    /// What the file says; a half-written one gets a little time to become whole. It is taken apart anew only when it has
    /// changed, so that a call costs little more than it would in the driver's library.
    pub(crate) fn read() -> Result<Arc<Self>, Error> {
        let Some(path) = env::var_os("NVML_SIM_STATE") else { return Err(Error::DriverNotLoaded) };
        for _ in 0..TRIES {
            let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let stamp = fs::metadata(&path).map(|now| Stamp::of(&now)).ok();
            if let Some((_, state)) = known.filter(|(of, _)| Some(of) == stamp.as_ref()) {
                return Ok(state);
            }
            if let Some(state) = File::open(&path).ok().and_then(|file| Self::take(file).ok()) {
                return Ok(state);
            }
            thread::sleep(BETWEEN_TRIES);
        }
        Err(Error::Unknown)
    }

    fn take(mut file: File) -> io::Result<Arc<Self>> {
        // Its stamp is taken first: what is written while it is read changes it.
        let before = file.metadata()?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let state = Arc::new(serde_json::from_slice::<Self>(&text)?);
        if state.gpus.len() > MOST_GPUS {
            return Err(io::Error::other("too many GPUs"));
        }
        let age = SystemTime::now().duration_since(before.modified()?);
        if age.is_ok_and(|age| age > SETTLED) {
            let known = (Stamp::of(&before), Arc::clone(&state));
            *KNOWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
        }
        Ok(state)
    }
}

/// The file as it was last taken apart.
static KNOWN: Mutex<Option<(Stamp, Arc<State>)>> = Mutex::new(None);

/// Which file it was, and when and how long it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    length: u64,
    written: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(file: &Metadata) -> Self {
        Self {
            device: file.dev(),
            inode: file.ino(),
            length: file.len(),
            written: (file.mtime(), file.mtime_nsec()),
            changed: (file.ctime(), file.ctime_nsec()),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Hang {
    All(bool),
    Some(Vec<String>),
}

impl Default for Hang {
    fn default() -> Self {
        Self::All(false)
    }
}

impl Hang {
    pub(crate) fn holds(&self, function: &str) -> bool {
        match self {
            Self::All(all) => *all,
            Self::Some(functions) => functions.iter().any(|name| name == function),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Gpu {
    pub(crate) uuid: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) lost: bool,
    pub(crate) errors: HashMap<String, Error>,
    pub(crate) utilization: Option<Utilization>,
    pub(crate) memory: Option<Memory>,
    pub(crate) temperature: Option<u32>,
    pub(crate) temperature_slowdown: Option<u32>,
    pub(crate) temperature_shutdown: Option<u32>,
    pub(crate) power_mw: Option<u32>,
    pub(crate) power_limit_mw: Option<u32>,
    pub(crate) clocks: Clocks,
    pub(crate) max_clocks: Clocks,
    pub(crate) throttle_reasons: Option<u64>,
    pub(crate) performance_state: Option<u32>,
    pub(crate) ecc: Option<Ecc>,
    pub(crate) remapped_rows: Option<RemappedRows>,
    pub(crate) pages_pending: Option<bool>,
    pub(crate) recovery_action: Option<u32>,
    pub(crate) processes: Vec<Process>,
}

impl Gpu {
    pub(crate) fn uuid(&self, index: usize) -> String {
        self.uuid.clone().unwrap_or_else(|| format!("GPU-{index:08x}-0000-0000-0000-000000000000"))
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Utilization {
    pub(crate) gpu: u32,
    pub(crate) memory: u32,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Memory {
    pub(crate) total: u64,
    pub(crate) used: u64,
    #[serde(default)]
    pub(crate) reserved: u64,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Clocks {
    graphics: Option<u32>,
    sm: Option<u32>,
    memory: Option<u32>,
    video: Option<u32>,
}

impl Clocks {
    pub(crate) fn of(self, kind: nvmlClockType_t) -> Result<u32, Error> {
        let clock = match kind {
            nvmlClockType_enum_NVML_CLOCK_GRAPHICS => self.graphics,
            nvmlClockType_enum_NVML_CLOCK_SM => self.sm,
            nvmlClockType_enum_NVML_CLOCK_MEM => self.memory,
            nvmlClockType_enum_NVML_CLOCK_VIDEO => self.video,
            _ => return Err(Error::InvalidArgument),
        };
        clock.ok_or(Error::NotSupported)
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Ecc {
    pub(crate) volatile: EccTotals,
    pub(crate) aggregate: EccTotals,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EccTotals {
    pub(crate) corrected: u64,
    pub(crate) uncorrected: u64,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RemappedRows {
    pub(crate) corrected: u32,
    pub(crate) uncorrected: u32,
    pub(crate) pending: bool,
    pub(crate) failure: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) memory: Option<u64>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Event {
    pub(crate) gpu: usize,
    pub(crate) xid: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Error {
    Uninitialized,
    InvalidArgument,
    NotSupported,
    NoPermission,
    NotFound,
    /// Answers only to a buffer that is too small; no file can ask for it.
    #[serde(skip)]
    InsufficientSize,
    DriverNotLoaded,
    Timeout,
    IrqIssue,
    GpuIsLost,
    ResetRequired,
    LibRmVersionMismatch,
    InUse,
    NoData,
    #[serde(skip)]
    ArgumentVersionMismatch,
    Unknown,
}

impl Error {
    pub(crate) fn code(self) -> nvmlReturn_t {
        match self {
            Self::Uninitialized => nvmlReturn_enum_NVML_ERROR_UNINITIALIZED,
            Self::InvalidArgument => nvmlReturn_enum_NVML_ERROR_INVALID_ARGUMENT,
            Self::NotSupported => nvmlReturn_enum_NVML_ERROR_NOT_SUPPORTED,
            Self::NoPermission => nvmlReturn_enum_NVML_ERROR_NO_PERMISSION,
            Self::NotFound => nvmlReturn_enum_NVML_ERROR_NOT_FOUND,
            Self::InsufficientSize => nvmlReturn_enum_NVML_ERROR_INSUFFICIENT_SIZE,
            Self::DriverNotLoaded => nvmlReturn_enum_NVML_ERROR_DRIVER_NOT_LOADED,
            Self::Timeout => nvmlReturn_enum_NVML_ERROR_TIMEOUT,
            Self::IrqIssue => nvmlReturn_enum_NVML_ERROR_IRQ_ISSUE,
            Self::GpuIsLost => nvmlReturn_enum_NVML_ERROR_GPU_IS_LOST,
            Self::ResetRequired => nvmlReturn_enum_NVML_ERROR_RESET_REQUIRED,
            Self::LibRmVersionMismatch => nvmlReturn_enum_NVML_ERROR_LIB_RM_VERSION_MISMATCH,
            Self::InUse => nvmlReturn_enum_NVML_ERROR_IN_USE,
            Self::NoData => nvmlReturn_enum_NVML_ERROR_NO_DATA,
            Self::ArgumentVersionMismatch => nvmlReturn_enum_NVML_ERROR_ARGUMENT_VERSION_MISMATCH,
            Self::Unknown => nvmlReturn_enum_NVML_ERROR_UNKNOWN,
        }
    }
}
