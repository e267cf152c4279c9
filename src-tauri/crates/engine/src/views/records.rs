//! From rows to what the screens show. A row that a newer version wrote and this one cannot read is left out,
//! and logged.

use contract::view::{
    AlertEntry, ChangeOver, Direction, Incident, IncidentDetail, IncidentSeverity, IncidentState,
    IncidentTimes, TimelineEntry,
};
use domain::event::{self, AlertOutcome, AlertRecord, ChangedOver, Event, Stamped};
use store::{ChangeoverRow, EventRow, IncidentRow, TimelineRow};

fn stamped(row: &EventRow) -> Option<Stamped> {
    match serde_json::from_str::<Event>(&row.body) {
        Ok(event) => Some(Stamped { seq: row.seq, at_ms: row.at_ms, event }),
        Err(e) => {
            tracing::warn!(seq = row.seq, error = %e, "an event of the journal cannot be read");
            None
        }
    }
}

pub(crate) fn change_over(row: &ChangeoverRow) -> Option<ChangeOver> {
    let stamped = stamped(&row.event)?;
    match &stamped.event {
        Event::ChangedOver(change) => Some(changed_over(&stamped, change, row.incident)),
        _ => None,
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
    }
}

pub(crate) fn incident_detail(row: &IncidentRow, timeline: &[TimelineRow]) -> IncidentDetail {
    let entry = |line: &TimelineRow| TimelineEntry {
        id: line.id.to_string(),
        at_ms: line.at_ms,
        kind: line.kind.clone(),
        text: line.text.clone(),
        actor: line.actor.clone(),
    };
    IncidentDetail { incident: incident(row), timeline: timeline.iter().map(entry).collect() }
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
    };
    AlertEntry {
        id: seq.to_string(),
        at_ms,
        channel: record.channel,
        title: record.title,
        body: record.body,
        outcome: outcome.to_owned(),
        reason: record.reason,
    }
}
