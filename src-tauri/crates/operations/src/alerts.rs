//! Alerts: who is told of an incident, by which channel and when, and a record of each in the journal.
//!
//! Rules:
//! - One thread per incident and channel: its opening, what makes it worse, reminders, its end. An outage is one alert
//!   and not a hundred: relapses are part of the incident that was told, and a tier that fails while no tier answers
//!   is part of that.
//! - What is told follows from the incidents and the records alone, so that a restart neither repeats nor forgets
//!   anything. A channel that took a notice within the last moment before a kill may get it twice, under the same id.
//! - A refused notice is tried again for as long as its channel's patience lasts, then recorded as failed with what to
//!   do. One that a person can mend alone (a wrong password) is not repeated.
//! - Secrets are read when they are needed and stand in no record. Practice is labelled as such.

mod decide;
mod deliver;
mod desk;
pub mod desktop;
mod email;
mod quiet;
mod settings;
mod shapes;
mod template;
mod webhook;
mod words;

use std::{collections::BTreeMap, fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use domain::{
    Journal,
    event::{AlertOutcome, AlertRecord, AlertStep, Event},
};
use tokio::sync::{broadcast, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use upstream::Credentials;

use crate::{incidents::Severity, keeper::Keeper};
use desktop::Desktop;

pub use quiet::Quiet;
pub use settings::{Address, Channel, DESKTOP, Email, Settings, Shape, Tells, Tls, Way, Webhook};
pub use template::{FIELDS, Template};

/// What a person is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The incident it speaks of.
    pub incident: Option<i64>,
    /// What it tells of it.
    pub step: AlertStep,
    /// How bad the incident is.
    pub severity: Option<Severity>,
    /// One line.
    pub title: String,
    /// A few lines of plain text.
    pub body: String,
    /// Whether it should stay until it is seen.
    pub urgent: bool,
    /// How often the incident had come back.
    pub round: u32,
    /// The same as data.
    pub facts: Facts,
}

/// What a notice says, as data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The chain.
    pub chain: String,
    /// The tier that failed.
    pub tier: String,
    /// The tier that took over; empty for none.
    pub to: String,
    /// The error, in words.
    pub error: String,
    /// What to do, in words.
    pub action: String,
    /// The word for the kind of incident.
    pub kind: String,
    /// Whether the chain is simulated.
    pub simulated: bool,
    /// Where the incident can be looked at.
    pub link: Option<String>,
}

/// Why a channel did not take a notice, and what to do about it. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct NotifyError {
    /// In words.
    pub why: String,
    /// Whether another try cannot help until somebody does something.
    pub lasting: bool,
}

impl NotifyError {
    /// An error that may pass by itself.
    #[must_use]
    pub fn passing(why: impl Into<String>) -> Self {
        Self { why: why.into(), lasting: false }
    }

    /// An error that stays until somebody does something.
    #[must_use]
    pub fn lasting(why: impl Into<String>) -> Self {
        Self { why: why.into(), lasting: true }
    }
}

/// A channel's answer.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), NotifyError>> + Send + 'a>>;

/// A way to tell people.
pub trait Notifier: fmt::Debug + Send + Sync + 'static {
    /// Hands a notice over. Must end within a minute.
    fn send<'a>(&'a self, notice: &'a Notice) -> Sending<'a>;

    /// Pauses before the second and further tries.
    fn pauses(&self) -> &'static [Duration];
}

/// Pauses of channels over the network: 43 minutes in all.
const PATIENT: [Duration; 6] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
    Duration::from_secs(1_800),
];

/// The stable word for what a notice tells.
#[must_use]
pub const fn step_word(step: AlertStep) -> &'static str {
    match step {
        AlertStep::Opened => "opened",
        AlertStep::Worse => "worse",
        AlertStep::Reminder => "reminder",
        AlertStep::Relapse => "relapse",
        AlertStep::Over => "over",
        AlertStep::Test => "test",
    }
}

/// Whether a text is a mail address, with or without a name before it.
#[must_use]
pub fn is_mail_address(text: &str) -> bool {
    text.parse::<lettre::message::Mailbox>().is_ok()
}

/// The channels that are in force.
#[derive(Clone, Debug)]
struct Roster {
    settings: Settings,
    notifiers: BTreeMap<String, Arc<dyn Notifier>>,
}

