//! The monitor as a whole, with scripted servers on a paused clock.

use std::time::Duration;

use domain::{
    Admin, BreakerState, Event, FailureClass as F, Health, ReplicaPort, ReplicaState, Signal,
    event::{ChangedOver, Direction},
    journal::JournalReader,
    orders::{Aside, Given, Orders, Pin, Retired, Switch, Switched, Window},
    serving::{Delayed, Served},
};
use tokio::time::timeout;

use super::*;
use crate::fake::{FakeProber, bad, chain, events, failure, good, ms, secs, snapshot, tier};

struct Rig {
    monitor: Monitor,
    board: Board,
    serving: ServingPort,
    prober: Arc<FakeProber>,
    journal: JournalReader,
    orders: OrdersPort,
}

fn rig(memory: Vec<ReplicaMemory>) -> Rig {
    let (journal, reader) = domain::journal::journal();
    let (serving, served) = ServingPort::new();
    let board = Board::default();
    let prober = Arc::<FakeProber>::default();
    let orders = OrdersPort::default();
    let deps = Deps {
        board: board.clone(),
        journal,
        serving: serving.clone(),
        served,
        orders: orders.clone(),
        prober: Arc::clone(&prober) as Arc<dyn Prober>,
        starter: Arc::new(restart::SystemStarter),
        memory,
    };
    Rig { monitor: Monitor::new(deps), board, serving, prober, journal: reader, orders }
}

fn tiers(names: &[&str]) -> Arc<Snapshot> {
    snapshot(chain(names.iter().map(|name| tier(name)).collect()))
}

/// Orders that switch one tier.
fn switched(tier: &str, switch: Switch) -> Orders {
    let (chain, tier) = ("chat".to_owned(), tier.to_owned());
    let switched = vec![Switched { chain, tier, replica: None, switch, given: Given::default() }];
    Orders { switched, ..Orders::default() }
}

impl Rig {
    fn port(&self, name: &str) -> ReplicaPort {
        self.board.port(&tier(name).replicas[0].id).expect("the replica is on the board")
    }

    async fn until(&self, name: &str, what: impl FnMut(&ReplicaState) -> bool) {
        let mut watch = self.port(name).watch();
        timeout(secs(3600), watch.wait_for(what)).await.expect("it came").expect("the task runs");
    }

    async fn kill(&self, name: &str) {
        self.prober.answers(Err(failure(F::Refused)));
        self.port(name).tell(Signal::Outcome(bad(F::Refused)));
        self.until(name, |s| s.health == Health::Down).await;
    }

    /// The next change-over, with all that was journaled before it.
    async fn change(&mut self) -> (Vec<Event>, ChangedOver) {
        let mut before = Vec::new();
        let search = async {
            loop {
                for stamped in self.journal.batch(1).await {
                    match stamped.event {
                        Event::ChangedOver(change) => return change,
                        other => before.push(other),
                    }
                }
            }
        };
        let change = timeout(secs(3600), search).await.expect("a change-over came");
        (before, change)
    }

    fn serving(&self) -> Option<String> {
        self.serving.of("chat").expect("the chain is known").tier
    }
}

