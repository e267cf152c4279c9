//! The whole path from the driver's library to events and signals, against a simulated library.
//!
//! That library finds its state by an environment variable, which belongs to the whole process; so each test runs
//! its body in a process of its own. Threads of the driver are real, and so is time here.

use std::{env, fs, path::PathBuf, process::Command, time::Duration};

use domain::{Event, ReplicaPort, ReplicaState, Signal, event::GpuChange, journal::JournalReader};
use serde_json::{Value, json};
use tokio::{
    sync::{mpsc, watch},
    time::{sleep, timeout},
};

use super::*;
use crate::fake::{FakeProber, chain, replica, snapshot, tier};

const VARIABLE: &str = "NVML_SIM_STATE";
const UUID: &str = "GPU-11111111-0000-0000-0000-000000000000";

struct State(PathBuf);

impl State {
    fn write(&self, state: &Value) {
        let beside = self.0.with_extension("new");
        fs::write(&beside, state.to_string()).unwrap();
        fs::rename(beside, &self.0).unwrap();
    }
}

/// Runs `body` in a process of its own, with a state file that holds `state` at first.
fn alone(test: &str, state: &Value, body: impl AsyncFnOnce(State)) {
    if let Some(path) = env::var_os(VARIABLE) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime
            .block_on(async { timeout(Duration::from_secs(60), body(State(path.into()))).await.unwrap() });
    }
    let folder = tempfile::tempdir().unwrap();
    let file = State(folder.path().join("gpus.json"));
    file.write(state);
    let mut child = Command::new(env::current_exe().unwrap());
    let output =
        child.args(["--exact", &format!("gpu::tests::{test}")]).env(VARIABLE, &file.0).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("1 passed"), "the child ran no test named {test}");
}

fn library() -> PathBuf {
    let exe = env::current_exe().unwrap();
    let near = exe.ancestors().skip(1).take(2).map(|folder| folder.join("libnvml_sim.so"));
    near.into_iter().find(|path| path.exists()).expect("the simulated library is built")
}

fn gpu(more: &Value) -> Value {
    let mut gpu = json!({
        "uuid": UUID,
        "name": "NVIDIA Simulated 80GB",
        "utilization": { "gpu": 40, "memory": 10 },
        "memory": { "total": 85_899_345_920_u64, "used": 1_073_741_824_u64, "reserved": 0 },
        "temperature": 45,
        "power_mw": 120_000,
        "throttle_reasons": 0,
    });
    for (key, value) in more.as_object().unwrap() {
        gpu[key] = value.clone();
    }
    gpu
}

struct Rig {
    gpus: Gpus,
    journal: JournalReader,
    signals: mpsc::Receiver<Signal>,
    _board: watch::Sender<ReplicaState>,
}

fn rig(url: &str) -> Rig {
    let (journal, reader) = domain::journal::journal();
    let mut tier = tier("gpu");
    tier.replicas = vec![replica("gpu", url)];
    let (state, state_rx) = watch::channel(ReplicaState::default());
    let (signals, signals_rx) = mpsc::channel(64);
    let board = Board::default();
    board.replace([(tier.replicas[0].id.clone(), ReplicaPort::new(state_rx, signals))].into());
    let snapshot = Arc::new(ArcSwap::new(snapshot(chain(vec![tier]))));
    let gpus = Gpus::start(Some(library()), Arc::<FakeProber>::default(), journal, board, snapshot);
    Rig { gpus, journal: reader, signals: signals_rx, _board: state }
}

impl Rig {
    async fn change(&mut self) -> GpuChange {
        loop {
            for stamped in self.journal.batch(1).await {
                if let Event::Gpu(change) = stamped.event {
                    return change;
                }
            }
        }
    }

    /// Waits for a page; it is a plain value, so it is looked at again and again.
    async fn until(&self, what: impl Fn(&GpuPage) -> bool) -> Arc<GpuPage> {
        loop {
            let page = self.gpus.page();
            if what(&page) {
                return page;
            }
            sleep(Duration::from_millis(20)).await;
        }
    }
}

