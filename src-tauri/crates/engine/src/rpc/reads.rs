//! Commands that only read, or try something out.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use contract::{
    RpcError,
    rpc::{
        ChainTry, Command, ConfigCheck, ConfigParse, IncidentRequest, PageRequest, ReportExport,
        ReportFormat, ReportRequest, RevisionsRequest, TierTest,
    },
    view::{About, AlertEntry, ConfigPage, ExportedFile, OrdersPage, RevisionInfo},
};
use domain::time::wall_ms;
use serde_json::Value;

use super::{Reply, failed, parse, problem, reply};
use crate::{Engine, config, views};

/// Orders that are listed with those that hold.
const RECENT_ORDERS: u32 = 50;
/// The longest page of a list.
pub(super) const LONGEST_PAGE: u32 = 500;

impl Engine {
    pub(super) async fn read(&self, command: Command, payload: Value) -> Reply {
        match command {
            Command::Overview => reply(&self.overview().await),
            Command::Series => reply(&self.series(&parse(payload)?).await?),
            Command::ReplicaFigures => reply(&self.replica_figures(&parse(payload)?).await?),
            Command::DataSizes => reply(&self.data_sizes().await?),
            Command::ConfigGet => reply(&self.config_page()),
            Command::ConfigCheck => {
                let ConfigCheck { document } = parse(payload)?;
                reply(&config::check(&document))
            }
            Command::ConfigExport => reply(&self.config_export()?),
            Command::ConfigParse => {
                let ConfigParse { yaml } = parse(payload)?;
                reply(&crate::parse_config(&yaml))
            }
            Command::ConfigRevisions => reply(&self.revisions(parse(payload)?).await?),
            Command::TierTest => {
                let TierTest { tier } = parse(payload)?;
                reply(&self.tier_test(&tier).await)
            }
            Command::TierModels => {
                let TierTest { tier } = parse(payload)?;
                reply(&self.tier_models(&tier).await?)
            }
            Command::ChainTry => {
                let ChainTry { chain, prompt } = parse(payload)?;
                reply(&self.chain_try(&chain, &prompt).await)
            }
            Command::PlaygroundStart => reply(&self.playground_start(&parse(payload)?)?),
            Command::PlaygroundRead => reply(&self.playground_read(&parse(payload)?).await?),
            Command::PlaygroundStop => {
                self.playground_stop(&parse(payload)?);
                reply(&())
            }
            Command::Discover => reply(&self.discover(&parse(payload)?).await?),
            Command::ChangeOvers => reply(&self.change_overs(page(payload)?).await?),
            Command::Incidents => reply(&self.incidents(parse(payload)?).await?),
            Command::IncidentsExport => reply(&self.incidents_export(parse(payload)?).await?),
            Command::IncidentDays => reply(&self.incident_days(parse(payload)?).await?),
            Command::History => reply(&self.history(parse(payload)?).await?),
            Command::HistoryExport => reply(&self.history_export(parse(payload)?).await?),
            Command::Incident => {
                let IncidentRequest { id } = parse(payload)?;
                reply(&self.incident_detail(&id).await?)
            }
            Command::IncidentAround => {
                let IncidentRequest { id } = parse(payload)?;
                reply(&self.incident_around(&self.incident_row(&id).await?).await?)
            }
            Command::Report => reply(&self.report(parse(payload)?).await?),
            Command::ReportExport => reply(&self.report_export(parse(payload)?).await?),
            Command::Gpus => {
                reply(&views::gpu_page(&self.inner.gpus, &self.inner.snapshot.load(), &self.inner.board))
            }
            Command::Keys => reply(&self.keys_page().await?),
            Command::ClientKeyMake => reply(&crate::new_client_key()),
            Command::Practice => reply(&self.inner.practice.page().await),
            Command::Requests => {
                let newest = self.inner.endpoint.gateway().explanations();
                reply(&views::requests(&newest, &page(payload)?))
            }
            Command::Orders => reply(&self.orders_page().await?),
            Command::Alerts => reply(&self.alert_ledger(page(payload)?).await?),
            Command::Runbooks => reply(&self.runbooks().await?),
            Command::About => reply(&self.about()),
            other => Err(failed(format!("{} is no reading command", other.name()))),
        }
    }

