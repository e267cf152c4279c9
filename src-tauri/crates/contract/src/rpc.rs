//! The commands and the event channel.
//!
//! A command is a name with a request and a response. In the window it is the one Tauri command `rpc`; over
//! HTTP it is `POST /rpc/NAME` on the admin address. Events come over one channel: `GET /events` (SSE) or
//! the window's channel.

mod incidents;
mod orders;
mod trials;

use serde::{Deserialize, Serialize};
pub use trials::*;
use ts_rs::TS;

use crate::{Problem, config::Document, view::*};

pub use incidents::*;
pub use orders::*;

/// Declares every command once: its name, its request and its response.
macro_rules! commands {
    ($($(#[$doc:meta])* $variant:ident = $name:literal : $request:ty => $response:ty;)*) => {
        /// A command's name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Command { $($(#[$doc])* $variant,)* }

        impl Command {
            /// Every command.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name on the wire.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The command of this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }

        /// The TypeScript interface that maps each name to its request and response.
        pub(crate) fn command_lines(config: &ts_rs::Config) -> Vec<String> {
            vec![$(format!(
                "  {:?}: {{ request: {}; response: {} }};",
                $name, <$request as TS>::name(config), <$response as TS>::name(config)
            ),)*]
        }
    };
}

commands! {
    /// What the frame and the Overview show.
    Overview = "overview": () => Overview;
    /// Figures over time.
    Series = "series": SeriesRequest => Series;
    /// The configuration in force.
    ConfigGet = "config.get": () => ConfigPage;
    /// Problems of a draft.
    ConfigCheck = "config.check": ConfigCheck => Vec<Problem>;
    /// Makes a draft the configuration.
    ConfigApply = "config.apply": ConfigApply => Applied;
    /// Changes the order of a chain's tiers at once.
    ChainsReorder = "chains.reorder": ChainsReorder => Applied;
    /// The document as YAML.
    ConfigExport = "config.export": () => ExportedFile;
    /// YAML as a document; not applied.
    ConfigParse = "config.parse": ConfigParse => ParsedConfig;
    /// The revisions, newest first.
    ConfigRevisions = "config.revisions": RevisionsRequest => Vec<RevisionInfo>;
    /// Makes an old revision the newest one.
    ConfigRestore = "config.restore": ConfigRestore => Applied;
    /// Sends one short real request to a tier that need not be saved.
    TierTest = "tier.test": TierTest => TryResult;
    /// The models that a server lists.
    TierModels = "tier.models": TierTest => Vec<String>;
    /// Sends one short real request through a chain.
    ChainTry = "chain.try": ChainTry => TryResult;
    /// Sends a prompt through a chain or at one of its tiers.
    PlaygroundStart = "playground.start": PlaygroundStart => PlaygroundRun;
    /// What came of it since the last reading; waits up to a second for more.
    PlaygroundRead = "playground.read": PlaygroundRead => PlaygroundProgress;
    /// Hangs up.
    PlaygroundStop = "playground.stop": PlaygroundRun => ();
    /// Looks for model servers on this machine, on the ports where they usually listen.
    Discover = "discover": DiscoverRequest => Discovery;
    /// The newest requests, each with why it was answered as it was; at most 500.
    Requests = "requests": PageRequest => Vec<RequestExplained>;
    /// The operator's orders.
    Orders = "orders": () => OrdersPage;
    /// Asks one tier before all others.
    OrderPin = "order.pin": OrderPin => OrdersPage;
    /// Releases a chain's pin.
    OrderUnpin = "order.unpin": OrderChain => OrdersPage;
    /// Drains, disables or enables a tier or a replica.
    OrderSwitch = "order.switch": OrderSwitch => OrdersPage;
    /// Moves traffic to the next tier, until it is failed back.
    OrderFailOver = "order.failover": OrderChain => OrdersPage;
    /// Brings traffic back to the best tier, at once.
    OrderFailBack = "order.failback": OrderChain => OrdersPage;
    /// Sets a maintenance window.
    OrderMaintenance = "order.maintenance": OrderMaintenance => OrdersPage;
    /// Ends a maintenance window, or takes it back.
    OrderMaintenanceEnd = "order.maintenance_end": OrderMaintenanceEnd => OrdersPage;
    /// Takes a model out everywhere at once, running answers included.
    OrderRetire = "order.retire": OrderModel => OrdersPage;
    /// Lets a retired model answer again.
    OrderUnretire = "order.unretire": OrderModel => OrdersPage;
    /// Change-overs, newest first.
    ChangeOvers = "changeovers": PageRequest => Vec<ChangeOver>;
    /// Incidents, newest first.
    Incidents = "incidents": IncidentsRequest => IncidentPage;
    /// The incidents that match as a file.
    IncidentsExport = "incidents.export": IncidentsExport => ExportedFile;
    /// How many incidents began on each of the last days, oldest first.
    IncidentDays = "incidents.days": IncidentDays => Vec<IncidentDay>;
    /// One incident with its timeline.
    Incident = "incident": IncidentRequest => IncidentDetail;
    /// What was around an incident: figures of its time, the tiers then, the cost.
    IncidentAround = "incident.around": IncidentRequest => IncidentAround;
    /// Somebody works on it.
    IncidentAcknowledge = "incident.acknowledge": IncidentRequest => IncidentDetail;
    /// Adds a note to its timeline.
    IncidentNote = "incident.note": IncidentNote => IncidentDetail;
    /// What people do with incidents: the same with each of those named.
    IncidentAct = "incident.act": IncidentActs => Vec<Incident>;
    /// Change-overs that match, newest first.
    History = "history": HistoryRequest => HistoryPage;
    /// The change-overs that match as a file.
    HistoryExport = "history.export": HistoryExport => ExportedFile;
    /// Recovery times over a period.
    Report = "report": ReportRequest => Report;
    /// The same as a file.
    ReportExport = "report.export": ReportExport => ExportedFile;
    /// A server's figures over the last hour, day and week.
    ReplicaFigures = "replica.figures": ReplicaFiguresRequest => ReplicaFigures;
    /// What the data folder's tables take.
    DataSizes = "data.sizes": () => DataSizes;
    /// The GPUs of this machine.
    Gpus = "gpus": () => GpuPage;
    /// The provider keys, without their secrets.
    Keys = "keys": () => KeysPage;
    /// Stores a key in the OS keyring.
    KeySet = "key.set": KeySet => KeysPage;
    /// Removes a key from the OS keyring.
    KeyDelete = "key.delete": KeyName => KeysPage;
    /// Makes a key for a client; nothing keeps it.
    ClientKeyMake = "client_key.make": () => NewClientKey;
    /// The simulated servers.
    Practice = "practice": () => PracticePage;
    /// Switches a simulated server to fail, or back.
    PracticeSet = "practice.set": PracticeSet => PracticePage;
    /// Sends a notice that says that it is a test, by a channel or by the desktop's.
    AlertTest = "alert.test": Option<AlertTest> => AlertEntry;
    /// Alerts sent or held back, newest first.
    Alerts = "alerts": PageRequest => Vec<AlertEntry>;
    /// The runbooks: those of the program and the operator's own.
    Runbooks = "runbooks": () => Vec<RunbookView>;
    /// Records that a runbook was rehearsed now.
    RunbookRehearsed = "runbook.rehearsed": RunbookRehearsed => Vec<RunbookView>;
    /// Version, data folder, addresses.
    About = "about": () => About;
}

/// What a chart asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SeriesRequest {
    /// Which figures.
    pub metric: Metric,
    /// The chain, or for GPU metrics the GPU's UUID; absent for all.
    pub of: Option<String>,
    /// How far back from now.
    pub range_ms: i64,
    /// How many points at most; 2 to 2000.
    pub points: u32,
}

/// Which server's figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ReplicaFiguresRequest {
    /// Its id, as in the live state.
    pub replica: String,
}

/// A figure that is kept over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Requests per second, a line per tier.
    Requests,
    /// Failed tries per second, a line per failure class.
    Errors,
    /// Time to first token, p50 and p95.
    FirstToken,
    /// Output tokens per second, a line per tier.
    Tokens,
    /// GPU busy share.
    GpuUtilisation,
    /// GPU memory in use.
    GpuMemory,
    /// GPU temperature.
    GpuTemperature,
    /// GPU power.
    GpuPower,
}

