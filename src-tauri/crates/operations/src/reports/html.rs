//! A report as one page that needs nothing else: no scripts, no fonts, no network. It prints well on A4.

use maud::{DOCTYPE, Markup, PreEscaped, html as page};

use super::{FallbackCost, Recovery, Report, chart, scatter, times::readable};
use crate::words::{duration, grouped};

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be written: {0}")]
pub struct ExportError(pub(super) String);

const STYLE: &str = include_str!("page.css");

/// The report as an HTML page.
///
/// # Errors
/// When the chart cannot be drawn.
pub fn html(report: &Report) -> Result<String, ExportError> {
    let drawn = [scatter::svg(report)?, chart::svg(report)?];
    let title = if report.simulated { "Recovery report (practice)" } else { "Recovery report" };
    let markup = page! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Changeover: " (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (title) }
                    p {
                        (readable(report.from_ms)) " to " (readable(report.to_ms))
                        ", against revision " (report.revision) " of the configuration"
                    }
                    @if report.simulated {
                        p.practice { "Simulated tiers only. No figure in this report is of real traffic." }
                    }
                }
                (tiles(report))
                (targets(report))
                (evidence(report))
                (chains(report))
                (cost(report))
                (recoveries(report, &drawn))
                (causes(report))
                (definitions(report))
                footer { "Written by Changeover. All times are UTC." }
            }
        }
    };
    Ok(markup.into_string())
}

fn tiles(report: &Report) -> Markup {
    let within = report.recoveries.iter().filter_map(|r| r.within_target);
    let (held, judged) = within.fold((0, 0), |(held, judged), ok| (held + i64::from(ok), judged + 1));
    let target = if judged == 0 { "–".to_owned() } else { format!("{held} of {judged}") };
    let time = |ms: Option<i64>| ms.map_or_else(|| "–".to_owned(), duration);
    let tiles = [
        ("Availability", share(report.availability), format!("{} requests", grouped(report.requests))),
        ("First tier alone", share(report.first_tier_alone), "without any fallback".to_owned()),
        ("Answered within target", target, format!("target {}", duration(report.rto_target_ms))),
        ("MTTD", time(report.mttd_ms), "mean time to detect".to_owned()),
        ("MTTA", time(report.mtta_ms), "mean time to assess".to_owned()),
        ("MTTR", time(report.mttr_ms), "mean time to restore".to_owned()),
    ];
    page! {
        section.tiles {
            @for (name, value, note) in tiles {
                div.tile { div.name { (name) } div.value { (value) } div.note { (note) } }
            }
        }
    }
}

fn targets(report: &Report) -> Markup {
    page! {
        section {
            h2 { "Targets" }
            table {
                thead { tr {
                    th { "Component" } th.number { "Target" } th.number { "Measured" } th { "Held" } th { "What was measured" }
                } }
                tbody {
                    @for target in &report.targets {
                        tr {
                            td { (target.component) }
                            td.number { (duration(target.target_ms)) }
                            td.number { (target.measured_ms.map_or_else(|| "–".to_owned(), duration)) }
                            td { @match target.held {
                                Some(true) => span.held { "yes" },
                                Some(false) => span.missed { "no" },
                                None => "not measured",
                            } }
                            td { (target.source) }
                        }
                    }
                }
            }
        }
    }
}

