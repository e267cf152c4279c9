//! The life of a chat request: read, plan, attempt, commit.

use std::{pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    error::{ClientError, ErrorKind},
    wire::Stamp,
};
use domain::{
    Chain, FailureClass, Snapshot,
    chain::Timeouts,
    event::RequestResult,
    plan::{Ask as PlanAsk, Candidate, Plan, plan},
    time::wall_ms,
    verdict,
    verdict::Next,
};
use futures::stream::{BoxStream, StreamExt};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use resilience::{backoff::Backoff, deadline::Deadline};
use tokio::time::{Instant, timeout};
use upstream::Target;

use crate::{
    attempt::{self, Ask, Bad, Good, Limits, Refused},
    record::Record,
    refusal::{AllFailed, all_failed, unknown_model},
    relay::{self, Rest},
    reply::{self, Body, By},
    server::Inner,
    turn::Turn,
};

/// A server is suspected no more often than this, however short its first-token time.
const SHORTEST_PATIENCE: Duration = Duration::from_millis(50);

/// A request on its way.
pub(crate) struct Life {
    shared: Arc<Inner>,
    snapshot: Arc<Snapshot>,
    chain: Arc<Chain>,
    asked: Asked,
    headers: HeaderMap,
    deadline: Deadline,
    ask: PlanAsk,
    planned: Plan,
    record: Record,
}

/// How it was settled.
enum Settled {
    Whole { by: By, body: Bytes, headers: HeaderMap },
    Stream { by: By, record: Box<Record>, held: Bytes, rest: Option<Box<Rest>>, headers: HeaderMap },
    Refused { by: By, refused: Box<Refused> },
    Failed { by: By, failed: AllFailed },
}

impl Life {
    /// Plans a request. `headers` go to every upstream.
    pub(crate) fn new(
        shared: Arc<Inner>,
        asked: Asked,
        headers: HeaderMap,
        began: Instant,
        request: String,
    ) -> Result<Self, ClientError> {
        let peek = &asked.peek;
        let snapshot = shared.deps.snapshot.load_full();
        let chain =
            snapshot.chain_for(&peek.model).cloned().ok_or_else(|| unknown_model(&snapshot, &peek.model))?;
        let ask = PlanAsk { now: began, dice: rand::random(), seed: rand::random() };
        let planned = plan(&chain, &ask, |id| shared.deps.board.load(id));
        let told = (peek.model.as_str(), peek.stream);
        let record = Record::new(Arc::clone(&shared), Arc::clone(&chain), &planned, told, began, request);
        let deadline = Deadline::new(began, chain.deadline);
        Ok(Self { shared, snapshot, chain, asked, headers, deadline, ask, planned, record })
    }

    /// Keeps to one tier: it is an operator's own request, which tells nothing of who serves.
    pub(crate) fn only(mut self, tier: &str) -> Result<Self, ClientError> {
        let Some(position) = self.chain.tiers.iter().position(|t| t.name == tier) else {
            let message = format!("The chain `{}` has no tier `{tier}`.", self.chain.name);
            return Err(ClientError::new(ErrorKind::NotFound, message));
        };
        let board = &self.shared.deps.board;
        self.planned.keep_to(&self.chain, position, |id| board.load(id));
        self.record.keep_to(position);
        Ok(self)
    }

    /// Answers it.
    pub(crate) async fn answer(self) -> Response<Body> {
        let (asked, stamp) = (self.asked.clone(), self.stamp());
        let every = self.shared.keep_alive;
        let request = self.record.request().to_owned();
        let simulated = self.chain.simulated;
        let mut settling = Box::pin(self.settle());
        if !asked.peek.stream {
            return settling.await.into_response(asked.dialect);
        }
        match timeout(every, &mut settling).await {
            Ok(settled) => settled.into_response(asked.dialect),
            Err(_) => {
                let mut response = reply::stream(asked.dialect, waiting(settling, every, asked, stamp));
                reply::mark(response.headers_mut(), &request, simulated);
                response
            }
        }
    }

    /// Tries the candidates in order until one answers.
    async fn settle(mut self) -> Settled {
        let order = std::mem::take(&mut self.planned.order);
        let mut refused = None;
        let mut late = false;
        let mut turn = None;
        for (index, candidate) in order.iter().enumerate() {
            let now = Instant::now();
            late = self.deadline.has_passed(now);
            if late {
                break;
            }
            let this = Turn::next(turn, candidate.tier, &order[index + 1..], &self.deadline, now);
            turn = Some(this);
            if this.until <= now {
                continue;
            }
            let bad = match self.try_candidate(candidate, this).await {
                Some(Ok(good)) => return self.committed(candidate, good),
                Some(Err(bad)) => bad,
                None => continue,
            };
            if verdict(bad.failure.class).next == Next::Client {
                return self.refused(candidate, bad);
            }
            if let (true, Some(answer)) = (is_about_the_request(bad.failure.class), bad.answer) {
                refused = Some((candidate.clone(), Bad { failure: bad.failure, answer: Some(answer) }));
            }
        }
        let all_about_the_request = self.record.failed().iter().all(|(.., f)| is_about_the_request(f.class));
        match refused {
            Some((candidate, bad)) if all_about_the_request => self.refused(&candidate, bad),
            _ => {
                late |= self.deadline.has_passed(Instant::now());
                self.failed(late)
            }
        }
    }

