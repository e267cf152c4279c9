//! What a replica's task needs of the configuration.

use std::{net::IpAddr, sync::Arc, time::Duration};

use domain::{
    Admin, Chain, Replica, Tier,
    chain::{Failback, Probe, ProbeKind},
};
use upstream::ProbeTarget;

/// Checks of a local server that is down, or on its way back, are at most this far apart.
const QUICK_LOCAL: Duration = Duration::from_secs(1);
/// The same for a server elsewhere.
const QUICK_REMOTE: Duration = Duration::from_secs(2);

/// One replica's part of the configuration.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub chain: String,
    pub simulated: bool,
    pub failback: Failback,
    pub tier: Arc<Tier>,
    pub replica: Replica,
    /// What the operator ordered of it.
    pub admin: Admin,
}

impl Settings {
    pub(crate) fn of(chain: &Chain, tier: &Arc<Tier>, replica: &Replica, admin: Admin) -> Self {
        Self {
            chain: chain.name.clone(),
            simulated: chain.simulated,
            failback: chain.failback,
            tier: Arc::clone(tier),
            replica: replica.clone(),
            admin,
        }
    }

    /// The probe's settings.
    pub(crate) fn probe(&self) -> Option<&Probe> {
        self.tier.probe.as_ref()
    }

    /// Whether a check may ask for a token: nobody pays for it.
    pub(crate) fn may_generate(&self) -> bool {
        !self.tier.provider.paid() && self.probe().is_some()
    }

    /// Whether a token that is asked for while a long answer is being made says anything. Servers that batch answer
    /// it beside the other; a server with one slot (Ollama, llama.cpp) makes it wait, healthy or not.
    pub(crate) fn answers_side_by_side(&self) -> bool {
        use domain::ProviderKind::{Sglang, Tgi, Vllm};
        self.may_generate() && matches!(self.tier.provider, Vllm | Sglang | Tgi)
    }

    /// The check to make: the configured one, or a generation with the time that a client's would have.
    pub(crate) fn target(&self, generate: bool) -> Option<ProbeTarget> {
        let mut target = ProbeTarget::of(&self.tier, &self.replica, self.probe()?);
        if generate {
            target.kind = ProbeKind::Generation;
            target.timeout = target.timeout.max(self.tier.timeouts.first_token);
        }
        Some(target)
    }

    /// Time between checks while the answer matters now.
    pub(crate) fn quick(&self, every: Duration) -> Duration {
        match self.distance() {
            _ if self.tier.provider.paid() => every,
            Distance::Elsewhere => every.min(QUICK_REMOTE),
            Distance::ThisMachine | Distance::ThisNetwork => every.min(QUICK_LOCAL),
        }
    }

    /// Where its server is.
    pub(crate) fn distance(&self) -> Distance {
        distance(&self.replica.url)
    }

    /// Whether the same request could end otherwise under `other`, so that what was learned of the model or
    /// the credential no longer holds.
    pub(crate) fn asks_otherwise(&self, other: &Self) -> bool {
        let (a, b) = (&self.tier, &other.tier);
        a.provider != b.provider || a.model != b.model || a.key != b.key
    }
}

/// Where a server is, by its URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Distance {
    ThisMachine,
    ThisNetwork,
    Elsewhere,
}

/// Where the server at `url` is.
pub(crate) fn distance(url: &str) -> Distance {
    let Ok(url) = url::Url::parse(url) else { return Distance::Elsewhere };
    match url.host() {
        Some(url::Host::Ipv4(ip)) => distance_of(ip.into()),
        Some(url::Host::Ipv6(ip)) => distance_of(ip.into()),
        Some(url::Host::Domain("localhost")) => Distance::ThisMachine,
        Some(url::Host::Domain(name)) if !name.contains('.') || name.ends_with(".local") => {
            Distance::ThisNetwork
        }
        _ => Distance::Elsewhere,
    }
}

fn distance_of(ip: IpAddr) -> Distance {
    let near = match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
    };
    match () {
        () if ip.is_loopback() => Distance::ThisMachine,
        () if near => Distance::ThisNetwork,
        () => Distance::Elsewhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_apart() {
        for (url, want) in [
            ("http://127.0.0.1:8000", Distance::ThisMachine),
            ("http://[::1]:8000", Distance::ThisMachine),
            ("http://localhost:1", Distance::ThisMachine),
            ("http://192.168.0.7/v1", Distance::ThisNetwork),
            ("http://gpu1:8000", Distance::ThisNetwork),
            ("http://box.local", Distance::ThisNetwork),
            ("https://api.openai.com/v1", Distance::Elsewhere),
            ("https://8.8.8.8", Distance::Elsewhere),
            ("no url", Distance::Elsewhere),
        ] {
            assert_eq!(distance(url), want, "{url}");
        }
    }
}
