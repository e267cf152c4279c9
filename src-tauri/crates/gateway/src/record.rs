//! What is told of a request and of each of its tries: exactly once, at the end or when it is dropped.
//!
//! A record that is dropped before its end is a client that hung up.

use std::{sync::Arc, time::Duration};

use dialect::exchange::Usage;
use domain::{
    Chain, Event, Failure, FailureClass, Fault, Health, Injection, Outcome, ReplicaPort, ReplicaState,
    Signal,
    board::InFlight,
    event::{Attempt, RequestEnd, RequestResult},
    plan::{Plan, WhyNot},
    serving::{Delayed, Served, Told},
    time::wall_ms,
    verdict,
    verdict::Next,
};
use resilience::gate::{Gate, Permit};
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{
    explain::{Explanation, TierNote, TryNote, verdict_in_words},
    server::Inner,
};

/// A request from its plan to its end.
pub(crate) struct Record {
    shared: Arc<Inner>,
    chain: Arc<Chain>,
    began: Instant,
    explanation: Explanation,
    current: Option<Current>,
    /// The tiers that failed so far.
    failed: Vec<(String, i64, Failure)>,
    /// Whether the chain's first tier was in service when the request came.
    first_in_service: bool,
    first_failed: bool,
    attempts: u32,
    /// When the answer broke off last.
    broke_at: Option<Instant>,
    /// Whether it was told that a tier keeps the client waiting.
    delayed: bool,
    ended: bool,
    /// Whether it is of a try beside the request's own, which ends with it.
    beside: bool,
}

/// The try that goes on.
struct Current {
    tier: usize,
    replica: usize,
    port: ReplicaPort,
    began: Instant,
    began_ms: i64,
    first_token: Option<Duration>,
    usage: Usage,
    left_out: Vec<String>,
    suspected: bool,
    /// Whether it goes on with an answer that another try began.
    resumes: bool,
    /// What is injected between here and the server, of which nothing is told then.
    fault: Option<Fault>,
    _in_flight: Option<InFlight>,
    _permit: Option<Permit>,
}

impl Current {
    /// When the fault began that ended the try with `failure`, wall clock, milliseconds. An answer that broke off was
    /// good until then; after a silence of `idle`, until before that.
    fn fault_ms(&self, failure: &Failure, idle: Duration) -> i64 {
        if self.first_token.is_none() {
            return self.began_ms;
        }
        let silent = if failure.class == FailureClass::IdleTimeout { idle } else { Duration::ZERO };
        let silent = i64::try_from(silent.as_millis()).unwrap_or(i64::MAX);
        wall_ms().saturating_sub(silent).max(self.began_ms)
    }

    /// Tells the replica's task what the try says of it.
    fn tell(&self, signal: Signal) {
        if self.fault.is_none() {
            self.port.tell(signal);
        }
    }

    /// The state in which a check will show the server to be. A fault is not the server's: its check is not made, and comes
    /// out as the fault would have it.
    fn checked(&self) -> Option<watch::Receiver<ReplicaState>> {
        let Some(fault) = self.fault else { return Some(self.port.watch()) };
        let down = || ReplicaState { gate: Gate::Shut, health: Health::Down, ..ReplicaState::default() };
        fault.fails_checks().then(|| watch::channel(down()).1)
    }
}

/// A try at a replica that begins.
pub(crate) struct Beginning {
    /// The positions of tier and replica.
    pub(crate) at: (usize, usize),
    pub(crate) port: ReplicaPort,
    pub(crate) permit: Option<Permit>,
    /// What of the request it leaves out.
    pub(crate) left_out: Vec<String>,
    /// Whether it goes on with an answer that another try began.
    pub(crate) resumes: bool,
    /// What is injected between here and the server.
    pub(crate) fault: Option<Fault>,
}

impl Record {
    /// A request for `asked` that came at `began` and is planned like this.
    pub(crate) fn new(
        shared: Arc<Inner>,
        chain: Arc<Chain>,
        plan: &Plan,
        asked: (&str, bool),
        began: Instant,
        request: String,
    ) -> Self {
        let note = |step: &domain::plan::Step| TierNote {
            tier: chain.tiers.get(step.tier).map(|t| t.name.clone()).unwrap_or_default(),
            why_not: step.why_not.as_ref().map(ToString::to_string),
            share_percent: step.share,
            trigger: step.why_not.as_ref().and_then(WhyNot::trigger),
        };
        let explanation = Explanation {
            request,
            at_ms: wall_ms(),
            asked: asked.0.to_owned(),
            chain: chain.name.clone(),
            simulated: chain.simulated,
            only: None,
            fault: None,
            stream: asked.1,
            tiers: plan.steps.iter().map(note).collect(),
            attempts: Vec::new(),
            tier: None,
            not_resumed: None,
            result: RequestResult::Failed,
            total_ms: 0.0,
        };
        let first = plan.steps.first().is_some_and(|s| s.why_not.as_ref().is_none_or(WhyNot::still_serves));
        Self {
            shared,
            chain,
            began,
            explanation,
            current: None,
            failed: Vec::new(),
            first_in_service: first,
            first_failed: false,
            attempts: 0,
            broke_at: None,
            delayed: false,
            ended: false,
            beside: false,
        }
    }

