//! A request that no tier of its chain can serve, however often it is sent: the client is told so at once, with each tier's
//! reason, and not to come again.

use dialect::error::{ClientError, ErrorKind, Tried};
use domain::{Chain, Failure, FailureClass, Tier, plan::Plan, plan::WhyNot};

use crate::{attempt, fitness, record::Record, tries::Tries};

/// Why each tier is unfit; none where one of them is not, whether or not it could be asked now.
pub(crate) fn everywhere(tries: &Tries, planned: &Plan, record: &Record) -> Option<Vec<Tried>> {
    // Requests are kept from these, and will be the next time.
    let kept = |at: usize| {
        let step = planned.steps.iter().find(|step| step.tier == at);
        step.is_some_and(|step| matches!(step.why_not, Some(WhyNot::Kept { .. })))
    };
    let there = tries.chain.tiers.iter().enumerate().filter(|(at, tier)| tier.enabled && !kept(*at));
    let reason = |(_, tier): (usize, &std::sync::Arc<Tier>)| {
        let failure = match record.failed().iter().rev().find(|(name, ..)| *name == tier.name) {
            Some((.., failure)) => failure.clone(),
            None => unasked(tries, tier)?,
        };
        let about = matches!(
            failure.class,
            FailureClass::Unsupported | FailureClass::ContextTooLong | FailureClass::PayloadTooLarge
        );
        about.then(|| Tried {
            tier: tier.name.clone(),
            reason: failure.class.word().to_owned(),
            message: failure.message,
        })
    };
    there.map(reason).collect::<Option<Vec<_>>>().filter(|tried| !tried.is_empty())
}

/// Why a tier that was not asked would be unfit, as far as that can be told without asking it.
fn unasked(tries: &Tries, tier: &Tier) -> Option<Failure> {
    let asked = &tries.asked;
    let wire = attempt::wire_of(tier.provider, asked.dialect)?;
    let fit = fitness::check(&tries.chain, tier, asked);
    fit.and_then(|()| attempt::prepare(wire, tier, asked, None).map(drop)).err().map(|bad| bad.failure)
}

/// What the client is told.
pub(crate) fn error(chain: &Chain, tried: Vec<Tried>) -> ClientError {
    let listed: Vec<String> = tried.iter().map(|it| format!("{} ({})", it.tier, it.message)).collect();
    let message = format!("No tier of chain `{}` can serve this request: {}.", chain.name, listed.join("; "));
    let code = Some("unsupported".to_owned());
    ClientError { code, tried, ..ClientError::new(ErrorKind::InvalidRequest, message) }
}
