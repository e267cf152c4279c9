//! The commands that need no terminal dialogue.

use std::{fs, path::Path, process::ExitCode};

use anyhow::Context;
use base64::Engine as _;
use contract::{
    Severity,
    config::Document,
    rpc::{ConfigApply, IncidentsRequest, ParsedConfig, ReportExport, ReportFormat, ReportRequest},
    view::{Applied, ConfigPage, ExportedFile, IncidentPage},
};
use time::OffsetDateTime;

use crate::{BAD_CONFIG, args, client::call, out};

fn read(file: &Path) -> anyhow::Result<ParsedConfig> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(engine::parse_config(&text))
}

/// Prints each problem on a line of its own: path, what, how to mend it.
fn print_problems(parsed: &ParsedConfig) {
    for problem in &parsed.problems {
        let mark = if problem.severity == Severity::Error { "error" } else { "warning" };
        out::error(&format!("{mark}: {problem}"));
    }
}

pub(crate) fn check(file: &Path) -> anyhow::Result<ExitCode> {
    let parsed = read(file)?;
    print_problems(&parsed);
    let Some(document) = parsed.document else { return Ok(ExitCode::from(BAD_CONFIG)) };
    let tiers: usize = document.chains.iter().map(|c| c.tiers.len()).sum();
    out::line(&format!("{} is valid: {} chains, {tiers} tiers", file.display(), document.chains.len()));
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn import(data: &Path, file: &Path, note: &str) -> anyhow::Result<ExitCode> {
    let parsed = read(file)?;
    print_problems(&parsed);
    let Some(document) = parsed.document else { return Ok(ExitCode::from(BAD_CONFIG)) };
    let page: ConfigPage = call(data, "config.get", &())?;
    let document =
        if parsed.chains_only { Document { chains: document.chains, ..page.document } } else { document };
    let request = ConfigApply { document, expected_revision: page.revision, note: note.to_owned() };
    let applied: Applied = call(data, "config.apply", &request)?;
    out::line(&format!("revision {} is in force; {} was before it", applied.revision, applied.previous));
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn export(data: &Path) -> anyhow::Result<ExitCode> {
    let file: ExportedFile = call(data, "config.export", &())?;
    out::line(file.text.trim_end());
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn incidents(data: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let page: IncidentPage =
        call(data, "incidents", &IncidentsRequest { limit: 100, offset: 0, before: None, filter: None })?;
    if json {
        out::line(&serde_json::to_string_pretty(&page)?);
        return Ok(ExitCode::SUCCESS);
    }
    if page.incidents.is_empty() {
        out::line("No incident so far.");
    }
    for incident in &page.incidents {
        let began =
            OffsetDateTime::from_unix_timestamp_nanos(i128::from(incident.times.began_ms) * 1_000_000)?;
        let began = began.format(&time::format_description::well_known::Rfc3339)?;
        let state = format!("{:?}", incident.state).to_lowercase();
        let rto =
            incident.rto_ms.map_or_else(|| "not restored yet".into(), |ms| format!("restored in {ms} ms"));
        let mark = if incident.simulated { " [simulated]" } else { "" };
        out::line(&format!(
            "#{} {:?} {state:<12} {began}  {}{mark}; {rto}",
            incident.id, incident.severity, incident.title
        ));
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn report(data: &Path, options: &args::Report) -> anyhow::Result<ExitCode> {
    let now = OffsetDateTime::now_utc();
    let from = now - time::Duration::days(i64::from(options.days));
    let ms = |t: OffsetDateTime| t.unix_timestamp() * 1000 + i64::from(t.millisecond());
    let report = ReportRequest { from_ms: ms(from), to_ms: ms(now), simulated: options.simulated };
    let format = match options.format {
        args::Format::Html => ReportFormat::Html,
        args::Format::Pdf => ReportFormat::Pdf,
        args::Format::Csv => ReportFormat::Csv,
        args::Format::Json => ReportFormat::Json,
    };
    let file: ExportedFile = call(data, "report.export", &ReportExport { report, format })?;
    let bytes = if file.mime.ends_with(";base64") {
        base64::engine::general_purpose::STANDARD
            .decode(&file.text)
            .context("the answer could not be read")?
    } else {
        format!("{}\n", file.text.trim_end()).into_bytes()
    };
    match &options.output {
        Some(path) => {
            fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))?;
        }
        None => out::bytes(&bytes),
    }
    Ok(ExitCode::SUCCESS)
}
