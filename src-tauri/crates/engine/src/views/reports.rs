//! Reports, as the screens show them.

use contract::view::{
    CauseCount, ChainFigures, ComponentTarget, Definition, Evidence, FallbackCost, Recovery, Report,
    TierFigures, WeekFigures,
};
use operations::reports;

use super::records::incident;

pub(crate) fn report(report: &reports::Report) -> Report {
    Report {
        from_ms: report.from_ms,
        to_ms: report.to_ms,
        simulated: report.simulated,
        revision: report.revision,
        rto_target_ms: report.rto_target_ms,
        availability_target: report.availability_target,
        requests: report.requests,
        availability: report.availability,
        first_tier_alone: report.first_tier_alone,
        mttd_ms: report.mttd_ms,
        mtta_ms: report.mtta_ms,
        mttr_ms: report.mttr_ms,
        incidents: report.incidents,
        recoveries: report.recoveries.iter().map(recovery).collect(),
        by_cause: report
            .by_cause
            .iter()
            .map(|(cause, count)| CauseCount { cause: cause.clone(), count: *count })
            .collect(),
        targets: report.targets.iter().map(target).collect(),
        chains: report.chains.iter().map(chain).collect(),
        tiers: report.tiers.iter().map(tier).collect(),
        cost: report.cost.as_ref().map(cost),
        evidence: report.evidence.iter().map(evidence).collect(),
        definitions: report
            .definitions
            .iter()
            .map(|d| Definition {
                name: d.name.to_owned(),
                formula: d.formula.to_owned(),
                source: d.source.to_owned(),
            })
            .collect(),
    }
}

fn target(target: &reports::Target) -> ComponentTarget {
    ComponentTarget {
        component: target.component.to_owned(),
        target_ms: target.target_ms,
        measured_ms: target.measured_ms,
        held: target.held,
        source: target.source.to_owned(),
    }
}

fn chain(chain: &reports::ChainFigures) -> ChainFigures {
    ChainFigures {
        chain: chain.chain.clone(),
        requests: chain.requests,
        availability: chain.availability,
        first_tier_alone: chain.first_tier_alone,
        failed: chain.failed,
        budget: chain.budget,
        budget_left: chain.budget_left,
    }
}

fn tier(tier: &reports::TierFigures) -> TierFigures {
    TierFigures {
        chain: tier.chain.clone(),
        tier: tier.tier.clone(),
        attempts: tier.attempts,
        availability: tier.availability,
        tokens_in: tier.tokens_in,
        tokens_out: tier.tokens_out,
        cost: tier.cost,
    }
}

pub(crate) fn cost(cost: &reports::FallbackCost) -> FallbackCost {
    FallbackCost {
        total: cost.total,
        fallback: cost.fallback,
        instead: cost.instead,
        wasted: cost.wasted,
        unpriced: cost.unpriced.clone(),
    }
}

fn evidence(evidence: &reports::Evidence) -> Evidence {
    Evidence {
        chain: evidence.chain.clone(),
        proven_ms: evidence.proven_ms,
        incident: evidence.incident.map(|id| id.to_string()),
        changed_ms: evidence.changed_ms,
        stale: evidence.stale,
        why: evidence.why.clone(),
    }
}

fn recovery(recovery: &reports::Recovery) -> Recovery {
    Recovery {
        incident: incident(&recovery.incident),
        detect_ms: recovery.detect_ms,
        assess_ms: recovery.assess_ms,
        fail_over_ms: recovery.fail_over_ms,
        restore_ms: recovery.restore_ms,
        service_ms: recovery.service_ms,
        within_target: recovery.within_target,
    }
}

pub(crate) fn week(week: &reports::Week, simulated: bool) -> WeekFigures {
    WeekFigures {
        simulated,
        requests: week.requests,
        availability: week.availability,
        first_tier_alone: week.first_tier_alone,
        failovers: week.failovers,
        worst_rto_ms: week.worst_rto_ms,
    }
}
