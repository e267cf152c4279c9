//! Incidents and change-overs: pages, counts and files of those that match.

use contract::{
    RpcError,
    rpc::{
        HistoryExport, HistoryFilter, HistoryRequest, IncidentDays, IncidentFilter, IncidentsExport,
        IncidentsRequest, ListFormat, PageRequest,
    },
    view::{
        ChangeOver, Direction, ExportedFile, HistoryPage, IncidentDay, IncidentDetail, IncidentPage,
        IncidentSeverity, IncidentState,
    },
};
use domain::time::wall_ms;
use serde::Serialize;

use super::{failed, problem, reads::LONGEST_PAGE};
use crate::{Engine, views};

const DAY_MS: i64 = 86_400_000;
/// The most incidents, and the most change-overs, in one file.
const MOST_INCIDENTS: u32 = 10_000;
const MOST_CHANGES: u32 = 100_000;
/// Change-overs read at once.
const CHANGES_AT_ONCE: u32 = 10_000;

impl Engine {
    pub(super) async fn change_overs(&self, page: PageRequest) -> Result<Vec<ChangeOver>, RpcError> {
        let filter = store::ChangeoverFilter::default();
        let rows =
            self.inner.store.changeovers(&filter, page.limit, offset(page.offset)).await.map_err(failed)?;
        Ok(rows.iter().map(views::change_over).collect())
    }

    pub(super) async fn history(&self, request: HistoryRequest) -> Result<HistoryPage, RpcError> {
        let mut filter = changeover_filter(&request.filter);
        filter.before_seq = request.before.as_deref().map(before).transpose()?;
        let limit = request.limit.clamp(1, LONGEST_PAGE);
        let rows =
            self.inner.store.changeovers(&filter, limit, offset(request.offset)).await.map_err(failed)?;
        let total = match request.before {
            Some(_) => None,
            None => Some(self.inner.store.count_changeovers(&filter).await.map_err(failed)?),
        };
        Ok(HistoryPage { changes: rows.iter().map(views::change_over).collect(), total })
    }

    pub(super) async fn history_export(&self, request: HistoryExport) -> Result<ExportedFile, RpcError> {
        let mut filter = changeover_filter(&request.filter);
        let mut rows = Vec::new();
        while rows.len() < MOST_CHANGES as usize {
            let page = self.inner.store.changeovers(&filter, CHANGES_AT_ONCE, 0).await.map_err(failed)?;
            let Some(last) = page.last() else { break };
            filter.before_seq = Some(last.seq);
            rows.extend(page);
        }
        let csv = || operations::lists::changeovers(&rows).map_err(failed);
        let views = || rows.iter().map(views::change_over).collect::<Vec<_>>();
        file("changeover-history", request.format, csv, views)
    }

    pub(super) async fn incidents(&self, request: IncidentsRequest) -> Result<IncidentPage, RpcError> {
        let mut filter = incident_filter(&request.filter.unwrap_or_default());
        filter.before_id = request.before.as_deref().map(before).transpose()?;
        let limit = request.limit.clamp(1, LONGEST_PAGE);
        let store = &self.inner.store;
        let (rows, total) = if request.before.is_some() {
            (store.newest_incidents(&filter, limit).await.map_err(failed)?, None)
        } else {
            let page = store.incidents(&filter, limit, offset(request.offset)).await;
            page.map(|(rows, total)| (rows, Some(total))).map_err(failed)?
        };
        Ok(IncidentPage { incidents: rows.iter().map(views::incident).collect(), total })
    }

    pub(super) async fn incidents_export(&self, request: IncidentsExport) -> Result<ExportedFile, RpcError> {
        let filter = incident_filter(&request.filter);
        let (rows, _) = self.inner.store.incidents(&filter, MOST_INCIDENTS, 0).await.map_err(failed)?;
        let csv = || operations::lists::incidents(&rows).map_err(failed);
        let views = || rows.iter().map(views::incident).collect::<Vec<_>>();
        file("changeover-incidents", request.format, csv, views)
    }

