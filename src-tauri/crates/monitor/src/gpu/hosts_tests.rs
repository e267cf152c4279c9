//! GPUs of other machines: from a DCGM exporter's page to findings, events and signals, on a paused clock.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use domain::{
    Board, Event, ReplicaPort, ReplicaState, Signal, Snapshot, event::GpuChange, gpu::GpuHost,
    journal::JournalReader,
};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep, timeout},
};

use super::{GpuPage, Gpus};
use crate::fake::{FakeProber, chain, events, replica, secs, snapshot, tier};

const UUID: &str = "GPU-remote";

fn page(xid: u64, more: &str) -> String {
    format!(
        "DCGM_FI_DEV_GPU_TEMP{{gpu=\"0\",UUID=\"{UUID}\",modelName=\"NVIDIA L4\"}} 50\n\
         DCGM_FI_DEV_XID_ERRORS{{gpu=\"0\",UUID=\"{UUID}\"}} {xid}\n{more}"
    )
}

struct Rig {
    gpus: Gpus,
    prober: Arc<FakeProber>,
    journal: JournalReader,
    signals: mpsc::Receiver<Signal>,
    snapshot: Arc<ArcSwap<Snapshot>>,
    _board: watch::Sender<ReplicaState>,
}

fn rig() -> Rig {
    let (journal, reader) = domain::journal::journal();
    let mut tier = tier("gpu");
    tier.replicas = vec![replica("gpu", "http://box.lan:8000")];
    let (state, state_rx) = watch::channel(ReplicaState::default());
    let (signals, signals_rx) = mpsc::channel(4096);
    let board = Board::default();
    board.replace([(tier.replicas[0].id.clone(), ReplicaPort::new(state_rx, signals))].into());
    let mut config = Snapshot::clone(&snapshot(chain(vec![tier])));
    config.gpu_hosts = vec![GpuHost { name: "box".into(), url: "http://box.lan:9400/metrics".into() }];
    let snapshot = Arc::new(ArcSwap::from_pointee(config));
    let prober = Arc::<FakeProber>::default();
    let nowhere = Some("/nonexistent/libnvidia-ml.so.1".into());
    let gpus = Gpus::start(
        nowhere,
        Arc::clone(&prober) as Arc<dyn crate::Prober>,
        journal,
        board,
        Arc::clone(&snapshot),
    );
    Rig { gpus, prober, journal: reader, signals: signals_rx, snapshot, _board: state }
}

impl Rig {
    async fn until(&self, what: impl Fn(&GpuPage) -> bool) -> Arc<GpuPage> {
        let wait = async {
            loop {
                let page = self.gpus.page();
                if what(&page) {
                    return page;
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(secs(600), wait).await.expect("the page came")
    }

    async fn changes(&mut self) -> Vec<GpuChange> {
        let all = events(&mut self.journal).await;
        all.into_iter().filter_map(|e| if let Event::Gpu(change) = e { Some(change) } else { None }).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_xid_on_another_machine_reaches_the_replica_there_and_an_old_one_does_not() {
    let mut rig = rig();
    rig.prober.shows("/metrics", page(79, ""));
    let seen = rig.until(|p| !p.gpus.is_empty()).await;
    // The exporter shows its last Xid for ever: the first sight of it says nothing.
    assert_eq!((seen.gpus[0].xids.as_slice(), seen.gpus[0].findings.as_slice()), (&[][..], &[][..]));
    assert_eq!(seen.gpus[0].reading.called(), "GPU box/0");
    assert_eq!(seen.gpus[0].replicas, [replica("gpu", "http://box.lan:8000").id]);
    sleep(secs(30)).await;
    assert!(rig.changes().await.is_empty());
    let began = Instant::now();
    rig.prober.shows("/metrics", page(95, ""));
    let signal = timeout(secs(60), rig.signals.recv()).await.expect("a signal");
    let Some(Signal::Gpu(Some(reason))) = signal else { panic!("{signal:?}") };
    assert_eq!(reason, "GPU box/0 (NVIDIA L4): Xid 95: uncontained ECC error");
    assert!(began.elapsed() <= secs(6), "{:?}", began.elapsed());
    let changes = rig.changes().await;
    assert!(changes[0].fatal && changes[0].name == "GPU box/0: NVIDIA L4", "{changes:?}");
}

#[tokio::test(start_paused = true)]
async fn a_host_that_answers_in_half_a_minute_is_a_finding_and_stalls_nothing() {
    let mut rig = rig();
    rig.prober.shows("/metrics", page(0, ""));
    rig.until(|p| !p.gpus.is_empty()).await;
    rig.prober.pages_take(secs(30));
    let late = rig.until(|p| p.hosts[0].reason.is_some()).await;
    assert!(late.hosts[0].reason.as_ref().is_some_and(|r| r.contains("did not come within 4 s")), "{late:?}");
    let finding = &late.gpus[0].findings[0];
    assert!(!finding.fatal && finding.what.contains("exporter of box does not answer"), "{finding:?}");
    assert_eq!(late.gpus[0].reading.temperature, Some(50.0), "what it showed last stays");
    rig.prober.pages_take(Duration::ZERO);
    let well = rig.until(|p| p.hosts[0].reason.is_none()).await;
    assert!(well.gpus[0].findings.is_empty());
    assert!(rig.changes().await.last().expect("changes").findings.is_empty());
}

#[tokio::test(start_paused = true)]
async fn pages_that_are_none_are_said_to_be_and_a_gpu_that_vanishes_is_lost() {
    let mut rig = rig();
    rig.prober.shows("/metrics", "<html>welcome</html>");
    let none = rig.until(|p| p.hosts.iter().any(|h| h.reason.is_some())).await;
    assert!(
        none.gpus.is_empty() && none.hosts[0].reason.as_ref().is_some_and(|r| r.contains("shows no GPU"))
    );
    let other = "DCGM_FI_DEV_GPU_TEMP{gpu=\"1\",UUID=\"GPU-other\"} 40\n";
    rig.prober.shows("/metrics", page(0, other));
    rig.until(|p| p.gpus.len() == 2).await;
    rig.prober.shows("/metrics", other);
    let lost = rig.until(|p| p.gpus.iter().any(|g| g.reading.lost.is_some())).await;
    let gpu = lost.gpus.iter().find(|g| g.reading.uuid == UUID).expect("it is remembered");
    assert!(gpu.findings[0].fatal, "{gpu:?}");
    sleep(secs(60)).await;
    assert_eq!(rig.gpus.page().gpus.len(), 2, "it stays lost");
    assert!(rig.changes().await.iter().any(|c| c.fatal));
    // A host that is taken out of the configuration is forgotten.
    let mut config = Snapshot::clone(&rig.snapshot.load());
    config.gpu_hosts.clear();
    rig.snapshot.store(Arc::new(config));
    rig.until(|p| p.gpus.is_empty() && p.hosts.is_empty()).await;
}
