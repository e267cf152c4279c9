//! How soon each kind of failure is found when nobody asks, beside the longest that the settings allow: by checks, by what an
//! engine says of itself, by the driver. Several servers fail in the same way, at different moments between two checks.

mod gpus;
mod setup;

use std::{io::Write, path::Path, time::Duration};

use anyhow::{Context, ensure};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use self::setup::{Rig, Subject};
use crate::upstream::{LATE, Mood};

/// Time between checks, and between readings of an engine's figures.
const EVERY: Duration = Duration::from_secs(2);
/// A check, or a token that is asked for, may take this long.
const PATIENCE: Duration = Duration::from_secs(1);
/// A check that takes longer is slow.
const SLOW: Duration = Duration::from_millis(500);
/// An engine that works this long without a step stands still.
const STUCK_AFTER: Duration = Duration::from_secs(3);
/// Checks in a row that fail before a server is down.
const DOWN_AFTER: u32 = 3;
/// Time between the checks of a server in doubt on this machine.
const QUICK: Duration = Duration::from_secs(1);
/// The time between two checks is up to this much longer, by chance.
const CHANCE: f64 = 1.1;
/// Time between samples of a GPU.
const SAMPLES: Duration = Duration::from_secs(1);
/// A round of calls into the driver that takes longer hangs.
const DRIVER_PATIENCE: Duration = Duration::from_secs(3);
/// Time between two looks at the state: how far a figure may be off.
const LOOK: Duration = Duration::from_millis(20);
/// Servers that fail in each way.
pub const ROUNDS: usize = 3;
/// Nothing may take longer to settle.
const LIMIT: Duration = Duration::from_secs(90);

/// What is done to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The scripted one changes its mood.
    Feels(Mood),
    /// Its process gets this signal.
    Signal(&'static str),
    /// The driver reports this Xid of its GPU.
    Xid(u64),
    /// Its GPU falls off the bus.
    Lost,
    /// No call into the driver returns.
    DriverHangs,
}

/// What shows that it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Out,
    Degraded,
    Loading,
}

impl Found {
    fn is_in(self, tier: &Value) -> bool {
        let server = &tier["replicas"][0];
        match self {
            Self::Out => tier["may_serve"] == false,
            Self::Degraded => server["health"] == "degraded",
            Self::Loading => server["health"] != "down" && server["cool_down_reason"].is_string(),
        }
    }
}

/// A kind of failure.
struct Kind {
    name: &'static str,
    /// What the servers that it is tried on are.
    on: Subject,
    fault: Fault,
    found: Found,
    bound: Duration,
}

/// What so many checks in a row take at most when each takes `each`.
fn checks(count: u32, each: Duration) -> Duration {
    EVERY.mul_f64(CHANCE) + each + (QUICK.mul_f64(CHANCE) + each) * (count - 1)
}

