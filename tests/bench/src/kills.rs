//! What is lost when the program is killed with SIGKILL, again and again, at other moments each time, while requests are
//! answered, its first server comes and goes, and orders move the traffic. What a command answered, or a list showed, has to be there after the
//! next start. Requests are counted in batches, so those answered in the last moments may be missing from the figures.

use std::{
    collections::BTreeSet,
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::{
    daemon::Daemon,
    load::{Kind, Line, Load},
    upstream::{Mood, Upstream},
};

const KILLS: u32 = 20;
/// Each kill comes so much later after the last command than the one before.
const LATER: Duration = Duration::from_millis(7);
/// Requests before the kill, so that something has happened.
const LEAST: usize = 50;
/// A change-over or an incident is looked for this long.
const LIMIT: Duration = Duration::from_secs(20);

/// What has to be there, and what is.
#[derive(Default)]
struct Ledger {
    orders: BTreeSet<String>,
    notes: BTreeSet<String>,
    incidents: BTreeSet<String>,
    change_overs: BTreeSet<String>,
    lost: BTreeSet<String>,
    answered: u64,
}

/// Kills it, and counts.
pub async fn measure(changeoverd: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let (first, second) = (Upstream::start().await?, Upstream::start().await?);
    let config = configuration(folder.path(), first.port, second.port)?;
    let data = folder.path().join("data");
    let mut ledger = Ledger::default();
    let mut uncounted = Vec::new();
    let mut daemon = Daemon::start(changeoverd, &data, &config, &[]).await?;
    for round in 0..KILLS {
        first.feels(if round % 2 == 0 { Mood::Refuses } else { Mood::Well });
        let load = ask(daemon.port).await?;
        act(&mut daemon, &mut ledger, round).await.with_context(|| format!("before kill {round}"))?;
        sleep(LATER * round).await;
        daemon.kill().await?;
        ledger.answered += load.join_all().await.into_iter().sum::<u64>();
        daemon = Daemon::start(changeoverd, &data, &config, &[]).await?;
        look(&mut daemon, &mut ledger).await.with_context(|| format!("after kill {round}"))?;
        let counted = counted(&mut daemon).await?;
        uncounted.push(ledger.answered.saturating_sub(counted));
        ledger.answered = counted;
    }
    let kept = ledger.orders.len() + ledger.notes.len() + ledger.incidents.len() + ledger.change_overs.len();
    writeln!(out, "{:<52}{:>12}{:>12}", format!("{KILLS} kills (SIGKILL) under load"), "recorded", "lost")?;
    writeln!(out, "{:<52}{kept:>12}{:>12}", "orders, notes, incidents, change-overs", ledger.lost.len())?;
    let (most, all): (_, u64) = (uncounted.iter().max().copied().unwrap_or(0), uncounted.iter().sum());
    let name = format!("answered requests in the figures; most per kill: {most}");
    writeln!(out, "{name:<52}{:>12}{all:>12}", ledger.answered)?;
    Ok(())
}

/// Three tiers: the first comes and goes, the others are well.
fn configuration(folder: &Path, first: u16, well: u16) -> anyhow::Result<PathBuf> {
    let quick = "probe: { kind: http, path: /health, every: 1s, timeout: 1s, down_after: 1, up_after: 1 }";
    let tier = |name: &str, port: u16| {
        format!("{{ name: {name}, provider: other, model: m, url: 'http://127.0.0.1:{port}', {quick} }}")
    };
    let tiers = [tier("first", first), tier("second", well), tier("third", well)].join(", ");
    let file = folder.join("changeover.yaml");
    std::fs::write(&file, format!("version: 1\nchains:\n  - {{ name: chat, tiers: [{tiers}] }}\n"))?;
    Ok(file)
}

/// Asks until the program is gone, and says how many requests were answered. Returns once some were.
async fn ask(port: u16) -> anyhow::Result<JoinSet<u64>> {
    let message = Load { port, model: "chat", kind: Kind::Whole(100) }.message();
    let mut line = Line::to(port).await?;
    let is_good = |answer: &crate::load::Message| answer.head.starts_with("http/1.1 200");
    let mut answered = 0;
    for _ in 0..LEAST {
        answered += u64::from(is_good(&line.ask(&message).await?));
    }
    let mut asking = JoinSet::new();
    asking.spawn(async move {
        while let Ok(answer) = line.ask(&message).await {
            answered += u64::from(is_good(&answer));
        }
        answered
    });
    Ok(asking)
}

/// Gives an order that has another tier answer, notes something, and takes down what the lists show.
async fn act(daemon: &mut Daemon, ledger: &mut Ledger, round: u32) -> anyhow::Result<()> {
    let page = json!({ "limit": 100, "offset": 0 });
    let tier = if round.is_multiple_of(2) { "second" } else { "third" };
    let why = format!("before kill {round}.");
    daemon.rpc("order.pin", &json!({ "chain": "chat", "tier": tier, "why": why })).await?;
    ledger.orders.insert(why);
    let (changed, began) = (ledger.change_overs.len(), Instant::now());
    while ledger.change_overs.len() == changed {
        ensure!(began.elapsed() < LIMIT, "no change-over within {LIMIT:?}");
        ledger.change_overs.extend(ids(&daemon.rpc("changeovers", &page).await?));
    }
    let incidents = ids(&daemon.rpc("incidents", &page).await?["incidents"]);
    if let Some(id) = incidents.first() {
        let text = format!("seen before kill {round}.");
        daemon.rpc("incident.note", &json!({ "id": id, "text": text })).await?;
        ledger.notes.insert(format!("{id}: {text}"));
    }
    ledger.incidents.extend(incidents);
    Ok(())
}

/// Finds what is no longer there.
async fn look(daemon: &mut Daemon, ledger: &mut Ledger) -> anyhow::Result<()> {
    let page = json!({ "limit": 100, "offset": 0 });
    let change_overs = ids(&daemon.rpc("changeovers", &page).await?);
    let incidents = ids(&daemon.rpc("incidents", &page).await?["incidents"]);
    let orders = daemon.rpc("orders", &Value::Null).await?["recent"].to_string();
    let mut missing: Vec<String> = Vec::new();
    missing.extend(ledger.change_overs.difference(&change_overs).map(|id| format!("change-over {id}")));
    missing.extend(ledger.incidents.difference(&incidents).map(|id| format!("incident {id}")));
    missing.extend(ledger.orders.iter().filter(|why| !orders.contains(*why)).cloned());
    for note in &ledger.notes {
        let (id, text) = note.split_once(": ").context("a note without an incident")?;
        let incident = daemon.rpc("incident", &json!({ "id": id })).await?["timeline"].to_string();
        missing.extend((!incident.contains(text)).then(|| note.clone()));
    }
    ledger.lost.extend(missing);
    Ok(())
}

fn ids(rows: &Value) -> BTreeSet<String> {
    let id = |row: &Value| row["id"].as_str().map(str::to_owned);
    rows.as_array().into_iter().flatten().filter_map(id).collect()
}

/// The requests in the week's figures, which are put together soon after the start.
async fn counted(daemon: &mut Daemon) -> anyhow::Result<u64> {
    loop {
        let week = daemon.rpc("overview", &Value::Null).await?["week"].clone();
        if let Some(real) =
            week.as_array().into_iter().flatten().find(|figures| figures["simulated"] == false)
        {
            return real["requests"].as_u64().context("no number of requests");
        }
        sleep(Duration::from_millis(20)).await;
    }
}
