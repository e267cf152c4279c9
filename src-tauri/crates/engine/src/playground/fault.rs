//! The fault of a request: checked, and told in both directions.

use contract::{Fault, Injection, Problem, RpcError, Severity, rpc::PlaygroundStart};
use domain::Chain;

/// The fault that a request asks for.
///
/// # Errors
/// It cannot be, each problem with its field.
pub(super) fn wanted(
    request: &PlaygroundStart,
    chain: &Chain,
) -> Result<Option<domain::Injection>, RpcError> {
    let Some(asked) = &request.fault else { return Ok(None) };
    let fault = to_domain(asked.fault);
    let problems: Vec<Problem> =
        tier_problem(request, asked, chain).into_iter().chain(number_problem(fault)).collect();
    if problems.is_empty() {
        return Ok(Some(domain::Injection { tier: asked.tier.clone(), fault }));
    }
    Err(RpcError {
        code: "invalid".to_owned(),
        message: "the fault cannot be injected".to_owned(),
        remedy: "correct the fields named".to_owned(),
        problems,
    })
}

fn tier_problem(request: &PlaygroundStart, asked: &Injection, chain: &Chain) -> Option<Problem> {
    let tier = asked.tier.as_deref()?;
    if chain.position(tier).is_none() {
        let what = format!("the chain `{}` has no tier `{tier}`", chain.name);
        return Some(at(
            "fault.tier",
            what,
            "choose one of its tiers, or none for the one that is tried first",
        ));
    }
    let only = request.tier.as_deref().filter(|only| *only != tier)?;
    let what = format!("the request goes to `{only}` only, so that `{tier}` is not tried");
    Some(at("fault.tier", what, "choose the tier that the request goes to"))
}

fn number_problem(fault: domain::Fault) -> Option<Problem> {
    let wrong = fault.check().err()?;
    let remedy = format!("write a number from {} to {}", wrong.range.start(), wrong.range.end());
    Some(at(&format!("fault.{}", wrong.field), wrong.to_string(), &remedy))
}

fn at(path: &str, what: String, remedy: &str) -> Problem {
    Problem { path: path.to_owned(), what, remedy: remedy.to_owned(), severity: Severity::Error }
}

const fn to_domain(fault: Fault) -> domain::Fault {
    match fault {
        Fault::Refused => domain::Fault::Refused,
        Fault::Silent => domain::Fault::Silent,
        Fault::Slow { ms } => domain::Fault::Slow { ms },
        Fault::Status { status } => domain::Fault::Status { status },
        Fault::RateLimited { retry_after_s } => domain::Fault::RateLimited { retry_after_s },
        Fault::Cut { frames } => domain::Fault::Cut { frames },
        Fault::Stalled { frames } => domain::Fault::Stalled { frames },
        Fault::Garbage => domain::Fault::Garbage,
    }
}

/// A fault as the screens know it.
pub(crate) const fn shown(fault: domain::Fault) -> Fault {
    match fault {
        domain::Fault::Refused => Fault::Refused,
        domain::Fault::Silent => Fault::Silent,
        domain::Fault::Slow { ms } => Fault::Slow { ms },
        domain::Fault::Status { status } => Fault::Status { status },
        domain::Fault::RateLimited { retry_after_s } => Fault::RateLimited { retry_after_s },
        domain::Fault::Cut { frames } => Fault::Cut { frames },
        domain::Fault::Stalled { frames } => Fault::Stalled { frames },
        domain::Fault::Garbage => Fault::Garbage,
    }
}
