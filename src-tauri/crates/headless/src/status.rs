//! `changeoverd status`: who answers, whether failover is armed, and which orders hold.

use std::{path::Path, process::ExitCode};

use contract::view::{ChainView, Given, OrderKind, OrdersPage, Overview};
use serde_json::json;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{client::call, out};

pub(crate) fn run(data: &Path, as_json: bool) -> anyhow::Result<ExitCode> {
    let overview: Overview = call(data, "overview", &())?;
    let orders: OrdersPage = call(data, "orders", &())?;
    if as_json {
        let both = json!({"overview": overview, "orders": orders});
        out::line(&serde_json::to_string_pretty(&both)?);
        return Ok(ExitCode::SUCCESS);
    }
    for chain in &overview.chains {
        out::line(&word(chain));
        for tier in &chain.tiers {
            let state = tier.why_not.clone().unwrap_or_else(|| "may serve".into());
            let model = if tier.model.is_empty() { String::new() } else { format!(" ({})", tier.model) };
            out::line(&format!("  {}{model}: {state}", tier.name));
        }
    }
    holding(&orders).iter().for_each(|line| out::line(line));
    Ok(ExitCode::SUCCESS)
}

/// A chain in one line.
pub(crate) fn word(chain: &ChainView) -> String {
    let who = chain.serving.as_ref().map_or_else(|| "nobody answers".into(), |t| format!("{t} answers"));
    let armed = match &chain.not_armed {
        None => "failover is armed".to_owned(),
        Some(why) => format!("failover is NOT armed: {why}"),
    };
    let simulated = if chain.simulated { " [simulated]" } else { "" };
    format!("{}{simulated}: {who}; {armed}", chain.name)
}

/// The orders that hold or are to hold, a line each.
fn holding(orders: &OrdersPage) -> Vec<String> {
    let pins = orders.pins.iter().map(|pin| {
        let only = if pin.only { ", alone" } else { "" };
        let until =
            pin.until_ms.map_or_else(|| "until released".into(), |at| format!("until {}", time_of(at)));
        format!("pinned{only}: {}/{} {until}{}", pin.chain, pin.tier, signed(&pin.given))
    });
    let tiers = orders.tiers.iter().map(|order| {
        let kind = match order.kind {
            OrderKind::Draining => "drained",
            OrderKind::Disabled => "disabled",
            OrderKind::SetAside => "failed over from",
            OrderKind::Maintenance => "under maintenance",
            OrderKind::Retired => "retired",
        };
        let place = order
            .replica
            .clone()
            .unwrap_or_else(|| format!("{}/{}", order.chain, order.tier.as_deref().unwrap_or("every tier")));
        format!("{kind}: {place}{}", signed(&order.given))
    });
    let windows = orders.windows.iter().map(|w| {
        let place = w.tier.as_ref().map_or_else(|| w.chain.clone(), |tier| format!("{}/{tier}", w.chain));
        let open = if w.open { ", open now" } else { "" };
        let (from, to) = (time_of(w.from_ms), time_of(w.to_ms));
        format!("maintenance {}: {place} from {from} to {to}{open}{}", w.id, signed(&w.given))
    });
    let retired = orders
        .retired
        .iter()
        .map(|r| format!("retired: {} ({}){}", r.model, r.tiers.join(", "), signed(&r.given)));
    pins.chain(tiers).chain(windows).chain(retired).collect()
}

fn signed(given: &Given) -> String {
    let why = if given.why.is_empty() { String::new() } else { format!(": {}", given.why) };
    format!(", by {}{why}", given.by)
}

fn time_of(at_ms: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(at_ms / 1000).ok();
    at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_else(|| format!("{at_ms} ms"))
}
