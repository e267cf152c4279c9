//! Changeover's desktop program: a window and a tray icon around the engine.
//!
//! Nothing is decided here. What the screens ask for goes to the engine as it is, and `changeoverd` runs the same
//! engine without this crate. For Linux: WebKitGTK and a StatusNotifier tray.

mod commands;
mod environment;
mod failure;
mod instance;
mod options;
mod shell;
mod tray;
mod window;

use std::{io::IsTerminal, process::ExitCode};

use anyhow::Context;
use clap::Parser;
use engine::Engine;
use futures::StreamExt;
use tauri::{AppHandle, Manager, RunEvent, async_runtime};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::{options::Options, shell::Shell, tray::Tray};

/// The exit code of a failure that has none of its own.
const FAILED: u8 = 1;

fn main() -> ExitCode {
    environment::prepare();
    let options = Options::parse();
    log_to_stderr();
    if let Err(error) = gtk::init() {
        failure::tell(&format!("there is no display ({error}); without one, run: changeoverd serve"), false);
        return ExitCode::from(FAILED);
    }
    match start(options) {
        Ok(app) => {
            app.run(on_event);
            ExitCode::SUCCESS
        }
        Err((code, message)) => {
            failure::tell(&message, true);
            ExitCode::from(code)
        }
    }
}

fn log_to_stderr() {
    let filter =
        EnvFilter::try_from_env("CHANGEOVER_LOG").unwrap_or_else(|_| EnvFilter::new("info,zbus=warn"));
    let output = std::io::stderr;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(output().is_terminal())
        .with_writer(output)
        .init();
}

/// Everything that can fail, in order; afterwards the program only runs.
fn start(options: Options) -> Result<tauri::App, (u8, String)> {
    let failed = |error: anyhow::Error| (FAILED, format!("{error:#}"));
    let data = options.data.clone().map_or_else(engine::default_data_dir, Ok);
    let data = data.map_err(|error| (error.exit_code(), error.to_string()))?;
    // Ends the process when another one has the data folder already; that one then shows its window.
    let app = build(&instance::bus_name(&data)).map_err(failed)?;
    let engine = async_runtime::block_on(Engine::start(engine::Options {
        data_dir: data.clone(),
        config_file: options.config.clone(),
        practice: options.practice,
        listen: options.listen,
        admin: options.admin,
        nvml_library: None,
        version: env!("CARGO_PKG_VERSION"),
        desktop: true,
    }))
    .map_err(|error| (error.exit_code(), error.to_string()))?;
    let tray = Tray::new(app.handle()).context("the tray icon could not be made").map_err(failed)?;
    app.manage(Shell::new(engine, data, tray));
    app.manage(options);
    Ok(app)
}

fn build(bus_name: &str) -> anyhow::Result<tauri::App> {
    let again = tauri_plugin_single_instance::Builder::new()
        .dbus_id(bus_name)
        .callback(|app, arguments, _| {
            // The first start may not be ready yet; it opens its window by itself.
            if options::wants_window(&arguments) && app.try_state::<Shell>().is_some() {
                window::open(app, None);
            }
        })
        .build();
    tauri::Builder::default()
        .plugin(again)
        .invoke_handler(tauri::generate_handler![
            commands::rpc,
            commands::subscribe,
            commands::unsubscribe,
            commands::save_file,
            commands::painted
        ])
        .build(tauri::generate_context!())
        .context("the window system refused the program")
}

fn on_event(app: &AppHandle, event: RunEvent) {
    match event {
        RunEvent::Ready => {
            let shell = app.state::<Shell>();
            shell.spawn(follow_state(app.clone()));
            shell.spawn(follow_alerts(app.clone()));
            shell.spawn(follow_signals(app.clone()));
            shell.spawn(first_window(app.clone()));
        }
        // The last window is gone: the router stays. Only a quit has a code.
        RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
        _ => {}
    }
}

/// Opens the window, unless the program was asked to start in the tray and can be reached there.
async fn first_window(app: AppHandle) {
    let hidden = app.state::<Options>().hidden;
    if hidden && zbus::Connection::session().await.is_ok() {
        tracing::info!("started without a window; starting the program again opens it");
        return;
    }
    window::open(&app, None);
}

async fn follow_state(app: AppHandle) {
    let shell = app.state::<Shell>();
    if let Some(tray) = &shell.tray {
        tray.follow(shell.engine.subscribe()).await;
    }
}

/// A click on a notification shows its incident.
async fn follow_alerts(app: AppHandle) {
    let mut clicks = std::pin::pin!(app.state::<Shell>().engine.on_alert_click());
    while let Some(incident) = clicks.next().await {
        window::open(&app, Some(&format!("/incidents/{incident}")));
    }
}

/// The session's end and Ctrl+C quit as the menu does; a hangup reads the configuration file again.
async fn follow_signals(app: AppHandle) {
    let signals = [SignalKind::hangup(), SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    let [Ok(mut hangup), Ok(mut terminate), Ok(mut interrupt)] = signals else {
        tracing::warn!("signals cannot be received; quit through the tray's menu");
        return;
    };
    loop {
        tokio::select! {
            _ = hangup.recv() => app.state::<Shell>().engine.reload().await,
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
        }
    }
    tracing::info!("stopping; running answers may take a little longer");
    shell::quit(&app);
}
