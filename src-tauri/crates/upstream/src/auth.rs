//! Whose key a request carries, and in which header (WIRE section 1.1).

use domain::{Failure, FailureClass, KeyRef, ProviderKind};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header::AUTHORIZATION};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::{parts::Parts, sign};

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

/// A request that is about to be sent.
pub(crate) struct Outgoing<'a> {
    pub provider: ProviderKind,
    /// The tier's base URL.
    pub base: &'a str,
    pub method: &'a Method,
    pub url: &'a Url,
    pub body: &'a Parts,
}

/// Puts the key that `reference` names into `headers`, as the provider wants it. Without a reference nothing is done.
pub(crate) fn authorize(
    headers: &mut HeaderMap,
    outgoing: &Outgoing<'_>,
    reference: Option<&KeyRef>,
    credentials: &dyn Credentials,
) -> Result<(), Failure> {
    if outgoing.provider == ProviderKind::Anthropic {
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
    let key = key.expose_secret().trim();
    if outgoing.provider == ProviderKind::Bedrock
        && let Some(access) = sign::Access::read(key)
    {
        return sign::sign(headers, outgoing, &access).map_err(|why| missing(why.into()));
    }
    let (name, prefix) = header_for(outgoing.provider, key);
    let text = SecretString::from(format!("{prefix}{key}"));
    let mut value = HeaderValue::from_str(text.expose_secret()).map_err(|_| {
        missing("it contains characters that no HTTP header can carry; paste it again".into())
    })?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}

/// The header of a key. Tokens of a login (Entra's, Google's, Anthropic's) are told from keys by how they begin.
fn header_for(provider: ProviderKind, key: &str) -> (HeaderName, &'static str) {
    match provider {
        ProviderKind::Anthropic if !key.starts_with("sk-ant-oat") => {
            (HeaderName::from_static("x-api-key"), "")
        }
        ProviderKind::Azure if !key.starts_with("eyJ") => (HeaderName::from_static("api-key"), ""),
        ProviderKind::Gemini if !key.starts_with("ya29.") => (HeaderName::from_static("x-goog-api-key"), ""),
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
        let mut headers =
            HeaderMap::from_iter([(HeaderName::from_static("anthropic-beta"), "b".parse().unwrap())]);
        let url = Url::parse("https://bedrock-runtime.eu-west-1.amazonaws.com/model/m%3A1/converse").unwrap();
        let body = Parts::from_iter([bytes::Bytes::from_static(b"{}")]);
        let outgoing =
            Outgoing { provider, base: url.as_str(), method: &Method::POST, url: &url, body: &body };
        authorize(&mut headers, &outgoing, Some(&KeyRef::Env("K".into())), &One(key)).map(|()| headers)
    }

    #[test]
    fn each_provider_finds_the_key_in_its_own_header() {
        assert_eq!(headers(ProviderKind::OpenAi, "sk-1").unwrap()["authorization"], "Bearer sk-1");
        assert_eq!(headers(ProviderKind::Vllm, "sk-1\n").unwrap()["authorization"], "Bearer sk-1");
        let anthropic = headers(ProviderKind::Anthropic, "sk-1").unwrap();
        assert_eq!(anthropic["x-api-key"], "sk-1");
        assert!(anthropic.contains_key("anthropic-version") && anthropic.contains_key("anthropic-beta"));
        assert!(!headers(ProviderKind::OpenAi, "sk-1").unwrap().contains_key("anthropic-beta"));
        assert_eq!(headers(ProviderKind::Azure, "k").unwrap()["api-key"], "k");
        assert_eq!(headers(ProviderKind::Azure, "eyJ0").unwrap()["authorization"], "Bearer eyJ0");
        assert_eq!(headers(ProviderKind::Bedrock, "ABSKkey").unwrap()["authorization"], "Bearer ABSKkey");
        let signed = headers(ProviderKind::Bedrock, "AKIDEXAMPLE:secret:session").unwrap();
        let said = signed["authorization"].to_str().unwrap();
        assert!(said.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{said}");
        assert!(said.contains("/eu-west-1/bedrock/aws4_request") && signed["authorization"].is_sensitive());
        assert_eq!(signed["x-amz-security-token"], "session");
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
