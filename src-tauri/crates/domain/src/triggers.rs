//! The triggers of a tier: what makes requests leave it for the tiers behind it.
//!
//! The verdict table says of each failure whether somebody else is asked at all; the triggers say which of these reasons
//! the operator wants to hold for a tier. A tier whose trigger is switched off keeps its requests: their clients get its
//! error, and no tier behind it is asked for that reason.

use std::{fmt, time::Duration};

use crate::failure::FailureClass;

/// A reason to leave a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// Its first tokens come later than a threshold.
    FirstTokenAbove,
    /// Its answers take longer than a threshold.
    TotalAbove,
    /// Its provider limits the rate, or the quota is spent.
    RateLimited,
    /// The GPU beneath it failed.
    Gpu,
    /// It does not answer, or answers with errors.
    ProviderDown,
    /// The request does not fit into its context.
    ContextTooLong,
    /// Its answers fail the quality checks.
    Quality,
    /// Its budget is spent.
    OverBudget,
}

impl Trigger {
    /// Every trigger, in the order of the matrix.
    pub const ALL: [Self; 8] = [
        Self::FirstTokenAbove,
        Self::TotalAbove,
        Self::RateLimited,
        Self::Gpu,
        Self::ProviderDown,
        Self::ContextTooLong,
        Self::Quality,
        Self::OverBudget,
    ];

    /// Its name, as the configuration writes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::FirstTokenAbove => "first_token_above",
            Self::TotalAbove => "total_above",
            Self::RateLimited => "rate_limited",
            Self::Gpu => "gpu",
            Self::ProviderDown => "provider_down",
            Self::ContextTooLong => "context_too_long",
            Self::Quality => "quality",
            Self::OverBudget => "over_budget",
        }
    }

    /// The trigger that a failure of this class belongs to; absent where none does, and the verdict table alone has the
    /// word: a refused key, a missing model, what a model cannot do.
    #[must_use]
    pub const fn of(class: FailureClass) -> Option<Self> {
        use FailureClass as F;
        match class {
            F::RateLimited | F::QuotaExhausted => Some(Self::RateLimited),
            F::Gpu => Some(Self::Gpu),
            F::ContextTooLong | F::PayloadTooLarge => Some(Self::ContextTooLong),
            F::QualityRejected => Some(Self::Quality),
            F::OverBudget => Some(Self::OverBudget),
            F::SlowFirstToken => Some(Self::FirstTokenAbove),
            F::SlowAnswer => Some(Self::TotalAbove),
            F::Refused
            | F::Dns
            | F::Tls
            | F::ConnectTimeout
            | F::Reset
            | F::FirstTokenTimeout
            | F::IdleTimeout
            | F::TotalTimeout
            | F::UpstreamTimeout
            | F::ServerError
            | F::Overloaded
            | F::Malformed
            | F::CutStream
            | F::StreamError => Some(Self::ProviderDown),
            F::Conflict
            | F::Unauthorized
            | F::Forbidden
            | F::ModelNotFound
            | F::ModelLoading
            | F::Unsupported
            | F::ContentFiltered
            | F::CredentialMissing
            | F::ModelRetired
            | F::ClientMistake
            | F::ClientGone
            | F::Superseded
            | F::Loop => None,
        }
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How much worse answers become, by the operator's own estimate.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Impact {
    #[default]
    Low,
    Medium,
    High,
}

impl Impact {
    /// Its name, as the configuration writes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// One row of a tier's matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Whether requests leave the tier for this reason.
    pub on: bool,
    /// How much worse answers become then; absent: as the tier says that answers instead.
    pub impact: Option<Impact>,
}

/// A tier's matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Triggers {
    /// The threshold of the first token.
    pub first_token_above: Option<Duration>,
    /// The threshold of the whole answer.
    pub total_above: Option<Duration>,
    rules: [Rule; Trigger::ALL.len()],
}

impl Default for Triggers {
    /// No thresholds; every other trigger on, but for quality.
    fn default() -> Self {
        let on = |trigger| Rule { on: trigger != Trigger::Quality, impact: None };
        Self { first_token_above: None, total_above: None, rules: Trigger::ALL.map(on) }
    }
}

impl Triggers {
    /// The row of a trigger. Those with a threshold are on where one is set.
    #[must_use]
    pub const fn rule(&self, trigger: Trigger) -> Rule {
        let rule = self.rules[trigger as usize];
        match trigger {
            Trigger::FirstTokenAbove => Rule { on: self.first_token_above.is_some(), ..rule },
            Trigger::TotalAbove => Rule { on: self.total_above.is_some(), ..rule },
            _ => rule,
        }
    }

    /// The usual matrix with these thresholds, of the first token and of the whole answer.
    #[must_use]
    pub fn above(first_token: Option<Duration>, total: Option<Duration>) -> Self {
        Self { first_token_above: first_token, total_above: total, ..Self::default() }
    }

    /// The same with another row.
    #[must_use]
    pub const fn with(mut self, trigger: Trigger, rule: Rule) -> Self {
        self.rules[trigger as usize] = rule;
        self
    }

    /// The trigger that is switched off and would else have let a request go that failed like this.
    #[must_use]
    pub fn keeps(&self, class: FailureClass) -> Option<Trigger> {
        Trigger::of(class).filter(|trigger| !self.rule(*trigger).on)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{Next, verdict};

    #[test]
    fn a_row_is_that_of_its_trigger() {
        for (index, trigger) in Trigger::ALL.into_iter().enumerate() {
            assert_eq!(trigger as usize, index, "{trigger}");
        }
        let off = Rule { on: false, impact: Some(Impact::High) };
        let triggers = Triggers::default().with(Trigger::RateLimited, off);
        assert_eq!(triggers.rule(Trigger::RateLimited), off);
        assert_eq!(triggers.keeps(FailureClass::QuotaExhausted), Some(Trigger::RateLimited));
        assert_eq!(triggers.keeps(FailureClass::Refused), None);
        assert_eq!(triggers.keeps(FailureClass::Unauthorized), None, "no trigger is about keys");
    }

    #[test]
    fn only_what_the_table_passes_on_can_be_kept_by_a_trigger() {
        for &class in FailureClass::ALL {
            if Trigger::of(class).is_some() {
                assert_eq!(verdict(class).next, Next::NextTier, "{class}");
            }
        }
    }
}
