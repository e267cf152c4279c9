//! The life of a chat request: read, plan, attempt, commit.

use std::sync::Arc;

use dialect::{
    client::Asked,
    error::{ClientError, ErrorKind, Tried},
};
use domain::{
    Admin, FailureClass, Injection, ReplicaState, Snapshot, Trigger,
    event::RequestResult,
    plan::{Ask as PlanAsk, Candidate, Plan, Step, WhyNot, plan},
    verdict,
    verdict::Next,
};
use http::{HeaderMap, Response};
use resilience::deadline::Deadline;
use tokio::time::{Instant, timeout};

use crate::{
    attempt::{self, Bad, Good, Refused},
    faulty::Injected,
    hedge::{self, Raced},
    hops,
    record::Record,
    refusal::{all_failed, unknown_model},
    reply::{self, Body, By},
    resume::Resume,
    server::Inner,
    settled::{Settled, Streamed, waiting},
    tries::{self, Tries},
    turn::Turn,
    unfit,
};

/// A request on its way.
pub(crate) struct Life {
    tries: Tries,
    snapshot: Arc<Snapshot>,
    ask: PlanAsk,
    planned: Plan,
    record: Record,
}

impl Life {
    /// Plans a request. `headers` go to every upstream.
    pub(crate) fn new(
        shared: Arc<Inner>,
        asked: Asked,
        mut headers: HeaderMap,
        began: Instant,
        request: String,
    ) -> Result<Self, ClientError> {
        let peek = &asked.peek;
        let snapshot = shared.deps.snapshot.load_full();
        let chain =
            snapshot.chain_for(&peek.model).cloned().ok_or_else(|| unknown_model(&snapshot, &peek.model))?;
        hops::enter(&mut headers, &shared.instance, &chain.name)?;
        let ask = PlanAsk { now: began, dice: rand::random(), seed: rand::random() };
        let planned =
            plan(&chain, &shared.deps.orders.preference(&chain), &ask, |id| shared.deps.board.load(id));
        let told = (peek.model.as_str(), peek.stream);
        let record = Record::new(Arc::clone(&shared), Arc::clone(&chain), &planned, told, began, request);
        let deadline = Deadline::new(began, chain.deadline);
        let tries = Tries { shared, chain, asked, headers, deadline, only: false, fault: None };
        Ok(Self { tries, snapshot, ask, planned, record })
    }

    /// Keeps to one tier: it is an operator's own request, which tells nothing of who serves.
    pub(crate) fn only(mut self, tier: &str) -> Result<Self, ClientError> {
        let position = self.position(tier)?;
        let chain = &self.tries.chain;
        let board = &self.tries.shared.deps.board;
        self.planned.keep_to(chain, position, |id| board.load(id));
        self.record.keep_to(position);
        self.tries.only = true;
        Ok(self)
    }

    /// Injects a fault: it is an operator's own request, which tells nothing of who serves.
    pub(crate) fn inject(mut self, injection: &Injection) -> Result<Self, ClientError> {
        let position = injection.tier.as_deref().map(|tier| self.position(tier)).transpose()?;
        self.tries.fault = Some(Injected::new(injection.fault, position));
        self.record.inject(injection);
        Ok(self)
    }

    fn position(&self, tier: &str) -> Result<usize, ClientError> {
        let chain = &self.tries.chain;
        let unknown = || {
            let message = format!("The chain `{}` has no tier `{tier}`.", chain.name);
            ClientError::new(ErrorKind::NotFound, message)
        };
        chain.position(tier).ok_or_else(unknown)
    }

    /// Whether there is nothing to answer: the client wishes that its model be loaded.
    pub(crate) fn is_empty(&self) -> bool {
        self.tries.asked.peek.is_empty
    }

    /// Says that the model is there, as its tiers are. Nobody is asked.
    pub(crate) fn loaded(mut self) -> Response<Body> {
        self.record.finish(RequestResult::Answered, None);
        let asked = &self.tries.asked;
        reply::loaded(asked, asked.loaded(&self.tries.stamp(&self.record)))
    }

