//! A data folder with a year behind it: three tiers of the chain `chat`, a change-over every day or so, and traffic
//! with the rhythm of a working day. The same year each time, ending now.
//!
//! What the program keeps for less than a year (single requests, figures per server and per GPU) is not in it. Figures
//! of requests per minute it keeps for 400 days, so that all of the year's are.

mod bulk;
mod outages;

use std::{
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use store::{AttemptMinute, Commit, RequestMinute, Store};

const DAYS: i64 = 365;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const CHAIN: &str = "chat";
/// The tiers of the chain, best first.
const TIERS: [&str; 3] = ["gpu", "laptop", "cloud"];

/// How much of it there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// A row of figures an hour, some 350 incidents: for the screens, made in two seconds.
    Hourly,
    /// A row of figures a minute, as a busy installation has: more than a million rows.
    PerMinute,
    /// The same with so many incidents, all of them over, each with ten change-overs.
    Long(u32),
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn span(&mut self, least: u64, most: u64) -> i64 {
        i64::try_from(least + self.below(most - least)).unwrap()
    }
}

/// Writes it into an empty folder. Incidents are left to the program, which works them out from the events when it first
/// starts on the folder; those of [`Size::Long`] are there already, as that would take minutes.
///
/// # Panics
/// The folder cannot be written.
pub async fn write(folder: &Path, size: Size) {
    let store = Store::open(folder).await.unwrap();
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let now = i64::try_from(since.as_millis()).unwrap();
    let (mut dice, mut seq) = (Dice(7), 0);
    let mut commit = Commit::default();
    for day in (1..=DAYS).rev() {
        let from = (now - day * DAY) / DAY * DAY;
        let requests = requests(from, &mut dice);
        commit.attempts.extend(requests.iter().map(attempts));
        commit.requests.extend(requests);
        // Most days one failure, now and then none, two or three.
        for nth in 0..[1, 1, 0, 2, 1, 0, 1, 3][usize::try_from(dice.below(8)).unwrap()] {
            let at = from + nth * 7 * HOUR + dice.span(0, 6 * HOUR as u64);
            if at < now - DAY && !matches!(size, Size::Long(_)) {
                commit.events.extend(outages::outage(at, &mut dice, &mut seq));
            }
        }
    }
    store.commit(&commit).await.unwrap();
    let file = store.path();
    store.close().await;
    let incidents = match size {
        Size::Hourly => return,
        Size::PerMinute => 0,
        Size::Long(incidents) => i64::from(incidents),
    };
    bulk::write(&file, incidents, now).await.unwrap();
}

/// A day's requests, a row an hour: many by day, few by night.
fn requests(from: i64, dice: &mut Dice) -> Vec<RequestMinute> {
    let row = |hour: i64, tier: &str, result: &str, count: i64, first_tier_ok: i64| RequestMinute {
        minute: (from + hour * HOUR) / MINUTE,
        chain: CHAIN.into(),
        tier: tier.into(),
        simulated: false,
        result: result.into(),
        count,
        first_tier_ok,
    };
    let mut rows = Vec::new();
    for hour in 0..24 {
        let busy = if (8..19).contains(&hour) { 400 } else { 40 };
        let count = busy + dice.span(0, 80);
        rows.push(row(hour, "gpu", "answered", count, count));
        if dice.below(9) == 0 {
            rows.push(row(hour, "laptop", "answered", dice.span(3, 60), 0));
        }
        if dice.below(160) == 0 {
            rows.push(row(hour, "", "failed", dice.span(1, 4), 0));
        }
    }
    rows
}

fn attempts(row: &RequestMinute) -> AttemptMinute {
    let good = row.result == "answered";
    AttemptMinute {
        minute: row.minute,
        chain: row.chain.clone(),
        tier: if good { row.tier.clone() } else { "gpu".into() },
        simulated: false,
        result: if good { "ok".into() } else { "refused".into() },
        count: row.count,
        tokens_in: row.count * 700,
        tokens_out: row.count * 220,
    }
}
