//! The program with its admin address, for the parts that look at what it knows.

use std::{path::Path, process::Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    task::JoinSet,
};

use crate::load::Line;

/// A running `changeoverd`; killed when dropped.
pub struct Daemon {
    /// Where applications connect, on the loopback address.
    pub port: u16,
    child: Child,
    admin: Line,
    host: String,
    token: String,
    /// Reads what it says, or its pipe would fill.
    _output: JoinSet<()>,
}

impl Daemon {
    /// Starts it on a data folder with a configuration file and these variables, and waits until it listens.
    pub async fn start(
        program: &Path,
        data: &Path,
        config: &Path,
        variables: &[(&str, &Path)],
    ) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        command.env("CHANGEOVER_LOG", "error").envs(variables.iter().copied());
        command.arg("serve").arg("--data").arg(data).arg("--config").arg(config);
        command.args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().context("changeoverd could not be started")?;
        let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        let mut word = async |start: &str| {
            while let Some(line) = lines.next_line().await? {
                if let Some(rest) = line.strip_prefix(start) {
                    return Ok(rest.to_owned());
                }
            }
            anyhow::bail!("changeoverd ended before it listened")
        };
        let endpoint = word("Applications connect to http://").await?;
        let screens = word("The screens are at http://").await?;
        let (host, token) = screens.split_once("/?token=").context("no token")?;
        let (host, token) = (host.to_owned(), token.to_owned());
        let mut output = JoinSet::new();
        output.spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let admin = Line::to(port_of(&host)?).await?;
        Ok(Self { port: port_of(&endpoint)?, child, admin, host, token, _output: output })
    }

    /// A command's answer.
    pub async fn rpc(&mut self, name: &str, request: &Value) -> anyhow::Result<Value> {
        let (host, token, body) = (&self.host, &self.token, request.to_string());
        let head = format!("POST /rpc/{name} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}");
        let length = body.len();
        let message =
            format!("{head}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}");
        let answer = self.admin.ask(message.as_bytes()).await?;
        let text = String::from_utf8_lossy(&answer.body);
        ensure!(answer.head.starts_with("http/1.1 200"), "{name}: {} {text}", answer.head);
        serde_json::from_slice(&answer.body).with_context(|| format!("{name}: {text}"))
    }

    /// Ends it with SIGKILL.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }
}

fn port_of(address: &str) -> anyhow::Result<u16> {
    let (_, rest) = address.rsplit_once(':').context("an address without a port")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().with_context(|| format!("no port in {address}"))
}
