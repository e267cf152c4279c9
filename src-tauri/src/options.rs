//! The desktop program's command line. The names are those of `changeoverd serve`.

use std::{net::SocketAddr, path::PathBuf};

use clap::Parser;

/// Keeps an LLM endpoint answering: the desktop program.
#[derive(Clone, Debug, Parser)]
#[command(name = "changeover", version)]
pub struct Options {
    /// Start in the tray, without a window.
    #[arg(long)]
    pub hidden: bool,
    /// Configuration file: the source of truth, read again whenever it changes.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Keep the database in this folder [default: $XDG_DATA_HOME/changeover, else ~/.local/share/changeover].
    #[arg(long, value_name = "DIR", env = "CHANGEOVER_DATA")]
    pub data: Option<PathBuf>,
    /// Make sure that the practice chain of simulated servers is there.
    #[arg(long, conflicts_with = "config")]
    pub practice: bool,
    /// Where applications connect, whatever the configuration says; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = engine::listen_address)]
    pub listen: Option<SocketAddr>,
    /// Where the screens are served, whatever the configuration says; loopback only; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = engine::listen_address)]
    pub admin: Option<SocketAddr>,
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
