//! Starting, in order: everything that can fail first, then what only runs.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use contract::config::Document;
use domain::{Board, Snapshot, event::Event, journal, serving::ServingPort, time::wall_ms};
use gateway::Gateway;
use store::Store;
use tokio::{net::TcpListener, sync::broadcast};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Engine, Inner, admin,
    config::{self, ApplyError, ConfigOwner, FileWatch, alert_settings},
    endpoint::Endpoint,
    keys::Keys,
    options::{Options, StartError},
    orders::OrdersOwner,
    port_holder,
    practice::Practice,
    running::{self, Running},
    series::Figures,
};

/// Events that a slow screen may be behind before it is sent the whole state instead.
const SCREEN_QUEUE: usize = 256;
/// The state under which the replicas' memory is kept over restarts.
const MEMORY: &str = "replicas";
/// The state under which the installation's name is kept.
const INSTALLATION: &str = "installation";
/// The replicas' memory is compared with what was kept this often; at most so much of it is lost by a kill.
const LOOK_FOR_CHANGES: Duration = Duration::from_millis(250);

impl Engine {
    /// Starts the program: opens the data folder and the configuration, builds router, monitor and operations,
    /// and listens.
    ///
    /// # Errors
    /// The data folder, the configuration or an address cannot be used; the message says what to do.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let began = tokio::time::Instant::now();
        crate::open_files::raise();
        let store = Store::open(&options.data_dir).await.map_err(|e| StartError::Data(e.to_string()))?;
        let config = load_config(&store, &options).await?;
        let forced = config::forced(options.listen, options.admin, &config.current().document);
        if let Some(first) = forced.first() {
            return Err(StartError::Port(first.to_string()));
        }
        let admin = open_admin(&options, &config.current().document).await?;
        let practice = Practice::start();
        let practice = practice
            .await
            .map_err(|e| StartError::Port(format!("no port for the simulated servers: {e}")))?;
        let token = admin::admin_token(&options.data_dir);
        let token = token.map_err(|e| {
            StartError::Data(format!(
                "the operator's token cannot be kept in {}: {e}",
                options.data_dir.display()
            ))
        })?;
        let engine = Self { inner: Arc::new(build(&options, store, config, practice).await?) };
        engine.put_in_force("changeover", "started").await;
        let in_force_ms = u64::try_from(began.elapsed().as_millis()).ok();
        if let Err(problem) = engine.inner.endpoint.address()
            && !options.desktop
        {
            engine.shutdown().await;
            return Err(StartError::Port(problem));
        }
        engine.spawn_tasks(&options);
        engine.serve_admin(admin, &token);
        engine.inner.journal.tell(Event::Started { version: options.version.to_owned(), in_force_ms });
        Ok(engine)
    }

    fn spawn_tasks(&self, options: &Options) {
        let tasks = &self.inner.tasks;
        tasks.spawn(self.clone().follow_journal());
        tasks.spawn(self.clone().follow_week());
        tasks.spawn(self.clone().follow_costs());
        tasks.spawn(self.clone().follow_orders());
        tasks.spawn(self.clone().follow_surroundings());
        tasks.spawn(operations::upkeep::run(self.inner.store.clone(), self.inner.stop.clone()));
        let (store, stop) = (self.inner.store.clone(), self.inner.stop.clone());
        tasks.spawn(operations::figures::run(store, self.inner.keeper.subscribe(), stop));
        tasks.spawn(self.clone().follow_gpu_minutes());
        tasks.spawn(remember_changes(self.clone()));
        if let Some(file) = &options.config_file {
            tasks.spawn(follow_file(self.clone(), FileWatch::new(file)));
        }
    }

    fn serve_admin(&self, listener: Option<TcpListener>, token: &str) {
        let Some((listener, address)) = listener.and_then(|l| l.local_addr().ok().map(|a| (l, a))) else {
            return;
        };
        let router = admin::router(self.clone(), admin::Access::new(token));
        let stop = self.inner.stop.clone();
        self.inner.tasks.spawn(async move {
            // Event streams never end by themselves, so the server is dropped rather than waited for.
            tokio::select! {
                () = stop.cancelled() => {}
                served = axum::serve(listener, router) => if let Err(e) = served {
                    tracing::error!(error = %e, "the screens are no longer served");
                }
            }
        });
        let url = format!("http://{address}");
        self.inner.screens.store(Arc::new(Some(format!("{url}/?token={token}"))));
        let endpoint = self.inner.endpoint.address().map(|a| format!("http://{a}")).unwrap_or_default();
        let word = Running { admin: url, endpoint, token: token.to_owned(), pid: std::process::id() };
        if let Err(e) = running::announce(&self.inner.data_dir, &word) {
            tracing::warn!(error = %e, "the command line will not find this program");
        }
    }
}

async fn load_config(store: &Store, options: &Options) -> Result<ConfigOwner, StartError> {
    let loaded = ConfigOwner::load(store.clone(), options.config_file.clone(), "changeover").await;
    let config = loaded.map_err(|e| match e {
        ApplyError::Invalid(problems) => StartError::Config(problems),
        other => StartError::Data(other.to_string()),
    })?;
    if options.practice {
        let current = config.current();
        if let Some(document) = with_practice(&current.document) {
            let prepare = |_| async { Ok(()) };
            let added =
                config.apply(document, current.revision, "changeover", "practice chain added", prepare).await;
            added.map_err(|e| StartError::Data(e.to_string()))?;
        }
    }
    Ok(config)
}

