//! Who may come in: foreign web pages may not reach a loopback endpoint, and clients show a key where keys are set.

use std::net::{IpAddr, SocketAddr};

use dialect::error::{ClientError, ErrorKind};
use http::{HeaderMap, Uri, header};
use sha2::{Digest, Sha256};

/// Refuses a request that names two hosts, as RFC 9112, 3.2, asks: whoever stands in front may have read the other.
pub(crate) fn check_host(headers: &HeaderMap) -> Result<(), ClientError> {
    if headers.get_all(header::HOST).iter().count() <= 1 {
        return Ok(());
    }
    let message = "The request has more than one Host header. Send exactly one.";
    Err(ClientError {
        code: Some("invalid_host".into()),
        ..ClientError::new(ErrorKind::InvalidRequest, message)
    })
}

/// Refuses what a web page of somebody else's could send to a loopback endpoint (DNS rebinding, cross-site requests).
pub(crate) fn check_origin(local: SocketAddr, uri: &Uri, headers: &HeaderMap) -> Result<(), ClientError> {
    if !local.ip().is_loopback() {
        return Ok(());
    }
    let host = uri.host().map(str::to_owned).or_else(|| text(headers, header::HOST).map(str::to_owned));
    if let Some(host) = host
        && !is_loopback_host(&host)
    {
        return Err(foreign(format!(
            "This endpoint listens on loopback only and does not answer for host `{host}`. Use http://{local}."
        )));
    }
    match text(headers, header::ORIGIN) {
        Some(origin) if !is_loopback_origin(origin) => Err(foreign(format!(
            "Web pages of {origin} may not use this endpoint. Pages of localhost may; others need a server of their own between."
        ))),
        _ => Ok(()),
    }
}

fn foreign(message: String) -> ClientError {
    ClientError { code: Some("foreign_origin".into()), ..ClientError::new(ErrorKind::Permission, message) }
}

/// Whether an `Origin` header names a page of this machine.
pub(crate) fn is_loopback_origin(origin: &str) -> bool {
    let rest = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    rest.is_some_and(is_loopback_host)
}

/// Whether `host`, perhaps with a port, names this machine.
fn is_loopback_host(host: &str) -> bool {
    let name = if let Some(rest) = host.strip_prefix('[') {
        rest.split_once(']').map_or("", |(name, _)| name)
    } else {
        host.split_once(':').map_or(host, |(name, _)| name)
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Asks for a client key, where there are any. `keys` are SHA-256 digests.
pub(crate) fn check_key(keys: &[[u8; 32]], headers: &HeaderMap) -> Result<(), ClientError> {
    if keys.is_empty() {
        return Ok(());
    }
    let bearer = text(headers, header::AUTHORIZATION).and_then(|value| {
        let (scheme, key) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
    });
    let refused = |message: &str| ClientError {
        code: Some("invalid_api_key".into()),
        ..ClientError::new(ErrorKind::Authentication, message)
    };
    let Some(key) = bearer.or_else(|| headers.get("x-api-key")?.to_str().ok().map(str::trim)) else {
        return Err(refused(
            "No client key. Send one of this endpoint's keys as `Authorization: Bearer KEY` or `x-api-key: KEY`.",
        ));
    };
    let digest: [u8; 32] = Sha256::digest(key).into();
    // Every key is compared to its last byte, whatever was found before.
    let found = keys.iter().fold(false, |found, known| found | same(known, &digest));
    if found {
        Ok(())
    } else {
        Err(refused("This client key is not known here. Make one in Settings, Clients."))
    }
}

fn same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    a.iter().zip(b).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_names_of_this_machine_are_loopback() {
        for host in
            ["localhost", "LOCALHOST:80", "localhost.", "127.0.0.1", "127.1.2.3:4747", "[::1]", "[::1]:4747"]
        {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "10.0.0.1",
            "[fe80::1]:1",
            "127.0.0.1.evil.example",
        ] {
            assert!(!is_loopback_host(host), "{host}");
        }
        assert!(is_loopback_origin("http://localhost:3000"));
        for origin in ["null", "https://evil.example", "file://", "http://localhost.evil.example"] {
            assert!(!is_loopback_origin(origin), "{origin}");
        }
    }

    #[test]
    fn a_foreign_host_or_page_is_refused_on_loopback_only() {
        let loopback = "127.0.0.1:4747".parse().unwrap();
        let open = "0.0.0.0:4747".parse().unwrap();
        let uri = Uri::from_static("/v1/models");
        for bad in
            [headers(&[("host", "evil.example:4747")]), headers(&[("host", "localhost"), ("origin", "null")])]
        {
            assert_eq!(check_origin(loopback, &uri, &bad).unwrap_err().kind, ErrorKind::Permission);
            assert!(check_origin(open, &uri, &bad).is_ok());
        }
        let good = headers(&[("host", "127.0.0.1:4747"), ("origin", "http://localhost:5173")]);
        assert!(check_origin(loopback, &uri, &good).is_ok());
        let absolute = Uri::from_static("http://evil.example/v1/models");
        assert!(check_origin(loopback, &absolute, &HeaderMap::new()).is_err());
    }

    #[test]
    fn a_key_is_asked_for_once_there_are_any() {
        let keys = [Sha256::digest("one").into(), Sha256::digest("two").into()];
        assert!(check_key(&[], &HeaderMap::new()).is_ok());
        assert!(check_key(&keys, &HeaderMap::new()).is_err());
        assert!(check_key(&keys, &headers(&[("authorization", "Bearer two")])).is_ok());
        assert!(check_key(&keys, &headers(&[("x-api-key", "one")])).is_ok());
        assert!(check_key(&keys, &headers(&[("authorization", "Bearer three")])).is_err());
        assert!(check_key(&keys, &headers(&[("authorization", "Basic one")])).is_err());
    }
}
