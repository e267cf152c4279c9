//! The operator's orders: kept, put in force, and ended when their time is over.
//!
//! An order is written to the database before it takes effect, so that none that was acknowledged is lost; on return the
//! request path and the monitor obey it.

use std::time::Duration;

use contract::RpcError;
use domain::{
    Event, Orders, OrdersPort, Snapshot,
    event::{OperatorAct, Order},
    orders::Turned,
    time::wall_ms,
};
use store::Store;
use tokio::sync::{Mutex, Notify};

use crate::{Engine, rpc::failed};

/// The state under which orders are kept over restarts.
const STATE: &str = "orders";
/// The wall clock is looked at this often at least, since it may be set.
const LOOK: Duration = Duration::from_secs(5);
/// Who ends an order whose time is over.
const BY_ITSELF: &str = "changeover";

/// Holds the orders. Only one change is made at a time.
#[derive(Debug)]
pub(crate) struct OrdersOwner {
    pub(crate) port: OrdersPort,
    changing: Mutex<()>,
    /// Rung when the next end may be another.
    turned: Notify,
}

impl OrdersOwner {
    /// The orders that held when the program ended.
    pub(crate) async fn load(store: &Store) -> Result<Self, String> {
        let kept = store.state(STATE).await.map_err(|e| e.to_string())?;
        let orders = match kept {
            Some(json) => serde_json::from_str(&json).map_err(|e| format!("the operator's orders: {e}"))?,
            None => Orders::default(),
        };
        Ok(Self { port: OrdersPort::new(orders), changing: Mutex::default(), turned: Notify::new() })
    }
}

impl Engine {
    /// Changes the orders, keeps them, has everyone obey, and records what was done.
    pub(crate) async fn give_order(
        &self,
        change: impl FnOnce(&mut Orders, &Snapshot) -> Result<Vec<OperatorAct>, RpcError>,
    ) -> Result<(), RpcError> {
        let owner = &self.inner.orders;
        let _one_at_a_time = owner.changing.lock().await;
        let mut orders = Orders::clone(&owner.port.now());
        let snapshot = self.inner.snapshot.load_full();
        let acts = change(&mut orders, &snapshot)?;
        self.obey(orders, &snapshot, acts).await
    }

    async fn obey(
        &self,
        orders: Orders,
        snapshot: &std::sync::Arc<Snapshot>,
        acts: Vec<OperatorAct>,
    ) -> Result<(), RpcError> {
        let owner = &self.inner.orders;
        let json = serde_json::to_string(&orders).map_err(failed)?;
        self.inner.store.put_state(STATE, &json).await.map_err(failed)?;
        for act in acts {
            tracing::info!(actor = %act.actor, chain = act.chain, tier = act.tier, "{}", act.order.words());
            self.inner.journal.tell(Event::Operator(act));
        }
        owner.port.replace(orders);
        self.inner.monitor.apply(snapshot).await;
        owner.turned.notify_one();
        self.changed(&[contract::rpc::Topic::Orders]);
        self.announce_live().await;
        Ok(())
    }

    /// Ends orders whose time is over, and begins those whose time has come.
    pub(crate) async fn follow_orders(self) {
        loop {
            self.sweep_orders().await;
            let now = wall_ms();
            let next = self.inner.orders.port.now().next_change(now);
            let left = next.and_then(|at| u64::try_from(at - now).ok()).map(Duration::from_millis);
            tokio::select! {
                () = self.inner.stop.cancelled() => return,
                () = self.inner.orders.turned.notified() => {}
                () = tokio::time::sleep(left.map_or(LOOK, |left| left.min(LOOK))) => {}
            }
        }
    }

    async fn sweep_orders(&self) {
        let owner = &self.inner.orders;
        let _one_at_a_time = owner.changing.lock().await;
        let mut orders = Orders::clone(&owner.port.now());
        let turned = orders.sweep(wall_ms());
        if turned.is_empty() {
            return;
        }
        let snapshot = self.inner.snapshot.load_full();
        let acts = turned.into_iter().map(|t| told(t, &snapshot)).collect();
        if let Err(e) = self.obey(orders, &snapshot, acts).await {
            tracing::error!(error = %e.message, "the end of an order could not be kept; it is tried again");
        }
    }
}

/// What the journal is told of an order that time began or ended.
fn told(turned: Turned, snapshot: &Snapshot) -> OperatorAct {
    let act = |chain: String, tier, order, why| OperatorAct {
        simulated: is_simulated(snapshot, &chain),
        chain: Some(chain),
        tier,
        actor: BY_ITSELF.to_owned(),
        why,
        order,
    };
    match turned {
        Turned::PinExpired(chain, pin) => act(chain, Some(pin.tier), Order::PinExpired, String::new()),
        Turned::WindowBegan(w) => {
            act(w.chain, w.tier, Order::MaintenanceBegan { id: w.id, to_ms: w.to_ms }, w.given.why)
        }
        Turned::WindowEnded(w) => act(w.chain, w.tier, Order::MaintenanceEnded { id: w.id }, String::new()),
    }
}

/// Whether a chain is simulated.
pub(crate) fn is_simulated(snapshot: &Snapshot, chain: &str) -> bool {
    snapshot.chains.iter().any(|c| c.name == chain && c.simulated)
}
