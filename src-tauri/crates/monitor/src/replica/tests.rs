//! The replica's task against a scripted server, on a paused clock: just before and just after each moment.

mod flapping;
mod health;
mod load;
mod recovery;
mod silence;
mod stats;
mod triggers;

use domain::{BreakerState, Failure, FailureClass as F, Health, journal::JournalReader};
use resilience::gate::Gate;
use tokio::time::{advance, sleep, timeout};

use super::*;
use crate::fake::{FakeProber, bad, chain, events, failure, good, ms, secs, tier};

pub(super) struct Rig {
    pub prober: Arc<FakeProber>,
    pub port: ReplicaPort,
    pub handle: Handle,
    pub journal: JournalReader,
    _tasks: TaskTracker,
}

pub(super) fn settings(change: impl FnOnce(&mut domain::Chain, &mut domain::Tier)) -> Settings {
    let (mut chain, mut tier) = (chain(vec![]), tier("gpu"));
    change(&mut chain, &mut tier);
    let replica = tier.replicas[0].clone();
    Settings::of(&chain, &Arc::new(tier), &replica, Admin::Enabled)
}

pub(super) fn rig(settings: Settings) -> Rig {
    rig_with(settings, None, || true)
}

pub(super) fn rig_with(settings: Settings, memory: Option<&ReplicaMemory>, has_network: HasNetwork) -> Rig {
    rig_by(settings, memory, has_network, || 0.5)
}

/// With `random` for what is left to chance.
fn rig_by(
    settings: Settings,
    memory: Option<&ReplicaMemory>,
    has_network: HasNetwork,
    random: fn() -> f64,
) -> Rig {
    let (journal, reader) = domain::journal::journal();
    let prober = Arc::<FakeProber>::default();
    let checker = Checker::new(Arc::clone(&prober) as Arc<dyn crate::Prober>);
    let shared = Shared { journal, checker, bell: Arc::default(), has_network, random };
    let tasks = TaskTracker::new();
    let handle = start(shared, settings, memory, &tasks, CancellationToken::new());
    Rig { prober, port: handle.port.clone(), handle, journal: reader, _tasks: tasks }
}

impl Rig {
    /// Waits until the board says so, for a minute or an hour of paused time at most.
    pub(super) async fn until(&self, what: impl FnMut(&ReplicaState) -> bool) -> ReplicaState {
        let mut watch = self.port.watch();
        let state = timeout(secs(3600), watch.wait_for(what)).await;
        state.expect("the state came").expect("the task runs").clone()
    }

    pub(super) fn tell(&self, outcome: Outcome) {
        self.port.tell(Signal::Outcome(outcome));
    }

    /// Lets the task take what it was told, without letting time pass that matters.
    pub(super) async fn settle(&self) -> ReplicaState {
        sleep(ms(1)).await;
        self.port.state()
    }

    /// Switches it, as the operator does.
    pub(super) fn order(&self, admin: Admin) {
        self.handle.settings.send_modify(|s| s.admin = admin);
    }

    pub(super) async fn healthy(&self) {
        self.until(|s| s.health == Health::Healthy).await;
    }

