//! The rule that sets an incident's severity from its impact.
//!
//! | severity | when |
//! |---|---|
//! | P0 | no tier answers |
//! | P1 | the tier that served is lost (outage, GPU, credential, model) and at most one other tier is known to be left |
//! | P2 | the tier that served is lost and more than one other is left |
//! | P1 | a safety incident: a model was retired because of what it said |
//! | P2 | a budget was passed |
//! | P3 | the tier is slow, limited or gives poor answers and another answers; or it carried no traffic |

use domain::IncidentKind;

use super::Severity;

/// The severity by rule. `traffic_hit`: traffic had to leave the tier; `left`: other tiers known to be able to serve.
pub(super) fn by_rule(kind: IncidentKind, traffic_hit: bool, left: usize) -> Severity {
    use IncidentKind as I;
    match kind {
        I::AllDown => Severity::P0,
        I::Safety => Severity::P1,
        I::Cost => Severity::P2,
        _ if !traffic_hit => Severity::P3,
        I::Outage | I::Gpu | I::Credential | I::Model if left <= 1 => Severity::P1,
        I::Outage | I::Gpu | I::Credential | I::Model => Severity::P2,
        I::RateLimit | I::Degradation | I::Quality => Severity::P3,
    }
}

/// How much a kind says: a tier's incident takes on the gravest kind that it went through.
pub(super) const fn gravity(kind: IncidentKind) -> u8 {
    use IncidentKind as I;
    match kind {
        I::AllDown | I::Safety => 3,
        I::Outage | I::Gpu | I::Credential | I::Model => 2,
        I::Degradation | I::Quality | I::Cost => 1,
        I::RateLimit => 0,
    }
}
