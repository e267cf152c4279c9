//! What orders mean, at the moments just before and after they begin and end.

use super::*;
use crate::plan::tests::{chain, tier};

fn given() -> Given {
    Given { by: "kim".into(), at_ms: 1, why: "test".into() }
}

fn pinned(tier: &str, until_ms: Option<i64>) -> Orders {
    let pin = Pin { tier: tier.into(), only: true, until_ms, given: given() };
    Orders { pins: [("chat".to_owned(), pin)].into(), ..Orders::default() }
}

fn window(id: u64, tier: Option<&str>, from_ms: i64, to_ms: i64) -> Window {
    let (chain, tier) = ("chat".to_owned(), tier.map(str::to_owned));
    Window { id, chain, tier, from_ms, to_ms, begun: false, given: given() }
}

#[test]
fn a_pin_holds_until_its_end_and_not_longer() {
    let chain = chain(vec![tier("a", 1), tier("b", 1)]);
    let mut orders = pinned("b", Some(100));
    let first = Preference { pinned: Some(1), only: true, aside: vec![] };
    assert_eq!(orders.preference(&chain, 99), first);
    assert_eq!(orders.preference(&chain, 100), Preference::default());
    assert_eq!((orders.next_change(99), orders.next_change(100)), (Some(100), None));
    assert_eq!(orders.sweep(99), []);
    assert!(matches!(orders.sweep(100)[..], [Turned::PinExpired(..)]));
    assert!(orders.pins.is_empty());
    assert_eq!(pinned("b", None).preference(&chain, i64::MAX), first);
}

#[test]
fn a_pin_to_a_tier_that_is_gone_means_nothing() {
    let chain = chain(vec![tier("a", 1), tier("b", 1)]);
    assert_eq!(pinned("gone", None).preference(&chain, 0), Preference::default());
}

#[test]
fn tiers_set_aside_come_last_in_the_chains_order() {
    let prefer = Preference { pinned: Some(3), only: false, aside: vec![2, 0] };
    assert_eq!(prefer.order(4).collect::<Vec<_>>(), [3, 1, 0, 2]);
    assert_eq!(prefer.order(4).rev().collect::<Vec<_>>(), [2, 0, 1, 3]);
}

#[test]
fn the_strictest_order_decides() {
    let (tier, other) = (tier("a", 2), ReplicaId::new("chat", "a", "1"));
    let replica = &tier.replicas[0].id;
    let switched = |switch, replica: Option<&ReplicaId>| Switched {
        chain: "chat".into(),
        tier: "a".into(),
        replica: replica.map(ToString::to_string),
        switch,
        given: given(),
    };
    let mut orders = Orders { switched: vec![switched(Switch::Drain, None)], ..Orders::default() };
    assert_eq!(orders.admin("chat", &tier, replica, 5), Admin::Draining);
    assert_eq!(orders.admin("elsewhere", &tier, replica, 5), Admin::Enabled);
    orders.windows.push(window(1, None, 0, 10));
    assert_eq!(orders.admin("chat", &tier, replica, 5), Admin::Maintenance);
    orders.switched.push(switched(Switch::Disable, Some(replica)));
    assert_eq!(orders.admin("chat", &tier, replica, 5), Admin::Disabled);
    assert_eq!(orders.admin("chat", &tier, &other, 5), Admin::Maintenance);
    orders.retired.push(Retired { model: "m".into(), given: given() });
    assert_eq!(orders.admin("elsewhere", &tier, &other, 5), Admin::Retired);
}

#[test]
fn a_window_is_open_from_its_first_moment_to_just_before_its_last_and_is_told_of_once() {
    let windows = vec![window(1, Some("a"), 10, 20)];
    let mut orders = Orders { windows, windows_so_far: 1, ..Orders::default() };
    let open = |orders: &Orders, at| orders.window("chat", "a", at).is_some();
    assert_eq!([9, 10, 19, 20].map(|at| open(&orders, at)), [false, true, true, false]);
    assert!(orders.window("chat", "b", 15).is_none());
    assert_eq!((orders.next_change(9), orders.next_change(10)), (Some(10), Some(20)));
    assert_eq!(orders.sweep(9), []);
    assert!(matches!(orders.sweep(10)[..], [Turned::WindowBegan(_)]));
    assert_eq!(orders.sweep(11), []);
    assert!(matches!(orders.sweep(20)[..], [Turned::WindowEnded(_)]));
    assert_eq!(orders.next_change(0), None);
}

#[test]
fn what_is_kept_reads_back_and_what_an_older_program_kept_too() {
    let mut orders = pinned("b", Some(100));
    orders.windows.push(window(1, None, 0, 10));
    let json = serde_json::to_string(&orders).unwrap();
    assert_eq!(serde_json::from_str::<Orders>(&json).unwrap(), orders);
    assert_eq!(serde_json::from_str::<Orders>("{}").unwrap(), Orders::default());
}
