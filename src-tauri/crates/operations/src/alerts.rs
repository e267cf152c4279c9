//! Alerts: one notice when an incident opens and one when it is over, and a record of each in the journal.
//!
//! Rules: an outage is one alert and not a hundred: relapses are part of the incident that was announced, and a tier
//! that fails while no tier answers is part of that. What was announced before a restart is not announced again.
//! A refused notice is tried three times, then recorded as failed with what to do. Practice is labelled as such.

mod desk;
pub mod desktop;
mod words;

use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use domain::{
    Journal,
    event::{AlertOutcome, AlertRecord, Event},
};
use tokio::{
    sync::{broadcast, watch},
    time::sleep,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::keeper::Keeper;
use desktop::Desktop;

/// What a person is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The incident it speaks of.
    pub incident: Option<i64>,
    /// One line.
    pub title: String,
    /// A few lines of plain text.
    pub body: String,
    /// Whether it should stay until it is seen.
    pub urgent: bool,
}

/// Why a channel did not take a notice, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotifyError(pub String);

/// A channel's answer.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), NotifyError>> + Send + 'a>>;

/// A way to tell people.
pub trait Notifier: fmt::Debug + Send + Sync + 'static {
    /// Its name in records: `desktop`.
    fn channel(&self) -> &'static str;

    /// Hands a notice over. Must end within seconds.
    fn send<'a>(&'a self, notice: &'a Notice) -> Sending<'a>;
}

/// Pauses before the second and third try.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];

/// The alerting task's handle.
#[derive(Debug)]
pub struct Alerts {
    sender: Sender,
    clicks: broadcast::Sender<i64>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Alerts {
    /// Starts to announce incidents as desktop notifications.
    #[must_use]
    pub fn start(keeper: &Keeper, journal: Journal) -> Self {
        let tasks = TaskTracker::new();
        let stop = CancellationToken::new();
        let (clicks, _) = broadcast::channel(16);
        let desktop = Desktop::new(clicks.clone(), tasks.clone(), stop.clone());
        let sender = Sender { notifier: Arc::new(desktop), journal, enabled: watch::Sender::new(true) };
        let desk = desk::Desk::new(sender.clone(), keeper.subscribe(), keeper.watch_book());
        let until = stop.clone();
        tasks.spawn(async move {
            let _stopped = until.run_until_cancelled(desk.run()).await;
        });
        Self { sender, clicks, stop, tasks }
    }

    /// Numbers of incidents whose notification was clicked.
    #[must_use]
    pub fn clicks(&self) -> broadcast::Receiver<i64> {
        self.clicks.subscribe()
    }

    /// Switches desktop notifications on or off. What happens while they are off is recorded as held back.
    pub fn enable_desktop(&self, enabled: bool) {
        self.sender.enabled.send_replace(enabled);
    }

    /// Sends a notice that says that it is a test, once, and returns how it fared. It is recorded as any other.
    pub async fn test(&self) -> AlertRecord {
        self.sender.test().await
    }

    /// Ends; a notice that is being sent is given up.
    pub async fn shutdown(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// Sends notices and records how they fared.
#[derive(Clone, Debug)]
struct Sender {
    notifier: Arc<dyn Notifier>,
    journal: Journal,
    enabled: watch::Sender<bool>,
}

impl Sender {
    /// Sends a notice, at most three times.
    async fn send(&self, notice: Notice) {
        if !*self.enabled.borrow() {
            self.hold_back(notice, "desktop notifications are switched off in Settings");
            return;
        }
        let mut fared = self.notifier.send(&notice).await;
        for pause in PAUSES {
            if fared.is_ok() {
                break;
            }
            sleep(pause).await;
            fared = self.notifier.send(&notice).await;
        }
        if let Err(error) = &fared {
            tracing::warn!(incident = notice.incident, %error, "an alert could not be delivered: {error}");
        }
        self.record(notice, fared.map_err(|e| (AlertOutcome::Failed, e.to_string())));
    }

    /// Sends a notice that says that it is a test, once, even while alerts are switched off.
    async fn test(&self) -> AlertRecord {
        let body =
            "Desktop notifications from Changeover arrive here. An incident would say from, to, error and \
                    what to do."
                .to_owned();
        let notice = Notice { incident: None, title: "Changeover: test".to_owned(), body, urgent: false };
        let fared = self.notifier.send(&notice).await;
        self.record(notice, fared.map_err(|e| (AlertOutcome::Failed, e.to_string())))
    }

    /// Records a notice that is not sent on purpose.
    fn hold_back(&self, notice: Notice, why: &str) {
        self.record(notice, Err((AlertOutcome::HeldBack, why.to_owned())));
    }

    fn record(&self, notice: Notice, fared: Result<(), (AlertOutcome, String)>) -> AlertRecord {
        let (outcome, reason) = match fared {
            Ok(()) => (AlertOutcome::Sent, None),
            Err((outcome, reason)) => (outcome, Some(reason)),
        };
        let Notice { incident, title, body, .. } = notice;
        let channel = self.notifier.channel().to_owned();
        let record = AlertRecord { incident, channel, title, body, outcome, reason };
        self.journal.tell(Event::Alert(record.clone()));
        record
    }
}

#[cfg(test)]
mod tests;
