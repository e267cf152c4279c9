//! One task per replica: the only writer of its place on the board.
//!
//! It is fed by outcomes of real traffic, checks, GPU verdicts and the operator over one bounded channel. What
//! follows from each is decided by [`life`]; here is what waits.

mod cool;
mod figures;
mod leave;
mod life;
mod loading;
mod memory;
mod pace;
mod run;
mod settings;
mod silence;
#[cfg(test)]
mod tests;
mod view;
mod way_back;

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
    sync::Arc,
    time::Duration,
};

use domain::{
    Admin, Event, FailureClass, Journal, Outcome, ReplicaPort, ReplicaState, Signal,
    board::Check,
    chain::ProbeKind,
    event::{ReplicaChange, ReplicaFacts},
};
use futures::future::{BoxFuture, FutureExt, OptionFuture};
use tokio::{
    sync::{Notify, mpsc, watch},
    time::{Instant, sleep_until},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) use self::life::At;
pub use self::memory::{BreakerMemory, ReplicaMemory};
pub(crate) use self::settings::{Distance, Settings, distance};
use self::{
    life::{Life, Source},
    loading::Loading,
    view::facts,
};
use crate::{
    offline::HasNetwork,
    prober::{Checked, Checker},
};

/// Signals that wait for the task; more are dropped.
const QUEUE: usize = 4096;
/// Figures that cost time to compute are renewed at most this often.
const FIGURES: Duration = Duration::from_secs(1);
/// After routine outcomes the task sleeps for so long, so that heavy traffic does not wake it for each. Everything else
/// wakes it at once.
const GATHER: Duration = Duration::from_millis(20);
/// First checks start within this time after the program, not all at once.
const STAGGER: Duration = Duration::from_millis(250);
/// Part of the time between checks that is left to chance.
const JITTER: f64 = 0.1;

/// What every replica's task shares.
#[derive(Clone)]
pub(crate) struct Shared {
    pub journal: Journal,
    pub checker: Checker,
    /// Rung after each change that somebody may want to know.
    pub bell: Arc<Notify>,
    pub has_network: HasNetwork,
    /// Part of a wait, 0 to 1, that is left to chance; tests say how much.
    pub random: fn() -> f64,
}

/// A number in `0.0..1.0`; good enough to keep checks from bunching.
pub(crate) fn random() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 11;
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    let part = bits as f64 / (1_u64 << 53) as f64;
    part
}

/// The monitor's side of a replica's task.
pub(crate) struct Handle {
    pub port: ReplicaPort,
    pub settings: watch::Sender<Settings>,
    pub memory: watch::Receiver<ReplicaMemory>,
    pub cancel: CancellationToken,
}

/// What the journal is told when a replica leaves the configuration: without it, whatever was open about the replica
/// would wait for ever for it to recover.
pub(crate) fn removed(handle: &Handle) -> Event {
    let from = handle.port.read(facts);
    let settings = handle.settings.borrow();
    Event::Replica(ReplicaChange {
        chain: settings.chain.clone(),
        tier: settings.tier.name.clone(),
        replica: settings.replica.id.to_string(),
        simulated: settings.simulated,
        to: ReplicaFacts { admin: Admin::Disabled, share_percent: 0, ..from.clone() },
        from,
        why: "removed from the configuration".into(),
        class: None,
        evidence_ms: None,
        in_service: false,
    })
}

/// Starts a replica's task. Its state, with what is remembered, is on the port at once.
pub(crate) fn start(
    shared: Shared,
    settings: Settings,
    memory: Option<&ReplicaMemory>,
    tasks: &TaskTracker,
    cancel: CancellationToken,
) -> Handle {
    let at = present();
    let life = match memory {
        Some(memory) => Life::restore(settings.clone(), memory, at),
        None => Life::new(settings.clone(), at),
    };
    let next_check = at.now + STAGGER.mul_f64((shared.random)());
    let loading = Loading::new(at.now, &settings, (shared.random)());
    let state = life.state(at.now, next_check);
    let (settings, settings_rx) = watch::channel(settings);
    let (memory, memory_rx) = watch::channel(life.memory(at));
    let (signals, signals_rx) = mpsc::channel(QUEUE);
    let told = Told { facts: facts(&state), failing: state.failing, in_service: state.in_full_service() };
    let (board, board_rx) = watch::channel(state);
    let port = ReplicaPort::new(board_rx, signals);
    let task = Task {
        shared,
        cutter: port.cutter(),
        life,
        board,
        bell: port.bell(),
        gathers_until: None,
        memory,
        told,
        next_check,
        checking: None,
        is_urgent: false,
        figures_due: None,
        loading,
    };
    tasks.spawn(cancel.clone().run_until_cancelled_owned(task.run(signals_rx, settings_rx)));
    Handle { port, settings, memory: memory_rx, cancel }
}

