//! `changeoverd`: the engine without a window, and the command line.

mod args;
mod client;
mod commands;
mod keys;
mod orders;
mod out;
mod serve;
mod status;
mod unit;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

use args::{Args, Command};

/// A request makes some hundred small allocations: this allocator takes a third of the system's time for them. Without
/// huge pages (see its feature in `Cargo.toml`) it also keeps less of the memory of a thousand streams.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Exit code for a configuration with errors (`EX_CONFIG` of sysexits.h).
const BAD_CONFIG: u8 = 78;

fn main() -> ExitCode {
    // clap ends with 2 for wrong usage by itself.
    let args = Args::parse();
    match run(args) {
        Ok(code) => code,
        Err(error) => {
            out::error(&format!("changeoverd: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> anyhow::Result<ExitCode> {
    if let Command::Check { file } = args.command {
        return commands::check(&file);
    }
    let data = args.data.map_or_else(engine::default_data_dir, Ok)?;
    match args.command {
        Command::Serve(options) => serve::run(data, options),
        Command::Check { file } => commands::check(&file),
        Command::Import { file, note } => commands::import(&data, &file, &note),
        Command::Export => commands::export(&data),
        Command::Incidents { json } => commands::incidents(&data, json),
        Command::Report(options) => commands::report(&data, &options),
        Command::Status { json } => status::run(&data, json),
        Command::Order(order) => orders::run(&data, order),
        Command::Unit { replica, config, output } => {
            unit::unit(&data, &replica, config.as_deref(), output.as_ref())
        }
        Command::Keys(command) => keys::run(&data, command),
    }
}
