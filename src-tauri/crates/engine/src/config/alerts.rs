//! From the document's alerts to what the alerting task uses. Only a document without errors gets here.

use std::{collections::BTreeSet, time::Duration};

use contract::config::{
    AlertEvent, AlertTemplate, Alerts, EmailChannel, MailTls, WebhookChannel, WebhookShape,
};
use domain::KeyRef;
use operations::{
    alerts::{Address, Channel, Email, Quiet, Settings, Shape, Tells, Template, Tls, Way, Webhook},
    incidents::Severity,
};
use url::Url;

use super::snapshot::key_ref;

/// Where PagerDuty takes events.
const PAGERDUTY: &str = "https://events.pagerduty.com/v2/enqueue";

/// What the alerting task uses. `installation` tells this program's notices from those of others.
#[must_use]
pub fn alert_settings(alerts: &Alerts, installation: &str) -> Settings {
    let quiet = alerts.quiet_hours.as_ref().and_then(|q| {
        let except = severity(q.except).unwrap_or(Severity::P0);
        Quiet::new(&q.from, &q.to, q.time_zone.as_deref().unwrap_or_default(), except).ok()
    });
    let desktop = Channel::desktop(alerts.desktop, tells(&alerts.desktop_events));
    let email = alerts.email.iter().map(email);
    let webhooks = alerts.webhooks.iter().filter_map(webhook);
    Settings {
        installation: installation.to_owned(),
        hold: alerts.hold.0,
        remind: Some(alerts.remind.0).filter(|r| *r > Duration::ZERO),
        quiet,
        most_per_hour: alerts.most_per_hour,
        link: alerts.link.clone(),
        channels: [desktop].into_iter().chain(email).chain(webhooks).collect(),
    }
}

/// The keys that alerts need.
#[must_use]
pub fn alert_keys(alerts: &Alerts) -> Vec<(KeyRef, String)> {
    let of = |text: &Option<String>, name: &str| {
        text.as_deref().and_then(key_ref).map(|key| (key, format!("alerts / {name}")))
    };
    let email = alerts.email.iter().filter_map(|c| of(&c.password, &c.name));
    let webhooks = alerts.webhooks.iter().flat_map(|c| [of(&c.url, &c.name), of(&c.key, &c.name)]).flatten();
    email.chain(webhooks).collect()
}

/// The severity of an event that is one.
pub(super) const fn severity(event: AlertEvent) -> Option<Severity> {
    match event {
        AlertEvent::P0 => Some(Severity::P0),
        AlertEvent::P1 => Some(Severity::P1),
        AlertEvent::P2 => Some(Severity::P2),
        AlertEvent::P3 => Some(Severity::P3),
        AlertEvent::Worse | AlertEvent::Reminder | AlertEvent::Over | AlertEvent::Practice => None,
    }
}

fn tells(events: &[AlertEvent]) -> BTreeSet<Tells> {
    let one = |event: &AlertEvent| match event {
        AlertEvent::P0 => Tells::P0,
        AlertEvent::P1 => Tells::P1,
        AlertEvent::P2 => Tells::P2,
        AlertEvent::P3 => Tells::P3,
        AlertEvent::Worse => Tells::Worse,
        AlertEvent::Reminder => Tells::Reminder,
        AlertEvent::Over => Tells::Over,
        AlertEvent::Practice => Tells::Practice,
    };
    events.iter().map(one).collect()
}

fn template(template: Option<&AlertTemplate>) -> Option<Template> {
    template.and_then(|t| Template::new(&t.title, &t.body).ok())
}

fn email(channel: &EmailChannel) -> Channel {
    let password = channel.password.as_deref().and_then(key_ref);
    let way = Way::Email(Email {
        server: channel.server.clone(),
        port: channel.port,
        tls: match channel.tls {
            MailTls::Starttls => Tls::StartTls,
            MailTls::Whole => Tls::Whole,
            MailTls::None => Tls::Off,
        },
        login: channel.user.clone().zip(password),
        from: channel.from.clone(),
        to: channel.to.clone(),
    });
    let template = template(channel.template.as_ref());
    Channel { name: channel.name.clone(), tells: tells(&channel.events), off: None, template, way }
}

fn webhook(channel: &WebhookChannel) -> Option<Channel> {
    let text = channel.url.as_deref().unwrap_or(PAGERDUTY);
    let url = match key_ref(text) {
        Some(reference) => Address::Secret(reference),
        None => Address::Plain(Url::parse(text).ok()?),
    };
    let way = Way::Webhook(Webhook {
        shape: match channel.shape {
            WebhookShape::Plain => Shape::Plain,
            WebhookShape::Slack => Shape::Slack,
            WebhookShape::Pagerduty => Shape::PagerDuty,
        },
        url,
        key: channel.key.as_deref().and_then(key_ref),
        allow_private: channel.allow_private,
    });
    let template = template(channel.template.as_ref());
    Some(Channel { name: channel.name.clone(), tells: tells(&channel.events), off: None, template, way })
}
