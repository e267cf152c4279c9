//! What the schema cannot say about alerts: names, addresses, references, times, wordings.

use std::collections::HashSet;

use contract::{
    Problem,
    config::{
        AlertEvent, AlertTemplate, Alerts, Document, EmailChannel, MailTls, QuietHours, WebhookChannel,
        WebhookShape,
    },
};
use operations::alerts::{DESKTOP, Quiet, Template};
use url::{Host, Url};

use super::{error, snapshot::key_ref, warning};

const REFERENCE: &str =
    "write `keyring:NAME` (stored in Settings, Keys) or `env:NAME`; never the secret itself";

/// Looks the alerts over.
pub(super) fn check_alerts(document: &Document, problems: &mut Vec<Problem>) {
    let alerts = &document.alerts;
    if !(1..=1_000).contains(&alerts.most_per_hour) {
        problems.push(error("alerts.most_per_hour", "outside 1 to 1000", "write for example 30"));
    }
    if !alerts.remind.0.is_zero() && alerts.remind.0.as_secs() < 60 {
        problems.push(error(
            "alerts.remind",
            "shorter than a minute",
            "write for example 1h, or 0s for never",
        ));
    }
    if let Some(link) = &alerts.link
        && !Url::parse(link).is_ok_and(|u| matches!(u.scheme(), "http" | "https"))
    {
        problems.push(error(
            "alerts.link",
            format!("`{link}` is no URL"),
            "write for example http://127.0.0.1:4748",
        ));
    }
    if let Some(quiet) = &alerts.quiet_hours {
        check_quiet(quiet, problems);
    }
    check_channel_names(alerts, problems);
    for (index, email) in alerts.email.iter().enumerate() {
        check_email(&format!("alerts.email[{index}]"), email, problems);
    }
    for (index, webhook) in alerts.webhooks.iter().enumerate() {
        check_webhook(&format!("alerts.webhooks[{index}]"), webhook, problems);
    }
}

fn check_quiet(quiet: &QuietHours, problems: &mut Vec<Problem>) {
    let zone = quiet.time_zone.as_deref().unwrap_or_default();
    let except = super::alerts::severity(quiet.except);
    if let Err(what) =
        Quiet::new(&quiet.from, &quiet.to, zone, except.unwrap_or(operations::incidents::Severity::P0))
    {
        let remedy = "write for example from: \"22:00\", to: \"07:00\", time_zone: Europe/Berlin";
        problems.push(error("alerts.quiet_hours", what, remedy));
    }
    if except.is_none() {
        let remedy = "write p0, p1, p2 or p3";
        problems.push(error("alerts.quiet_hours.except", "this is no severity", remedy));
    }
}

fn check_channel_names(alerts: &Alerts, problems: &mut Vec<Problem>) {
    let mut taken = HashSet::from([DESKTOP]);
    let email = alerts.email.iter().enumerate().map(|(n, c)| (format!("alerts.email[{n}].name"), &c.name));
    let webhooks =
        alerts.webhooks.iter().enumerate().map(|(n, c)| (format!("alerts.webhooks[{n}].name"), &c.name));
    for (path, name) in email.chain(webhooks) {
        if name.trim().is_empty() {
            problems.push(error(path, "a channel needs a name", "write for example `on-call`"));
        } else if !taken.insert(name.as_str()) {
            let what = format!("the name `{name}` is taken");
            problems.push(error(path, what, "give each channel a name of its own"));
        }
    }
}

fn check_events(path: &str, events: &[AlertEvent], problems: &mut Vec<Problem>) {
    if events.is_empty() {
        let remedy = "name events such as p0, p1, over, or remove the channel";
        problems.push(warning(format!("{path}.events"), "this channel tells nothing", remedy));
    }
}

fn check_template(path: &str, template: Option<&AlertTemplate>, problems: &mut Vec<Problem>) {
    if let Some(template) = template
        && let Err(what) = Template::new(&template.title, &template.body)
    {
        problems.push(error(format!("{path}.template"), what, "correct the wording"));
    }
}

