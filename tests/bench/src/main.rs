//! Measures the CPU time that one request and one streamed frame cost in Changeover, nginx and HAProxy, in one run
//! on one machine. Only the ratios mean anything: absolute times depend on the machine and what else it does.
//!
//! Everything is bounded: so many requests, so much time, loopback only. Times are microseconds of CPU of the
//! server's process, all its threads together, as the kernel accounts them.

mod cpu;
mod load;
mod servers;
mod upstream;

use std::{io::Write, path::PathBuf, time::Duration};

use anyhow::Context;
use load::{Kind, Load};
use servers::Server;

/// How often the whole is measured; the best round counts, as the least disturbed one.
const ROUNDS: usize = 3;
/// Requests before measuring, so that connections stand and code is warm.
const WARM_UP: usize = 300;
/// No measurement may take longer.
const LIMIT: Duration = Duration::from_secs(60);

/// What is measured.
struct Scenario {
    name: &'static str,
    kind: Kind,
    requests: usize,
    /// What one request is divided by.
    units: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let changeoverd =
        PathBuf::from(std::env::args().nth(1).context("usage: changeover-bench PATH-OF-CHANGEOVERD")?);
    let upstream = upstream::start().await?;
    let folder = tempfile::tempdir()?;
    let servers = servers::start_all(&changeoverd, folder.path(), upstream).await?;
    let scenarios = [
        Scenario {
            name: "request, 1 KB prompt",
            kind: Kind::Whole { prompt: 1_000 },
            requests: 4_000,
            units: 1,
        },
        Scenario {
            name: "request, 100 KB prompt",
            kind: Kind::Whole { prompt: 100_000 },
            requests: 1_000,
            units: 1,
        },
        Scenario { name: "streamed frame", kind: Kind::Streamed, requests: 150, units: upstream::FRAMES },
    ];
    let mut out = std::io::stdout();
    writeln!(out, "{:<24}{:<14}{:>12}{:>12}{:>12}", "CPU per", "server", "us", "x nginx", "x HAProxy")?;
    for scenario in &scenarios {
        let costs = measure(scenario, &servers).await?;
        let of = |name: &str| {
            servers.iter().zip(&costs).find(|(server, _)| server.name == name).map(|(_, cost)| *cost)
        };
        let (nginx, haproxy) = (of("nginx").context("no nginx")?, of("HAProxy").context("no HAProxy")?);
        for (server, cost) in servers.iter().zip(&costs) {
            let (name, by_nginx, by_haproxy) = (server.name, cost / nginx, cost / haproxy);
            writeln!(out, "{:<24}{name:<14}{cost:>12.1}{by_nginx:>12.2}{by_haproxy:>12.2}", scenario.name)?;
        }
    }
    Ok(())
}

/// Microseconds of CPU per unit, one figure for each server.
async fn measure(scenario: &Scenario, servers: &[Server]) -> anyhow::Result<Vec<f64>> {
    let mut best = vec![f64::INFINITY; servers.len()];
    for round in 0..ROUNDS {
        // Alternating, so that a slow moment of the machine does not hit one server alone.
        for (server, best) in servers.iter().zip(&mut best) {
            let load = Load { port: server.port, kind: scenario.kind };
            if round == 0 {
                load.run(WARM_UP.min(scenario.requests)).await?;
            }
            let before = cpu::nanoseconds(server.pid())?;
            tokio::time::timeout(LIMIT, load.run(scenario.requests)).await.with_context(|| {
                format!("{}: {} took longer than {LIMIT:?}", server.name, scenario.name)
            })??;
            // A thread that ends takes its figure along; servers under load end none that did any work.
            let spent = cpu::nanoseconds(server.pid())?.saturating_sub(before);
            #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
            let per_unit = spent as f64 / 1_000.0 / (scenario.requests * scenario.units) as f64;
            *best = best.min(per_unit);
        }
    }
    Ok(best)
}
