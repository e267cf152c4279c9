//! Who is told of what, and how: what the configuration says about alerts, checked before it gets here.

use std::{collections::BTreeSet, time::Duration};

use domain::KeyRef;
use domain::event::AlertStep;
use url::Url;

use super::{quiet::Quiet, template::Template};
use crate::incidents::Severity;

/// The name of the channel to the desktop.
pub const DESKTOP: &str = "desktop";

/// What the configuration says about alerts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Tells this installation from others in what channels are told; unguessable and stable.
    pub installation: String,
    /// After a relapse, the end (or that it is down again for good) is told only when this much has passed.
    pub hold: Duration,
    /// An incident that nobody has acknowledged is told again this often.
    pub remind: Option<Duration>,
    /// When only the worst is told at once.
    pub quiet: Option<Quiet>,
    /// The most notices of one channel within an hour; all tiers down always passes.
    pub most_per_hour: u32,
    /// The base address of the screens, for links.
    pub link: Option<String>,
    /// The channels, in the configuration's order.
    pub channels: Vec<Channel>,
}

/// A way to tell people, and what it tells.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// What it tells.
    pub tells: BTreeSet<Tells>,
    /// Why it tells nothing at all, in words; absent when it does.
    pub off: Option<String>,
    /// The wording, where it is not the program's own.
    pub template: Option<Template>,
    /// How.
    pub way: Way,
}

/// How a channel reaches people.
#[derive(Clone, Debug)]
pub enum Way {
    /// The desktop's notification daemon.
    Desktop,
    /// Mail.
    Email(Email),
    /// A document posted to an address.
    Webhook(Webhook),
}

/// A mail server and who is written to.
#[derive(Clone, Debug)]
pub struct Email {
    /// Its name or address.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// Who logs in, and where the password is.
    pub login: Option<(String, KeyRef)>,
    /// The sender.
    pub from: String,
    /// The receivers.
    pub to: Vec<String>,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// TLS after a greeting in the clear; without it nothing is sent.
    StartTls,
    /// TLS from the first byte.
    Whole,
    /// None.
    Off,
}

/// Where a document is posted to.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The form of the document.
    pub shape: Shape,
    /// The address.
    pub url: Address,
    /// PagerDuty's routing key, or a bearer token for the plain form.
    pub key: Option<KeyRef>,
    /// Whether the address may be of this machine or its network.
    pub allow_private: bool,
}

/// An address that the configuration names, or one that is a secret itself.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Address {
    Plain(Url),
    Secret(KeyRef),
}

/// The form of a posted document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Every fact by its name.
    Plain,
    /// An incoming webhook of Slack, Mattermost and others that take its form.
    Slack,
    /// PagerDuty's Events API v2.
    PagerDuty,
}

/// What a channel may tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tells {
    /// An incident of severity P0.
    P0,
    /// An incident of severity P1.
    P1,
    /// An incident of severity P2.
    P2,
    /// An incident of severity P3.
    P3,
    /// An incident got worse.
    Worse,
    /// An incident goes on and nobody has acknowledged it.
    Reminder,
    /// An incident is over.
    Over,
    /// Incidents of simulated chains, all of the above.
    Practice,
}

impl Tells {
    /// Everything.
    pub const ALL: [Self; 8] =
        [Self::P0, Self::P1, Self::P2, Self::P3, Self::Worse, Self::Reminder, Self::Over, Self::Practice];

    fn of(severity: Severity) -> Self {
        match severity {
            Severity::P0 => Self::P0,
            Severity::P1 => Self::P1,
            Severity::P2 => Self::P2,
            Severity::P3 => Self::P3,
        }
    }
}

impl Channel {
    /// The channel to the desktop.
    #[must_use]
    pub fn desktop(enabled: bool, tells: BTreeSet<Tells>) -> Self {
        let off = (!enabled).then(|| "desktop notifications are switched off in Settings".to_owned());
        Self { name: DESKTOP.to_owned(), tells, off, template: None, way: Way::Desktop }
    }

    /// Why this channel does not tell such a step, in words; none when it does.
    pub(super) fn refusal(&self, step: AlertStep, severity: Severity, simulated: bool) -> Option<String> {
        if let Some(why) = &self.off {
            return Some(why.clone());
        }
        let missing = |what: &str| Some(format!("{what} is not among the events of this channel"));
        if simulated && !self.tells.contains(&Tells::Practice) {
            return missing("practice");
        }
        let needed = match step {
            AlertStep::Worse => (Tells::Worse, "an escalation"),
            AlertStep::Reminder => (Tells::Reminder, "a reminder"),
            AlertStep::Over => (Tells::Over, "a recovery"),
            AlertStep::Opened | AlertStep::Relapse | AlertStep::Test => {
                (Tells::of(severity), severity.word())
            }
        };
        if !self.tells.contains(&needed.0) {
            return missing(needed.1);
        }
        None
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            installation: String::new(),
            hold: Duration::from_secs(300),
            remind: None,
            quiet: None,
            most_per_hour: 30,
            link: None,
            channels: vec![Channel::desktop(true, Tells::ALL.into())],
        }
    }
}
