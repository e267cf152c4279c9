//! A real llama.cpp server with a model of made-up weights, where one can be had.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    sync::OnceCell,
    time::timeout,
};

use crate::{process::free_port, wait::eventually};

/// Fetching it may take this long; else the test does without.
const INSTALLING: Duration = Duration::from_secs(240);

/// Its model's file.
const MODEL: &str = "tiny.gguf";

/// Holds a write lease on a file until its input ends. `SIGIO` says that somebody waits for it.
const HOLDER: &str = "
import fcntl, os, signal, sys
signal.signal(signal.SIGIO, signal.SIG_IGN)
file = os.open(sys.argv[1], os.O_RDONLY)
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print('held', flush=True)
sys.stdin.read()
";

/// A model that nobody can open; it can be once this is dropped.
pub struct HeldUp {
    _holder: Child,
}

static PROGRAM: OnceCell<Option<PathBuf>> = OnceCell::const_new();

/// A llama.cpp server as a process.
pub struct LlamaServer {
    program: PathBuf,
    folder: TempDir,
    port: u16,
    slots: u32,
    child: Option<Child>,
}

impl LlamaServer {
    /// Prepares one with so many slots; it is not started yet. None where llama.cpp cannot be had: no Debian, no
    /// network, or `CHANGEOVER_TEST_LLAMA=0`.
    pub async fn prepared(slots: u32) -> Option<Self> {
        let program = PROGRAM.get_or_init(install).await.clone()?;
        let folder = tempfile::tempdir().unwrap();
        let model = Command::new("python3")
            .arg(here("llama/tiny_model.py"))
            .arg(folder.path().join(MODEL))
            .args(["24", "256"])
            .status()
            .await;
        if !model.is_ok_and(|status| status.success()) {
            eprintln!("skipped: python3 is needed to write a model");
            return None;
        }
        Some(Self { program, folder, port: free_port(), slots, child: None })
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Lets nobody open its model until the guard is dropped: a server that is started meanwhile listens, and loads. The
    /// kernel takes the right to do so back after 45 s. None where the system knows no such leases.
    pub async fn held_up(&self) -> Option<HeldUp> {
        let mut holder = Command::new("python3")
            .args(["-c", HOLDER])
            .arg(self.folder.path().join(MODEL))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(holder.stdout.take().unwrap()).lines();
        match lines.next_line().await.unwrap().as_deref() {
            Some("held") => Some(HeldUp { _holder: holder }),
            said => {
                eprintln!("skipped: no lease on a file can be had here: {said:?}");
                None
            }
        }
    }

    /// Starts it, and waits until it is ready.
    pub async fn start(&mut self) {
        self.launch().await;
        self.answers(200).await;
    }

    /// Starts it with a model that is held up, and waits until it says that it loads.
    pub async fn start_to_load(&mut self) {
        self.launch().await;
        self.answers(503).await;
    }

    async fn answers(&self, status: u16) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let health = format!("{}/health", self.url());
        let what = format!("llama-server answers {status}");
        eventually(&what, Duration::from_secs(60), || async {
            client.get(&health).send().await.ok().filter(|r| r.status() == status).map(drop)
        })
        .await;
    }

    async fn launch(&mut self) {
        let child = Command::new(&self.program)
            .arg("--model")
            .arg(self.folder.path().join(MODEL))
            .args(["--host", "127.0.0.1", "--port", &self.port.to_string(), "--metrics"])
            .args(["--parallel", &self.slots.to_string(), "--threads", "1", "--ctx-size", "65536"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        self.child = Some(child);
    }

    /// Sends it a signal, such as `STOP`.
    pub async fn signal(&self, name: &str) {
        let pid = self.child.as_ref().and_then(Child::id).unwrap().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().await.unwrap().success());
    }

    /// Kills it with SIGKILL.
    pub async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.unwrap();
        }
    }
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

async fn install() -> Option<PathBuf> {
    if std::env::var("CHANGEOVER_TEST_LLAMA").is_ok_and(|value| value == "0") {
        eprintln!("skipped: CHANGEOVER_TEST_LLAMA=0");
        return None;
    }
    let folder = here("../.cache/llama");
    let mut script = Command::new(here("llama/install.sh"));
    script.arg(&folder).stdin(Stdio::null()).kill_on_drop(true);
    match timeout(INSTALLING, script.status()).await {
        Ok(Ok(status)) if status.success() => Some(folder.join("llama-server")),
        other => {
            eprintln!("skipped: llama.cpp cannot be installed here: {other:?}");
            None
        }
    }
}