/// A draft to look over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ConfigCheck {
    /// The draft.
    pub document: Document,
}

/// A draft to make the configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ConfigApply {
    /// The draft.
    pub document: Document,
    /// The revision it was made from; a newer one in force is a `conflict`.
    pub expected_revision: i64,
    /// Why, for the list of revisions.
    pub note: String,
}

/// A new order of a chain's tiers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ChainsReorder {
    /// Which chain.
    pub chain: String,
    /// Its tiers' names in their new order: all of them, once each.
    pub tiers: Vec<String>,
    /// The revision that was looked at; a newer one in force is a `conflict`.
    pub expected_revision: i64,
}

/// YAML to read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ConfigParse {
    /// The text.
    pub yaml: String,
}

/// What a YAML text says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ParsedConfig {
    /// The document; absent when it has errors.
    pub document: Option<Document>,
    /// What is wrong or unwise, and what of another program's file could not be carried over.
    pub problems: Vec<Problem>,
    /// The text was another program's (LiteLLM's `config.yaml`, or a `fallback_chain:`): only its chains are meant,
    /// everything else stays as it is.
    pub chains_only: bool,
}

/// How many revisions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RevisionsRequest {
    /// At most this many; up to 500.
    pub limit: u32,
}

/// A revision to restore.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ConfigRestore {
    /// Which one.
    pub revision: i64,
    /// The revision that was looked at; a newer one in force is a `conflict`.
    pub expected_revision: i64,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PageRequest {
    /// At most this many; up to 500.
    pub limit: u32,
    /// Leave out this many of the newest.
    pub offset: u64,
}

