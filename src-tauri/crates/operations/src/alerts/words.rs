//! What a notice says: from, to, error and what to do.

use super::Notice;
use crate::{
    incidents::{ALL_TIERS, Incident, Severity},
    words::duration,
};

/// The notice that an incident opened.
pub(super) fn opened(incident: &Incident) -> Notice {
    let Incident { chain, tier, .. } = incident;
    let to = incident.answered_by.as_deref();
    let headline = match (tier.as_str(), incident.traffic_hit) {
        (ALL_TIERS, _) | (_, false) => incident.title.clone(),
        (_, true) => format!("{chain}: {tier} -> {}", to.unwrap_or("no tier")),
    };
    let mut lines = Vec::new();
    if tier == ALL_TIERS {
        lines.push("Requests fail until a tier recovers.".to_owned());
    } else if incident.traffic_hit {
        lines.push(format!("From: {tier}"));
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
    notice(incident, &headline, lines.join("\n"), incident.severity <= Severity::P1)
}

/// The notice that an incident is over.
pub(super) fn closed(incident: &Incident) -> Notice {
    let Incident { chain, tier, saved, failed, .. } = incident;
    let Some(restored) = incident.times.restored_ms else {
        let body = "Its incident is closed: the tier was taken out of service.".to_owned();
        return notice(incident, &format!("{chain}: {tier} was taken out"), body, false);
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
    notice(incident, &headline, lines.join("\n"), false)
}

fn times(count: u32) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

fn notice(incident: &Incident, headline: &str, body: String, urgent: bool) -> Notice {
    let title = if incident.simulated { format!("[Practice] {headline}") } else { headline.to_owned() };
    Notice { incident: Some(incident.id), title, body, urgent: urgent && !incident.simulated }
}
