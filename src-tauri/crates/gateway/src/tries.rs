//! Tries at replicas: each within its gate, its limits and the request's deadline, and told to the record.

use std::{sync::Arc, time::Duration};

use dialect::{
    client::{Asked, Dialect},
    wire::{Stamp, Wire},
};
use domain::{
    Admin, Chain, FailureClass, Fault, Trigger,
    chain::{OnBrokenStream, Timeouts},
    plan::Candidate,
    time::wall_ms,
    verdict,
};
use http::HeaderMap;
use resilience::{backoff::Backoff, deadline::Deadline};
use tokio::time::{Instant, timeout};
use upstream::Target;

use crate::{
    attempt::{self, Ask, Bad, Behind, Good, Limits},
    failures,
    faulty::Injected,
    fitness,
    record::{Beginning, Record},
    reply::By,
    server::Inner,
    turn::Turn,
};

/// A server is suspected no more often than this, however short its first-token time.
const SHORTEST_PATIENCE: Duration = Duration::from_millis(50);
/// A rate limit that was waited out may end this much later at the replica's own task.
const GATE_PATIENCE: Duration = Duration::from_secs(1);

/// What every try of a request has in common.
pub(crate) struct Tries {
    pub(crate) shared: Arc<Inner>,
    pub(crate) chain: Arc<Chain>,
    pub(crate) asked: Asked,
    /// For every upstream.
    pub(crate) headers: HeaderMap,
    pub(crate) deadline: Deadline,
    /// Whether it is an operator's own request, which keeps to one tier.
    pub(crate) only: bool,
    /// The fault of an operator's own request.
    pub(crate) fault: Option<Injected>,
}

impl Tries {
    /// Tries one replica, again where the verdict allows it and nobody else is left, or where a rate limit is short
    /// enough to be waited out. None when it may not be tried.
    pub(crate) async fn candidate(
        &self,
        record: &mut Record,
        candidate: &Candidate,
        turn: Turn,
    ) -> Option<Result<Good, Bad>> {
        let tier = self.chain.tiers.get(candidate.tier)?;
        let retry = tier.retry;
        let backoff = Backoff { base: retry.backoff, ..Backoff::default() };
        let mut retries = 0;
        let mut patience = self.chain.wait_up_to;
        loop {
            let bad = match self.attempt(record, candidate, turn, None).await? {
                Ok(good) => return Some(Ok(good)),
                Err(bad) => bad,
            };
            if let Some(wait) = self.short_wait(&bad, patience, turn) {
                patience -= wait;
                tokio::time::sleep(wait).await;
                self.gate_opens(candidate).await;
                continue;
            }
            let wait = backoff.delay(retries, rand::random());
            let now = Instant::now();
            // The others of its tier are still asked where its trigger keeps the request.
            let alone = tier.replicas.len() == 1 && self.keeps(candidate, bad.failure.class).is_some();
            let again = (alone || !turn.others)
                && verdict(bad.failure.class).retry_same
                && retries < retry.attempts
                && wait < self.deadline.remaining(now)
                && (self.fault.is_some() || self.shared.budgets.may_retry(&self.chain.name, &tier.name, now));
            if !again {
                return Some(Err(bad));
            }
            retries += 1;
            tokio::time::sleep(wait).await;
        }
    }

    /// How long to wait before the same replica is asked again after a rate limit; none when that is too long for the
    /// chain or for the tier's turn.
    fn short_wait(&self, bad: &Bad, patience: Duration, turn: Turn) -> Option<Duration> {
        let limited = bad.failure.class == FailureClass::RateLimited;
        let wait = bad.failure.retry_after.filter(|_| limited)?;
        let fits = wait <= patience && Instant::now() + wait < turn.until;
        (fits && !patience.is_zero()).then_some(wait.max(Duration::from_millis(1)).min(patience))
    }

    /// Waits a little until a replica lets somebody in again.
    async fn gate_opens(&self, candidate: &Candidate) {
        let replica =
            self.chain.tiers.get(candidate.tier).and_then(|tier| tier.replicas.get(candidate.replica));
        let Some(port) = replica.and_then(|replica| self.shared.deps.board.port(&replica.id)) else { return };
        let mut state = port.watch();
        // Whether it opened or not, the next try finds out.
        let _ = timeout(GATE_PATIENCE, state.wait_for(|state| state.gate.has_room())).await;
    }

