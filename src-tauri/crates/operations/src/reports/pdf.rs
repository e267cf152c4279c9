//! A report on paper: the same figures as the page, set on A4 sheets with the program's own font, text that can be
//! searched and copied.

use std::{collections::HashMap, sync::Arc};

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, TextStr};
use svg2pdf::{ConversionOptions, to_chunk, usvg};

use super::{
    ExportError, Recovery, Report, chart,
    html::{cost_lines, dollars, share},
    scatter,
    sheet::{Column, HEIGHT, Sheets, WIDTH},
    times::readable,
};
use crate::words::{duration, grouped};

/// The incidents on paper, newest first; more would be a book.
const ON_PAPER: usize = 150;

/// The report as a PDF file.
///
/// # Errors
/// When the chart or a sheet cannot be drawn.
pub fn pdf(report: &Report) -> Result<Vec<u8>, ExportError> {
    let sheets = set(report)?;
    let title = title(report);
    write(&sheets, &title)
}

fn title(report: &Report) -> String {
    if report.simulated { "Recovery report (practice)".to_owned() } else { "Recovery report".to_owned() }
}

fn set(report: &Report) -> Result<Vec<String>, ExportError> {
    let mut sheets = Sheets::new("Written by Changeover. All times are UTC.");
    sheets.title(&title(report));
    sheets.paragraph(&format!(
        "{} to {}, against revision {} of the configuration",
        readable(report.from_ms),
        readable(report.to_ms),
        report.revision
    ));
    if report.simulated {
        sheets.paragraph("Simulated tiers only. No figure in this report is of real traffic.");
    }
    sheets.space(8.0);
    tiles(report, &mut sheets);
    targets(report, &mut sheets);
    evidence(report, &mut sheets);
    chains(report, &mut sheets);
    cost(report, &mut sheets);
    recoveries(report, &mut sheets)?;
    causes(report, &mut sheets);
    sheets.heading("What the measures mean");
    for definition in &report.definitions {
        sheets
            .paragraph(&format!("{}: {}. From: {}.", definition.name, definition.formula, definition.source));
    }
    Ok(sheets.finish())
}

fn time(ms: Option<i64>) -> String {
    ms.map_or_else(|| "–".to_owned(), duration)
}

fn tiles(report: &Report, sheets: &mut Sheets) {
    let within = report.recoveries.iter().filter_map(|r| r.within_target);
    let (held, judged) = within.fold((0, 0), |(held, judged), ok| (held + i64::from(ok), judged + 1));
    let target = if judged == 0 { "–".to_owned() } else { format!("{held} of {judged}") };
    sheets.tiles(&[
        ("Availability", share(report.availability), format!("{} requests", grouped(report.requests))),
        ("First tier alone", share(report.first_tier_alone), "without fallback".to_owned()),
        ("Within target", target, duration(report.rto_target_ms)),
        ("MTTD", time(report.mttd_ms), "mean to detect".to_owned()),
        ("MTTA", time(report.mtta_ms), "mean to assess".to_owned()),
        ("MTTR", time(report.mttr_ms), "mean to restore".to_owned()),
    ]);
}

const fn column(name: &'static str, width: f32, number: bool) -> Column {
    Column { name, width, number }
}

fn targets(report: &Report, sheets: &mut Sheets) {
    sheets.heading("Targets");
    let columns = [
        column("Component", 124.0, false),
        column("Target", 58.0, true),
        column("Measured", 66.0, true),
        column("Held", 80.0, false),
        column("What was measured", 183.0, false),
    ];
    let rows: Vec<_> = report
        .targets
        .iter()
        .map(|t| {
            let held = t.held.map_or("not measured", |held| if held { "yes" } else { "no" });
            vec![
                t.component.to_owned(),
                duration(t.target_ms),
                time(t.measured_ms),
                held.to_owned(),
                t.source.to_owned(),
            ]
        })
        .collect();
    sheets.table(&columns, &rows);
}

fn chains(report: &Report, sheets: &mut Sheets) {
    if report.chains.is_empty() {
        return;
    }
    sheets.heading("Availability of chains and tiers");
    let columns = [
        column("Chain / tier", 122.0, false),
        column("Requests", 58.0, true),
        column("Available", 58.0, true),
        column("First tier alone", 76.0, true),
        column("Failed / allowed", 78.0, true),
        column("Budget left", 56.0, true),
        column("Cost", 63.0, true),
    ];
    let mut rows = Vec::new();
    for chain in &report.chains {
        rows.push(vec![
            chain.chain.clone(),
            grouped(chain.requests),
            share(chain.availability),
            share(chain.first_tier_alone),
            format!("{} / {}", grouped(chain.failed), grouped(chain.budget as u64)),
            chain.budget_left.map_or_else(|| "–".to_owned(), |left| format!("{:.0} %", left * 100.0)),
            String::new(),
        ]);
        for tier in report.tiers.iter().filter(|t| t.chain == chain.chain) {
            rows.push(vec![
                format!("\u{2003}{}", tier.tier),
                grouped(tier.attempts),
                share(tier.availability),
                String::new(),
                String::new(),
                String::new(),
                tier.cost.map_or_else(|| "–".to_owned(), dollars),
            ]);
        }
    }
    sheets.table(&columns, &rows);
}

