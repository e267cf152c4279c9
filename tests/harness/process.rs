//! Programs of this workspace as processes.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    sync::atomic::{AtomicU16, Ordering},
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// The program `name` of this workspace's build.
///
/// # Panics
/// It was not built: `make test` builds it first.
pub fn program(name: &str) -> PathBuf {
    let exe = std::env::current_exe().unwrap();
    // target/PROFILE/deps/TEST
    let folder = exe.parent().and_then(Path::parent).unwrap();
    let path = folder.join(name);
    assert!(path.exists(), "{} is missing: run `make test`, which builds it first", path.display());
    path
}

/// Ports from here up to the system's own range (`ip_local_port_range` begins at 32768), which it gives to nobody.
const FIRST_PORT: u16 = 10_000;
/// How many of them a test process has to itself, before another's begin.
const PORTS: u16 = 16;
/// How many processes have ports of their own; with more at once, some share, and whoever binds first has it.
const PROCESSES: u16 = 1_400;

/// A free port of the loopback address, never the same one twice in a process. The system's own choice would not do:
/// between the choice and its use anybody's outgoing connection may take it, or the next choice be the same.
///
/// # Panics
/// Every port is taken.
pub fn free_port() -> u16 {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let own = (std::process::id() % u32::from(PROCESSES)) as u16 * PORTS;
    (0..PROCESSES * PORTS)
        .map(|_| FIRST_PORT + (own + GIVEN.fetch_add(1, Ordering::Relaxed)) % (PROCESSES * PORTS))
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap()
}

/// A process with everything that it has started.
#[derive(Debug)]
pub struct Tree {
    /// The names of its processes, in order.
    pub names: Vec<String>,
    /// The memory that they have written to, KiB: it is theirs alone, whoever else maps the same libraries.
    pub kib: usize,
}

/// The process `pid` and its descendants, as they are now. One that ends meanwhile is left out.
pub fn tree(pid: u32) -> Tree {
    let mut found = Tree { names: vec![], kib: 0 };
    let mut left = vec![pid];
    while let Some(pid) = left.pop() {
        let of = |file: &str| std::fs::read_to_string(format!("/proc/{pid}/{file}"));
        let (Ok(name), Ok(memory)) = (of("comm"), of("smaps_rollup")) else { continue };
        found.names.push(name.trim().to_owned());
        found.kib += memory
            .lines()
            .find_map(|line| {
                line.strip_prefix("Anonymous:")?.split_whitespace().next()?.parse::<usize>().ok()
            })
            .unwrap_or_default();
        for task in std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
            let children = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
            left.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        }
    }
    found.names.sort();
    found
}

/// A model server as a process of its own.
pub struct ServerProcess {
    port: u16,
    text: String,
    child: Child,
}

impl ServerProcess {
    /// Starts one that says `text`.
    pub async fn saying(text: &str) -> Self {
        let port = free_port();
        Self { port, text: text.into(), child: spawn(port, text).await }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Kills it with SIGKILL.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Starts it again on the same port.
    pub async fn restart(&mut self) {
        self.child = spawn(self.port, &self.text).await;
    }
}

async fn spawn(port: u16, text: &str) -> Child {
    let mut child = Command::new(program("scripted-server"))
        .args([&port.to_string(), text])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("listening"));
    child
}
