//! The servers that are to fail, each alone in a chain, before one `changeoverd` that watches them.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, ensure};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    time::{Instant, sleep},
};

use super::{DOWN_AFTER, EVERY, Fault, LIMIT, PATIENCE, ROUNDS, SLOW, STUCK_AFTER, gpus::Gpus};
use crate::{
    daemon::Daemon,
    servers::free_port,
    upstream::{Mood, Upstream},
};

/// What a server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A scripted one with a health check.
    Plain,
    /// The same, with figures like vLLM's.
    Vllm,
    /// The same, with figures like llama.cpp's.
    Slots,
    /// The same, as a process of its own.
    Process,
    /// A real llama.cpp server, where one is installed.
    Llama,
    /// A scripted one, bound to a GPU of its own.
    Gpu,
}

enum Server {
    Scripted(Upstream),
    Process(Child),
}

/// Everything that runs.
pub struct Rig {
    daemon: Daemon,
    /// By kind of failure, then by round; none where it cannot be had.
    servers: Vec<Vec<(Server, u16)>>,
    gpus: Gpus,
    on: Vec<Subject>,
    _folder: TempDir,
}

impl Rig {
    /// Starts the servers for these kinds, and waits until all are well.
    pub async fn start(changeoverd: &Path, on: &[Subject]) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let llama = llama(folder.path()).await;
        let mut servers = Vec::new();
        for subject in on {
            let mut its = Vec::new();
            for _ in 0..ROUNDS {
                its.extend(start(*subject, llama.as_ref()).await?);
            }
            servers.push(its);
        }
        let gpus = Gpus::new(folder.path(), changeoverd)?;
        let config = folder.path().join("changeover.yaml");
        std::fs::write(&config, configuration(on, &servers))?;
        let data = folder.path().join("data");
        let daemon = Daemon::start(changeoverd, &data, &config, &gpus.variables()).await?;
        let mut rig = Self { daemon, servers, gpus, on: on.to_vec(), _folder: folder };
        let began = Instant::now();
        for (kind, subject) in on.iter().enumerate() {
            if rig.lacks(*subject).is_some() {
                continue;
            }
            for at in 0..ROUNDS {
                while !rig.is_well(kind, at).await? {
                    ensure!(began.elapsed() < LIMIT, "a server of {subject:?} is not well");
                    sleep(Duration::from_millis(100)).await;
                }
            }
        }
        Ok(rig)
    }

    /// Why there is no such server.
    pub fn lacks(&self, subject: Subject) -> Option<String> {
        match subject {
            Subject::Gpu => self.gpus.missing(),
            Subject::Llama => {
                let at = self.on.iter().position(|on| *on == subject)?;
                self.servers[at]
                    .is_empty()
                    .then(|| "llama.cpp is not installed (tests/llama/install.sh .cache/llama)".into())
            }
            _ => None,
        }
    }

    /// The tier of a server as the screens show it.
    pub async fn tier(&mut self, kind: usize, at: usize) -> anyhow::Result<Value> {
        let overview = self.daemon.rpc("overview", &Value::Null).await?;
        let chains = overview["chains"].as_array().context("no chains")?;
        let chain =
            chains.iter().find(|chain| chain["name"] == name(kind, at).as_str()).context("no such chain")?;
        Ok(chain["tiers"][0].clone())
    }

    /// Whether a server is in service, and nothing is found wrong with it. Of an engine its figures have been read, too.
    pub async fn is_well(&mut self, kind: usize, at: usize) -> anyhow::Result<bool> {
        let tier = self.tier(kind, at).await?;
        let server = &tier["replicas"][0];
        let engine = matches!(self.on[kind], Subject::Vllm | Subject::Slots);
        let bound =
            self.on[kind] != Subject::Gpu || server["gpus"].as_array().is_some_and(|gpus| !gpus.is_empty());
        let read = !engine || server["load"]["running"].is_u64();
        Ok(tier["may_serve"] == true && server["health"] == "healthy" && bound && read)
    }

    /// Lets a server fail.
    pub async fn fail(&mut self, kind: usize, at: usize, fault: Fault) -> anyhow::Result<()> {
        match fault {
            Fault::Feels(mood) => self.feels(kind, at, mood),
            Fault::Signal(name) => self.signal(kind, at, name).await,
            Fault::Xid(xid) => self.gpus.report(gpu(kind, at), xid),
            Fault::Lost => self.gpus.lose(gpu(kind, at)),
            Fault::DriverHangs => self.gpus.hang(true),
        }
    }

    /// Ends what a fault began, as far as the next kind would be disturbed by it.
    pub async fn mend(&mut self, kind: usize, at: usize, fault: Fault) -> anyhow::Result<()> {
        match fault {
            Fault::Feels(_) => self.feels(kind, at, Mood::Well),
            Fault::Signal("STOP") => self.signal(kind, at, "CONT").await,
            Fault::DriverHangs => self.gpus.hang(false),
            _ => Ok(()),
        }
    }

    fn feels(&self, kind: usize, at: usize, mood: Mood) -> anyhow::Result<()> {
        let Server::Scripted(server) = &self.servers[kind][at].0 else { anyhow::bail!("it has no moods") };
        server.feels(mood);
        Ok(())
    }

    async fn signal(&self, kind: usize, at: usize, name: &str) -> anyhow::Result<()> {
        let Server::Process(process) = &self.servers[kind][at].0 else { anyhow::bail!("it is no process") };
        let pid = process.id().context("it has ended")?.to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &pid]).status().await?;
        ensure!(sent.success(), "the signal was not sent");
        Ok(())
    }
}

