//! The operator's orders for the screens.

use contract::view::{
    Given, OrderKind, OrderRecord, OrderView, OrdersPage, PinView, RetiredView, WindowView,
};
use domain::{
    Chain, Event, Orders, Snapshot, Tier,
    orders::{self, Pin, Switch, Window},
};
use store::EventRow;

use super::records::stamped;
use crate::rpc::tiers_with;

/// The orders that hold at `now_ms`, and the newest records of such.
pub(crate) fn orders_page(
    orders: &Orders,
    snapshot: &Snapshot,
    recent: &[EventRow],
    now_ms: i64,
) -> OrdersPage {
    let switched = orders.switched.iter().map(|s| OrderView {
        kind: kind(s.switch),
        chain: s.chain.clone(),
        tier: Some(s.tier.clone()),
        replica: s.replica.clone(),
        until_ms: None,
        given: given(&s.given),
    });
    let aside = orders.aside.iter().flat_map(|(chain, all)| all.iter().map(|a| set_aside(chain, a)));
    OrdersPage {
        pins: orders.pins.iter().map(|(chain, pin)| pin_view(chain, pin)).collect(),
        tiers: switched.chain(aside).collect(),
        windows: orders.windows.iter().map(|w| window(w, now_ms)).collect(),
        retired: orders
            .retired
            .iter()
            .map(|r| RetiredView {
                model: r.model.clone(),
                tiers: tiers_with(snapshot, &r.model),
                given: given(&r.given),
            })
            .collect(),
        recent: recent.iter().filter_map(record).collect(),
    }
}

/// The pin of a chain that holds at `now_ms`.
pub(crate) fn pin_of(orders: &Orders, chain: &str, now_ms: i64) -> Option<PinView> {
    let pin = orders.pins.get(chain).filter(|p| p.until_ms.is_none_or(|until| now_ms < until))?;
    Some(pin_view(chain, pin))
}

/// The strictest order that holds for a whole tier at `now_ms`.
pub(crate) fn order_of(orders: &Orders, chain: &Chain, tier: &Tier, now_ms: i64) -> Option<OrderView> {
    let view = |kind, until_ms, from: &orders::Given| OrderView {
        kind,
        chain: chain.name.clone(),
        tier: Some(tier.name.clone()),
        replica: None,
        until_ms,
        given: given(from),
    };
    let of_tier = |s: &&orders::Switched| s.chain == chain.name && s.tier == tier.name && s.replica.is_none();
    let switched = |switch| orders.switched.iter().filter(of_tier).find(move |s| s.switch == switch);
    let retired = orders.retired.iter().find(|r| r.model == tier.model);
    let aside = || orders.aside.get(&chain.name)?.iter().find(|a| a.tier == tier.name);
    retired
        .map(|r| view(OrderKind::Retired, None, &r.given))
        .or_else(|| Some(view(OrderKind::Disabled, None, &switched(Switch::Disable)?.given)))
        .or_else(|| {
            let window = orders.window(&chain.name, &tier.name, now_ms)?;
            Some(view(OrderKind::Maintenance, Some(window.to_ms), &window.given))
        })
        .or_else(|| Some(view(OrderKind::Draining, None, &switched(Switch::Drain)?.given)))
        .or_else(|| Some(view(OrderKind::SetAside, None, &aside()?.given)))
}

const fn kind(switch: Switch) -> OrderKind {
    match switch {
        Switch::Drain => OrderKind::Draining,
        Switch::Disable => OrderKind::Disabled,
    }
}

fn set_aside(chain: &str, aside: &orders::Aside) -> OrderView {
    OrderView {
        kind: OrderKind::SetAside,
        chain: chain.to_owned(),
        tier: Some(aside.tier.clone()),
        replica: None,
        until_ms: None,
        given: given(&aside.given),
    }
}

fn pin_view(chain: &str, pin: &Pin) -> PinView {
    PinView {
        chain: chain.to_owned(),
        tier: pin.tier.clone(),
        only: pin.only,
        until_ms: pin.until_ms,
        given: given(&pin.given),
    }
}

fn window(window: &Window, now_ms: i64) -> WindowView {
    WindowView {
        id: window.id,
        chain: window.chain.clone(),
        tier: window.tier.clone(),
        from_ms: window.from_ms,
        to_ms: window.to_ms,
        open: window.is_open(now_ms),
        given: given(&window.given),
    }
}

fn given(given: &orders::Given) -> Given {
    Given { by: given.by.clone(), at_ms: given.at_ms, why: given.why.clone() }
}

fn record(row: &EventRow) -> Option<OrderRecord> {
    let stamped = stamped(row)?;
    let Event::Operator(act) = stamped.event else { return None };
    Some(OrderRecord {
        id: stamped.seq.to_string(),
        at_ms: stamped.at_ms,
        what: act.order.words(),
        chain: act.chain,
        tier: act.tier,
        actor: act.actor,
        why: act.why,
    })
}
