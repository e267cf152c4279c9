//! The configuration of a first start: the practice chain.

use contract::{
    Span,
    config::{
        Alerts, Chain, Degrade, Document, Endpoint, Failback, Probe, ProbeKind, Provider, QualityImpact,
        Tier, Timeouts,
    },
};

/// The document of a first start: one chain of three simulated tiers, with short times, so that a failover
/// and the recovery after it can be watched within a minute.
#[must_use]
pub fn starter() -> Document {
    let tiers = vec![
        practice_tier("gpu", "practice://gpu", "practice-8b", QualityImpact::Low, Degrade::default()),
        practice_tier(
            "second-gpu",
            "practice://second-gpu",
            "practice-8b",
            QualityImpact::Low,
            Degrade::default(),
        ),
        practice_tier(
            "cpu",
            "practice://cpu",
            "practice-1b",
            QualityImpact::High,
            Degrade {
                max_tokens: Some(200),
                notice: Some("Using the small backup model".into()),
                ..Degrade::default()
            },
        ),
    ];
    Document {
        version: 1,
        endpoint: Endpoint::default(),
        chains: vec![Chain {
            name: "practice".into(),
            aliases: vec!["*".into()],
            deadline: Span::secs(60),
            on_broken_stream: contract::config::BrokenStream::Stop,
            on_rate_limit: contract::config::OnRateLimit::default(),
            hedge: contract::config::Hedge::default(),
            mark_body: false,
            failback: Failback { hold: Span::secs(2), ramp: Span::secs(4), ..Failback::default() },
            tiers,
            emergency: contract::config::Emergency::default(),
        }],
        alerts: Alerts::default(),
        gpu_hosts: vec![],
        targets: contract::config::Targets::default(),
        runbooks: vec![],
    }
}

fn practice_tier(
    name: &str,
    url: &str,
    model: &str,
    quality_impact: QualityImpact,
    degrade: Degrade,
) -> Tier {
    Tier {
        name: name.into(),
        provider: Provider::Practice,
        url: Some(url.into()),
        model: model.into(),
        key: None,
        replicas: vec![],
        enabled: true,
        timeouts: Timeouts { first_token: Span::secs(5), ..Timeouts::default() },
        retry: contract::config::Retry::default(),
        breaker: contract::config::Breaker { open: Span::secs(5), ..contract::config::Breaker::default() },
        probe: Some(Probe {
            kind: ProbeKind::Http,
            path: Some("/health".into()),
            every: Span::secs(2),
            timeout: Span::secs(1),
            slow: Span::secs(1),
            down_after: 2,
            up_after: 2,
        }),
        triggers: contract::config::Triggers::default(),
        degrade,
        quality_impact,
        capability_weight: None,
        load: None,
        capabilities: None,
        price: None,
    }
}
