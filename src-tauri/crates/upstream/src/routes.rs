//! Where calls go, worked out once: a URL is not taken apart and put together again for each request.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use domain::Failure;
use http::Uri;
use url::{Host, Url};

use crate::{
    client::Target,
    endpoint::{Endpoint, address, url_of},
};

/// More routes than this are forgotten; a configuration has a handful.
const MOST: usize = 1024;

/// Where a call goes.
#[derive(Debug)]
pub(crate) struct Route {
    pub url: Url,
    /// The same where nothing but a socket is needed: no TLS, no proxy, no user of a URL.
    pub plain: Option<Uri>,
    /// Host and port, for messages.
    pub address: Arc<str>,
}

impl Route {
    /// `proxied`: the environment names a proxy.
    pub fn new(url: Url, proxied: bool) -> Self {
        let is_plain = url.scheme() == "http"
            && url.username().is_empty()
            && url.password().is_none()
            && (!proxied || is_loopback(&url));
        let plain = url.as_str().parse().ok().filter(|_| is_plain);
        let address = address(url.as_str()).into();
        Self { url, plain, address }
    }
}

/// The routes of the calls so far.
#[derive(Debug, Default)]
pub(crate) struct Routes(RwLock<HashMap<Vec<u8>, Arc<Route>>>);

impl Routes {
    /// The route of a call of `endpoint`.
    pub fn of(
        &self,
        target: &Target<'_>,
        endpoint: Endpoint<'_>,
        stream: bool,
        proxied: bool,
    ) -> Result<Arc<Route>, Failure> {
        let key = key(target, endpoint, stream);
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(known));
        }
        let url = url_of(target.url, target.provider, endpoint, target.model, stream)?;
        let route = Arc::new(Route::new(url, proxied));
        let mut routes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if routes.len() >= MOST {
            routes.clear();
        }
        routes.insert(key, Arc::clone(&route));
        Ok(route)
    }
}

/// Everything that an address depends on.
fn key(target: &Target<'_>, endpoint: Endpoint<'_>, stream: bool) -> Vec<u8> {
    let (call, path) = match endpoint {
        Endpoint::Chat => (0, ""),
        Endpoint::Generate => (1, ""),
        Endpoint::Responses => (2, ""),
        Endpoint::Embeddings => (3, ""),
        Endpoint::CountTokens => (4, ""),
        Endpoint::Models => (5, ""),
        Endpoint::InputTokens => (6, ""),
        Endpoint::Completions => (7, ""),
        Endpoint::Root(path) => (8, path),
    };
    let marks = [target.provider as u8, call, u8::from(stream)];
    // No text holds this byte, so that two keys are the same only if all their parts are.
    [&marks[..], target.url.as_bytes(), &[0xff], target.model.as_bytes(), &[0xff], path.as_bytes()].concat()
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::ProviderKind;

    use super::*;

    #[test]
    fn a_route_is_worked_out_once_and_belongs_to_one_call() {
        let routes = Routes::default();
        let target = |url, model| Target {
            url,
            provider: ProviderKind::Gemini,
            model,
            key: None,
            connect: Duration::from_secs(1),
        };
        let of =
            |url, model, endpoint, stream| routes.of(&target(url, model), endpoint, stream, false).unwrap();
        let first = of("http://h:1", "m", Endpoint::Chat, false);
        assert!(Arc::ptr_eq(&first, &of("http://h:1", "m", Endpoint::Chat, false)));
        let mut seen = vec![first.url.clone()];
        for other in [
            of("http://h:2", "m", Endpoint::Chat, false),
            of("http://h:1", "n", Endpoint::Chat, false),
            of("http://h:1", "m", Endpoint::Models, false),
            of("http://h:1", "m", Endpoint::Chat, true),
        ] {
            assert!(!seen.contains(&other.url), "{}", other.url);
            seen.push(other.url.clone());
        }
    }

    #[test]
    fn only_a_bare_socket_is_plain() {
        let plain = |url: &str, proxied| Route::new(url.parse().unwrap(), proxied).plain.is_some();
        assert!(
            plain("http://h/v1", false) && plain("http://127.0.0.1:1/", true) && plain("http://[::1]/", true)
        );
        for other in ["https://h/", "http://user@h/", "http://:secret@h/"] {
            assert!(!plain(other, false), "{other}");
        }
        assert!(!plain("http://h/v1", true), "a proxy is in the way");
    }
}
