//! Decides which incidents are announced, and when.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::{
        broadcast::{self, error::RecvError},
        watch,
    },
    time::{Instant, sleep_until},
};

use super::{Sender, words};
use crate::{
    incidents::{ALL_TIERS, Incident, IncidentBook, RELAPSE_WINDOW_MS, Step},
    keeper::Committed,
};

/// How long an opening waits for the tier that takes over to be known.
const GRACE: Duration = Duration::from_millis(400);
/// After a relapse, the end is announced only when this much has passed without another.
const SETTLED: Duration = Duration::from_millis(RELAPSE_WINDOW_MS.unsigned_abs());

/// A notice that is due.
#[derive(Debug)]
struct Due {
    at: Instant,
    incident: Incident,
}

/// The alerting task.
#[derive(Debug)]
pub(super) struct Desk {
    sender: Sender,
    book: watch::Receiver<Arc<IncidentBook>>,
    commits: broadcast::Receiver<Arc<Committed>>,
    openings: BTreeMap<i64, Due>,
    closings: BTreeMap<i64, Due>,
    /// Openings handed to the channel; their record may not be committed yet.
    opened: HashSet<i64>,
    /// Endings handed to the channel, with the relapses until then.
    closed: HashMap<i64, u32>,
}

impl Desk {
    pub(super) fn new(
        sender: Sender,
        commits: broadcast::Receiver<Arc<Committed>>,
        book: watch::Receiver<Arc<IncidentBook>>,
    ) -> Self {
        let mut desk = Self {
            sender,
            book,
            commits,
            openings: BTreeMap::new(),
            closings: BTreeMap::new(),
            opened: HashSet::new(),
            closed: HashMap::new(),
        };
        desk.take_stock();
        desk
    }

    pub(super) async fn run(mut self) {
        loop {
            let next = self.openings.values().chain(self.closings.values()).map(|d| d.at).min();
            let due = async {
                match next {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                commit = self.commits.recv() => match commit {
                    Ok(commit) => self.take(&commit),
                    Err(RecvError::Lagged(_)) => self.take_stock(),
                    Err(RecvError::Closed) => return,
                },
                () = due => self.send_due().await,
            }
        }
    }

    /// Takes what is announced neither in the journal nor by this task, as after a restart.
    fn take_stock(&mut self) {
        let book = Arc::clone(&self.book.borrow());
        for incident in book.open() {
            self.closings.remove(&incident.id);
            self.open(incident);
        }
        for incident in book.recently_closed().iter().filter(|i| !i.close_announced) {
            self.open(incident);
            self.close(incident);
        }
    }

    fn take(&mut self, commit: &Committed) {
        for (step, incident) in &commit.incidents {
            match step {
                Step::Opened => self.open(incident),
                Step::Reopened => self.reopen(incident),
                Step::Updated => self.update(incident),
                Step::Closed => self.close(incident),
            }
        }
    }

    fn open(&mut self, incident: &Incident) {
        if incident.announced || self.opened.contains(&incident.id) {
            return;
        }
        let wait = if is_complete(incident) { Duration::ZERO } else { GRACE };
        let due = Due { at: Instant::now() + wait, incident: incident.clone() };
        self.openings.entry(incident.id).or_insert(due);
    }

    fn reopen(&mut self, incident: &Incident) {
        self.closings.remove(&incident.id);
        if incident.announced || self.opened.contains(&incident.id) {
            let why = "a relapse of an incident that was announced";
            self.sender.hold_back(words::opened(incident), why);
        } else {
            self.open(incident);
        }
    }

    fn update(&mut self, incident: &Incident) {
        if let Some(due) = self.openings.get_mut(&incident.id) {
            due.incident = incident.clone();
            if is_complete(incident) {
                due.at = Instant::now();
            }
        }
    }

    fn close(&mut self, incident: &Incident) {
        if let Some(due) = self.openings.get_mut(&incident.id) {
            due.at = Instant::now();
        }
        if self.closed.get(&incident.id).is_some_and(|relapses| *relapses >= incident.relapses) {
            return;
        }
        let wait = if incident.relapses > 0 { SETTLED } else { Duration::ZERO };
        self.closings.insert(incident.id, Due { at: Instant::now() + wait, incident: incident.clone() });
    }

    async fn send_due(&mut self) {
        let now = Instant::now();
        let due: Vec<_> =
            self.openings.extract_if(.., |_, due| due.at <= now).map(|(_, due)| due.incident).collect();
        for incident in due {
            self.opened.insert(incident.id);
            let notice = words::opened(&incident);
            match self.part_of(&incident) {
                Some(why) => self.sender.hold_back(notice, &why),
                None => self.sender.send(notice).await,
            }
        }
        let due: Vec<_> =
            self.closings.extract_if(.., |_, due| due.at <= now).map(|(_, due)| due.incident).collect();
        for incident in due {
            self.closed.insert(incident.id, incident.relapses);
            self.sender.send(words::closed(&incident)).await;
        }
        let book = Arc::clone(&self.book.borrow());
        let known = |id: &i64| book.open().iter().chain(book.recently_closed()).any(|i| i.id == *id);
        self.opened.retain(known);
        self.closed.retain(|id, _| known(id));
    }

    /// Why the incident is no news: no tier of its chain answers, which is an incident of its own.
    fn part_of(&self, incident: &Incident) -> Option<String> {
        let book = Arc::clone(&self.book.borrow());
        let whole = book.open().iter().find(|i| {
            i.tier == ALL_TIERS && i.chain == incident.chain && i.simulated == incident.simulated
        })?;
        (whole.id != incident.id).then(|| format!("part of incident {}: no tier answers", whole.id))
    }
}

/// Whether there is nothing more to wait for before it is announced.
fn is_complete(incident: &Incident) -> bool {
    incident.tier == ALL_TIERS || incident.answered_by.is_some()
}
