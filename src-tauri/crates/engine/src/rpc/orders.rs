//! The commands of the operator's hand.

use contract::{
    RpcError,
    rpc::{
        Command, OrderChain, OrderMaintenance, OrderMaintenanceEnd, OrderModel, OrderPin, OrderSwitch,
        SwitchTo,
    },
};
use domain::{
    Chain, Orders, Snapshot, Tier,
    event::{OperatorAct, Order},
    orders::{Aside, Given, Pin, Retired, Switch, Switched, Window},
    plan::{Ask, Plan, plan},
    time::wall_ms,
};
use serde_json::Value;
use tokio::time::Instant;

use super::{Reply, parse, problem, reply};
use crate::{Engine, orders::is_simulated};

/// The longest reason, characters.
const LONGEST_REASON: usize = 500;
/// The longest pin and the longest window: 31 days.
const LONGEST_MS: i64 = 31 * 24 * 3600 * 1000;
/// Windows that are open or to come, at most.
const MOST_WINDOWS: usize = 200;

impl Engine {
    pub(super) async fn order(&self, command: Command, payload: Value, actor: &str) -> Reply {
        match command {
            Command::OrderPin => {
                let request: OrderPin = parse(payload)?;
                let given = given(actor, &request.why)?;
                self.give_order(|orders, snapshot| pin(orders, snapshot, request, given)).await?;
            }
            Command::OrderUnpin => {
                let OrderChain { chain, why } = parse(payload)?;
                let given = given(actor, &why)?;
                self.give_order(|orders, snapshot| unpin(orders, snapshot, &chain, &given)).await?;
            }
            Command::OrderSwitch => {
                let request: OrderSwitch = parse(payload)?;
                let given = given(actor, &request.why)?;
                self.give_order(|orders, snapshot| switch(orders, snapshot, &request, given)).await?;
            }
            Command::OrderFailOver => {
                let OrderChain { chain, why } = parse(payload)?;
                let given = given(actor, &why)?;
                self.give_order(|orders, snapshot| self.fail_over(orders, snapshot, &chain, given)).await?;
            }
            Command::OrderFailBack => {
                let OrderChain { chain, why } = parse(payload)?;
                let given = given(actor, &why)?;
                self.give_order(|orders, snapshot| self.fail_back(orders, snapshot, &chain, &given)).await?;
                self.inner.monitor.fail_back(&chain).await;
            }
            Command::OrderMaintenance => {
                let request: OrderMaintenance = parse(payload)?;
                let given = given(actor, &request.why)?;
                self.give_order(|orders, snapshot| maintain(orders, snapshot, request, given)).await?;
            }
            Command::OrderMaintenanceEnd => {
                let OrderMaintenanceEnd { id, why } = parse(payload)?;
                let given = given(actor, &why)?;
                self.give_order(|orders, snapshot| end_window(orders, snapshot, id, &given)).await?;
            }
            Command::OrderRetire => {
                let OrderModel { model, why } = parse(payload)?;
                let given = given(actor, &why)?;
                self.give_order(|orders, snapshot| retire(orders, snapshot, &model, given)).await?;
            }
            _ => {
                let OrderModel { model, why } = parse(payload)?;
                let given = given(actor, &why)?;
                self.give_order(|orders, snapshot| unretire(orders, snapshot, &model, &given)).await?;
            }
        }
        self.inner.keeper.flushed().await;
        self.announce_live().await;
        reply(&self.orders_page().await?)
    }

    /// What the router would do for `chain` now, under these orders.
    fn planned(&self, orders: &Orders, chain: &Chain) -> Plan {
        let ask = Ask { now: Instant::now(), dice: 0.0, seed: 0 };
        plan(chain, &orders.preference(chain, wall_ms()), &ask, |id| self.inner.board.load(id))
    }

