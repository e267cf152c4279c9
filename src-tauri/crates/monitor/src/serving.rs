//! The one task that decides which tier answers for each chain, and tells the journal when that changes.

mod decide;
mod delays;
#[cfg(test)]
mod tests;
mod view;

use std::{collections::HashMap, sync::Arc, time::Duration};

use domain::{
    Board, Chain, Event, FailureClass, Journal, OrdersPort, Preference, Snapshot,
    event::{ChangedOver, Direction},
    serving::{Serving, ServingPort, Told},
};
use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    time::{Instant, sleep_until},
};

use self::{
    decide::{Input, Memory},
    view::ChainView,
};

/// The chains in force, and whom to tell that the task knows them.
pub(crate) type Applied = (Arc<Snapshot>, oneshot::Sender<()>);

pub(crate) struct ServingTask {
    pub board: Board,
    pub journal: Journal,
    pub port: ServingPort,
    pub orders: OrdersPort,
    /// Rung when the board changed.
    pub bell: Arc<Notify>,
}

/// What the task keeps of a chain.
struct Entry {
    chain: Arc<Chain>,
    /// What the operator ordered of it when it was last looked at.
    prefer: Preference,
    memory: Memory,
    serving: watch::Sender<Serving>,
}

impl ServingTask {
    /// Runs until it is cancelled or every sender is gone.
    pub(crate) async fn run(self, mut requests: mpsc::Receiver<Told>, mut applied: mpsc::Receiver<Applied>) {
        let mut entries = HashMap::new();
        loop {
            let wake = entries.values().filter_map(|e: &Entry| e.memory.next_change()).min();
            let wake = wake.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600));
            tokio::select! {
                biased;
                Some((snapshot, done)) = applied.recv() => {
                    self.apply(&mut entries, &snapshot);
                    // Who applied may have stopped waiting; the snapshot is in force all the same.
                    _ = done.send(());
                }
                // Before the bell: who was kept waiting is told before the board can change for it.
                Some(told) = requests.recv() => self.told(&mut entries, told),
                () = self.bell.notified() => entries.values_mut().for_each(|e| self.decide(e, &Input::Board)),
                () = sleep_until(wake) => entries.values_mut().for_each(|e| self.decide(e, &Input::Board)),
                else => return,
            }
        }
    }

    fn told(&self, entries: &mut HashMap<String, Entry>, told: Told) {
        match told {
            Told::Served(served) => {
                if let Some(entry) = entries.get_mut(&served.chain) {
                    self.decide(entry, &Input::Served(&served));
                }
            }
            Told::Ordering(chain) => {
                if let Some(entry) = entries.get_mut(&chain) {
                    entry.memory.ordering();
                }
            }
            Told::Ordered(chain) => {
                if let Some(entry) = entries.get_mut(&chain) {
                    self.decide(entry, &Input::Ordered);
                }
            }
            Told::Delayed(delayed) => {
                if let Some(entry) = entries.get_mut(&delayed.chain) {
                    entry.memory.delayed(delayed);
                    publish(entry, domain::time::wall_ms());
                }
            }
        }
    }

    fn decide(&self, entry: &mut Entry, input: &Input<'_>) {
        let prefer = self.orders.preference(&entry.chain);
        let turned = std::mem::replace(&mut entry.prefer, prefer) != entry.prefer;
        let view = ChainView::read(&entry.chain, &entry.prefer, &self.board);
        let at_ms = match input {
            Input::Served(served) => served.at_ms,
            Input::Board | Input::Order | Input::Ordered => domain::time::wall_ms(),
        };
        if turned {
            self.tell(entry, &view, at_ms, &Input::Ordered);
        }
        self.tell(entry, &view, at_ms, input);
        publish(entry, at_ms);
    }

    fn tell(&self, entry: &mut Entry, view: &ChainView, at_ms: i64, input: &Input<'_>) {
        for event in entry.memory.decide(view, Instant::now(), input) {
            self.journal.tell_at(at_ms, with_impact(&entry.chain, event));
        }
    }

    fn apply(&self, entries: &mut HashMap<String, Entry>, snapshot: &Snapshot) {
        let mut old = std::mem::take(entries);
        for chain in &snapshot.chains {
            let entry = match old.remove(&chain.name) {
                Some(entry) => self.applied(entry, chain),
                None => self.begun(chain),
            };
            entries.insert(chain.name.clone(), entry);
        }
        self.port.replace(entries.iter().map(|(name, e)| (name.clone(), e.serving.subscribe())).collect());
    }

    fn applied(&self, mut entry: Entry, chain: &Arc<Chain>) -> Entry {
        let names = |c: &Chain| c.tiers.iter().map(|t| t.name.clone()).collect::<Vec<_>>();
        let reordered = names(&entry.chain) != names(chain);
        entry.memory.set_calm(chain.failback.hold);
        entry.chain = Arc::clone(chain);
        self.decide(&mut entry, if reordered { &Input::Order } else { &Input::Board });
        entry
    }

    fn begun(&self, chain: &Arc<Chain>) -> Entry {
        let prefer = self.orders.preference(chain);
        let view = ChainView::read(chain, &prefer, &self.board);
        let memory = Memory::begin(&view, chain.failback.hold);
        let serving = Serving {
            tier: memory.tier.clone(),
            since_ms: domain::time::wall_ms(),
            listens: memory.listens(),
        };
        Entry { chain: Arc::clone(chain), prefer, memory, serving: watch::channel(serving).0 }
    }
}

/// A change-over for the worse, with the operator's estimate of how much worse.
fn with_impact(chain: &Chain, event: Event) -> Event {
    let Event::ChangedOver(change) = event else { return event };
    let tiers =
        change.from.as_deref().zip(change.to.as_deref()).filter(|_| change.direction == Direction::Over);
    let impact = tiers.zip(FailureClass::of_word(&change.trigger));
    let impact = impact.and_then(|((from, to), class)| chain.impact(from, to, class));
    Event::ChangedOver(ChangedOver { impact, ..change })
}

fn publish(entry: &Entry, at_ms: i64) {
    entry.serving.send_if_modified(|serving| {
        let (tier, listens) = (&entry.memory.tier, entry.memory.listens());
        let changed = serving.tier != *tier;
        if changed {
            *serving = Serving { tier: tier.clone(), since_ms: at_ms, listens };
        }
        serving.listens = listens;
        changed
    });
}