    /// Counts by the day of the asking clock; a day is 24 hours long.
    pub(super) async fn incident_days(&self, request: IncidentDays) -> Result<Vec<IncidentDay>, RpcError> {
        let days = i64::from(request.days.clamp(1, 400));
        let ahead = i64::from(request.offset_minutes.clamp(-1_440, 1_440)) * 60_000;
        let today = (wall_ms() + ahead).div_euclid(DAY_MS);
        let start = |day: i64| day * DAY_MS - ahead;
        let from_ms = start(today - days + 1);
        let counts = self.inner.store.incident_days(from_ms, request.simulated).await.map_err(failed)?;
        let mut list: Vec<_> =
            (0..days).map(|n| IncidentDay { from_ms: from_ms + n * DAY_MS, counts: [0; 4] }).collect();
        for (day, severity, count) in counts {
            let day = usize::try_from(day).ok().and_then(|n| list.get_mut(n));
            if let (Some(day), Ok(severity)) = (day, usize::try_from(severity.clamp(0, 3))) {
                day.counts[severity] += u32::try_from(count).unwrap_or(u32::MAX);
            }
        }
        Ok(list)
    }

    /// Everything that belongs to an incident.
    pub(super) async fn incident_detail(&self, id: &str) -> Result<IncidentDetail, RpcError> {
        let row = self.incident_row(id).await?;
        let (number, store) = (row.id, &self.inner.store);
        let parts = views::IncidentParts {
            row,
            timeline: store.timeline(number).await.map_err(failed)?,
            corrections: store.corrections(number).await.map_err(failed)?,
            steps: store.runbook_steps(number).await.map_err(failed)?,
        };
        Ok(views::incident_detail(&parts))
    }
}

/// The number that a page goes on from.
fn before(id: &str) -> Result<i64, RpcError> {
    id.parse().map_err(|_| {
        problem("bad_request", &format!("`{id}` is no number to go on from"), "begin with the newest")
    })
}

fn offset(offset: u64) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

fn file<T: Serialize>(
    name: &str,
    format: ListFormat,
    csv: impl FnOnce() -> Result<String, RpcError>,
    views: impl FnOnce() -> Vec<T>,
) -> Result<ExportedFile, RpcError> {
    let (extension, mime, text) = match format {
        ListFormat::Csv => ("csv", "text/csv", csv()?),
        ListFormat::Json => {
            ("json", "application/json", serde_json::to_string_pretty(&views()).map_err(failed)?)
        }
    };
    Ok(ExportedFile { filename: format!("{name}.{extension}"), mime: mime.to_owned(), text })
}

fn words(text: Option<&String>) -> Option<String> {
    text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty())
}

fn changeover_filter(filter: &HistoryFilter) -> store::ChangeoverFilter {
    // The screens say "none" where no tier answered.
    let tier = words(filter.tier.as_ref()).map(|t| if t == "none" { String::new() } else { t });
    store::ChangeoverFilter {
        from_ms: filter.from_ms,
        to_ms: filter.to_ms,
        chain: words(filter.chain.as_ref()),
        tier,
        direction: filter.direction.map(|d| if d == Direction::Back { "back" } else { "over" }.to_owned()),
        cause: words(filter.cause.as_ref()),
        simulated: filter.simulated,
        // An id that is no number is of no incident.
        incident: filter.incident.as_ref().map(|id| id.parse().unwrap_or(0)),
        text: words(filter.text.as_ref()),
        before_seq: None,
    }
}

fn incident_filter(filter: &IncidentFilter) -> store::IncidentFilter {
    let state = |state: &IncidentState| match state {
        IncidentState::Open => "open",
        IncidentState::Acknowledged => "acknowledged",
        IncidentState::Closed => "closed",
    };
    let severity = |severity: &IncidentSeverity| *severity as i64;
    store::IncidentFilter {
        before_id: None,
        going_on: None,
        states: filter.states.iter().map(|s| state(s).to_owned()).collect(),
        severities: filter.severities.iter().map(severity).collect(),
        kinds: filter.kinds.clone(),
        chain: words(filter.chain.as_ref()),
        tier: words(filter.tier.as_ref()),
        text: words(filter.text.as_ref()),
        simulated: filter.simulated,
        from_ms: filter.from_ms,
        to_ms: filter.to_ms,
    }
}