    fn fail_over(
        &self,
        orders: &mut Orders,
        snapshot: &Snapshot,
        name: &str,
        given: Given,
    ) -> Result<Vec<OperatorAct>, RpcError> {
        let chain = chain_of(snapshot, name)?;
        let mut acts = vec![];
        if let Some(pin) = orders.pins.remove(name) {
            acts.push(act(snapshot, name, Some(&pin.tier), &given, Order::Unpinned));
        }
        let plan = self.planned(orders, chain);
        let serving = self.inner.serving.of(name).and_then(|s| s.tier);
        let mut able = plan.order.iter().filter(|c| !c.last_resort).filter_map(|c| chain.tiers.get(c.tier));
        let from = serving.and_then(|s| chain.position(&s)).and_then(|at| chain.tiers.get(at));
        let Some(from) = from.or_else(|| able.next()).map(|t| t.name.clone()) else {
            return Err(conflict(
                &format!("no tier of `{name}` answers"),
                "bring one of its tiers back first",
            ));
        };
        let Some(to) = able.find(|t| t.name != from).map(|t| t.name.clone()) else {
            let what = format!("no other tier of `{name}` could answer: {}", others(chain, &plan, &from));
            return Err(conflict(&what, "bring another tier back first"));
        };
        let aside = orders.aside.entry(name.to_owned()).or_default();
        // Where everybody was set aside, the round begins anew.
        aside.retain(|a| a.tier != to && a.tier != from);
        aside.push(Aside { tier: from.clone(), given: given.clone() });
        acts.push(act(snapshot, name, Some(&from), &given, Order::FailedOver { to }));
        Ok(acts)
    }

    fn fail_back(
        &self,
        orders: &mut Orders,
        snapshot: &Snapshot,
        name: &str,
        given: &Given,
    ) -> Result<Vec<OperatorAct>, RpcError> {
        let chain = chain_of(snapshot, name)?;
        let had_orders = orders.pins.remove(name).is_some() | orders.aside.remove(name).is_some();
        let serving = self.inner.serving.of(name).and_then(|s| s.tier);
        let at = serving.as_deref().and_then(|s| chain.position(s)).unwrap_or(chain.tiers.len());
        let plan = self.planned(orders, chain);
        let better = plan.steps.iter().filter(|s| s.tier < at);
        let able = better.clone().any(|s| s.why_not.as_ref().is_none_or(domain::plan::WhyNot::still_serves));
        if !had_orders && !able {
            return Err(match serving.filter(|_| at == 0) {
                Some(first) => {
                    let message = format!("`{name}` answers from its first tier, {first}, already");
                    conflict(&message, "nothing is to be done")
                }
                None => {
                    let message =
                        format!("no better tier of `{name}` could answer: {}", reasons(chain, better));
                    conflict(&message, "mend the tier, or wait until its checks pass")
                }
            });
        }
        Ok(vec![act(snapshot, name, None, given, Order::FailedBack)])
    }
}

fn pin(
    orders: &mut Orders,
    snapshot: &Snapshot,
    request: OrderPin,
    given: Given,
) -> Result<Vec<OperatorAct>, RpcError> {
    let OrderPin { chain, tier, only, for_ms, .. } = request;
    let found = tier_of(snapshot, &chain, &tier)?;
    if !found.enabled {
        let what = format!("`{tier}` is switched off in the configuration");
        return Err(conflict(&what, "switch it on there first"));
    }
    if for_ms.is_some_and(|ms| ms <= 0 || ms > LONGEST_MS) {
        return Err(wrong("a pin lasts from a moment to 31 days", "choose another time, or none"));
    }
    let until_ms = for_ms.map(|ms| given.at_ms + ms);
    let acts = vec![act(snapshot, &chain, Some(&tier), &given, Order::Pinned { only, until_ms })];
    if let Some(aside) = orders.aside.get_mut(&chain) {
        aside.retain(|a| a.tier != tier);
    }
    orders.pins.insert(chain, Pin { tier, only, until_ms, given });
    Ok(acts)
}

fn unpin(
    orders: &mut Orders,
    snapshot: &Snapshot,
    chain: &str,
    given: &Given,
) -> Result<Vec<OperatorAct>, RpcError> {
    let Some(pin) = orders.pins.remove(chain) else {
        return Err(problem(
            "not_found",
            &format!("no tier of `{chain}` is pinned"),
            "nothing is to be released",
        ));
    };
    Ok(vec![act(snapshot, chain, Some(&pin.tier), given, Order::Unpinned)])
}

