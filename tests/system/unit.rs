//! The systemd unit of a model server: systemd's own check of it, and its command in a shell, with a real server that
//! is well, and that ends.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Stdio, time::Duration};

use harness::{
    Daemon, eventually,
    process::{free_port, program},
};
use tokio::process::{Child, Command};

const SOON: Duration = Duration::from_secs(30);

/// The unit of a llama.cpp server on `port`, written to a file by the command line.
async fn unit(daemon: &Daemon, port: u16) -> String {
    let config = daemon.path("unit.yaml");
    let tier = format!(
        "{{ name: cpu, provider: llama.cpp, url: 'http://127.0.0.1:{port}', model: \"/models/it's $5 50%.gguf\" }}"
    );
    fs::write(&config, format!("version: 1\nchains: [{{ name: chat, tiers: [{tier}] }}]\n")).unwrap();
    let file = daemon.path("model.service");
    let (config, file) = (config.to_str().unwrap(), file.to_str().unwrap());
    let (done, said) = daemon.command_line(&["unit", "cpu", "--config", config, "--output", file]).await;
    assert!(done, "{said}");
    fs::read_to_string(file).unwrap()
}

/// The command as the shell gets it, once systemd has taken its own quoting away.
fn script(unit: &str) -> String {
    let line = unit.lines().find_map(|line| line.strip_prefix("ExecStart=/bin/sh -c '")).unwrap();
    let quoted = line.strip_suffix('\'').unwrap();
    let mut script = String::new();
    let mut chars = quoted.chars();
    while let Some(c) = chars.next() {
        script.push(if matches!(c, '\\' | '$' | '%') { chars.next().unwrap() } else { c });
    }
    script
}

fn write_program(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// The command with a model server of ours in llama.cpp's place. systemd-notify has nobody to notify here, so one of
/// ours writes down what it was told.
async fn run(daemon: &Daemon, port: u16) -> Child {
    let bin = daemon.path("bin");
    fs::create_dir(&bin).unwrap();
    let (server, told) = (program("scripted-server"), daemon.path("told"));
    let own = format!(
        "#!/bin/sh\necho \"$2\" > '{}'\necho $$ > '{}'\nexec '{}' {port} text >/dev/null\n",
        daemon.path("model").display(),
        daemon.path("pid").display(),
        server.display()
    );
    write_program(&bin.join("llama-server"), &own);
    write_program(&bin.join("systemd-notify"), &format!("#!/bin/sh\necho \"$1\" >> '{}'\n", told.display()));
    let script = script(&unit(daemon, port).await);
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &script]).env("PATH", path).stdout(Stdio::null()).stderr(Stdio::null());
    command.process_group(0).kill_on_drop(true).spawn().unwrap()
}

#[tokio::test]
async fn systemd_finds_nothing_wrong_with_a_unit() {
    let daemon = Daemon::new();
    unit(&daemon, free_port()).await;
    let check =
        Command::new("systemd-analyze").arg("verify").arg(daemon.path("model.service")).output().await;
    let check =
        check.expect("systemd-analyze is of Debian's package systemd, which scripts/install.sh installs");
    let said = String::from_utf8_lossy(&check.stderr).into_owned();
    assert!(check.status.success() && !said.contains("model.service"), "{said}");
}

#[tokio::test]
async fn a_unit_is_ready_once_its_server_answers_stays_watched_and_ends_with_it() {
    let daemon = Daemon::new();
    let mut shell = run(&daemon, free_port()).await;
    let group = format!("-{}", shell.id().unwrap());
    let told = daemon.path("told");
    let lines = || fs::read_to_string(&told).unwrap_or_default();
    eventually("a word to the watchdog", SOON, || async { lines().contains("WATCHDOG=1").then_some(()) })
        .await;
    assert!(lines().starts_with("--ready\n"), "{}", lines());
    let model = fs::read_to_string(daemon.path("model")).unwrap();
    assert_eq!(
        model.trim(),
        "/models/it's $5 50%.gguf",
        "nothing of its name is lost to the shell or to systemd"
    );
    let pid = fs::read_to_string(daemon.path("pid")).unwrap();
    assert!(Command::new("kill").args(["-9", pid.trim()]).status().await.unwrap().success());
    let ended =
        tokio::time::timeout(SOON, shell.wait()).await.expect("the unit ends with its server").unwrap();
    assert!(!ended.success(), "systemd starts it anew");
    // What watches is a child of the shell; systemd kills the whole group.
    assert!(Command::new("kill").args(["-9", "--", &group]).status().await.unwrap().success());
}
