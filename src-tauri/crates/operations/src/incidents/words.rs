//! The sentences of incidents and timelines.

use domain::{
    Admin, Health,
    event::{ChangedOver, Direction, ReplicaChange, ReplicaFacts},
    verdict::IncidentKind,
};

use super::{ALL_TIERS, Incident};

/// One line for lists: what is wrong and who answers.
pub(super) fn title(incident: &Incident) -> String {
    if incident.tier == ALL_TIERS {
        return format!("{}: no tier answers", incident.chain);
    }
    let wrong = match incident.kind {
        IncidentKind::Outage => "is down",
        IncidentKind::RateLimit => "is rate-limited",
        IncidentKind::Degradation => "answers too slowly",
        IncidentKind::Model => "does not serve its model",
        IncidentKind::Gpu => "has a failed GPU",
        IncidentKind::Credential => "refuses its key",
        IncidentKind::Quality => "gives poor answers",
        IncidentKind::AllDown => "does not answer",
    };
    let then = match (&incident.answered_by, incident.traffic_hit) {
        (Some(to), true) => format!(", {to} answers"),
        (None, true) => String::new(),
        (_, false) => ", no traffic affected".to_owned(),
    };
    format!("{}: {} {wrong}{then}", incident.chain, incident.tier)
}

/// A change-over as a line of a timeline.
pub(super) fn moved(change: &ChangedOver) -> String {
    let from = change.from.as_deref().unwrap_or("no tier");
    let to = change.to.as_deref().unwrap_or("no tier");
    let waited = change.waited_ms.map(|ms| format!("; the client waited {} longer", duration(ms))).unwrap_or_default();
    let verb = match change.direction {
        Direction::Over => "moved",
        Direction::Back => "returned",
    };
    let why = if change.error.is_empty() { String::new() } else { format!(": {}", change.error) };
    format!("Traffic {verb} from {from} to {to} ({}){why}{waited}", change.trigger.replace('_', " "))
}

/// A replica's change as a line of a timeline.
pub(super) fn changed(change: &ReplicaChange) -> String {
    let to = state(&change.to);
    let from = state(&change.from);
    let place = change.replica.rsplit_once('@').map_or(change.replica.as_str(), |(_, url)| url);
    let why = if change.why.is_empty() { String::new() } else { format!(": {}", change.why) };
    if from == to { format!("{place} is {to}{why}") } else { format!("{place} went from {from} to {to}{why}") }
}

fn state(facts: &ReplicaFacts) -> String {
    let mut words = vec![match facts.health {
        Health::Unknown => "unknown".to_owned(),
        Health::Healthy => "healthy".to_owned(),
        Health::Degraded => "degraded".to_owned(),
        Health::Down => "down".to_owned(),
    }];
    match facts.breaker.as_str() {
        "open" => words.push("breaker open".to_owned()),
        "half_open" => words.push("breaker half-open".to_owned()),
        _ => {}
    }
    if let Some(class) = facts.cool_down {
        words.push(format!("left alone ({})", class.word().replace('_', " ")));
    }
    match facts.admin {
        Admin::Enabled => {}
        Admin::Draining => words.push("draining".to_owned()),
        Admin::Disabled => words.push("disabled".to_owned()),
    }
    if facts.share_percent < 100 && facts.breaker == "closed" && facts.health != Health::Down {
        words.push(format!("taking {} % of traffic", facts.share_percent));
    }
    words.join(", ")
}

/// A duration for people: `340 ms`, `4.2 s`, `3 min 5 s`, `2 h 10 min`.
#[must_use]
pub(crate) fn duration(ms: i64) -> String {
    match ms {
        ..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        60_000..3_600_000 => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
        _ => format!("{} h {} min", ms / 3_600_000, ms % 3_600_000 / 60_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well_at_every_size() {
        let cases = [(0, "0 ms"), (999, "999 ms"), (1_000, "1.0 s"), (4_250, "4.2 s"), (59_999, "59.9 s")];
        let longer = [(60_000, "1 min 0 s"), (185_000, "3 min 5 s"), (7_800_000, "2 h 10 min")];
        for (ms, words) in cases.into_iter().chain(longer) {
            assert_eq!(duration(ms), words);
        }
    }
}
