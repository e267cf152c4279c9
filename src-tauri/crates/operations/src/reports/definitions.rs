//! What each measure means and where it comes from, shown beside it.

/// What a measure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Its name.
    pub name: &'static str,
    /// Its formula, in words.
    pub formula: &'static str,
    /// The records that it is computed from.
    pub source: &'static str,
}

const INCIDENTS: &str = "recorded times of incidents";
const REQUESTS: &str = "requests counted per minute";
const TRIES: &str = "tries counted per minute";

/// Every measure of a report.
#[must_use]
pub fn definitions() -> Vec<Definition> {
    let rows = [
        ("Detect", "detected - first evidence of the failure", INCIDENTS),
        ("Assess", "severity set - detected; the severity is set by rule at once", INCIDENTS),
        (
            "Fail over",
            "first good answer from another tier - severity set; absent when no request was waiting",
            INCIDENTS,
        ),
        (
            "Restore",
            "tier in full service again, hold and ramp passed - failed over (or - severity set, without one)",
            INCIDENTS,
        ),
        ("RTO", "detect + assess + fail over + restore", INCIDENTS),
        (
            "Service time",
            "first good answer from another tier - first evidence: how long nobody answered. Held against the target \
             for API routing. When no tier answered: restored - first evidence",
            INCIDENTS,
        ),
        (
            "RPO",
            "the age of the newest change that a failure would lose. Preferences: a revision is committed before it is \
             in force, so 0. Conversations are not kept in this version",
            "the order in which a revision is committed and put in force",
        ),
        ("MTTD", "mean of detect, over restored incidents that began in the period", INCIDENTS),
        ("MTTA", "mean of assess, over the same incidents", INCIDENTS),
        ("MTTR", "mean of restored - first evidence, over the same incidents", INCIDENTS),
        (
            "Availability",
            "requests answered / (requests answered + requests failed), as clients saw it; client mistakes and \
             hang-ups do not count",
            REQUESTS,
        ),
        (
            "First tier alone",
            "share of the same requests that the first tier alone would have answered: it was in service and did not \
             fail",
            REQUESTS,
        ),
        ("Availability of a tier", "tries at the tier that were answered / all tries at it", TRIES),
        (
            "Error budget left",
            "1 - failed / ((1 - target) x requests that counted); below 0 it is overspent",
            REQUESTS,
        ),
        (
            "Targets",
            "the worst of the period against the target; what no record tells of is not measured",
            "targets of the configuration in force",
        ),
        (
            "Evidence",
            "stale when the chain changed after its last failover, when none is on record, or after a quarter",
            "history of change-overs, revisions of the configuration",
        ),
        (
            "Cost of fallback",
            "tokens of good answers by other tiers than the first x their price - the same tokens x the first tier's \
             price + tokens of failed tries x their price",
            "tokens counted per minute, at the prices in force now",
        ),
        (
            "Failovers by cause",
            "change-overs to a less preferred tier or to none, by the failure that set them off",
            "history of change-overs",
        ),
    ];
    rows.into_iter().map(|(name, formula, source)| Definition { name, formula, source }).collect()
}
