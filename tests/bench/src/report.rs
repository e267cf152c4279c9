//! What an operator waits for: a report over a year in each form, and the first pages of the Incidents screen. Once over a
//! busy year with an incident a day, once over 100,000 incidents with 1,000,000 change-overs. Wall time: it is what is felt.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, UNIX_EPOCH},
};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::load::Line;

/// The median of so many counts.
const ROUNDS: usize = 5;
const YEAR_MS: u128 = 365 * 86_400_000;
/// What the figures are held against: a report, a page, milliseconds.
const BARS: (u128, u128) = (2_000, 250);
const FORMATS: [&str; 4] = ["html", "pdf", "csv", "json"];

/// Measures it over both years.
pub async fn measure(changeoverd: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let years = [("an incident a day", "--per-minute"), ("100,000 incidents", "--long")];
    let mut columns = Vec::new();
    for (_, size) in years {
        let folder = tempfile::tempdir()?;
        let begun = Instant::now();
        let made = Command::new(changeoverd.with_file_name("year-of-history"))
            .arg(folder.path())
            .arg(size)
            .status()
            .context("year-of-history is not built")?;
        ensure!(made.success(), "the year could not be made");
        let mut figures = vec![("to make the year", None, begun.elapsed())];
        figures.extend(over(changeoverd, folder.path()).await?);
        columns.push(figures);
    }
    write!(out, "{:<44}", "a year of figures per minute, ms")?;
    for (name, _) in years {
        write!(out, "{name:>20}")?;
    }
    writeln!(out, "{:>8}", "bar")?;
    for (first, second) in columns[0].iter().zip(&columns[1]) {
        let bar = first.1.map(|bar| bar.to_string()).unwrap_or_default();
        writeln!(out, "{:<44}{:>20}{:>20}{bar:>8}", first.0, first.2.as_millis(), second.2.as_millis())?;
    }
    Ok(())
}

type Figure = (&'static str, Option<u128>, Duration);

/// Starts the program on `data` and asks for everything.
async fn over(changeoverd: &Path, data: &Path) -> anyhow::Result<Vec<Figure>> {
    let mut daemon = Daemon::start(changeoverd, data)?;
    let mut figures = vec![("from the start to the first answer", None, daemon.started)];
    let names = ["report, HTML", "report, PDF", "report, CSV", "report, JSON"];
    for (name, format) in names.into_iter().zip(FORMATS) {
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let mut command = Command::new(changeoverd);
            command.arg("--data").arg(data).args(["report", "--days", "365", "--format", format]);
            let answer = command.stderr(Stdio::inherit()).output()?;
            rounds.push(begun.elapsed());
            ensure!(answer.status.success() && answer.stdout.len() > 10_000, "no report as {format}");
        }
        figures.push((name, Some(BARS.0), median(rounds)));
    }
    let now = UNIX_EPOCH.elapsed()?.as_millis();
    let nothing = json!({"text": "no such words"});
    let none = json!({});
    let lists = [
        (
            "report, of the screen",
            Some(BARS.0),
            "report",
            json!({"from_ms": now - YEAR_MS, "to_ms": now, "simulated": false}),
        ),
        (
            "incidents, first page",
            Some(BARS.1),
            "incidents",
            json!({"limit": 100, "offset": 0, "filter": none}),
        ),
        (
            "incidents, a search that finds nothing",
            None,
            "incidents",
            json!({"limit": 100, "offset": 0, "filter": nothing}),
        ),
        (
            "incidents, the strip of 90 days",
            Some(BARS.1),
            "incidents.days",
            json!({"days": 90, "offset_minutes": 0, "simulated": false}),
        ),
        ("history, first page", Some(BARS.1), "history", json!({"limit": 100, "offset": 0, "filter": none})),
        (
            "history, a search that finds nothing",
            None,
            "history",
            json!({"limit": 100, "offset": 0, "filter": nothing}),
        ),
    ];
    for (name, bar, command, request) in lists {
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push(daemon.rpc(command, &request).await?);
        }
        figures.push((name, bar, median(rounds)));
    }
    Ok(figures)
}

fn median(mut rounds: Vec<Duration>) -> Duration {
    rounds.sort();
    rounds[rounds.len() / 2]
}

struct Daemon {
    child: Child,
    /// From its start until it said where the screens are.
    started: Duration,
    port: u16,
    token: String,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(Command::new("kill").arg(self.child.id().to_string()).status());
        drop(self.child.wait());
    }
}

impl Daemon {
    fn start(program: &Path, data: &Path) -> anyhow::Result<Self> {
        let config: PathBuf = data.join("bench.yaml");
        std::fs::write(&config, configuration())?;
        let begun = Instant::now();
        let mut command = Command::new(program);
        command.arg("serve").arg("--data").arg(data).arg("--config").arg(config);
        command.args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let said = child.stdout.take().context("no output")?;
        let mut daemon = Self { child, started: Duration::ZERO, port: 0, token: String::new() };
        for line in BufReader::new(said).lines() {
            let line = line?;
            if let Some(rest) = line.strip_prefix("The screens are at http://127.0.0.1:") {
                let (port, rest) = rest.split_once('/').context("an address without a path")?;
                let (_, token) = rest.split_once("token=").context("an address without a token")?;
                (daemon.started, daemon.port) = (begun.elapsed(), port.parse()?);
                daemon.token = token.trim().to_owned();
                return Ok(daemon);
            }
        }
        anyhow::bail!("changeoverd ended at once")
    }

    /// How long the command took to answer.
    async fn rpc(&mut self, command: &str, request: &Value) -> anyhow::Result<Duration> {
        let body = request.to_string();
        let message = format!(
            "POST /rpc/{command} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.port,
            self.token,
            body.len()
        );
        let mut line = Line::to(self.port).await?;
        let begun = Instant::now();
        let answer = line.ask(message.as_bytes()).await?;
        ensure!(
            answer.head.starts_with("http/1.1 200"),
            "{command}: {}",
            String::from_utf8_lossy(&answer.body)
        );
        Ok(begun.elapsed())
    }
}

/// The chain of the year, with prices, before a server that is not there.
fn configuration() -> String {
    let tier = |name: &str, price: u32| {
        format!(
            "      - {{ name: {name}, provider: llama.cpp, model: m, url: 'http://127.0.0.1:9', \
             price: {{ input: {price}, output: {} }} }}\n",
            3 * price
        )
    };
    let tiers = tier("gpu", 0) + &tier("laptop", 0) + &tier("cloud", 3);
    format!("version: 1\nalerts: {{ desktop: false }}\nchains:\n  - name: chat\n    tiers:\n{tiers}")
}
