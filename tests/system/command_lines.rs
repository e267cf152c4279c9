//! Claude Code and Codex as the clients, each through one call of a tool and its result: `tests/clients`, with the
//! versions that its lock file says, each in a home of its own.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use harness::provider::Say;
use serde_json::json;
use tokio::process::Command;

use crate::every_kind::{CODEX_MODEL, World, every_kind};

/// Stands in a file that the client reads for the model.
const SECRET: &str = "heliotrope-4711";
/// A client starts, asks twice and ends; other tests may run beside it.
const LIMIT: Duration = Duration::from_secs(120);

fn package(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/node_modules").join(name);
    assert!(path.exists(), "{} is missing: run `make test`, which makes it", path.display());
    path
}

/// A home with nothing in it, and a folder to work in with the secret in a file.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["work", ".codex"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        std::fs::write(folder.path().join("work/note.txt"), SECRET).unwrap();
        Self { folder }
    }

    fn note(&self) -> String {
        self.folder.path().join("work/note.txt").display().to_string()
    }

    /// Runs a client: its last word is what the model says once it has seen the secret.
    async fn run(&self, world: &World, script: &Path, arguments: &[&str], environment: &[(&str, &str)]) {
        let mut command = Command::new("node");
        command.arg(script).args(arguments).env_clear();
        command.env("PATH", std::env::var("PATH").unwrap());
        command.env("HOME", self.folder.path()).envs(environment.iter().copied());
        command.current_dir(self.folder.path().join("work")).stdin(Stdio::null()).kill_on_drop(true);
        let output = tokio::time::timeout(LIMIT, command.output()).await.expect("it ends").unwrap();
        let said = format!(
            "{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        let asked: Vec<String> = world.good.calls().iter().map(|call| call.body.to_string()).collect();
        assert!(output.status.success() && said.contains(&format!("I saw {SECRET}.")), "{said}\n{asked:#?}");
        // It asked, made the call, and asked again with its result.
        let with_result = asked.iter().filter(|body| body.contains(SECRET)).count();
        assert!(with_result >= 1 && asked.len() > with_result, "{asked:#?}");
    }
}

#[tokio::test]
async fn claude_code_uses_a_tool_with_another_kind_of_tier_behind_it() {
    for chain in ["openai", "gemini", "bedrock", "ollama"] {
        let (world, home) = (every_kind().await, Home::new());
        world.good.say(Say::CallsUntil(SECRET.into(), ("Read".into(), json!({ "file_path": home.note() }))));
        let arguments =
            ["-p", "What does the note say?", "--output-format", "json", "--allowedTools", "Read"];
        let environment = [
            ("ANTHROPIC_BASE_URL", world.daemon.endpoint.as_str()),
            ("ANTHROPIC_AUTH_TOKEN", "unused"),
            ("ANTHROPIC_MODEL", chain),
            ("ANTHROPIC_DEFAULT_HAIKU_MODEL", chain),
            ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
            ("DISABLE_AUTOUPDATER", "1"),
        ];
        let script = package("@anthropic-ai/claude-code").join("cli-wrapper.cjs");
        home.run(&world, &script, &arguments, &environment).await;
    }
}

/// Codex, asking for the model of this name.
async fn codex(world: &World, home: &Home, model: &str) {
    let config = format!(
        "model = \"{model}\"\nmodel_provider = \"changeover\"\nweb_search = \"disabled\"\n\
         [model_providers.changeover]\nname = \"Changeover\"\nbase_url = \"{}/v1\"\nwire_api = \"responses\"\n",
        world.daemon.endpoint
    );
    std::fs::write(home.folder.path().join(".codex/config.toml"), config).unwrap();
    let arguments = [
        "exec",
        "--skip-git-repo-check",
        "--dangerously-bypass-approvals-and-sandbox",
        "What does the note say?",
    ];
    home.run(world, &package("@openai/codex").join("bin/codex.js"), &arguments, &[]).await;
}

#[tokio::test]
async fn codex_uses_a_tool_with_another_kind_of_tier_behind_it() {
    for chain in ["anthropic", "gemini", "bedrock", "ollama"] {
        let (world, home) = (every_kind().await, Home::new());
        let call = json!({ "cmd": format!("cat {}", home.note()) });
        world.good.say(Say::CallsUntil(SECRET.into(), ("exec_command".into(), call)));
        codex(&world, &home, chain).await;
    }
}

#[tokio::test]
async fn codex_edits_a_file_by_a_tool_that_takes_a_text() {
    let (world, home) = (every_kind().await, Home::new());
    let patch = format!("*** Begin Patch\n*** Add File: new.txt\n+{SECRET}\n*** End Patch\n");
    world.good.say(Say::CallsUntil(SECRET.into(), ("apply_patch".into(), json!({ "input": patch }))));
    codex(&world, &home, CODEX_MODEL).await;
    let written = std::fs::read_to_string(home.folder.path().join("work/new.txt")).unwrap();
    assert_eq!(written.trim(), SECRET);
}
