//! The board: per replica, its latest state, written by the replica's own task and read by everyone.
//!
//! Readers never wait: a state is a `watch` value, and what they learned goes back over a bounded channel
//! that is never awaited.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use resilience::gate::Gate;
use tokio::{
    sync::{Notify, mpsc, watch},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use crate::{
    chain::ReplicaId,
    failure::{Failure, FailureClass},
    load::Load,
    restart::RestartNote,
    stats::{Quota, Stats},
    triggers::Trigger,
};

/// What checks and traffic say of a replica.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Nothing is known yet, or this workstation is offline.
    #[default]
    Unknown,
    /// It answers.
    Healthy,
    /// It answers slowly, it is saturated, or its GPU is unwell.
    Degraded,
    /// It does not answer.
    Down,
}

/// The state of its breaker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BreakerState {
    /// Requests pass.
    #[default]
    Closed,
    /// No request passes until then.
    Open {
        /// When the first trial is due.
        until: Instant,
    },
    /// A bounded number of trial requests passes.
    HalfOpen,
}

/// The operator's switch, apart from observed health.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Admin {
    /// In service.
    #[default]
    Enabled,
    /// Takes no new requests.
    Draining,
    /// Out of service.
    Disabled,
    /// Worked on for a while: traffic avoids it, and nobody is alarmed.
    Maintenance,
    /// Its model may not answer anywhere; running answers are cut.
    Retired,
}

/// A replica that is left alone for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoolDown {
    /// Until then.
    pub until: Instant,
    /// The class of failure that asked for it.
    pub class: FailureClass,
}

/// What is known of a replica at this moment. Only its own task writes it.
#[derive(Clone, Debug)]
pub struct ReplicaState {
    /// Whether a request may enter; the other fields say why.
    pub gate: Gate,
    /// What checks and traffic say.
    pub health: Health,
    /// Since when, wall clock, milliseconds.
    pub since_ms: i64,
    /// Its breaker.
    pub breaker: BreakerState,
    /// The operator's switch.
    pub admin: Admin,
    /// Set while it is left alone.
    pub cool_down: Option<CoolDown>,
    /// Share of its chain's traffic that it may take, 0 to 1; below 1 only after a recovery.
    pub share: f64,
    /// Whether it recovered and waits for the operator to bring it back.
    pub waits: bool,
    /// Whether it let a request wait in vain and has not been heard of since.
    pub in_doubt: bool,
    /// Set while a trigger of its tier makes requests leave it: it is asked only when nobody else can answer.
    pub left_for: Option<LeftFor>,
    /// Failures since the last success, of those that count.
    pub failing: u32,
    /// The last failure, and when (wall clock, milliseconds).
    pub last_failure: Option<(Failure, i64)>,
    /// When the first failure of the run that goes on began, wall clock, milliseconds; absent when none does.
    pub evidence_ms: Option<i64>,
    /// Expected time to the first token, penalised for failures.
    pub latency: Option<Duration>,
    /// Median and 95th percentile of the time to the first token, over the last 15 minutes.
    pub first_token: Option<(Duration, Duration)>,
    /// Its provider says that nothing is left of a rate limit until then: requests go elsewhere.
    pub spent_until: Option<Instant>,
    /// When an answer of it is late, by its own figures.
    pub late: Late,
    /// Requests and failures in the last 15 minutes.
    pub requests: (u64, u64),
    /// The newest active checks, oldest first, at most 90.
    pub checks: Arc<[Check]>,
    /// What its serving engine says of its load; absent where none does, or none was read yet.
    pub load: Option<Arc<Load>>,
    /// Whether it accepts requests and answers none, although its health check passes.
    pub hung: bool,
    /// The last step of its restarts; absent before the first.
    pub restart: Option<RestartNote>,
    /// What was counted and measured over the last 15 minutes; renewed once a second at most.
    pub stats: Arc<Stats>,
}