    /// Answers it.
    pub(crate) async fn answer(self) -> Response<Body> {
        let dialect = self.tries.asked.dialect;
        if !self.tries.asked.peek.stream {
            return Box::pin(self.settle()).await.into_response(dialect);
        }
        let asked = self.tries.asked.clone();
        let every = self.tries.shared.patience.keep_alive;
        let request = self.record.request().to_owned();
        let simulated = self.tries.chain.simulated;
        let mut settling = Box::pin(self.settle());
        match timeout(every, &mut settling).await {
            Ok(settled) => settled.into_response(asked.dialect),
            Err(_) => {
                let stamp = tries::stamp(asked.dialect, &request);
                let mut response = reply::stream(asked.dialect, waiting(settling, every, asked, stamp));
                reply::mark(response.headers_mut(), &request, simulated);
                response
            }
        }
    }

    /// Tries the candidates in order until one answers.
    async fn settle(mut self) -> Settled {
        let mut order = std::mem::take(&mut self.planned.order);
        let mut refused = None;
        let mut late = false;
        let mut turn = None;
        let mut index = 0;
        let mut kept = None;
        loop {
            if index == order.len() && kept.is_none() && refused.as_ref().is_none_or(is_unfit) {
                order.extend(self.doubtful(&order));
            }
            let Some(candidate) = order.get(index) else { break };
            if kept.is_some_and(|tier| tier != candidate.tier) {
                index += 1;
                continue;
            }
            let now = Instant::now();
            late = self.tries.deadline.has_passed(now);
            if late {
                break;
            }
            let this = Turn::next(turn, candidate.tier, &order[index + 1..], &self.tries.deadline, now);
            turn = Some(this);
            index += 1;
            if this.until <= now {
                continue;
            }
            let next = order.get(index).filter(|next| self.tries.may_hedge(candidate, next));
            let raced = match next {
                None => Raced::alone(self.tries.candidate(&mut self.record, candidate, this).await),
                Some(next) => {
                    let its = Turn::next(turn, next.tier, &order[index + 1..], &self.tries.deadline, now);
                    hedge::race(&self.tries, (candidate, this), (next, its), &mut self.record).await
                }
            };
            index += usize::from(raced.second.is_some());
            let tried = [Some((candidate, raced.first)), next.zip(raced.second)];
            for (candidate, tried) in tried.into_iter().flatten() {
                let bad = match tried {
                    Some(Ok(good)) => return self.committed(candidate, good),
                    Some(Err(bad)) => bad,
                    None => continue,
                };
                if verdict(bad.failure.class).next == Next::Client {
                    return self.refused(candidate, bad);
                }
                if let Some(trigger) = self.tries.keeps(candidate, bad.failure.class) {
                    kept = Some(candidate.tier);
                    self.stays_with(candidate.tier, trigger);
                }
                // What the client can mend by itself is told rather than what it cannot.
                let tells_more = refused.is_none() || bad.failure.class != FailureClass::Unsupported;
                let about = is_about_the_request(bad.failure.class) && tells_more;
                if let (true, Some(answer)) = (about, bad.answer) {
                    refused = Some((candidate.clone(), Bad { failure: bad.failure, answer: Some(answer) }));
                }
            }
        }
        self.unanswered(refused, late)
    }

    /// Who is left when everybody in service has failed: the last tier that only its checks call down. They may be wrong,
    /// and the client gets an error otherwise. A faulty GPU is no such doubt: its answers may be wrong.
    fn doubtful(&self, tried: &[Candidate]) -> Option<Candidate> {
        if self.tries.only || tried.iter().any(|candidate| candidate.last_resort) {
            return None;
        }
        let down = |step: &&Step| matches!(step.why_not, Some(WhyNot::Down { .. }));
        let board = &self.tries.shared.deps.board;
        self.planned.steps.iter().rev().filter(down).find_map(|step| {
            let replicas = &self.tries.chain.tiers.get(step.tier)?.replicas;
            let may = |state: &ReplicaState| {
                let gpu = state.last_failure.as_ref().is_some_and(|(f, _)| f.class == FailureClass::Gpu);
                state.admin == Admin::Enabled && !gpu
            };
            let replica = replicas.iter().position(|r| board.load(&r.id).is_some_and(|(s, _)| may(&s)))?;
            Some(Candidate { tier: step.tier, replica, last_resort: true })
        })
    }

    /// The request stays with this tier: its trigger is switched off, and no other tier is asked.
    fn stays_with(&mut self, tier: usize, trigger: Trigger) {
        let name = self.tries.chain.tiers.get(tier).map(|t| t.name.clone()).unwrap_or_default();
        let why = WhyNot::Kept { tier: name, trigger };
        let free = |step: &&mut Step| step.why_not.as_ref().is_none_or(WhyNot::still_serves);
        for step in self.planned.steps.iter_mut().filter(|step| step.tier != tier).filter(free) {
            self.record.passed_by(step.tier, &why);
            step.why_not = Some(why.clone());
        }
    }