fn kinds() -> Vec<Kind> {
    let now = Duration::ZERO;
    let kind = |name, on, fault, found, bound| Kind { name, on, fault, found, bound };
    let (refused, silent) = (checks(DOWN_AFTER, now), checks(DOWN_AFTER, PATIENCE));
    // A reading may come just before the fault, and one just before the time is up.
    let stuck = EVERY + STUCK_AFTER + EVERY;
    let sample = SAMPLES.mul_f64(CHANCE);
    let (stop, kill) = (Fault::Signal("STOP"), Fault::Signal("KILL"));
    vec![
        kind("connections are refused", Subject::Plain, Fault::Feels(Mood::Refuses), Found::Out, refused),
        kind("health check hangs", Subject::Plain, Fault::Feels(Mood::Hangs), Found::Out, silent),
        kind("health check answers 500", Subject::Plain, Fault::Feels(Mood::Errs), Found::Out, refused),
        kind(
            "health check is slow",
            Subject::Plain,
            Fault::Feels(Mood::Slow),
            Found::Degraded,
            checks(1, LATE),
        ),
        kind(
            "loads its model (503)",
            Subject::Plain,
            Fault::Feels(Mood::Loads),
            Found::Loading,
            checks(1, now),
        ),
        // A token that is asked for beside the requests has the last word.
        kind(
            "vLLM stalls, health 200",
            Subject::Vllm,
            Fault::Feels(Mood::StandsStill),
            Found::Out,
            stuck + PATIENCE,
        ),
        kind(
            "llama.cpp stalls, health 200",
            Subject::Slots,
            Fault::Feels(Mood::StandsStill),
            Found::Out,
            stuck,
        ),
        kind("a server's process, SIGSTOP", Subject::Process, stop, Found::Out, silent),
        kind("a server's process, kill -9", Subject::Process, kill, Found::Out, refused),
        kind("llama.cpp itself, SIGSTOP", Subject::Llama, stop, Found::Out, silent),
        kind("llama.cpp itself, kill -9", Subject::Llama, kill, Found::Out, refused),
        kind("fatal Xid of its GPU", Subject::Gpu, Fault::Xid(95), Found::Out, sample),
        kind("its GPU is lost", Subject::Gpu, Fault::Lost, Found::Out, sample),
        kind(
            "a driver call does not return",
            Subject::Gpu,
            Fault::DriverHangs,
            Found::Degraded,
            sample + DRIVER_PATIENCE,
        ),
    ]
}

/// Measures all of it.
pub async fn measure(changeoverd: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let kinds = kinds();
    let mut rig = Rig::start(changeoverd, &kinds.iter().map(|kind| kind.on).collect::<Vec<_>>()).await?;
    writeln!(
        out,
        "{:<34}{:>12}{:>12}{:>12}{:>10}",
        "found without any request", "median s", "longest s", "bound s", "ratio"
    )?;
    for (at, kind) in kinds.iter().enumerate() {
        let name = kind.name;
        if let Some(why) = rig.lacks(kind.on) {
            writeln!(out, "{name:<34}left out: {why}")?;
            continue;
        }
        let mut times = one(&mut rig, at, kind).await.with_context(|| format!("while {name}"))?;
        times.sort();
        let [median, longest, bound] =
            [times[times.len() / 2], times[times.len() - 1], kind.bound].map(|time| time.as_secs_f64());
        let ratio = longest / bound;
        writeln!(out, "{name:<34}{median:>12.2}{longest:>12.2}{bound:>12.2}{ratio:>10.2}")?;
    }
    Ok(())
}

/// Lets the servers of one kind fail, one after the other, and says how soon each was found.
async fn one(rig: &mut Rig, kind: usize, Kind { fault, found, .. }: &Kind) -> anyhow::Result<Vec<Duration>> {
    // The driver is one for all: it hangs, is found to, and answers again, for each in turn.
    let together = *fault != Fault::DriverHangs;
    let mut failed: Vec<Option<Instant>> = vec![None; ROUNDS];
    let mut times = vec![None; ROUNDS];
    let began = Instant::now();
    while times.iter().any(Option::is_none) {
        ensure!(began.elapsed() < LIMIT, "not within {LIMIT:?}");
        for at in 0..ROUNDS {
            let due = if together {
                began.elapsed() >= EVERY.mul_f64(at as f64 / ROUNDS as f64)
            } else {
                times[..at].iter().all(Option::is_some) && rig.is_well(kind, at).await?
            };
            if failed[at].is_none() && due {
                failed[at] = Some(Instant::now());
                rig.fail(kind, at, *fault).await?;
            }
        }
        for at in 0..ROUNDS {
            let Some(since) = failed[at].filter(|_| times[at].is_none()) else { continue };
            if found.is_in(&rig.tier(kind, at).await?) {
                times[at] = Some(since.elapsed());
                if !together {
                    rig.mend(kind, at, *fault).await?;
                }
            }
        }
        sleep(LOOK).await;
    }
    for at in 0..ROUNDS {
        rig.mend(kind, at, *fault).await?;
    }
    Ok(times.into_iter().flatten().collect())
}
