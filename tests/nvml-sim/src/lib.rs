//! A simulated `libnvidia-ml`, for machines without a GPU and for faults that no real GPU shows on demand.
//!
//! It is loaded like the real library (`Nvml::builder().lib_path(..)`) and takes its state from the JSON file that the
//! environment variable `NVML_SIM_STATE` names. It looks **at each call** whether the file has changed, so that a test
//! can change the hardware while the program runs. Replace the file by writing another one beside it and renaming it: a file that cannot be
//! parsed for 200 ms makes the call fail with `NVML_ERROR_UNKNOWN`.
//!
//! ```json
//! {
//!   "driver": "575.57.08",
//!   "init": "driver_not_loaded",
//!   "hang": ["nvmlDeviceGetTemperature"],
//!   "gpus": [
//!     {
//!       "uuid": "GPU-11111111-0000-0000-0000-000000000000",
//!       "name": "NVIDIA Simulated 80GB",
//!       "lost": false,
//!       "errors": { "nvmlDeviceGetPowerUsage": "no_permission" },
//!       "utilization": { "gpu": 40, "memory": 10 },
//!       "memory": { "total": 85899345920, "used": 1073741824, "reserved": 0 },
//!       "temperature": 45, "temperature_slowdown": 92, "temperature_shutdown": 95,
//!       "power_mw": 120000, "power_limit_mw": 700000,
//!       "clocks": { "graphics": 1980, "sm": 1980, "memory": 2619, "video": 1545 },
//!       "max_clocks": { "graphics": 1980, "sm": 1980, "memory": 2619, "video": 1545 },
//!       "throttle_reasons": 0,
//!       "performance_state": 0,
//!       "ecc": {
//!         "volatile": { "corrected": 0, "uncorrected": 0 },
//!         "aggregate": { "corrected": 0, "uncorrected": 0 }
//!       },
//!       "remapped_rows": { "corrected": 0, "uncorrected": 0, "pending": false, "failure": false },
//!       "pages_pending": false,
//!       "recovery_action": 0,
//!       "processes": [{ "pid": 4242, "name": "/usr/bin/vllm", "memory": 1073741824 }]
//!     }
//!   ],
//!   "events": [{ "gpu": 0, "xid": 79 }]
//! }
//! ```
//!
//! Everything may be left out; what is not there does as on a healthy machine, except that a reading that is left
//! out of a GPU is `not_supported` by it. Unknown fields are an error.
//!
//! | field | meaning |
//! |---|---|
//! | `driver` | the driver's version; `nvml` the library's, `cuda` CUDA's as a number (12090 is 12.9) |
//! | `init` | the error that initialisation ends in |
//! | `hang` | `true`: no call returns; a list: these functions do not. They return once the file says otherwise |
//! | `gpus` | at most 16. Their place is their index, and their handle stays valid as long as it exists |
//! | `lost` | the GPU fell off the bus: each call about it fails with `gpu_is_lost`; it is still counted |
//! | `errors` | by function, the error it ends in for this GPU |
//! | memory, power, clocks, temperature | bytes, milliwatts, megahertz, degrees Celsius |
//! | `throttle_reasons` | the bit mask of `nvmlClocksThrottleReasons*` (0x40: hardware thermal slowdown) |
//! | `ecc` | totals since the driver was loaded (`volatile`) and ever (`aggregate`); `null`: ECC is off |
//! | `recovery_action` | what the driver asks for: 0 nothing, 1 reset the GPU, 2 reboot, 3 drain peers, 4 drain and reset |
//! | `processes` | of the compute kind; `memory` may be left out, as the driver does without permission |
//! | `events` | **append to it**: a new entry is delivered once to each event set that existed before it |
//!
//! Errors are named as in `nvml.h`, without prefix and in lower case: `uninitialized`, `invalid_argument`,
//! `not_supported`, `no_permission`, `not_found`, `driver_not_loaded`, `timeout`, `irq_issue`, `gpu_is_lost`,
//! `reset_required`, `lib_rm_version_mismatch`, `in_use`, `no_data`, `unknown`.
//!
//! A package whose tests load it names it among its dev-dependencies, so that it is built before them; the file is
//! then `libnvml_sim.so` in the folder of the test's own executable.
//!
//! Functions that are not here are missing symbols, which nvml-wrapper reports as an error of that one call.

#![allow(non_snake_case, non_upper_case_globals, reason = "functions and constants have the names of nvml.h")]

mod call;
mod device;
mod events;
mod state;
mod system;