    /// Tries one replica, again where the verdict allows it and nobody else is left. None when it may not be tried.
    async fn try_candidate(&mut self, candidate: &Candidate, turn: Turn) -> Option<Result<Good, Bad>> {
        let chain = Arc::clone(&self.chain);
        let tier = chain.tiers.get(candidate.tier)?;
        let retry = tier.retry;
        let backoff = Backoff { base: retry.backoff, ..Backoff::default() };
        let mut retries = 0;
        loop {
            let bad = match self.attempt(candidate, turn).await? {
                Ok(good) => return Some(Ok(good)),
                Err(bad) => bad,
            };
            let wait = backoff.delay(retries, rand::random());
            let now = Instant::now();
            let again = !turn.others
                && verdict(bad.failure.class).retry_same
                && retries < retry.attempts
                && wait < self.deadline.remaining(now)
                && self.shared.budgets.may_retry(&chain.name, &tier.name, now);
            if !again {
                return Some(Err(bad));
            }
            retries += 1;
            tokio::time::sleep(wait).await;
        }
    }

    /// One try at one replica. None when its gate lets nobody in.
    async fn attempt(&mut self, candidate: &Candidate, turn: Turn) -> Option<Result<Good, Bad>> {
        let chain = Arc::clone(&self.chain);
        let tier = chain.tiers.get(candidate.tier)?;
        let replica = tier.replicas.get(candidate.replica)?;
        let wire = attempt::wire_of(tier.provider, self.asked.dialect)?;
        let port = self.shared.deps.board.port(&replica.id)?;
        let permit = port.read(|state| state.gate.try_enter());
        if permit.is_none() && !candidate.last_resort {
            self.record.skip(candidate.tier);
            return None;
        }
        let (body, left_out) = match attempt::prepare(wire, tier, &self.asked) {
            Ok(prepared) => prepared,
            Err(bad) => {
                self.record.pass_over(candidate.tier, bad.failure.clone());
                return Some(Err(bad));
            }
        };
        let limits = self.limits(&tier.timeouts, turn);
        self.record.begin((candidate.tier, candidate.replica), port, permit, left_out);
        let ask = Ask {
            client: &self.shared.deps.upstream,
            target: Target::of(tier, replica),
            headers: self.headers.clone(),
            body,
            wire,
            asked: &self.asked,
            stamp: self.stamp(),
            limits,
            others: turn.others,
        };
        let result = ask.run(&mut self.record).await;
        if let Err(bad) = &result {
            tracing::info!(chain = %chain.name, tier = %tier.name, class = %bad.failure.class, "a try failed");
            self.record.fail(&bad.failure);
        }
        Some(result)
    }

    /// How long a try may take that begins now, in its tier's turn.
    fn limits(&self, timeouts: &Timeouts, turn: Turn) -> Limits {
        let began = Instant::now();
        let total = timeouts.total.min(self.deadline.remaining(began));
        let end = began + total;
        // Servers send the head of a whole answer when all of it is made.
        let suspect = (!self.asked.peek.stream).then_some(timeouts.first_token.max(SHORTEST_PATIENCE));
        let wanted = if suspect.is_some() { end } else { began + timeouts.first_token.min(total) };
        Limits { began, first: wanted.min(turn.until), suspect, end, idle: timeouts.idle }
    }

    fn committed(mut self, candidate: &Candidate, good: Good) -> Settled {
        let by = self.by(candidate);
        self.record.committed();
        if let Some(tier) = self.chain.tiers.get(candidate.tier) {
            self.shared.budgets.deposit(&self.chain.name, &tier.name, Instant::now());
        }
        match good {
            Good::Whole { body, headers } => {
                self.record.finish(RequestResult::Answered, None);
                Settled::Whole { by, body, headers: self.passed_on(candidate, &headers) }
            }
            Good::Stream { held, rest, headers } => {
                let headers = self.passed_on(candidate, &headers);
                Settled::Stream { by, record: Box::new(self.record), held, rest, headers }
            }
        }
    }

    fn refused(mut self, candidate: &Candidate, bad: Bad) -> Settled {
        let by = self.by(candidate);
        self.record.finish(RequestResult::ClientMistake, None);
        let refused = bad.answer.unwrap_or_else(|| {
            Box::new(Refused::InOurWords(ClientError::new(ErrorKind::InvalidRequest, bad.failure.message)))
        });
        Settled::Refused { by, refused }
    }

