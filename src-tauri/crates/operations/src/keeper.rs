//! The journal's committing task: one batch of events, and all that is folded from it, in one transaction.
//!
//! Rules: events keep the order in which they were handed in; readers hear of an event only once it is committed;
//! writers never wait. When the database cannot be written, the batch in hand is tried again until it can, while
//! durable events queue up in memory and thinned ones are dropped; [`KeeperHandle::problem`] says so meanwhile.

mod fold;
mod rows;

use std::{sync::Arc, time::Duration};

use domain::{Stamped, journal::JournalReader};
use store::{Commit, EventFilter, Store, StoreError};
use tokio::{
    sync::{broadcast, watch},
    time::{Instant, sleep, timeout_at},
};
use tokio_util::sync::CancellationToken;

use crate::incidents::{Change, IncidentBook};

pub use rows::read_event;

/// The most events in one transaction.
const BATCH: usize = 512;
/// How long routine events wait for company. Durable ones are committed at once.
const LINGER: Duration = Duration::from_millis(50);
/// The first pause after a failed commit; it doubles up to the longest.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// A reader that falls further behind than this many commits reads the rest from the store.
const BROADCAST: usize = 1_024;
/// Where the fold is kept between two starts.
const BOOK_STATE: &str = "fold.incidents";
/// Events read at once when the fold has to catch up.
const REPLAY_PAGE: u32 = 1_000;

/// What one transaction brought.
#[derive(Clone, Debug)]
pub struct Committed {
    /// The events with their numbers, in order.
    pub events: Vec<Stamped>,
    /// What they changed in incidents, in order; of mere updates only the last per incident.
    pub changes: Vec<Change>,
    /// The incidents as they are after it.
    pub book: Arc<IncidentBook>,
}

