//! Measures what Changeover costs and how it fares beside nginx and HAProxy, in one run on one machine. Only the ratios
//! mean anything: absolute figures depend on the machine and what else it does.
//!
//! Everything is bounded: so many requests, so much time, loopback only. CPU is that of the server's process, all its
//! threads together, as the kernel accounts it: wall time is noise on a machine that does something else as well.

mod cost;
mod daemon;
mod detect;
mod faults;
mod kills;
mod load;
mod proc;
mod report;
mod rivals;
mod servers;
mod streams;
mod translate;
mod upstream;
mod watching;

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context;
use upstream::Upstream;

const USAGE: &str = "usage: changeover-bench PATH-OF-CHANGEOVERD [translate] [cost | 1kb | 100kb | frames] [streams] [faults] [detect] [kills] [watching] [report]";
/// What needs the servers that are compared.
const BESIDE_OTHERS: [&str; 6] = ["cost", "1kb", "100kb", "frames", "streams", "faults"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next().context(USAGE)?;
    let parts: Vec<String> = arguments.collect();
    if first == "model-server" {
        // A server for `detect`, to be stopped and killed.
        let _server = Upstream::at(parts.first().context("no port")?.parse()?).await?;
        return std::future::pending().await;
    }
    let changeoverd = PathBuf::from(first);
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|it| it == part);
    let mut out = std::io::stdout();
    if wanted("translate") {
        translate::measure(&mut out)?;
        writeln!(out)?;
    }
    if wanted("report") {
        report::measure(&changeoverd, &mut out).await?;
        writeln!(out)?;
    }
    if BESIDE_OTHERS.into_iter().any(wanted) {
        beside_others(&changeoverd, wanted, &mut out).await?;
        writeln!(out)?;
    }
    if wanted("detect") {
        detect::measure(&changeoverd, &mut out).await?;
        writeln!(out)?;
    }
    if wanted("kills") {
        kills::measure(&changeoverd, &mut out).await?;
        writeln!(out)?;
    }
    if wanted("watching") {
        watching::measure(&changeoverd, &mut out).await?;
    }
    Ok(())
}

async fn beside_others(
    changeoverd: &Path,
    wanted: impl Fn(&str) -> bool,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let (primary, spare) = (Upstream::start().await?, Upstream::start().await?);
    let folder = tempfile::tempdir()?;
    let servers = servers::start_all(changeoverd, folder.path(), primary.port, spare.port).await?;
    cost::measure(&servers, &wanted, out).await?;
    if wanted("streams") {
        writeln!(out)?;
        streams::measure(&servers, primary.port, out).await?;
    }
    if wanted("faults") {
        writeln!(out)?;
        let changeover = servers.iter().find(|s| s.name == "Changeover").context("no Changeover")?;
        faults::measure(changeover.port, &primary, out).await?;
    }
    Ok(())
}
