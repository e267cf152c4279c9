//! Where GPUs of other machines are watched.

/// Another machine whose DCGM exporter is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GpuHost {
    /// How it is called on the screens; GPUs on it are named `NAME/0` and so on.
    pub name: String,
    /// Its exporter's address, such as `http://gpu1:9400/metrics`.
    pub url: String,
}