impl Default for ReplicaState {
    fn default() -> Self {
        Self {
            gate: Gate::Open,
            health: Health::Unknown,
            since_ms: crate::time::wall_ms(),
            breaker: BreakerState::Closed,
            admin: Admin::Enabled,
            cool_down: None,
            share: 1.0,
            waits: false,
            in_doubt: false,
            left_for: None,
            failing: 0,
            last_failure: None,
            evidence_ms: None,
            latency: None,
            first_token: None,
            spent_until: None,
            late: Late::default(),
            requests: (0, 0),
            checks: Arc::new([]),
            load: None,
            hung: false,
            restart: None,
            stats: Arc::default(),
        }
    }
}

impl ReplicaState {
    /// Whether it is in full service: its gate is open, its share is whole and nothing fails.
    #[must_use]
    pub fn in_full_service(&self) -> bool {
        let serves = matches!(self.gate, Gate::Open) && self.share >= 1.0 && self.failing == 0;
        serves && !self.in_doubt && self.left_for.is_none()
    }
}

/// Why requests leave a replica that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftFor {
    /// The trigger.
    pub trigger: Trigger,
    /// The class that stands for it in the verdict table.
    pub class: FailureClass,
    /// What was found, in words.
    pub words: Arc<str>,
}

/// The 95th percentiles of the last 15 minutes, each absent while it stands on too few answers to mean anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Late {
    /// Of a stream's first token.
    pub first_token: Option<Duration>,
    /// Of a whole answer.
    pub whole: Option<Duration>,
}

/// One active check.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// When it ended, wall clock, milliseconds.
    pub at_ms: i64,
    /// How long it took.
    pub took: Duration,
    /// Why it failed; absent when it succeeded.
    pub error: Option<String>,
}

/// How an attempt ended, told once at the end of its body or when it is dropped.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// When it was begun, wall clock, milliseconds; of an answer that broke off, when it broke: it was good until then.
    pub began_ms: i64,
    /// How it failed; absent when the answer was good.
    pub failure: Option<Failure>,
    /// Whether it is a stream, which shows its first token.
    pub stream: bool,
    /// Time to the first meaningful token.
    pub first_token: Option<Duration>,
    /// Time to the end.
    pub total: Duration,
    /// Output tokens, when the server counted them.
    pub tokens_out: Option<u64>,
}

/// What a replica's task is told.
#[derive(Clone, Debug)]
pub enum Signal {
    /// An attempt ended.
    Outcome(Outcome),
    /// A request has waited for a whole answer for longer than the tier's `timeouts.first_token`. That is no failure:
    /// long answers take long. But it may be silence, so the replica is to be checked at once.
    Suspect,
    /// The GPU beneath it failed (with the reason in words), or recovered.
    Gpu(Option<String>),
    /// The GPU beneath it is unwell but serves on (with the reason in words), or is well again.
    GpuUnwell(Option<String>),
    /// Its answers fail the quality checks (with the finding in words), or pass again. For whoever judges answers; nothing
    /// in this version does.
    Quality(Option<String>),
    /// Its budget is spent (with which one, in words), or there is money again. For whoever counts costs; nothing in this
    /// version does.
    Budget(Option<String>),
    /// The operator wants it back in full service, now.
    FailBack,
    /// Check it now.
    ProbeNow,
    /// What its answer says is left of its rate limits.
    Quota(Quota),
    /// A step of its restarts.
    Restarted(RestartNote),
}

impl Signal {
    /// Whether it says what everybody knows: a replica in full service answered. Nobody waits for what follows from
    /// that, so the replica's task may let such signals gather.
    fn is_routine_for(&self, state: &ReplicaState) -> bool {
        matches!(self, Self::Outcome(Outcome { failure: None, .. })) && state.in_full_service()
    }
}

/// The request path's side of a replica.
#[derive(Clone, Debug)]
pub struct ReplicaPort {
    state: watch::Receiver<ReplicaState>,
    signals: mpsc::Sender<Signal>,
    /// Rung after each signal that may not wait for others.
    bell: Arc<Notify>,
    in_flight: Arc<AtomicU32>,
    cutter: Cutter,
}

