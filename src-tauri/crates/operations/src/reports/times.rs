//! Points in time for people and for machines, UTC.

use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

/// `2026-11-20 11:40:50 UTC`
pub(crate) fn readable(ms: i64) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    at(ms).and_then(|t| t.format(format).ok()).unwrap_or_else(|| ms.to_string())
}

/// `2026-11-20T11:40:50.125Z`
pub(crate) fn exact(ms: i64) -> String {
    at(ms).and_then(|t| t.format(&Rfc3339).ok()).unwrap_or_else(|| ms.to_string())
}

/// A time beyond the calendar has none, and is shown as its number.
fn at(ms: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).ok()
}
