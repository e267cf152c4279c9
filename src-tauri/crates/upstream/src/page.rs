//! Pages that a server shows of itself: metrics, slots, loaded models. Bounded in size and in time, since a server
//! that is in trouble may send anything.

use std::time::Duration;

use bytes::Bytes;
use domain::{Failure, FailureClass, KeyRef, ProviderKind, Replica, Tier};
use http::{HeaderMap, Method};
use tokio::time::timeout;

use crate::{
    classify::shortened,
    client::{Client, Target},
    endpoint::{Endpoint, address, url_of},
};

/// Whose page is asked for.
#[derive(Clone, Debug)]
pub struct PageTarget {
    /// The server's base URL.
    pub url: String,
    /// What kind of server it is.
    pub provider: ProviderKind,
    /// Where its key is.
    pub key: Option<KeyRef>,
    /// The page fails after this long.
    pub timeout: Duration,
    /// The most bytes that are read.
    pub longest: usize,
}

impl PageTarget {
    /// The pages of a replica of a tier.
    #[must_use]
    pub fn of(tier: &Tier, replica: &Replica, timeout: Duration, longest: usize) -> Self {
        let key = tier.key.clone();
        Self { url: replica.url.clone(), provider: tier.provider, key, timeout, longest }
    }
}

/// A page, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// HTTP status.
    pub status: u16,
    /// Its bytes; empty unless the status is 200 to 299.
    pub body: Bytes,
}

impl Client {
    /// Reads the page at `path` on the server's root.
    ///
    /// # Errors
    /// When it does not come in time, breaks off, or is longer than `target.longest`.
    pub async fn page(&self, target: &PageTarget, path: &str) -> Result<Page, Failure> {
        let fail = |class, what: String| {
            Failure::new(class, shortened(format!("{path} of {}: {what}", address(&target.url))))
        };
        let url = url_of(&target.url, target.provider, Endpoint::Root(path), "", false)?;
        let whom = Target {
            url: &target.url,
            provider: target.provider,
            model: "",
            key: target.key.as_ref(),
            connect: target.timeout,
        };
        let read = async {
            let mut response = self.call(&whom, Method::GET, url, HeaderMap::new(), None).await?;
            let status = response.status.as_u16();
            if !response.status.is_success() {
                return Ok(Page { status, body: Bytes::new() });
            }
            // One byte more than allowed tells a page that is too long from one that just fits.
            let body = response.body.up_to(target.longest.saturating_add(1)).await?;
            if body.len() > target.longest {
                let what = format!("longer than {} KiB", target.longest / 1024);
                return Err(fail(FailureClass::Malformed, what));
            }
            Ok(Page { status, body })
        };
        timeout(target.timeout, read).await.unwrap_or_else(|_| {
            let what = format!("no whole answer within {} ms", target.timeout.as_millis());
            Err(fail(FailureClass::FirstTokenTimeout, what))
        })
    }
}
