//! What watches: one task per replica, one that decides which tier answers for each chain, and the GPUs.
//!
//! The request path and operations know this crate only by what it writes: the board, who serves, and the
//! journal. Durations are monotonic (tokio's clock, which tests pause); wall-clock time stands only in what
//! becomes rows.

#[cfg(test)]
mod fake;
pub mod gpu;
mod load;
mod offline;
mod prober;
mod prometheus;
mod replica;
pub mod restart;
mod serving;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{
    Board, Journal, OrdersPort, ReplicaId, Signal, Snapshot,
    serving::{ServingPort, Told},
};
use resilience::gate::Gate;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    prober::Checker,
    replica::{Handle, Settings, Shared},
    serving::{Applied, ServingTask},
};
pub use crate::{
    prober::Prober,
    replica::{BreakerMemory, ReplicaMemory},
};

/// A task that lives takes an order within this time.
const OBEDIENCE: Duration = Duration::from_secs(5);

/// What the monitor works with.
pub struct Deps {
    /// Where replicas' states are written.
    pub board: Board,
    /// Where changes are told.
    pub journal: Journal,
    /// Where it is written which tier answers.
    pub serving: ServingPort,
    /// What the request path tells of requests: the other end of `serving`.
    pub served: mpsc::Receiver<Told>,
    /// What the operator ordered.
    pub orders: OrdersPort,
    /// What makes checks.
    pub prober: Arc<dyn Prober>,
    /// What starts servers anew.
    pub starter: Arc<dyn restart::Starter>,
    /// What was kept of the replicas when the program last ended.
    pub memory: Vec<ReplicaMemory>,
}

/// What watches. Ends with [`Monitor::shutdown`].
pub struct Monitor {
    board: Board,
    orders: OrdersPort,
    serving: ServingPort,
    shared: Shared,
    starter: Arc<dyn restart::Starter>,
    applied: mpsc::Sender<Applied>,
    replicas: Mutex<Replicas>,
    /// Held while a snapshot is applied, so that snapshots take turns.
    turn: tokio::sync::Mutex<()>,
    tasks: TaskTracker,
    cancel: CancellationToken,
}

#[derive(Default)]
struct Replicas {
    running: HashMap<ReplicaId, Handle>,
    /// Of replicas that do not run: from the last start, or taken out of the configuration since.
    remembered: HashMap<ReplicaId, ReplicaMemory>,
}

impl Monitor {
    /// Starts watching; there are no replicas before the first [`Monitor::apply`]. Needs a tokio runtime.
    #[must_use]
    pub fn new(deps: Deps) -> Self {
        let bell = Arc::new(Notify::new());
        let (applied, applied_rx) = mpsc::channel(1);
        let (tasks, cancel) = (TaskTracker::new(), CancellationToken::new());
        let word = deps.serving.clone();
        let serving = ServingTask {
            board: deps.board.clone(),
            journal: deps.journal.clone(),
            port: deps.serving,
            orders: deps.orders.clone(),
            bell: Arc::clone(&bell),
        };
        tasks.spawn(cancel.clone().run_until_cancelled_owned(serving.run(deps.served, applied_rx)));
        let shared = Shared {
            journal: deps.journal,
            checker: Checker::new(deps.prober),
            bell,
            has_network: offline::has_default_route,
            random: replica::random,
        };
        let remembered = deps.memory.into_iter().map(|m| (m.replica.clone(), m)).collect();
        let replicas = Mutex::new(Replicas { running: HashMap::new(), remembered });
        let turn = tokio::sync::Mutex::default();
        Self {
            board: deps.board,
            orders: deps.orders,
            serving: word,
            shared,
            starter: deps.starter,
            applied,
            replicas,
            turn,
            tasks,
            cancel,
        }
    }

