//! Ten thousand connections that say nothing: they cost little, and others are served as ever.

use std::time::Duration;

use harness::{Daemon, ModelServer};
use tokio::{io::AsyncReadExt, net::TcpStream, time::timeout};

const CONNECTIONS: usize = 10_000;
/// What the program may need for each of them, in KiB: its task, and what the HTTP side keeps.
const EACH_KIB: usize = 24;

/// The memory that a process has in use, in KiB.
fn resident(pid: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// How many files a process may open.
fn open_files(pid: u32) -> usize {
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    line.split_whitespace().nth(3).unwrap().parse().unwrap()
}

#[tokio::test]
async fn ten_thousand_idle_connections_are_held_and_others_served() {
    let (_, most) = rlimit::getrlimit(rlimit::Resource::NOFILE).unwrap();
    // The program must raise its own limit: it begins with what a desktop gives.
    rlimit::setrlimit(rlimit::Resource::NOFILE, 1024, most).unwrap();
    let server = ModelServer::saying("hello").await;
    let yaml = format!(
        "{{version: 1, chains: [{{name: chat, tiers: [{{name: a, provider: other, model: m, url: '{}'}}]}}]}}",
        server.url()
    );
    let daemon = Daemon::with_config(&yaml).await;
    let room = rlimit::increase_nofile_limit(u64::MAX).unwrap();
    assert!(room > CONNECTIONS as u64 + 200, "this system lets nobody open that many files: {room}");
    assert!(open_files(daemon.pid()) > CONNECTIONS + 200, "{}", open_files(daemon.pid()));

    assert_eq!(daemon.ask("chat").await.0, "hello");
    let before = resident(daemon.pid());
    let address = daemon.endpoint.trim_start_matches("http://").to_owned();
    let mut idle = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        let open = timeout(Duration::from_secs(20), TcpStream::connect(&address)).await;
        idle.push(open.expect("the program takes it").unwrap());
    }
    for _ in 0..3 {
        let asked = timeout(Duration::from_secs(10), daemon.ask("chat")).await;
        assert_eq!(asked.expect("an answer in time").0, "hello");
    }
    let each = (resident(daemon.pid()).saturating_sub(before)) / (CONNECTIONS / 1024);
    assert!(each < EACH_KIB * 1024, "{each} bytes for each connection");
    // They are waited for, not refused: the newest and the oldest are still open.
    for at in [0, CONNECTIONS / 2, CONNECTIONS - 1] {
        let mut byte = [0; 1];
        assert!(
            timeout(Duration::from_millis(20), idle[at].read(&mut byte)).await.is_err(),
            "{at} was dropped"
        );
    }
    drop(idle);
    assert_eq!(daemon.ask("chat").await.0, "hello");
}
