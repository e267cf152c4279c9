//! The task that turns what the threads hand over into findings, events and signals.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::{Arc, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwap;
use domain::{Board, Event, Journal, ReplicaId, Signal, Snapshot, event::GpuChange, time::wall_ms};
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{Instant, sleep_until},
};
use tokio_util::task::TaskTracker;

use super::{
    Known,
    bind::{self, Binding},
    finding::{Xids, findings},
    reading::{Finding, Gpu, GpuPage, HostState, Reading},
    sampler::Report,
    words::Trouble,
};

/// A round of calls that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(3);
/// Time between looks at which process listens on which port.
const BIND_EVERY: Duration = Duration::from_secs(5);

pub(super) struct Watch {
    known: Arc<Known>,
    journal: Journal,
    board: Board,
    snapshot: Arc<ArcSwap<Snapshot>>,
    tasks: TaskTracker,
    driver: Option<String>,
    readings: Vec<Reading>,
    /// Other machines: what their exporters showed last, and how they fare.
    hosts: BTreeMap<String, (Vec<Reading>, HostState)>,
    xids: HashMap<String, Xids>,
    trouble: Option<Trouble>,
    bindings: Vec<Binding>,
    binding: Option<JoinHandle<Vec<Binding>>>,
    bind_due: Instant,
    /// What the replicas were told last: fatal, unwell.
    told: BTreeMap<ReplicaId, (Option<String>, Option<String>)>,
}

impl Watch {
    pub(super) fn new(
        known: Arc<Known>,
        journal: Journal,
        board: Board,
        snapshot: Arc<ArcSwap<Snapshot>>,
        tasks: TaskTracker,
    ) -> Self {
        Self {
            known,
            journal,
            board,
            snapshot,
            tasks,
            driver: None,
            readings: Vec::new(),
            hosts: BTreeMap::new(),
            xids: HashMap::new(),
            trouble: None,
            bindings: Vec::new(),
            binding: None,
            bind_due: Instant::now(),
            told: BTreeMap::new(),
        }
    }

