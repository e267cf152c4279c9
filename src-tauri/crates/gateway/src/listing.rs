//! What models there are, in the form of whoever asks: every chain, under its name and its aliases.

use dialect::{
    client::Dialect,
    error::{ClientError, ErrorKind},
};
use http::{HeaderMap, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    refusal,
    reply::{self, Body},
    server::Inner,
};

/// The version of Ollama whose API is spoken here: its clients refuse servers that are too old for them.
const OLLAMA_VERSION: &str = "0.20.0";

/// When a model leaves Ollama's memory that stays there for good.
const NEVER: &str = "2318-11-14T22:13:20Z";

/// Whose form a list is in.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    OpenAi,
    Anthropic,
}

impl Form {
    /// Anthropic's clients name the version of its API in every request.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        if headers.contains_key("anthropic-version") { Self::Anthropic } else { Self::OpenAi }
    }

    const fn dialect(self) -> Dialect {
        match self {
            Self::OpenAi => Dialect::Chat,
            Self::Anthropic => Dialect::Messages,
        }
    }
}

/// The names that clients may ask for, but for the one that stands for any.
fn names(shared: &Inner) -> Vec<String> {
    let snapshot = shared.deps.snapshot.load();
    let names = snapshot.chains.iter().flat_map(|c| std::iter::once(&c.name).chain(&c.aliases));
    names.filter(|name| *name != "*").cloned().collect()
}

/// All models.
pub(crate) fn models(shared: &Inner, form: Form) -> Response<Body> {
    let names = names(shared);
    let data: Vec<_> = names.iter().map(|name| entry(shared, form, name)).collect();
    let list = match form {
        Form::OpenAi => json!({ "object": "list", "data": data }),
        Form::Anthropic => json!({
            "data": data, "has_more": false, "first_id": names.first(), "last_id": names.last(),
        }),
    };
    answer(&list)
}

/// The model that a request under this name would get.
pub(crate) fn model(shared: &Inner, form: Form, name: &str) -> Response<Body> {
    match known(shared, name) {
        Ok(()) => answer(&entry(shared, form, name)),
        Err(error) => reply::error(form.dialect(), &error),
    }
}

fn known(shared: &Inner, name: &str) -> Result<(), ClientError> {
    let snapshot = shared.deps.snapshot.load();
    let found = snapshot.chain_for(name).filter(|chain| name != "*" || chain.name == "*");
    found.map(drop).ok_or_else(|| refusal::unknown_model(&snapshot, name))
}

fn entry(shared: &Inner, form: Form, name: &str) -> Value {
    match form {
        Form::OpenAi => {
            json!({ "id": name, "object": "model", "created": shared.created, "owned_by": "changeover" })
        }
        Form::Anthropic => {
            json!({ "type": "model", "id": name, "display_name": name, "created_at": created(shared) })
        }
    }
}

/// When this process began, as a date.
fn created(shared: &Inner) -> String {
    let since = std::time::Duration::from_secs(u64::try_from(shared.created).unwrap_or_default());
    let at = std::time::SystemTime::UNIX_EPOCH.checked_add(since);
    humantime::format_rfc3339_seconds(at.unwrap_or(std::time::SystemTime::UNIX_EPOCH)).to_string()
}

/// Ollama's list.
pub(crate) fn tags(shared: &Inner) -> Response<Body> {
    let models: Vec<_> = names(shared).iter().map(|name| tag(shared, name)).collect();
    answer(&json!({ "models": models }))
}

/// What Ollama has in memory: here every model, for good.
pub(crate) fn loaded(shared: &Inner) -> Response<Body> {
    let mut models: Vec<_> = names(shared).iter().map(|name| tag(shared, name)).collect();
    for fields in models.iter_mut().filter_map(Value::as_object_mut) {
        fields.remove("modified_at");
        fields.insert("expires_at".into(), NEVER.into());
        fields.insert("size_vram".into(), 0.into());
    }
    answer(&json!({ "models": models }))
}

fn tag(shared: &Inner, name: &str) -> Value {
    // Clients show the digest's beginning; it is that of the name, there being no file.
    let digest: String = Sha256::digest(name).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "name": name,
        "model": name,
        "modified_at": created(shared),
        "size": 0,
        "digest": digest,
        "details": details(),
    })
}

fn details() -> Value {
    json!({
        "parent_model": "", "format": "", "family": "changeover", "families": ["changeover"],
        "parameter_size": "", "quantization_level": "",
    })
}

/// What Ollama tells of one model; `body` names it.
pub(crate) fn show(shared: &Inner, body: &[u8]) -> Response<Body> {
    let asked: Value = serde_json::from_slice(body).unwrap_or_default();
    let name = asked["model"].as_str().or_else(|| asked["name"].as_str()).unwrap_or_default();
    if name.is_empty() {
        let error = ClientError::new(ErrorKind::InvalidRequest, "model is required");
        return reply::error(Dialect::OllamaChat, &error);
    }
    if let Err(error) = known(shared, name) {
        return reply::error(Dialect::OllamaChat, &error);
    }
    answer(&json!({
        "modelfile": "",
        "parameters": "",
        "template": "",
        "modified_at": created(shared),
        "details": details(),
        "model_info": { "general.architecture": "changeover", "general.basename": name },
        "capabilities": ["completion", "tools", "vision", "thinking"],
    }))
}

/// Which Ollama this is like.
pub(crate) fn version() -> Response<Body> {
    answer(&json!({ "version": OLLAMA_VERSION }))
}

fn answer(body: &Value) -> Response<Body> {
    reply::json(StatusCode::OK, body.to_string().into())
}
