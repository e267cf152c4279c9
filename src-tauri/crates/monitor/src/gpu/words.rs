//! Why there are no GPUs to see, in words, and what to do about it.

use nvml_wrapper::error::NvmlError;

/// Why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub reason: String,
    pub remedy: String,
}

impl Trouble {
    fn new(reason: impl Into<String>, remedy: &str) -> Self {
        Self { reason: reason.into(), remedy: remedy.into() }
    }

    /// A call that does not return.
    pub(crate) fn hangs() -> Self {
        Self::new(
            "The NVIDIA driver does not answer: a call has not returned for 3 seconds.",
            "Run nvidia-smi: if it hangs too, look for NVRM lines in the kernel log (dmesg) and reboot the host.",
        )
    }

    pub(crate) fn no_gpu() -> Self {
        Self::new(
            "The NVIDIA driver is loaded, and reports no GPU.",
            "Check that the GPU is seated and powered (lspci | grep -i nvidia), and that this container may use it.",
        )
    }
}

/// What an error of the driver's library means to an operator.
pub(crate) fn trouble(error: &NvmlError) -> Trouble {
    use NvmlError as E;
    match error {
        E::LibloadingError(_) | E::LibraryNotFound => Trouble::new(
            "No NVIDIA driver library (libnvidia-ml.so.1) was found on this machine.",
            "Without an NVIDIA GPU there is nothing to do. With one, install NVIDIA's driver; in a container, start it with the NVIDIA Container Toolkit.",
        ),
        E::DriverNotLoaded => Trouble::new(
            "The NVIDIA driver is not loaded.",
            "Load it (sudo modprobe nvidia) or reboot, and look for NVRM lines in the kernel log.",
        ),
        E::LibRmVersionMismatch => Trouble::new(
            "The NVIDIA driver was updated: its library and its kernel module are of different versions.",
            "Reboot the host, or unload and load the nvidia kernel modules while nothing uses the GPU.",
        ),
        E::NoPermission => Trouble::new(
            "This user may not talk to the NVIDIA driver.",
            "Give the user access to /dev/nvidiactl and /dev/nvidia0 (often the groups video or render).",
        ),
        E::FailedToLoadSymbol(_) | E::FunctionNotFound => Trouble::new(
            format!("The NVIDIA driver library is too old or damaged: {error}."),
            "Update NVIDIA's driver.",
        ),
        E::OperatingSystem => Trouble::new(
            "The operating system blocks access to the GPU.",
            "In a container, allow the NVIDIA devices; under a service manager, check its device rules.",
        ),
        E::GpuLost | E::ResetRequired | E::IrqIssue | E::InsufficientPower => Trouble::new(
            format!("The NVIDIA driver cannot reach a GPU: {error}."),
            "Check its power cables, then reset the GPU or power the host off and on.",
        ),
        _ => Trouble::new(
            format!("The NVIDIA driver reported an error: {error}."),
            "Run nvidia-smi and look for NVRM lines in the kernel log.",
        ),
    }
}