impl ReplicaPort {
    /// A port onto a replica's task.
    #[must_use]
    pub fn new(state: watch::Receiver<ReplicaState>, signals: mpsc::Sender<Signal>) -> Self {
        Self { state, signals, bell: Arc::default(), in_flight: Arc::default(), cutter: Cutter::default() }
    }

    /// The latest state.
    #[must_use]
    pub fn state(&self) -> ReplicaState {
        self.state.borrow().clone()
    }

    /// Reads the latest state in place; `read` must be short.
    pub fn read<T>(&self, read: impl FnOnce(&ReplicaState) -> T) -> T {
        read(&self.state.borrow())
    }

    /// To wait for changes.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<ReplicaState> {
        self.state.clone()
    }

    /// Tells the replica's task, without waiting. When its queue is full the signal is lost: the task is
    /// then busy with thousands like it.
    pub fn tell(&self, signal: Signal) {
        let routine = self.read(|state| signal.is_routine_for(state));
        if self.signals.try_send(signal).is_err() {
            tracing::debug!("a replica's queue is full or closed; one signal was dropped");
        }
        if !routine {
            self.bell.notify_one();
        }
    }

    /// What the replica's task waits for while it lets routine signals gather.
    #[must_use]
    pub fn bell(&self) -> Arc<Notify> {
        Arc::clone(&self.bell)
    }

    /// Requests being answered.
    #[must_use]
    pub fn in_flight(&self) -> u32 {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Counts a request until the guard is dropped.
    #[must_use]
    pub fn enter(&self) -> InFlight {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(Arc::clone(&self.in_flight))
    }

    /// Ends when the answers that are running at this moment are to be cut.
    #[must_use]
    pub fn cut(&self) -> Arc<CancellationToken> {
        self.cutter.0.load_full()
    }

    /// What cuts the running answers; for the replica's task.
    #[must_use]
    pub fn cutter(&self) -> Cutter {
        self.cutter.clone()
    }
}

/// Cuts the running answers of a replica.
#[derive(Clone, Debug, Default)]
pub struct Cutter(Arc<ArcSwap<CancellationToken>>);

impl Cutter {
    /// Cuts every running answer, and each that begins before [`Cutter::mend`].
    pub fn sever(&self) {
        self.0.load().cancel();
    }

    /// Lets answers that begin from now on run.
    pub fn mend(&self) {
        if self.0.load().is_cancelled() {
            self.0.store(Arc::default());
        }
    }
}

/// A request being answered.
#[derive(Debug)]
pub struct InFlight(Arc<AtomicU32>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Every replica's port. The set changes with the configuration, as one swap.
#[derive(Clone, Debug, Default)]
pub struct Board(Arc<ArcSwap<HashMap<ReplicaId, ReplicaPort>>>);

impl Board {
    /// The port of a replica.
    #[must_use]
    pub fn port(&self, id: &ReplicaId) -> Option<ReplicaPort> {
        self.0.load().get(id).cloned()
    }

    /// Reads a replica's state in place; absent while the replica has no task yet.
    pub fn read<T>(&self, id: &ReplicaId, read: impl FnOnce(&ReplicaState) -> T) -> Option<T> {
        self.0.load().get(id).map(|port| port.read(read))
    }

    /// A replica's state, and how many requests it is answering, as the plan wants them.
    #[must_use]
    pub fn load(&self, id: &ReplicaId) -> Option<(ReplicaState, u32)> {
        self.0.load().get(id).map(|port| (port.state(), port.in_flight()))
    }

    /// Replaces the set of replicas.
    pub fn replace(&self, ports: HashMap<ReplicaId, ReplicaPort>) {
        self.0.store(Arc::new(ports));
    }

    /// Every replica's id and port.
    #[must_use]
    pub fn all(&self) -> Arc<HashMap<ReplicaId, ReplicaPort>> {
        self.0.load_full()
    }
}