    pub(super) async fn changes(&mut self) -> Vec<ReplicaChange> {
        let all = events(&mut self.journal).await;
        let change = |e| if let Event::Replica(change) = e { Some(change) } else { None };
        all.into_iter().filter_map(change).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_replica_that_answers_is_in_full_service_at_once() {
    let mut rig = rig(settings(|_, _| {}));
    assert_eq!(rig.port.state().health, Health::Unknown);
    assert!(rig.port.state().in_full_service());
    rig.healthy().await;
    assert!(rig.port.state().in_full_service());
    assert_eq!(rig.port.state().checks.len(), 1);
    let changes = rig.changes().await;
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!((changes[0].to.health, changes[0].in_service), (Health::Healthy, true));
}

#[tokio::test(start_paused = true)]
async fn a_killed_server_is_down_within_a_quarter_of_a_second() {
    let mut rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    rig.prober.answers(Err(failure(F::Refused)));
    rig.changes().await;
    rig.tell(bad(F::Refused));
    // The request and the check at once are two failures; the check after 200 ms is the third.
    sleep(ms(195)).await;
    let state = rig.port.state();
    assert_eq!((state.health, state.failing, &state.gate), (Health::Healthy, 2, &Gate::Open));
    sleep(ms(10)).await;
    let state = rig.port.state();
    assert_eq!((state.health, &state.gate), (Health::Down, &Gate::Shut));
    let changes = rig.changes().await;
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!((changes[0].class, changes[0].evidence_ms), (Some(F::Refused), Some(7)));
    assert_eq!(changes[0].why, "it failed: refused");
    assert!(!changes[0].in_service);
}

#[tokio::test(start_paused = true)]
async fn one_odd_failure_does_no_harm() {
    let mut rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    rig.changes().await;
    rig.tell(bad(F::Reset));
    let state = rig.until(|s| s.failing == 1).await;
    assert!(!state.in_full_service());
    let state = rig.until(|s| s.failing == 0).await;
    assert!(state.in_full_service());
    assert!(rig.changes().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn five_errors_in_a_row_open_the_breaker_for_a_minute_and_two_trials_close_it() {
    let mut rig = rig(settings(|_, t| t.probe = None));
    for _ in 0..4 {
        rig.tell(bad(F::ServerError));
    }
    assert_eq!(rig.settle().await.gate, Gate::Open);
    rig.tell(bad(F::ServerError));
    let opened = rig.until(|s| s.gate == Gate::Shut).await;
    assert!(matches!(opened.breaker, BreakerState::Open { .. }));
    sleep(ms(59_990)).await;
    assert_eq!(rig.port.state().gate, Gate::Shut);
    sleep(ms(20)).await;
    let state = rig.port.state();
    assert_eq!(state.breaker, BreakerState::HalfOpen);
    let Gate::Limited(trials) = &state.gate else { panic!("{:?}", state.gate) };
    assert_eq!(trials.available_permits(), 1);
    assert!(state.share >= 1.0, "the next request is the trial");
    rig.tell(good());
    assert_eq!(rig.settle().await.breaker, BreakerState::HalfOpen);
    rig.tell(good());
    let state = rig.settle().await;
    assert_eq!((state.breaker, state.share), (BreakerState::Closed, 0.0));
    rig.until(ReplicaState::in_full_service).await;
    let words: Vec<_> = rig.changes().await.into_iter().map(|c| c.to.breaker).collect();
    // Twice half-open: after the first good trial it is known to be healthy.
    assert_eq!(words, ["open", "half_open", "half_open", "closed", "closed", "closed", "closed", "closed"]);
}

#[tokio::test(start_paused = true)]
async fn checks_close_a_half_open_breaker_where_there_is_no_traffic() {
    let rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    for _ in 0..5 {
        rig.tell(bad(F::ServerError));
    }
    rig.until(|s| s.gate == Gate::Shut).await;
    rig.until(|s| s.breaker == BreakerState::HalfOpen).await;
    let state = rig.until(|s| s.breaker == BreakerState::Closed).await;
    assert_eq!(state.failing, 0);
    rig.until(ReplicaState::in_full_service).await;
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_is_waited_out_and_counts_for_nothing() {
    let mut rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    rig.changes().await;
    let asked = Failure { retry_after: Some(secs(3)), ..failure(F::RateLimited) };
    for _ in 0..10 {
        rig.tell(Outcome { failure: Some(asked.clone()), ..bad(F::RateLimited) });
    }
    let state = rig.settle().await;
    assert_eq!((&state.gate, state.health, state.failing), (&Gate::Shut, Health::Healthy, 0));
    assert_eq!(state.cool_down.map(|c| c.class), Some(F::RateLimited));
    assert_eq!(state.breaker, BreakerState::Closed);
    sleep(ms(2_990)).await;
    assert_eq!(rig.port.state().gate, Gate::Shut);
    sleep(ms(20)).await;
    assert!(rig.port.state().in_full_service());
    let changes = rig.changes().await;
    let cool: Vec<_> = changes.iter().map(|c| c.to.cool_down).collect();
    assert_eq!(cool, [Some(F::RateLimited), None]);
    assert_eq!(changes[0].evidence_ms, Some(7));
}

#[tokio::test(start_paused = true)]
async fn what_a_provider_asks_for_is_believed_for_an_hour_at_most() {
    let rig = rig(settings(|_, t| t.probe = None));
    let asked = Failure { retry_after: Some(secs(86_400)), ..failure(F::RateLimited) };
    rig.tell(Outcome { failure: Some(asked), ..bad(F::RateLimited) });
    rig.until(|s| s.cool_down.is_some()).await;
    advance(ms(3_599_900)).await;
    assert!(rig.settle().await.cool_down.is_some());
    sleep(ms(200)).await;
    assert!(rig.port.state().cool_down.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_refused_key_is_checked_before_anybody_pays_for_it_again() {
    let rig = rig(settings(|_, t| {
        let probe = t.probe.as_mut().unwrap();
        (probe.kind, probe.every) = (domain::chain::ProbeKind::Models, secs(100));
    }));
    rig.healthy().await;
    rig.prober.answers(Err(failure(F::Unauthorized)));
    rig.tell(bad(F::Unauthorized));
    rig.until(|s| s.gate == Gate::Shut).await;
    sleep(secs(150)).await;
    let state = rig.port.state();
    assert_eq!((&state.gate, state.health), (&Gate::Shut, Health::Healthy), "the key is still refused");
    rig.prober.answers(Ok(ms(1)));
    let state = rig.until(|s| s.cool_down.is_none()).await;
    assert!(state.in_full_service());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_loads_gets_nothing_until_a_check_finds_it_ready() {
    let rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    rig.prober.answers(Err(failure(F::ModelLoading)));
    rig.until(|s| s.cool_down.is_some()).await;
    let checks = rig.port.state().checks.len();
    for _ in 0..300 {
        sleep(ms(100)).await;
        let state = rig.port.state();
        let cooling = state.cool_down.as_ref().map(|c| c.class);
        assert_eq!((&state.gate, cooling), (&Gate::Shut, Some(F::ModelLoading)), "nobody is sent to it");
        assert_eq!((state.health, state.failing), (Health::Healthy, 0), "loading is no failure");
        assert_eq!(state.breaker, BreakerState::Closed);
    }
    assert!(rig.port.state().checks.len() > checks + 5, "it is asked more often than every 10 s");
    rig.prober.answers(Ok(ms(1)));
    sleep(secs(5)).await;
    assert!(rig.port.state().in_full_service());
}

#[tokio::test(start_paused = true)]
async fn a_clients_own_mistakes_are_nobodys_failure() {
    let mut rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    rig.changes().await;
    for class in [F::ClientMistake, F::ClientGone, F::ContextTooLong, F::PayloadTooLarge, F::ContentFiltered]
    {
        for _ in 0..30 {
            rig.tell(bad(class));
        }
    }
    let state = rig.settle().await;
    assert!(state.in_full_service());
    assert!(state.last_failure.is_none());
    assert!(rig.changes().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn slow_checks_degrade() {
    let rig = rig(settings(|_, _| {}));
    rig.prober.answers(Ok(secs(2)));
    rig.healthy().await;
    rig.prober.answers(Ok(ms(2_001)));
    let state = rig.until(|s| s.health == Health::Degraded).await;
    assert!(state.in_full_service());
    rig.prober.answers(Ok(ms(5)));
    rig.healthy().await;
}

#[tokio::test(start_paused = true)]
async fn a_configured_generation_that_is_slow_degrades_too() {
    let rig = rig(settings(|_, t| t.probe.as_mut().unwrap().kind = domain::chain::ProbeKind::Generation));
    rig.healthy().await;
    rig.prober.answers(Ok(ms(2_001)));
    assert!(rig.until(|s| s.health == Health::Degraded).await.in_full_service());
    rig.prober.answers(Ok(ms(5)));
    rig.healthy().await;
}

#[tokio::test(start_paused = true)]
async fn an_offline_computer_blames_nobody() {
    static ONLINE: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(true);
    let remote = settings(|_, t| t.replicas = vec![crate::fake::replica("gpu", "https://api.example.com")]);
    let rig = rig_with(remote, None, || ONLINE.load(std::sync::atomic::Ordering::Relaxed));
    rig.healthy().await;
    ONLINE.store(false, std::sync::atomic::Ordering::Relaxed);
    rig.prober.answers(Err(failure(F::Dns)));
    let state = rig.until(|s| s.health != Health::Healthy).await;
    assert_eq!((state.health, &state.gate), (Health::Unknown, &Gate::Open));
    sleep(secs(60)).await;
    assert_eq!(rig.port.state().health, Health::Unknown);
    ONLINE.store(true, std::sync::atomic::Ordering::Relaxed);
    rig.prober.answers(Ok(ms(1)));
    rig.healthy().await;
    assert!(rig.port.state().in_full_service());
}

#[tokio::test(start_paused = true)]
async fn a_failed_gpu_takes_its_replica_out_until_it_recovers() {
    let mut rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    rig.changes().await;
    rig.port.tell(Signal::Gpu(Some("Xid 79".into())));
    let state = rig.until(|s| s.health == Health::Down).await;
    assert_eq!(state.gate, Gate::Shut);
    sleep(secs(60)).await;
    assert_eq!(rig.port.state().health, Health::Down, "its liveness checks go on passing");
    assert_eq!(rig.changes().await[0].class, Some(F::Gpu));
    rig.port.tell(Signal::Gpu(None));
    rig.healthy().await;
    rig.until(ReplicaState::in_full_service).await;
}

#[tokio::test(start_paused = true)]
async fn an_unwell_gpu_degrades_its_replica() {
    let rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    rig.port.tell(Signal::GpuUnwell(Some("hot".into())));
    let state = rig.until(|s| s.health == Health::Degraded).await;
    assert!(state.in_full_service());
    rig.port.tell(Signal::GpuUnwell(None));
    rig.healthy().await;
}

#[tokio::test(start_paused = true)]
async fn the_operators_switch_is_apart_from_health() {
    let mut rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    rig.changes().await;
    rig.order(Admin::Draining);
    let state = rig.until(|s| s.gate == Gate::Shut).await;
    assert_eq!((state.health, state.admin), (Health::Healthy, Admin::Draining));
    rig.order(Admin::Enabled);
    rig.until(ReplicaState::in_full_service).await;
    assert!(rig.changes().await.iter().all(|c| c.why == "the operator's order"));
}

#[tokio::test(start_paused = true)]
async fn checks_come_at_their_time_and_the_newest_ninety_are_kept() {
    let rig = rig(settings(|_, _| {}));
    sleep(secs(1000)).await;
    let asked = rig.prober.asked();
    let gaps: Vec<_> = asked.windows(2).map(|w| w[1].0 - w[0].0).collect();
    assert!(gaps.iter().all(|gap| (secs(9)..secs(11)).contains(gap)), "{gaps:?}");
    assert!(asked.len() > 90);
    assert_eq!(rig.port.state().checks.len(), 90);
}

#[tokio::test(start_paused = true)]
async fn checks_of_many_servers_that_began_together_spread_out() {
    let rigs: Vec<_> = (0..40).map(|_| rig_by(settings(|_, _| {}), None, || true, random)).collect();
    let began = Instant::now();
    sleep(secs(300)).await;
    let asked: Vec<_> = rigs.iter().map(|rig| rig.prober.asked()).collect();
    for asked in &asked {
        // The clock that is paused goes in steps of a millisecond.
        assert!(asked[0].0 - began <= STAGGER + ms(2));
        let mut gaps = asked.windows(2).map(|pair| pair[1].0 - pair[0].0);
        assert!(gaps.all(|gap| (ms(8_990)..ms(11_010)).contains(&gap)), "{asked:?}");
    }
    let twentieth = || asked.iter().map(|asked| asked[20].0);
    let spread = twentieth().max().unwrap() - twentieth().min().unwrap();
    assert!(spread > secs(1), "after 20 checks each they lie within {spread:?}");
}
