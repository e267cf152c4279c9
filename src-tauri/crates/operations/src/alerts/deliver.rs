//! One notice on its way: tried until its channel takes it or its patience is over.

use std::{sync::Arc, time::Duration};

use domain::event::{AlertOutcome, AlertRecord};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use super::{Notice, Notifier, NotifyError, Roster, record};

/// A channel that has not ended within this time hangs.
const LIMIT: Duration = Duration::from_secs(60);
/// A pause this long is worth a record of its own.
const LONG: Duration = Duration::from_secs(30);

/// A notice for a channel.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) channel: String,
    pub(super) notice: Notice,
}

/// Hands a notice over once.
pub(super) async fn once(notifier: &dyn Notifier, notice: &Notice) -> Result<(), NotifyError> {
    match timeout(LIMIT, notifier.send(notice)).await {
        Ok(fared) => fared,
        Err(_) => Err(NotifyError::passing(format!("the channel hung for {} s", LIMIT.as_secs()))),
    }
}

/// Delivers a notice and returns the record of how it fared. `meanwhile` gets a record of a long wait.
pub(super) async fn deliver(
    job: &Job,
    mut roster: watch::Receiver<Arc<Roster>>,
    mut meanwhile: impl FnMut(AlertRecord),
) -> AlertRecord {
    let Job { channel, notice } = job;
    let mut tries = 0;
    let mut said = false;
    loop {
        let notifier = roster.borrow_and_update().notifiers.get(channel).cloned();
        let Some(notifier) = notifier else {
            let why = "the channel was taken out of the configuration".to_owned();
            return record(channel, notice, AlertOutcome::Failed, Some(why));
        };
        let error = match once(notifier.as_ref(), notice).await {
            Ok(()) => return record(channel, notice, AlertOutcome::Sent, None),
            Err(error) => error,
        };
        tries += 1;
        let pause = notifier.pauses().get(tries - 1).filter(|_| !error.lasting);
        let Some(pause) = pause else {
            tracing::warn!(incident = notice.incident, channel, %error, "an alert could not be delivered: {error}");
            return record(channel, notice, AlertOutcome::Failed, Some(error.why));
        };
        if *pause >= LONG && !std::mem::replace(&mut said, true) {
            let why = format!("{}; it is tried again", error.why);
            meanwhile(record(channel, notice, AlertOutcome::Retrying, Some(why)));
        }
        tokio::select! {
            () = sleep(*pause) => {}
            Ok(()) = roster.changed() => {}
        }
    }
}
