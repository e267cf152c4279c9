//! What the client is told when no tier could answer: every tier with its reason, when to come again, what still works.

use std::time::Duration;

use dialect::error::{ClientError, ErrorKind, Tried};
use domain::{
    Board, Chain, Failure, FailureClass, OrdersPort, Snapshot,
    plan::{Ask, Plan, WhyNot, plan},
    time::wall_ms,
    verdict,
    verdict::CoolDownRule,
};

use crate::record::Record;

/// When nothing is known, ask again after this long.
const USUAL: Duration = Duration::from_secs(30);
/// The bounds of what clients are told, in seconds: at once would be a busy loop, and a tier that is out for hours may
/// be mended, or another put in its place, within minutes.
const SOONEST: u64 = 1;
const LATEST: u64 = 120;

/// An error names this many chains at most.
const NAMED: usize = 10;

/// The error, and after how many seconds to ask again.
pub(crate) struct AllFailed {
    pub(crate) error: ClientError,
    pub(crate) retry_after: u64,
}

/// Every tier of the chain failed or was passed over.
pub(crate) fn all_failed(
    record: &Record,
    snapshot: &Snapshot,
    (board, orders): (&Board, &OrdersPort),
    planned: &Plan,
    ask: &Ask,
    late: bool,
) -> AllFailed {
    let chain = record.chain();
    let tried = reasons(chain, planned, record.failed());
    let kind = kind_of(&tried, late);
    let listed: Vec<String> = tried.iter().map(|t| format!("{} ({})", t.tier, t.message)).collect();
    let what = if late {
        format!(
            "Chain `{}` did not answer within its deadline of {} ms",
            chain.name,
            chain.deadline.as_millis()
        )
    } else {
        format!("No tier of chain `{}` could answer", chain.name)
    };
    let ends = maintenance_ends(chain, planned, orders);
    let retry_after = retry_after(planned, record.failed(), ends);
    let message = format!(
        "{what}: {}. {} Ask again in {retry_after} s.",
        if listed.is_empty() { "it has no tier that is switched on".into() } else { listed.join("; ") },
        still_working(chain, snapshot, (board, orders), ask),
    );
    let code = Some("no_tier_available".to_owned());
    AllFailed { error: ClientError { code, tried, ..ClientError::new(kind, message) }, retry_after }
}

/// Each tier in the chain's order, with its last failure or why it was passed over.
fn reasons(chain: &Chain, planned: &Plan, failed: &[(String, i64, Failure)]) -> Vec<Tried> {
    let reason = |step: &domain::plan::Step| {
        let tier = chain.tiers.get(step.tier)?.name.clone();
        let failure = failed.iter().rev().find(|(name, ..)| *name == tier).map(|(.., failure)| failure);
        let (reason, message) = match (failure, &step.why_not) {
            (Some(failure), _) => (failure.class.word().to_owned(), failure.message.clone()),
            (None, Some(why)) => (why_word(why).to_owned(), why.to_string()),
            (None, None) => ("not_tried".to_owned(), "not tried".to_owned()),
        };
        Some(Tried { tier, reason, message })
    };
    planned.steps.iter().filter_map(reason).collect()
}

fn why_word(why: &WhyNot) -> &'static str {
    match why {
        WhyNot::Disabled => "disabled",
        WhyNot::Draining => "draining",
        WhyNot::Maintenance => "maintenance",
        WhyNot::Retired => "retired",
        WhyNot::PinnedElsewhere { .. } => "pinned_elsewhere",
        WhyNot::SetAside => "set_aside",
        WhyNot::Waits => "waits_for_operator",
        WhyNot::Down { .. } => "down",
        WhyNot::BreakerOpen { .. } => "breaker_open",
        WhyNot::CoolingDown { class, .. } => class.word(),
        WhyNot::QuotaSpent { .. } => "rate_limited",
        WhyNot::Ramping { .. } => "recovering",
        WhyNot::InDoubt => "in_doubt",
        WhyNot::Triggered { trigger, .. } => trigger.word(),
        WhyNot::Kept { .. } => KEPT,
        WhyNot::NotReady => "starting",
    }
}

/// The word for a tier that was not asked, because a tier before it keeps its requests.
const KEPT: &str = "kept";