fn evidence(report: &Report) -> Markup {
    page! {
        @if !report.evidence.is_empty() {
            section {
                h2 { "Evidence" }
                table {
                    thead { tr { th { "Chain" } th { "Last failover" } th { "Chain changed" } th { "Evidence" } } }
                    tbody {
                        @for proof in &report.evidence {
                            tr {
                                td { (proof.chain) }
                                td { (proof.proven_ms.map_or_else(|| "never".to_owned(), readable)) }
                                td { (proof.changed_ms.map_or_else(|| "–".to_owned(), readable)) }
                                td {
                                    @if proof.stale { span.missed { "stale" } } @else { span.held { "good" } }
                                    div.cause { (proof.why) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cost(report: &Report) -> Markup {
    page! {
        @if let Some(cost) = &report.cost {
            section {
                h2 { "Cost of fallback" }
                table.narrow.sum {
                    tbody {
                        @for (name, value) in cost_lines(cost) { tr { td { (name) } td.number { (value) } } }
                    }
                }
                @if !cost.unpriced.is_empty() {
                    p { "Without a price, and so not counted: " (cost.unpriced.join(", ")) "." }
                }
            }
        }
    }
}

/// The lines of a cost, the sum last.
pub(super) fn cost_lines(cost: &FallbackCost) -> [(&'static str, String); 5] {
    [
        ("All tries", dollars(cost.total)),
        ("Answers by other tiers than the first", dollars(cost.fallback)),
        ("The first tier for the same tokens", format!("- {}", dollars(cost.instead))),
        ("Failed tries, paid for nothing", dollars(cost.wasted)),
        ("Cost of fallback", dollars(cost.fallback - cost.instead + cost.wasted)),
    ]
}

pub(super) fn dollars(amount: f64) -> String {
    let digits = if amount != 0.0 && amount.abs() < 1.0 { 4 } else { 2 };
    format!("{amount:.digits$} USD")
}

fn chains(report: &Report) -> Markup {
    let budget = |left: Option<f64>| left.map_or_else(|| "–".to_owned(), |l| format!("{:.0} %", l * 100.0));
    page! {
        @if !report.chains.is_empty() {
            section {
                h2 { "Availability of chains and tiers" }
                table {
                    thead { tr {
                        th { "Chain / tier" } th.number { "Requests" } th.number { "Available" }
                        th.number { "First tier alone" } th.number { "Failed / allowed" }
                        th.number { "Error budget left" } th.number { "Cost" }
                    } }
                    tbody {
                        @for chain in &report.chains {
                            tr {
                                td { strong { (chain.chain) } }
                                td.number { (grouped(chain.requests)) }
                                td.number { (share(chain.availability)) }
                                td.number { (share(chain.first_tier_alone)) }
                                td.number { (grouped(chain.failed)) " / " (grouped(chain.budget as u64)) }
                                td.number { (budget(chain.budget_left)) }
                                td {}
                            }
                            @for tier in report.tiers.iter().filter(|t| t.chain == chain.chain) {
                                tr {
                                    td.tier { (tier.tier) }
                                    td.number { (grouped(tier.attempts)) }
                                    td.number { (share(tier.availability)) }
                                    td {} td {} td {}
                                    td.number { (tier.cost.map_or_else(|| "–".to_owned(), dollars)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn recoveries(report: &Report, drawn: &[Option<String>; 2]) -> Markup {
    let left_out = report.incidents.saturating_sub(report.recoveries.len() as u64);
    page! {
        section {
            h2 { "Recovery times" }
            @if report.recoveries.is_empty() {
                p { "No incident began in this period." }
            } @else {
                @for svg in drawn.iter().flatten() { figure { (PreEscaped(svg)) } }
                @if drawn.iter().all(Option::is_none) {
                    p { "No incident of this period is restored yet, so there is nothing to draw." }
                }
                table {
                    thead {
                        tr {
                            th { "#" } th { "Began" } th { "Incident" } th { "Severity" }
                            @for part in ["Detect", "Assess", "Fail over", "Restore", "RTO", "Service time"] {
                                th.number { (part) }
                            }
                        }
                    }
                    tbody { @for recovery in &report.recoveries { (row(recovery)) } }
                }
                @if left_out > 0 {
                    p { "The oldest " (left_out) " incidents of the period are left out: choose a shorter period." }
                }
            }
        }
    }
}

fn row(recovery: &Recovery) -> Markup {
    let incident = &recovery.incident;
    let time = |ms: Option<i64>| ms.map_or_else(|| "–".to_owned(), duration);
    let going_on = incident.state != "closed";
    page! {
        tr {
            td { (incident.id) }
            td.time { (readable(incident.began_ms)) }
            td { (incident.title) @if going_on { " " span.open { "going on" } } div.cause { (incident.cause) } }
            td { "P" (incident.severity) }
            td.number { (duration(recovery.detect_ms)) }
            td.number { (time(recovery.assess_ms)) }
            td.number { (time(recovery.fail_over_ms)) }
            td.number { (time(recovery.restore_ms)) }
            td.number { strong { (time(recovery.rto_ms())) } }
            td.number {
                (time(recovery.service_ms))
                @match recovery.within_target {
                    Some(true) => div.held { "within target" },
                    Some(false) => div.missed { "target missed" },
                    None => "",
                }
            }
        }
    }
}

fn causes(report: &Report) -> Markup {
    page! {
        section {
            h2 { "Failovers by cause" }
            @if report.by_cause.is_empty() {
                p { "No change-over to a less preferred tier in this period." }
            } @else {
                table.narrow {
                    thead { tr { th { "Cause" } th.number { "Failovers" } } }
                    tbody {
                        @for (cause, count) in &report.by_cause {
                            tr { td { (cause.replace('_', " ")) } td.number { (count) } }
                        }
                    }
                }
            }
        }
    }
}

fn definitions(report: &Report) -> Markup {
    page! {
        section.definitions {
            h2 { "What the measures mean" }
            dl { @for definition in &report.definitions { dt { (definition.name) } dd { (definition.formula) div.cause { "From: " (definition.source) } } } }
        }
    }
}

/// A share as percent; never rounded up to 100.
pub(super) fn share(share: Option<f64>) -> String {
    share.map_or_else(
        || "–".to_owned(),
        |s| if s >= 1.0 { "100 %".into() } else { format!("{:.2} %", (s * 1e4).floor() / 1e2) },
    )
}
