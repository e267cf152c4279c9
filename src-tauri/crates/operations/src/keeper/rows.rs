//! Between the words of this program and the store's rows.

use domain::{
    Event, Stamped,
    event::{ChangedOver, Direction, Milestone},
};
use store::{ChangeoverRow, DeedRow, EventRow, IncidentRow, RowDeed, TimelineNew};

use crate::incidents::{Acted, Deed, Entry, Incident};

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
        Event::Operator(_) => "operator",
        Event::Gpu(_) => "gpu",
        Event::Cost(_) => "cost",
        Event::Restart(_) => "restart",
        Event::IncidentAct(_) => "incident_act",
        Event::Alert(_) => "alert",
        Event::Rehearsed { .. } => "rehearsed",
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
        Event::Cost(e) => (Some(&e.chain), Some(&e.tier), false),
        Event::Restart(e) => (Some(&e.chain), Some(&e.tier), e.simulated),
        Event::Answered { chain, tier, simulated } => (Some(chain), Some(tier), *simulated),
        Event::Operator(e) => (e.chain.as_deref(), e.tier.as_deref(), e.simulated),
        Event::PracticeSwitched { .. } => (None, None, true),
        Event::Started { .. }
        | Event::Revision { .. }
        | Event::Rehearsed { .. }
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
        severity_by_hand: incident.severity_by_hand,
        phase: incident.phase.word().to_owned(),
        runbook: incident.runbook.clone(),
        merged_into: incident.merged_into,
        acknowledged_ms: incident.acknowledged_ms,
        answered_by: incident.answered_by.clone(),
        post_mortem: None,
    }
}

/// The row of what a person did.
pub(super) fn write_act(acted: &Acted) -> DeedRow {
    let deed = match &acted.act {
        Deed::Severity(severity) => RowDeed::Severity(severity.number()),
        Deed::Phase(phase) => RowDeed::Phase(phase.word().to_owned()),
        Deed::MergedInto(into) => RowDeed::MergedInto(*into),
        Deed::Runbook(runbook) => RowDeed::Runbook(runbook.clone()),
        Deed::PostMortem(text) => RowDeed::PostMortem(text.clone()),
        Deed::Step(runbook, step, done) => {
            RowDeed::Step { runbook: runbook.clone(), step: i64::from(*step), done: *done }
        }
        Deed::Correct(correction) => RowDeed::Correct {
            milestone: milestone(correction.milestone).to_owned(),
            was_ms: correction.was_ms,
            now_ms: correction.at_ms,
            reason: correction.reason.clone(),
        },
    };
    let Acted { incident, seq, at_ms, .. } = *acted;
    DeedRow { incident, seq, at_ms, actor: acted.actor.clone(), deed }
}

/// The stable word for a recorded time.
const fn milestone(milestone: Milestone) -> &'static str {
    match milestone {
        Milestone::Began => "began",
        Milestone::Detected => "detected",
        Milestone::Assessed => "assessed",
        Milestone::FailedOver => "failed_over",
        Milestone::Restored => "restored",
    }
}

/// The row of a change-over, with the incident that it is part of.
pub(super) fn write_changeover(
    stamped: &Stamped,
    change: &ChangedOver,
    incident: Option<i64>,
) -> ChangeoverRow {
    let direction = match change.direction {
        Direction::Over => "over",
        Direction::Back => "back",
    };
    ChangeoverRow {
        seq: stamped.seq,
        at_ms: stamped.at_ms,
        chain: change.chain.clone(),
        simulated: change.simulated,
        direction: direction.to_owned(),
        from_tier: change.from.clone().unwrap_or_default(),
        to_tier: change.to.clone().unwrap_or_default(),
        cause: change.trigger.clone(),
        error: change.error.clone(),
        advice: change.advice.clone(),
        waited_ms: change.waited_ms,
        incident,
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
        edits: entry.edits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_the_word_in_the_json() {
        let events = [
            Event::Started { version: "1".into(), in_force_ms: Some(40) },
            Event::Answered { chain: "c".into(), tier: "t".into(), simulated: false },
            Event::Revision { revision: 1, author: "a".into(), note: "n".into() },
            Event::PracticeSwitched { name: "gpu".into(), failing: true },
            Event::Rehearsed { runbook: "gpu-lost".into(), actor: "ada".into(), note: String::new() },
        ];
        for event in events {
            let json = serde_json::to_value(&event).unwrap();
            assert_eq!(json["type"], kind(&event));
        }
    }
}
