//! Who is told of an incident, how, and when not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Span;

/// Who is told of an incident, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct Alerts {
    /// Desktop notifications.
    pub desktop: bool,
    /// What desktop notifications tell.
    pub desktop_events: Vec<AlertEvent>,
    /// After a relapse, the end is told only when this much has passed without another.
    pub hold: Span,
    /// An incident that nobody has acknowledged is told again this often; `0s` is never.
    pub remind: Span,
    /// The most notices of one channel within an hour; all tiers down always passes. 1 to 1000.
    pub most_per_hour: u32,
    /// Times of the day at which only the worst is told at once.
    pub quiet_hours: Option<QuietHours>,
    /// The base address of the screens, for links in notices; absent for none.
    pub link: Option<String>,
    /// Mail servers.
    pub email: Vec<EmailChannel>,
    /// Addresses that a document is posted to.
    pub webhooks: Vec<WebhookChannel>,
}

impl Default for Alerts {
    fn default() -> Self {
        Self {
            desktop: true,
            desktop_events: AlertEvent::ALL.to_vec(),
            hold: Span::secs(300),
            remind: Span::secs(0),
            most_per_hour: 30,
            quiet_hours: None,
            link: None,
            email: vec![],
            webhooks: vec![],
        }
    }
}

/// What a channel may tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
pub enum AlertEvent {
    /// An incident of severity P0.
    P0,
    /// An incident of severity P1.
    P1,
    /// An incident of severity P2.
    P2,
    /// An incident of severity P3.
    P3,
    /// An incident got worse than what was told.
    Worse,
    /// An incident goes on and nobody has acknowledged it.
    Reminder,
    /// An incident is over.
    Over,
    /// Incidents of simulated chains.
    Practice,
}

impl AlertEvent {
    /// Everything.
    pub const ALL: [Self; 8] =
        [Self::P0, Self::P1, Self::P2, Self::P3, Self::Worse, Self::Reminder, Self::Over, Self::Practice];

    /// What a channel that reaches people elsewhere tells unless told otherwise.
    fn usual() -> Vec<Self> {
        vec![Self::P0, Self::P1, Self::P2, Self::Worse, Self::Reminder, Self::Over]
    }
}

/// Times of the day at which only the worst is told at once. The rest waits for their end, and is told then if the
/// incident still goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// `22:00`
    pub from: String,
    /// `07:00`; the next day's where it is the earlier one.
    pub to: String,
    /// `Europe/Berlin`; this machine's when absent.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// This severity and worse ones are told all the same: `p0` to `p3`.
    #[serde(default = "p0")]
    pub except: AlertEvent,
}

fn p0() -> AlertEvent {
    AlertEvent::P0
}

/// A mail server and who is written to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct EmailChannel {
    /// The channel's name in lists.
    pub name: String,
    /// What it tells.
    #[serde(default = "AlertEvent::usual")]
    pub events: Vec<AlertEvent>,
    /// The server's name or address.
    pub server: String,
    /// Its port: usually 587, or 465 with `tls: whole`.
    #[serde(default = "submission")]
    pub port: u16,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: MailTls,
    /// Who logs in; nobody when absent.
    #[serde(default)]
    pub user: Option<String>,
    /// `keyring:NAME` or `env:NAME`; never the password itself.
    #[serde(default)]
    pub password: Option<String>,
    /// The sender.
    pub from: String,
    /// The receivers.
    pub to: Vec<String>,
    /// Another wording.
    #[serde(default)]
    pub template: Option<AlertTemplate>,
}

const fn submission() -> u16 {
    587
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// TLS after a greeting in the clear; without it nothing is sent.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Whole,
    /// None: for a server on this machine.
    None,
}

/// An address that a document is posted to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct WebhookChannel {
    /// The channel's name in lists.
    pub name: String,
    /// What it tells.
    #[serde(default = "AlertEvent::usual")]
    pub events: Vec<AlertEvent>,
    /// The form of the document.
    #[serde(default)]
    pub shape: WebhookShape,
    /// The address, or `keyring:NAME` or `env:NAME` where the address is a secret itself; PagerDuty's when absent.
    #[serde(default)]
    pub url: Option<String>,
    /// `keyring:NAME` or `env:NAME`: PagerDuty's routing key; else sent as a bearer token.
    #[serde(default)]
    pub key: Option<String>,
    /// Whether the address may be of this machine or its network.
    #[serde(default)]
    pub allow_private: bool,
    /// Another wording.
    #[serde(default)]
    pub template: Option<AlertTemplate>,
}

/// The form of a posted document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
pub enum WebhookShape {
    /// Every fact by its name.
    #[default]
    Plain,
    /// An incoming webhook of Slack, and of others that take its form.
    Slack,
    /// PagerDuty's Events API v2.
    Pagerduty,
}

/// An operator's own wording: text with `{fields}`, such as `{severity}`, `{chain}`, `{error}`, `{title}`, `{body}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct AlertTemplate {
    /// One line.
    pub title: String,
    /// The text.
    pub body: String,
}

impl Default for AlertTemplate {
    fn default() -> Self {
        Self { title: "{title}".into(), body: "{body}".into() }
    }
}
