//! Figures of replicas, as the screens show them.

use std::time::Duration;

use contract::view::{CauseCount, CheckCosts, DataPart, FiguresView, PercentilesView, QuotaView};
use domain::stats::{ChecksMade, Percentiles, Quota, Stats};
use operations::figures::Sum;
use resilience::histogram::Durations;
use store::{FiguresKept, Retention, TableSize};

fn ms(d: Duration) -> f64 {
    d.as_secs_f64() * 1000.0
}

/// The last 15 minutes, from memory.
pub(crate) fn window(stats: &Stats) -> FiguresView {
    let percentiles =
        |p: Percentiles| PercentilesView { p50_ms: ms(p.p50), p95_ms: ms(p.p95), p99_ms: ms(p.p99) };
    FiguresView {
        span_ms: i64::try_from(stats.span.as_millis()).unwrap_or(i64::MAX),
        requests: stats.requests,
        failed: stats.failed,
        rate_limited: stats.rate_limited,
        partial: stats.partial,
        first_token: stats.first_token.map(percentiles),
        total: stats.total.map(percentiles),
        inter_token: stats.inter_token.map(percentiles),
        tokens_per_second: stats.tokens_per_second,
        errors: stats
            .errors
            .iter()
            .map(|(class, count)| CauseCount { cause: class.word().to_owned(), count: *count })
            .collect(),
    }
}

/// A longer time, from the database.
pub(crate) fn period(span_s: i64, sum: &Sum) -> FiguresView {
    let mut errors: Vec<_> =
        sum.errors.iter().map(|(cause, count)| CauseCount { cause: cause.clone(), count: *count }).collect();
    errors.sort_by_key(|b| std::cmp::Reverse(b.count));
    FiguresView {
        span_ms: span_s * 1000,
        requests: sum.requests,
        failed: sum.failed,
        rate_limited: sum.rate_limited,
        partial: sum.partial,
        first_token: percentiles(&sum.first_token),
        total: percentiles(&sum.total),
        inter_token: percentiles(&sum.inter_token),
        tokens_per_second: sum.tokens_per_second(),
        errors,
    }
}

fn percentiles(of: &Durations) -> Option<PercentilesView> {
    let at = |part| of.quantile(part).map(ms);
    Some(PercentilesView { p50_ms: at(0.5)?, p95_ms: at(0.95)?, p99_ms: at(0.99)? })
}

pub(crate) fn quota(quota: Quota) -> QuotaView {
    QuotaView {
        at_ms: quota.at_ms,
        requests_left: quota.requests_left,
        requests_limit: quota.requests_limit,
        tokens_left: quota.tokens_left,
        tokens_limit: quota.tokens_limit,
    }
}

pub(crate) fn check_costs(made: ChecksMade, paid: bool) -> CheckCosts {
    let billed = if paid { made.generations } else { 0 };
    CheckCosts { made: made.made, generations: made.generations, billed }
}

/// What the tables take, in an operator's words: small ones are added up.
pub(crate) fn data_parts(sizes: &[TableSize]) -> Vec<DataPart> {
    let mut parts: Vec<DataPart> = Vec::new();
    for size in sizes {
        let (name, kept) = describe(&size.table);
        match parts.iter_mut().find(|part| part.name == name) {
            Some(part) => part.bytes += size.bytes,
            None => parts.push(DataPart { name: name.into(), bytes: size.bytes, kept }),
        }
    }
    parts.sort_by_key(|b| std::cmp::Reverse(b.bytes));
    parts
}

fn describe(table: &str) -> (&'static str, String) {
    let (figures, events) = (FiguresKept::default(), Retention::default());
    match table {
        "events" => (
            "Journal of events",
            format!("routine tries and requests {} days, everything else for good", events.thin_days),
        ),
        "attempt_minutes" | "request_minutes" | "first_token_minutes" | "attempt_hours" | "request_hours" => {
            ("Figures per tier, minute and hour", format!("{} days", events.rollup_days))
        }
        "replica_figures" => (
            "Figures per server",
            format!(
                "minutes {} days, hours {} days, days {} days",
                figures.minutes, figures.hours, figures.days
            ),
        ),
        "gpu_minutes" => ("GPU figures per minute", format!("{} days", figures.gpu_minutes)),
        "incidents" | "timeline" => ("Incidents and their timelines", "for good".into()),
        "revisions" => ("Revisions of the configuration", "for good".into()),
        _ => ("Everything else", "for good".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_one_kind_are_one_part_and_the_largest_comes_first() {
        let size = |table: &str, bytes| TableSize { table: table.into(), bytes };
        let sizes = [size("events", 10), size("timeline", 8), size("incidents", 7), size("unheard_of", 1)];
        let parts = data_parts(&sizes);
        let found: Vec<_> = parts.iter().map(|p| (p.name.as_str(), p.bytes)).collect();
        assert_eq!(
            found,
            [("Incidents and their timelines", 15), ("Journal of events", 10), ("Everything else", 1)]
        );
    }

    #[test]
    fn only_a_paid_providers_generations_are_billed() {
        let made = ChecksMade { made: 9, generations: 2 };
        assert_eq!((check_costs(made, true).billed, check_costs(made, false).billed), (2, 0));
    }
}
