//! What `changeoverd` says to somebody who types something wrong: what, where, and how to mend it.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Output, Stdio},
    time::Duration,
};

use harness::{Daemon, process::program};

/// Runs the command line with nothing of this machine's user in its environment.
async fn run(arguments: &[&str]) -> Output {
    let mut command = tokio::process::Command::new(program("changeoverd"));
    command.args(arguments).env_clear().stdin(Stdio::null()).kill_on_drop(true);
    let ended = tokio::time::timeout(Duration::from_secs(60), command.output()).await;
    ended.expect("it ends, and does not start to serve").unwrap()
}

/// What a command that fails with `code` says on standard error.
async fn refusal(code: i32, arguments: &[&str]) -> String {
    let output = run(arguments).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    said
}

fn says(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
}

#[tokio::test]
async fn without_a_home_the_data_goes_nowhere_unasked() {
    let serve = refusal(1, &["serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]).await;
    says(&serve, &["HOME", "--data"]);
    says(&refusal(1, &["status"]).await, &["HOME", "--data"]);
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_used_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    std::fs::write(&file, "x").unwrap();
    for path in [file.clone(), file.join("within")] {
        let path = path.to_str().unwrap();
        let said =
            refusal(1, &["serve", "--data", path, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]).await;
        says(&said, &[path, "os error", "move the file", "--data"]);
    }
}

#[tokio::test]
async fn an_address_that_is_none_comes_with_one_that_is() {
    for text in ["4747", "localhost:4747", "127.0.0.1"] {
        for flag in ["--listen", "--admin"] {
            says(&refusal(2, &["serve", flag, text]).await, &[flag, text, "such as 127.0.0.1:4747"]);
        }
    }
}

#[tokio::test]
async fn commands_say_where_they_looked_for_the_running_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let said = refusal(1, &["status", "--data", path]).await;
    says(&said, &[path, "changeoverd serve", "--data"]);
    assert!(!said.contains("os error"), "the system's words add nothing: {said}");
}

#[tokio::test]
async fn a_file_is_looked_over_without_a_home_or_a_running_program() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chains.yaml");
    let yaml = "{version: 1, chains: [{name: chat, tiers: [{name: a, provider: vllm, model: m, url: 'http://gpu:8000'}]}]}";
    std::fs::write(&file, yaml).unwrap();
    let output = run(&["check", file.to_str().unwrap()]).await;
    says(&String::from_utf8_lossy(&output.stdout), &["is valid"]);
}

/// The address of the command line holds whatever the configuration says, so it is held to the same rules.
#[tokio::test]
async fn other_machines_are_let_in_only_with_a_key_and_never_to_the_screens() {
    let mut daemon = Daemon::new();
    for part in ["--admin", "0.0.0.0:0"] {
        daemon.arg(part);
    }
    let refused = daemon.refused().await;
    assert_eq!(refused.code, Some(1));
    says(&refused.stderr, &["--admin", "0.0.0.0:0", "other machines", "SSH"]);

    let mut daemon = Daemon::new();
    for part in ["--listen", "0.0.0.0:0"] {
        daemon.arg(part);
    }
    let refused = daemon.refused().await;
    assert_eq!(refused.code, Some(1));
    says(&refused.stderr, &["--listen", "0.0.0.0:0", "client_keys", "changeoverd keys client"]);
}

#[test]
fn the_log_has_colours_only_on_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut program = Command::new(program("changeoverd"))
        .args(["serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--data"])
        .arg(folder.path().join("data"))
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    lines.find(|line| line.as_ref().is_ok_and(|l| l.contains("Ctrl+C"))).unwrap().unwrap();
    let pid = program.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(program.wait().unwrap().success());
    let said = std::fs::read_to_string(&log).unwrap();
    assert!(said.contains("INFO") && !said.contains('\u{1b}'), "{said:?}");
}
