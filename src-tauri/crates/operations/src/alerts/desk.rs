//! The alerting task: looks at every incident after each commit and tells each channel what it has to hear next.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use domain::{
    Journal,
    event::{AlertOutcome, AlertRecord, AlertStep, Event},
};
use tokio::{
    sync::{
        broadcast::{self, error::RecvError},
        mpsc, watch,
    },
    time::{Instant, sleep_until},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Channel, Notice, Roster,
    decide::{Seen, next},
    deliver::{Job, deliver},
    record, words,
};
use crate::{
    incidents::{ALL_TIERS, Incident, IncidentBook, Severity, State, Told},
    keeper::Committed,
};

const HOUR: Duration = Duration::from_secs(3_600);
/// While quiet hours hold something back, the clock is looked at this often, because it may be set.
const LOOK_AT_CLOCK: Duration = Duration::from_secs(30);

/// What the task works with.
pub(super) struct Deps {
    pub(super) roster: watch::Receiver<Arc<Roster>>,
    pub(super) journal: Journal,
    pub(super) commits: broadcast::Receiver<Arc<Committed>>,
    pub(super) book: watch::Receiver<Arc<IncidentBook>>,
    pub(super) tasks: TaskTracker,
    pub(super) stop: CancellationToken,
    /// The wall clock, milliseconds since the Unix epoch.
    pub(super) clock: fn() -> i64,
}

/// What the task saw of an incident itself.
#[derive(Debug)]
struct Watched {
    opened: Instant,
    turned: Instant,
    closed: bool,
    relapses: u32,
}

/// An incident and a channel.
type Thread = (i64, String);

/// The alerting task.
pub(super) struct Desk {
    deps: Deps,
    watched: BTreeMap<i64, Watched>,
    /// What channels were told, where the journal may not say so yet.
    told: HashMap<Thread, Told>,
    /// Since when the task knows what a channel was told last.
    since: HashMap<Thread, (i64, Instant)>,
    /// Threads with a notice on its way.
    busy: HashSet<Thread>,
    /// When each channel was sent something within the last hour.
    sent: HashMap<String, VecDeque<Instant>>,
    done: (mpsc::UnboundedSender<AlertRecord>, mpsc::UnboundedReceiver<AlertRecord>),
}

