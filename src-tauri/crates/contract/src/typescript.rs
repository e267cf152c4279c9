//! The TypeScript that the screens compile against.

use ts_rs::{Config, TS};

use crate::{Fault, Injection, Problem, RpcError, Severity, Span, config::*, rpc, rpc::*, view::*};

macro_rules! declare {
    ($config:expr; $($type:ty),* $(,)?) => {
        vec![$((<$type as TS>::docs().unwrap_or_default(), <$type as TS>::decl($config)),)*]
    };
}

/// The whole generated file.
#[must_use]
pub fn generate() -> String {
    let config = &Config::new().with_large_int("number");
    let declarations = declare![config;
        Span, Severity, Problem, RpcError, Fault, Injection,
        Document, Runbook, Endpoint, ClientKey, Alerts, AlertEvent, QuietHours, EmailChannel, MailTls, WebhookChannel,
        WebhookShape, AlertTemplate, Chain, BrokenStream, OnRateLimit, Hedge, FailbackMode, Failback,
        Emergency, EmergencyCache, EmergencyQueue, Tier, Provider, Replica, Timeouts, Retry, Breaker, ProbeKind,
        Probe, Triggers, TriggerImpact, Degrade, QualityImpact, Capabilities, LoadWatch, Restart, GpuHost, Targets, Price,
        Mode, Health, BreakerState, Overview, WeekFigures, EndpointState, ChainView, TierView, ReplicaView, EngineLoad, EngineModel, EngineFinding, Check,
        FiguresView, PercentilesView, QuotaView, CheckCosts, RestartView, ReplicaFigures, ReplicaFiguresRequest, DataSizes, DataPart,
        ChangeOver, Direction, Series, SeriesLine, SeriesMark, GpuPage, GpuHostView, GpuView, GpuProcess, GpuFinding,
        IncidentSeverity, IncidentState, Incident, IncidentTimes, IncidentPage, IncidentDetail, TimelineEntry,
        Phase, Milestone, Correction, StepState, IncidentDay, HistoryPage,
        RequestExplained, RequestTier, RequestTry, Given, PinView, OrderKind, OrderView, WindowView, RetiredView, OrderRecord, OrdersPage, OrderPin, OrderChain,
        SwitchTo, OrderSwitch, OrderMaintenance, OrderMaintenanceEnd, OrderModel,
        Report, Recovery, CauseCount, Definition, ExportedFile, ConfigPage, Applied, RevisionInfo, KeyInfo, KeysPage, NewClientKey,
        Discovery, PortSeen, PortFound, PlaygroundRun, PlaygroundProgress, PlaygroundEnd, PlaygroundTier, PlaygroundTry, PracticePage, PracticeServer, TryResult, AlertEntry, About,
        SeriesRequest, Metric, ConfigCheck, ConfigApply, ChainsReorder, ConfigParse, ParsedConfig, RevisionsRequest,
        ConfigRestore, TierTest, ChainTry, DiscoverRequest, PlaygroundStart, PlaygroundRead, PageRequest, IncidentRequest, IncidentNote, ReportRequest, ReportExport,
        ComponentTarget, ChainFigures, TierFigures, FallbackCost, Evidence, IncidentAround, AroundChart, TierThen, IncidentsRequest, IncidentFilter, IncidentsExport, ListFormat, IncidentDays, IncidentActs, IncidentAct,
        HistoryRequest, HistoryFilter, HistoryExport, AlertTest,
        RunbookView, RunbookOrigin, Rehearsal, RunbookRehearsed,
        ReportFormat, KeySet, KeyName, PracticeSet, UiEvent, Topic,
    ];
    let mut out = String::from("// Generated from the contract crate by `make contract`. Do not edit.\n");
    for (docs, declaration) in declarations {
        out.push('\n');
        out.push_str(&docs);
        out.push_str("export ");
        out.push_str(&declaration);
        out.push('\n');
    }
    out.push_str("\n/** Each command's request and response. */\nexport interface Commands {\n");
    for line in rpc::command_lines(config) {
        out.push_str(&line);
        out.push('\n');
    }
    out.push_str("}\n");
    out
}