fn present() -> At {
    At { now: Instant::now(), wall_ms: domain::time::wall_ms() }
}

/// What others were told last.
struct Told {
    facts: ReplicaFacts,
    failing: u32,
    in_service: bool,
}

struct Task {
    shared: Shared,
    cutter: domain::board::Cutter,
    life: Life,
    board: watch::Sender<ReplicaState>,
    /// Rung after signals that are more than routine.
    bell: Arc<Notify>,
    /// Until then nothing but the bell is listened to.
    gathers_until: Option<Instant>,
    memory: watch::Sender<ReplicaMemory>,
    told: Told,
    next_check: Instant,
    checking: Option<BoxFuture<'static, Checked>>,
    /// Whether the check that goes on may not wait its turn.
    is_urgent: bool,
    /// When figures that changed are to be renewed.
    figures_due: Option<Instant>,
    /// Its engine's own figures.
    loading: Loading,
}

impl Task {
    async fn run(mut self, mut signals: mpsc::Receiver<Signal>, mut settings: watch::Receiver<Settings>) {
        let mut batch = Vec::new();
        self.publish();
        loop {
            let wake = self.wake();
            let check = OptionFuture::from(self.checking.as_mut());
            let load = OptionFuture::from(self.loading.asking.as_mut());
            tokio::select! {
                biased;
                Ok(()) = settings.changed() => {
                    let new = settings.borrow_and_update().clone();
                    self.life.reconfigure(new, present());
                    if self.life.settings.engine().is_none() {
                        self.life.forget_load(present());
                    }
                }
                () = self.bell.notified(), if self.gathers_until.is_some() => self.gathers_until = None,
                count = signals.recv_many(&mut batch, 256), if self.gathers_until.is_none() => {
                    if count == 0 {
                        return;
                    }
                    batch.drain(..).for_each(|signal| self.signal(signal));
                    self.gathers_until = Some(Instant::now() + GATHER);
                }
                Some(checked) = check => {
                    self.checking = None;
                    self.checked(&checked);
                }
                Some(answer) = load => {
                    let at = present();
                    match self.loading.take(at, &self.life.settings, answer) {
                        Some(load) => self.life.loaded(at, load),
                        None => self.life.forget_load(at),
                    }
                }
                () = sleep_until(wake) => {}
            }
            self.gathers_until = self.gathers_until.filter(|until| *until > Instant::now());
            self.publish();
            self.check_if_due();
            self.loading.begin_if_due(Instant::now(), &self.life.settings, &self.shared.checker);
        }
    }

    /// When there is something to do next, if nobody signals before.
    fn wake(&self) -> Instant {
        let now = Instant::now();
        let check =
            (self.checking.is_none() && self.life.settings.probe().is_some()).then_some(self.next_check);
        let load = self.loading.wake(&self.life.settings);
        let soonest = [check, load, self.figures_due, self.gathers_until, self.life.next_change(now)];
        let soonest = soonest.into_iter().flatten().min();
        soonest.unwrap_or_else(|| now + Duration::from_secs(3600))
    }

    fn signal(&mut self, signal: Signal) {
        let at = present();
        match signal {
            Signal::Outcome(outcome) => self.outcome(at, &outcome),
            Signal::Suspect => self.life.suspected(at),
            Signal::Gpu(reason) => self.life.gpu_failed(at, reason),
            Signal::GpuUnwell(reason) => self.life.gpu_unwell(at, reason),
            Signal::Quality(words) => self.life.quality_told(at, words),
            Signal::Budget(words) => self.life.budget_told(at, words),
            Signal::FailBack => self.life.fail_back(at),
            Signal::ProbeNow => self.life.wants_check(),
            Signal::Restarted(note) => self.life.restart = Some(note),
            Signal::Quota(quota) => {
                self.life.figures.quota(quota);
                self.life.limit_told(at, quota);
                self.figures_due.get_or_insert(at.now + FIGURES);
            }
        }
    }

    fn outcome(&mut self, at: At, outcome: &Outcome) {
        let class = outcome.failure.as_ref().map(|f| f.class);
        let began = at.now.checked_sub(outcome.total).unwrap_or(at.now);
        self.life.timed(at, outcome, began);
        if matches!(
            class,
            Some(FailureClass::ClientMistake | FailureClass::ClientGone | FailureClass::Superseded)
        ) {
            return;
        }
        let blamed = class.map(domain::verdict).is_some_and(|v| v.counts || v.incident.is_some());
        self.life.figures.attempt(at.now, outcome, blamed);
        self.figures_due.get_or_insert(at.now + FIGURES);
        match &outcome.failure {
            None => self.life.answered(at, began),
            Some(failure) => {
                let offline = self.is_offline();
                self.life.failed(at, failure, outcome.began_ms, Source::Traffic(began), offline);
            }
        }
    }

