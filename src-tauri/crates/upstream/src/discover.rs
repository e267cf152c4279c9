//! What answers at an address: nobody, something else, or a model server, and then which kind and with which models.
//!
//! Nothing is sent but a few `GET`s without a key, and no answer is trusted further than its first mebibyte.

use std::time::Duration;

use bytes::Bytes;
use domain::{FailureClass, ProviderKind};
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::{
    client::{Client, Target},
    endpoint::{Endpoint, url_of},
    models::names,
};

/// The most of an answer that is read, bytes.
const LONGEST: usize = 1024 * 1024;

/// What was found at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sighting {
    /// Nothing listens there.
    Nobody,
    /// Something listens, and said nothing in time.
    Silent,
    /// Something answers that is no model server.
    Stranger,
    /// One that tells its models only to those with a key; its kind, where it shows.
    Locked(ProviderKind),
    /// One that is still loading its model.
    Loading(ProviderKind),
    /// One that names its models; there may be none.
    Server(ProviderKind, Vec<String>),
    /// This program, or another of its kind: no tier may lead there.
    Changeover,
}

/// One answer, as far as it matters here.
struct Answer {
    status: StatusCode,
    server: String,
    json: Value,
}

impl Client {
    /// Looks who answers at the base URL `url`, for `within` at most.
    pub async fn identify(&self, url: &str, within: Duration) -> Sighting {
        let end = Instant::now() + within;
        let list = match self.look(url, "/v1/models", end).await {
            Ok(answer) => answer,
            Err(sighting) => return sighting,
        };
        let by_list = kind_of(&list);
        match list.status {
            StatusCode::OK => match models_of(&list.json) {
                _ if owner(&list.json) == Some("changeover") => Sighting::Changeover,
                Some(models) => Sighting::Server(self.kind(url, by_list, end).await, models),
                None => self.without_list(url, end).await,
            },
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Sighting::Locked(self.kind(url, by_list, end).await)
            }
            StatusCode::SERVICE_UNAVAILABLE if says_loading(&list.json) => {
                Sighting::Loading(by_list.unwrap_or(ProviderKind::LlamaCpp))
            }
            _ => self.without_list(url, end).await,
        }
    }

    /// Servers that are older than their `/v1/models`.
    async fn without_list(&self, url: &str, end: Instant) -> Sighting {
        if let Some(models) = self.ask(url, "/api/tags", end).await.and_then(|tags| models_of(&tags)) {
            return Sighting::Server(ProviderKind::Ollama, models);
        }
        match self.ask(url, "/info", end).await.as_ref().and_then(|info| info["model_id"].as_str()) {
            Some(model) => Sighting::Server(ProviderKind::Tgi, vec![model.to_owned()]),
            None => Sighting::Stranger,
        }
    }

    /// The kind that the model list gave away, or else what only one kind answers.
    async fn kind(&self, url: &str, by_list: Option<ProviderKind>, end: Instant) -> ProviderKind {
        if let Some(kind) = by_list {
            return kind;
        }
        let tells: [(&str, &str, ProviderKind); 5] = [
            ("/info", "max_total_tokens", ProviderKind::Tgi),
            ("/api/v1/models", "models", ProviderKind::LmStudio),
            ("/model_info", "model_path", ProviderKind::Sglang),
            ("/version", "version", ProviderKind::Vllm),
            ("/api/version", "version", ProviderKind::Ollama),
        ];
        for (path, field, kind) in tells {
            if self.ask(url, path, end).await.is_some_and(|answer| answer.get(field).is_some()) {
                return kind;
            }
        }
        ProviderKind::Other
    }

    /// The JSON at a path of the server's root, if that is what it answers.
    async fn ask(&self, url: &str, path: &str, end: Instant) -> Option<Value> {
        let answer = self.look(url, path, end).await.ok()?;
        (answer.status == StatusCode::OK).then_some(answer.json)
    }

    async fn look(&self, url: &str, path: &str, end: Instant) -> Result<Answer, Sighting> {
        let target = Target {
            url,
            provider: ProviderKind::Other,
            model: "",
            key: None,
            connect: Duration::from_secs(1),
        };
        let call = async {
            let at = url_of(url, ProviderKind::Other, Endpoint::Root(path), "", false)?;
            let mut response = self.call(&target, Method::GET, at, HeaderMap::new(), None).await?;
            let body: Bytes = response.body.up_to(LONGEST).await?;
            let server = response.headers.get("server").and_then(|s| s.to_str().ok()).unwrap_or_default();
            let json = serde_json::from_slice(&body).unwrap_or_default();
            Ok::<_, domain::Failure>(Answer { status: response.status, server: server.to_owned(), json })
        };
        match timeout_at(end, call).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(failure)) if failure.class == FailureClass::Refused => Err(Sighting::Nobody),
            Ok(Err(failure)) if failure.class == FailureClass::ConnectTimeout => Err(Sighting::Silent),
            Ok(Err(_)) => Err(Sighting::Stranger),
            Err(_) => Err(Sighting::Silent),
        }
    }
}

/// The kind that an answer to `/v1/models` shows, if it does.
fn kind_of(list: &Answer) -> Option<ProviderKind> {
    if list.server.starts_with("llama.cpp") {
        return Some(ProviderKind::LlamaCpp);
    }
    match owner(&list.json)? {
        "vllm" => Some(ProviderKind::Vllm),
        "sglang" => Some(ProviderKind::Sglang),
        "llamacpp" => Some(ProviderKind::LlamaCpp),
        "library" => Some(ProviderKind::Ollama),
        "organization_owner" => Some(ProviderKind::LmStudio),
        _ => None,
    }
}

/// Whom the first model of a list belongs to.
fn owner(list: &Value) -> Option<&str> {
    list["data"].as_array()?.first()?["owned_by"].as_str()
}

/// The models of a list. Ollama without a model answers `{"object":"list","data":null}`.
fn models_of(list: &Value) -> Option<Vec<String>> {
    let none_yet = list["object"] == "list" && list.get("data").is_some_and(Value::is_null);
    if none_yet { Some(vec![]) } else { names(list) }
}

fn says_loading(body: &Value) -> bool {
    body["error"]["message"].as_str().is_some_and(|m| m.to_ascii_lowercase().contains("loading"))
}