fn check_email(path: &str, email: &EmailChannel, problems: &mut Vec<Problem>) {
    check_events(path, &email.events, problems);
    check_template(path, email.template.as_ref(), problems);
    if email.server.trim().is_empty() || email.server.contains(['/', ' ']) {
        let remedy = "write the server's name, such as smtp.example.org";
        let what = if email.server.trim().is_empty() {
            "the mail server is missing".to_owned()
        } else {
            format!("`{}` is no mail server", email.server)
        };
        problems.push(error(format!("{path}.server"), what, remedy));
    }
    let from = [("from".to_owned(), &email.from)];
    let to = email.to.iter().enumerate().map(|(index, address)| (format!("to[{index}]"), address));
    for (field, address) in from.into_iter().chain(to) {
        if !operations::alerts::is_mail_address(address) {
            let what = if address.trim().is_empty() {
                "the mail address is missing".to_owned()
            } else {
                format!("`{address}` is no mail address")
            };
            problems.push(error(format!("{path}.{field}"), what, "write for example ops@example.org"));
        }
    }
    if email.port == 0 {
        problems.push(error(format!("{path}.port"), "0 is no port", "write 587, or 465 with `tls: whole`"));
    }
    if email.to.is_empty() {
        problems.push(error(format!("{path}.to"), "nobody is written to", "name at least one address"));
    }
    match (&email.user, &email.password) {
        (Some(_), None) => {
            problems.push(error(format!("{path}.password"), "a user without a password", REFERENCE));
        }
        (None, Some(_)) => {
            let remedy = "add `user:`, or remove the password";
            problems.push(error(format!("{path}.user"), "a password without a user", remedy));
        }
        (Some(_), Some(password)) if key_ref(password).is_none() => {
            problems.push(error(format!("{path}.password"), "this is no reference to a secret", REFERENCE));
        }
        _ => {}
    }
    let local = email.server == "localhost"
        || email.server.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    if email.tls == MailTls::None && email.password.is_some() && !local {
        let what = "without TLS the password could be read on the way";
        problems.push(error(format!("{path}.tls"), what, "write `starttls` or `whole`"));
    }
}

fn check_webhook(path: &str, webhook: &WebhookChannel, problems: &mut Vec<Problem>) {
    check_events(path, &webhook.events, problems);
    check_template(path, webhook.template.as_ref(), problems);
    if let Some(key) = &webhook.key
        && key_ref(key).is_none()
    {
        problems.push(error(format!("{path}.key"), "this is no reference to a key", REFERENCE));
    }
    if webhook.shape == WebhookShape::Pagerduty && webhook.key.is_none() {
        problems.push(error(format!("{path}.key"), "PagerDuty needs a routing key", REFERENCE));
    }
    let at = format!("{path}.url");
    match &webhook.url {
        None if webhook.shape != WebhookShape::Pagerduty => {
            problems.push(error(
                at,
                "the address is missing",
                "write an https URL, `keyring:NAME` or `env:NAME`",
            ));
        }
        Some(url) if key_ref(url).is_none() => check_address(&at, url, webhook, problems),
        _ => {}
    }
}

fn check_address(path: &str, text: &str, webhook: &WebhookChannel, problems: &mut Vec<Problem>) {
    let Ok(url) = Url::parse(text) else {
        return problems.push(error(path, "this is neither a URL nor a reference", REFERENCE));
    };
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return problems.push(error(
            path,
            "this is no http or https URL",
            "write for example https://host/path",
        ));
    }
    let secret = webhook.shape == WebhookShape::Slack
        || url.query().is_some()
        || url.password().is_some()
        || !url.username().is_empty();
    if secret {
        let what = "such an address is a secret itself: whoever knows it can post";
        return problems.push(error(path, what, REFERENCE));
    }
    let private = match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if private && !webhook.allow_private {
        let what = "an address of this machine or its network, which is not allowed";
        problems.push(error(path, what, "write `allow_private: true` if that is meant"));
    }
}

/// Looks the runbooks over.
pub(super) fn check_runbooks(document: &Document, problems: &mut Vec<Problem>) {
    let mut taken = HashSet::new();
    for (index, runbook) in document.runbooks.iter().enumerate() {
        let path = format!("runbooks[{index}]");
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if runbook.name.is_empty() || runbook.name.len() > 64 || !runbook.name.chars().all(plain) {
            let what = format!("`{}` cannot be the name of a runbook", runbook.name);
            problems.push(error(format!("{path}.name"), what, "use 1 to 64 letters, digits and `-`"));
        } else if !taken.insert(runbook.name.as_str()) {
            let what = format!("the name `{}` is taken", runbook.name);
            problems.push(error(format!("{path}.name"), what, "give each runbook a name of its own"));
        }
        if runbook.title.trim().is_empty() {
            problems.push(error(format!("{path}.title"), "a runbook needs a title", "write one line"));
        }
        if operations::runbooks::steps(&runbook.text).is_empty() {
            let remedy = "begin each step with `- [ ] `";
            problems.push(warning(format!("{path}.text"), "this runbook has no step to tick", remedy));
        }
        for act in operations::runbooks::unknown_acts(&runbook.text) {
            let remedy = format!("write one of {}", operations::runbooks::ACTS.join(", "));
            problems.push(error(format!("{path}.text"), format!("`act:{act}` is no act"), remedy));
        }
    }
}
