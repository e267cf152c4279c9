//! Amazon's signature (version 4), for tiers whose key is a pair of an access key and a secret.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign as signature_of},
    sign::v4,
};
use aws_smithy_runtime_api::client::identity::Identity;
use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::auth::Outgoing;

/// The service's name in signatures, which is not that of its host.
const SERVICE: &str = "bedrock";

/// An access key and what belongs to it.
pub(crate) struct Access<'a> {
    id: &'a str,
    secret: &'a str,
    session: Option<&'a str>,
}

impl<'a> Access<'a> {
    /// Reads `ID:SECRET` or `ID:SECRET:SESSION`; a key without a colon is none of this kind.
    pub fn read(key: &'a str) -> Option<Self> {
        let (id, rest) = key.split_once(':')?;
        let (secret, session) = rest.split_once(':').map_or((rest, None), |(s, t)| (s, Some(t)));
        Some(Self { id, secret, session: session.filter(|it| !it.is_empty()) })
    }
}

/// Signs a request with all that it holds.
pub(crate) fn sign(
    headers: &mut HeaderMap,
    outgoing: &Outgoing<'_>,
    access: &Access<'_>,
) -> Result<(), &'static str> {
    const WRONG: &str = "no signature can be made with it; write it as ID:SECRET or ID:SECRET:SESSION";
    let session = access.session.map(ToOwned::to_owned);
    let identity: Identity = Credentials::new(access.id, access.secret, session, None, "changeover").into();
    let region = region(outgoing.base);
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(&region)
        .name(SERVICE)
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .map_err(|_| WRONG)?
        .into();
    let kind = headers.get("content-type").and_then(|it| it.to_str().ok());
    let signed_headers = kind.map(|kind| ("content-type", kind)).into_iter();
    let whole = outgoing.body.whole();
    let body = SignableBody::Bytes(&whole);
    let request = SignableRequest::new(outgoing.method.as_str(), outgoing.url.as_str(), signed_headers, body)
        .map_err(|_| WRONG)?;
    let (instructions, _) = signature_of(request, &params).map_err(|_| WRONG)?.into_parts();
    let made: Vec<(HeaderName, HeaderValue)> = instructions
        .headers()
        .map(|(name, value)| Some((name.parse().ok()?, HeaderValue::from_str(value).ok()?)))
        .collect::<Option<_>>()
        .ok_or(WRONG)?;
    for (name, mut value) in made {
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(())
}

/// The AWS region that a URL of Bedrock leads to: from its query, else from its host, else the first of all regions.
pub(crate) fn region(url: &str) -> String {
    let Ok(url) = Url::parse(url) else { return FIRST_REGION.into() };
    let asked = url.query_pairs().find(|(name, _)| name == "region").map(|(_, value)| value.into_owned());
    let by_host = || {
        let mut labels = url.host_str()?.split('.');
        labels.find(|label| label.starts_with("bedrock"))?;
        labels.next().filter(|label| label.contains('-')).map(ToOwned::to_owned)
    };
    asked.or_else(by_host).unwrap_or_else(|| FIRST_REGION.into())
}

const FIRST_REGION: &str = "us-east-1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_is_in_the_url() {
        assert_eq!(region("https://bedrock-runtime.eu-central-1.amazonaws.com"), "eu-central-1");
        assert_eq!(region("https://vpce-1.bedrock-runtime.us-west-2.vpce.amazonaws.com"), "us-west-2");
        assert_eq!(region("http://127.0.0.1:9?region=us-west-2"), "us-west-2");
        assert_eq!(region("http://127.0.0.1:9"), "us-east-1");
    }

    #[test]
    fn a_pair_is_told_from_a_key() {
        assert!(Access::read("ABSKQmVkcm9jaw==").is_none());
        let access = Access::read("id:se/cret:to:ken").unwrap();
        assert_eq!((access.id, access.secret, access.session), ("id", "se/cret", Some("to:ken")));
    }
}
