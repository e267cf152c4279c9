//! How the deadline of a request is shared out over those who may be asked.

use domain::plan::Candidate;
use resilience::deadline::Deadline;
use tokio::time::Instant;

/// A candidate's turn. The deadline is shared out over the tiers that are left, and each tier's replicas share its
/// part, so that a tier of many replicas does not leave the others without time.
#[derive(Clone, Copy)]
pub(crate) struct Turn {
    tier: usize,
    /// Whether somebody else could be asked after this.
    pub(crate) others: bool,
    /// Until when its tier may keep the client waiting for the beginning of an answer.
    pub(crate) until: Instant,
}

impl Turn {
    /// The turn of a candidate of `tier` with `after` left behind it, where `before` was the turn of the one before.
    pub(crate) fn next(
        before: Option<Self>,
        tier: usize,
        after: &[Candidate],
        deadline: &Deadline,
        now: Instant,
    ) -> Self {
        let others = !after.is_empty();
        if let Some(before) = before.filter(|b| b.tier == tier) {
            return Self { others, ..before };
        }
        // A tier's replicas stand together in the plan.
        let mut left: Vec<usize> = after.iter().map(|c| c.tier).filter(|t| *t != tier).collect();
        left.dedup();
        let until = now + deadline.for_attempt(now, left.len(), deadline.remaining(now));
        Self { tier, others, until }
    }

    /// The same, as if nobody else could be asked.
    pub(crate) const fn alone(self) -> Self {
        Self { others: false, ..self }
    }
}
