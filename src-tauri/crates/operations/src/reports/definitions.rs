//! What each measure means, shown beside it.

/// What a measure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Its name.
    pub name: &'static str,
    /// Its formula, in words.
    pub formula: &'static str,
}

/// Every measure of a report.
#[must_use]
pub fn definitions() -> Vec<Definition> {
    let rows = [
        ("Detect", "detected - first evidence of the failure"),
        ("Assess", "severity set - detected; the severity is set by rule at once"),
        (
            "Fail over",
            "first good answer from another tier - severity set; absent when no request was waiting",
        ),
        (
            "Restore",
            "tier in full service again, hold and ramp passed - failed over (or - severity set, without one)",
        ),
        ("RTO", "detect + assess + fail over + restore"),
        (
            "Service time",
            "first good answer from another tier - first evidence: how long nobody answered. Held against the 30 s \
             target for API routing. When no tier answered: restored - first evidence",
        ),
        ("MTTD", "mean of detect, over restored incidents that began in the period"),
        ("MTTA", "mean of assess, over the same incidents"),
        ("MTTR", "mean of restored - first evidence, over the same incidents"),
        (
            "Availability",
            "requests answered / (requests answered + requests failed); client mistakes and hang-ups do not count",
        ),
        (
            "First tier alone",
            "share of the same requests that the first tier alone would have answered: it was in service and did not \
             fail",
        ),
        ("Availability of a tier", "tries at the tier that were answered / all tries at it"),
        (
            "Error budget left",
            "1 - failed / (0.1 % of the requests that counted); below 0 it is overspent. From the figures per minute",
        ),
        ("Targets", "the worst of the period against the target; what no event tells of is not measured"),
        (
            "Failovers by cause",
            "change-overs to a less preferred tier or to none, by the failure that set them off",
        ),
    ];
    rows.into_iter().map(|(name, formula)| Definition { name, formula }).collect()
}
