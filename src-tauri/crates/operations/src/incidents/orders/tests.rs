use domain::{Event, IncidentKind};

use super::*;
use crate::{
    incidents::{Change, Severity, State},
    testing::{CHAIN, at, over, up},
};

fn act(chain: Option<&str>, tier: Option<&str>, order: Order) -> Event {
    Event::Operator(OperatorAct {
        chain: chain.map(str::to_owned),
        tier: tier.map(str::to_owned),
        simulated: false,
        actor: "kim".into(),
        why: "it lies".into(),
        order,
    })
}

fn retired() -> Event {
    act(None, None, Order::Retired { model: "m".into(), tiers: vec!["chat/gpu".into()] })
}

/// Applies the next event, and returns the lines that it wrote as actor and text.
fn tell(book: &mut IncidentBook, event: Event) -> Vec<(Option<String>, String)> {
    let seq = book.applied_seq() + 1;
    let line = |change| match change {
        Change::Entry(entry) => Some((entry.actor, entry.text)),
        _ => None,
    };
    book.apply(&at(seq, seq * 1000, event)).into_iter().filter_map(line).collect()
}

#[test]
fn a_retired_model_is_a_safety_incident_until_it_is_taken_back() {
    let mut book = IncidentBook::default();
    let lines = tell(&mut book, retired());
    assert!(lines.contains(&(Some("kim".into()), "Model m retired: it lies".into())), "{lines:?}");
    let incident = &book.open()[0];
    assert_eq!((incident.kind, incident.severity), (IncidentKind::Safety, Severity::P1));
    assert_eq!(incident.title, "m was retired and answers nowhere");
    assert!(incident.cause.contains("chat/gpu") && incident.cause.contains("it lies"), "{}", incident.cause);
    tell(&mut book, act(None, None, Order::Unretired { model: "other".into() }));
    assert_eq!(book.open().len(), 1);
    tell(&mut book, act(None, None, Order::Unretired { model: "m".into() }));
    assert!(book.open().is_empty());
    let closed = &book.recently_closed()[0];
    assert_eq!(
        (closed.state, closed.times.restored_ms),
        (State::Closed, None),
        "no recovery time is claimed"
    );
}

#[test]
fn orders_stand_on_the_timelines_of_their_chain_with_who_and_why() {
    let mut book = IncidentBook::default();
    tell(&mut book, up("gpu"));
    tell(&mut book, over("gpu", Some("cpu"), 900, Some(5)));
    let pinned = || Order::Pinned { only: true, until_ms: None };
    let lines = tell(&mut book, act(Some(CHAIN), Some("cpu"), pinned()));
    assert_eq!(lines, [(Some("kim".into()), "Cpu: pinned, alone, until released: it lies".into())]);
    assert_eq!(tell(&mut book, act(Some("elsewhere"), Some("cpu"), pinned())), []);
}

#[test]
fn a_window_covers_its_tier_or_its_whole_chain_while_it_is_open() {
    let mut book = IncidentBook::default();
    tell(&mut book, act(Some(CHAIN), Some("gpu"), Order::MaintenanceSet { id: 1, from_ms: 0, to_ms: 9 }));
    assert!(!book.in_maintenance(CHAIN, "gpu", false), "it is to come");
    tell(&mut book, act(Some(CHAIN), Some("gpu"), Order::MaintenanceBegan { id: 1, to_ms: 9 }));
    let covered = |book: &IncidentBook| ["gpu", "cpu"].map(|tier| book.in_maintenance(CHAIN, tier, false));
    assert_eq!(covered(&book), [true, false]);
    assert!(!book.in_maintenance(CHAIN, "gpu", true));
    tell(&mut book, act(Some(CHAIN), None, Order::MaintenanceBegan { id: 2, to_ms: 9 }));
    tell(&mut book, act(Some(CHAIN), Some("gpu"), Order::MaintenanceEnded { id: 1 }));
    assert_eq!(covered(&book), [true, true]);
    tell(&mut book, act(Some(CHAIN), None, Order::MaintenanceEnded { id: 2 }));
    assert_eq!(covered(&book), [false, false]);
}
