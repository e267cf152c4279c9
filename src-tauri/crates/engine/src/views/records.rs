//! From rows to what the screens show. A row that a newer version wrote and this one cannot read is left out,
//! and logged.

use contract::view::{
    AlertEntry, ChangeOver, Correction, Direction, Incident, IncidentDetail, IncidentSeverity, IncidentState,
    IncidentTimes, Milestone, Phase, StepState, TimelineEntry,
};
use domain::event::{self, AlertOutcome, AlertRecord, ChangedOver, Event, Stamped};
use store::{ChangeoverRow, CorrectionRow, EventRow, IncidentRow, StepRow, TimelineRow};

pub(crate) fn stamped(row: &EventRow) -> Option<Stamped> {
    match serde_json::from_str::<Event>(&row.body) {
        Ok(event) => Some(Stamped { seq: row.seq, at_ms: row.at_ms, event }),
        Err(e) => {
            tracing::warn!(seq = row.seq, error = %e, "an event of the journal cannot be read");
            None
        }
    }
}

pub(crate) fn change_over(row: &ChangeoverRow) -> ChangeOver {
    let tier = |name: &str| if name.is_empty() { "none".to_owned() } else { name.to_owned() };
    ChangeOver {
        id: row.seq.to_string(),
        at_ms: row.at_ms,
        chain: row.chain.clone(),
        simulated: row.simulated,
        direction: if row.direction == "back" { Direction::Back } else { Direction::Over },
        from: tier(&row.from_tier),
        to: tier(&row.to_tier),
        trigger: row.cause.clone(),
        error: row.error.clone(),
        advice: row.advice.clone(),
        waited_ms: row.waited_ms,
        incident: row.incident.map(|id| id.to_string()),
    }
}

pub(crate) fn changed_over(stamped: &Stamped, change: &ChangedOver, incident: Option<i64>) -> ChangeOver {
    let tier = |name: &Option<String>| name.clone().unwrap_or_else(|| "none".to_owned());
    ChangeOver {
        id: stamped.seq.to_string(),
        at_ms: stamped.at_ms,
        chain: change.chain.clone(),
        simulated: change.simulated,
        direction: match change.direction {
            event::Direction::Over => Direction::Over,
            event::Direction::Back => Direction::Back,
        },
        from: tier(&change.from),
        to: tier(&change.to),
        trigger: change.trigger.clone(),
        error: change.error.clone(),
        advice: change.advice.clone(),
        waited_ms: change.waited_ms,
        incident: incident.map(|id| id.to_string()),
    }
}

pub(crate) fn incident(row: &IncidentRow) -> Incident {
    let count = |n: i64| u64::try_from(n).unwrap_or_default();
    Incident {
        id: row.id.to_string(),
        state: match row.state.as_str() {
            "closed" => IncidentState::Closed,
            "acknowledged" => IncidentState::Acknowledged,
            _ => IncidentState::Open,
        },
        severity: match row.severity {
            0 => IncidentSeverity::P0,
            1 => IncidentSeverity::P1,
            2 => IncidentSeverity::P2,
            _ => IncidentSeverity::P3,
        },
        kind: row.kind.clone(),
        title: row.title.clone(),
        chain: row.chain.clone(),
        tier: row.tier.clone(),
        simulated: row.simulated,
        times: IncidentTimes {
            began_ms: row.began_ms,
            detected_ms: row.detected_ms,
            assessed_ms: row.assessed_ms,
            failed_over_ms: row.failed_over_ms,
            restored_ms: row.restored_ms,
        },
        rto_ms: row.restored_ms.map(|restored| restored - row.began_ms),
        saved: count(row.saved),
        failed: count(row.failed),
        relapses: u32::try_from(row.relapses).unwrap_or_default(),
        cause: row.cause.clone(),
        advice: row.advice.clone(),
        severity_by_hand: row.severity_by_hand,
        phase: phase(&row.phase),
        runbook: row.runbook.clone(),
        merged_into: row.merged_into.map(|id| id.to_string()),
        answered_by: row.answered_by.clone(),
        acknowledged_ms: row.acknowledged_ms,
        closed_ms: row.closed_ms,
    }
}