    fn checked(&mut self, checked: &Checked) {
        let at = present();
        let error = checked.result.as_ref().err().map(|f| f.message.clone());
        let check = Check { at_ms: at.wall_ms, took: checked.took, error };
        self.life.figures.check(check, &checked.target.kind);
        // What has left the window since is to leave the board, too.
        self.figures_due.get_or_insert(at.now);
        match &checked.result {
            Ok(()) => {
                self.loading.reached(at.now);
                if checked.target.kind == ProbeKind::Generation {
                    self.loading.proved();
                }
                self.life.check_passed(at, checked.took, &checked.target.kind);
            }
            Err(failure) => {
                let offline = self.is_offline();
                self.life.failed(at, failure, checked.began_ms, Source::Check, offline);
            }
        }
        if let Some(after) = self.life.check_after(at.now) {
            self.next_check = at.now + after.mul_f64(1.0 + JITTER * (2.0 * (self.shared.random)() - 1.0));
        }
    }

    /// Whether this computer, not the server, is to blame.
    fn is_offline(&self) -> bool {
        self.life.settings.distance() == Distance::Elsewhere && !(self.shared.has_network)()
    }

    /// Starts a check whose time has come. Doubts that came up since the last one bring it forward.
    fn check_if_due(&mut self) {
        let now = Instant::now();
        let Some(after) = self.life.check_after(now) else { return };
        let urgent = self.life.run.suspected;
        if self.checking.is_some() && (self.is_urgent || !urgent) {
            return;
        }
        // A check that waits its turn, or was begun before the failure, is no answer to it.
        self.checking = None;
        if self.life.take_check_now() {
            self.next_check = now;
        }
        self.next_check = self.next_check.min(now + after.mul_f64(1.0 + JITTER));
        if self.next_check <= now {
            self.is_urgent = urgent;
            let target = self.life.settings.target(self.life.wants_token(now));
            self.checking = target.map(|target| self.shared.checker.clone().check(target, urgent).boxed());
        }
    }

    /// Writes the state to the board, and tells of it where it changed.
    fn publish(&mut self) {
        let at = present();
        self.life.tick(at);
        let mut state = self.life.state(at.now, self.next_check);
        let renew = self.figures_due.is_some_and(|due| due <= at.now);
        if renew {
            self.figures_due = None;
        }
        let new = Told { facts: facts(&state), failing: state.failing, in_service: state.in_full_service() };
        let changed = new.facts != self.told.facts;
        let notable = changed || new.failing != self.told.failing || new.in_service != self.told.in_service;
        if changed {
            self.shared.journal.tell_at(at.wall_ms, self.change(&state, &new));
        }
        self.told = new;
        let retired = state.admin == Admin::Retired;
        self.board.send_if_modified(|old| {
            state.stats = if renew { self.life.figures.stats(at.now).into() } else { Arc::clone(&old.stats) };
            state.first_token = state.stats.first_token.map(|p| (p.p50, p.p95));
            state.late = if renew { self.life.figures.late(at.now) } else { old.late };
            let same_load = match (&old.load, &state.load) {
                (Some(a), Some(b)) => Arc::ptr_eq(a, b),
                (a, b) => a.is_none() && b.is_none(),
            };
            let same_restart = old.restart == state.restart && old.hung == state.hung;
            let seen =
                notable || renew || !same_load || !same_restart || !Arc::ptr_eq(&old.checks, &state.checks);
            *old = state;
            seen
        });
        // After the gate is shut, so that nobody slips in between.
        if retired {
            self.cutter.sever()
        } else {
            self.cutter.mend()
        }
        if notable {
            self.memory.send_replace(self.life.memory(at));
            self.shared.bell.notify_one();
        }
    }

    fn change(&self, state: &ReplicaState, new: &Told) -> Event {
        let settings = &self.life.settings;
        let (from, to) = (self.told.facts.clone(), new.facts.clone());
        let only_share = ReplicaFacts { share_percent: from.share_percent, ..to.clone() } == from;
        let (why, class) = match to.share_percent {
            100 if only_share => ("it is back in full service".into(), None),
            share if only_share => (format!("recovering: it takes {share} % of the traffic"), None),
            _ => (self.life.why.words.clone(), self.life.why.class),
        };
        Event::Replica(ReplicaChange {
            chain: settings.chain.clone(),
            tier: settings.tier.name.clone(),
            replica: settings.replica.id.to_string(),
            simulated: settings.simulated,
            from,
            to,
            why,
            class,
            evidence_ms: state.evidence_ms,
            in_service: new.in_service,
        })
    }
}
