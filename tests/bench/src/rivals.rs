//! Other gateways for language models, measured where they are installed: LiteLLM's proxy (`pip install 'litellm[proxy]'`)
//! and SGLang's router (`pip install sglang-router`), found on PATH. Each passes requests on to the same model server.

use std::{path::Path, process::Command};

use crate::servers::{Server, free_port, spawn};

/// Those that are installed, started.
pub fn installed(folder: &Path, upstream: u16) -> anyhow::Result<Vec<Server>> {
    let mut found = Vec::new();
    if is_installed("litellm") {
        found.push(litellm(folder, upstream)?);
    }
    if is_installed("sglang-router") {
        found.push(sglang_router(upstream)?);
    }
    Ok(found)
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// One worker, as it is by default.
fn litellm(folder: &Path, upstream: u16) -> anyhow::Result<Server> {
    let port = free_port()?;
    let file = folder.join("litellm.yaml");
    std::fs::write(
        &file,
        format!(
            "model_list:
  - model_name: bench
    litellm_params: {{ model: openai/m, api_base: 'http://127.0.0.1:{upstream}/v1', api_key: none }}
litellm_settings: {{ telemetry: false }}
"
        ),
    )?;
    let mut command = Command::new("litellm");
    command.arg("--config").arg(file).args(["--host", "127.0.0.1", "--port", &port.to_string()]);
    // Its price list comes from the net otherwise.
    command.env("LITELLM_LOCAL_MODEL_COST_MAP", "True");
    // It wants a master key otherwise, and asks for it on each request.
    spawn("LiteLLM", port, command.env("LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY", "true"))
}

fn sglang_router(upstream: u16) -> anyhow::Result<Server> {
    let port = free_port()?;
    let mut command = Command::new("sglang-router");
    command.args(["launch", "--host", "127.0.0.1", "--port", &port.to_string()]);
    command.args(["--prometheus-port", &free_port()?.to_string(), "--log-level", "error"]);
    spawn("SGLang router", port, command.args(["--worker-urls", &format!("http://127.0.0.1:{upstream}")]))
}
