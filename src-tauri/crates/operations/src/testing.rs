//! Events as tests tell them.

use domain::{
    Admin, Event, FailureClass, Health, IncidentKind, Stamped,
    event::{ChangedOver, Direction, ReplicaChange, ReplicaFacts, RequestEnd, RequestResult},
};

pub(crate) const CHAIN: &str = "chat";

pub(crate) fn at(seq: i64, at_ms: i64, event: Event) -> Stamped {
    Stamped { seq, at_ms, event }
}

fn facts(health: Health, share_percent: u8) -> ReplicaFacts {
    ReplicaFacts { health, breaker: "closed".into(), admin: Admin::Enabled, cool_down: None, share_percent }
}

pub(crate) fn change(tier: &str, from: ReplicaFacts, to: ReplicaFacts) -> ReplicaChange {
    ReplicaChange {
        chain: CHAIN.into(),
        tier: tier.into(),
        replica: format!("{CHAIN}/{tier}@http://{tier}:8000"),
        simulated: false,
        from,
        to,
        why: "connection refused".into(),
        class: Some(FailureClass::Refused),
        evidence_ms: None,
        in_service: false,
    }
}

/// The tier's only replica is down since `evidence_ms`.
pub(crate) fn down(tier: &str, evidence_ms: i64) -> Event {
    let change = change(tier, facts(Health::Healthy, 100), facts(Health::Down, 0));
    Event::Replica(ReplicaChange { evidence_ms: Some(evidence_ms), ..change })
}

/// The tier's only replica answers again and takes a share of the traffic.
pub(crate) fn ramping(tier: &str) -> Event {
    let change = change(tier, facts(Health::Down, 0), facts(Health::Healthy, 10));
    Event::Replica(ReplicaChange { why: "checks pass".into(), class: None, ..change })
}

/// The tier's only replica is in full service.
pub(crate) fn up(tier: &str) -> Event {
    let change = change(tier, facts(Health::Healthy, 10), facts(Health::Healthy, 100));
    Event::Replica(ReplicaChange { why: "in full service".into(), class: None, in_service: true, ..change })
}

/// The operator took the tier's only replica out.
pub(crate) fn disabled(tier: &str) -> Event {
    let mut to = facts(Health::Down, 0);
    to.admin = Admin::Disabled;
    Event::Replica(change(tier, facts(Health::Down, 0), to))
}

pub(crate) fn over(from: &str, to: Option<&str>, evidence_ms: i64, waited_ms: Option<i64>) -> Event {
    Event::ChangedOver(ChangedOver {
        chain: CHAIN.into(),
        simulated: false,
        direction: Direction::Over,
        from: Some(from.into()),
        to: to.map(str::to_owned),
        trigger: "refused".into(),
        error: format!("{from} refused the connection"),
        advice: "Start the server.".into(),
        incident: Some(if to.is_some() { IncidentKind::Outage } else { IncidentKind::AllDown }),
        evidence_ms: Some(evidence_ms),
        waited_ms,
        impact: None,
        answered: waited_ms.is_some(),
    })
}

pub(crate) fn back(from: Option<&str>, to: &str) -> Event {
    Event::ChangedOver(ChangedOver {
        chain: CHAIN.into(),
        simulated: false,
        direction: Direction::Back,
        from: from.map(str::to_owned),
        to: Some(to.into()),
        trigger: "recovered".into(),
        error: String::new(),
        advice: String::new(),
        incident: None,
        evidence_ms: None,
        waited_ms: None,
        impact: None,
        answered: false,
    })
}

pub(crate) fn answered(tier: &str) -> Event {
    Event::Answered { chain: CHAIN.into(), tier: tier.into(), simulated: false }
}

pub(crate) fn request(tier: Option<&str>, result: RequestResult, total_ms: f64) -> Event {
    Event::Request(RequestEnd {
        request: "r".into(),
        chain: CHAIN.into(),
        tier: tier.map(str::to_owned),
        simulated: false,
        result,
        first_tier_ok: tier == Some("gpu"),
        attempts: 1,
        stream: false,
        total_ms,
    })
}

/// The same event of a simulated chain.
pub(crate) fn simulated(event: Event) -> Event {
    match event {
        Event::Replica(e) => Event::Replica(ReplicaChange { simulated: true, ..e }),
        Event::ChangedOver(e) => Event::ChangedOver(ChangedOver { simulated: true, ..e }),
        Event::Request(e) => Event::Request(RequestEnd { simulated: true, ..e }),
        Event::Answered { chain, tier, .. } => Event::Answered { chain, tier, simulated: true },
        other => other,
    }
}
