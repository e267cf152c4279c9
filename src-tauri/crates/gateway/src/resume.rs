//! A stream that broke off after its first content, continued by the next tier that may serve.
//!
//! The client notices nothing but a pause, in which it is kept alive. Each part is a try of its own, told and priced as
//! such. A server that was in this request before is not asked again. When nobody can go on, the stream ends in an
//! error, as it does without this policy.

use bytes::Bytes;
use dialect::{
    error::{ClientError, ErrorKind},
    resume::{Broken, Continuing, Manner},
    stream::Relay,
};
use domain::{
    Failure, FailureClass, Tier,
    event::RequestResult,
    plan::{Ask, Candidate, plan},
    prefill::{Prefill, prefill},
};
use tokio::time::Instant;

use crate::{
    attempt::{Bad, Behind, Good, Way},
    record::Record,
    relay::{self, Rest},
    tries::Tries,
    turn::Turn,
};

/// What a broken stream is continued with.
pub(crate) struct Resume {
    tries: Tries,
    /// The replicas that were in this request already: tier and replica.
    been: Vec<(usize, usize)>,
}

/// How it goes on.
pub(crate) struct Going {
    /// Bytes for the client.
    pub(crate) held: Bytes,
    /// What is still to come; absent when the answer has ended.
    pub(crate) rest: Option<Box<Rest>>,
}

impl Resume {
    /// For a stream that `candidate` has begun.
    pub(crate) fn new(tries: Tries, candidate: &Candidate) -> Self {
        Self { tries, been: vec![(candidate.tier, candidate.replica)] }
    }

    /// How often the waiting client is kept alive, and with what.
    pub(crate) fn keep_alive(&self) -> (std::time::Duration, Bytes) {
        (self.tries.shared.patience.keep_alive, self.tries.asked.keep_alive())
    }

    /// Finds somebody to go on with what `relay` has brought before it failed.
    pub(crate) async fn go_on(&mut self, record: &mut Record, failure: &Failure, relay: Relay) -> Going {
        let broken = match relay.broken() {
            Ok(broken) => broken,
            Err((mut relay, why)) => {
                record.not_resumed(why);
                let held = relay::stopped(record, failure, |error| relay.error(error));
                return Going { held, rest: None };
            }
        };
        record.count_at_least(broken.sent().part());
        record.broke(failure);
        let cap =
            self.tries.asked.peek.max_tokens.map(|cap| u64::from(cap).saturating_sub(broken.sent().tokens()));
        if cap == Some(0) {
            record.finish(RequestResult::Answered, None);
            return Going { held: broken.at_its_cap(), rest: None };
        }
        let cap = cap.and_then(|cap| u32::try_from(cap).ok());
        let stays = self.stays(failure.class);
        match self.next(record, Way::Open(Box::new(broken)), cap, stays).await {
            Ok(going) => going,
            Err(way) => Going { held: gave_up(record, failure, way), rest: None },
        }
    }

    /// The tier that broke off, where its trigger is switched off: only its other servers may go on.
    fn stays(&self, class: FailureClass) -> Option<usize> {
        let (tier, _) = *self.been.last()?;
        self.tries.chain.tiers.get(tier)?.triggers.keeps(class).map(|_| tier)
    }