impl Desk {
    pub(super) fn new(deps: Deps) -> Self {
        Self {
            deps,
            watched: BTreeMap::new(),
            told: HashMap::new(),
            since: HashMap::new(),
            busy: HashSet::new(),
            sent: HashMap::new(),
            done: mpsc::unbounded_channel(),
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            let due = self.look();
            let wait = async {
                match due {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                commit = self.deps.commits.recv() => if matches!(commit, Err(RecvError::Closed)) {
                    return;
                },
                Ok(()) = self.deps.roster.changed() => {}
                Some(record) = self.done.1.recv() => self.take(&record),
                () = wait => {}
            }
        }
    }

    /// A notice that was on its way fared so.
    fn take(&mut self, record: &AlertRecord) {
        let Some(incident) = record.incident else { return };
        let thread = (incident, record.channel.clone());
        let before = self.told_before(&thread);
        let told = self.told.entry(thread.clone()).or_insert(before);
        told.take(record, (self.deps.clock)());
        self.since.insert(thread.clone(), (told.last_ms, Instant::now()));
        if record.outcome != AlertOutcome::Retrying {
            self.busy.remove(&thread);
        }
    }

    /// What the journal says that the channel was told.
    fn told_before(&self, (incident, channel): &Thread) -> Told {
        let book = self.deps.book.borrow();
        let found = book.open().iter().chain(book.recently_closed()).find(|i| i.id == *incident);
        found.and_then(|i| i.told.get(channel)).cloned().unwrap_or_default()
    }

    /// Tells what is due, and returns when to look again.
    fn look(&mut self) -> Option<Instant> {
        let book = Arc::clone(&self.deps.book.borrow_and_update());
        let roster = Arc::clone(&self.deps.roster.borrow_and_update());
        let known: HashSet<i64> = book.open().iter().chain(book.recently_closed()).map(|i| i.id).collect();
        self.watched.retain(|id, _| known.contains(id));
        self.told.retain(|(id, _), _| known.contains(id));
        self.since.retain(|(id, _), _| known.contains(id));
        let mut soonest: Option<Instant> = None;
        for incident in book.open().iter().chain(book.recently_closed()) {
            let came_back = self.watch(incident);
            for channel in &roster.settings.channels {
                if came_back {
                    self.relapse(incident, channel, &roster);
                }
                let again = self.thread(incident, channel, &book, &roster);
                soonest = [soonest, again].into_iter().flatten().min();
            }
        }
        soonest
    }

    /// Notes when an incident opened, ended and came back. Returns whether it came back since the last look.
    fn watch(&mut self, incident: &Incident) -> bool {
        let now = Instant::now();
        let (closed, relapses) = (incident.state == State::Closed, incident.relapses);
        let fresh = Watched { opened: now, turned: now, closed, relapses };
        let watched = self.watched.entry(incident.id).or_insert(fresh);
        let came_back = watched.relapses < relapses;
        if came_back || watched.closed != closed {
            watched.turned = now;
        }
        (watched.closed, watched.relapses) = (closed, relapses);
        came_back
    }

    /// Records that a relapse is no news to a channel that was told of the incident.
    fn relapse(&mut self, incident: &Incident, channel: &Channel, roster: &Roster) {
        if self.known(incident, channel).severity.is_some() {
            let notice = words::goes_on(incident, AlertStep::Relapse, 0, roster.settings.link.as_deref());
            let why = "a relapse of an incident that was announced".to_owned();
            let record = record(&channel.name, &notice, AlertOutcome::HeldBack, Some(why));
            self.deps.journal.tell(Event::Alert(record));
        }
    }

    /// What the channel was told of the incident.
    fn known(&self, incident: &Incident, channel: &Channel) -> Told {
        let thread = (incident.id, channel.name.clone());
        self.told.get(&thread).or_else(|| incident.told.get(&channel.name)).cloned().unwrap_or_default()
    }

    /// Tells a channel what is due of an incident, and returns when to look again.
    fn thread(
        &mut self,
        incident: &Incident,
        channel: &Channel,
        book: &IncidentBook,
        roster: &Roster,
    ) -> Option<Instant> {
        let thread = (incident.id, channel.name.clone());
        if self.busy.contains(&thread) {
            return None;
        }
        let told = self.known(incident, channel);
        let watched = self.watched.get(&incident.id)?;
        let seen = Seen {
            opened: watched.opened,
            turned: watched.turned,
            told: self.told_at(&thread, &told, roster),
        };
        let (at, step) = next(incident, &told, seen, &roster.settings)?;
        if at > Instant::now() {
            return Some(at);
        }
        let notice = self.notice(incident, step, book, roster);
        let notice = channel.template.as_ref().map_or_else(|| notice.clone(), |t| t.apply(&notice));
        if let Some(why) = self.refusal(incident, step, channel, &told, book, roster) {
            self.settle(channel, &notice, AlertOutcome::HeldBack, why);
            return self.thread(incident, channel, book, roster);
        }
        let quiet = roster.settings.quiet.as_ref();
        if let Some(until) = quiet.and_then(|q| q.until(incident.severity, (self.deps.clock)())) {
            if !told.waiting {
                self.settle(channel, &notice, AlertOutcome::Waiting, format!("quiet hours until {until}"));
            }
            return Some(Instant::now() + LOOK_AT_CLOCK);
        }
        self.send(Job { channel: channel.name.clone(), notice });
        None
    }

    /// When the channel was last told something, as far as the clock can be trusted.
    fn told_at(&mut self, thread: &Thread, told: &Told, roster: &Roster) -> Instant {
        let now = Instant::now();
        let most = roster.settings.remind.unwrap_or_default();
        let since = self.since.entry(thread.clone()).or_insert((i64::MIN, now));
        if since.0 != told.last_ms {
            let ago = u64::try_from((self.deps.clock)() - told.last_ms).unwrap_or(0);
            let ago = Duration::from_millis(ago).min(most);
            *since = (told.last_ms, now.checked_sub(ago).unwrap_or(now));
        }
        since.1
    }

    fn notice(&self, incident: &Incident, step: AlertStep, book: &IncidentBook, roster: &Roster) -> Notice {
        let link = roster.settings.link.as_deref();
        if step == AlertStep::Over {
            let same = |i: &&Incident| i.chain == incident.chain && i.simulated == incident.simulated;
            let out: Vec<&str> = book.open().iter().filter(same).map(|i| i.tier.as_str()).collect();
            return words::over(incident, &out, link);
        }
        let lasts = (self.deps.clock)().saturating_sub(incident.times.began_ms).max(0);
        words::goes_on(incident, step, lasts, link)
    }

    /// Why the channel does not tell this step, in words; none when it does.
    fn refusal(
        &mut self,
        incident: &Incident,
        step: AlertStep,
        channel: &Channel,
        told: &Told,
        book: &IncidentBook,
        roster: &Roster,
    ) -> Option<String> {
        if let Some(why) = channel.refusal(step, incident.severity, incident.simulated) {
            return Some(why);
        }
        if step == AlertStep::Over {
            return None;
        }
        if incident.state == State::Closed && told.waiting {
            return Some("it was over before the quiet hours ended".to_owned());
        }
        if book.in_maintenance(&incident.chain, &incident.tier, incident.simulated) {
            return Some("a maintenance window is open".to_owned());
        }
        if let Some(whole) = part_of(incident, book) {
            return Some(format!("part of incident {whole}: no tier answers"));
        }
        let most = usize::try_from(roster.settings.most_per_hour).unwrap_or(usize::MAX);
        let sent = self.sent.entry(channel.name.clone()).or_default();
        let hour_ago = Instant::now().checked_sub(HOUR);
        while sent.front().is_some_and(|at| hour_ago.is_some_and(|ago| *at < ago)) {
            sent.pop_front();
        }
        (sent.len() >= most && incident.severity > Severity::P0)
            .then(|| format!("{most} alerts within an hour is the most for this channel"))
    }

    /// Records how a notice fares that is not sent now.
    fn settle(&mut self, channel: &Channel, notice: &Notice, outcome: AlertOutcome, why: String) {
        let record = record(&channel.name, notice, outcome, Some(why));
        self.take(&record);
        self.deps.journal.tell(Event::Alert(record));
    }

    fn send(&mut self, job: Job) {
        let Some(incident) = job.notice.incident else { return };
        self.busy.insert((incident, job.channel.clone()));
        self.sent.entry(job.channel.clone()).or_default().push_back(Instant::now());
        let (journal, done) = (self.deps.journal.clone(), self.done.0.clone());
        let (roster, stop) = (self.deps.roster.clone(), self.deps.stop.clone());
        self.deps.tasks.spawn(async move {
            let tell = |record: AlertRecord| {
                journal.tell(Event::Alert(record.clone()));
                // The desk ends before its tasks only when the program does.
                let _ended = done.send(record);
            };
            if let Some(record) = stop.run_until_cancelled(deliver(&job, roster, tell)).await {
                tell(record);
            }
        });
    }
}

/// The incident of the whole chain that this one is part of: no tier answers, which is news of its own.
fn part_of(incident: &Incident, book: &IncidentBook) -> Option<i64> {
    let whole = book
        .open()
        .iter()
        .find(|i| i.tier == ALL_TIERS && i.chain == incident.chain && i.simulated == incident.simulated)?;
    (whole.id != incident.id).then_some(whole.id)
}