    /// Watches the replicas of `snapshot` from now on. A replica that was there before keeps its health, breaker
    /// and figures. On return the board and the serving port know the new set, and the operator's orders that hold.
    pub async fn apply(&self, snapshot: &Arc<Snapshot>) {
        let _turn = self.turn.lock().await;
        let orders = self.orders.now();
        let ports =
            self.replicas().apply(snapshot, &orders, &self.shared, &self.starter, &self.tasks, &self.cancel);
        self.board.replace(ports);
        self.until_obeyed().await;
        let (done, known) = oneshot::channel();
        // Both fail only while the monitor shuts down, when nobody serves any more.
        if self.applied.send((Arc::clone(snapshot), done)).await.is_ok() {
            _ = known.await;
        }
    }

    /// Waits until each replica's task has taken its order.
    async fn until_obeyed(&self) {
        let waits: Vec<_> = self
            .replicas()
            .running
            .values()
            .map(|handle| (handle.port.watch(), handle.settings.borrow().admin))
            .collect();
        for (mut state, admin) in waits {
            let obeyed = state.wait_for(|s| s.admin == admin);
            if !matches!(tokio::time::timeout(OBEDIENCE, obeyed).await, Ok(Ok(_))) {
                tracing::warn!("a replica's task is slow to take its order, or ends");
            }
        }
    }

    /// Brings the recovered tiers of a chain back to full service at once, without hold or ramp.
    pub async fn fail_back(&self, chain: &str) {
        let ports: Vec<_> = {
            let replicas = self.replicas();
            let of_chain = replicas.running.values().filter(|h| h.settings.borrow().chain == chain);
            of_chain.map(|h| h.port.clone()).collect()
        };
        self.serving.tell(Told::Ordering(chain.to_owned()));
        for port in &ports {
            port.tell(Signal::FailBack);
        }
        for port in ports {
            let mut state = port.watch();
            let back = state.wait_for(|s| !s.waits && (s.share >= 1.0 || matches!(s.gate, Gate::Shut)));
            if tokio::time::timeout(OBEDIENCE, back).await.is_err() {
                tracing::warn!("a replica's task is slow to take its order");
            }
        }
        self.serving.tell(Told::Ordered(chain.to_owned()));
    }

    /// What to keep of the replicas over a restart; cheap enough to ask for every second.
    #[must_use]
    pub fn memory(&self) -> Vec<ReplicaMemory> {
        self.replicas().running.values().map(|handle| handle.memory.borrow().clone()).collect()
    }

    /// Stops watching, and waits until every task has ended.
    pub async fn shutdown(&self) {
        self.cancel.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn replicas(&self) -> MutexGuard<'_, Replicas> {
        self.replicas.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Replicas {
    fn apply(
        &mut self,
        snapshot: &Snapshot,
        orders: &domain::Orders,
        shared: &Shared,
        starter: &Arc<dyn restart::Starter>,
        tasks: &TaskTracker,
        cancel: &CancellationToken,
    ) -> HashMap<ReplicaId, domain::ReplicaPort> {
        let mut old = std::mem::take(&mut self.running);
        let now_ms = domain::time::wall_ms();
        for (chain, tier, replica) in snapshot.replicas() {
            let admin = orders.admin(&chain.name, tier, &replica.id, now_ms);
            let settings = Settings::of(chain, tier, replica, admin);
            let handle = match old.remove(&replica.id) {
                Some(handle) => {
                    handle.settings.send_replace(settings);
                    handle
                }
                None => {
                    let memory = self.remembered.remove(&replica.id);
                    let cancel = cancel.child_token();
                    let handle =
                        replica::start(shared.clone(), settings, memory.as_ref(), tasks, cancel.clone());
                    let supervisor = restart::Supervisor {
                        journal: shared.journal.clone(),
                        starter: Arc::clone(starter),
                        port: handle.port.clone(),
                        settings: handle.settings.subscribe(),
                    };
                    tasks.spawn(cancel.run_until_cancelled_owned(supervisor.run()));
                    handle
                }
            };
            self.running.insert(replica.id.clone(), handle);
        }
        for (id, gone) in old {
            gone.cancel.cancel();
            shared.journal.tell(replica::removed(&gone));
            self.remembered.insert(id, gone.memory.borrow().clone());
        }
        self.running.iter().map(|(id, handle)| (id.clone(), handle.port.clone())).collect()
    }
}