fn kind_of(tried: &[Tried], late: bool) -> ErrorKind {
    let limits = [FailureClass::RateLimited.word(), FailureClass::QuotaExhausted.word()];
    let asked = || tried.iter().filter(|t| t.reason != KEPT);
    if late {
        ErrorKind::Timeout
    } else if asked().next().is_some() && asked().all(|t| limits.contains(&t.reason.as_str())) {
        ErrorKind::RateLimit
    } else {
        ErrorKind::Unavailable
    }
}

/// In how long the first maintenance window of a tier ends, where one is open.
fn maintenance_ends(chain: &Chain, planned: &Plan, orders: &OrdersPort) -> Option<Duration> {
    let (orders, now_ms) = (orders.now(), wall_ms());
    let worked_on = planned.steps.iter().filter(|step| step.why_not == Some(WhyNot::Maintenance));
    let window = |step: &domain::plan::Step| {
        let tier = chain.tiers.get(step.tier)?;
        Some(orders.window(&chain.name, &tier.name, now_ms)?.to_ms)
    };
    let end = worked_on.filter_map(window).min()?;
    Some(Duration::from_millis(u64::try_from(end - now_ms).unwrap_or_default()))
}

/// The soonest known recovery, in seconds.
fn retry_after(planned: &Plan, failed: &[(String, i64, Failure)], maintenance_ends: Option<Duration>) -> u64 {
    let planned = planned.steps.iter().filter_map(|step| match step.why_not {
        Some(
            WhyNot::BreakerOpen { trial_in_ms: ms }
            | WhyNot::CoolingDown { for_ms: ms, .. }
            | WhyNot::QuotaSpent { for_ms: ms },
        ) if ms > 0 => Some(Duration::from_millis(ms)),
        _ => None,
    });
    let known = planned.chain(failed.iter().filter_map(|(.., f)| left_alone(f))).chain(maintenance_ends);
    let soonest = known.min().unwrap_or(USUAL);
    soonest.as_millis().div_ceil(1000).try_into().unwrap_or(LATEST).clamp(SOONEST, LATEST)
}

/// How long a tier is left alone after this failure, as far as that is known: its replica's task may not have heard of
/// it yet.
fn left_alone(failure: &Failure) -> Option<Duration> {
    match verdict(failure.class).cool_down {
        CoolDownRule::Fixed(span) => Some(span),
        CoolDownRule::AskedOr(usual) => Some(failure.retry_after.unwrap_or(usual)),
        CoolDownRule::None => failure.retry_after,
    }
}

/// The other chains that have a tier in service.
fn still_working(
    failed: &Chain,
    snapshot: &Snapshot,
    (board, orders): (&Board, &OrdersPort),
    ask: &Ask,
) -> String {
    let works = |chain: &Chain| {
        let plan = plan(chain, &orders.preference(chain), ask, |id| board.load(id));
        plan.order.first().is_some_and(|c| !c.last_resort)
    };
    let others = snapshot
        .chains
        .iter()
        .filter(|c| c.name != failed.name && c.simulated == failed.simulated && works(c))
        .map(|c| c.name.as_str());
    match listed(others) {
        None => "No other chain is in service either.".into(),
        Some(others) => format!("In service: {others}."),
    }
}

/// The first names and how many more there are; none when there is not one.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut names = names.map(|name| format!("`{name}`"));
    let first: Vec<_> = names.by_ref().take(NAMED).collect();
    match (first.is_empty(), names.count()) {
        (true, _) => None,
        (false, 0) => Some(first.join(", ")),
        (false, more) => Some(format!("{} and {more} more", first.join(", "))),
    }
}

/// No chain goes by the name that was asked for.
pub(crate) fn unknown_model(snapshot: &Snapshot, model: &str) -> ClientError {
    let known = listed(snapshot.chains.iter().map(|c| c.name.as_str()))
        .unwrap_or_else(|| "none yet; make one on the Chains screen".into());
    let asked: String = model.chars().take(200).collect();
    ClientError {
        code: Some("model_not_found".into()),
        param: Some("model".into()),
        ..ClientError::new(ErrorKind::NotFound, format!("There is no model `{asked}` here. Chains: {known}."))
    }
}
