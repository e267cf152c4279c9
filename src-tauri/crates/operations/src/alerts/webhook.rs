//! Notices as documents posted to an address.

use std::{fmt, sync::Arc, time::Duration};

use domain::event::AlertStep;
use secrecy::{ExposeSecret, SecretString};
use upstream::{Credentials, PostError, Posted, post_json};
use url::Url;

use super::{Address, Notice, Notifier, NotifyError, PATIENT, Sending, Shape, Webhook, shapes};

/// How long an address may take to answer.
const LIMIT: Duration = Duration::from_secs(20);

/// A webhook.
pub(super) struct Hook {
    settings: Webhook,
    credentials: Arc<dyn Credentials>,
    installation: String,
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hook").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Hook {
    pub(super) fn new(settings: Webhook, credentials: Arc<dyn Credentials>, installation: String) -> Self {
        Self { settings, credentials, installation }
    }

    async fn post(&self, notice: &Notice) -> Result<(), NotifyError> {
        let url = self.url()?;
        let key = match &self.settings.key {
            Some(reference) => Some(self.credentials.resolve(reference).map_err(NotifyError::passing)?),
            None => None,
        };
        let body = match self.settings.shape {
            Shape::Plain => shapes::plain(notice, &self.installation),
            Shape::Slack => shapes::slack(notice),
            Shape::PagerDuty => {
                let key = key.as_ref().map_or("", |k| k.expose_secret().trim());
                shapes::pager_duty(notice, &self.installation, key)
            }
        };
        let headers = self.headers(key.as_ref())?;
        let allowed = self.settings.allow_private;
        let posted = post_json(&url, headers, body.to_string(), allowed, LIMIT).await;
        fared(posted)
    }

    fn url(&self) -> Result<Url, NotifyError> {
        let secret = match &self.settings.url {
            Address::Plain(url) => return Ok(url.clone()),
            Address::Secret(reference) => {
                self.credentials.resolve(reference).map_err(NotifyError::passing)?
            }
        };
        let wrong = || NotifyError::lasting("the stored address is no http or https URL: store it again");
        let url = Url::parse(secret.expose_secret().trim()).map_err(|_| wrong())?;
        if matches!(url.scheme(), "http" | "https") { Ok(url) } else { Err(wrong()) }
    }

    /// The key goes into a header, except where the shape has a place for it.
    fn headers(&self, key: Option<&SecretString>) -> Result<http::HeaderMap, NotifyError> {
        let mut headers = http::HeaderMap::new();
        if let (Shape::Plain | Shape::Slack, Some(key)) = (self.settings.shape, key) {
            let text = SecretString::from(format!("Bearer {}", key.expose_secret().trim()));
            let mut value = http::HeaderValue::from_str(text.expose_secret()).map_err(|_| {
                NotifyError::lasting("the key holds characters that no HTTP header can carry")
            })?;
            value.set_sensitive(true);
            headers.insert(http::header::AUTHORIZATION, value);
        }
        Ok(headers)
    }
}

impl Notifier for Hook {
    fn send<'a>(&'a self, notice: &'a Notice) -> Sending<'a> {
        Box::pin(async move {
            self.post(notice).await?;
            // A test must not leave an alert behind that nobody resolves.
            if notice.step == AlertStep::Test && self.settings.shape == Shape::PagerDuty {
                self.post(&Notice { step: AlertStep::Over, ..notice.clone() }).await?;
            }
            Ok(())
        })
    }

    fn pauses(&self) -> &'static [Duration] {
        &PATIENT
    }
}

fn fared(posted: Result<Posted, PostError>) -> Result<(), NotifyError> {
    let posted = posted.map_err(|e| match e {
        PostError::Refused(why) => NotifyError::lasting(why),
        PostError::Failed(why) => NotifyError::passing(why),
    })?;
    let Posted { status, body } = posted;
    let said = body.trim().lines().next().unwrap_or_default();
    let said = if said.is_empty() { String::new() } else { format!(": {said}") };
    match status {
        200..300 => Ok(()),
        408 | 425 | 429 | 500.. => {
            Err(NotifyError::passing(format!("it answered with status {status}{said}")))
        }
        300..=399 => Err(NotifyError::lasting(format!(
            "it answered with status {status}, a redirection, which is not followed: name the final address"
        ))),
        401 | 403 => Err(NotifyError::lasting(format!(
            "it answered with status {status}{said}: store the right address or key in Settings, Keys"
        ))),
        _ => Err(NotifyError::lasting(format!(
            "it answered with status {status}{said}: check address and shape"
        ))),
    }
}
