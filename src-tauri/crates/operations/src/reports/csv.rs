//! A report's incidents as CSV, one row each, times in ISO 8601, durations in milliseconds.
//!
//! A spreadsheet runs a cell that begins with one of `= + - @` as a formula, so such text gets an apostrophe in front.

use super::{ExportError, Recovery, Report, times};

const HEADER: [&str; 23] = [
    "incident",
    "state",
    "severity",
    "kind",
    "chain",
    "tier",
    "simulated",
    "title",
    "cause",
    "began",
    "detected",
    "assessed",
    "failed_over",
    "restored",
    "detect_ms",
    "assess_ms",
    "fail_over_ms",
    "restore_ms",
    "rto_ms",
    "service_ms",
    "requests_saved",
    "requests_failed",
    "relapses",
];

/// The report's incidents as CSV.
///
/// # Errors
/// Never in practice: memory takes every row.
pub fn csv(report: &Report) -> Result<String, ExportError> {
    table(&HEADER, report.recoveries.iter().map(row))
}

/// Rows as CSV, every cell safe to open.
///
/// # Errors
/// Never in practice: memory takes every row.
pub(crate) fn table<const N: usize>(
    header: &[&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<String, ExportError> {
    let write = || {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        writer.write_record(header)?;
        for row in rows {
            writer.write_record(row.map(|cell| safe(&cell)))?;
        }
        let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        String::from_utf8(bytes).map_err(std::io::Error::other)
    };
    let written: Result<String, std::io::Error> = write();
    written.map_err(|e| ExportError(e.to_string()))
}

fn row(recovery: &Recovery) -> [String; 23] {
    let i = &recovery.incident;
    let time = |ms: Option<i64>| ms.map(times::exact).unwrap_or_default();
    let number = |ms: Option<i64>| ms.map(|ms| ms.to_string()).unwrap_or_default();
    [
        i.id.to_string(),
        i.state.clone(),
        format!("P{}", i.severity),
        i.kind.clone(),
        i.chain.clone(),
        i.tier.clone(),
        i.simulated.to_string(),
        i.title.clone(),
        i.cause.clone(),
        times::exact(i.began_ms),
        times::exact(i.detected_ms),
        time(i.assessed_ms),
        time(i.failed_over_ms),
        time(i.restored_ms),
        recovery.detect_ms.to_string(),
        number(recovery.assess_ms),
        number(recovery.fail_over_ms),
        number(recovery.restore_ms),
        number(recovery.rto_ms()),
        number(recovery.service_ms),
        i.saved.to_string(),
        i.failed.to_string(),
        i.relapses.to_string(),
    ]
}

/// Text that no spreadsheet takes for a formula.
fn safe(text: &str) -> String {
    let risky = text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r', '\n']);
    if risky { format!("'{text}") } else { text.to_owned() }
}