    /// One try at one replica. None when its gate lets nobody in. `behind`: the beginning of the answer that it is to go
    /// on with.
    pub(crate) async fn attempt(
        &self,
        record: &mut Record,
        candidate: &Candidate,
        turn: Turn,
        behind: Option<&mut Behind>,
    ) -> Option<Result<Good, Bad>> {
        let tier = self.chain.tiers.get(candidate.tier)?;
        let replica = tier.replicas.get(candidate.replica)?;
        let wire = match attempt::wire_of(tier.provider, self.asked.dialect)? {
            // There an answer can only be gone on with in a conversation.
            Wire::OllamaGenerate if behind.is_some() => Wire::Ollama,
            wire => wire,
        };
        let port = self.shared.deps.board.port(&replica.id)?;
        let fault = self.fault.as_ref().and_then(|fault| fault.of(candidate.tier));
        // A fault in the place of the server takes nobody's room at its gate.
        let aside = fault.is_some_and(Fault::replaces);
        let (room, permit, in_hand) = port.read(|s| {
            let permit = if aside { None } else { s.gate.try_enter() };
            (permit.is_some() || (aside && s.gate.has_room()), permit, s.admin == Admin::Enabled)
        });
        // The operator's orders hold for a last resort, too.
        if !in_hand || (!room && !candidate.last_resort) {
            record.skip(candidate.tier);
            return None;
        }
        let fit = fitness::check(&self.chain, tier, &self.asked);
        let prepared = fit.and_then(|()| attempt::prepare(wire, tier, &self.asked, behind.as_deref()));
        let (body, left_out) = match prepared {
            Ok(prepared) => prepared,
            Err(bad) => {
                record.pass_over(candidate.tier, bad.failure.clone());
                return Some(Err(bad));
            }
        };
        let last = behind.is_none() && !turn.others && !candidate.last_resort;
        let limits = self.limits(&tier.timeouts, turn, last);
        if let Some(injected) = &self.fault {
            injected.begins(candidate.tier);
        }
        record.begin(Beginning {
            at: (candidate.tier, candidate.replica),
            port,
            permit,
            left_out,
            resumes: behind.is_some(),
            fault,
        });
        let ask = Ask {
            client: &self.shared.deps.upstream,
            target: Target::of(tier, replica),
            headers: self.headers.clone(),
            body,
            wire,
            asked: &self.asked,
            stamp: self.stamp(record),
            limits,
            others: turn.others,
            keep: self.may_resume(),
            fault,
        };
        let cut = record.cut();
        let result = tokio::select! {
            biased;
            () = cut.cancelled() => Err(failures::retired().into()),
            result = ask.run(record, behind) => result,
        };
        if let Err(bad) = &result {
            tracing::info!(chain = %self.chain.name, tier = %tier.name, class = %bad.failure.class, injected = fault.is_some(), "a try failed");
            record.fail(&bad.failure);
        }
        Some(result)
    }

    /// The candidate answered well, which earns retries and hedges; a rehearsal earns and spends none.
    pub(crate) fn answered(&self, candidate: &Candidate) {
        let Some(tier) = self.chain.tiers.get(candidate.tier).filter(|_| self.fault.is_none()) else {
            return;
        };
        self.shared.budgets.deposit(&self.chain.name, &tier.name, Instant::now());
        if self.chain.hedge.is_some() {
            self.shared.budgets.answered(&self.chain.name, Instant::now());
        }
    }

    /// Whether a stream that breaks off may be continued by somebody else: text alone, and one answer of it.
    pub(crate) fn may_resume(&self) -> bool {
        let peek = &self.asked.peek;
        let wanted = self.chain.on_broken_stream == OnBrokenStream::Resume && !self.only;
        // A call that must be made may go out as the form of the answer, which nobody can go on with.
        let forced = peek.has_tools && peek.forces_tool;
        wanted && peek.stream && peek.n == 1 && !peek.wants_json && !forced
    }

    /// The trigger that is switched off, so that a request which failed like this stays with the candidate's tier.
    pub(crate) fn keeps(&self, candidate: &Candidate, class: FailureClass) -> Option<Trigger> {
        self.chain.tiers.get(candidate.tier)?.triggers.keeps(class)
    }

    /// Whether the second may be asked beside the first.
    pub(crate) fn may_hedge(&self, first: &Candidate, second: &Candidate) -> bool {
        self.chain.hedge.is_some() && !self.only && !first.last_resort && !second.last_resort
    }

    /// How long a try may take that begins now, in its tier's turn. `last`: it is the last that may serve, and in service.
    fn limits(&self, timeouts: &Timeouts, turn: Turn, last: bool) -> Limits {
        let began = Instant::now();
        let total = timeouts.total.min(self.deadline.remaining(began));
        let end = began + total;
        let stream = self.asked.peek.stream;
        // Servers send the head of a whole answer when all of it is made.
        let suspect = (!stream || last).then_some(timeouts.first_token.max(SHORTEST_PATIENCE));
        let wanted = if suspect.is_some() { end } else { began + timeouts.first_token.min(total) };
        Limits { began, first: wanted.min(turn.until), suspect, stream, end, idle: timeouts.idle }
    }

    /// What an answer of our own making says of itself.
    pub(crate) fn stamp(&self, record: &Record) -> Stamp {
        stamp(self.asked.dialect, record.request())
    }

    /// Who answered, as the headers say it.
    pub(crate) fn by(&self, candidate: &Candidate, record: &Record) -> By {
        let (attempts, request) = (record.attempts(), record.request());
        match self.chain.tiers.get(candidate.tier) {
            Some(tier) => By::tier(&self.chain, candidate.tier, tier, attempts, request),
            None => By::nobody(&self.chain, attempts, request),
        }
    }
}

/// What an answer of our own making to the request of this id says of itself.
pub(crate) fn stamp(dialect: Dialect, request: &str) -> Stamp {
    let created = u64::try_from(wall_ms() / 1000).unwrap_or_default();
    Stamp { id: dialect.answer_id(request), created }
}