#[test]
fn readings_findings_and_events_come_through() {
    let hot = json!({ "gpus": [gpu(&json!({ "throttle_reasons": 0x40 }))] });
    alone("readings_findings_and_events_come_through", &hot, async |state| {
        let mut rig = rig("http://127.0.0.1:1");
        let change = rig.change().await;
        assert_eq!((change.uuid.as_str(), change.fatal), (UUID, false));
        assert_eq!(change.name, "GPU 0: NVIDIA Simulated 80GB");
        assert_eq!(change.findings, ["it is slowed: thermal slowdown by the hardware"]);
        let reading = rig.gpus.page().gpus[0].reading.clone();
        assert_eq!(
            (reading.utilisation, reading.temperature, reading.power),
            (Some(40.0), Some(45.0), Some(120.0))
        );
        assert_eq!((reading.memory_used_mib, reading.memory_total_mib), (Some(1024.0), Some(81_920.0)));
        assert_eq!(reading.clock_sm, None, "a sensor that is not there is absent");
        state.write(&json!({ "gpus": [gpu(&json!({}))] }));
        assert_eq!(rig.change().await.findings, Vec::<String>::new());
        let series = rig.gpus.series(Some(UUID), GpuMetric::Temperature, 60_000, 60, domain::time::wall_ms());
        assert!(series.lines[0].1.contains(&Some(45.0)), "{series:?}");
        // What changes seldom is asked for seldom, but asked for.
        let worn = json!({ "pages_pending": true, "power_limit_mw": 400_000, "processes": [{ "pid": 1 }] });
        state.write(&json!({ "gpus": [gpu(&worn)] }));
        assert_eq!(rig.change().await.findings, ["broken memory waits to be taken out of use"]);
        let reading = rig.gpus.page().gpus[0].reading.clone();
        assert_eq!((reading.power_limit, reading.processes[0].pid), (Some(400.0), 1));
        state.write(&json!({ "gpus": [gpu(&json!({ "lost": true }))] }));
        let change = rig.change().await;
        assert!(change.fatal && change.findings[0].starts_with("the driver lost the GPU"), "{change:?}");
        rig.gpus.shutdown().await;
    });
}

#[test]
fn a_fatal_xid_reaches_the_replica_whose_server_runs_on_the_gpu() {
    let test = "a_fatal_xid_reaches_the_replica_whose_server_runs_on_the_gpu";
    alone(test, &json!({ "gpus": [gpu(&json!({}))] }), async |state| {
        let me = json!({ "processes": [{ "pid": std::process::id(), "memory": 1_073_741_824 }] });
        state.write(&json!({ "gpus": [gpu(&me)] }));
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", server.local_addr().unwrap());
        let mut rig = rig(&url);
        let page = rig.until(|p| p.gpus.iter().any(|g| !g.replicas.is_empty())).await;
        assert_eq!(rig.gpus.bindings(), [(UUID.to_owned(), replica("gpu", &url).id)]);
        assert_eq!(page.gpus[0].reading.processes[0].memory_mib, Some(1024.0));
        // The server dies with its GPU; the verdict stays with the replica that it was.
        state.write(
            &json!({ "gpus": [gpu(&json!({ "processes": [] }))], "events": [{ "gpu": 0, "xid": 95 }] }),
        );
        let signal = rig.signals.recv().await;
        let Some(Signal::Gpu(Some(reason))) = signal else { panic!("{signal:?}") };
        assert_eq!(reason, "GPU 0 (NVIDIA Simulated 80GB): Xid 95: uncontained ECC error");
        assert_eq!(rig.gpus.page().gpus[0].xids, [95]);
        assert!(rig.change().await.fatal);
    });
}

