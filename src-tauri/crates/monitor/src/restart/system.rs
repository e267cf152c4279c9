//! The two ways to start a server: systemd over D-Bus, and a command.

use std::{process::Stdio, time::Duration};

use domain::restart::How;
use futures::future::BoxFuture;
use tokio::{process::Command, time::timeout};

use super::Starter;

/// A bus that does not answer by then does not answer at all.
const BUS: Duration = Duration::from_secs(20);

/// Starts servers through this machine's systemd or with commands.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemStarter;

impl Starter for SystemStarter {
    fn start<'a>(&'a self, how: &'a How) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            match how {
                How::Unit { name, user } => timeout(BUS, restart_unit(name, *user))
                    .await
                    .unwrap_or_else(|_| Err(format!("systemd did not answer within {} s", BUS.as_secs()))),
                How::Command(argv) => run(argv).await,
            }
        })
    }
}

async fn restart_unit(name: &str, user: bool) -> Result<(), String> {
    let bus = if user { zbus::Connection::session().await } else { zbus::Connection::system().await };
    let bus = bus
        .map_err(|e| format!("the {} bus cannot be reached: {e}", if user { "session" } else { "system" }))?;
    let (whom, path) = ("org.freedesktop.systemd1", "/org/freedesktop/systemd1");
    let manager = Some("org.freedesktop.systemd1.Manager");
    let call = bus.call_method(Some(whom), path, manager, "RestartUnit", &(name, "replace")).await;
    call.map(drop).map_err(|e| format!("systemd refused to restart {name}: {e}"))
}

/// Runs a command to its end. It is killed when the future is dropped.
async fn run(argv: &[String]) -> Result<(), String> {
    let Some((program, arguments)) = argv.split_first() else { return Err("no command is given".into()) };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let status = command.status().await.map_err(|e| format!("{program} cannot be run: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{program} ended with {status}")) }
}