    /// Asks those who may serve, as things stand now; the way to the client comes back when nobody can.
    async fn next(
        &mut self,
        record: &mut Record,
        mut way: Way,
        cap: Option<u32>,
        stays: Option<usize>,
    ) -> Result<Going, Way> {
        let ask = Ask { now: Instant::now(), dice: rand::random(), seed: rand::random() };
        let board = self.tries.shared.deps.board.clone();
        let prefer = self.tries.shared.deps.orders.preference(&self.tries.chain);
        let mut order = plan(&self.tries.chain, &prefer, &ask, |id| board.load(id)).order;
        order.retain(|it| !it.last_resort && !self.been.contains(&(it.tier, it.replica)));
        order.retain(|it| stays.is_none_or(|tier| tier == it.tier));
        let mut turn = None;
        for (index, candidate) in order.iter().enumerate() {
            let now = Instant::now();
            let this = Turn::next(turn, candidate.tier, &order[index + 1..], &self.tries.deadline, now);
            turn = Some(this);
            if this.until <= now {
                break;
            }
            // An answer that was whole but for its end may be continued with nothing.
            self.been.push((candidate.tier, candidate.replica));
            match self.ask(record, candidate, this.alone(), way, cap).await {
                Ok((held, rest)) => {
                    record.resumed();
                    let by = self.tries.by(candidate, record).resumed();
                    let comment = by.comment(self.tries.asked.dialect);
                    return Ok(Going { held: [comment, by.mark_start(held)].concat().into(), rest });
                }
                Err(back) => way = back,
            }
            if let Way::Lost(_) = way {
                break;
            }
        }
        Err(way)
    }

    /// Asks one replica to go on: as its model takes it, or in words when it refuses that.
    async fn ask(
        &self,
        record: &mut Record,
        candidate: &Candidate,
        turn: Turn,
        mut way: Way,
        cap: Option<u32>,
    ) -> Result<(Bytes, Option<Box<Rest>>), Way> {
        for manner in self.tries.chain.tiers.get(candidate.tier).map(|tier| manners(tier)).unwrap_or_default()
        {
            let Way::Open(broken) = &way else { return Err(way) };
            let continuing = Continuing { text: broken.sent().text().to_owned(), manner };
            let mut behind = Behind { continuing, cap, way: Some(way) };
            let tried = self.tries.attempt(record, candidate, turn, Some(&mut behind)).await;
            let refused = match tried {
                Some(Ok(Good::Stream { held, rest, .. })) => return Ok((held, rest)),
                Some(Err(bad)) => manner.is_prefill() && is_refusal(&bad),
                // A whole answer does not come where a stream was asked for.
                Some(Ok(Good::Whole { .. })) | None => false,
            };
            way = match behind.way {
                Some(way) => way,
                None => return Ok((Bytes::new(), None)),
            };
            if !refused {
                break;
            }
        }
        Err(way)
    }
}

/// How to ask a tier to go on, the best way first.
fn manners(tier: &Tier) -> Vec<Manner> {
    let own = prefill(tier).map(|how| match how {
        Prefill::Trailing => Manner::Trailing,
        Prefill::Flagged => Manner::Flagged,
        Prefill::Prefixed => Manner::Prefixed,
    });
    own.into_iter().chain([Manner::Asked]).collect()
}

/// Whether a server takes no message of the assistant's at the end: it took the request without one.
fn is_refusal(bad: &Bad) -> bool {
    let class = bad.failure.class;
    matches!(class, FailureClass::ClientMistake | FailureClass::Unsupported)
        || bad.failure.message.to_ascii_lowercase().contains("prefill")
}

/// Nobody could go on.
fn gave_up(record: &mut Record, failure: &Failure, way: Way) -> Bytes {
    let tried: Vec<_> =
        record.failed().iter().map(|(tier, _, f)| format!("{tier} ({})", f.message)).collect();
    record.finish(RequestResult::Failed, None);
    let message = format!(
        "The answer broke off, and no tier could go on with it: {}. What came so far is incomplete; send the request again.",
        tried.join("; ")
    );
    let code = Some("stream_interrupted".to_owned());
    let kind = match failure.class {
        FailureClass::IdleTimeout | FailureClass::TotalTimeout => ErrorKind::Timeout,
        _ => ErrorKind::Upstream,
    };
    let error = ClientError { code, ..ClientError::new(kind, message) };
    match way {
        Way::Open(broken) => Broken::error(*broken, &error),
        Way::Lost(mut relay) => relay.error(&error),
    }
}