/// Which incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct IncidentRequest {
    /// Its id.
    pub id: String,
}

/// A period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ReportRequest {
    /// Its start.
    pub from_ms: i64,
    /// Its end.
    pub to_ms: i64,
    /// Simulated chains instead of real ones.
    pub simulated: bool,
}

/// A period as a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ReportExport {
    /// The period.
    pub report: ReportRequest,
    /// The form of the file.
    pub format: ReportFormat,
}

/// The form of an exported report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ReportFormat {
    /// A page that stands alone, chart included.
    Html,
    /// The same on A4 sheets.
    Pdf,
    /// A row per incident.
    Csv,
    /// The report as data.
    Json,
}

/// A key to store. The secret goes in and never comes out.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct KeySet {
    /// Letters, digits, `-`, `_` and `.`; 1 to 64 of them.
    pub name: String,
    /// The key itself.
    pub secret: String,
}

impl std::fmt::Debug for KeySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeySet").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Which key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct KeyName {
    /// Its name.
    pub name: String,
}

/// A simulated server's switch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PracticeSet {
    /// Which server.
    pub name: String,
    /// Whether it fails.
    pub failing: bool,
}

/// What comes over the event channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum UiEvent {
    /// The whole live state; sent at once on a change and at least every two seconds.
    Live {
        /// The state.
        overview: Box<Overview>,
    },
    /// Other things than the live state changed: ask for them again.
    Changed {
        /// Which.
        topics: Vec<Topic>,
    },
    /// Traffic moved to another tier.
    ChangedOver {
        /// The change-over.
        change: ChangeOver,
    },
}

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Topic {
    Config,
    Incidents,
    ChangeOvers,
    Gpus,
    Keys,
    Practice,
    Alerts,
    Runbooks,
    Orders,
}
