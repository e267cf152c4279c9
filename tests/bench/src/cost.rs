//! CPU per request and per streamed frame.

use std::{io::Write, time::Duration};

use anyhow::Context;

use crate::{
    load::{Kind, Load},
    proc,
    servers::Server,
    upstream::FRAMES,
};

/// How often the whole is measured; the best round counts, as the least disturbed one.
const ROUNDS: usize = 4;
/// Requests before measuring, so that connections stand and code is warm.
const WARM_UP: usize = 300;
/// No measurement may take longer.
const LIMIT: Duration = Duration::from_secs(60);

/// What is measured.
struct Scenario {
    /// Its name in the table, and on the command line.
    name: &'static str,
    word: &'static str,
    kind: Kind,
    requests: usize,
    /// What one request is divided by.
    units: usize,
}

const SCENARIOS: [Scenario; 3] = [
    Scenario {
        name: "request, 1 KB prompt",
        word: "1kb",
        kind: Kind::Whole(1_000),
        requests: 4_000,
        units: 1,
    },
    Scenario {
        name: "request, 100 KB prompt",
        word: "100kb",
        kind: Kind::Whole(100_000),
        requests: 1_000,
        units: 1,
    },
    Scenario { name: "streamed frame", word: "frames", kind: Kind::Streamed, requests: 160, units: FRAMES },
];

/// Measures every server beside the others, and the way between dialects beside the straight one.
pub async fn measure(
    servers: &[Server],
    wanted: impl Fn(&str) -> bool,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    writeln!(out, "{:<24}{:<28}{:>10}{:>10}{:>10}", "CPU per", "server", "us", "x nginx", "x HAProxy")?;
    let changeover = servers.iter().find(|s| s.name == "Changeover").context("no Changeover")?;
    let mut ways: Vec<_> = servers.iter().map(|s| (s.name, s, "bench")).collect();
    ways.push(("Changeover, translating", changeover, "translated"));
    for scenario in SCENARIOS.iter().filter(|it| wanted("cost") || wanted(it.word)) {
        let costs = compare(scenario, &ways).await?;
        let of = |name| ways.iter().zip(&costs).find(|((it, ..), _)| *it == name).map(|(_, cost)| *cost);
        let (nginx, haproxy) = (of("nginx").context("no nginx")?, of("HAProxy").context("no HAProxy")?);
        for ((name, ..), cost) in ways.iter().zip(&costs) {
            let (by_nginx, by_haproxy) = (cost / nginx, cost / haproxy);
            writeln!(out, "{:<24}{name:<28}{cost:>10.1}{by_nginx:>10.2}{by_haproxy:>10.2}", scenario.name)?;
        }
    }
    Ok(())
}

/// Microseconds of CPU per unit, one figure for each way.
async fn compare(scenario: &Scenario, ways: &[(&str, &Server, &'static str)]) -> anyhow::Result<Vec<f64>> {
    let mut best = vec![f64::INFINITY; ways.len()];
    for round in 0..ROUNDS {
        // Alternating, so that a slow moment of the machine does not hit one server alone.
        for ((name, server, model), best) in ways.iter().zip(&mut best) {
            let load = Load { port: server.port, model, kind: scenario.kind };
            let requests = (scenario.requests / server.patience()).max(4);
            if round == 0 {
                load.run(WARM_UP.min(requests)).await?;
            }
            let before = proc::cpu(server.pid())?;
            let run = tokio::time::timeout(LIMIT, load.run(requests)).await;
            run.with_context(|| format!("{name}: {} took longer than {LIMIT:?}", scenario.name))??;
            // A thread that ends takes its figure along; servers under load end none that did any work.
            let spent = proc::cpu(server.pid())?.saturating_sub(before);
            #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
            let per_unit = spent as f64 / 1_000.0 / (requests * scenario.units) as f64;
            *best = best.min(per_unit);
        }
    }
    Ok(best)
}
