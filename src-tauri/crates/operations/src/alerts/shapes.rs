//! The documents that webhooks get.

use domain::event::AlertStep;
use serde_json::{Value, json};

use super::{Notice, step_word};
use crate::incidents::Severity;

/// Every fact by its name.
pub(super) fn plain(notice: &Notice, installation: &str) -> Value {
    let facts = &notice.facts;
    json!({
        "source": "changeover",
        "installation": installation,
        "id": id(notice, installation),
        "event": step_word(notice.step),
        "incident": notice.incident,
        "severity": notice.severity.map(Severity::word),
        "kind": facts.kind,
        "simulated": facts.simulated,
        "title": notice.title,
        "text": notice.body,
        "chain": facts.chain,
        "from": facts.tier,
        "to": facts.to,
        "error": facts.error,
        "action": facts.action,
        "link": facts.link,
    })
}

/// An incoming webhook's message. The title is what a phone shows.
pub(super) fn slack(notice: &Notice) -> Value {
    let mark = match (notice.step, notice.severity) {
        (AlertStep::Over, _) => ":white_check_mark:",
        (_, Some(Severity::P0 | Severity::P1)) => ":rotating_light:",
        (AlertStep::Test, _) => ":wave:",
        _ => ":warning:",
    };
    let title = escaped(&notice.title);
    let mut text = escaped(&notice.body);
    if let Some(link) = &notice.facts.link {
        text.push_str(&format!("\n<{}|Open the incident>", escaped(link)));
    }
    let foot = match (notice.incident, notice.severity) {
        (Some(id), Some(severity)) => format!("Changeover, incident {id}, {}", severity.word()),
        _ => "Changeover".to_owned(),
    };
    json!({
        "text": format!("{mark} {title}"),
        "blocks": [
            { "type": "section", "text": { "type": "mrkdwn", "text": format!("{mark} *{title}*\n{text}") } },
            { "type": "context", "elements": [{ "type": "mrkdwn", "text": foot }] },
        ],
    })
}

/// What Slack takes for markup, written so that it is shown.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// An event of PagerDuty's API: one alert per incident, which its end resolves.
pub(super) fn pager_duty(notice: &Notice, installation: &str, routing_key: &str) -> Value {
    let facts = &notice.facts;
    let action = if notice.step == AlertStep::Over { "resolve" } else { "trigger" };
    let severity = match notice.severity {
        Some(Severity::P0) => "critical",
        Some(Severity::P1) => "error",
        Some(Severity::P2) => "warning",
        Some(Severity::P3) | None => "info",
    };
    let links: Vec<_> =
        facts.link.iter().map(|href| json!({ "href": href, "text": "Open the incident" })).collect();
    json!({
        "routing_key": routing_key,
        "event_action": action,
        "dedup_key": id(notice, installation),
        "client": "Changeover",
        "payload": {
            "summary": shortened(&notice.title, 1_024),
            "source": if facts.chain.is_empty() { "changeover" } else { facts.chain.as_str() },
            "severity": severity,
            "component": facts.tier,
            "class": facts.kind,
            "custom_details": {
                "text": notice.body,
                "to": facts.to,
                "error": facts.error,
                "action": facts.action,
                "simulated": facts.simulated,
            },
        },
        "links": links,
    })
}

/// One name for everything that is told of an incident.
fn id(notice: &Notice, installation: &str) -> String {
    match notice.incident {
        Some(incident) => format!("changeover-{installation}-{incident}"),
        None => format!("changeover-{installation}-test"),
    }
}

fn shortened(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerts::Facts;

    fn notice(step: AlertStep) -> Notice {
        Notice {
            incident: Some(7),
            step,
            severity: Some(Severity::P1),
            title: "chat: <gpu> -> cpu".into(),
            body: "Error: a & b".into(),
            urgent: true,
            round: 0,
            facts: Facts {
                chain: "chat".into(),
                link: Some("http://h/#/incidents/7".into()),
                ..Facts::default()
            },
        }
    }

    #[test]
    fn an_incident_is_one_alert_of_pager_duty_and_its_end_resolves_it() {
        let opened = pager_duty(&notice(AlertStep::Opened), "i", "k");
        let over = pager_duty(&notice(AlertStep::Over), "i", "k");
        assert_eq!((&opened["event_action"], &over["event_action"]), (&json!("trigger"), &json!("resolve")));
        assert_eq!(opened["dedup_key"], over["dedup_key"]);
        assert_eq!(opened["payload"]["severity"], "error");
        assert_eq!(opened["links"][0]["href"], "http://h/#/incidents/7");
    }

    #[test]
    fn slack_shows_what_it_would_take_for_markup() {
        let message = slack(&notice(AlertStep::Opened));
        assert_eq!(message["text"], ":rotating_light: chat: &lt;gpu&gt; -&gt; cpu");
        let text = message["blocks"][0]["text"]["text"].as_str().unwrap();
        assert!(text.contains("a &amp; b") && text.contains("<http://h/#/incidents/7|Open"), "{text}");
    }
}
