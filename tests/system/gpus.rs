//! The GPUs page: through the real wrapper on a simulated libnvidia-ml, and without one the reason.

use std::time::Duration;

use harness::{Daemon, eventually, process::program};
use serde_json::Value;

#[tokio::test]
async fn without_a_gpu_the_reason_is_said() {
    let mut daemon = Daemon::new();
    daemon.arg("--practice");
    daemon.env("CHANGEOVER_NVML", "/nonexistent/libnvidia-ml.so.1");
    daemon.start().await;
    let page = eventually("a reason", Duration::from_secs(10), || async {
        let page = daemon.rpc("gpus", Value::Null).await.unwrap();
        page["reason"].is_string().then_some(page)
    })
    .await;
    assert_eq!(page["gpus"], Value::Array(vec![]));
    assert!(page["remedy"].is_string(), "{page}");
}

#[tokio::test]
async fn a_gpu_is_shown_and_its_fault_is_a_finding() {
    let mut daemon = Daemon::new();
    let state = daemon.path("gpu-state");
    std::fs::write(&state, harness::desktop::WELL_GPU).unwrap();
    daemon.arg("--practice");
    daemon.env("CHANGEOVER_NVML", &program("deps/libnvml_sim.so").display().to_string());
    daemon.env("NVML_SIM_STATE", &state.display().to_string());
    daemon.start().await;
    let gpu = eventually("a GPU", Duration::from_secs(10), || async {
        let page = daemon.rpc("gpus", Value::Null).await.unwrap();
        page["gpus"].get(0).cloned()
    })
    .await;
    assert_eq!(gpu["temperature"], 55.0);
    assert_eq!(gpu["findings"], Value::Array(vec![]));

    std::fs::write(&state, harness::desktop::LOST_GPU).unwrap();
    eventually("the fault is a finding", Duration::from_secs(10), || async {
        let page = daemon.rpc("gpus", Value::Null).await.unwrap();
        let fatal = page["gpus"][0]["findings"].as_array()?.iter().any(|f| f["fatal"] == true);
        fatal.then_some(())
    })
    .await;
}
