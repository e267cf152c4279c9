//! The window is closed to the tray and brought back from it: routing goes on, and nothing is left behind.

use std::time::Duration;

use harness::{
    desktop::{Desktop, Home, press_in_tray},
    eventually,
    process::{Tree, tree},
};
use serde_json::{Value, json};
use tokio::process::Command;

/// A window that opens starts a process of WebKit's and loads the screens; a busy machine takes its time.
const PATIENCE: Duration = Duration::from_secs(60);
/// By then every cache that is filled once is full.
const WARM: usize = 3;
/// How often the window is closed and brought back in all.
const TIMES: usize = 20;
/// What the sixteen times after that may add to the program's own memory, KiB; it is some 54 MiB.
const GROWTH: usize = 8 * 1024;

/// The program's windows on the screen, as the window manager numbers them.
async fn windows(pid: u32) -> Vec<String> {
    let found = Command::new("xdotool")
        .args(["search", "--onlyvisible", "--pid", &pid.to_string(), "--name", "Changeover"])
        .output()
        .await
        .unwrap();
    String::from_utf8(found.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// Closes the window as the window manager's button does, and waits until it is gone.
async fn close(pid: u32) {
    let window = eventually("the window is on the screen", PATIENCE, || async { windows(pid).await.pop() });
    let closed = Command::new("wmctrl").args(["-i", "-c", &window.await]).status().await.unwrap();
    assert!(closed.success());
    eventually("the window is gone", PATIENCE, || async { windows(pid).await.is_empty().then_some(()) })
        .await;
}

#[tokio::test]
async fn routing_goes_on_after_the_window_is_closed() {
    let desktop = Home::new(None).await.open().await;
    desktop.find("status-sentence").await;
    let pid = desktop.pid().await.unwrap();
    close(pid).await;
    for _ in 0..3 {
        assert!(["gpu", "second-gpu"].contains(&desktop.ask("practice").await.as_str()));
    }
    assert!(std::path::Path::new(&format!("/proc/{pid}")).exists());
    desktop.quit().await;
}

/// Closes the window, and waits until the processes that drew it are gone too.
async fn into_the_tray(pid: u32) -> Tree {
    close(pid).await;
    eventually("no process draws a page", PATIENCE, || async {
        let tree = tree(pid);
        (!tree.names.iter().any(|name| name.starts_with("WebKitWebProces"))).then_some(tree)
    })
    .await
}

async fn back(desktop: &Desktop, pid: u32) {
    assert!(press_in_tray(pid, "Open Changeover").await, "the menu opens the window");
    eventually("the new page is shown", PATIENCE, || desktop.in_newest_window()).await;
    desktop.find("status-sentence").await;
}

#[tokio::test]
async fn twenty_times_to_the_tray_and_back_leave_no_process_and_no_memory_behind() {
    let desktop = Home::new(None).await.open().await;
    desktop.find("status-sentence").await;
    let pid = desktop.pid().await.unwrap();
    let (mut closed, mut open) = (vec![], vec![]);
    for _ in 0..TIMES {
        closed.push(into_the_tray(pid).await);
        back(&desktop, pid).await;
        open.push(tree(pid));
    }
    assert_eq!(open[TIMES - 1].names, open[WARM].names);
    let (before, after) = (&closed[WARM], &closed[TIMES - 1]);
    assert_eq!(after.names, before.names);
    println!("closed, {} and {TIMES} times: {} KiB, {} KiB", WARM + 1, before.kib, after.kib);
    assert!(after.kib < before.kib + GROWTH, "{:?}", closed.iter().map(|tree| tree.kib).collect::<Vec<_>>());
    desktop.quit().await;
}

/// Presses an entry of the tray's menu once it is there.
async fn press(pid: u32, label: &str) {
    let pressed = || async { press_in_tray(pid, label).await.then_some(()) };
    eventually(&format!("the menu offers `{label}`"), PATIENCE, pressed).await;
}

#[tokio::test]
async fn an_order_of_the_trays_submenu_is_asked_about_in_the_window_and_then_holds() {
    let desktop = Home::new(None).await.open().await;
    desktop.find("status-sentence").await;
    let pid = desktop.pid().await.unwrap();
    press(pid, "Pin gpu for 1 h").await;
    desktop.find("order-why").await.send_keys("by the tray").await.unwrap();
    desktop.find("order-give").await.click().await.unwrap();
    let pin = eventually("the tier is pinned", PATIENCE, || async {
        desktop.rpc("orders", Value::Null).await["pins"].get(0).cloned()
    })
    .await;
    assert_eq!(
        (&pin["chain"], &pin["tier"], &pin["only"]),
        (&json!("practice"), &json!("gpu"), &json!(false))
    );
    let held = pin["until_ms"].as_i64().unwrap() - pin["given"]["at_ms"].as_i64().unwrap();
    assert!((held - 3_600_000).abs() < 10_000, "{pin}");
    assert_eq!(pin["given"]["why"], "by the tray");

    // With the window closed the entry opens one.
    into_the_tray(pid).await;
    press(pid, "Back to automatic (pinned to gpu)").await;
    // It is on the screen once its page is drawn; a command to a page that still loads would wait for half a minute.
    eventually("the window is on the screen", PATIENCE, || async { windows(pid).await.pop() }).await;
    eventually("the new page is shown", PATIENCE, || desktop.in_newest_window()).await;
    desktop.find("order-give").await.click().await.unwrap();
    eventually("nothing is pinned", PATIENCE, || async {
        desktop.rpc("orders", Value::Null).await["pins"].as_array()?.is_empty().then_some(())
    })
    .await;
    desktop.quit().await;
}
