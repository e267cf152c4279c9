//! What the program is started with, and why it may not start.

use std::{net::SocketAddr, path::PathBuf};

use contract::{Problem, Severity};

/// What the program is started with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Folder of the database, the backups and the token.
    pub data_dir: PathBuf,
    /// The configuration file that is the source of truth, if one is.
    pub config_file: Option<PathBuf>,
    /// Make sure that the practice chain is there.
    pub practice: bool,
    /// Where applications connect, whatever the configuration says.
    pub listen: Option<SocketAddr>,
    /// Where the screens are served, whatever the configuration says.
    pub admin: Option<SocketAddr>,
    /// Another libnvidia-ml than the system's.
    pub nvml_library: Option<PathBuf>,
    /// The program's version.
    pub version: &'static str,
    /// Whether a window shows problems: a taken port is then shown and waited for instead of ending the start.
    pub desktop: bool,
}

/// Why the program does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be used.
    #[error("{0}")]
    Data(String),
    /// The configuration has errors.
    #[error("the configuration has errors:\n{}", lines(.0))]
    Config(Vec<Problem>),
    /// An address cannot be listened on.
    #[error("{0}")]
    Port(String),
}

/// A line for each error; warnings forbid nothing.
fn lines(problems: &[Problem]) -> String {
    let errors = problems.iter().filter(|p| p.severity == Severity::Error);
    errors.map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl StartError {
    /// The exit code for it: 78 for a bad configuration, else 1.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) => 78,
            Self::Data(_) | Self::Port(_) => 1,
        }
    }
}

/// Where data is kept when nothing else is said: `$XDG_DATA_HOME/changeover`, else `~/.local/share/changeover`.
///
/// # Errors
/// The environment names neither; the message says what to do.
pub fn default_data_dir() -> Result<PathBuf, StartError> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let share = folder("XDG_DATA_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/share")));
    share.map(|share| share.join("changeover")).ok_or_else(|| {
        StartError::Data("no folder to keep data in: HOME is not set; name one with --data DIR".into())
    })
}

/// An address to listen on, as it is written on the command line.
///
/// # Errors
/// It is none; the message says what one looks like.
pub fn listen_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "write an IP address and a port, such as 127.0.0.1:4747".to_owned())
}
