//! Lists of rows as CSV. A cell that a spreadsheet would take for a formula is written so that it is shown.

use store::{ChangeoverRow, IncidentRow};

use crate::reports::{ExportError, table, times::exact};

/// A row per change-over.
///
/// # Errors
/// When the text cannot be written.
pub fn changeovers(rows: &[ChangeoverRow]) -> Result<String, ExportError> {
    let header = [
        "id",
        "at",
        "chain",
        "simulated",
        "direction",
        "from",
        "to",
        "trigger",
        "error",
        "advice",
        "waited_ms",
        "incident",
    ];
    let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
    let cells = |row: &ChangeoverRow| {
        [
            row.seq.to_string(),
            exact(row.at_ms),
            row.chain.clone(),
            row.simulated.to_string(),
            row.direction.clone(),
            row.from_tier.clone(),
            row.to_tier.clone(),
            row.cause.clone(),
            row.error.clone(),
            row.advice.clone(),
            number(row.waited_ms),
            number(row.incident),
        ]
    };
    table(&header, rows.iter().map(cells))
}

/// A row per incident.
///
/// # Errors
/// When the text cannot be written.
pub fn incidents(rows: &[IncidentRow]) -> Result<String, ExportError> {
    let header = [
        "incident",
        "state",
        "phase",
        "severity",
        "kind",
        "title",
        "chain",
        "tier",
        "simulated",
        "began",
        "detected",
        "assessed",
        "failed_over",
        "restored",
        "closed",
        "rto_ms",
        "saved",
        "failed",
        "relapses",
        "cause",
        "runbook",
        "merged_into",
    ];
    let time = |ms: Option<i64>| ms.map(exact).unwrap_or_default();
    let cells = |row: &IncidentRow| {
        [
            row.id.to_string(),
            row.state.clone(),
            row.phase.clone(),
            format!("P{}", row.severity),
            row.kind.clone(),
            row.title.clone(),
            row.chain.clone(),
            row.tier.clone(),
            row.simulated.to_string(),
            exact(row.began_ms),
            exact(row.detected_ms),
            time(row.assessed_ms),
            time(row.failed_over_ms),
            time(row.restored_ms),
            time(row.closed_ms),
            row.restored_ms.map(|r| (r - row.began_ms).to_string()).unwrap_or_default(),
            row.saved.to_string(),
            row.failed.to_string(),
            row.relapses.to_string(),
            row.cause.clone(),
            row.runbook.clone().unwrap_or_default(),
            row.merged_into.map(|id| id.to_string()).unwrap_or_default(),
        ]
    };
    table(&header, rows.iter().map(cells))
}