fn evidence(report: &Report, sheets: &mut Sheets) {
    if report.evidence.is_empty() {
        return;
    }
    sheets.heading("Evidence");
    let columns = [
        column("Chain", 90.0, false),
        column("Last failover", 110.0, false),
        column("Evidence", 50.0, false),
        column("Why", 261.0, false),
    ];
    let row = |proof: &super::Evidence| {
        vec![
            proof.chain.clone(),
            proof.proven_ms.map_or_else(|| "never".to_owned(), readable),
            if proof.stale { "stale" } else { "good" }.to_owned(),
            proof.why.clone(),
        ]
    };
    sheets.table(&columns, &report.evidence.iter().map(row).collect::<Vec<_>>());
}

fn cost(report: &Report, sheets: &mut Sheets) {
    let Some(cost) = &report.cost else { return };
    sheets.heading("Cost of fallback");
    let columns = [column("What", 250.0, false), column("Amount", 90.0, true)];
    let rows = cost_lines(cost).map(|(name, value)| vec![name.to_owned(), value]);
    sheets.table(&columns, &rows);
    if !cost.unpriced.is_empty() {
        let names = cost.unpriced.join(", ");
        sheets.paragraph(&format!("Without a price, and so not counted: {names}."));
    }
}

fn recoveries(report: &Report, sheets: &mut Sheets) -> Result<(), ExportError> {
    let heading = "Recovery times";
    if report.recoveries.is_empty() {
        sheets.heading(heading);
        sheets.paragraph("No incident began in this period.");
        return Ok(());
    }
    let drawings = [
        scatter::svg(report)?.map(|svg| (svg, scatter::SIZE)),
        chart::svg(report)?.map(|svg| (svg, chart::size(report))),
    ];
    let drawings: Vec<_> = drawings.into_iter().flatten().collect();
    match drawings.first() {
        Some((_, size)) => sheets.heading_above(heading, *size),
        None => sheets.heading(heading),
    }
    for (svg, size) in &drawings {
        sheets.drawing(svg, *size);
    }
    let columns = [
        column("#", 26.0, false),
        column("Began", 98.0, false),
        column("Incident", 149.0, false),
        column("Detect", 42.0, true),
        column("Assess", 38.0, true),
        column("Fail over", 46.0, true),
        column("Restore", 56.0, true),
        column("RTO", 56.0, true),
    ];
    let row = |r: &Recovery| {
        vec![
            r.incident.id.to_string(),
            readable(r.incident.began_ms).trim_end_matches(" UTC").to_owned(),
            format!("P{} {}", r.incident.severity, r.incident.title),
            duration(r.detect_ms),
            time(r.assess_ms),
            time(r.fail_over_ms),
            time(r.restore_ms),
            time(r.rto_ms()),
        ]
    };
    let rows: Vec<_> = report.recoveries.iter().take(ON_PAPER).map(row).collect();
    sheets.table(&columns, &rows);
    let left_out = report.incidents.saturating_sub(rows.len() as u64);
    if left_out > 0 {
        sheets.paragraph(&format!(
            "{left_out} older incidents are left out here; the CSV and JSON forms have them."
        ));
    }
    Ok(())
}

fn causes(report: &Report, sheets: &mut Sheets) {
    sheets.heading("Failovers by cause");
    if report.by_cause.is_empty() {
        return sheets.paragraph("No change-over to a less preferred tier in this period.");
    }
    let columns = [column("Cause", 220.0, false), column("Failovers", 80.0, true)];
    let rows: Vec<_> =
        report.by_cause.iter().map(|(cause, n)| vec![cause.replace('_', " "), n.to_string()]).collect();
    sheets.table(&columns, &rows);
}

fn write(sheets: &[String], title: &str) -> Result<Vec<u8>, ExportError> {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(chart::FONT.to_vec());
    fonts.set_sans_serif_family("DejaVu Sans");
    let options = usvg::Options {
        font_family: "DejaVu Sans".to_owned(),
        fontdb: Arc::new(fonts),
        ..usvg::Options::default()
    };
    let mut alloc = Ref::new(1);
    let (catalog, pages, info) = (alloc.bump(), alloc.bump(), alloc.bump());
    let mut pdf = Pdf::new();
    let mut kids = Vec::new();
    for svg in sheets {
        let failed = |e: &dyn std::fmt::Display| ExportError(format!("a sheet cannot be drawn: {e}"));
        let tree = usvg::Tree::from_str(svg, &options).map_err(|e| failed(&e))?;
        let (chunk, drawing) = to_chunk(&tree, ConversionOptions::default()).map_err(|e| failed(&e))?;
        let mut renumbered = HashMap::new();
        let chunk = chunk.renumber(|old| *renumbered.entry(old).or_insert_with(|| alloc.bump()));
        let drawing = renumbered.get(&drawing).copied().unwrap_or(drawing);
        let (page, content) = (alloc.bump(), alloc.bump());
        kids.push(page);
        let mut writer = pdf.page(page);
        writer.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(pages).contents(content);
        writer.resources().x_objects().pair(Name(b"S"), drawing);
        writer.finish();
        let mut stream = Content::new();
        stream.transform([WIDTH, 0.0, 0.0, HEIGHT, 0.0, 0.0]).x_object(Name(b"S"));
        pdf.stream(content, &stream.finish());
        pdf.extend(&chunk);
    }
    let count = i32::try_from(kids.len()).unwrap_or(i32::MAX);
    pdf.pages(pages).kids(kids).count(count);
    pdf.catalog(catalog).pages(pages);
    pdf.document_info(info).title(TextStr(title)).creator(TextStr("Changeover"));
    Ok(pdf.finish())
}