    pub(super) async fn run(mut self, mut reports: mpsc::UnboundedReceiver<Report>) {
        let mut patience: Option<Instant> = None;
        loop {
            let limit = patience.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600));
            tokio::select! {
                biased;
                report = reports.recv() => {
                    let Some(report) = report else { return };
                    match &report {
                        Report::Begins | Report::Reached { .. } => patience = Some(Instant::now() + PATIENCE),
                        Report::Sample(_) | Report::Trouble(_) => patience = None,
                        Report::Xid { .. } | Report::Hosts(_) | Report::Host { .. } => {}
                    }
                    self.take(report).await;
                }
                () = sleep_until(limit) => {
                    let hangs = patience.take().is_some();
                    if hangs {
                        tracing::warn!("a call into the NVIDIA driver hangs");
                        self.trouble = Some(Trouble::hangs());
                        self.publish();
                    }
                }
            }
        }
    }

    async fn take(&mut self, report: Report) {
        match report {
            Report::Begins => return,
            Report::Reached { driver } => {
                self.driver = driver;
                self.xids.values_mut().for_each(Xids::settle);
                return;
            }
            Report::Trouble(trouble) => {
                // What the GPUs were is out of date; replicas keep the verdict they had.
                self.readings.clear();
                self.trouble = Some(trouble);
            }
            Report::Xid { uuid, xid } => self.xid(uuid, xid),
            Report::Hosts(names) => {
                self.hosts.retain(|name, _| names.contains(name));
                for name in names {
                    let state = HostState { name: name.clone(), ..HostState::default() };
                    self.hosts.entry(name).or_insert_with(|| (vec![], state));
                }
            }
            Report::Host { name, result } => self.host(&name, result),
            Report::Sample(readings) => {
                self.trouble = readings.is_empty().then(Trouble::no_gpu);
                self.readings = readings;
                let new = self.readings.clone();
                self.remember(&new);
                self.bind().await;
            }
        }
        self.publish();
    }

    fn remember(&self, readings: &[Reading]) {
        let mut history = self.known.history.lock().unwrap_or_else(PoisonError::into_inner);
        let at_ms = wall_ms();
        readings.iter().for_each(|reading| history.add(at_ms, reading));
    }

    /// Another machine answered, or did not: then what it showed last stays, and is said to be old.
    fn host(&mut self, name: &str, result: Result<Vec<Reading>, String>) {
        let Some((readings, state)) = self.hosts.get_mut(name) else { return };
        match result {
            Ok(new) => {
                (state.at_ms, state.reason) = (Some(wall_ms()), None);
                *readings = new;
                let new = readings.clone();
                self.remember(&new);
            }
            Err(why) => state.reason = Some(why),
        }
    }

    /// Every GPU, of this machine and of others.
    fn all(&self) -> Vec<Reading> {
        let others = self.hosts.values().flat_map(|(readings, _)| readings);
        self.readings.iter().chain(others).cloned().collect()
    }

    /// An event of a GPU that cannot say who it is belongs to those that are lost, or to the only one.
    fn xid(&mut self, uuid: Option<String>, xid: u64) {
        let now = Instant::now();
        let only = self.readings.len() == 1;
        let all = self.all();
        let its = |r: &&Reading| {
            let unknown = || r.host.is_none() && (only || r.lost.is_some());
            uuid.as_ref().map_or_else(unknown, |uuid| *uuid == r.uuid)
        };
        let mut uuids: Vec<_> = all.iter().filter(its).map(|r| r.uuid.clone()).collect();
        if uuids.is_empty() {
            uuids.extend(uuid);
        }
        tracing::warn!(xid, gpus = ?uuids, "the NVIDIA driver reported an Xid event");
        for uuid in uuids {
            self.xids.entry(uuid).or_default().add(xid, now);
        }
    }

    /// Looks now and then at which process listens on which port, away from this task.
    async fn bind(&mut self) {
        if let Some(done) = self.binding.take_if(|task| task.is_finished()) {
            // The look-up does not panic; if it ever did, the bindings stay as they are.
            if let Ok(bindings) = done.await {
                self.rebind(bindings);
            }
        }
        if self.binding.is_some() || Instant::now() < self.bind_due {
            return;
        }
        self.bind_due = Instant::now() + BIND_EVERY;
        let on = |r: &Reading| r.processes.iter().map(|p| (r.uuid.clone(), p.pid)).collect::<Vec<_>>();
        let processes: Vec<_> = self.readings.iter().flat_map(on).collect();
        let ports = bind::local_ports(&self.snapshot.load());
        self.binding =
            Some(self.tasks.spawn_blocking(move || bind::bind(Path::new("/proc"), &ports, &processes)));
    }

    /// A server whose GPU failed has no process there any more; it stays bound until it is found elsewhere.
    fn rebind(&mut self, mut new: Vec<Binding>) {
        let page = self.known.page.load();
        let failed = |uuid: &str| {
            let gpu = page.gpus.iter().find(|g| g.reading.uuid == uuid);
            gpu.is_some_and(|g| g.findings.iter().any(|f| f.fatal))
        };
        let mut kept: Vec<Binding> = self.bindings.iter().filter(|b| failed(&b.uuid)).cloned().collect();
        kept.retain(|old| !new.iter().any(|b| b.replica == old.replica));
        new.extend(kept);
        self.bindings = new;
    }

    fn publish(&mut self) {
        let now = Instant::now();
        let readings = self.all();
        let by_hand = bind::by_hand(&self.snapshot.load(), &readings);
        let gpus: Vec<_> = readings.into_iter().map(|reading| self.gpu(reading, &by_hand, now)).collect();
        let before = self.known.page.load_full();
        let at_ms = if self.readings.is_empty() { before.at_ms } else { Some(wall_ms()) };
        let page = GpuPage {
            at_ms,
            driver: self.driver.clone(),
            gpus,
            reason: self.trouble.as_ref().map(|t| t.reason.clone()),
            remedy: self.trouble.as_ref().map(|t| t.remedy.clone()),
            hosts: self.hosts.values().map(|(_, state)| state.clone()).collect(),
        };
        self.tell_changes(&before, &page);
        if !page.gpus.is_empty() {
            self.tell_replicas(&page);
        }
        self.known.page.store(Arc::new(page));
    }

    fn gpu(&mut self, reading: Reading, by_hand: &[Binding], now: Instant) -> Gpu {
        let xids = self.xids.entry(reading.uuid.clone()).or_default();
        let mut findings = findings(&reading, xids, now);
        let xids = xids.seen.clone();
        findings.extend(self.doubt(&reading));
        let its = || self.bindings.iter().chain(by_hand).filter(|b| b.uuid == reading.uuid);
        let mut replicas: Vec<ReplicaId> = Vec::new();
        for binding in its() {
            if !replicas.contains(&binding.replica) {
                replicas.push(binding.replica.clone());
            }
        }
        let servers = its().filter_map(|b| b.pid).collect();
        Gpu { xids, findings, replicas, servers, reading }
    }

    /// Why what is shown of a GPU may be out of date.
    fn doubt(&self, reading: &Reading) -> Option<Finding> {
        let Some(name) = &reading.host else {
            let trouble = self.trouble.as_ref()?;
            let (what, remedy) = (trouble.reason.clone(), trouble.remedy.clone());
            return Some(Finding { fatal: false, what, remedy });
        };
        let why = self.hosts.get(name)?.1.reason.as_ref()?;
        Some(Finding {
            fatal: false,
            what: format!("the DCGM exporter of {name} does not answer: {why}"),
            remedy: "Check the exporter and the way to it; what is shown here is from before.".into(),
        })
    }

    fn tell_changes(&self, before: &GpuPage, after: &GpuPage) {
        for gpu in &after.gpus {
            let old = before.gpus.iter().find(|g| g.reading.uuid == gpu.reading.uuid);
            let words = |g: &Gpu| g.findings.iter().map(|f| f.what.clone()).collect::<Vec<_>>();
            let findings = words(gpu);
            if old.map(words).unwrap_or_default() != findings {
                self.journal.tell(Event::Gpu(GpuChange {
                    uuid: gpu.reading.uuid.clone(),
                    name: format!("{}: {}", gpu.reading.called(), gpu.reading.name),
                    fatal: gpu.findings.iter().any(|f| f.fatal),
                    findings,
                }));
            }
        }
    }

    /// Tells each replica on a GPU how that fares, again with every sample: a replica's task may be new.
    fn tell_replicas(&mut self, page: &GpuPage) {
        let mut now: BTreeMap<ReplicaId, (Option<String>, Option<String>)> = BTreeMap::new();
        for gpu in &page.gpus {
            let named = |f: &Finding| format!("{} ({}): {}", gpu.reading.called(), gpu.reading.name, f.what);
            let fatal = gpu.findings.iter().find(|f| f.fatal).map(named);
            let unwell = gpu.findings.iter().find(|f| !f.fatal).map(named);
            for replica in &gpu.replicas {
                let entry = now.entry(replica.clone()).or_default();
                entry.0 = entry.0.take().or_else(|| fatal.clone());
                entry.1 = entry.1.take().or_else(|| unwell.clone());
            }
        }
        let before = std::mem::take(&mut self.told);
        for (replica, (fatal, unwell)) in &before {
            let (now_fatal, now_unwell) = now.get(replica).cloned().unwrap_or_default();
            let Some(port) = self.board.port(replica) else { continue };
            if fatal.is_some() && now_fatal.is_none() {
                port.tell(Signal::Gpu(None));
            }
            if unwell.is_some() && now_unwell.is_none() {
                port.tell(Signal::GpuUnwell(None));
            }
        }
        for (replica, (fatal, unwell)) in &now {
            let Some(port) = self.board.port(replica) else { continue };
            if fatal.is_some() {
                port.tell(Signal::Gpu(fatal.clone()));
            }
            if unwell.is_some() {
                port.tell(Signal::GpuUnwell(unwell.clone()));
            }
        }
        self.told = now;
    }
}
