//! Active checks: is the server there, and does it do what it is asked?

use std::time::Duration;

use bytes::Bytes;
use domain::{
    Failure, FailureClass, KeyRef, ProviderKind, Replica, Tier, Wire,
    chain::{Probe, ProbeKind},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};
use url::Url;

use crate::{
    classify::shortened,
    client::{Client, Response, Target},
    endpoint::{Endpoint, address, url_of},
    models::names,
};

/// The most of an answer that a check reads; OpenRouter's model list is the longest of all.
const LONGEST: usize = 8 * 1024 * 1024;

/// What is checked, and how.
#[derive(Clone, Debug)]
pub struct ProbeTarget {
    /// The server's base URL.
    pub url: String,
    /// What kind of server it is.
    pub provider: ProviderKind,
    /// The model, for a generation.
    pub model: String,
    /// Where its key is.
    pub key: Option<KeyRef>,
    /// What is asked for.
    pub kind: ProbeKind,
    /// The whole check fails after this long.
    pub timeout: Duration,
}

impl ProbeTarget {
    /// The check `probe` of a replica of a tier.
    #[must_use]
    pub fn of(tier: &Tier, replica: &Replica, probe: &Probe) -> Self {
        Self {
            url: replica.url.clone(),
            provider: tier.provider,
            model: tier.model.clone(),
            key: tier.key.clone(),
            kind: probe.kind.clone(),
            timeout: probe.timeout,
        }
    }

    fn target(&self) -> Target<'_> {
        Target {
            url: &self.url,
            provider: self.provider,
            model: &self.model,
            key: self.key.as_ref(),
            connect: self.timeout,
        }
    }

    fn fail(&self, class: FailureClass, what: &str) -> Failure {
        Failure::new(class, shortened(format!("check of {}: {what}", address(&self.url))))
    }
}

impl Client {
    /// Checks a server and returns how long it took.
    ///
    /// # Errors
    /// When the server does not answer in time, or not as it should; with the class of failure.
    pub async fn probe(&self, target: &ProbeTarget) -> Result<Duration, Failure> {
        let began = Instant::now();
        let check = async {
            match &target.kind {
                ProbeKind::Http(path) => self.probe_http(target, path).await,
                ProbeKind::Models => self.models_of(target).await.map(drop),
                ProbeKind::Generation => self.probe_generation(target).await,
            }
        };
        self.in_time(target, check).await?;
        Ok(began.elapsed())
    }

    /// The names of the models that a server has, in its order; `target.kind` and `target.model` do not matter.
    ///
    /// # Errors
    /// When the server does not answer in time, or not with a model list; with the class of failure.
    pub async fn list_models(&self, target: &ProbeTarget) -> Result<Vec<String>, Failure> {
        self.in_time(target, self.models_of(target)).await
    }

    async fn in_time<T>(
        &self,
        target: &ProbeTarget,
        check: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        timeout(target.timeout, check).await.unwrap_or_else(|_| {
            let what = format!("no answer within {} ms", target.timeout.as_millis());
            Err(target.fail(FailureClass::FirstTokenTimeout, &what))
        })
    }

    async fn probe_http(&self, target: &ProbeTarget, path: &str) -> Result<(), Failure> {
        let url = url_of(&target.url, target.provider, Endpoint::Root(path), "", false)?;
        let body = self.good_body(target, Method::GET, url, None).await?;
        // LM Studio answers 200 with an error to every path it does not know.
        match error_in(&body) {
            Some(error) => Err(target.fail(FailureClass::StreamError, &error)),
            None => Ok(()),
        }
    }

    async fn models_of(&self, target: &ProbeTarget) -> Result<Vec<String>, Failure> {
        let url = url_of(&target.url, target.provider, Endpoint::Models, "", false)?;
        let body = self.good_body(target, Method::GET, url, None).await?;
        let list = serde_json::from_slice::<Value>(&body).ok();
        list.as_ref().and_then(names).ok_or_else(|| {
            target.fail(FailureClass::Malformed, "it answered with something that is not a model list")
        })
    }

