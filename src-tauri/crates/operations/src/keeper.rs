//! The journal's committing task: one batch of events, and all that is folded from it, in one transaction.
//!
//! Rules: events keep the order in which they were handed in; readers hear of an event only once it is committed;
//! writers never wait. When the database cannot be written, the batch in hand is tried again until it can, while
//! durable events queue up in memory and thinned ones are dropped; [`Keeper::problem`] says so meanwhile.

pub(crate) mod fold;
mod rows;

use std::{sync::Arc, time::Duration};

use domain::{Stamped, journal::JournalReader};
use futures::FutureExt;
use store::{Commit, EventFilter, Store, StoreError};
use tokio::{
    sync::{broadcast, mpsc, oneshot, watch},
    task::unconstrained,
    time::sleep,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::incidents::{Incident, IncidentBook, Step};

pub use rows::read_event;

/// The most events in one transaction.
const BATCH: usize = 2_048;
/// How long routine events wait for company. Durable ones are committed at once.
const LINGER: Duration = Duration::from_millis(100);
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
    pub incidents: Vec<(Step, Incident)>,
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

/// The committing task's handle. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Keeper {
    committed: broadcast::Sender<Arc<Committed>>,
    problem: watch::Receiver<Option<String>>,
    book: watch::Receiver<Arc<IncidentBook>>,
    flushes: mpsc::Sender<oneshot::Sender<()>>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Keeper {
    /// Starts to commit the journal behind `reader`. First folds what an earlier run committed without folding it.
    ///
    /// # Errors
    /// When the store cannot be read or holds something that this version cannot read.
    pub async fn start(store: Store, reader: JournalReader) -> Result<Self, KeeperError> {
        let mut current = match store.state(BOOK_STATE).await? {
            Some(text) => serde_json::from_str(&text).map_err(|source| KeeperError::Unreadable {
                what: "a state of incidents".to_owned(),
                source,
            })?,
            None => IncidentBook::default(),
        };
        catch_up(&store, &mut current).await?;
        let next_seq = store.last_seq().await?.max(current.applied_seq()) + 1;
        let (committed, _) = broadcast::channel(BROADCAST);
        let (problem_tx, problem) = watch::channel(None);
        let (book_tx, book) = watch::channel(Arc::new(current.clone()));
        let (flushes, flushes_rx) = mpsc::channel(1);
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let committing = Committing {
            store,
            reader,
            next_seq,
            current,
            thinning: fold::Thinning::default(),
            committed: committed.clone(),
            problem: problem_tx,
            book: book_tx,
            stop: stop.clone(),
        };
        tasks.spawn(committing.run(flushes_rx));
        tasks.close();
        Ok(Self { committed, problem, book, flushes, stop, tasks })
    }

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

    /// To wait for changes of [`Keeper::book`].
    pub(crate) fn watch_book(&self) -> watch::Receiver<Arc<IncidentBook>> {
        self.book.clone()
    }

    /// Waits until everything that was handed in before this call is committed, or the keeper has ended. While nothing
    /// can be committed it does not wait: what was handed in is kept in memory then.
    pub async fn flushed(&self) {
        let mut problem = self.problem();
        let flush = async {
            let (done, flushed) = oneshot::channel();
            if self.flushes.send(done).await.is_ok() {
                // An error means that the keeper ended, which commits all there is.
                let _ended = flushed.await;
            }
        };
        tokio::select! {
            () = flush => {}
            // An error means that the keeper ended.
            _stuck = problem.wait_for(Option::is_some) => {}
        }
    }

    /// Commits what was handed in so far and ends. Every other task should have ended before.
    pub async fn shutdown(&self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

/// The committing task.
struct Committing {
    store: Store,
    reader: JournalReader,
    next_seq: i64,
    current: IncidentBook,
    thinning: fold::Thinning,
    committed: broadcast::Sender<Arc<Committed>>,
    problem: watch::Sender<Option<String>>,
    book: watch::Sender<Arc<IncidentBook>>,
    stop: CancellationToken,
}

impl Committing {
    /// Commits until every writer is gone or `stop` is cancelled; what was handed in before is committed first.
    async fn run(mut self, mut flushes: mpsc::Receiver<oneshot::Sender<()>>) {
        let stop = self.stop.clone();
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(done) = flushes.recv() => {
                    self.drain().await;
                    // Whoever asked may have gone.
                    let _gone = done.send(());
                }
                batch = self.reader.batch(BATCH) => {
                    if batch.is_empty() {
                        return;
                    }
                    let batch = self.gather(batch).await;
                    self.keep(batch).await;
                }
            }
        }
        self.drain().await;
    }

    /// Commits everything that waits.
    async fn drain(&mut self) {
        // Unconstrained, so that "nothing now" means an empty queue and not a used-up share of the thread.
        while let Some(batch) =
            unconstrained(self.reader.batch(BATCH)).now_or_never().filter(|b| !b.is_empty())
        {
            self.keep(batch).await;
        }
    }

    /// Waits a little for company, if nothing in the batch is urgent.
    async fn gather(&mut self, mut batch: Vec<Stamped>) -> Vec<Stamped> {
        if batch.len() < BATCH && batch.iter().all(|s| s.event.may_be_thinned()) {
            batch.extend(self.reader.gather(BATCH - batch.len(), LINGER).await);
        }
        batch
    }

    /// Commits a batch, however long it takes. Once `stop` is cancelled a failure is final.
    async fn keep(&mut self, mut batch: Vec<Stamped>) {
        for stamped in &mut batch {
            stamped.seq = self.next_seq;
            self.next_seq += 1;
        }
        let mut next = self.current.clone();
        let (mut commit, incidents) = fold::fold(&batch, &mut next, &mut self.thinning);
        match serde_json::to_string(&next) {
            Ok(text) => commit.states.push((BOOK_STATE.to_owned(), text)),
            // Without it the next start folds these events again, from the journal.
            Err(error) => tracing::error!(%error, "the state of incidents cannot be written as JSON"),
        }
        if !self.write(&commit, batch.len()).await {
            return;
        }
        let book = Arc::new(next.clone());
        self.current = next;
        self.book.send_replace(Arc::clone(&book));
        // Nobody listening is no failure.
        let _nobody = self.committed.send(Arc::new(Committed { events: batch, incidents, book }));
        let dropped = self.reader.take_dropped();
        if dropped > 0 {
            tracing::warn!(
                dropped,
                "{dropped} routine events were thinned out: the disk is slower than the traffic"
            );
        }
    }

    /// Writes until it succeeds. Returns whether it did before `stop` was cancelled.
    async fn write(&self, commit: &Commit, events: usize) -> bool {
        let mut pause = PAUSE;
        while let Err(error) = self.store.commit(commit).await {
            if self.problem.borrow().is_none() {
                tracing::error!(%error, "the journal cannot be written; events are kept in memory and tried again");
            }
            self.problem.send_replace(Some(format!(
                "History is not being saved: {error}. It is kept in memory and written once that works again."
            )));
            if self.stop.is_cancelled() {
                tracing::error!(events, "{events} events could not be written before the program ended");
                return false;
            }
            // A cancelled wait is followed by one last try.
            let _woken = self.stop.run_until_cancelled(sleep(pause)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        if self.problem.send_replace(None).is_some() {
            tracing::info!("the journal is being written again");
        }
        true
    }
}

/// Folds the events that were committed after the saved fold, as happens when the fold was reset.
async fn catch_up(store: &Store, book: &mut IncidentBook) -> Result<(), KeeperError> {
    let written = store.last_timeline_seq().await?;
    loop {
        let filter =
            EventFilter { after_seq: Some(book.applied_seq()), limit: REPLAY_PAGE, ..EventFilter::default() };
        let rows = store.events(&filter).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let mut events = Vec::with_capacity(rows.len());
        for row in &rows {
            let unreadable = |source| KeeperError::Unreadable { what: format!("event {}", row.seq), source };
            events.push(read_event(row).map_err(unreadable)?);
        }
        let mut commit = fold::refold(&events, book);
        commit.timeline.retain(|line| line.seq > written);
        let text = serde_json::to_string(book)
            .map_err(|source| KeeperError::Unreadable { what: "a state of incidents".to_owned(), source })?;
        commit.states.push((BOOK_STATE.to_owned(), text));
        store.commit(&commit).await?;
    }
}

#[cfg(test)]
mod tests;
