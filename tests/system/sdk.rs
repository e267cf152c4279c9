//! The vendors' own SDKs as the clients: `tests/python`, in the environment that the test command makes.

use std::{path::Path, process::Command};

use harness::{AttentiveServer, Daemon, ModelServer, Script};

use crate::every_kind::{KINDS, every_kind};

/// Runs a script of `tests/python` to its end.
pub async fn run(script: &str, arguments: Vec<String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
    let python = folder.join(".venv/bin/python");
    assert!(python.exists(), "{} is missing: run `make test`, which makes it", python.display());
    let script = folder.join(script);
    let run = move || Command::new(python).arg(script).args(arguments).output().unwrap();
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
}

#[tokio::test]
async fn the_openai_sdk_chats_streams_and_survives_a_failover() {
    let daemon = Daemon::practice().await;
    let token = std::fs::read_to_string(daemon.path("data/admin-token")).unwrap();
    let arguments = vec![daemon.endpoint.clone(), daemon.admin.clone(), token.trim().to_owned()];
    run("openai_chat.py", arguments).await;
}

/// Chains over servers that answer by what a request holds: `chat`, `vectors`, `small` (which sees no pictures), and
/// `flaky`, whose first tier breaks off before it has said anything.
async fn attentive() -> (AttentiveServer, ModelServer, Daemon) {
    let server = AttentiveServer::start().await;
    let broken = ModelServer::saying("never").await;
    broken.script(Script::CutAfter(0));
    let (good, bad) = (server.url(), broken.url());
    let config = format!(
        "version: 1
chains:
  - {{ name: chat, tiers: [{{ name: only, provider: vllm, model: m, url: '{good}', probe: {{ kind: off }} }}] }}
  - name: vectors
    tiers:
      - {{ name: words, provider: vllm, model: llama3.2, url: '{bad}', probe: {{ kind: off }} }}
      - {{ name: vectors, provider: vllm, model: bge-m3, url: '{good}', probe: {{ kind: off }} }}
  - name: small
    tiers:
      - {{ name: only, provider: vllm, model: m, url: '{good}', probe: {{ kind: off }}, capabilities: {{ images: false }} }}
  - name: flaky
    tiers:
      - {{ name: first, provider: vllm, model: m, url: '{bad}', probe: {{ kind: off }} }}
      - {{ name: second, provider: vllm, model: m, url: '{good}', probe: {{ kind: off }} }}
"
    );
    let daemon = Daemon::with_config(&config).await;
    (server, broken, daemon)
}

#[tokio::test]
async fn the_openai_sdk_has_all_of_its_dialects() {
    let (_server, _broken, daemon) = attentive().await;
    run("openai_whole.py", vec![daemon.endpoint.clone()]).await;
}

#[tokio::test]
async fn the_ollama_sdk_takes_the_endpoint_for_ollama() {
    let (_server, _broken, daemon) = attentive().await;
    run("ollama_whole.py", vec![daemon.endpoint.clone()]).await;
}

#[tokio::test]
async fn the_openai_sdk_makes_every_kind_of_tier_call_a_tool() {
    let world = every_kind().await;
    let kinds = KINDS.map(|(kind, ..)| kind).join(",");
    run("forced_tools.py", vec![world.daemon.endpoint.clone(), kinds]).await;
}
