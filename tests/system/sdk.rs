//! The vendor's own SDK as the client: `tests/python`, in the environment that the test command makes.

use std::{path::Path, process::Command};

use harness::Daemon;

#[tokio::test]
async fn the_openai_sdk_chats_streams_and_survives_a_failover() {
    let daemon = Daemon::practice().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
    let python = folder.join(".venv/bin/python");
    assert!(python.exists(), "{} is missing: run `make test`, which makes it", python.display());
    let script = folder.join("openai_chat.py");
    let (endpoint, admin) = (daemon.endpoint.clone(), daemon.admin.clone());
    let token = std::fs::read_to_string(daemon.path("data/admin-token")).unwrap();
    let run = move || {
        Command::new(python).arg(script).args([endpoint, admin, token.trim().to_owned()]).output().unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
}
