//! One JSON document posted to an address that the operator named: a webhook.
//!
//! Rules: the name is resolved here, and the connection goes to the addresses that were looked at, so that a name
//! cannot lead to this machine or its network unless the operator allows that; nothing is redirected or retried;
//! messages name host and port only, because the rest of such an address is often a secret.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use http::HeaderMap;
use url::{Host, Url};

use crate::{
    classify::{Phase, of_reqwest, shortened},
    endpoint::address,
};

/// The most of an answer that is read, bytes.
const MOST: usize = 2_048;
const CONNECT: Duration = Duration::from_secs(10);

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Its status.
    pub status: u16,
    /// The beginning of its body.
    pub body: String,
}

/// Why nothing came back, in words. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// The address may not be used, and will not be able to be used later.
    #[error("{0}")]
    Refused(String),
    /// It did not work this time.
    #[error("{0}")]
    Failed(String),
}

/// Posts `json` to `url` and returns the status, whatever it is, within `limit`.
///
/// # Errors
/// The address is private although `allow_private` is not set, or the connection failed or took too long.
pub async fn post_json(
    url: &Url,
    headers: HeaderMap,
    json: String,
    allow_private: bool,
    limit: Duration,
) -> Result<Posted, PostError> {
    let place = address(url.as_str());
    let sending = send(url, headers, json, allow_private, &place);
    match tokio::time::timeout(limit, sending).await {
        Ok(outcome) => outcome,
        Err(_) => Err(PostError::Failed(format!("{place} has not answered within {} s", limit.as_secs()))),
    }
}

async fn send(
    url: &Url,
    headers: HeaderMap,
    json: String,
    allow_private: bool,
    place: &str,
) -> Result<Posted, PostError> {
    let found = resolve(url, place).await?;
    if !allow_private && let Some(private) = found.iter().find(|a| is_private(a.ip())) {
        return Err(PostError::Refused(format!(
            "{place} leads to {}, an address of this machine or its network; set `allow_private: true` for this \
             webhook if that is meant",
            private.ip()
        )));
    }
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("changeover/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false);
    if let Some(Host::Domain(name)) = url.host() {
        builder = builder.resolve_to_addrs(name, &found);
    }
    if allow_private {
        builder = builder.no_proxy();
    }
    let client =
        builder.build().map_err(|e| PostError::Failed(format!("no TLS client could be made: {e}")))?;
    let failed = |e: &reqwest::Error, phase| PostError::Failed(of_reqwest(e, phase, place).message);
    let request =
        client.post(url.clone()).headers(headers).header("content-type", "application/json").body(json);
    let mut response = request.send().await.map_err(|e| failed(&e, Phase::Head))?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while body.len() < MOST
        && let Some(piece) = response.chunk().await.map_err(|e| failed(&e, Phase::Body))?
    {
        body.extend_from_slice(&piece);
    }
    body.truncate(MOST);
    Ok(Posted { status, body: shortened(String::from_utf8_lossy(&body).into_owned()) })
}

async fn resolve(url: &Url, place: &str) -> Result<Vec<SocketAddr>, PostError> {
    let port = url.port_or_known_default().unwrap_or(443);
    match url.host() {
        Some(Host::Ipv4(ip)) => Ok(vec![SocketAddr::new(ip.into(), port)]),
        Some(Host::Ipv6(ip)) => Ok(vec![SocketAddr::new(ip.into(), port)]),
        Some(Host::Domain(name)) => {
            let found = tokio::net::lookup_host((name, port)).await;
            let found: Vec<_> = found.map(Iterator::collect).unwrap_or_default();
            if found.is_empty() {
                return Err(PostError::Failed(format!("the name of {place} does not resolve")));
            }
            Ok(found)
        }
        None => Err(PostError::Refused("the address names no host".to_owned())),
    }
}

/// Whether an address is of this machine, its network, or one that no public host has.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            ip.is_loopback()
                || ip.is_private()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_broadcast()
                || ip.is_multicast()
                || a == 0
                || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(v4) => is_private(v4.into()),
            None => is_private_v6(ip),
        },
    }
}

fn is_private_v6(ip: Ipv6Addr) -> bool {
    ip.is_loopback()
        || ip.is_unspecified()
        || ip.is_multicast()
        || ip.is_unique_local()
        || ip.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_machine_and_its_network_are_private() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "::1",
            "::",
            "fd00::1",
            "fe80::1",
            "::ffff:127.0.0.1",
        ] {
            assert!(is_private(private.parse().unwrap()), "{private}");
        }
        for public in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111"] {
            assert!(!is_private(public.parse().unwrap()), "{public}");
        }
    }

    #[tokio::test]
    async fn a_private_address_is_refused_before_anything_is_sent() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        for host in ["127.0.0.1", "localhost"] {
            let url: Url = format!("http://{host}:{port}/secret-path").parse().unwrap();
            let refused = post_json(&url, HeaderMap::new(), "{}".into(), false, Duration::from_secs(5))
                .await
                .unwrap_err();
            assert!(
                matches!(&refused, PostError::Refused(why) if why.contains("allow_private")),
                "{refused}"
            );
            assert!(!refused.to_string().contains("secret-path"), "{refused}");
        }
        let nobody_came = tokio::time::timeout(Duration::from_millis(100), listener.accept()).await;
        assert!(nobody_came.is_err());
    }

    #[tokio::test]
    async fn an_address_that_says_nothing_is_given_up() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let error = post_json(&url, HeaderMap::new(), "{}".into(), true, Duration::from_millis(200))
            .await
            .unwrap_err();
        assert!(error.to_string().contains("has not answered"), "{error}");
    }
}
