//! The limits on a paused clock with a scripted starter, and the real one with real processes.

use std::sync::Mutex;

use domain::{Failure, journal::JournalReader};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};
use tokio_util::task::TaskTracker;

use super::*;
use crate::fake::{chain, events, ms, secs, tier};

/// Notes when it was asked, and does as it is told.
struct Script {
    started: Mutex<Vec<Instant>>,
    answer: Mutex<Result<(), String>>,
    hangs: bool,
}

impl Starter for Script {
    fn start<'a>(&'a self, _: &'a How) -> BoxFuture<'a, Result<(), String>> {
        self.started.lock().unwrap().push(Instant::now());
        let answer = self.answer.lock().unwrap().clone();
        Box::pin(async move { if self.hangs { std::future::pending().await } else { answer } })
    }
}

struct Rig {
    script: Arc<Script>,
    state: watch::Sender<ReplicaState>,
    settings: watch::Sender<Settings>,
    journal: JournalReader,
    _signals: mpsc::Receiver<Signal>,
}

fn restart(on: bool) -> Restart {
    Restart {
        how: How::Command(vec!["/opt/start".into(), "--secret".into()]),
        on,
        delay: secs(10),
        limit: 5,
        window: secs(300),
        healthy_within: secs(30),
    }
}

fn settings(restart: Restart) -> Settings {
    let mut tier = tier("gpu");
    tier.replicas[0].restart = Some(Arc::new(restart));
    let replica = tier.replicas[0].clone();
    Settings::of(&chain(vec![]), &Arc::new(tier), &replica, domain::Admin::Enabled)
}

fn rig(on: bool, hangs: bool, answer: Result<(), String>) -> Rig {
    let (journal, reader) = domain::journal::journal();
    let (state, state_rx) = watch::channel(ReplicaState::default());
    let (signals, signals_rx) = mpsc::channel(64);
    let (settings, settings_rx) = watch::channel(settings(restart(on)));
    let script = Arc::new(Script { started: Mutex::default(), answer: Mutex::new(answer), hangs });
    let supervisor = Supervisor {
        journal,
        starter: Arc::clone(&script) as Arc<dyn Starter>,
        port: ReplicaPort::new(state_rx, signals),
        settings: settings_rx,
    };
    TaskTracker::new().spawn(supervisor.run());
    Rig { script, state, settings, journal: reader, _signals: signals_rx }
}

impl Rig {
    fn health(&self, health: Health) {
        self.state.send_modify(|s| s.health = health);
    }

    fn starts(&self) -> usize {
        self.script.started.lock().unwrap().len()
    }

