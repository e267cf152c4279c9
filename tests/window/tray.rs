//! The window is closed: routing goes on.

use std::time::Duration;

use harness::{desktop::Home, eventually};

#[tokio::test]
async fn routing_goes_on_after_the_window_is_closed() {
    let desktop = Home::new(None).await.open().await;
    desktop.find("status-sentence").await;
    let pid = desktop.pid().await.unwrap();
    // As the window manager's close button does.
    let search = tokio::process::Command::new("xdotool")
        .args(["search", "--pid", &pid.to_string(), "--onlyvisible", "--name", "Changeover"])
        .output();
    let found = String::from_utf8(search.await.unwrap().stdout).unwrap();
    let window = found.lines().next().expect("the window is on the screen").to_owned();
    assert!(
        tokio::process::Command::new("wmctrl").args(["-i", "-c", &window]).status().await.unwrap().success()
    );
    eventually("the window is gone", Duration::from_secs(10), || async {
        let search = tokio::process::Command::new("xdotool")
            .args(["search", "--onlyvisible", "--pid", &pid.to_string(), "--name", "Changeover"])
            .output();
        search.await.unwrap().stdout.is_empty().then_some(())
    })
    .await;
    for _ in 0..3 {
        assert!(["gpu", "second-gpu"].contains(&desktop.ask("practice").await.as_str()));
    }
    assert!(std::path::Path::new(&format!("/proc/{pid}")).exists());
    desktop.quit().await;
}
