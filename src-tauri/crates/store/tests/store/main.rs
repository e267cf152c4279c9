//! The store on real files in temporary folders.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that panics fails, as it should"
)]

mod damage;
mod journal;
mod many;
mod processes;
mod records;
mod upkeep;

use std::path::Path;

use store::{Commit, EventRow, IncidentRow, Store, TimelineNew};

async fn open(folder: &Path) -> Store {
    Store::open(folder).await.unwrap()
}

fn event(seq: i64) -> EventRow {
    EventRow {
        seq,
        at_ms: seq * 1_000,
        kind: "replica".into(),
        chain: Some("chat".into()),
        tier: Some("gpu".into()),
        simulated: false,
        durable: true,
        body: format!(r#"{{"type":"replica","n":{seq}}}"#),
    }
}

fn incident(id: i64) -> IncidentRow {
    IncidentRow {
        id,
        chain: "chat".into(),
        tier: "gpu".into(),
        simulated: false,
        kind: "outage".into(),
        severity: 2,
        state: "open".into(),
        title: "chat: gpu is down".into(),
        cause: "connection refused".into(),
        advice: "start it".into(),
        began_ms: id * 1_000,
        detected_ms: id * 1_000 + 10,
        assessed_ms: None,
        failed_over_ms: None,
        restored_ms: None,
        closed_ms: None,
        saved: 0,
        failed: 0,
        phase: "detect".into(),
        ..IncidentRow::default()
    }
}

fn line(incident: i64, seq: i64) -> TimelineNew {
    TimelineNew {
        incident,
        seq,
        at_ms: seq * 1_000,
        kind: "state".into(),
        text: format!("line {seq}"),
        actor: None,
        edits: None,
    }
}

fn events(rows: Vec<EventRow>) -> Commit {
    Commit { events: rows, ..Commit::default() }
}
