//! The operator's hand from the command line: each order goes to the running program, which obeys before it answers.

use std::{path::Path, process::ExitCode, time::Duration};

use anyhow::{Context, anyhow, bail};
use clap::{Args, Subcommand};
use contract::{
    Span,
    rpc::{OrderChain, OrderMaintenance, OrderMaintenanceEnd, OrderModel, OrderPin, OrderSwitch, SwitchTo},
    view::{OrdersPage, Overview, ReplicaView, TierView},
};
use serde::Serialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{client::call, out};

/// A draining tier is looked at this often.
const LOOK: Duration = Duration::from_millis(200);

#[derive(Subcommand)]
pub(crate) enum Order {
    /// Asks one tier before all others of its chain.
    Pin {
        /// The chain.
        chain: String,
        /// The tier.
        tier: String,
        /// How long, such as 15m or 1h [default: until it is released].
        #[arg(long = "for", value_name = "TIME")]
        length: Option<Span>,
        /// No other tier may answer, even when this one cannot: failover is not armed.
        #[arg(long)]
        only: bool,
        #[command(flatten)]
        reason: Reason,
    },
    /// Releases a chain's pin.
    Unpin(OfChain),
    /// Sends no new requests to a tier or replica; running answers end by themselves.
    Drain {
        #[command(flatten)]
        place: Place,
        /// Wait until no answer is running.
        #[arg(long)]
        wait: bool,
    },
    /// Takes a tier or replica out of service.
    Disable(Place),
    /// Takes a tier or replica that was drained or disabled back into service.
    Enable(Place),
    /// Moves traffic to the next tier that can answer, until it is failed back.
    Failover(OfChain),
    /// Brings traffic back to the best tier at once; releases a pin, too.
    Failback(OfChain),
    /// Sets a maintenance window: traffic avoids the tier or chain, and alerts about it are held back.
    Maintenance {
        /// The chain.
        chain: String,
        /// The tier [default: the whole chain].
        #[arg(long)]
        tier: Option<String>,
        /// When it begins, such as 2027-01-31T22:00:00Z [default: now].
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// How long it lasts, such as 30m or 2h.
        #[arg(long = "for", value_name = "TIME")]
        length: Span,
        #[command(flatten)]
        reason: Reason,
    },
    /// Ends a maintenance window, or takes it back.
    MaintenanceEnd {
        /// Its number, as `status` shows it.
        id: u64,
        #[command(flatten)]
        reason: Reason,
    },
    /// Takes a model out of every tier of every chain at once and cuts its running answers.
    Retire(OfModel),
    /// Lets a retired model answer again.
    Unretire(OfModel),
}

#[derive(Args)]
pub(crate) struct Reason {
    /// Why, for the record.
    #[arg(long, value_name = "TEXT", default_value = "")]
    why: String,
}

#[derive(Args)]
pub(crate) struct OfChain {
    /// The chain.
    chain: String,
    #[command(flatten)]
    reason: Reason,
}

#[derive(Args)]
pub(crate) struct OfModel {
    /// Its name, as the tiers write it.
    model: String,
    #[command(flatten)]
    reason: Reason,
}

#[derive(Args)]
pub(crate) struct Place {
    /// The chain.
    chain: String,
    /// The tier.
    tier: String,
    /// One of its replicas, by its URL [default: all of them].
    #[arg(long, value_name = "URL")]
    replica: Option<String>,
    #[command(flatten)]
    reason: Reason,
}

pub(crate) fn run(data: &Path, order: Order) -> anyhow::Result<ExitCode> {
    match order {
        Order::Pin { chain, tier, length, only, reason } => {
            let for_ms = length.map(|span| millis(span.0));
            send(data, "order.pin", &OrderPin { chain, tier, only, for_ms, why: reason.why })
        }
        Order::Unpin(of) => send(data, "order.unpin", &of.request()),
        Order::Drain { place, wait } => {
            let (chain, tier) = (place.chain.clone(), place.tier.clone());
            let replica = switch(data, place, SwitchTo::Drain)?;
            if wait { until_empty(data, &chain, &tier, replica.as_deref()) } else { Ok(ExitCode::SUCCESS) }
        }
        Order::Disable(place) => switch(data, place, SwitchTo::Disable).map(|_| ExitCode::SUCCESS),
        Order::Enable(place) => switch(data, place, SwitchTo::Enable).map(|_| ExitCode::SUCCESS),
        Order::Failover(of) => send(data, "order.failover", &of.request()),
        Order::Failback(of) => send(data, "order.failback", &of.request()),
        Order::Maintenance { chain, tier, from, length, reason } => {
            let from_ms = from.as_deref().map(moment).transpose()?;
            let to_ms = from_ms.unwrap_or_else(now) + millis(length.0);
            let request = OrderMaintenance { chain, tier, from_ms, to_ms, why: reason.why };
            send(data, "order.maintenance", &request)
        }
        Order::MaintenanceEnd { id, reason } => {
            send(data, "order.maintenance_end", &OrderMaintenanceEnd { id, why: reason.why })
        }
        Order::Retire(of) => send(data, "order.retire", &of.request()),
        Order::Unretire(of) => send(data, "order.unretire", &of.request()),
    }
}