    async fn steps(&mut self) -> Vec<(RestartStep, String)> {
        let all = events(&mut self.journal).await;
        all.into_iter()
            .filter_map(|e| if let Event::Restart(r) = e { Some((r.step, r.words)) } else { None })
            .collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_down_is_started_after_the_delay_and_waited_for() {
    let mut rig = rig(true, false, Ok(()));
    rig.health(Health::Down);
    sleep(ms(9_999)).await;
    assert_eq!(rig.starts(), 0);
    sleep(ms(2)).await;
    assert_eq!(rig.starts(), 1);
    sleep(secs(7)).await;
    rig.health(Health::Healthy);
    sleep(ms(1)).await;
    let steps = rig.steps().await;
    assert_eq!(steps.iter().map(|s| s.0).collect::<Vec<_>>(), [RestartStep::Began, RestartStep::Healthy]);
    assert_eq!(steps[0].1, "starting it anew with the command /opt/start (start 1 of at most 5 in 300 s)");
    assert!(steps[1].1.contains("7.0 s after"), "{steps:?}");
    sleep(secs(600)).await;
    assert_eq!(rig.starts(), 1);
}

#[tokio::test(start_paused = true)]
async fn one_that_comes_back_by_itself_is_left_alone() {
    let mut rig = rig(true, false, Ok(()));
    rig.health(Health::Down);
    sleep(secs(9)).await;
    rig.health(Health::Healthy);
    sleep(secs(100)).await;
    assert_eq!((rig.starts(), rig.steps().await), (0, vec![]));
}

#[tokio::test(start_paused = true)]
async fn it_is_not_started_a_sixth_time_within_five_minutes() {
    let mut rig = rig(true, false, Ok(()));
    rig.health(Health::Down);
    sleep(secs(3600)).await;
    assert_eq!(rig.starts(), 5);
    let steps = rig.steps().await;
    let (last, words) = steps.last().expect("steps");
    assert_eq!((steps.len(), *last), (11, RestartStep::GaveUp), "{steps:?}");
    assert!(words.starts_with("not started again: 5 starts within 300 s"), "{words}");
    // Once it was well again, and much later, it is started again.
    rig.health(Health::Healthy);
    sleep(secs(1)).await;
    rig.health(Health::Down);
    sleep(secs(11)).await;
    assert_eq!(rig.starts(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_dies_right_after_each_start_uses_up_its_starts_too() {
    let rig = rig(true, false, Ok(()));
    for _ in 0..10 {
        rig.health(Health::Down);
        sleep(secs(12)).await;
        rig.health(Health::Healthy);
        sleep(secs(1)).await;
    }
    let started = rig.script.started.lock().unwrap().clone();
    let within = started.iter().filter(|at| **at - started[0] < secs(300)).count();
    assert_eq!((started.len(), within), (5, 5));
}

#[tokio::test(start_paused = true)]
async fn a_hung_server_is_started_and_one_whose_gpu_failed_or_that_was_taken_out_is_not() {
    let rig = rig(true, false, Ok(()));
    rig.state.send_modify(|s| {
        s.health = Health::Down;
        s.last_failure = Some((Failure::new(FailureClass::Gpu, "Xid 79"), 0));
    });
    sleep(secs(60)).await;
    rig.state.send_modify(|s| (s.last_failure, s.admin) = (None, Admin::Disabled));
    sleep(secs(60)).await;
    assert_eq!(rig.starts(), 0);
    rig.state.send_modify(|s| (s.health, s.admin, s.hung) = (Health::Healthy, Admin::Enabled, true));
    sleep(secs(11)).await;
    assert_eq!(rig.starts(), 1);
}

#[tokio::test(start_paused = true)]
async fn it_is_off_until_it_is_turned_on_and_off_again_at_once() {
    let rig = rig(false, false, Ok(()));
    rig.health(Health::Down);
    sleep(secs(600)).await;
    assert_eq!(rig.starts(), 0);
    rig.settings.send_replace(settings(restart(true)));
    sleep(secs(5)).await;
    rig.settings.send_replace(settings(restart(false)));
    sleep(secs(600)).await;
    assert_eq!(rig.starts(), 0);
    rig.settings.send_replace(settings(restart(true)));
    sleep(secs(11)).await;
    assert_eq!(rig.starts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_start_that_never_ends_is_given_up_and_said_to_be() {
    let mut rig = rig(true, true, Ok(()));
    rig.health(Health::Down);
    sleep(secs(10) + PATIENCE + ms(1)).await;
    let steps = rig.steps().await;
    assert_eq!(steps[1].0, RestartStep::Failed);
    assert!(steps[1].1.contains("has not ended within 60 s"), "{steps:?}");
}

#[tokio::test]
async fn real_commands_succeed_fail_and_do_not_exist() {
    let run = async |argv: &[&str]| {
        let how = How::Command(argv.iter().map(ToString::to_string).collect());
        timeout(secs(60), SystemStarter.start(&how)).await.expect("an end in time")
    };
    assert_eq!(run(&["true"]).await, Ok(()));
    assert!(run(&["false"]).await.unwrap_err().contains("exit status: 1"));
    assert!(run(&["/nonexistent/program"]).await.unwrap_err().contains("cannot be run"));
    assert!(run(&[]).await.unwrap_err().contains("no command"));
}

#[tokio::test]
async fn a_command_that_is_given_up_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    let script = format!("echo $$ > {}; exec sleep 600", file.display());
    let how = How::Command(vec!["sh".into(), "-c".into(), script]);
    let pid = async {
        loop {
            match std::fs::read_to_string(&file).ok().and_then(|t| t.trim().parse::<u32>().ok()) {
                Some(pid) => return pid,
                None => sleep(ms(10)).await,
            }
        }
    };
    let pid = tokio::select! {
        _ = SystemStarter.start(&how) => panic!("it ended"),
        pid = timeout(secs(60), pid) => pid.expect("it was started"),
    };
    let is_there = || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        stat.is_ok_and(|s| !s.contains(") Z "))
    };
    timeout(secs(60), async {
        while is_there() {
            sleep(ms(10)).await;
        }
    })
    .await
    .expect("it was killed");
}

#[tokio::test]
async fn without_a_bus_a_unit_is_an_error_in_words() {
    let how = How::Unit { name: "nothing-of-this-name.service".into(), user: true };
    let why = timeout(secs(60), SystemStarter.start(&how)).await.expect("an end in time").unwrap_err();
    assert!(why.contains("bus cannot be reached") || why.contains("systemd"), "{why}");
}
