//! `changeoverd serve`: start, say where, and stop when told.

use std::{io::IsTerminal, path::PathBuf, process::ExitCode};

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::{args::Serve, out};

pub(crate) fn run(data_dir: PathBuf, serve: Serve) -> anyhow::Result<ExitCode> {
    start_log();
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(workers()).enable_all().build().context("no runtime")?;
    let code = runtime.block_on(until_told(engine::Options {
        data_dir,
        config_file: serve.config,
        practice: serve.practice,
        listen: serve.listen,
        admin: serve.admin,
        nvml_library: None,
        version: env!("CARGO_PKG_VERSION"),
        desktop: false,
    }))?;
    // A call that hangs in a driver must not keep the process.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    Ok(code)
}

/// Half of the cores: a request costs so little that more threads would mostly wake one another, and the model servers
/// beside this program want the rest.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1))
}

/// `CHANGEOVER_LOG` is a filter as in `info,gateway=debug`; `CHANGEOVER_LOG_FORMAT=json` makes a line a JSON object.
fn start_log() {
    let filter = EnvFilter::try_from_env("CHANGEOVER_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal();
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr);
    if std::env::var("CHANGEOVER_LOG_FORMAT").is_ok_and(|f| f == "json") {
        log.json().init();
    } else {
        log.with_target(false).init();
    }
}

async fn until_told(options: engine::Options) -> anyhow::Result<ExitCode> {
    let mut hangup = signal(SignalKind::hangup())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let started = engine::Engine::start(options).await;
    let engine = match started {
        Ok(engine) => engine,
        Err(error) => {
            out::error(&format!("changeoverd: {error}"));
            return Ok(ExitCode::from(error.exit_code()));
        }
    };
    announce(&engine);
    loop {
        tokio::select! {
            _ = hangup.recv() => engine.reload().await,
            _ = terminate.recv() => break,
            _ = tokio::signal::ctrl_c() => break,
        }
    }
    tracing::info!("stopping; running answers may take a little longer");
    engine.shutdown().await;
    Ok(ExitCode::SUCCESS)
}

fn announce(engine: &engine::Engine) {
    let addresses = engine.addresses();
    out::line(&format!("Applications connect to {}", addresses.endpoint));
    match addresses.screens {
        Some(screens) => out::line(&format!("The screens are at {screens}")),
        None => out::line("The screens are not served; see the log."),
    }
    out::line("Ctrl+C stops it.");
}