fn phase(word: &str) -> Phase {
    match word {
        "triage" => Phase::Triage,
        "mitigate" => Phase::Mitigate,
        "investigate" => Phase::Investigate,
        "recover" => Phase::Recover,
        "post_mortem" => Phase::PostMortem,
        _ => Phase::Detect,
    }
}

/// Everything that belongs to an incident.
pub(crate) struct IncidentParts {
    pub(crate) row: IncidentRow,
    pub(crate) timeline: Vec<TimelineRow>,
    pub(crate) corrections: Vec<CorrectionRow>,
    pub(crate) steps: Vec<StepRow>,
}

pub(crate) fn incident_detail(parts: &IncidentParts) -> IncidentDetail {
    IncidentDetail {
        incident: incident(&parts.row),
        timeline: timeline(&parts.timeline),
        corrections: parts.corrections.iter().map(correction).collect(),
        steps: parts.steps.iter().map(step).collect(),
        post_mortem: parts.row.post_mortem.clone().unwrap_or_default(),
    }
}

/// The lines, a note with its newest wording in its first one's place.
fn timeline(rows: &[TimelineRow]) -> Vec<TimelineEntry> {
    let wordings = |line: &TimelineRow| {
        let of_note = line.kind == "note" && line.edits.is_none();
        let edits = rows.iter().filter(move |r| of_note && r.edits == Some(line.seq));
        std::iter::once(line.text.clone()).chain(edits.map(|r| r.text.clone())).collect::<Vec<_>>()
    };
    let entry = |line: &TimelineRow| {
        let mut earlier = wordings(line);
        let text = earlier.pop().unwrap_or_default();
        TimelineEntry {
            id: line.id.to_string(),
            at_ms: line.at_ms,
            kind: line.kind.clone(),
            text,
            actor: line.actor.clone(),
            earlier,
        }
    };
    rows.iter().filter(|line| line.edits.is_none()).map(entry).collect()
}

fn correction(row: &CorrectionRow) -> Correction {
    Correction {
        milestone: match row.milestone.as_str() {
            "began" => Milestone::Began,
            "detected" => Milestone::Detected,
            "assessed" => Milestone::Assessed,
            "failed_over" => Milestone::FailedOver,
            _ => Milestone::Restored,
        },
        was_ms: row.was_ms,
        now_ms: row.now_ms,
        reason: row.reason.clone(),
        at_ms: row.at_ms,
        actor: row.actor.clone(),
    }
}

fn step(row: &StepRow) -> StepState {
    StepState {
        runbook: row.runbook.clone(),
        step: u32::try_from(row.step).unwrap_or_default(),
        done: row.done,
        at_ms: row.at_ms,
        actor: row.actor.clone(),
    }
}

pub(crate) fn alert(row: &EventRow) -> Option<AlertEntry> {
    let stamped = stamped(row)?;
    match stamped.event {
        Event::Alert(record) => Some(alert_entry(stamped.seq, stamped.at_ms, record)),
        _ => None,
    }
}

/// The outcome of the test button, which is not in the journal yet.
pub(crate) fn alert_test(record: AlertRecord) -> AlertEntry {
    alert_entry(0, domain::time::wall_ms(), record)
}

fn alert_entry(seq: i64, at_ms: i64, record: AlertRecord) -> AlertEntry {
    let outcome = match record.outcome {
        AlertOutcome::Sent => "sent",
        AlertOutcome::Failed => "failed",
        AlertOutcome::HeldBack => "held_back",
        AlertOutcome::Retrying => "retrying",
        AlertOutcome::Waiting => "waiting",
    };
    AlertEntry {
        id: seq.to_string(),
        at_ms,
        channel: record.channel,
        title: record.title,
        body: record.body,
        event: record.step.map_or("opened", operations::alerts::step_word).to_owned(),
        incident: record.incident.map(|id| id.to_string()),
        outcome: outcome.to_owned(),
        reason: record.reason,
    }
}
