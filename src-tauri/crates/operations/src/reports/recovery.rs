//! The parts of one recovery: differences of recorded times, nothing else. Durations in milliseconds.

use store::IncidentRow;

use crate::incidents::ALL_TIERS;

/// The parts of one recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// The incident.
    pub incident: IncidentRow,
    /// First evidence to detection.
    pub detect_ms: i64,
    /// Detection to assessment.
    pub assess_ms: Option<i64>,
    /// Assessment to the first good answer from another tier; absent when no request was waiting.
    pub fail_over_ms: Option<i64>,
    /// From there, or from the assessment, until the tier was restored.
    pub restore_ms: Option<i64>,
    /// Time without a good answer.
    pub service_ms: Option<i64>,
    /// Whether that is within the target.
    pub within_target: Option<bool>,
}

impl Recovery {
    /// The parts of an incident's recovery, as far as it has come, against the target for its time without an answer.
    #[must_use]
    pub fn of(incident: IncidentRow, target_ms: i64) -> Self {
        let assessed = incident.assessed_ms;
        let ready = incident.failed_over_ms.or(assessed);
        let answered = incident.failed_over_ms.or(match incident.tier.as_str() {
            ALL_TIERS => incident.restored_ms,
            _ => None,
        });
        let service_ms = answered.map(|at| at - incident.began_ms);
        Self {
            detect_ms: incident.detected_ms - incident.began_ms,
            assess_ms: assessed.map(|at| at - incident.detected_ms),
            fail_over_ms: incident.failed_over_ms.zip(assessed).map(|(over, at)| over - at),
            restore_ms: incident.restored_ms.zip(ready).map(|(restored, at)| restored - at),
            service_ms,
            within_target: service_ms.map(|ms| ms <= target_ms),
            incident,
        }
    }

    /// The sum of the parts; absent until it is restored.
    #[must_use]
    pub fn rto_ms(&self) -> Option<i64> {
        let restore = self.restore_ms?;
        Some(self.detect_ms + self.assess_ms? + self.fail_over_ms.unwrap_or(0) + restore)
    }
}
