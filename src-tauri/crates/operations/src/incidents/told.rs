//! What a channel was told of an incident: folded from the records of alerts, so that a restart neither repeats an
//! alert nor forgets one.

use domain::event::{AlertOutcome, AlertRecord, AlertStep};
use serde::{Deserialize, Serialize};

use super::{Incident, Severity};

/// How long after its end an incident whose end is still to be told is kept for that, milliseconds.
pub(super) const KEPT_FOR_ALERTS_MS: i64 = 86_400_000;

/// What one channel was told of one incident.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// The severity that was told, or held back for good; absent until then.
    pub severity: Option<Severity>,
    /// Whether the channel ever took a notice of it, so that it must hear of the end.
    pub sent: bool,
    /// Whether a notice waits for its next try or for the end of the quiet hours.
    pub pending: bool,
    /// Whether that is for the quiet hours.
    pub waiting: bool,
    /// When it was last told that the incident goes on, milliseconds since the Unix epoch.
    pub last_ms: i64,
    /// How often the incident had come back when its opening was told.
    pub round: u32,
    /// How often it had come back when its end was told.
    pub over: Option<u32>,
}

impl Told {
    /// Takes a record of this channel into account.
    pub fn take(&mut self, record: &AlertRecord, at_ms: i64) {
        let last = !matches!(record.outcome, AlertOutcome::Retrying | AlertOutcome::Waiting);
        match record.step {
            Some(AlertStep::Relapse | AlertStep::Test) | None => {}
            Some(_) if !last => {
                (self.pending, self.waiting) = (true, record.outcome == AlertOutcome::Waiting);
            }
            Some(AlertStep::Over) => {
                (self.pending, self.waiting) = (false, false);
                self.over = Some(record.relapses);
            }
            Some(step) => {
                (self.pending, self.waiting) = (false, false);
                self.sent |= record.outcome == AlertOutcome::Sent;
                self.last_ms = at_ms;
                if step != AlertStep::Reminder {
                    self.severity = record.severity.map(Severity::of_event).or(Some(Severity::P3));
                    self.round = record.relapses;
                }
            }
        }
    }

    /// What a record of a version that knew one channel means: an opening while the incident went on, else its end.
    fn take_old(&mut self, incident: &Incident, record: &AlertRecord, at_ms: i64) {
        let step = if incident.closed_ms.is_none() { AlertStep::Opened } else { AlertStep::Over };
        let severity = u8::try_from(incident.severity.number()).ok();
        let relapses = incident.relapses;
        self.take(&AlertRecord { step: Some(step), severity, relapses, ..record.clone() }, at_ms);
    }

    /// Whether the channel has to hear of the incident's end still.
    #[must_use]
    pub fn awaits_end(&self, relapses: u32) -> bool {
        self.pending || (self.sent && self.over != Some(relapses))
    }
}

impl Incident {
    /// Takes a record of an alert about this incident into account.
    pub(super) fn was_told(&mut self, record: &AlertRecord, at_ms: i64) {
        let mut told = self.told.remove(&record.channel).unwrap_or_default();
        if record.step.is_some() {
            told.take(record, at_ms);
        } else {
            told.take_old(self, record, at_ms);
        }
        self.told.insert(record.channel.clone(), told);
    }

    /// Whether a closed incident is kept, because somebody is still to hear of its end.
    pub(super) fn awaits_alerts(&self, now_ms: i64) -> bool {
        let fresh = self.closed_ms.is_some_and(|closed| now_ms - closed <= KEPT_FOR_ALERTS_MS);
        fresh && self.told.values().any(|told| told.awaits_end(self.relapses))
    }
}