    /// Nobody answered: the client hears of its request's own fault, where there is one, or of every tier's.
    fn unanswered(self, refused: Option<(Candidate, Bad)>, late: bool) -> Settled {
        let all_about_the_request = self.record.failed().iter().all(|(.., f)| is_about_the_request(f.class));
        match refused {
            Some((candidate, bad)) if bad.mends_itself() => self.refused(&candidate, bad),
            Some(last) if all_about_the_request && (self.tries.only || !is_unfit(&last)) => {
                self.refused(&last.0, last.1)
            }
            last => match unfit::everywhere(&self.tries, &self.planned, &self.record) {
                Some(tried) => self.unfit(last, tried),
                None => {
                    let late = late || self.tries.deadline.has_passed(Instant::now());
                    self.failed(late)
                }
            },
        }
    }

    /// No tier can serve this request, now or later.
    fn unfit(mut self, last: Option<(Candidate, Bad)>, tried: Vec<Tried>) -> Settled {
        // Of one provider that speaks the client's dialect, its own words are the better ones.
        let its_own = last.filter(|(_, bad)| tried.len() == 1 && bad.is_in_the_providers_words());
        if let Some((candidate, bad)) = its_own {
            return self.refused(&candidate, bad);
        }
        let chain = &self.tries.chain;
        let by = By::nobody(chain, self.record.attempts(), self.record.request());
        let refused = Box::new(Refused::InOurWords(unfit::error(chain, tried)));
        self.record.finish(RequestResult::ClientMistake, None);
        Settled::Refused { by, refused }
    }

    fn committed(mut self, candidate: &Candidate, good: Good) -> Settled {
        let by = self.tries.by(candidate, &self.record).left_out(self.record.left_out());
        self.record.committed();
        self.tries.answered(candidate);
        match good {
            Good::Whole { body, headers } => {
                self.record.finish(RequestResult::Answered, None);
                Settled::Whole { by, body, headers: self.passed_on(candidate, &headers) }
            }
            Good::Stream { held, rest, headers } => {
                let headers = self.passed_on(candidate, &headers);
                let resume = self.tries.may_resume().then(|| Box::new(Resume::new(self.tries, candidate)));
                Settled::Stream {
                    by,
                    stream: Streamed { record: Box::new(self.record), held, rest, resume },
                    headers,
                }
            }
        }
    }

    fn refused(mut self, candidate: &Candidate, bad: Bad) -> Settled {
        let by = self.tries.by(candidate, &self.record);
        let result = match bad.failure.class {
            FailureClass::Loop => RequestResult::Failed,
            _ => RequestResult::ClientMistake,
        };
        self.record.finish(result, None);
        let refused = bad.answer.unwrap_or_else(|| {
            Box::new(Refused::InOurWords(ClientError::new(ErrorKind::InvalidRequest, bad.failure.message)))
        });
        Settled::Refused { by, refused }
    }

    fn failed(mut self, late: bool) -> Settled {
        let deps = &self.tries.shared.deps;
        let state = (&deps.board, &deps.orders);
        let failed = all_failed(&self.record, &self.snapshot, state, &self.planned, &self.ask, late);
        let by = By::nobody(&self.tries.chain, self.record.attempts(), self.record.request());
        self.record.nobody();
        self.record.finish(RequestResult::Failed, None);
        Settled::Failed { by, failed }
    }

    /// The provider's headers for the client, where both speak one dialect.
    fn passed_on(&self, candidate: &Candidate, from: &HeaderMap) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let dialect = self.tries.asked.dialect;
        let tier = self.tries.chain.tiers.get(candidate.tier);
        let wire = tier.and_then(|tier| attempt::wire_of(tier.provider, dialect));
        if wire.is_some_and(|wire| wire.is_native(dialect)) {
            reply::pass_on(from, &mut headers);
        }
        headers
    }
}

/// Whether a tier could not serve the request at all.
fn is_unfit((_, bad): &(Candidate, Bad)) -> bool {
    bad.failure.class == FailureClass::Unsupported
}

/// Failures that say more of the request than of the tier: when there is no other, the client gets them.
const fn is_about_the_request(class: FailureClass) -> bool {
    use FailureClass as F;
    matches!(class, F::ContextTooLong | F::PayloadTooLarge | F::Unsupported | F::Loop)
}