#[tokio::test(start_paused = true)]
async fn a_tier_goes_down_the_next_one_answers_and_the_first_comes_back() {
    let mut rig = rig(vec![]);
    rig.monitor.apply(&tiers(&["a", "b"])).await;
    assert_eq!(rig.serving().as_deref(), Some("a"));
    rig.until("a", |s| s.health == Health::Healthy).await;
    rig.kill("a").await;
    let (before, over) = rig.change().await;
    assert!(matches!(before.last(), Some(Event::Replica(r)) if r.tier == "a" && r.to.health == Health::Down));
    assert_eq!((over.direction, over.to.as_deref()), (Direction::Over, Some("b")));
    assert_eq!((over.trigger.as_str(), over.evidence_ms), ("refused", Some(7)));
    assert_eq!(rig.serving().as_deref(), Some("b"));
    rig.prober.answers(Ok(ms(1)));
    let (before, back) = rig.change().await;
    assert_eq!((back.direction, back.to.as_deref()), (Direction::Back, Some("a")));
    assert!(matches!(before.last(), Some(Event::Replica(r)) if r.in_service), "{before:?}");
    assert_eq!(rig.serving().as_deref(), Some("a"));
    rig.monitor.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_request_moves_the_word_at_once() {
    let mut rig = rig(vec![]);
    rig.monitor.apply(&tiers(&["a", "b"])).await;
    rig.serving.tell(Told::Served(Served {
        chain: "chat".into(),
        tier: Some("b".into()),
        at_ms: 5,
        waited_ms: 3,
        failed: vec![("a".into(), 2, failure(F::Reset))],
    }));
    let (_, over) = rig.change().await;
    assert_eq!((over.to.as_deref(), over.waited_ms), (Some("b"), Some(3)));
    let (_, back) = rig.change().await;
    assert_eq!((back.to.as_deref(), back.trigger.as_str()), (Some("a"), "recovered"));
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_news_when_it_is_the_first_after_a_change_or_a_wait() {
    let rig = rig(vec![]);
    rig.monitor.apply(&tiers(&["a", "b"])).await;
    let knows = |tier: &str| rig.serving.knows("chat", tier);
    assert!(knows("a") && !knows("b") && !rig.serving.knows("other", "a"));
    let served = |tier: &str| {
        let (chain, tier) = ("chat".into(), Some(tier.into()));
        Told::Served(Served { chain, tier, at_ms: 5, waited_ms: 0, failed: vec![] })
    };
    let now = tokio::time::Instant::now();
    rig.serving.tell(Told::Delayed(Delayed {
        chain: "chat".into(),
        tier: "a".into(),
        since: now,
        until: now,
    }));
    tokio::time::sleep(ms(1)).await;
    assert!(!knows("a"), "a client waits");
    rig.serving.tell(served("a"));
    tokio::time::sleep(ms(1)).await;
    assert!(knows("a"));
    rig.kill("a").await;
    tokio::time::sleep(ms(1)).await;
    assert_eq!(rig.serving().as_deref(), Some("b"));
    assert!(!knows("a") && !knows("b"), "the first answer after a change is to be told");
    rig.serving.tell(served("b"));
    tokio::time::sleep(ms(1)).await;
    assert!(knows("b"));
}

#[tokio::test(start_paused = true)]
async fn good_outcomes_gather_and_bad_ones_do_not_wait_for_them() {
    let rig = rig(vec![]);
    rig.monitor.apply(&tiers(&["a", "b"])).await;
    rig.until("a", |s| s.health == Health::Healthy).await;
    let port = rig.port("a");
    let requests = || port.read(|s| s.requests.0);
    tokio::time::sleep(ms(200)).await;
    port.tell(Signal::Outcome(good()));
    tokio::time::sleep(ms(1)).await;
    port.tell(Signal::Outcome(good()));
    tokio::time::sleep(ms(1)).await;
    assert_eq!(requests(), 1, "the second waits");
    tokio::time::sleep(ms(30)).await;
    assert_eq!(requests(), 2);
    port.tell(Signal::Outcome(good()));
    port.tell(Signal::Outcome(bad(F::ServerError)));
    tokio::time::sleep(ms(1)).await;
    assert_eq!((requests(), port.read(|s| s.failing)), (4, 1));
}

#[tokio::test(start_paused = true)]
async fn an_edit_keeps_what_was_learned_of_replicas_that_stay() {
    let mut rig = rig(vec![]);
    rig.monitor.apply(&tiers(&["a", "b"])).await;
    rig.until("b", |s| s.health == Health::Healthy).await;
    let port = rig.port("b");
    rig.orders.replace(switched("b", Switch::Drain));
    rig.monitor.apply(&tiers(&["b", "c", "a"])).await;
    assert_eq!(rig.port("b").state().admin, Admin::Draining);
    assert!(rig.port("b").watch().same_channel(&port.watch()));
    assert_eq!(rig.serving().as_deref(), Some("c"), "b is drained");
    let (_, change) = rig.change().await;
    assert_eq!((change.trigger.as_str(), change.to.as_deref(), change.incident), ("order", Some("c"), None));
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_is_taken_out_ends_and_is_remembered() {
    let rig = rig(vec![]);
    rig.monitor.apply(&tiers(&["a", "b"])).await;
    rig.until("a", |s| s.health == Health::Healthy).await;
    rig.kill("a").await;
    let mut old = rig.port("a").watch();
    rig.monitor.apply(&tiers(&["b"])).await;
    assert!(rig.board.port(&tier("a").replicas[0].id).is_none());
    let ended = async { while old.changed().await.is_ok() {} };
    timeout(secs(1), ended).await.expect("its task ended");
    rig.monitor.apply(&tiers(&["a", "b"])).await;
    assert_eq!(rig.port("a").state().health, Health::Down);
}

#[tokio::test(start_paused = true)]
async fn what_was_learned_survives_a_restart_of_the_program() {
    let first = rig(vec![]);
    first.monitor.apply(&tiers(&["a", "b"])).await;
    first.until("a", |s| s.health == Health::Healthy).await;
    first.kill("a").await;
    let memory = first.monitor.memory();
    assert_eq!(memory.len(), 2);
    first.monitor.shutdown().await;
    let mut second = rig(memory);
    second.monitor.apply(&tiers(&["a", "b"])).await;
    assert_eq!(second.serving().as_deref(), Some("b"), "from the first moment");
    let (before, back) = second.change().await;
    assert_eq!((back.direction, back.to.as_deref()), (Direction::Back, Some("a")));
    assert!(before.iter().all(|e| matches!(e, Event::Replica(_))), "{before:?}");
}

#[tokio::test(start_paused = true)]
async fn shutdown_ends_every_task_even_in_the_middle_of_a_check() {
    let mut rig = rig(vec![]);
    rig.prober.answers(Ok(secs(4)));
    rig.monitor.apply(&tiers(&["a", "b", "c"])).await;
    tokio::time::sleep(secs(1)).await;
    timeout(ms(1), rig.monitor.shutdown()).await.expect("it ended at once");
    assert_eq!(rig.monitor.tasks.len(), 0);
    assert!(events(&mut rig.journal).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn at_most_eight_checks_run_at_a_time() {
    let rig = rig(vec![]);
    rig.prober.answers(Ok(secs(1)));
    let names: Vec<_> = (0..20).map(|n| format!("t{n}")).collect();
    rig.monitor.apply(&tiers(&names.iter().map(String::as_str).collect::<Vec<_>>())).await;
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(rig.prober.asked().len(), 8);
    assert!(rig.board.all().values().all(|port| port.state().breaker == BreakerState::Closed));
    tokio::time::sleep(secs(4)).await;
    assert!(rig.board.all().values().all(|port| port.state().health == Health::Healthy));
}

#[tokio::test(start_paused = true)]
async fn a_check_that_real_traffic_asks_for_waits_for_no_other() {
    let rig = rig(vec![]);
    rig.prober.answers(Ok(secs(4)));
    let names: Vec<_> = (0..20).map(|n| format!("t{n}")).collect();
    rig.monitor.apply(&tiers(&names.iter().map(String::as_str).collect::<Vec<_>>())).await;
    tokio::time::sleep(secs(1)).await;
    rig.prober.answers(Err(failure(F::Refused)));
    rig.port("t19").tell(Signal::Outcome(bad(F::Refused)));
    let told = tokio::time::Instant::now();
    rig.until("t19", |s| s.health == Health::Down).await;
    assert!(told.elapsed() < ms(250), "{:?}", told.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_leaves_the_configuration_says_so() {
    let mut rig = rig(vec![]);
    rig.monitor.apply(&tiers(&["a", "b"])).await;
    rig.kill("b").await;
    events(&mut rig.journal).await;
    rig.monitor.apply(&tiers(&["a"])).await;
    let told = events(&mut rig.journal).await;
    let gone = told.iter().find_map(|e| match e {
        Event::Replica(change) if change.tier == "b" => Some(change),
        _ => None,
    });
    let gone = gone.unwrap_or_else(|| panic!("nothing of b in {told:?}"));
    assert_eq!((gone.from.health, gone.to.admin, gone.in_service), (Health::Down, Admin::Disabled, false));
    rig.monitor.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_a_dying_tier_kept_waiting_is_told_of_though_the_board_was_faster_than_its_answer() {
    let mut rig = rig(vec![]);
    rig.monitor.apply(&tiers(&["a", "b"])).await;
    rig.until("a", |s| s.health == Health::Healthy).await;
    let since = tokio::time::Instant::now();
    tokio::time::sleep(ms(70)).await;
    // Down at once, and nothing runs between what the request path tells: as on a busy machine.
    rig.prober.answers(Err(failure(F::Refused)));
    let until = tokio::time::Instant::now();
    rig.serving.tell(Told::Delayed(Delayed { chain: "chat".into(), tier: "a".into(), since, until }));
    for _ in 0..3 {
        rig.port("a").tell(Signal::Outcome(bad(F::Refused)));
    }
    let (_, over) = rig.change().await;
    assert_eq!((over.to.as_deref(), over.waited_ms, over.answered), (Some("b"), Some(70), false));
    rig.serving.tell(Told::Served(Served {
        chain: "chat".into(),
        tier: Some("b".into()),
        at_ms: 9,
        waited_ms: 70,
        failed: vec![("a".into(), 2, failure(F::Refused))],
    }));
    tokio::time::sleep(ms(1)).await;
    let told = events(&mut rig.journal).await;
    assert!(matches!(told.as_slice(), [Event::Answered { tier, .. }] if tier == "b"), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pin_moves_the_word_at_once_and_its_release_gives_it_back() {
    let mut rig = rig(vec![]);
    let snapshot = tiers(&["a", "b", "c"]);
    rig.monitor.apply(&snapshot).await;
    rig.until("c", |s| s.health == Health::Healthy).await;
    let pin = Pin { tier: "c".into(), only: true, until_ms: None, given: Given::default() };
    rig.orders.replace(Orders { pins: [("chat".to_owned(), pin)].into(), ..Orders::default() });
    rig.monitor.apply(&snapshot).await;
    assert_eq!(rig.serving().as_deref(), Some("c"));
    let (_, over) = rig.change().await;
    assert_eq!((over.trigger.as_str(), over.direction, over.incident), ("operator", Direction::Over, None));
    rig.orders.replace(Orders::default());
    rig.monitor.apply(&snapshot).await;
    assert_eq!(rig.serving().as_deref(), Some("a"));
    let (_, back) = rig.change().await;
    assert_eq!((back.trigger.as_str(), back.direction), ("operator", Direction::Back));
}

#[tokio::test(start_paused = true)]
async fn a_tier_that_is_set_aside_keeps_the_chain_alive_when_the_others_fail() {
    let mut rig = rig(vec![]);
    let snapshot = tiers(&["a", "b"]);
    rig.monitor.apply(&snapshot).await;
    let aside = vec![Aside { tier: "a".into(), given: Given::default() }];
    rig.orders.replace(Orders { aside: [("chat".to_owned(), aside)].into(), ..Orders::default() });
    rig.monitor.apply(&snapshot).await;
    assert_eq!(rig.serving().as_deref(), Some("b"));
    rig.change().await;
    rig.kill("b").await;
    let (_, change) = rig.change().await;
    assert_eq!((change.from.as_deref(), change.to.as_deref()), (Some("b"), Some("a")));
}

#[tokio::test(start_paused = true)]
async fn a_window_takes_a_tier_out_and_what_fails_in_it_alarms_nobody() {
    let mut rig = rig(vec![]);
    let snapshot = tiers(&["a", "b"]);
    rig.monitor.apply(&snapshot).await;
    let now = domain::time::wall_ms();
    let (chain, tier) = ("chat".to_owned(), Some("a".to_owned()));
    let given = Given::default();
    let window = Window { id: 1, chain, tier, from_ms: now, to_ms: now + 3_600_000, begun: true, given };
    rig.orders.replace(Orders { windows: vec![window], ..Orders::default() });
    rig.monitor.apply(&snapshot).await;
    assert_eq!((rig.serving().as_deref(), rig.port("a").state().admin), (Some("b"), Admin::Maintenance));
    let (_, change) = rig.change().await;
    assert_eq!((change.trigger.as_str(), change.incident), ("operator", None));
    rig.kill("a").await;
    rig.orders.replace(Orders::default());
    rig.monitor.apply(&snapshot).await;
    assert_eq!(rig.port("a").state().admin, Admin::Enabled);
    assert_eq!(rig.serving().as_deref(), Some("b"), "what is found after it is believed");
}

#[tokio::test(start_paused = true)]
async fn a_retired_model_shuts_its_gate_before_its_running_answers_are_cut() {
    let rig = rig(vec![]);
    let snapshot = tiers(&["a"]);
    rig.monitor.apply(&snapshot).await;
    let running = rig.port("a").cut();
    rig.orders.replace(Orders {
        retired: vec![Retired { model: "m".into(), given: Given::default() }],
        ..Orders::default()
    });
    rig.monitor.apply(&snapshot).await;
    timeout(secs(1), running.cancelled()).await.expect("running answers are cut");
    assert!(rig.port("a").read(|s| s.gate.try_enter()).is_none());
    assert!(rig.port("a").cut().is_cancelled(), "whoever slips in is cut, too");
    assert_eq!(rig.serving(), None);
    rig.orders.replace(Orders::default());
    rig.monitor.apply(&snapshot).await;
    rig.until("a", |s| s.admin == Admin::Enabled).await;
    assert!(rig.port("a").read(|s| s.gate.try_enter()).is_some());
}
