//! A fatal Xid moves traffic away before a single request fails: measured from the moment the driver reports it.

use std::time::Duration;

use harness::{Daemon, ServerProcess, daemon::header, process::program};
use serde_json::{Value, json};
use tokio::time::Instant;

const SOON: Duration = Duration::from_secs(30);

fn gpu(more: &Value) -> Value {
    let mut state: Value = serde_json::from_str(harness::desktop::WELL_GPU).unwrap();
    for (key, value) in more.as_object().unwrap() {
        state["gpus"][0][key] = value.clone();
    }
    state
}

async fn over_before_a_request_fails(
    bind: &dyn Fn(&str) -> String,
    processes: bool,
    fault: &dyn Fn(Value) -> Value,
) {
    let first = ServerProcess::saying("from the first").await;
    // A process of its own too: a server in the test's own process would be the first's parent, and share its GPU.
    let second = ServerProcess::saying("from the second").await;
    let mut daemon = Daemon::new();
    let state = daemon.path("gpu-state");
    let write = |value: &Value| {
        let beside = state.with_extension("new");
        std::fs::write(&beside, value.to_string()).unwrap();
        std::fs::rename(beside, &state).unwrap();
    };
    let well = if processes {
        gpu(&json!({ "processes": [{ "pid": first.pid(), "memory": 1_073_741_824 }] }))
    } else {
        gpu(&json!({}))
    };
    write(&well);
    daemon.write_config(&format!(
        "version: 1
chains:
  - name: chat
    tiers:
      - {{ name: first, provider: vllm, model: m, replicas: [{{ {} }}], load: {{ watch: false }} }}
      - {{ name: second, provider: other, model: m, url: '{}' }}
",
        bind(&first.url()),
        second.url()
    ));
    daemon.env("CHANGEOVER_NVML", &program("deps/libnvml_sim.so").display().to_string());
    daemon.env("NVML_SIM_STATE", &state.display().to_string());
    daemon.start().await;
    let bound = |c: &Value| c["tiers"][0]["replicas"][0]["gpus"].as_array().is_some_and(|g| !g.is_empty());
    daemon.until_chain("chat", "the GPU is bound to its server", SOON, bound).await;
    assert_eq!(daemon.ask("chat").await.1, "first");

    write(&fault(well));
    let began = Instant::now();
    let mut asked = 0;
    loop {
        let response = daemon.chat("chat", false).await;
        // The server itself is well: no try may fail, before and after.
        assert_eq!(
            (response.status().as_u16(), header(&response, "x-changeover-attempts").as_str()),
            (200, "1")
        );
        asked += 1;
        if header(&response, "x-changeover-tier") == "second" {
            break;
        }
        assert!(began.elapsed() < SOON, "traffic stays on a failed GPU");
    }
    println!(
        "moved {} ms after the fault was reported, {asked} requests asked meanwhile",
        began.elapsed().as_millis()
    );
    let incident = harness::eventually("an incident of the GPU", SOON, || async {
        daemon.incidents().await.into_iter().find(|i| i["kind"] == "gpu")
    })
    .await;
    assert_eq!((&incident["tier"], &incident["failed"]), (&json!("first"), &json!(0)));
}

#[tokio::test]
async fn a_fatal_xid_moves_traffic_before_a_request_fails() {
    let url = |url: &str| format!("url: '{url}'");
    let xid = |mut state: Value| {
        state["events"] = json!([{ "gpu": 0, "xid": 95 }]);
        state
    };
    over_before_a_request_fails(&url, true, &xid).await;
}

#[tokio::test]
async fn a_lost_gpu_that_was_bound_by_hand_moves_traffic_before_a_request_fails() {
    let url = |url: &str| format!("url: '{url}', gpus: [GPU-11111111-0000-0000-0000-000000000000]");
    let lost = |_: Value| serde_json::from_str(harness::desktop::LOST_GPU).unwrap();
    over_before_a_request_fails(&url, false, &lost).await;
}

/// The values of a chart around an incident, those that were measured.
fn values(around: &Value, metric: &str) -> Vec<f64> {
    let charts = around["charts"].as_array().unwrap();
    let chart = charts.iter().find(|c| c["metric"] == metric);
    let lines = chart.and_then(|c| c["series"]["lines"].as_array()).cloned().unwrap_or_default();
    lines.iter().flat_map(|l| l["values"].as_array().unwrap()).filter_map(Value::as_f64).collect()
}

#[tokio::test]
async fn an_incident_of_a_gpu_shows_its_heat_and_power_around_the_moment() {
    let (first, second) = (ServerProcess::saying("one").await, ServerProcess::saying("two").await);
    let mut daemon = Daemon::new();
    let state = daemon.path("gpu-state");
    let write = |value: &Value| {
        let beside = state.with_extension("new");
        std::fs::write(&beside, value.to_string()).unwrap();
        std::fs::rename(beside, &state).unwrap();
    };
    write(&gpu(&json!({})));
    daemon.write_config(&format!(
        "version: 1
chains:
  - name: chat
    tiers:
      - name: first
        provider: vllm
        model: m
        load: {{ watch: false }}
        replicas: [{{ url: '{}', gpus: [GPU-11111111-0000-0000-0000-000000000000] }}]
      - {{ name: second, provider: other, model: m, url: '{}' }}
",
        first.url(),
        second.url()
    ));
    daemon.env("CHANGEOVER_NVML", &program("deps/libnvml_sim.so").display().to_string());
    daemon.env("NVML_SIM_STATE", &state.display().to_string());
    daemon.start().await;
    let of_gpus = |metric: &str| json!({"metric": metric, "range_ms": 60_000, "points": 60});
    harness::eventually("the GPU was measured while it was well", SOON, || async {
        let series = daemon.rpc("series", of_gpus("gpu_temperature")).await.unwrap();
        let measured = series["lines"][0]["values"].as_array()?.iter().any(|v| *v == 55.0);
        measured.then_some(())
    })
    .await;

    // Hot and at its power limit first, then a fault of its memory under that load.
    let hot = json!({"temperature": 94, "power_mw": 690_000, "utilization": {"gpu": 100, "memory": 70}});
    write(&gpu(&hot));
    harness::eventually("the GPU is hot", SOON, || async {
        let page = daemon.rpc("gpus", Value::Null).await.unwrap();
        (page["gpus"][0]["temperature"] == 94.0).then_some(())
    })
    .await;
    let mut failed = gpu(&hot);
    failed["events"] = json!([{ "gpu": 0, "xid": 95 }]);
    write(&failed);
    let incident = harness::eventually("an incident of the GPU", SOON, || async {
        daemon.incidents().await.into_iter().find(|i| i["kind"] == "gpu")
    })
    .await;
    let around = daemon.rpc("incident.around", json!({"id": incident["id"]})).await.unwrap();
    let heat = values(&around, "gpu_temperature");
    assert!(heat.contains(&55.0) && heat.contains(&94.0), "{heat:?}");
    let power = values(&around, "gpu_power");
    assert!(power.contains(&120.0) && power.contains(&690.0), "{power:?}");
    let chart =
        |metric: &str| around["charts"].as_array().unwrap().iter().find(|c| c["metric"] == metric).cloned();
    let series = chart("gpu_power").unwrap()["series"].clone();
    assert_eq!((&series["lines"][0]["name"], &series["lines"][0]["unit"]), (&json!("GPU 0"), &json!("W")));
    let marks = series["marks"].as_array().unwrap();
    assert!(marks.iter().any(|m| m["label"].as_str().unwrap().contains("failover to second")), "{marks:?}");
}
