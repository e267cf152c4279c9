//! `changeoverd unit REPLICA`: a systemd unit for a model server.
//!
//! The server is started anew when it ends, counts as started once it answers its health check, and is killed and
//! started anew when it stops answering it: none of these servers speaks systemd's protocol, so a few lines of shell do.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use contract::{
    config::{Document, Provider, Tier},
    view::ConfigPage,
};
use url::Url;

use crate::{client::call, out};

/// Prints the unit, or writes it to `file`.
pub(crate) fn unit(
    data: &Path,
    replica: &str,
    config: Option<&Path>,
    file: Option<&PathBuf>,
) -> anyhow::Result<std::process::ExitCode> {
    let document = match config {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            let parsed = engine::parse_config(&text);
            parsed
                .document
                .with_context(|| format!("{} has errors; `changeoverd check` names them", path.display()))?
        }
        None => call::<_, ConfigPage>(data, "config.get", &())?.document,
    };
    let text = unit_of(&document, replica)?;
    match file {
        Some(path) => {
            std::fs::write(path, &text).with_context(|| format!("{} cannot be written", path.display()))?;
            out::line(&format!("{} is written", path.display()));
        }
        None => out::line(text.trim_end()),
    }
    Ok(std::process::ExitCode::SUCCESS)
}

/// The unit of the replica that `wanted` names: its id (`chain/tier@url`), its URL, or its tier where that has only one.
fn unit_of(document: &Document, wanted: &str) -> anyhow::Result<String> {
    let mut found: Vec<(&str, &Tier, String)> = Vec::new();
    for chain in &document.chains {
        for tier in &chain.tiers {
            for url in urls(tier) {
                let id = format!("{}/{}@{url}", chain.name, tier.name);
                if id == wanted || url == wanted || tier.name == wanted {
                    found.push((&chain.name, tier, url));
                }
            }
        }
    }
    found.dedup_by(|a, b| a.2 == b.2);
    match found.as_slice() {
        [(chain, tier, url)] => write(chain, tier, url),
        [] => {
            bail!("there is no replica `{wanted}`; name it as `chain/tier@url`, by its URL, or by its tier")
        }
        several => {
            let all: Vec<_> =
                several.iter().map(|(chain, tier, url)| format!("{chain}/{}@{url}", tier.name)).collect();
            bail!("`{wanted}` is several: name one of {}", all.join(", "))
        }
    }
}

fn urls(tier: &Tier) -> Vec<String> {
    let written = tier.replicas.iter().map(|r| r.url.clone()).chain(tier.url.clone());
    let mut all: Vec<String> = written.map(|url| url.trim_end_matches('/').to_owned()).collect();
    if all.is_empty() {
        all.extend(usual(tier.provider).map(str::to_owned));
    }
    all
}

const fn usual(provider: Provider) -> Option<&'static str> {
    match provider {
        Provider::Vllm => Some("http://127.0.0.1:8000"),
        Provider::LlamaCpp => Some("http://127.0.0.1:8080"),
        Provider::Ollama => Some("http://127.0.0.1:11434"),
        _ => None,
    }
}

fn write(chain: &str, tier: &Tier, url: &str) -> anyhow::Result<String> {
    let parsed = Url::parse(url).with_context(|| format!("`{url}` is no URL"))?;
    let (host, port) =
        (parsed.host_str().unwrap_or("127.0.0.1"), parsed.port_or_known_default().unwrap_or(80));
    let (server, path) = server(tier, host, port)?;
    let health = format!("http://{}:{port}{path}", reachable(host));
    let name = format!("{chain}/{}", tier.name);
    let limits =
        tier.replicas.iter().find(|r| r.url.trim_end_matches('/') == url).and_then(|r| r.restart.clone());
    let limits = limits.unwrap_or_default();
    let (delay, window) = (limits.delay, limits.window);
    let (burst, patience) = (limits.limit, limits.healthy_within.0.as_secs().max(600));
    let script = script(&server, &health);
    Ok(format!(
        "# A model server for Changeover: {name}. Save it as ~/.config/systemd/user/NAME.service (then `systemctl --user\n\
         # enable --now NAME`) or as /etc/systemd/system/NAME.service, with a `User=` line. Look its command over first.\n\
         # It needs curl.\n\
         [Unit]\n\
         Description=Model server of {name}\n\
         Wants=network-online.target\n\
         After=network-online.target\n\
         # At most {burst} starts within {window}.\n\
         StartLimitIntervalSec={window}\n\
         StartLimitBurst={burst}\n\
         \n\
         [Service]\n\
         # Started means: it answers its health check.\n\
         Type=notify\n\
         NotifyAccess=all\n\
         TimeoutStartSec={patience}\n\
         # A server that has not answered its health check for this long is killed and started anew.\n\
         WatchdogSec=90\n\
         Restart=always\n\
         RestartSec={delay}\n\
         KillMode=control-group\n\
         ExecStart={script}\n\
         \n\
         [Install]\n\
         WantedBy=default.target\n",
    ))
}

