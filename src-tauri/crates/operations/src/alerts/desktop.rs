//! Desktop notifications over the session bus.
//!
//! The daemon has five seconds; a click is waited for in a task of its own, for as long as the daemon shows the
//! notification and at most ten minutes.

use std::{sync::Arc, time::Duration};

use notify_rust::{Notification, NotificationHandle, NotificationResponse, Urgency};
use tokio::{
    sync::{Semaphore, broadcast},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Notice, Notifier, NotifyError, Sending};

const LIMIT: Duration = Duration::from_secs(5);
/// A notification that comes late is of no use.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];
const CLICK_WITHIN: Duration = Duration::from_secs(600);
/// Notifications whose click is waited for at the same time; each holds a connection.
const WATCHED: usize = 16;

/// The desktop's notification daemon.
#[derive(Debug)]
pub struct Desktop {
    clicks: broadcast::Sender<i64>,
    tasks: TaskTracker,
    stop: CancellationToken,
    watched: Arc<Semaphore>,
}

impl Desktop {
    /// A channel to the desktop; clicked incidents go to `clicks`.
    #[must_use]
    pub fn new(clicks: broadcast::Sender<i64>, tasks: TaskTracker, stop: CancellationToken) -> Self {
        Self { clicks, tasks, stop, watched: Arc::new(Semaphore::new(WATCHED)) }
    }

    async fn show(&self, notice: &Notice) -> Result<(), NotifyError> {
        let mut notification = Notification::new();
        notification
            .appname("Changeover")
            .icon("changeover")
            .summary(&notice.title)
            .body(&escaped(&notice.body));
        notification.urgency(if notice.urgent { Urgency::Critical } else { Urgency::Normal });
        if notice.incident.is_some() {
            notification.action("default", "Open the incident");
        }
        let shown = timeout(LIMIT, notification.show_async()).await;
        let handle = shown.map_err(|_| too_slow())?.map_err(|e| explained(&e.to_string()))?;
        if let Some(incident) = notice.incident {
            self.watch(handle, incident);
        }
        Ok(())
    }

    /// Waits for a click, in a task of its own.
    fn watch(&self, handle: NotificationHandle, incident: i64) {
        let Ok(permit) = Arc::clone(&self.watched).try_acquire_owned() else { return };
        let (clicks, stop) = (self.clicks.clone(), self.stop.clone());
        self.tasks.spawn(async move {
            let waiting = handle.wait_for_action_async(|response: &NotificationResponse| {
                if matches!(response, NotificationResponse::Default | NotificationResponse::Action(_)) {
                    // Without a window there is nobody to open it.
                    let _nobody = clicks.send(incident);
                }
            });
            let _ended = stop.run_until_cancelled(timeout(CLICK_WITHIN, waiting)).await;
            drop(permit);
        });
    }
}

impl Notifier for Desktop {
    fn send<'a>(&'a self, notice: &'a Notice) -> Sending<'a> {
        Box::pin(self.show(notice))
    }

    fn pauses(&self) -> &'static [Duration] {
        &PAUSES
    }
}

/// The body may hold markup, so that characters of markup must be escaped.
fn escaped(body: &str) -> String {
    body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn too_slow() -> NotifyError {
    NotifyError::passing(
        "the notification daemon did not answer within 5 s: restart it, or log out and in again",
    )
}

/// An error of the bus with what to do about it.
fn explained(error: &str) -> NotifyError {
    let no_daemon =
        ["ServiceUnknown", "not provided by any", "NameHasNoOwner"].iter().any(|w| error.contains(w));
    NotifyError::passing(if no_daemon {
        format!(
            "no notification daemon answers: start the desktop's own, or install one such as dunst ({error})"
        )
    } else {
        format!("the session bus cannot be reached: start Changeover from within a desktop session ({error})")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_an_error_is_shown_as_it_is() {
        assert_eq!(escaped("<b>a & b</b>"), "&lt;b&gt;a &amp; b&lt;/b&gt;");
    }

    #[test]
    fn a_failure_says_what_to_do() {
        let no_daemon = explained("org.freedesktop.DBus.Error.ServiceUnknown: The name is not activatable");
        assert!(no_daemon.to_string().contains("dunst"), "{no_daemon}");
        let no_bus = explained("I/O error: No such file or directory (os error 2)");
        assert!(no_bus.to_string().contains("desktop session"), "{no_bus}");
    }
}