    fn failed(mut self, late: bool) -> Settled {
        let board = &self.shared.deps.board;
        let failed = all_failed(&self.record, &self.snapshot, board, &self.planned, &self.ask, late);
        self.record.nobody();
        self.record.finish(RequestResult::Failed, None);
        Settled::Failed { by: By::nobody(&self.chain, self.record.attempts(), self.record.request()), failed }
    }

    /// What an answer of our own making says of itself.
    fn stamp(&self) -> Stamp {
        let created = u64::try_from(wall_ms() / 1000).unwrap_or_default();
        Stamp { id: self.asked.dialect.answer_id(self.record.request()), created }
    }

    fn by(&self, candidate: &Candidate) -> By {
        let (attempts, request) = (self.record.attempts(), self.record.request());
        match self.chain.tiers.get(candidate.tier) {
            Some(tier) => By::tier(&self.chain, candidate.tier, tier, attempts, request),
            None => By::nobody(&self.chain, attempts, request),
        }
    }

    /// The provider's headers for the client, where both speak one dialect.
    fn passed_on(&self, candidate: &Candidate, from: &HeaderMap) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let dialect = self.asked.dialect;
        let tier = self.chain.tiers.get(candidate.tier);
        let wire = tier.and_then(|tier| attempt::wire_of(tier.provider, dialect));
        if wire.is_some_and(|wire| wire.is_native(dialect)) {
            reply::pass_on(from, &mut headers);
        }
        headers
    }
}

/// Failures that say more of the request than of the tier: when there is no other, the client gets them.
const fn is_about_the_request(class: FailureClass) -> bool {
    matches!(class, FailureClass::ContextTooLong | FailureClass::PayloadTooLarge | FailureClass::Unsupported)
}

impl Settled {
    fn into_response(self, dialect: Dialect) -> Response<Body> {
        let (by, mut response) = match self {
            Self::Whole { by, body, headers } => {
                let mut response = reply::json(StatusCode::OK, body);
                response.headers_mut().extend(headers);
                (by, response)
            }
            Self::Stream { by, record, held, rest, headers } => {
                let mut response = reply::stream(dialect, relay::pieces(record, held, rest));
                response.headers_mut().extend(headers);
                (by, response)
            }
            Self::Refused { by, refused } => (by, refused.into_response(dialect)),
            Self::Failed { by, failed } => {
                let mut response = reply::error(dialect, &failed.error);
                let headers = response.headers_mut();
                headers.insert(header::RETRY_AFTER, HeaderValue::from(failed.retry_after));
                // The SDKs' own retries would only multiply what was tried here.
                headers.insert("x-should-retry", HeaderValue::from_static("false"));
                (by, response)
            }
        };
        by.write(response.headers_mut());
        response
    }

    /// The same within a stream whose head has gone out already.
    fn into_pieces(self, asked: &Asked, stamp: Stamp) -> BoxStream<'static, Bytes> {
        let (by, rest) = match self {
            Self::Stream { by, record, held, rest, .. } => (by, relay::pieces(record, held, rest)),
            // A stream was asked for; a whole answer does not come here, and would be wrong in it.
            Self::Whole { by, body, .. } => (by, once(body)),
            Self::Refused { by, refused } => (by, once(asked.error_event(&refused.into_error(), stamp))),
            Self::Failed { by, failed } => (by, once(asked.error_event(&failed.error, stamp))),
        };
        once(by.comment(asked.dialect)).chain(rest).boxed()
    }
}

impl Refused {
    fn into_response(self, dialect: Dialect) -> Response<Body> {
        match self {
            Self::InOurWords(error) => reply::error(dialect, &error),
            Self::AsItIs { status, headers, body } => {
                let mut response = reply::json(status, body);
                if let Some(kind) = headers.get(header::CONTENT_TYPE) {
                    response.headers_mut().insert(header::CONTENT_TYPE, kind.clone());
                }
                reply::pass_on(&headers, response.headers_mut());
                response
            }
        }
    }

    /// The same in our own words.
    fn into_error(self) -> ClientError {
        match self {
            Self::InOurWords(error) => error,
            Self::AsItIs { status, .. } => {
                let message = format!("The provider refused the request with status {}.", status.as_u16());
                ClientError::new(ErrorKind::InvalidRequest, message)
            }
        }
    }
}

fn once(bytes: Bytes) -> BoxStream<'static, Bytes> {
    futures::stream::once(std::future::ready(bytes)).boxed()
}

/// Keeps a client's stream alive until its request is settled.
fn waiting(
    mut settling: Pin<Box<impl Future<Output = Settled> + Send + 'static>>,
    every: Duration,
    asked: Asked,
    stamp: Stamp,
) -> BoxStream<'static, Bytes> {
    async_stream::stream! {
        yield asked.keep_alive();
        let settled = loop {
            match timeout(every, &mut settling).await {
                Ok(settled) => break settled,
                Err(_) => yield asked.keep_alive(),
            }
        };
        let mut pieces = settled.into_pieces(&asked, stamp);
        while let Some(piece) = pieces.next().await {
            yield piece;
        }
    }
    .boxed()
}