    fn config_page(&self) -> ConfigPage {
        let in_force = self.inner.config.current();
        ConfigPage {
            revision: in_force.revision,
            warnings: config::check(&in_force.document),
            document: in_force.document.clone(),
            file: in_force.file.as_ref().map(|f| f.display().to_string()),
            file_problems: in_force.file_problems.clone(),
        }
    }

    fn config_export(&self) -> Result<ExportedFile, RpcError> {
        let in_force = self.inner.config.current();
        let text = config::to_yaml(&in_force.document).map_err(failed)?;
        let filename = format!("changeover-revision-{}.yaml", in_force.revision);
        Ok(ExportedFile { filename, mime: "application/yaml".into(), text })
    }

    async fn revisions(&self, request: RevisionsRequest) -> Result<Vec<RevisionInfo>, RpcError> {
        let rows = self.inner.store.revisions(request.limit.clamp(1, LONGEST_PAGE)).await.map_err(failed)?;
        let info = |r: store::RevisionRow| RevisionInfo {
            revision: r.revision,
            at_ms: r.at_ms,
            author: r.author,
            note: r.note,
        };
        Ok(rows.into_iter().map(info).collect())
    }

    async fn report(&self, request: ReportRequest) -> Result<contract::view::Report, RpcError> {
        Ok(views::report(&self.computed(&request).await?))
    }

    async fn computed(&self, request: &ReportRequest) -> Result<operations::reports::Report, RpcError> {
        if request.from_ms >= request.to_ms {
            return Err(problem(
                "bad_request",
                "the period ends before it begins",
                "choose an earlier start",
            ));
        }
        let terms = self.terms().await.map_err(failed)?;
        let period = (request.from_ms, request.to_ms);
        operations::reports::report(&self.inner.store, period, request.simulated, &terms)
            .await
            .map_err(failed)
    }

    async fn report_export(&self, request: ReportExport) -> Result<ExportedFile, RpcError> {
        let report = self.computed(&request.report).await?;
        let (extension, mime, text) = match request.format {
            ReportFormat::Html => ("html", "text/html", operations::reports::html(&report).map_err(failed)?),
            ReportFormat::Pdf => {
                let bytes = operations::reports::pdf(&report).map_err(failed)?;
                ("pdf", "application/pdf;base64", STANDARD.encode(bytes))
            }
            ReportFormat::Csv => ("csv", "text/csv", operations::reports::csv(&report).map_err(failed)?),
            ReportFormat::Json => {
                let json = serde_json::to_string_pretty(&views::report(&report)).map_err(failed)?;
                ("json", "application/json", json)
            }
        };
        let kind = if request.report.simulated { "-simulated" } else { "" };
        Ok(ExportedFile { filename: format!("changeover-report{kind}.{extension}"), mime: mime.into(), text })
    }

    async fn alert_ledger(&self, page: PageRequest) -> Result<Vec<AlertEntry>, RpcError> {
        let filter = store::EventFilter {
            kinds: vec!["alert".into()],
            newest_first: true,
            limit: page.limit,
            ..store::EventFilter::default()
        };
        let rows = self.inner.store.events(&filter).await.map_err(failed)?;
        Ok(rows.iter().filter_map(views::alert).collect())
    }

    pub(super) async fn orders_page(&self) -> Result<OrdersPage, RpcError> {
        let filter = store::EventFilter {
            kinds: vec!["operator".into()],
            newest_first: true,
            limit: RECENT_ORDERS,
            ..store::EventFilter::default()
        };
        let orders = self.inner.orders.port.now();
        // What changed the orders is on record before them.
        self.inner.keeper.flushed().await;
        let recent = self.inner.store.events(&filter).await.map_err(failed)?;
        Ok(views::orders_page(&orders, &self.inner.snapshot.load(), &recent, wall_ms()))
    }

    fn about(&self) -> About {
        About {
            version: self.inner.version.to_owned(),
            data_dir: self.inner.data_dir.display().to_string(),
            database_bytes: self.inner.store.size_bytes(),
            admin_url: self.inner.admin_url(),
            started_ms: self.inner.started_ms,
        }
    }
}

fn page(payload: Value) -> Result<PageRequest, RpcError> {
    let page: PageRequest = parse(payload)?;
    Ok(PageRequest { limit: page.limit.clamp(1, LONGEST_PAGE), ..page })
}
