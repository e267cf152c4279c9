//! What an error body says, whatever its shape.

use std::time::Duration;

use serde_json::{Map, Value};

use super::wait::google_delay;

/// An error body, read. Words are kept as the provider wrote them; nothing is cleaned yet.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub message: String,
    /// The provider's type of error.
    pub kind: Option<String>,
    /// The provider's code, where it is a word.
    pub code: Option<String>,
    /// An HTTP status told inside the body.
    pub status: Option<u16>,
    /// A delay told inside the body.
    pub retry_after: Option<Duration>,
    /// Whether the body is a web page.
    pub page: bool,
    /// Whether it names a quota that resets by the day.
    pub daily: bool,
    /// Whether a moderation service explained itself.
    pub moderated: bool,
    /// The status that a model behind a provider answered with.
    pub original: Option<u16>,
    /// Whether the limit is that of requests in flight, which time mends.
    pub in_flight: bool,
}

impl Said {
    pub fn read(body: &[u8]) -> Self {
        let body = body.trim_ascii();
        if body.starts_with(b"<") {
            return Self { message: title(body), page: true, ..Self::default() };
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Self::of(&fields),
            Ok(Value::Array(items)) => match items.first() {
                Some(Value::Object(fields)) => Self::of(fields),
                _ => Self::default(),
            },
            Ok(Value::String(message)) => Self { message, ..Self::default() },
            Ok(_) => Self::default(),
            Err(_) => {
                let start = body.get(..body.len().min(4096)).unwrap_or_default();
                Self { message: String::from_utf8_lossy(start).into_owned(), ..Self::default() }
            }
        }
    }

    fn of(fields: &Map<String, Value>) -> Self {
        let mut said = Self::default();
        match fields.get("error") {
            Some(Value::Object(error)) => said.take(error),
            Some(Value::String(message)) => said.take_flat(fields, message),
            _ => match fields.get("detail") {
                Some(Value::String(message)) => said.take_flat(fields, message),
                Some(Value::Object(detail)) => said.take(detail),
                Some(Value::Array(problems)) => said.message = join_problems(problems),
                _ => said.take(fields),
            },
        }
        said
    }

    fn take_flat(&mut self, fields: &Map<String, Value>, message: &str) {
        message.clone_into(&mut self.message);
        self.kind = word(fields, &["error_type", "type", "__type"]);
        self.code = word(fields, &["code"]);
    }

    fn take(&mut self, error: &Map<String, Value>) {
        self.message = word(error, &["message", "Message", "msg", "error", "detail"]).unwrap_or_default();
        self.kind = word(error, &["type", "__type", "status", "error_type"]).filter(|it| it != "error");
        self.code = word(error, &["code"]);
        let original = error.get("originalStatusCode").and_then(Value::as_u64);
        self.original = original.and_then(|it| u16::try_from(it).ok()).filter(|it| (400..600).contains(it));
        self.status = ["code", "status", "statusCode"].iter().find_map(|name| {
            error
                .get(*name)?
                .as_u64()
                .and_then(|it| u16::try_from(it).ok())
                .filter(|it| (400..600).contains(it))
        });
        match error.get("details") {
            Some(Value::Array(details)) => self.google_details(details),
            Some(Value::Object(details)) => self.code = word(details, &["error_code"]).or(self.code.take()),
            _ => {}
        }
        if let Some(Value::Object(metadata)) = error.get("metadata") {
            self.moderated = metadata.contains_key("reasons");
            self.in_flight =
                metadata.get("limit_source").is_some_and(|it| it == "openrouter_in_flight_budget");
            self.code = word(metadata, &["error_type"]).or(self.code.take());
        }
        if let Some(inner) = error.get("innererror").and_then(Value::as_object) {
            self.moderated |= inner.contains_key("content_filter_result");
        }
    }

    fn google_details(&mut self, details: &[Value]) {
        for detail in details {
            if let Some(delay) = detail.get("retryDelay").and_then(Value::as_str) {
                self.retry_after = google_delay(delay);
            }
            let violations = detail.get("violations").and_then(Value::as_array);
            let mut ids = violations.into_iter().flatten().filter_map(|it| it.get("quotaId")?.as_str());
            self.daily |= ids.any(|id| id.contains("PerDay"));
            if let Some(reason) = detail.get("reason").and_then(Value::as_str) {
                self.code.get_or_insert_with(|| reason.to_owned());
            }
        }
    }
}

fn word(fields: &Map<String, Value>, names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| fields.get(*name)?.as_str())
        .filter(|it| !it.is_empty())
        .map(ToOwned::to_owned)
}

/// A validator's list of problems: where and what, never the input that it quotes.
fn join_problems(problems: &[Value]) -> String {
    let one = |problem: &Value| {
        let message = problem.get("msg").or_else(|| problem.get("message"))?.as_str()?;
        let place = problem.get("loc").and_then(Value::as_array).into_iter().flatten();
        let place: Vec<String> =
            place.map(|it| it.as_str().map_or_else(|| it.to_string(), ToOwned::to_owned)).collect();
        Some(if place.is_empty() { message.to_owned() } else { format!("{}: {message}", place.join(".")) })
    };
    problems.iter().filter_map(one).collect::<Vec<_>>().join("; ")
}

/// A web page's title.
fn title(page: &[u8]) -> String {
    let start = page.get(..page.len().min(4096)).unwrap_or_default();
    let text = String::from_utf8_lossy(start);
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title>").and_then(|from| {
        let rest = text.get(from + "<title>".len()..)?;
        rest.get(..rest.to_ascii_lowercase().find("</title>")?)
    });
    match title.map(str::trim).filter(|it| !it.is_empty()) {
        Some(title) => format!("A web page came back: {title}"),
        None => "A web page came back.".to_owned(),
    }
}