fn switch(
    orders: &mut Orders,
    snapshot: &Snapshot,
    request: &OrderSwitch,
    given: Given,
) -> Result<Vec<OperatorAct>, RpcError> {
    let OrderSwitch { chain, tier, replica, to, .. } = request;
    let found = tier_of(snapshot, chain, tier)?;
    let known = |id: &String| found.replicas.iter().any(|r| r.id.as_str() == id);
    if replica.as_ref().is_some_and(|id| !known(id)) {
        return Err(problem(
            "not_found",
            "this tier has no such replica",
            "choose one of the listed replicas",
        ));
    }
    let same =
        |s: &Switched| s.chain == *chain && s.tier == *tier && (replica.is_none() || s.replica == *replica);
    let before = orders.switched.len();
    orders.switched.retain(|s| !same(s));
    let order = match to {
        SwitchTo::Enable if before == orders.switched.len() => {
            let what = format!("`{tier}` is neither drained nor disabled by an order");
            let remedy =
                if found.enabled { "nothing is to be done" } else { "switch it on in the configuration" };
            return Err(conflict(&what, remedy));
        }
        SwitchTo::Enable => Order::Enabled { replica: replica.clone() },
        SwitchTo::Drain => Order::Drained { replica: replica.clone() },
        SwitchTo::Disable => Order::Disabled { replica: replica.clone() },
    };
    let switch = match to {
        SwitchTo::Enable => None,
        SwitchTo::Drain => Some(Switch::Drain),
        SwitchTo::Disable => Some(Switch::Disable),
    };
    let acts = vec![act(snapshot, chain, Some(tier), &given, order)];
    orders.switched.extend(switch.map(|switch| Switched {
        chain: chain.clone(),
        tier: tier.clone(),
        replica: replica.clone(),
        switch,
        given,
    }));
    Ok(acts)
}

fn maintain(
    orders: &mut Orders,
    snapshot: &Snapshot,
    request: OrderMaintenance,
    given: Given,
) -> Result<Vec<OperatorAct>, RpcError> {
    let OrderMaintenance { chain, tier, from_ms, to_ms, .. } = request;
    match &tier {
        Some(tier) => _ = tier_of(snapshot, &chain, tier)?,
        None => _ = chain_of(snapshot, &chain)?,
    }
    let from_ms = from_ms.map_or(given.at_ms, |from| from.max(given.at_ms));
    if to_ms <= from_ms || to_ms - from_ms > LONGEST_MS {
        return Err(wrong(
            "a window ends after it begins, and after 31 days at the latest",
            "choose another end",
        ));
    }
    if orders.windows.len() >= MOST_WINDOWS {
        return Err(conflict("there are 200 windows already", "take one back first"));
    }
    orders.windows_so_far += 1;
    let id = orders.windows_so_far;
    let set = Order::MaintenanceSet { id, from_ms, to_ms };
    let mut acts = vec![act(snapshot, &chain, tier.as_deref(), &given, set)];
    let begun = from_ms <= given.at_ms;
    if begun {
        acts.push(act(snapshot, &chain, tier.as_deref(), &given, Order::MaintenanceBegan { id, to_ms }));
    }
    orders.windows.push(Window { id, chain, tier, from_ms, to_ms, begun, given });
    orders.windows.sort_by_key(|w| w.from_ms);
    Ok(acts)
}

fn end_window(
    orders: &mut Orders,
    snapshot: &Snapshot,
    id: u64,
    given: &Given,
) -> Result<Vec<OperatorAct>, RpcError> {
    let Some(at) = orders.windows.iter().position(|w| w.id == id) else {
        let what = format!("there is no maintenance window {id}");
        return Err(problem("not_found", &what, "choose one of those that are open or to come"));
    };
    let window = orders.windows.remove(at);
    let ended = Order::MaintenanceEnded { id };
    Ok(vec![act(snapshot, &window.chain, window.tier.as_deref(), given, ended)])
}

fn retire(
    orders: &mut Orders,
    snapshot: &Snapshot,
    model: &str,
    given: Given,
) -> Result<Vec<OperatorAct>, RpcError> {
    let tiers = tiers_with(snapshot, model);
    if tiers.is_empty() {
        let mut models: Vec<_> = snapshot.replicas().map(|(_, tier, _)| tier.model.as_str()).collect();
        models.sort_unstable();
        models.dedup();
        let remedy = format!("the models are {}", models.join(", "));
        return Err(problem("not_found", &format!("no tier has the model `{model}`"), &remedy));
    }
    if orders.is_retired(model) {
        return Err(conflict(&format!("`{model}` is retired already"), "nothing is to be done"));
    }
    let simulated =
        snapshot.replicas().filter(|(_, tier, _)| tier.model == model).all(|(chain, ..)| chain.simulated);
    let order = Order::Retired { model: model.to_owned(), tiers };
    let acts = vec![OperatorAct { simulated, ..act(snapshot, "", None, &given, order) }];
    orders.retired.push(Retired { model: model.to_owned(), given });
    Ok(acts)
}