/// A server that listens everywhere is asked on this machine.
fn reachable(host: &str) -> &str {
    if matches!(host, "0.0.0.0" | "[::]") { "127.0.0.1" } else { host }
}

/// The server's command for a shell, and the path of its health check.
fn server(tier: &Tier, host: &str, port: u16) -> anyhow::Result<(String, &'static str)> {
    let model = quoted(&tier.model);
    let host = host.trim_matches(['[', ']']);
    let host = quoted(host);
    Ok(match tier.provider {
        Provider::Vllm => (format!("vllm serve {model} --host {host} --port {port}"), "/health"),
        Provider::LlamaCpp => {
            let command = format!("llama-server --model {model} --host {host} --port {port} --metrics");
            (command, "/health")
        }
        Provider::Ollama => {
            let at = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
            (format!("env OLLAMA_HOST={at} ollama serve"), "/api/version")
        }
        _ => bail!("units are written for vLLM, llama.cpp and Ollama; tier `{}` is none of them", tier.name),
    })
}

/// Starts the server, says when it answers, and keeps saying so while it does.
fn script(server: &str, health: &str) -> String {
    let ask = format!("curl -fsS -o /dev/null --max-time 10 {}", quoted(health));
    let script = format!(
        "{server} & server=$!; trap \"kill $server\" TERM INT; \
         until {ask} 2>/dev/null; do kill -0 $server 2>/dev/null || exit 1; sleep 1; done; \
         systemd-notify --ready --status=\"answers its health check\"; \
         while {ask} && systemd-notify WATCHDOG=1 || true; do sleep 20; done & \
         wait $server"
    );
    // systemd reads `$` and `%` and quotes by itself.
    let inner = script.replace('\\', "\\\\").replace('\'', "\\'").replace('$', "$$").replace('%', "%%");
    format!("/bin/sh -c '{inner}'")
}

/// A word for the shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$").replace('`', "\\`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "version: 1\nchains:\n  - name: chat\n    tiers:\n\
        \x20     - { name: gpu, provider: vllm, model: meta-llama/Llama-3.1-8B, replicas: [{ url: \"http://127.0.0.1:8000/\" }, \
        { url: \"http://127.0.0.1:8001\", restart: { unit: b.service, delay: 20s, limit: 3, window: 100s } }] }\n\
        \x20     - { name: cpu, provider: llama.cpp, url: \"http://0.0.0.0:8080\", model: \"/models/it's $5.gguf\" }\n\
        \x20     - { name: small, provider: ollama, model: llama3 }\n\
        \x20     - { name: cloud, provider: other, url: \"http://127.0.0.1:1\", model: m }\n";

    fn unit(wanted: &str) -> anyhow::Result<String> {
        let parsed = engine::parse_config(CONFIG);
        unit_of(&parsed.document.unwrap_or_else(|| panic!("{:?}", parsed.problems)), wanted)
    }

    #[test]
    fn a_unit_starts_waits_and_watches() {
        let text = unit("chat/gpu@http://127.0.0.1:8000").unwrap();
        for line in [
            "vllm serve meta-llama/Llama-3.1-8B --host 127.0.0.1 --port 8000 & server=$$!;",
            "until curl -fsS -o /dev/null --max-time 10 http://127.0.0.1:8000/health 2>/dev/null;",
            "systemd-notify WATCHDOG=1",
            "Type=notify\n",
            "WatchdogSec=90\n",
            "Restart=always\nRestartSec=10s\n",
            "StartLimitIntervalSec=5m\nStartLimitBurst=5\n",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        let other = unit("http://127.0.0.1:8001").unwrap();
        assert!(other.contains("RestartSec=20s\n") && other.contains("StartLimitBurst=3\n"), "{other}");
    }

    #[test]
    fn each_server_has_its_command() {
        let cpu = unit("cpu").unwrap();
        assert!(
            cpu.contains(r#"llama-server --model "/models/it\'s \\$$5.gguf" --host 0.0.0.0 --port 8080"#),
            "{cpu}"
        );
        assert!(cpu.contains("http://127.0.0.1:8080/health"));
        let small = unit("small").unwrap();
        assert!(
            small.contains("OLLAMA_HOST=127.0.0.1:11434 ollama serve") && small.contains("/api/version"),
            "{small}"
        );
    }

    #[test]
    fn what_cannot_be_told_apart_or_written_is_refused() {
        assert!(unit("gpu").unwrap_err().to_string().contains("chat/gpu@http://127.0.0.1:8001"));
        assert!(unit("nobody").unwrap_err().to_string().contains("no replica `nobody`"));
        assert!(unit("cloud").unwrap_err().to_string().contains("none of them"));
    }
}
