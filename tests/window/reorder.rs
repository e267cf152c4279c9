//! The third tier is dragged above the second, with the mouse and with the keyboard; Undo brings the order back.

use std::time::Duration;

use harness::{
    desktop::{Desktop, Home},
    eventually,
};
use thirtyfour::{common::keys::Key, prelude::*};

/// Between two movements of the pointer: a hand is no faster.
const PAUSE: Duration = Duration::from_millis(60);

async fn order(desktop: &Desktop) -> Vec<String> {
    let rows = desktop.window.find_all(By::Css("[data-testid^='tier-row-']")).await.unwrap();
    let mut names = vec![];
    for row in rows {
        let id = row.attr("data-testid").await.ok().flatten().unwrap_or_default();
        names.push(id.trim_start_matches("tier-row-").to_owned());
    }
    names
}

async fn until_order(desktop: &Desktop, wanted: [&str; 3]) {
    eventually(&format!("the order {wanted:?}"), Duration::from_secs(10), || async {
        (order(desktop).await == wanted).then_some(())
    })
    .await;
}

#[tokio::test]
async fn tiers_are_reordered_by_mouse_and_keyboard_and_undone() {
    let desktop = Home::new(None).await.open().await;
    desktop.go("chains").await;
    until_order(&desktop, ["gpu", "second-gpu", "cpu"]).await;

    // By mouse: the third above the first, so that the next request shows it.
    let grip = desktop.find("tier-grip-cpu").await;
    let target = desktop.find("tier-row-gpu").await.rect().await.unwrap();
    let from = grip.rect().await.unwrap();
    let (x, y) = ((from.x + from.width / 2.0) as i64, (from.y + from.height / 2.0) as i64);
    let end = (target.y + 4.0) as i64;
    let mut drag =
        desktop.window.action_chain_with_delay(Some(PAUSE), Some(PAUSE)).move_to(x, y).click_and_hold();
    for step in 1..=6 {
        drag = drag.move_to(x, y + (end - y) * step / 6);
    }
    drag.release().perform().await.unwrap();
    until_order(&desktop, ["cpu", "gpu", "second-gpu"]).await;
    eventually("the next request follows the new order", Duration::from_secs(3), || async {
        (desktop.ask("practice").await == "cpu").then_some(())
    })
    .await;
    desktop.picture("chains-reordered").await;

    desktop.find("undo").await.click().await.unwrap();
    until_order(&desktop, ["gpu", "second-gpu", "cpu"]).await;
    eventually("the next request follows the old order", Duration::from_secs(3), || async {
        (desktop.ask("practice").await == "gpu").then_some(())
    })
    .await;

    // By keyboard: lift, up, drop.
    desktop.find("tier-grip-cpu").await.focus().await.unwrap();
    for key in [Key::Space, Key::Up, Key::Space] {
        desktop.window.action_chain().send_keys(key + "").perform().await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    until_order(&desktop, ["gpu", "cpu", "second-gpu"]).await;
    // It survives a restart.
    let desktop = desktop.quit().await.open().await;
    desktop.go("chains").await;
    until_order(&desktop, ["gpu", "cpu", "second-gpu"]).await;

    // By button.
    desktop.find("tier-up-second-gpu").await.click().await.unwrap();
    until_order(&desktop, ["gpu", "second-gpu", "cpu"]).await;
    desktop.quit().await;
}
