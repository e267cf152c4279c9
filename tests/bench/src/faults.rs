//! What a fault of the first server costs the clients of Changeover, how soon it is noticed, and how soon a repaired
//! server answers again. nginx and HAProxy do not look at answers, so they are not asked.

use std::{io::Write, time::Duration};

use anyhow::{Context, ensure};
use tokio::time::{Instant, sleep};

use crate::{
    load::{Kind, Line, Load, Message},
    upstream::{Mood, Upstream},
};

/// Requests for a latency; its 99th percentile is that of the tenth slowest.
const REQUESTS: usize = 1_000;
/// A server is in service, or out of it, after so many answers in a row that say so.
const IN_A_ROW: usize = 20;
/// Pause between two requests of a client that watches.
const BETWEEN: Duration = Duration::from_millis(20);
/// Nothing may take longer.
const LIMIT: Duration = Duration::from_secs(60);

const FAULTS: [(&str, Mood); 3] =
    [("refuses", Mood::Refuses), ("answers 500", Mood::Errs), ("hangs", Mood::Hangs)];

/// Measures all of it.
pub async fn measure(port: u16, primary: &Upstream, out: &mut impl Write) -> anyhow::Result<()> {
    latencies(port, primary, out).await?;
    writeln!(
        out,
        "{:<24}{:>12}{:>14}{:>14}{:>16}{:>16}",
        "first server", "errors", "paid for it", "noticed ms", "first again s", "in full again s"
    )?;
    for (name, mood) in FAULTS {
        let found = outage(port, primary, mood).await.with_context(|| format!("while it {name}"))?;
        let Outage { errors, paid, noticed, first, full } = found;
        let (first, full) = (first.as_secs_f64(), full.as_secs_f64());
        let noticed = noticed.as_millis();
        writeln!(out, "{name:<24}{errors:>12}{paid:>14}{noticed:>14}{first:>16.1}{full:>16.1}")?;
    }
    Ok(())
}

/// The time to an answer while each request meets the fault, beside that without one.
async fn latencies(port: u16, primary: &Upstream, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "{:<24}{:>12}{:>14}{:>14}", "failover within a request", "errors", "p50 ms", "p99 ms")?;
    for (name, mood) in [("well", Mood::Well), FAULTS[0], FAULTS[1]] {
        primary.feels(mood);
        let message = Load { port, model: "costly", kind: Kind::Whole(1_000) }.message();
        let mut line = Line::to(port).await?;
        let (mut errors, mut times) = (0, Vec::with_capacity(REQUESTS));
        for _ in 0..REQUESTS {
            let began = Instant::now();
            let answer = line.ask(&message).await?;
            times.push(began.elapsed().as_secs_f64() * 1_000.0);
            errors += usize::from(!is_good(&answer));
        }
        primary.feels(Mood::Well);
        times.sort_by(f64::total_cmp);
        let (median, late) = (times[REQUESTS / 2], times[REQUESTS - REQUESTS / 100]);
        writeln!(out, "{name:<24}{errors:>12}{median:>14.2}{late:>14.2}")?;
    }
    Ok(())
}

/// What an outage was to the clients.
#[derive(Default)]
struct Outage {
    /// Requests that were not answered.
    errors: usize,
    /// Requests that met the fault before another server answered them.
    paid: usize,
    /// From the fault until no request met it any more.
    noticed: Duration,
    /// From the repair to the first answer.
    first: Duration,
    /// From the repair until every request is answered by it.
    full: Duration,
}

/// Lets the first server fail and be repaired, with one client that asks all the time.
async fn outage(port: u16, primary: &Upstream, mood: Mood) -> anyhow::Result<Outage> {
    let message = Load { port, model: "watched", kind: Kind::Short }.message();
    let mut line = Line::to(port).await?;
    let mut outage = Outage::default();
    in_a_row(&mut line, &message, |answer| is_by(answer, "first")).await?;

    primary.feels(mood);
    let began = Instant::now();
    let noticed = in_a_row(&mut line, &message, |answer| {
        outage.errors += usize::from(!is_good(answer));
        let met = answer.header("x-changeover-attempts") != "1";
        outage.paid += usize::from(met);
        is_by(answer, "second") && !met
    });
    outage.noticed = noticed.await? - began;

    primary.feels(Mood::Well);
    let (repaired, mut first) = (Instant::now(), None);
    let full = in_a_row(&mut line, &message, |answer| {
        outage.errors += usize::from(!is_good(answer));
        let back = is_by(answer, "first");
        if back {
            first.get_or_insert_with(Instant::now);
        }
        back
    });
    outage.full = full.await? - repaired;
    outage.first = first.context("it never came back")? - repaired;
    Ok(outage)
}

/// Asks until so many answers in a row are as wanted; returns when the first of them was asked for.
async fn in_a_row(
    line: &mut Line,
    message: &[u8],
    mut wanted: impl FnMut(&Message) -> bool,
) -> anyhow::Result<Instant> {
    let began = Instant::now();
    let (mut count, mut since) = (0, began);
    while count < IN_A_ROW {
        ensure!(began.elapsed() < LIMIT, "not within {LIMIT:?}");
        let asked = Instant::now();
        let answer = line.ask(message).await?;
        if wanted(&answer) {
            since = if count == 0 { asked } else { since };
            count += 1;
        } else {
            count = 0;
        }
        sleep(BETWEEN).await;
    }
    Ok(since)
}

fn is_good(answer: &Message) -> bool {
    answer.head.starts_with("http/1.1 200")
}

fn is_by(answer: &Message, tier: &str) -> bool {
    is_good(answer) && answer.header("x-changeover-tier") == tier
}
