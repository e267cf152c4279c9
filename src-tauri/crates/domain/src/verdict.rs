//! What follows from a failure: the one table that decides to fail over.
//!
//! It is an allow-list: a class that is not listed as the next tier's business is answered to the client.

use std::time::Duration;

use crate::failure::FailureClass;

/// What follows from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Who answers now.
    pub next: Next,
    /// Whether the same replica may be tried once more, when nobody else can answer.
    pub retry_same: bool,
    /// Whether it counts against the replica's breaker and health.
    pub counts: bool,
    /// How long the replica is left alone.
    pub cool_down: CoolDownRule,
    /// The incident it is part of.
    pub incident: Option<IncidentKind>,
}

/// Who answers after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The next replica or tier that may serve.
    NextTier,
    /// The client gets this failure.
    Client,
}

/// How long a replica is left alone after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoolDownRule {
    /// Not at all.
    None,
    /// As long as the provider asks, or this long when it does not say.
    AskedOr(Duration),
    /// This long, whatever the provider says; re-checked afterwards.
    Fixed(Duration),
}

/// What an incident is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum IncidentKind {
    Outage,
    RateLimit,
    Degradation,
    Model,
    Gpu,
    Credential,
    Quality,
    Cost,
    Safety,
    AllDown,
}

impl IncidentKind {
    /// The stable word for rows.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Outage => "outage",
            Self::RateLimit => "rate_limit",
            Self::Degradation => "degradation",
            Self::Model => "model",
            Self::Gpu => "gpu",
            Self::Credential => "credential",
            Self::Quality => "quality",
            Self::Cost => "cost",
            Self::Safety => "safety",
            Self::AllDown => "all_down",
        }
    }
}

/// A rate limit without a `Retry-After` is left alone this long.
const RATE_LIMIT: Duration = Duration::from_secs(10);
/// An exhausted quota is asked about again after this long.
const QUOTA: Duration = Duration::from_secs(600);
/// A refused key is tried again after this long, so that a mended one is noticed.
const CREDENTIAL: Duration = Duration::from_secs(60);
/// A model that is missing is asked for again after this long.
const MODEL: Duration = Duration::from_secs(30);
/// A model that loads is asked for again after this long.
const LOADING: Duration = Duration::from_secs(2);
/// A tier that leads back here is looked at again after this long.
const LOOP: Duration = Duration::from_secs(60);

/// What follows from a failure of this class.
#[must_use]
#[rustfmt::skip]
pub const fn verdict(class: FailureClass) -> Verdict {
    use CoolDownRule::{AskedOr, Fixed, None as Never};
    use FailureClass as F;
    use IncidentKind as I;
    use Next::{Client, NextTier};
    //                                next      retry  counts cool-down            incident
    match class {
        F::Refused           => row(NextTier, true,  true,  Never,               Some(I::Outage)),
        F::Dns               => row(NextTier, true,  true,  Never,               Some(I::Outage)),
        F::Tls               => row(NextTier, false, true,  Never,               Some(I::Outage)),
        F::ConnectTimeout    => row(NextTier, false, true,  Never,               Some(I::Outage)),
        F::Reset             => row(NextTier, true,  true,  Never,               Some(I::Outage)),
        F::FirstTokenTimeout => row(NextTier, false, true,  Never,               Some(I::Degradation)),
        F::IdleTimeout       => row(NextTier, false, true,  Never,               Some(I::Degradation)),
        F::TotalTimeout      => row(NextTier, false, true,  Never,               Some(I::Degradation)),
        F::UpstreamTimeout   => row(NextTier, true,  true,  Never,               Some(I::Degradation)),
        F::Conflict          => row(NextTier, true,  false, Never,               None),
        F::PayloadTooLarge   => row(NextTier, false, false, Never,               None),
        F::RateLimited       => row(NextTier, false, false, AskedOr(RATE_LIMIT), Some(I::RateLimit)),
        F::QuotaExhausted    => row(NextTier, false, false, AskedOr(QUOTA),      Some(I::RateLimit)),
        F::ServerError       => row(NextTier, true,  true,  Never,               Some(I::Outage)),
        F::Overloaded        => row(NextTier, true,  true,  Never,               Some(I::Outage)),
        F::Unauthorized      => row(NextTier, false, false, Fixed(CREDENTIAL),   Some(I::Credential)),
        F::Forbidden         => row(NextTier, false, false, Fixed(CREDENTIAL),   Some(I::Credential)),
        F::ModelNotFound     => row(NextTier, false, false, Fixed(MODEL),        Some(I::Model)),
        F::ModelLoading      => row(NextTier, true,  false, AskedOr(LOADING),    Some(I::Model)),
        F::ContextTooLong    => row(NextTier, false, false, Never,               None),
        F::Unsupported       => row(NextTier, false, false, Never,               None),
        F::ContentFiltered   => row(Client,   false, false, Never,               None),
        F::Malformed         => row(NextTier, true,  true,  Never,               Some(I::Outage)),
        F::CutStream         => row(NextTier, true,  true,  Never,               Some(I::Outage)),
        F::StreamError       => row(NextTier, true,  true,  Never,               Some(I::Outage)),
        F::QualityRejected   => row(NextTier, false, false, Never,               Some(I::Quality)),
        F::SlowFirstToken    => row(NextTier, false, false, Never,               Some(I::Degradation)),
        F::SlowAnswer        => row(NextTier, false, false, Never,               Some(I::Degradation)),
        F::OverBudget        => row(NextTier, false, false, Never,               Some(I::Cost)),
        F::CredentialMissing => row(NextTier, false, false, Fixed(CREDENTIAL),   Some(I::Credential)),
        F::Gpu               => row(NextTier, false, true,  Never,               Some(I::Gpu)),
        F::ModelRetired      => row(NextTier, false, false, Never,               None),
        F::ClientMistake     => row(Client,   false, false, Never,               None),
        F::ClientGone        => row(Client,   false, false, Never,               None),
        F::Superseded        => row(Client,   false, false, Never,               None),
        F::Loop              => row(NextTier, false, false, Fixed(LOOP),         Some(I::Outage)),
    }
}

const fn row(
    next: Next,
    retry_same: bool,
    counts: bool,
    cool_down: CoolDownRule,
    incident: Option<IncidentKind>,
) -> Verdict {
    Verdict { next, retry_same, counts, cool_down, incident }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_blamed_for_the_clients_doings() {
        for class in [FailureClass::ClientMistake, FailureClass::ClientGone, FailureClass::Superseded] {
            let verdict = verdict(class);
            assert_eq!(verdict.next, Next::Client);
            assert!(!verdict.counts && !verdict.retry_same && verdict.incident.is_none());
        }
    }

    #[test]
    fn a_silent_host_is_never_asked_twice() {
        use FailureClass as F;
        for class in [F::ConnectTimeout, F::FirstTokenTimeout, F::IdleTimeout, F::TotalTimeout] {
            assert!(!verdict(class).retry_same, "{class}");
        }
    }

    #[test]
    fn what_counts_as_an_outage_opens_an_incident_and_limits_do_not_count() {
        for &class in FailureClass::ALL {
            let verdict = verdict(class);
            assert!(!verdict.counts || verdict.incident.is_some(), "{class} counts, so it needs an incident");
            if verdict.cool_down != CoolDownRule::None {
                assert!(!verdict.counts, "{class} cools down, so it must not trip the breaker");
            }
        }
    }
}
