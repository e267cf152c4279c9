//! Programs of this workspace as processes.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
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

/// A free port of the loopback address.
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
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