impl OfChain {
    fn request(self) -> OrderChain {
        OrderChain { chain: self.chain, why: self.reason.why }
    }
}

impl OfModel {
    fn request(self) -> OrderModel {
        OrderModel { model: self.model, why: self.reason.why }
    }
}

/// Gives an order, and says what was done and who answers now.
fn send<Req: Serialize>(data: &Path, name: &str, request: &Req) -> anyhow::Result<ExitCode> {
    let page: OrdersPage = call(data, name, request)?;
    if let Some(done) = page.recent.first() {
        let of = |part: &Option<String>| part.as_ref().map_or_else(String::new, |p| format!("{p}: "));
        out::line(&format!("{}{}{}", of(&done.chain), of(&done.tier), done.what));
    }
    let overview: Overview = call(data, "overview", &())?;
    let concerned = page.recent.first().and_then(|done| done.chain.as_ref());
    for chain in overview.chains.iter().filter(|c| concerned.is_none_or(|name| c.name == *name)) {
        out::line(&crate::status::word(chain));
    }
    Ok(ExitCode::SUCCESS)
}

/// Switches a tier or replica, and returns the replica's id.
fn switch(data: &Path, place: Place, to: SwitchTo) -> anyhow::Result<Option<String>> {
    let Place { chain, tier, replica, reason } = place;
    let id = match &replica {
        Some(url) => Some(replica_id(data, &chain, &tier, url)?),
        None => None,
    };
    send(data, "order.switch", &OrderSwitch { chain, tier, replica: id.clone(), to, why: reason.why })?;
    Ok(id)
}

/// A tier as it is now.
fn tier_view(data: &Path, chain: &str, tier: &str) -> anyhow::Result<TierView> {
    let overview: Overview = call(data, "overview", &())?;
    let found = overview.chains.into_iter().filter(|c| c.name == chain).flat_map(|c| c.tiers);
    let mut found = found.filter(|t| t.name == tier);
    found
        .next()
        .with_context(|| format!("chain `{chain}` has no tier `{tier}`; `changeoverd status` lists them"))
}

fn replica_id(data: &Path, chain: &str, tier: &str, url: &str) -> anyhow::Result<String> {
    let view = tier_view(data, chain, tier)?;
    let same = |r: &&ReplicaView| r.url.trim_end_matches('/') == url.trim_end_matches('/');
    if let Some(found) = view.replicas.iter().find(same) {
        return Ok(found.id.clone());
    }
    let urls: Vec<&str> = view.replicas.iter().map(|r| r.url.as_str()).collect();
    bail!("tier `{tier}` has no replica at {url}; its replicas are {}", urls.join(", "))
}

/// Waits until a drained tier, or one of its replicas, answers nobody any more.
fn until_empty(data: &Path, chain: &str, tier: &str, replica: Option<&str>) -> anyhow::Result<ExitCode> {
    loop {
        let view = tier_view(data, chain, tier)?;
        let meant = view.replicas.iter().filter(|r| replica.is_none_or(|id| r.id == id));
        if meant.map(|r| r.in_flight).sum::<u32>() == 0 {
            out::line("no answer is running");
            return Ok(ExitCode::SUCCESS);
        }
        std::thread::sleep(LOOK);
    }
}

fn now() -> i64 {
    let now = OffsetDateTime::now_utc();
    now.unix_timestamp() * 1000 + i64::from(now.millisecond())
}

fn moment(text: &str) -> anyhow::Result<i64> {
    let at = OffsetDateTime::parse(text, &Rfc3339);
    let at = at.map_err(|_| anyhow!("`{text}` is no time; write for example 2027-01-31T22:00:00Z"))?;
    Ok(at.unix_timestamp() * 1000)
}

fn millis(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}
