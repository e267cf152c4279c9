//! Desktop notifications from a process of its own, because the address of the session bus is the process's.

use std::{env, process::Command};

use domain::event::AlertStep;
use operations::alerts::{Facts, Notice, Notifier, desktop::Desktop};
use tokio::sync::broadcast;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

const CHILD: &str = "DESKTOP_TEST_CHILD";

/// Not a test of its own: sends one notification and says how it fared.
#[tokio::test]
async fn the_other_process() {
    if env::var_os(CHILD).is_none() {
        return;
    }
    let desktop = Desktop::new(broadcast::channel(1).0, TaskTracker::new(), CancellationToken::new());
    let notice = Notice {
        incident: Some(1),
        title: "chat: gpu -> cpu".to_owned(),
        body: "Error: <b>connection</b> refused & more".to_owned(),
        urgent: true,
        step: AlertStep::Opened,
        severity: None,
        round: 0,
        facts: Facts::default(),
    };
    match desktop.send(&notice).await {
        Ok(()) => println!("fared: sent"),
        Err(error) => println!("fared: {error}"),
    }
}

#[test]
fn without_a_session_bus_the_error_says_what_to_do() {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "the_other_process", "--nocapture"])
        .env(CHILD, "1")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("fared: the session bus cannot be reached: start Changeover from within"),
        "{text}"
    );
}
