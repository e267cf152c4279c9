//! Settings and GPUs in the real window.

use std::time::Duration;

use harness::{
    desktop::{Home, WELL_GPU},
    eventually,
    process::program,
};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);

const SECRET: &str = "sk-window-0123456789abcdef";

#[tokio::test]
async fn a_key_is_pasted_once_and_a_gpu_is_shown() {
    let mut home = Home::new(None).await;
    let state = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(state.path(), WELL_GPU).unwrap();
    home.env("CHANGEOVER_NVML", &program("deps/libnvml_sim.so").display().to_string());
    home.env("NVML_SIM_STATE", &state.path().display().to_string());
    let desktop = home.open().await;

    desktop.go("settings").await;
    desktop.find("key-name").await.send_keys("window-test").await.unwrap();
    desktop.find("key-secret").await.send_keys(SECRET).await.unwrap();
    desktop.find("key-save").await.click().await.unwrap();
    let row =
        desktop.until_text("key-row-window-test", Duration::from_secs(10), |t| t.contains("cdef")).await;
    assert!(!row.contains(SECRET));
    assert_eq!(keyring::Entry::new("changeover", "window-test").unwrap().get_password().unwrap(), SECRET);
    assert!(!desktop.window.source().await.unwrap().contains(SECRET), "the page keeps the secret");
    let test = desktop.find("alert-test").await;
    // Into the middle: at the window's edge the word of the stored key may lie over it.
    test.scroll_into_view().await.unwrap();
    test.click().await.unwrap();
    desktop.find("alert-outcome").await;
    desktop.picture("settings").await;

    desktop.go("gpus").await;
    desktop.until_text("gpu-card-0", Duration::from_secs(10), |t| t.contains("NVIDIA Simulated")).await;
    desktop.picture("gpus").await;
    desktop.quit().await;
}

#[tokio::test]
async fn the_practice_chain_fails_over_by_its_switch() {
    let desktop = Home::new(None).await.open().await;
    desktop.find("practice-fail-gpu").await.click().await.unwrap();
    desktop.find("practice-send").await.click().await.unwrap();
    desktop.until_text("practice-answer", Duration::from_secs(10), |t| t.contains("second")).await;
    desktop.until_text("status-sentence", Duration::from_secs(5), |t| t.contains("tier 2")).await;
    desktop.picture("overview-practice").await;
    desktop.quit().await;
}

#[tokio::test]
async fn a_minimised_window_is_told_nothing_and_is_up_to_date_once_it_is_back() {
    let desktop = Home::new(None).await.open().await;
    desktop.until_text("status-sentence", PATIENCE, |t| t.contains("tier 1")).await;
    desktop.window.minimize_window().await.unwrap();
    let hidden = || async {
        let answer = desktop.window.execute("return document.hidden", vec![]).await.ok()?;
        answer.convert::<bool>().ok().filter(|hidden| *hidden)
    };
    eventually("the page is out of sight", PATIENCE, hidden).await;

    desktop.rpc("practice.set", json!({"name": "gpu", "failing": true})).await;
    assert_eq!(desktop.ask("practice").await, "second-gpu");
    let overview = desktop.rpc("overview", Value::Null).await;
    assert_eq!(overview["chains"][0]["serving"], "second-gpu");
    // Twice as long as the live state takes to a page that can be seen.
    tokio::time::sleep(Duration::from_secs(4)).await;
    let text = "return document.querySelector('[data-testid=status-sentence]').textContent";
    let shown = desktop.window.execute(text, vec![]).await.unwrap().convert::<String>().unwrap();
    assert!(shown.contains("tier 1"), "{shown}");

    desktop.window.set_window_rect(0, 0, 1280, 800).await.unwrap();
    desktop.until_text("status-sentence", PATIENCE, |t| t.contains("tier 2")).await;
    desktop.quit().await;
}