    /// The record of tries beside those of this one, until one of the two answers ([`Self::join`]).
    pub(crate) fn beside(&self) -> Self {
        let explanation = Explanation { tiers: Vec::new(), attempts: Vec::new(), ..self.explanation.clone() };
        Self {
            shared: Arc::clone(&self.shared),
            chain: Arc::clone(&self.chain),
            began: self.began,
            explanation,
            current: None,
            failed: Vec::new(),
            first_in_service: self.first_in_service,
            first_failed: false,
            attempts: 0,
            broke_at: None,
            delayed: false,
            ended: false,
            beside: true,
        }
    }

    /// The try that goes on is given up, since another server answered first. One that has not shown any sign of life
    /// is to be checked.
    pub(crate) fn superseded(&mut self) {
        let Some(current) = &self.current else { return };
        if current.first_token.is_none() {
            current.tell(Signal::Suspect);
        }
        let failure = Failure::new(FailureClass::Superseded, "another server answered first");
        self.end_attempt(Some(&failure));
    }

    /// Takes over what was told beside it, and the try that goes on there where none does here.
    pub(crate) fn join(&mut self, mut other: Self) {
        self.attempts += other.attempts;
        self.first_failed |= other.first_failed;
        self.failed.append(&mut other.failed);
        self.explanation.attempts.append(&mut other.explanation.attempts);
        self.current = self.current.take().or_else(|| other.current.take());
        other.ended = true;
    }

    /// Keeps to the tier at this position: the request is an operator's own. It says nothing of who serves, and is
    /// none of the chain's figures.
    pub(crate) fn keep_to(&mut self, position: usize) {
        self.explanation.only = self.chain.tiers.get(position).map(|t| t.name.clone());
        for (index, note) in self.explanation.tiers.iter_mut().enumerate() {
            if index != position {
                note.why_not = Some("another tier was asked for".into());
            }
        }
    }

    /// A fault is injected: the request is an operator's own, too.
    pub(crate) fn inject(&mut self, injection: &Injection) {
        self.explanation.fault = Some(injection.clone());
    }

    /// Whether the request is an operator's own, which says nothing of who serves and is in no figures of its chain.
    fn is_apart(&self) -> bool {
        self.explanation.only.is_some() || self.explanation.fault.is_some()
    }

