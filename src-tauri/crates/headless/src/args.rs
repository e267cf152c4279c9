//! The command line's words.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand, ValueEnum};

/// What holds for every command, behind the list of them.
const AFTER_HELP: &str = "\
First steps:
  changeoverd serve                   practice with simulated servers; prints the address of the screens
  changeoverd check FILE              look a configuration file over
  changeoverd serve --config FILE     route by that file

Environment:
  CHANGEOVER_LOG=debug                say more in the log, on standard error
  CHANGEOVER_LOG_FORMAT=json          make each line of it a JSON object

Exit codes: 0 done, 1 failed, 2 wrong usage, 78 the configuration has errors";

/// Keeps an LLM endpoint answering: the fallback router and health monitor, without a window.
#[derive(Parser)]
#[command(name = "changeoverd", version, after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Folder of the database, the backups and the token [default: $XDG_DATA_HOME/changeover, else
    /// ~/.local/share/changeover].
    #[arg(long, global = true, value_name = "DIR", env = "CHANGEOVER_DATA", hide_env_values = true)]
    pub(crate) data: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Routes requests until it is told to stop, and serves the screens over HTTP.
    Serve(Serve),
    /// Looks a configuration file over. Exit code 78 when it has errors.
    Check {
        /// The file, YAML.
        file: PathBuf,
    },
    /// Makes a file the configuration of the running program.
    Import {
        /// The file, YAML.
        file: PathBuf,
        /// Why, for the list of revisions.
        #[arg(long, default_value = "imported from the command line")]
        note: String,
    },
    /// Prints the running program's configuration as YAML.
    Export,
    /// Lists the running program's incidents, newest first.
    Incidents {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Prints recovery times over a period.
    Report(Report),
    /// Writes a systemd unit for a model server (vLLM, llama.cpp, Ollama): restarted when it ends, started once it
    /// answers, watched while it runs.
    Unit {
        /// The server: `chain/tier@url`, its URL, or its tier where that has only one.
        replica: String,
        /// Read this configuration file instead of asking the running program.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Write to this file instead of standard output.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Says who answers for each chain, whether failover is armed, and which orders hold.
    Status {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    #[command(flatten)]
    Order(crate::orders::Order),
    /// Provider keys in the OS keyring, and keys for clients.
    #[command(subcommand)]
    Keys(Keys),
}

#[derive(clap::Args)]
pub(crate) struct Serve {
    /// Configuration file: the source of truth, read again whenever it changes.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Make sure that the practice chain of simulated servers is there.
    #[arg(long, conflicts_with = "config")]
    pub(crate) practice: bool,
    /// Where applications connect, whatever the configuration says; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = engine::listen_address)]
    pub(crate) listen: Option<SocketAddr>,
    /// Where the screens are served, whatever the configuration says; loopback only; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = engine::listen_address)]
    pub(crate) admin: Option<SocketAddr>,
}

#[derive(clap::Args)]
pub(crate) struct Report {
    /// How many days back.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=400))]
    pub(crate) days: u16,
    /// Of simulated chains instead of real ones.
    #[arg(long)]
    pub(crate) simulated: bool,
    /// The form.
    #[arg(long, value_enum, default_value = "json")]
    pub(crate) format: Format,
    /// Where it is written; standard output when left out.
    #[arg(long, short)]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    Html,
    Pdf,
    Csv,
    Json,
}

#[derive(Subcommand)]
pub(crate) enum Keys {
    /// Lists the provider keys, without their secrets.
    List,
    /// Stores a provider key in the OS keyring; the secret is read from standard input, not from the command line.
    Set {
        /// The name that tiers refer to: `keyring:NAME`.
        name: String,
    },
    /// Removes a provider key from the OS keyring.
    Delete {
        /// Its name.
        name: String,
    },
    /// Makes a key for a client, prints it once, and the lines for `endpoint.client_keys`.
    Client {
        /// A name for the client.
        name: String,
    },
}
