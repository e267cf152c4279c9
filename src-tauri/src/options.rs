//! The desktop program's command line. The names are those of `changeoverd serve`.

use std::path::PathBuf;

use clap::Parser;

/// Keeps an LLM endpoint answering: the desktop program.
#[derive(Clone, Debug, Parser)]
#[command(name = "changeover", version)]
pub struct Options {
    /// Start in the tray, without a window.
    #[arg(long)]
    pub hidden: bool,
    /// Take the configuration from this YAML file, and follow its changes.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Keep the database in this folder [default: $XDG_DATA_HOME/changeover].
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Add the practice chain of simulated tiers.
    #[arg(long)]
    pub practice: bool,
    /// Load this NVML library instead of the driver's own.
    #[arg(long, value_name = "FILE", env = "CHANGEOVER_NVML_LIBRARY", hide = true)]
    pub nvml_library: Option<PathBuf>,
}

/// Whether a start with these arguments asks for a window. A second start hands its arguments to the first.
pub fn wants_window(arguments: &[String]) -> bool {
    !arguments.iter().any(|argument| argument == "--hidden")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_start_opens_the_window_unless_hidden() {
        assert!(wants_window(&["changeover".into()]));
        assert!(!wants_window(&["changeover".into(), "--hidden".into()]));
    }

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Options::command().debug_assert();
    }
}