fn name(kind: usize, at: usize) -> String {
    format!("kind{kind}-{at}")
}

/// The GPU of a server.
fn gpu(kind: usize, at: usize) -> usize {
    (kind * ROUNDS + at) % super::gpus::COUNT
}

fn configuration(on: &[Subject], servers: &[Vec<(Server, u16)>]) -> String {
    let seconds = |span: Duration| format!("{}ms", span.as_millis());
    let (every, patience, slow) = (seconds(EVERY), seconds(PATIENCE), seconds(SLOW));
    let probe = format!(
        "probe: {{ kind: http, path: /health, every: {every}, timeout: {patience}, slow: {slow}, down_after: {DOWN_AFTER} }}"
    );
    let load = format!("load: {{ every: {every}, stuck_after: {} }}", seconds(STUCK_AFTER));
    let mut text = String::from("version: 1\nchains:\n");
    for (kind, its) in servers.iter().enumerate() {
        let provider = match on[kind] {
            Subject::Vllm => "vllm",
            Subject::Slots | Subject::Llama => "llama.cpp",
            Subject::Plain | Subject::Process | Subject::Gpu => "other",
        };
        for (at, (_, port)) in its.iter().enumerate() {
            let gpus = match on[kind] {
                Subject::Gpu => format!(", gpus: ['{}']", gpu(kind, at)),
                _ => String::new(),
            };
            text.push_str(&format!(
                "  - {{ name: {}, tiers: [{{ name: t, provider: {provider}, model: m, {probe}, {load}, timeouts: {{ first_token: {patience} }}, replicas: [{{ url: 'http://127.0.0.1:{port}'{gpus} }}] }}] }}\n",
                name(kind, at)
            ));
        }
    }
    text
}

async fn start(
    subject: Subject,
    llama: Option<&(PathBuf, PathBuf)>,
) -> anyhow::Result<Option<(Server, u16)>> {
    Ok(match (subject, llama) {
        (Subject::Llama, None) => None,
        (Subject::Llama, Some((program, model))) => {
            let port = free_port()?;
            let mut command = Command::new(program);
            command.arg("--model").arg(model).args(["--host", "127.0.0.1", "--port", &port.to_string()]);
            command.args(["--metrics", "--parallel", "1", "--threads", "1", "--ctx-size", "512"]);
            Some((Server::Process(spawn(&mut command)?), port))
        }
        (Subject::Process, _) => {
            let port = free_port()?;
            let mut command = Command::new(std::env::current_exe()?);
            command.args(["model-server", &port.to_string()]);
            Some((Server::Process(spawn(&mut command)?), port))
        }
        _ => {
            let server = Upstream::start().await?;
            let port = server.port;
            Some((Server::Scripted(server), port))
        }
    })
}

fn spawn(command: &mut Command) -> anyhow::Result<Child> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    command.spawn().context("a model server could not be started")
}

/// The program of a real llama.cpp server and a model that is made for it, where both can be had.
async fn llama(folder: &Path) -> Option<(PathBuf, PathBuf)> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let program = tests.join("../.cache/llama/llama-server");
    let model = folder.join("tiny.gguf");
    if !program.exists() {
        return None;
    }
    let made = Command::new("python3").arg(tests.join("llama/tiny_model.py")).arg(&model).status().await;
    made.is_ok_and(|status| status.success()).then_some((program, model))
}
