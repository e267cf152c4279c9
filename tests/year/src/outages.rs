//! Failures one by one, as the program would have recorded them.

use serde_json::{Value, json};
use store::EventRow;

use crate::{CHAIN, Dice, MINUTE, TIERS};

/// Why a tier fails: the class, what it says, what helps.
const CAUSES: [(&str, &str, &str); 5] = [
    ("refused", "connection to 127.0.0.1:8000 refused", "Nothing listens there: start the server."),
    ("first_token_timeout", "no first token within 15 s", "Look at the server's load."),
    ("server_error", "the server answered 500: CUDA out of memory", "Look at the server's log."),
    ("rate_limited", "the server answered 429", "Ask for a higher limit."),
    ("overloaded", "the server answered 503", "Wait, or add a replica."),
];

/// A tier fails at `at`, the next one answers, and it comes back: the events of all that.
pub(crate) fn outage(at: i64, dice: &mut Dice, seq: &mut i64) -> Vec<EventRow> {
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
