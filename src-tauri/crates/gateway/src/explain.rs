//! Why a request was answered as it was: its plan and its tries, for the newest requests, in memory.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{
    FailureClass, Fault, Injection, Trigger, Triggers,
    event::RequestResult,
    verdict::{CoolDownRule, Next},
};
use serde::Serialize;

/// How many requests are kept.
const KEPT: usize = 500;

/// A request, explained. Holds no prompt and no answer.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Explanation {
    /// Its id, as in `x-changeover-request-id`.
    pub request: String,
    /// When it came, wall clock, milliseconds.
    pub at_ms: i64,
    /// The model that the client asked for.
    pub asked: String,
    /// The chain that this led to.
    pub chain: String,
    /// Whether the chain is simulated.
    pub simulated: bool,
    /// The one tier that an operator asked for; such a request is no client's.
    pub only: Option<String>,
    /// The fault that an operator injected; such a request is no client's either.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Injection>,
    /// Whether the client asked for a stream.
    pub stream: bool,
    /// The plan: each tier in the chain's order.
    pub tiers: Vec<TierNote>,
    /// The tries at replicas, in order.
    pub attempts: Vec<TryNote>,
    /// The tier that answered.
    pub tier: Option<String>,
    /// Why an answer that broke off was not continued by another tier, where the chain asks for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_resumed: Option<String>,
    /// How it ended.
    pub result: RequestResult,
    /// Time to the end, milliseconds.
    pub total_ms: f64,
}

/// What the plan said of a tier.
#[derive(Clone, Debug, Serialize)]
pub struct TierNote {
    /// The tier.
    pub tier: String,
    /// Why it was passed over, in words; absent when it might serve.
    pub why_not: Option<String>,
    /// The share of the traffic that it takes while it is ramped up after a recovery, percent; absent else.
    pub share_percent: Option<u8>,
    /// The trigger by which it was passed over; absent where none is about the reason.
    pub trigger: Option<Trigger>,
}

/// A try at a replica.
#[derive(Clone, Debug, Serialize)]
pub struct TryNote {
    /// The tier.
    pub tier: String,
    /// Host and port.
    pub server: String,
    /// When it was begun, wall clock, milliseconds.
    pub began_ms: i64,
    /// How it failed; absent when the answer was good.
    pub failure: Option<FailureClass>,
    /// The failure in words; empty without one.
    pub message: String,
    /// What followed from the failure, in words; absent when the answer was good.
    pub verdict: Option<String>,
    /// Time to the first meaningful token, milliseconds; absent for whole answers.
    pub first_token_ms: Option<f64>,
    /// Time to the end, milliseconds.
    pub total_ms: f64,
    /// Fields of the request that this server's dialect has no word for and that do not change the answer.
    pub left_out: Vec<String>,
    /// Whether it went on with an answer that the try before it had begun.
    pub resumes: bool,
    /// The fault that was injected between here and the server, of which the try says nothing then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

/// What follows from a failure of this class, in words. `injected`: by a fault that is none of the server's.
pub(crate) fn verdict_in_words(class: FailureClass, triggers: &Triggers, injected: bool) -> String {
    let verdict = domain::verdict(class);
    let impact = |trigger| triggers.rule(trigger).impact.map(|i| format!(", quality impact {}", i.word()));
    let next = match (verdict.next, Trigger::of(class), triggers.keeps(class)) {
        (Next::Client, ..) => "the client gets it".into(),
        (Next::NextTier, _, Some(off)) => format!("no other tier is asked: the trigger {off} is off"),
        (Next::NextTier, Some(trigger), None) => {
            format!("the next tier is asked (trigger {trigger}{})", impact(trigger).unwrap_or_default())
        }
        (Next::NextTier, None, None) => "the next tier is asked".into(),
    };
    if injected {
        return format!("{next}; the fault was injected and counts against nobody");
    }
    let counts = if verdict.counts { "counts against the server" } else { "counts against nobody" };
    let alone = match verdict.cool_down {
        CoolDownRule::None => String::new(),
        CoolDownRule::AskedOr(usual) => {
            format!("; left alone as long as it asks, or {} s", usual.as_secs())
        }
        CoolDownRule::Fixed(span) => format!("; left alone for {} s", span.as_secs()),
    };
    format!("{next}; {counts}{alone}")
}

/// The newest requests. Its lock is held for the push of a pointer, never across an await.
#[derive(Debug, Default)]
pub(crate) struct Ring(Mutex<VecDeque<Arc<Explanation>>>);

impl Ring {
    pub(crate) fn push(&self, explanation: Explanation) {
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ring.len() == KEPT {
            ring.pop_front();
        }
        ring.push_back(Arc::new(explanation));
    }

    pub(crate) fn all(&self) -> Vec<Arc<Explanation>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().rev().cloned().collect()
    }

    pub(crate) fn of(&self, id: &str) -> Option<Arc<Explanation>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().rev().find(|e| e.request == id).cloned()
    }
}