/// The document with the practice chain, unless it has one.
fn with_practice(document: &Document) -> Option<Document> {
    let practice = |c: &contract::config::Chain| {
        c.tiers.iter().any(|t| t.provider == contract::config::Provider::Practice)
    };
    if document.chains.iter().any(practice) {
        return None;
    }
    let mut document = document.clone();
    let mut chain = crate::config::starter().chains.remove(0);
    let taken =
        |name: &str| document.chains.iter().any(|c| c.name == name || c.aliases.iter().any(|a| a == name));
    chain.aliases.retain(|a| !taken(a));
    while taken(&chain.name) {
        chain.name.push_str("-simulated");
    }
    document.chains.push(chain);
    Some(document)
}

async fn open_admin(options: &Options, document: &Document) -> Result<Option<TcpListener>, StartError> {
    let address: Option<SocketAddr> = options.admin.or_else(|| document.endpoint.admin.parse().ok());
    let Some(address) = address else { return Ok(None) };
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(Some(listener)),
        Err(e) => {
            let problem = port_holder::taken(address, "endpoint.admin", &e);
            if !options.desktop {
                return Err(StartError::Port(problem));
            }
            tracing::warn!("the screens are shown in the window only: {problem}");
            Ok(None)
        }
    }
}

async fn build(
    options: &Options,
    store: Store,
    config: ConfigOwner,
    practice: Arc<Practice>,
) -> Result<Inner, StartError> {
    let (journal, reader) = journal::journal();
    let (serving, served) = ServingPort::new();
    let board = Board::default();
    let stop = CancellationToken::new();
    let snapshot = Arc::new(ArcSwap::from_pointee(Snapshot::default()));
    let keys = Arc::new(Keys::default());
    let upstream = upstream::Client::new(Arc::clone(&keys) as Arc<dyn upstream::Credentials>);
    let data = |e: &dyn std::fmt::Display| StartError::Data(format!("the journal cannot be read: {e}"));
    let keeper = operations::keeper::Keeper::start(store.clone(), reader).await.map_err(|e| data(&e))?;
    let installation = installation(&store).await.map_err(|e| data(&e))?;
    let alerts = operations::alerts::Alerts::start(
        &keeper,
        journal.clone(),
        Arc::clone(&keys) as Arc<dyn upstream::Credentials>,
        alert_settings(&config.current().document.alerts, &installation),
    );
    let orders = OrdersOwner::load(&store).await.map_err(StartError::Data)?;
    let gpus = monitor::gpu::Gpus::start(
        options.nvml_library.clone(),
        Arc::new(upstream.clone()),
        journal.clone(),
        board.clone(),
        Arc::clone(&snapshot),
    );
    let memory = store.state(MEMORY).await.map_err(|e| data(&e))?;
    let monitor = monitor::Monitor::new(monitor::Deps {
        board: board.clone(),
        journal: journal.clone(),
        serving: serving.clone(),
        served,
        orders: orders.port.clone(),
        prober: Arc::new(upstream.clone()),
        starter: Arc::new(monitor::restart::SystemStarter),
        memory: memory.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default(),
    });
    let gateway = Gateway::new(gateway::Deps {
        snapshot: Arc::clone(&snapshot),
        board: board.clone(),
        journal: journal.clone(),
        serving: serving.clone(),
        orders: orders.port.clone(),
        upstream: upstream.clone(),
    });
    Ok(Inner {
        version: options.version,
        data_dir: options.data_dir.clone(),
        started_ms: wall_ms(),
        installation,
        store,
        config,
        keys,
        practice,
        journal,
        board,
        serving,
        orders,
        snapshot,
        figures: Arc::new(Figures::new(wall_ms())),
        upstream,
        monitor,
        gpus,
        endpoint: Endpoint::new(gateway, options.listen, stop.clone()),
        playground: crate::playground::Playground::default(),
        screens: ArcSwap::default(),
        keeper,
        alerts,
        changes: tokio::sync::Mutex::default(),
        week: ArcSwap::default(),
        events: broadcast::channel(SCREEN_QUEUE).0,
        tasks: TaskTracker::new(),
        stop,
    })
}

/// The name of this installation in what it tells people: made once, and kept.
async fn installation(store: &Store) -> Result<String, store::StoreError> {
    if let Some(known) = store.state(INSTALLATION).await? {
        return Ok(known);
    }
    let name = format!("{:012x}", rand::random::<u64>() >> 16);
    store.put_state(INSTALLATION, &name).await?;
    Ok(name)
}

/// Keeps the replicas' breakers and health over a restart.
pub(crate) async fn remember(inner: &Inner) {
    if let Some(json) = memory_of(inner) {
        keep(inner, &json).await;
    }
}

fn memory_of(inner: &Inner) -> Option<String> {
    let json = serde_json::to_string(&inner.monitor.memory());
    json.inspect_err(|e| tracing::error!(error = %e, "the replicas' state cannot be written")).ok()
}

/// Returns whether it is kept.
async fn keep(inner: &Inner, json: &str) -> bool {
    let kept = inner.store.put_state(MEMORY, json).await;
    kept.inspect_err(|e| tracing::warn!(error = %e, "the replicas' state could not be kept")).is_ok()
}

/// Keeps what changed soon after it did: nothing may warn of the program's end.
async fn remember_changes(engine: Engine) {
    let mut ticks = tokio::time::interval(LOOK_FOR_CHANGES);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut kept = None;
    loop {
        tokio::select! {
            () = engine.inner.stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let new = memory_of(&engine.inner);
        if let Some(json) = new.filter(|json| kept.as_ref() != Some(json))
            && keep(&engine.inner, &json).await
        {
            kept = Some(json);
        }
    }
}

async fn follow_file(engine: Engine, mut watch: FileWatch) {
    loop {
        tokio::select! {
            () = engine.inner.stop.cancelled() => return,
            () = watch.changed() => engine.reload().await,
        }
    }
}
