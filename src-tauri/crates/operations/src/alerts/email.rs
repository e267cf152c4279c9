//! Notices as mail over SMTP. Everything about one incident is one conversation.

use std::{fmt, sync::Arc, time::Duration};

use domain::event::AlertStep;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        Error,
        authentication::Credentials as Login,
        client::{Tls as Protection, TlsParameters},
    },
};
use secrecy::ExposeSecret;
use tokio::time::timeout;
use upstream::Credentials;

use super::{Email, Notice, Notifier, NotifyError, PATIENT, Sending, Tls, step_word};

/// How long the conversation with the server may take.
const LIMIT: Duration = Duration::from_secs(30);

/// A mail server.
pub(super) struct Mail {
    settings: Email,
    credentials: Arc<dyn Credentials>,
    installation: String,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Mail {
    pub(super) fn new(settings: Email, credentials: Arc<dyn Credentials>, installation: String) -> Self {
        Self { settings, credentials, installation }
    }

    async fn post(&self, notice: &Notice) -> Result<(), NotifyError> {
        let message = self.message(notice).map_err(NotifyError::lasting)?;
        let transport = self.transport()?;
        match timeout(LIMIT, transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(self.explained(&error)),
            Err(_) => {
                let Email { server, port, .. } = &self.settings;
                Err(NotifyError::passing(format!(
                    "{server}:{port} does not answer within {} s",
                    LIMIT.as_secs()
                )))
            }
        }
    }

    fn message(&self, notice: &Notice) -> Result<Message, String> {
        let mailbox =
            |text: &str| text.parse::<Mailbox>().map_err(|e| format!("`{text}` is no mail address: {e}"));
        let mut builder = Message::builder().from(mailbox(&self.settings.from)?);
        for to in &self.settings.to {
            builder = builder.to(mailbox(to)?);
        }
        let mark = notice.severity.map(|s| format!("[{}] ", s.word())).unwrap_or_default();
        builder = builder.subject(format!("{mark}{}", notice.title)).header(ContentType::TEXT_PLAIN);
        if let Some(incident) = notice.incident {
            let first = format!("<incident.{incident}@{}.changeover>", self.installation);
            if notice.step == AlertStep::Opened && notice.round == 0 {
                builder = builder.message_id(Some(first));
            } else {
                let own = format!(
                    "<incident.{incident}.{}.{}@{}.changeover>",
                    step_word(notice.step),
                    notice.round,
                    self.installation
                );
                let own = (notice.step != AlertStep::Reminder).then_some(own);
                builder = builder.message_id(own).in_reply_to(first.clone()).references(first);
            }
        }
        let mut body = notice.body.clone();
        if let Some(link) = &notice.facts.link {
            body.push_str(&format!("\n\n{link}"));
        }
        body.push_str("\n\n-- \nChangeover");
        if let Some(incident) = notice.incident {
            body.push_str(&format!(", incident {incident}"));
        }
        builder.body(body + "\n").map_err(|e| format!("the mail cannot be written: {e}"))
    }

    fn transport(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>, NotifyError> {
        let Email { server, port, tls, login, .. } = &self.settings;
        let parameters = || {
            TlsParameters::new(server.clone())
                .map_err(|e| NotifyError::lasting(format!("no TLS client could be made: {e}")))
        };
        let protection = match tls {
            Tls::StartTls => Protection::Required(parameters()?),
            Tls::Whole => Protection::Wrapper(parameters()?),
            Tls::Off => Protection::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server)
            .port(*port)
            .tls(protection)
            .timeout(Some(LIMIT));
        if let Some((user, reference)) = login {
            let password = self.credentials.resolve(reference).map_err(NotifyError::passing)?;
            builder = builder.credentials(Login::new(user.clone(), password.expose_secret().to_owned()));
        }
        Ok(builder.build())
    }

    /// An error with what to do about it.
    fn explained(&self, error: &Error) -> NotifyError {
        let Email { server, port, .. } = &self.settings;
        let place = format!("{server}:{port}");
        let said = chain(error);
        let code = error.status().map(|code| code.to_string()).unwrap_or_default();
        match code.as_str() {
            "530" | "534" | "535" | "538" => NotifyError::lasting(format!(
                "{place} refuses the user or the password ({said}): store the right password in Settings, Keys"
            )),
            // The library tells a refused certificate apart from other trouble by its words alone.
            _ if said.contains("certificate") => NotifyError::lasting(format!(
                "TLS with {place} failed, because its certificate is not trusted ({said}): add whoever signed it to this \
                 machine's trusted certificates, or name a file of them in SSL_CERT_FILE and start the program again"
            )),
            _ if said.contains("No compatible authentication") => NotifyError::lasting(format!(
                "{place} takes no password over this connection: write `tls: starttls`, or leave the user out"
            )),
            _ if error.is_permanent() => NotifyError::lasting(format!("{place} refuses the mail: {said}")),
            _ if error.is_timeout() => NotifyError::passing(format!("{place} does not answer in time")),
            _ if error.is_tls() || said.contains("corrupt message") => NotifyError::lasting(format!(
                "TLS with {place} failed ({said}): check `tls`, the port and the server's certificate"
            )),
            _ => NotifyError::passing(format!("{place}: {said}")),
        }
    }
}

/// An error and what lies beneath it.
fn chain(error: &Error) -> String {
    let mut words = vec![error.to_string()];
    let mut beneath = std::error::Error::source(error);
    while let Some(cause) = beneath {
        let text = cause.to_string();
        if !words.iter().any(|w| w.contains(&text)) {
            words.push(text);
        }
        beneath = cause.source();
    }
    words.join(": ")
}

impl Notifier for Mail {
    fn send<'a>(&'a self, notice: &'a Notice) -> Sending<'a> {
        Box::pin(self.post(notice))
    }

    fn pauses(&self) -> &'static [Duration] {
        &PATIENT
    }
}
