//! A data folder with a year behind it: `year-of-history FOLDER`. Three tiers of the chain `chat`, a change-over every
//! day or so, and traffic with the rhythm of a working day. The same year each time, ending now.
//!
//! `year-of-history FOLDER --per-minute` counts every minute instead of every hour, as a busy installation does: 1.5 million
//! rows, to measure reports with (`changeoverd --data FOLDER report --days 365`).
//!
//! Written through the store, as events and figures alone: what follows from them is worked out by the program itself
//! when it starts on this folder.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use store::{AttemptMinute, Commit, EventRow, RequestMinute, Store};

const DAYS: i64 = 365;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const CHAIN: &str = "chat";
/// The tiers of the chain, best first.
const TIERS: [&str; 3] = ["gpu", "laptop", "cloud"];

/// Why a tier fails: the class, what it says, what helps.
const CAUSES: [(&str, &str, &str); 5] = [
    ("refused", "connection to 127.0.0.1:8000 refused", "Nothing listens there: start the server."),
    ("first_token_timeout", "no first token within 15 s", "Look at the server's load."),
    ("server_error", "the server answered 500: CUDA out of memory", "Look at the server's log."),
    ("rate_limited", "the server answered 429", "Ask for a higher limit."),
    ("overloaded", "the server answered 503", "Wait, or add a replica."),
];

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

#[tokio::main]
async fn main() {
    let folder = std::env::args().nth(1).expect("usage: year-of-history FOLDER [--per-minute]");
    let per_minute = std::env::args().nth(2).is_some_and(|flag| flag == "--per-minute");
    let store = Store::open(folder.as_ref()).await.unwrap();
    let now =
        i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_millis())
            .unwrap();
    let (mut dice, mut seq) = (Dice(7), 0);
    for day in (1..=DAYS).rev() {
        let from = (now - day * DAY) / DAY * DAY;
        let mut commit = Commit { requests: requests(from, &mut dice), ..Commit::default() };
        if per_minute {
            commit.requests = commit.requests.iter().flat_map(minutes_of).collect();
        }
        commit.attempts = commit.requests.iter().map(attempts).collect();
        // Most days one failure, now and then none, two or three.
        for nth in 0..[1, 1, 0, 2, 1, 0, 1, 3][usize::try_from(dice.below(8)).unwrap()] {
            let at = from + nth * 7 * HOUR + dice.span(0, 6 * HOUR as u64);
            if at < now - DAY {
                commit.events.extend(outage(at, &mut dice, &mut seq));
            }
        }
        store.commit(&commit).await.unwrap();
    }
    store.close().await;
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

/// An hour's row as a row for each of its minutes.
fn minutes_of(row: &RequestMinute) -> impl Iterator<Item = RequestMinute> {
    let row = row.clone();
    (0..60).map(move |at| RequestMinute {
        minute: row.minute + at,
        count: 1 + row.count / 60,
        first_tier_ok: row.first_tier_ok / 60,
        ..row.clone()
    })
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

/// A tier fails at `at`, the next one answers, and it comes back: the events of all that.
fn outage(at: i64, dice: &mut Dice, seq: &mut i64) -> Vec<EventRow> {
    let from = usize::try_from(dice.below(2)).unwrap();
    let (tier, next) = (TIERS[from], TIERS[from + 1]);
    let (class, error, advice) = CAUSES[usize::try_from(dice.below(5)).unwrap()];
    let detected = at + dice.span(40, 9_000);
    let waited = dice.span(20, 1_500);
    let back = detected + dice.span(20_000, 40 * MINUTE as u64);
    let facts = |health: &str, share: u8| json!({"health": health, "breaker": "closed", "admin": "enabled", "cool_down": null, "share_percent": share});
    let replica = |from: Value, to: Value, why: &str, class: Value, evidence: Value, in_service: bool| {
        json!({
            "type": "replica", "chain": CHAIN, "tier": tier, "replica": format!("{CHAIN}/{tier}"), "simulated": false,
            "from": from, "to": to, "why": why, "class": class, "evidence_ms": evidence, "in_service": in_service,
        })
    };
    let moved = |direction: &str,
                 from: &str,
                 to: &str,
                 trigger: &str,
                 error: &str,
                 advice: &str,
                 incident: Value,
                 evidence: Value,
                 waited: Value| {
        json!({
            "type": "changed_over", "chain": CHAIN, "simulated": false, "direction": direction, "from": from, "to": to,
            "trigger": trigger, "error": error, "advice": advice, "incident": incident, "evidence_ms": evidence,
            "waited_ms": waited, "answered": true,
        })
    };
    let kind = if class == "rate_limited" { "rate_limit" } else { "outage" };
    let down = replica(facts("healthy", 100), facts("down", 0), error, json!(class), json!(at), false);
    let over = moved("over", tier, next, class, error, advice, json!(kind), json!(at), json!(waited));
    let ramp =
        replica(facts("down", 0), facts("healthy", 10), "checks pass", Value::Null, Value::Null, false);
    let full = replica(
        facts("healthy", 10),
        facts("healthy", 100),
        "in full service",
        Value::Null,
        Value::Null,
        true,
    );
    let home = moved("back", next, tier, "recovered", "", "", Value::Null, Value::Null, Value::Null);
    let told =
        [(detected, down), (detected + 5, over), (back - 12_000, ramp), (back, full), (back + 4, home)];
    told.map(|(at_ms, body)| row(at_ms, &body, seq)).into()
}

fn row(at_ms: i64, body: &Value, seq: &mut i64) -> EventRow {
    *seq += 1;
    let word = |name: &str| body[name].as_str().map(str::to_owned);
    EventRow {
        seq: *seq,
        at_ms,
        kind: word("type").unwrap(),
        chain: word("chain"),
        tier: word("tier").or_else(|| word("to")),
        simulated: false,
        durable: true,
        body: body.to_string(),
    }
}