/// The alerting task's handle.
pub struct Alerts {
    roster: watch::Sender<Arc<Roster>>,
    desktop: Arc<dyn Notifier>,
    credentials: Arc<dyn Credentials>,
    journal: Journal,
    clicks: broadcast::Sender<i64>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl fmt::Debug for Alerts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alerts").finish_non_exhaustive()
    }
}

impl Alerts {
    /// Starts to tell people of incidents by the channels of `settings`. Secrets are read from `credentials`.
    #[must_use]
    pub fn start(
        keeper: &Keeper,
        journal: Journal,
        credentials: Arc<dyn Credentials>,
        settings: Settings,
    ) -> Self {
        let tasks = TaskTracker::new();
        let stop = CancellationToken::new();
        let (clicks, _) = broadcast::channel(16);
        let desktop: Arc<dyn Notifier> = Arc::new(Desktop::new(clicks.clone(), tasks.clone(), stop.clone()));
        let first = roster(settings, &desktop, &credentials);
        let (roster, in_force) = watch::channel(Arc::new(first));
        let desk = desk::Desk::new(desk::Deps {
            roster: in_force,
            journal: journal.clone(),
            commits: keeper.subscribe(),
            book: keeper.watch_book(),
            tasks: tasks.clone(),
            stop: stop.clone(),
            clock: domain::time::wall_ms,
        });
        let until = stop.clone();
        tasks.spawn(async move {
            let _stopped = until.run_until_cancelled(desk.run()).await;
        });
        Self { roster, desktop, credentials, journal, clicks, stop, tasks }
    }

    /// Numbers of incidents whose notification was clicked.
    #[must_use]
    pub fn clicks(&self) -> broadcast::Receiver<i64> {
        self.clicks.subscribe()
    }

    /// Puts other settings in force. A notice that waits for its next try is tried at once.
    pub fn configure(&self, settings: Settings) {
        self.roster.send_replace(Arc::new(roster(settings, &self.desktop, &self.credentials)));
    }

    /// Sends a notice that says that it is a test by the channel of this name, once, even while the channel is off, and
    /// returns how it fared. It is recorded as any other. None when there is no such channel.
    pub async fn test(&self, channel: &str) -> Option<AlertRecord> {
        let roster = Arc::clone(&self.roster.borrow());
        let notifier = Arc::clone(roster.notifiers.get(channel)?);
        let notice = words::test(channel);
        let record = match deliver::once(notifier.as_ref(), &notice).await {
            Ok(()) => record(channel, &notice, AlertOutcome::Sent, None),
            Err(error) => record(channel, &notice, AlertOutcome::Failed, Some(error.why)),
        };
        self.journal.tell(Event::Alert(record.clone()));
        Some(record)
    }

    /// Ends; a notice that is being sent is given up and sent after the next start.
    pub async fn shutdown(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

fn roster(settings: Settings, desktop: &Arc<dyn Notifier>, credentials: &Arc<dyn Credentials>) -> Roster {
    let mut notifiers = BTreeMap::<String, Arc<dyn Notifier>>::new();
    for channel in &settings.channels {
        let notifier: Arc<dyn Notifier> = match &channel.way {
            Way::Desktop => Arc::clone(desktop),
            Way::Email(email) => {
                let (email, credentials) = (email.clone(), Arc::clone(credentials));
                Arc::new(email::Mail::new(email, credentials, settings.installation.clone()))
            }
            Way::Webhook(webhook) => {
                let (webhook, credentials) = (webhook.clone(), Arc::clone(credentials));
                Arc::new(webhook::Hook::new(webhook, credentials, settings.installation.clone()))
            }
        };
        notifiers.insert(channel.name.clone(), notifier);
    }
    Roster { settings, notifiers }
}

/// The record of how a notice fared.
fn record(channel: &str, notice: &Notice, outcome: AlertOutcome, reason: Option<String>) -> AlertRecord {
    AlertRecord {
        incident: notice.incident,
        channel: channel.to_owned(),
        title: notice.title.clone(),
        body: notice.body.clone(),
        outcome,
        reason,
        step: Some(notice.step),
        severity: notice.severity.and_then(|s| u8::try_from(s.number()).ok()),
        relapses: notice.round,
    }
}

#[cfg(test)]
mod tests;