#[test]
fn heat_and_full_memory_degrade_the_replica_on_the_gpu_and_an_ecc_error_takes_it_out() {
    let test = "heat_and_full_memory_degrade_the_replica_on_the_gpu_and_an_ecc_error_takes_it_out";
    alone(test, &json!({ "gpus": [gpu(&json!({}))] }), async |state| {
        let on_it = |more: Value| {
            let mut gpu = gpu(&json!({ "processes": [{ "pid": std::process::id() }] }));
            more.as_object().unwrap().iter().for_each(|(key, value)| gpu[key] = value.clone());
            json!({ "gpus": [gpu] })
        };
        state.write(&on_it(json!({ "throttle_reasons": 0x20 })));
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut rig = rig(&format!("http://{}", server.local_addr().unwrap()));
        let mut unwell = async |what: &str| loop {
            match rig.signals.recv().await {
                Some(Signal::GpuUnwell(Some(reason))) if reason.contains(what) => return,
                Some(Signal::GpuUnwell(_)) => {}
                other => panic!("{other:?}"),
            }
        };
        unwell("thermal slowdown by the driver").await;
        let full = json!({ "total": 1_000_000_000, "used": 960_000_000 });
        state.write(&on_it(json!({ "memory": full })));
        unwell("its memory is nearly full").await;
        let ecc = json!({ "volatile": { "corrected": 0, "uncorrected": 1 } });
        state.write(&on_it(json!({ "ecc": ecc })));
        loop {
            match rig.signals.recv().await {
                Some(Signal::Gpu(Some(reason))) if reason.contains("1 uncorrected memory (ECC) error") => {
                    break;
                }
                Some(Signal::GpuUnwell(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    });
}

#[test]
fn each_fatal_xid_and_an_ecc_error_are_fatal_findings_with_what_to_do() {
    let test = "each_fatal_xid_and_an_ecc_error_are_fatal_findings_with_what_to_do";
    let well =
        json!({ "gpus": [gpu(&json!({ "ecc": { "volatile": { "corrected": 0, "uncorrected": 0 } } }))] });
    alone(test, &well, async |state| {
        const FATAL: [u64; 16] = [46, 48, 62, 64, 79, 95, 109, 110, 119, 120, 136, 140, 143, 151, 155, 158];
        let rig = rig("http://127.0.0.1:1");
        rig.until(|p| !p.gpus.is_empty()).await;
        // The listener must be there before the events are.
        sleep(Duration::from_secs(2)).await;
        let events: Vec<_> = FATAL.iter().map(|xid| json!({ "gpu": 0, "xid": xid })).collect();
        state.write(&json!({
            "gpus": [gpu(&json!({ "ecc": { "volatile": { "corrected": 7, "uncorrected": 2 } } }))],
            "events": events,
        }));
        let page = rig
            .until(|p| p.gpus[0].xids.len() == FATAL.len() && p.gpus[0].findings.len() > FATAL.len())
            .await;
        let findings = &page.gpus[0].findings;
        for xid in FATAL {
            let its = findings.iter().find(|f| f.what.starts_with(&format!("Xid {xid}:")));
            assert!(its.is_some_and(|f| f.fatal && f.remedy.len() > 10), "{xid}: {findings:?}");
        }
        let ecc = findings.iter().find(|f| f.what.starts_with("2 uncorrected memory (ECC) errors"));
        assert!(ecc.is_some_and(|f| f.fatal), "{findings:?}");
        assert_eq!(page.gpus[0].reading.ecc_corrected, Some(7));
    });
}

#[test]
fn a_call_that_hangs_hangs_nothing_and_is_a_finding() {
    let well = json!({ "gpus": [gpu(&json!({}))] });
    alone("a_call_that_hangs_hangs_nothing_and_is_a_finding", &well, async |state| {
        let mut rig = rig("http://127.0.0.1:1");
        rig.until(|p| !p.gpus.is_empty()).await;
        state.write(&json!({ "hang": true, "gpus": [gpu(&json!({}))] }));
        let change = rig.change().await;
        assert!(!change.fatal && change.findings[0].contains("does not answer"), "{change:?}");
        assert!(rig.gpus.page().remedy.is_some());
        state.write(&json!({ "gpus": [gpu(&json!({}))] }));
        assert!(rig.change().await.findings.is_empty());
        assert_eq!(rig.gpus.page().reason, None);
        state.write(&json!({ "hang": true, "gpus": [gpu(&json!({}))] }));
        rig.change().await;
        timeout(Duration::from_secs(1), rig.gpus.shutdown()).await.expect("it waits for no hanging call");
    });
}

#[test]
fn a_driver_that_comes_later_is_found() {
    let none = json!({ "init": "driver_not_loaded" });
    alone("a_driver_that_comes_later_is_found", &none, async |state| {
        let rig = rig("http://127.0.0.1:1");
        let page = rig.until(|p| p.reason.is_some()).await;
        assert_eq!(page.reason.as_deref(), Some("The NVIDIA driver is not loaded."));
        assert!(page.remedy.as_ref().is_some_and(|r| r.contains("modprobe")));
        assert_eq!((page.at_ms, &page.driver), (None, &None));
        state.write(&json!({ "driver": "575.57.08", "gpus": [gpu(&json!({}))] }));
        let page = rig.until(|p| p.reason.is_none()).await;
        assert_eq!((page.gpus.len(), page.driver.as_deref()), (1, Some("575.57.08")));
        assert!(page.at_ms.is_some());
    });
}

#[tokio::test]
async fn without_a_library_it_is_said() {
    let (journal, _reader) = domain::journal::journal();
    let nowhere = Some(PathBuf::from("/nonexistent/libnvidia-ml.so.1"));
    let gpus = Gpus::start(nowhere, Arc::<FakeProber>::default(), journal, Board::default(), Arc::default());
    let found = async {
        while gpus.page().reason.is_none() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(30), found).await.expect("the reason came");
    let page = gpus.page();
    assert!(page.reason.as_ref().is_some_and(|r| r.contains("No NVIDIA driver library")), "{page:?}");
    assert!(page.gpus.is_empty());
}

/// `cargo test -p changeover-monitor -- --ignored real_gpu` on a machine with one.
#[tokio::test]
#[ignore = "needs an NVIDIA GPU and its driver"]
async fn a_real_gpu_is_read() {
    let (journal, _reader) = domain::journal::journal();
    let gpus = Gpus::start(None, Arc::<FakeProber>::default(), journal, Board::default(), Arc::default());
    let found = async {
        while gpus.page().at_ms.is_none() {
            assert_eq!(gpus.page().reason, None);
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(20), found).await.expect("a sample came");
    let page = gpus.page();
    println!("{page:#?}");
    assert!(page.driver.is_some() && page.reason.is_none());
    let gpu = &page.gpus[0];
    assert!(gpu.reading.uuid.starts_with("GPU-"));
    assert!(gpu.reading.memory_total_mib.is_some_and(|m| m > 1000.0));
    assert!(gpu.reading.temperature.is_some_and(|t| (1.0..120.0).contains(&t)));
    assert!(gpu.findings.is_empty(), "the GPU is well");
}
