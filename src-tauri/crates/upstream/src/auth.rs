//! Whose key a request carries, and in which header (WIRE section 1.1).

use domain::{Failure, FailureClass, KeyRef, ProviderKind};
use http::{HeaderMap, HeaderName, HeaderValue, header::AUTHORIZATION};
use secrecy::{ExposeSecret, SecretString};

/// Where keys are read. Implementations answer from memory: they are asked on every request and must not block.
pub trait Credentials: Send + Sync {
    /// The key that `reference` names, or in words why it cannot be had (without the key).
    ///
    /// # Errors
    /// When there is no such key, or the keyring cannot be read.
    fn resolve(&self, reference: &KeyRef) -> Result<SecretString, String>;
}

/// The Anthropic API version of requests that no client of that API made.
const ANTHROPIC_VERSION: HeaderValue = HeaderValue::from_static("2023-06-01");

/// Puts the key that `reference` names into `headers`, as `provider` wants it. Without a reference nothing is done.
pub(crate) fn authorize(
    headers: &mut HeaderMap,
    provider: ProviderKind,
    reference: Option<&KeyRef>,
    credentials: &dyn Credentials,
) -> Result<(), Failure> {
    if provider == ProviderKind::Anthropic {
        // A client's own version stays: it decides what its request may hold.
        headers.entry("anthropic-version").or_insert(ANTHROPIC_VERSION);
    } else {
        headers.remove("anthropic-version");
        headers.remove("anthropic-beta");
    }
    let Some(reference) = reference else { return Ok(()) };
    let missing =
        |why: String| Failure::new(FailureClass::CredentialMissing, format!("key {reference}: {why}"));
    let key = credentials.resolve(reference).map_err(missing)?;
    let (name, prefix) = header_for(provider);
    let text = SecretString::from(format!("{prefix}{}", key.expose_secret().trim()));
    let mut value = HeaderValue::from_str(text.expose_secret()).map_err(|_| {
        missing("it contains characters that no HTTP header can carry; paste it again".into())
    })?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}

fn header_for(provider: ProviderKind) -> (HeaderName, &'static str) {
    match provider {
        ProviderKind::Anthropic => (HeaderName::from_static("x-api-key"), ""),
        ProviderKind::Azure => (HeaderName::from_static("api-key"), ""),
        ProviderKind::Gemini => (HeaderName::from_static("x-goog-api-key"), ""),
        _ => (AUTHORIZATION, "Bearer "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct One(&'static str);
    impl Credentials for One {
        fn resolve(&self, _: &KeyRef) -> Result<SecretString, String> {
            if self.0.is_empty() { Err("no such variable".into()) } else { Ok(self.0.into()) }
        }
    }

    fn headers(provider: ProviderKind, key: &'static str) -> Result<HeaderMap, Failure> {
        let mut headers = HeaderMap::new();
        authorize(&mut headers, provider, Some(&KeyRef::Env("K".into())), &One(key)).map(|()| headers)
    }

    #[test]
    fn each_provider_finds_the_key_in_its_own_header() {
        assert_eq!(headers(ProviderKind::OpenAi, "sk-1").unwrap()["authorization"], "Bearer sk-1");
        assert_eq!(headers(ProviderKind::Vllm, "sk-1\n").unwrap()["authorization"], "Bearer sk-1");
        let anthropic = headers(ProviderKind::Anthropic, "sk-1").unwrap();
        assert_eq!(anthropic["x-api-key"], "sk-1");
        assert!(anthropic.contains_key("anthropic-version"));
        assert_eq!(headers(ProviderKind::Gemini, "sk-1").unwrap()["x-goog-api-key"], "sk-1");
        assert!(headers(ProviderKind::OpenAi, "sk-1").unwrap()["authorization"].is_sensitive());
    }

    #[test]
    fn a_missing_key_names_its_place_and_a_broken_one_does_not_leak() {
        let failure = headers(ProviderKind::OpenAi, "").unwrap_err();
        assert_eq!(failure.class, FailureClass::CredentialMissing);
        assert_eq!(failure.message, "key env:K: no such variable");
        let failure = headers(ProviderKind::OpenAi, "sk-se\ncret").unwrap_err();
        assert!(!failure.message.contains("cret"), "{failure}");
    }
}
