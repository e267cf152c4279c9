//! Between the words of this program and the store's rows.

use domain::{Event, Stamped};
use store::{EventRow, IncidentRow, TimelineNew};

use crate::incidents::{Entry, Incident};

/// The event in a row of the journal.
///
/// # Errors
/// When its JSON was written by a newer version.
pub fn read_event(row: &EventRow) -> Result<Stamped, serde_json::Error> {
    Ok(Stamped { seq: row.seq, at_ms: row.at_ms, event: serde_json::from_str(&row.body)? })
}

/// The row of an event.
pub(super) fn write_event(stamped: &Stamped) -> EventRow {
    let (chain, tier, simulated) = place(&stamped.event);
    EventRow {
        seq: stamped.seq,
        at_ms: stamped.at_ms,
        kind: kind(&stamped.event).to_owned(),
        chain: chain.map(str::to_owned),
        tier: tier.map(str::to_owned),
        simulated,
        durable: !stamped.event.may_be_thinned(),
        // Events hold strings, numbers and closed enums alone, so that writing one cannot fail.
        body: serde_json::to_string(&stamped.event).unwrap_or_default(),
    }
}

/// The word for an event, as in its JSON.
pub(super) const fn kind(event: &Event) -> &'static str {
    match event {
        Event::Started { .. } => "started",
        Event::Attempt(_) => "attempt",
        Event::Request(_) => "request",
        Event::Replica(_) => "replica",
        Event::ChangedOver(_) => "changed_over",
        Event::Answered { .. } => "answered",
        Event::Revision { .. } => "revision",
        Event::Gpu(_) => "gpu",
        Event::Restart(_) => "restart",
        Event::IncidentAct(_) => "incident_act",
        Event::Alert(_) => "alert",
        Event::PracticeSwitched { .. } => "practice_switched",
    }
}

/// Chain, tier, and whether it is simulated.
fn place(event: &Event) -> (Option<&str>, Option<&str>, bool) {
    match event {
        Event::Attempt(e) => (Some(&e.chain), Some(&e.tier), e.simulated),
        Event::Request(e) => (Some(&e.chain), e.tier.as_deref(), e.simulated),
        Event::Replica(e) => (Some(&e.chain), Some(&e.tier), e.simulated),
        Event::ChangedOver(e) => (Some(&e.chain), e.to.as_deref(), e.simulated),
        Event::Restart(e) => (Some(&e.chain), Some(&e.tier), e.simulated),
        Event::Answered { chain, tier, simulated } => (Some(chain), Some(tier), *simulated),
        Event::PracticeSwitched { .. } => (None, None, true),
        Event::Started { .. }
        | Event::Revision { .. }
        | Event::Gpu(_)
        | Event::IncidentAct(_)
        | Event::Alert(_) => (None, None, false),
    }
}

/// The row of an incident.
pub(super) fn write_incident(incident: &Incident) -> IncidentRow {
    IncidentRow {
        id: incident.id,
        chain: incident.chain.clone(),
        tier: incident.tier.clone(),
        simulated: incident.simulated,
        kind: incident.kind.word().to_owned(),
        severity: incident.severity.number(),
        state: incident.state.word().to_owned(),
        title: incident.title.clone(),
        cause: incident.cause.clone(),
        advice: incident.advice.clone(),
        began_ms: incident.times.began_ms,
        detected_ms: incident.times.detected_ms,
        assessed_ms: incident.times.assessed_ms,
        failed_over_ms: incident.times.failed_over_ms,
        restored_ms: incident.times.restored_ms,
        closed_ms: incident.closed_ms,
        saved: i64::try_from(incident.saved).unwrap_or(i64::MAX),
        failed: i64::try_from(incident.failed).unwrap_or(i64::MAX),
        relapses: i64::from(incident.relapses),
    }
}

/// The row of a line of a timeline.
pub(super) fn write_entry(entry: &Entry) -> TimelineNew {
    TimelineNew {
        incident: entry.incident,
        seq: entry.seq,
        at_ms: entry.at_ms,
        kind: entry.kind.word().to_owned(),
        text: entry.text.clone(),
        actor: entry.actor.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_the_word_in_the_json() {
        let events = [
            Event::Started { version: "1".into() },
            Event::Answered { chain: "c".into(), tier: "t".into(), simulated: false },
            Event::Revision { revision: 1, author: "a".into(), note: "n".into() },
            Event::PracticeSwitched { name: "gpu".into(), failing: true },
        ];
        for event in events {
            let json = serde_json::to_value(&event).unwrap();
            assert_eq!(json["type"], kind(&event));
        }
    }
}