    pub(crate) fn request(&self) -> &str {
        &self.explanation.request
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    pub(crate) fn failed(&self) -> &[(String, i64, Failure)] {
        &self.failed
    }

    pub(crate) fn chain(&self) -> &Arc<Chain> {
        &self.chain
    }

    /// The tier that answers; empty before there is one.
    pub(crate) fn serving_tier(&self) -> &str {
        self.explanation.tier.as_deref().unwrap_or_default()
    }

    /// A try at a replica begins.
    pub(crate) fn begin(&mut self, beginning: Beginning) {
        let Beginning { at: (tier, replica), port, permit, left_out, resumes, fault } = beginning;
        self.attempts += 1;
        let in_flight = (!fault.is_some_and(Fault::replaces)).then(|| port.enter());
        self.current = Some(Current {
            tier,
            replica,
            port,
            began: Instant::now(),
            began_ms: wall_ms(),
            first_token: None,
            usage: Usage::default(),
            left_out,
            resumes,
            suspected: false,
            fault,
            _in_flight: in_flight,
            _permit: permit,
        });
    }

    /// The try that goes on waits for longer than usual, and until `until` at most: has its replica checked, and
    /// returns its state to watch.
    pub(crate) fn suspect(&mut self, until: Instant) -> Option<watch::Receiver<ReplicaState>> {
        self.tell_delayed(until);
        let current = self.current.as_mut()?;
        current.suspected = true;
        current.tell(Signal::Suspect);
        current.checked()
    }

    /// The head of an answer has come: what it says is left of the rate limits is told at once.
    pub(crate) fn head(&self, headers: &http::HeaderMap) {
        let quota = upstream::quota(headers, wall_ms());
        if let (Some(current), Some(quota)) = (&self.current, quota) {
            current.tell(Signal::Quota(quota));
        }
    }

    /// What of the request the try that goes on leaves out.
    pub(crate) fn left_out(&self) -> &[String] {
        self.current.as_ref().map_or(&[], |current| &current.left_out)
    }

    /// Ends when the answer of the try that goes on is to be cut.
    pub(crate) fn cut(&self) -> Arc<CancellationToken> {
        self.current.as_ref().map(|current| current.port.cut()).unwrap_or_default()
    }

    /// The first meaningful token has come.
    pub(crate) fn first_token(&mut self) {
        if let Some(current) = &mut self.current {
            current.first_token.get_or_insert_with(|| current.began.elapsed());
        }
    }

    /// The server counted its tokens.
    pub(crate) fn usage(&mut self, usage: Usage) {
        if let Some(current) = &mut self.current {
            current.usage = usage;
        }
    }

    /// The server did not count its tokens before it broke off: they are about so many.
    pub(crate) fn count_at_least(&mut self, usage: Usage) {
        if let Some(current) = self.current.as_mut().filter(|current| current.usage.output == 0) {
            current.usage = usage;
        }
    }

    /// The answer breaks off, and somebody else may go on with it.
    pub(crate) fn broke(&mut self, failure: &Failure) {
        self.broke_at = Some(Instant::now());
        self.fail(failure);
    }

    /// The answer goes on.
    pub(crate) fn resumed(&mut self) {
        let Some(current) = &self.current else { return };
        let tier = self.chain.tiers.get(current.tier).map(|t| t.name.clone());
        let waited = self.broke_at.map(|at| at.elapsed()).unwrap_or_default();
        self.explanation.tier.clone_from(&tier);
        self.tell_served(tier, waited);
    }

    /// The answer broke off and may not be continued; why.
    pub(crate) fn not_resumed(&mut self, why: &str) {
        self.explanation.not_resumed = Some(why.to_owned());
    }

    /// The try fails before the client has seen anything of it.
    pub(crate) fn fail(&mut self, failure: &Failure) {
        if let Some(current) = &self.current {
            let tier = self.chain.tiers.get(current.tier);
            let idle = tier.map(|t| t.timeouts.idle).unwrap_or_default();
            let name = tier.map(|t| t.name.clone()).unwrap_or_default();
            self.failed.push((name, current.fault_ms(failure, idle), failure.clone()));
        }
        if verdict(failure.class).incident.is_some() {
            self.tell_delayed(Instant::now());
        }
        self.end_attempt(Some(failure));
    }

    /// A tier that might serve by the plan lets nobody in at this moment.
    pub(crate) fn skip(&mut self, tier: usize) {
        if let Some(note) = self.explanation.tiers.get_mut(tier) {
            note.why_not = Some("its breaker let nobody in at that moment".into());
        }
        self.first_failed |= tier == 0;
    }

    /// A tier will not be asked after all, unless it was already.
    pub(crate) fn passed_by(&mut self, tier: usize, why: &WhyNot) {
        let name = self.chain.tiers.get(tier).map(|t| t.name.as_str()).unwrap_or_default();
        let asked = self.explanation.attempts.iter().any(|it| it.tier == name);
        if let Some(note) = self.explanation.tiers.get_mut(tier).filter(|_| !asked) {
            note.why_not = Some(why.to_string());
            note.trigger = why.trigger();
        }
    }

    /// A tier cannot carry the request, so that nobody was asked.
    pub(crate) fn pass_over(&mut self, tier: usize, failure: Failure) {
        let Some(found) = self.chain.tiers.get(tier) else { return };
        if let Some(note) = self.explanation.tiers.get_mut(tier) {
            note.why_not = Some(failure.message.clone());
        }
        self.first_failed |= tier == 0 && verdict(failure.class).next == Next::NextTier;
        self.failed.push((found.name.clone(), wall_ms(), failure));
    }

    /// The answer goes out to the client from here on.
    pub(crate) fn committed(&mut self) {
        let Some(current) = &self.current else { return };
        let tier = self.chain.tiers.get(current.tier).map(|t| t.name.clone());
        let waited = if self.failed.is_empty() { Duration::ZERO } else { current.began - self.began };
        self.explanation.tier.clone_from(&tier);
        self.tell_served(tier, waited);
    }

    /// No tier could answer.
    pub(crate) fn nobody(&mut self) {
        self.tell_served(None, self.began.elapsed());
    }

    /// Its tier keeps the client waiting in vain, until then.
    fn tell_delayed(&mut self, until: Instant) {
        let tier = self.current.as_ref().and_then(|current| self.chain.tiers.get(current.tier));
        let tier = tier.filter(|_| !self.is_apart());
        let Some(tier) = tier.map(|t| t.name.clone()) else { return };
        self.delayed = true;
        let chain = self.chain.name.clone();
        self.shared.deps.serving.tell(Told::Delayed(Delayed { chain, tier, since: self.began, until }));
    }

    fn tell_served(&self, tier: Option<String>, waited: Duration) {
        // Most answers are like the one before, and need not wake the task that decides who answers.
        let known = |tier: &String| self.shared.deps.serving.knows(&self.chain.name, tier);
        let no_news = self.failed.is_empty() && !self.delayed && tier.as_ref().is_some_and(known);
        if no_news || self.is_apart() {
            return;
        }
        self.shared.deps.serving.tell(Told::Served(Served {
            chain: self.chain.name.clone(),
            tier,
            at_ms: wall_ms(),
            waited_ms: i64::try_from(waited.as_millis()).unwrap_or(i64::MAX),
            failed: self.failed.clone(),
        }));
    }

    /// The try that goes on has ended, well or with a failure.
    fn end_attempt(&mut self, failure: Option<&Failure>) {
        let Some(current) = self.current.take() else { return };
        let total = current.began.elapsed();
        if current.tier == 0 && failure.is_some_and(|f| verdict(f.class).next == Next::NextTier) {
            self.first_failed = true;
        }
        let Some(tier) = self.chain.tiers.get(current.tier) else { return };
        let Some(replica) = tier.replicas.get(current.replica) else { return };
        let fault_ms = failure.map_or(current.began_ms, |f| current.fault_ms(f, tier.timeouts.idle));
        let note = TryNote {
            tier: tier.name.clone(),
            server: upstream::address(&replica.url),
            began_ms: current.began_ms,
            failure: failure.map(|f| f.class),
            message: failure.map(|f| f.message.clone()).unwrap_or_default(),
            verdict: failure.map(|f| verdict_in_words(f.class, &tier.triggers, current.fault.is_some())),
            first_token_ms: current.first_token.map(millis),
            total_ms: millis(total),
            left_out: current.left_out,
            resumes: current.resumes,
            fault: current.fault,
        };
        if current.fault.is_some() {
            self.explanation.attempts.push(note);
            return;
        }
        let counted = |tokens: u64| (tokens > 0).then_some(tokens);
        self.shared.deps.journal.tell(Event::Attempt(Attempt {
            request: self.explanation.request.clone(),
            chain: self.chain.name.clone(),
            tier: note.tier.clone(),
            replica: replica.id.as_str().to_owned(),
            simulated: self.chain.simulated,
            began_ms: note.began_ms,
            failure: note.failure,
            message: note.message.clone(),
            first_token_ms: note.first_token_ms,
            total_ms: note.total_ms,
            tokens_in: counted(current.usage.input),
            tokens_out: counted(current.usage.output),
            resumes: note.resumes,
        }));
        self.explanation.attempts.push(note);
        current.port.tell(Signal::Outcome(Outcome {
            began_ms: fault_ms,
            failure: failure.cloned(),
            stream: self.explanation.stream,
            first_token: current.first_token,
            total,
            tokens_out: counted(current.usage.output),
        }));
    }

    /// The request has ended; `failure` is that of the try that goes on, if it failed. The record knows neither its id nor
    /// who served it from here on.
    pub(crate) fn finish(&mut self, result: RequestResult, failure: Option<&Failure>) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let by_first = self.current.as_ref().is_some_and(|c| c.tier == 0) && failure.is_none();
        self.end_attempt(failure);
        let total_ms = millis(self.began.elapsed());
        if !self.is_apart() {
            self.shared.deps.journal.tell(Event::Request(RequestEnd {
                request: self.explanation.request.clone(),
                chain: self.chain.name.clone(),
                tier: self.explanation.tier.clone(),
                simulated: self.chain.simulated,
                result,
                first_tier_ok: by_first || (self.first_in_service && !self.first_failed),
                attempts: self.attempts,
                stream: self.explanation.stream,
                total_ms,
            }));
        }
        self.explanation.result = result;
        self.explanation.total_ms = total_ms;
        self.shared.ring.push(std::mem::take(&mut self.explanation));
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        if self.beside && !self.ended {
            let gone = Failure::new(FailureClass::ClientGone, "the client hung up");
            self.end_attempt(Some(&gone));
        } else if !self.ended {
            if self.current.as_ref().is_some_and(|current| current.suspected) {
                // It waits no longer.
                self.tell_delayed(Instant::now());
            }
            let gone = Failure::new(FailureClass::ClientGone, "the client hung up");
            self.finish(RequestResult::ClientGone, Some(&gone));
        }
    }
}

fn millis(span: Duration) -> f64 {
    span.as_secs_f64() * 1000.0
}
