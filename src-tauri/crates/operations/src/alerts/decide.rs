//! What a channel is to be told next of an incident, and when. Pure: the same facts give the same answer, so that a
//! restart goes on where the program ended.

use std::time::Duration;

use domain::event::AlertStep;
use tokio::time::Instant;

use super::Settings;
use crate::incidents::{ALL_TIERS, Incident, State, Told};

/// How long an opening waits for the first good answer of the tier that takes over: when that one fails too, it is no
/// news that it took over.
pub(super) const GRACE: Duration = Duration::from_millis(400);

/// What the alerting task itself saw of an incident.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// When it first saw it.
    pub(super) opened: Instant,
    /// When it last saw it end or come back.
    pub(super) turned: Instant,
    /// Since when the channel knows what it knows.
    pub(super) told: Instant,
}

/// The next step and its time; none when there is nothing to tell.
pub(super) fn next(
    incident: &Incident,
    told: &Told,
    seen: Seen,
    settings: &Settings,
) -> Option<(Instant, AlertStep)> {
    let Some(known) = told.severity else {
        let wait = if is_complete(incident) { Duration::ZERO } else { GRACE };
        return Some((seen.opened + wait, AlertStep::Opened));
    };
    if incident.state == State::Closed {
        let wait = if incident.relapses > 0 { settings.hold } else { Duration::ZERO };
        let due = told.sent && told.over != Some(incident.relapses);
        return due.then_some((seen.turned + wait, AlertStep::Over));
    }
    if told.over.is_some_and(|over| over >= told.round) && incident.relapses > told.round {
        return Some((seen.turned + settings.hold, AlertStep::Opened));
    }
    if incident.severity < known {
        let step = if told.sent { AlertStep::Worse } else { AlertStep::Opened };
        return Some((seen.opened, step));
    }
    let remind = settings.remind.filter(|_| incident.state == State::Open && told.sent)?;
    Some((seen.told + remind, AlertStep::Reminder))
}

/// Whether there is nothing more to wait for before it is told.
fn is_complete(incident: &Incident) -> bool {
    incident.tier == ALL_TIERS || incident.times.failed_over_ms.is_some() || incident.state == State::Closed
}