/// Why the keeper could not start.
#[derive(Debug, thiserror::Error)]
pub enum KeeperError {
    /// The database did not answer.
    #[error("the journal cannot be read")]
    Store(#[from] StoreError),
    /// The saved fold, or an event that it has not seen yet, cannot be read.
    #[error("the journal holds {what} that this version cannot read: install the version that wrote it")]
    Unreadable {
        /// What it is.
        what: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

/// The readers' side of the keeper.
#[derive(Clone, Debug)]
pub struct KeeperHandle {
    committed: broadcast::Sender<Arc<Committed>>,
    problem: watch::Receiver<Option<String>>,
    book: watch::Receiver<Arc<IncidentBook>>,
}

impl KeeperHandle {
    /// Everything that is committed from now on. A reader that lags reads what it missed from the store.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Committed>> {
        self.committed.subscribe()
    }

    /// Why nothing is committed at this moment, in words; absent when all is well.
    #[must_use]
    pub fn problem(&self) -> watch::Receiver<Option<String>> {
        self.problem.clone()
    }

    /// The incidents as they were after the last commit.
    #[must_use]
    pub fn book(&self) -> Arc<IncidentBook> {
        Arc::clone(&self.book.borrow())
    }
}

/// The committing task.
#[derive(Debug)]
pub struct Keeper {
    store: Store,
    reader: JournalReader,
    next_seq: i64,
    current: IncidentBook,
    committed: broadcast::Sender<Arc<Committed>>,
    problem: watch::Sender<Option<String>>,
    book: watch::Sender<Arc<IncidentBook>>,
}

impl Keeper {
    /// A keeper of the journal behind `reader`. Folds what an earlier run committed without folding it.
    ///
    /// # Errors
    /// When the store cannot be read or holds something that this version cannot read.
    pub async fn new(store: Store, reader: JournalReader) -> Result<(Self, KeeperHandle), KeeperError> {
        let mut current = match store.state(BOOK_STATE).await? {
            Some(text) => serde_json::from_str(&text)
                .map_err(|source| KeeperError::Unreadable { what: "a state of incidents".to_owned(), source })?,
            None => IncidentBook::default(),
        };
        catch_up(&store, &mut current).await?;
        let next_seq = store.last_seq().await?.max(current.applied_seq()) + 1;
        let (committed, _) = broadcast::channel(BROADCAST);
        let (problem, problem_rx) = watch::channel(None);
        let (book, book_rx) = watch::channel(Arc::new(current.clone()));
        let handle = KeeperHandle { committed: committed.clone(), problem: problem_rx, book: book_rx };
        Ok((Self { store, reader, next_seq, current, committed, problem, book }, handle))
    }

    /// Commits until every writer is gone or `stop` is cancelled; what was handed in before is committed first.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            let batch = tokio::select! {
                biased;
                batch = self.gather() => batch,
                () = stop.cancelled() => break,
            };
            if batch.is_empty() {
                return;
            }
            self.keep(batch, &stop).await;
            let dropped = self.reader.take_dropped();
            if dropped > 0 {
                tracing::warn!(dropped, "{dropped} routine events were thinned out: the database is slower than the traffic");
            }
        }
        while let Ok(batch) = timeout_at(Instant::now(), self.reader.batch(BATCH)).await {
            if batch.is_empty() {
                return;
            }
            self.keep(batch, &stop).await;
        }
    }

    /// The next batch; empty once every writer is gone.
    async fn gather(&mut self) -> Vec<Stamped> {
        let mut batch = self.reader.batch(BATCH).await;
        let until = Instant::now() + LINGER;
        while !batch.is_empty() && batch.len() < BATCH && batch.iter().all(|s| s.event.may_be_thinned()) {
            match timeout_at(until, self.reader.batch(BATCH - batch.len())).await {
                Ok(more) if !more.is_empty() => batch.extend(more),
                _ => break,
            }
        }
        batch
    }

    /// Commits a batch, however long it takes. Once `stop` is cancelled a failure is final.
    async fn keep(&mut self, mut batch: Vec<Stamped>, stop: &CancellationToken) {
        for stamped in &mut batch {
            stamped.seq = self.next_seq;
            self.next_seq += 1;
        }
        let mut next = self.current.clone();
        let (commit, changes) = fold::fold(&batch, &mut next);
        let mut pause = PAUSE;
        while let Err(error) = self.write(&commit, &next).await {
            if self.problem.borrow().is_none() {
                tracing::error!(%error, "the journal cannot be written; events are kept in memory and tried again");
            }
            self.problem.send_replace(Some(format!("History is not being saved: {error}")));
            if stop.is_cancelled() {
                tracing::error!(lost = batch.len(), "the journal could not be written before the program ended");
                return;
            }
            tokio::select! {
                () = sleep(pause) => {}
                () = stop.cancelled() => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        if self.problem.send_replace(None).is_some() {
            tracing::info!("the journal is being written again");
        }
        self.current = next;
        let book = Arc::new(self.current.clone());
        self.book.send_replace(Arc::clone(&book));
        // Nobody listening is no failure.
        let _ = self.committed.send(Arc::new(Committed { events: batch, changes, book }));
    }

    async fn write(&self, commit: &Commit, book: &IncidentBook) -> Result<(), StoreError> {
        let text = serde_json::to_string(book).map_err(|e| StoreError::Database(e.to_string()))?;
        let mut commit = commit.clone();
        commit.states.push((BOOK_STATE.to_owned(), text));
        self.store.commit(&commit).await
    }
}

/// Folds the events that were committed after the saved fold, as happens when the fold was reset.
async fn catch_up(store: &Store, book: &mut IncidentBook) -> Result<(), KeeperError> {
    loop {
        let filter = EventFilter { after_seq: Some(book.applied_seq()), limit: REPLAY_PAGE, ..EventFilter::default() };
        let rows = store.events(&filter).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let mut events = Vec::with_capacity(rows.len());
        for row in &rows {
            let unreadable = |source| KeeperError::Unreadable { what: format!("event {}", row.seq), source };
            events.push(read_event(row).map_err(unreadable)?);
        }
        let commit = fold::refold(&events, book);
        let text = serde_json::to_string(book)
            .map_err(|source| KeeperError::Unreadable { what: "a state of incidents".to_owned(), source })?;
        store.commit(&Commit { states: vec![(BOOK_STATE.to_owned(), text)], ..commit }).await?;
    }
}