fn unretire(
    orders: &mut Orders,
    snapshot: &Snapshot,
    model: &str,
    given: &Given,
) -> Result<Vec<OperatorAct>, RpcError> {
    if !orders.is_retired(model) {
        return Err(problem("not_found", &format!("`{model}` is not retired"), "choose one that is"));
    }
    orders.retired.retain(|r| r.model != model);
    Ok(vec![act(snapshot, "", None, given, Order::Unretired { model: model.to_owned() })])
}

/// The tiers with this model, `chain/tier`.
pub(crate) fn tiers_with(snapshot: &Snapshot, model: &str) -> Vec<String> {
    let of_chain = |c: &Chain| -> Vec<String> {
        let with = c.tiers.iter().filter(|t| t.model == model);
        with.map(|t| format!("{}/{}", c.name, t.name)).collect()
    };
    snapshot.chains.iter().flat_map(|c| of_chain(c)).collect()
}

fn given(actor: &str, why: &str) -> Result<Given, RpcError> {
    let why = why.trim();
    if why.chars().count() > LONGEST_REASON {
        return Err(wrong("the reason is longer than 500 characters", "say it in fewer words"));
    }
    Ok(Given { by: actor.to_owned(), at_ms: wall_ms(), why: why.to_owned() })
}

/// An act upon `chain`, or upon all of them where the name is empty.
fn act(snapshot: &Snapshot, chain: &str, tier: Option<&str>, given: &Given, order: Order) -> OperatorAct {
    OperatorAct {
        simulated: is_simulated(snapshot, chain),
        chain: (!chain.is_empty()).then(|| chain.to_owned()),
        tier: tier.map(str::to_owned),
        actor: given.by.clone(),
        why: given.why.clone(),
        order,
    }
}

fn chain_of<'a>(snapshot: &'a Snapshot, name: &str) -> Result<&'a Chain, RpcError> {
    let missing = || {
        let names: Vec<&str> = snapshot.chains.iter().map(|c| c.name.as_str()).collect();
        let remedy = format!("the chains are {}", names.join(", "));
        problem("not_found", &format!("there is no chain `{name}`"), &remedy)
    };
    snapshot.chains.iter().find(|c| c.name == name).map(AsRef::as_ref).ok_or_else(missing)
}

fn tier_of<'a>(snapshot: &'a Snapshot, chain: &str, name: &str) -> Result<&'a Tier, RpcError> {
    let found = chain_of(snapshot, chain)?;
    let missing = || {
        let names: Vec<&str> = found.tiers.iter().map(|t| t.name.as_str()).collect();
        let remedy = format!("its tiers are {}", names.join(", "));
        problem("not_found", &format!("chain `{chain}` has no tier `{name}`"), &remedy)
    };
    found.tiers.iter().find(|t| t.name == name).map(AsRef::as_ref).ok_or_else(missing)
}

/// Why each tier but one could not answer.
fn others(chain: &Chain, plan: &Plan, but: &str) -> String {
    let is_other = |s: &&domain::plan::Step| chain.tiers.get(s.tier).is_some_and(|t| t.name != but);
    reasons(chain, plan.steps.iter().filter(is_other))
}

fn reasons<'a>(chain: &Chain, steps: impl Iterator<Item = &'a domain::plan::Step>) -> String {
    let reason = |step: &domain::plan::Step| {
        let tier = chain.tiers.get(step.tier)?;
        Some(format!("{} is {}", tier.name, step.why_not.as_ref()?))
    };
    let all: Vec<String> = steps.filter_map(reason).collect();
    if all.is_empty() { "there is none".to_owned() } else { all.join("; ") }
}

fn conflict(message: &str, remedy: &str) -> RpcError {
    problem("conflict", message, remedy)
}

fn wrong(message: &str, remedy: &str) -> RpcError {
    problem("bad_request", message, remedy)
}
