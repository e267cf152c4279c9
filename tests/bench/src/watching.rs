//! What watching alone costs: 200 replicas of a serving engine, checked every 10 s and asked for their figures every 5 s, and 16
//! GPUs sampled once a second, with no request at all. The GPUs are simulated by a library inside the measured process, which
//! looks at a file at each call: what the threads that call it take is in the figure, and is shown beside it.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, ensure};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::sleep,
};

use crate::proc;

const CHAINS: usize = 10;
const REPLICAS: usize = 20;
const GPUS: usize = 16;
/// First checks and first readings are over by then.
const WARM_UP: Duration = Duration::from_secs(15);
const MEASURED: Duration = Duration::from_secs(30);
/// What the figures are held against, percent of a core and MiB.
const BARS: (f64, u64) = (3.0, 60);
/// How the names of the threads begin that call the driver's library.
const DRIVER_THREADS: &str = "gpu-";
/// Lines of a serving engine's page beside those that are read: vLLM shows some 56 KB.
const FILLING: usize = 560;

/// Measures it with GPUs and without.
pub async fn measure(changeoverd: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let port = engine().await?;
    writeln!(
        out,
        "{:<40}{:>12}{:>12}{:>20}",
        "watching, no request", "% of a core", "MiB", "of it in the driver"
    )?;
    let library = changeoverd.with_file_name("libnvml_sim.so");
    for (name, library) in [("200 replicas", None), ("200 replicas, 16 simulated GPUs", Some(library))] {
        if let Some(missing) = library.as_ref().filter(|path| !path.exists()) {
            writeln!(out, "{name:<40}left out: {} is not built", missing.display())?;
            continue;
        }
        let folder = tempfile::tempdir()?;
        let watcher = Watcher::start(changeoverd, folder.path(), port, library.as_ref())?;
        sleep(WARM_UP).await;
        let pid = watcher.0.id();
        let spent = || anyhow::Ok((proc::cpu(pid)?, proc::cpu_of_threads(pid, DRIVER_THREADS)?));
        let before = spent()?;
        sleep(MEASURED).await;
        let after = spent()?;
        let (all, driver) = (percent(after.0 - before.0), percent(after.1 - before.1));
        let memory = proc::memory(pid)? / 1024;
        writeln!(out, "{name:<40}{all:>12.2}{memory:>12}{driver:>20.2}")?;
    }
    writeln!(out, "{:<40}{:>12.2}{:>12}", "bar", BARS.0, BARS.1)?;
    Ok(())
}

/// Of a core, over the time that is measured.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn percent(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / MEASURED.as_nanos() as f64 * 100.0
}

struct Watcher(Child);

impl Drop for Watcher {
    fn drop(&mut self) {
        drop(Command::new("kill").arg(self.0.id().to_string()).status());
        drop(self.0.wait());
    }
}

impl Watcher {
    fn start(program: &Path, folder: &Path, port: u16, library: Option<&PathBuf>) -> anyhow::Result<Self> {
        let config = folder.join("changeover.yaml");
        std::fs::write(&config, configuration(port))?;
        let state = folder.join("gpus.json");
        std::fs::write(&state, gpus().to_string())?;
        let mut command = Command::new(program);
        command.arg("serve").arg("--data").arg(folder.join("data")).arg("--config").arg(config);
        command.args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]);
        let nowhere = PathBuf::from("/nonexistent");
        command.env("CHANGEOVER_NVML", library.unwrap_or(&nowhere)).env("NVML_SIM_STATE", state);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().context("changeoverd could not be started")?;
        std::thread::sleep(Duration::from_secs(2));
        ensure!(child.try_wait()?.is_none(), "changeoverd ended at once");
        Ok(Self(child))
    }
}

fn configuration(port: u16) -> String {
    let mut text = String::from("version: 1\nchains:\n");
    for chain in 0..CHAINS {
        text.push_str(&format!(
            "  - name: chain{chain}\n    tiers:\n      - name: gpu\n        provider: vllm\n        model: m\n        replicas:\n"
        ));
        for replica in 0..REPLICAS {
            text.push_str(&format!("          - url: http://127.0.0.1:{port}/{chain}/{replica}\n"));
        }
    }
    text
}

fn gpus() -> serde_json::Value {
    let gpu = |n: usize| {
        json!({
            "uuid": format!("GPU-{n:08}-0000-0000-0000-000000000000"),
            "name": "NVIDIA Simulated 80GB",
            "utilization": { "gpu": 40, "memory": 10 },
            "memory": { "total": 85_899_345_920_u64, "used": 1_073_741_824_u64, "reserved": 0 },
            "temperature": 55, "power_mw": 120_000, "power_limit_mw": 700_000, "throttle_reasons": 0,
            // A program that serves nothing: the first process of the machine.
            "processes": [{ "pid": 1, "memory": 1_073_741_824_u64 }],
        })
    };
    json!({ "driver": "575.57.08", "gpus": (0..GPUS).map(gpu).collect::<Vec<_>>() })
}

/// A serving engine's health check and page, on a thread of its own.
async fn engine() -> anyhow::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    let listener = listener.into_std()?;
    std::thread::spawn(move || -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async move {
            let listener = TcpListener::from_std(listener)?;
            let page = page();
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await?;
                let page = page.clone();
                connections.spawn(async move { drop(answer(stream, page).await) });
                while connections.try_join_next().is_some() {}
            }
        })
    });
    Ok(port)
}

fn page() -> String {
    let mut page = String::from(
        "vllm:num_requests_running{engine=\"0\",model_name=\"m\"} 3.0\n\
         vllm:num_requests_waiting{engine=\"0\",model_name=\"m\"} 0.0\n\
         vllm:kv_cache_usage_perc{engine=\"0\",model_name=\"m\"} 0.2\n",
    );
    for n in 0..FILLING {
        page.push_str(&format!(
            "vllm:time_to_first_token_seconds_bucket{{engine=\"0\",le=\"{n}.0\",model_name=\"meta-llama/a-model\"}} {n}.0\n"
        ));
    }
    page
}

async fn answer(stream: TcpStream, page: String) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let body = if line.contains("/metrics") { page.as_str() } else { "" };
        while line.trim() != "" {
            line.clear();
            stream.read_line(&mut line).await?;
        }
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.get_mut().write_all(format!("{head}{body}").as_bytes()).await?;
    }
}
