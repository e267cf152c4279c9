//! The sentences of incidents and timelines.

use domain::{
    Admin, Health,
    event::{ChangedOver, Direction, Milestone, ReplicaChange, ReplicaFacts},
    verdict::IncidentKind,
};

use super::{ALL_TIERS, Incident};
pub(super) use crate::words::duration;

/// One line for lists: what is wrong and who answers.
pub(super) fn title(incident: &Incident) -> String {
    if incident.tier == ALL_TIERS {
        return format!("{}: no tier answers", incident.chain);
    }
    if incident.kind == IncidentKind::Safety {
        return format!("{} was retired and answers nowhere", incident.tier);
    }
    if incident.kind == IncidentKind::Cost {
        return format!("{}: {} is far above the usual", incident.chain, incident.tier);
    }
    let wrong = match incident.kind {
        IncidentKind::Outage => "is down",
        IncidentKind::RateLimit => "is rate-limited",
        IncidentKind::Degradation => "answers too slowly",
        IncidentKind::Model => "does not serve its model",
        IncidentKind::Gpu => "has a failed GPU",
        IncidentKind::Credential => "refuses its key",
        IncidentKind::Quality => "gives poor answers",
        IncidentKind::Cost => "is over its budget",
        IncidentKind::Safety => "was retired for safety",
        IncidentKind::AllDown => "does not answer",
    };
    let then = match (&incident.answered_by, incident.traffic_hit) {
        (Some(to), true) => format!(", {to} answers"),
        (None, true) => String::new(),
        (_, false) => ", no traffic affected".to_owned(),
    };
    format!("{}: {} {wrong}{then}", incident.chain, incident.tier)
}

/// A recorded time's name.
pub(super) const fn milestone(milestone: Milestone) -> &'static str {
    match milestone {
        Milestone::Began => "The beginning of the fault",
        Milestone::Detected => "The detection",
        Milestone::Assessed => "The assessment",
        Milestone::FailedOver => "The failover",
        Milestone::Restored => "The restoration",
    }
}

/// A change-over as a line of a timeline.
pub(super) fn moved(change: &ChangedOver) -> String {
    let from = change.from.as_deref().unwrap_or("no tier");
    let to = change.to.as_deref().unwrap_or("no tier");
    let waited =
        change.waited_ms.map(|ms| format!("; the client waited {} longer", duration(ms))).unwrap_or_default();
    let verb = match change.direction {
        Direction::Over => "moved",
        Direction::Back => "returned",
    };
    let why = if change.error.is_empty() { String::new() } else { format!(": {}", change.error) };
    let impact = change.impact.map(|i| format!("; quality impact {}", i.word())).unwrap_or_default();
    format!("Traffic {verb} from {from} to {to} ({}){why}{waited}{impact}", change.trigger.replace('_', " "))
}

/// A replica's change as a line of a timeline.
pub(super) fn changed(change: &ReplicaChange) -> String {
    let place = change.replica.rsplit_once('@').map_or(change.replica.as_str(), |(_, url)| url);
    let only_share =
        ReplicaFacts { share_percent: change.from.share_percent, ..change.to.clone() } == change.from;
    if only_share && !change.why.is_empty() {
        return format!("{place}: {}", change.why);
    }
    let (from, to) = (state_words(&change.from), state_words(&change.to));
    let why = if change.why.is_empty() { String::new() } else { format!(": {}", change.why) };
    if from == to {
        format!("{place} is {to}{why}")
    } else {
        format!("{place} went from {from} to {to}{why}")
    }
}

/// A replica's state in words.
#[must_use]
pub fn state_words(facts: &ReplicaFacts) -> String {
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
        Admin::Maintenance => words.push("under maintenance".to_owned()),
        Admin::Retired => words.push("retired".to_owned()),
    }
    if facts.admin == Admin::Enabled && facts.breaker == "closed" && facts.health != Health::Down {
        match facts.share_percent {
            0 => words.push("without traffic yet".to_owned()),
            share @ 1..100 => words.push(format!("taking {share} % of traffic")),
            _ => {}
        }
    }
    words.join(", ")
}