    async fn probe_generation(&self, target: &ProbeTarget) -> Result<(), Failure> {
        let url = url_of(&target.url, target.provider, Endpoint::Chat, &target.model, false)?;
        let body = self.good_body(target, Method::POST, url, Some(one_token(target))).await?;
        let answer = serde_json::from_slice::<Value>(&body).unwrap_or_default();
        let good = ["message", "content", "candidates", "output"].iter().any(|it| answer.get(it).is_some())
            || answer.get("choices").and_then(Value::as_array).is_some_and(|c| !c.is_empty());
        if good {
            return Ok(());
        }
        let what =
            error_in(&body).unwrap_or_else(|| "it answered with something that is not a generation".into());
        Err(target.fail(FailureClass::Malformed, &what))
    }

    async fn good_body(
        &self,
        target: &ProbeTarget,
        method: Method,
        url: Url,
        body: Option<Bytes>,
    ) -> Result<Bytes, Failure> {
        let mut headers = HeaderMap::new();
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let path = url.path().to_owned();
        let mut response = self.call(&target.target(), method, url, headers, body).await?;
        if response.status.is_success() {
            return response.body.up_to(LONGEST).await;
        }
        if target.provider == ProviderKind::Bedrock && may_not_list(&response) {
            // The host is there and the key is a valid one: it may call models and not list them.
            return Ok(Bytes::from_static(b"{\"modelSummaries\":[]}"));
        }
        Err(bad_status(target, &path, response).await)
    }
}

/// Whether a key was recognised and merely lacks the right to list models.
fn may_not_list(response: &Response) -> bool {
    let said = response.headers.get("x-amzn-errortype").and_then(|it| it.to_str().ok()).unwrap_or_default();
    response.status == StatusCode::FORBIDDEN && said.starts_with("AccessDenied")
}

async fn bad_status(target: &ProbeTarget, path: &str, mut response: Response) -> Failure {
    let status = response.status;
    let body = response.body.up_to(64 * 1024).await.unwrap_or_default();
    let error = error_in(&body).map(|e| format!(" ({e})")).unwrap_or_default();
    let class = match status {
        StatusCode::UNAUTHORIZED => FailureClass::Unauthorized,
        StatusCode::FORBIDDEN => FailureClass::Forbidden,
        StatusCode::NOT_FOUND if target.kind == ProbeKind::Generation => FailureClass::ModelNotFound,
        StatusCode::REQUEST_TIMEOUT => FailureClass::UpstreamTimeout,
        StatusCode::TOO_MANY_REQUESTS => FailureClass::RateLimited,
        StatusCode::PAYMENT_REQUIRED => FailureClass::QuotaExhausted,
        StatusCode::SERVICE_UNAVAILABLE if error.to_ascii_lowercase().contains("loading") => {
            FailureClass::ModelLoading
        }
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            FailureClass::Overloaded
        }
        _ if status.as_u16() == 529 => FailureClass::Overloaded,
        _ if status.is_server_error() => FailureClass::ServerError,
        _ => FailureClass::Malformed,
    };
    let retry_after = response.headers.get("retry-after").and_then(|v| v.to_str().ok()?.trim().parse().ok());
    Failure {
        status: Some(status.as_u16()),
        retry_after: retry_after.map(Duration::from_secs),
        ..target.fail(class, &format!("{path} answered {}{error}", status.as_u16()))
    }
}

/// The error that a JSON body speaks of, in its several shapes.
fn error_in(body: &[u8]) -> Option<String> {
    let body = serde_json::from_slice::<Value>(body).ok()?;
    let error = body.get("error").filter(|e| !e.is_null())?;
    let words = error.as_str().or_else(|| error.get("message")?.as_str()).unwrap_or("an error without words");
    Some(words.chars().take(300).collect())
}

fn one_token(target: &ProbeTarget) -> Bytes {
    let messages = json!([{"role": "user", "content": "Hello"}]);
    let body = match target.provider.wire() {
        Wire::Gemini => json!({
            "contents": [{"role": "user", "parts": [{"text": "Hello"}]}],
            "generationConfig": {"maxOutputTokens": 1},
        }),
        Wire::Bedrock => json!({
            "messages": [{"role": "user", "content": [{"text": "Hello"}]}],
            "inferenceConfig": {"maxTokens": 1},
        }),
        Wire::Ollama => {
            json!({"model": target.model, "messages": messages, "stream": false, "options": {"num_predict": 1}})
        }
        _ if target.provider == ProviderKind::OpenAi => {
            json!({"model": target.model, "messages": messages, "max_completion_tokens": 1})
        }
        _ => json!({"model": target.model, "messages": messages, "max_tokens": 1}),
    };
    body.to_string().into()
}
