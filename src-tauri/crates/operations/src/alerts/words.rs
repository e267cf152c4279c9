//! What a notice says: from, to, error and what to do.

use domain::event::AlertStep;

use super::{Facts, Notice};
use crate::{
    incidents::{ALL_TIERS, Incident, Severity},
    words::duration,
};

/// The notice of an incident that opened, got worse, goes on or is back for good.
pub(super) fn goes_on(incident: &Incident, step: AlertStep, lasts_ms: i64, link: Option<&str>) -> Notice {
    let headline = match step {
        AlertStep::Worse => format!("Worse, {}: {}", incident.severity.word(), incident.title),
        AlertStep::Reminder => format!("Still going on after {}: {}", duration(lasts_ms), incident.title),
        AlertStep::Opened if incident.relapses > 0 => format!("Again: {}", opened(incident)),
        _ => opened(incident),
    };
    let mut lines = Vec::new();
    let to = incident.answered_by.as_deref();
    if incident.tier == ALL_TIERS {
        lines.push("Requests fail until a tier recovers.".to_owned());
    } else if incident.traffic_hit {
        lines.push(format!("From: {}", incident.tier));
        lines.push(format!("To: {}", to.unwrap_or("no tier")));
    } else {
        lines.push("It carried no traffic; one fallback less is left.".to_owned());
    }
    if !incident.cause.is_empty() {
        lines.push(format!("Error: {}", incident.cause));
    }
    if !incident.advice.is_empty() {
        lines.push(format!("What to do: {}", incident.advice));
    }
    if step == AlertStep::Reminder {
        lines.push("Nobody has acknowledged it.".to_owned());
    }
    notice(incident, step, &headline, lines.join("\n"), link)
}

fn opened(incident: &Incident) -> String {
    let Incident { chain, tier, .. } = incident;
    match (tier.as_str(), incident.traffic_hit) {
        (ALL_TIERS, _) | (_, false) => incident.title.clone(),
        (_, true) => format!("{chain}: {tier} -> {}", incident.answered_by.as_deref().unwrap_or("no tier")),
    }
}

/// The notice that an incident is over. `out` names the tiers of its chain that are still out.
pub(super) fn over(incident: &Incident, out: &[&str], link: Option<&str>) -> Notice {
    let Incident { chain, tier, saved, failed, .. } = incident;
    let Some(restored) = incident.times.restored_ms else {
        let (headline, body) = match incident.merged_into {
            Some(into) => (
                format!("{chain}: {tier} is part of incident {into}"),
                format!("Its incident is closed: it goes on as part of incident {into}."),
            ),
            None => (
                format!("{chain}: the incident of {tier} was closed"),
                "Its incident is closed: the tier was taken out of service, or the incident resolved by hand."
                    .to_owned(),
            ),
        };
        return notice(incident, AlertStep::Over, &headline, body, link);
    };
    let took = duration(restored - incident.times.began_ms);
    let headline = if tier == ALL_TIERS {
        format!("{chain}: answers again")
    } else {
        format!("{chain}: {tier} is back")
    };
    let mut lines = vec![format!("Restored after {took}.")];
    if incident.relapses > 0 {
        lines.push(format!("It came back {} before that.", times(incident.relapses)));
    }
    if incident.traffic_hit {
        lines.push(format!("Requests saved by another tier: {saved}; failed: {failed}."));
    }
    if !out.is_empty() {
        lines.push(format!("Still out of service: {}.", out.join(", ")));
    }
    notice(incident, AlertStep::Over, &headline, lines.join("\n"), link)
}

fn times(count: u32) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

/// A notice that says that it is a test.
pub(super) fn test(channel: &str) -> Notice {
    let body = format!(
        "Alerts of Changeover arrive here (channel {channel}). An incident would say from, to, error and what to do."
    );
    Notice {
        incident: None,
        step: AlertStep::Test,
        severity: None,
        title: "Changeover: test".to_owned(),
        body,
        urgent: false,
        round: 0,
        facts: Facts::default(),
    }
}

fn notice(incident: &Incident, step: AlertStep, headline: &str, body: String, link: Option<&str>) -> Notice {
    let title = if incident.simulated { format!("[Practice] {headline}") } else { headline.to_owned() };
    let urgent = incident.severity <= Severity::P1 && step != AlertStep::Over && !incident.simulated;
    let facts = Facts {
        chain: incident.chain.clone(),
        tier: incident.tier.clone(),
        to: incident.answered_by.clone().unwrap_or_default(),
        error: incident.cause.clone(),
        action: incident.advice.clone(),
        kind: incident.kind.word().to_owned(),
        simulated: incident.simulated,
        link: link.map(|base| format!("{}/#/incidents/{}", base.trim_end_matches('/'), incident.id)),
    };
    let (id, severity, round) = (Some(incident.id), Some(incident.severity), incident.relapses);
    Notice { incident: id, step, severity, title, body, urgent, round, facts }
}
