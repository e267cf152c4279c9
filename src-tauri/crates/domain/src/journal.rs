//! The journal's handle: whoever has something to tell hands it in and goes on.
//!
//! Events that may be thinned travel in a bounded queue and are dropped, and counted, when it is full. All
//! others travel in an unbounded one: they are rare, and none may be lost.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{sync::mpsc, time::timeout};

use crate::{
    event::{Event, Stamped},
    time::wall_ms,
};

/// Events that may be thinned and wait to be committed; more are dropped.
const THIN_QUEUE: usize = 16_384;

/// The writers' side.
#[derive(Clone, Debug)]
pub struct Journal {
    durable: mpsc::UnboundedSender<Ticketed>,
    thin: mpsc::Sender<Ticketed>,
    tickets: Arc<AtomicI64>,
    dropped: Arc<AtomicU64>,
}

/// An event with the order in which it was handed in.
#[derive(Debug)]
struct Ticketed {
    ticket: i64,
    stamped: Stamped,
}

/// The committing task's side.
#[derive(Debug)]
pub struct JournalReader {
    durable: mpsc::UnboundedReceiver<Ticketed>,
    thin: mpsc::Receiver<Ticketed>,
    dropped: Arc<AtomicU64>,
}

/// A new journal.
#[must_use]
pub fn journal() -> (Journal, JournalReader) {
    let (durable, durable_rx) = mpsc::unbounded_channel();
    let (thin, thin_rx) = mpsc::channel(THIN_QUEUE);
    let dropped = Arc::<AtomicU64>::default();
    let writer = Journal { durable, thin, tickets: Arc::default(), dropped: Arc::clone(&dropped) };
    (writer, JournalReader { durable: durable_rx, thin: thin_rx, dropped })
}

impl Journal {
    /// Hands an event in, stamped with the present wall clock. Never waits.
    pub fn tell(&self, event: Event) {
        self.tell_at(wall_ms(), event);
    }

    /// Hands in an event that happened at `at_ms`, wall clock.
    pub fn tell_at(&self, at_ms: i64, event: Event) {
        let thin = event.may_be_thinned();
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        let ticketed = Ticketed { ticket, stamped: Stamped { seq: 0, at_ms, event } };
        if !thin {
            if self.durable.send(ticketed).is_err() {
                tracing::warn!("an event came after the journal was closed and is lost");
            }
        } else if self.thin.try_send(ticketed).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl JournalReader {
    /// Waits for events and returns all that are there, up to `most`, in the order in which they were handed
    /// in. Returns an empty batch once every writer is gone.
    pub async fn batch(&mut self, most: usize) -> Vec<Stamped> {
        let mut batch = Vec::new();
        tokio::select! {
            biased;
            first = self.durable.recv() => batch.extend(first),
            first = self.thin.recv() => batch.extend(first),
        }
        if batch.is_empty() {
            // One queue is closed, so all writers are gone; the other may still hold something.
            batch.extend(self.durable.recv().await);
            batch.extend(self.thin.recv().await);
        }
        self.fill(batch, most)
    }

    /// The batch with all that is there now, in order.
    fn fill(&mut self, mut batch: Vec<Ticketed>, most: usize) -> Vec<Stamped> {
        while batch.len() < most {
            match self.durable.try_recv().or_else(|_| self.thin.try_recv()) {
                Ok(next) => batch.push(next),
                Err(_) => break,
            }
        }
        batch.sort_by_key(|t| t.ticket);
        batch.into_iter().map(|t| t.stamped).collect()
    }

    /// Lets routine events gather for `linger`, unless a durable one comes before, and returns all that are there by
    /// then, as [`Self::batch`] does. Only durable ones wake whoever waits here: the others are many.
    pub async fn gather(&mut self, most: usize, linger: Duration) -> Vec<Stamped> {
        let mut batch = Vec::new();
        if let Ok(durable) = timeout(linger, self.durable.recv()).await {
            batch.extend(durable);
        }
        self.fill(batch, most)
    }

    /// How many events were thinned out since the last call.
    pub fn take_dropped(&self) -> u64 {
        self.dropped.swap(0, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;
    use crate::event::{RequestEnd, RequestResult};

    fn started(version: &str) -> Event {
        Event::Started { version: version.into(), in_force_ms: None }
    }

    #[tokio::test]
    async fn events_come_out_in_the_order_they_went_in() {
        let (journal, mut reader) = journal();
        for n in 0..10 {
            journal.tell_at(n, started(&n.to_string()));
        }
        let times: Vec<_> = reader.batch(100).await.iter().map(|s| s.at_ms).collect();
        assert_eq!(times, (0..10).collect::<Vec<_>>());
    }

    fn routine(request: &str) -> Event {
        Event::Request(RequestEnd {
            request: request.into(),
            chain: "chat".into(),
            tier: None,
            simulated: false,
            result: RequestResult::Answered,
            first_tier_ok: true,
            attempts: 1,
            stream: false,
            total_ms: 1.0,
        })
    }

    #[tokio::test(start_paused = true)]
    async fn routine_events_gather_until_a_durable_one_comes() {
        let (journal, mut reader) = journal();
        let began = Instant::now();
        let linger = Duration::from_millis(50);
        journal.tell_at(1, routine("1"));
        journal.tell_at(2, routine("2"));
        assert_eq!(reader.gather(100, linger).await.len(), 2);
        assert_eq!(began.elapsed(), linger);
        journal.tell_at(3, routine("3"));
        journal.tell_at(4, started("4"));
        journal.tell_at(5, routine("5"));
        let times: Vec<_> = reader.gather(100, linger).await.iter().map(|s| s.at_ms).collect();
        assert_eq!((times, began.elapsed()), (vec![3, 4, 5], linger));
    }

    #[tokio::test]
    async fn the_last_events_are_read_after_the_writers_are_gone() {
        let (journal, mut reader) = journal();
        journal.tell(started("1"));
        journal.tell(started("2"));
        drop(journal);
        assert_eq!(reader.batch(1).await.len(), 1);
        assert_eq!(reader.batch(1).await.len(), 1);
        assert!(reader.batch(1).await.is_empty());
    }
}
