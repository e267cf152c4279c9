//! Recent requests, explained for the screens.

use std::sync::Arc;

use contract::{
    rpc::PageRequest,
    view::{RequestExplained, RequestTier, RequestTry},
};
use domain::event::RequestResult;
use gateway::{Explanation, TryNote};

use crate::playground::shown;

/// A page of the newest requests, newest first.
pub(crate) fn requests(newest: &[Arc<Explanation>], page: &PageRequest) -> Vec<RequestExplained> {
    let skip = usize::try_from(page.offset).unwrap_or(usize::MAX);
    let take = usize::try_from(page.limit).unwrap_or(usize::MAX);
    newest.iter().skip(skip).take(take).map(|e| explained(e)).collect()
}

fn explained(e: &Explanation) -> RequestExplained {
    RequestExplained {
        id: e.request.clone(),
        at_ms: e.at_ms,
        asked: e.asked.clone(),
        chain: e.chain.clone(),
        simulated: e.simulated,
        stream: e.stream,
        tier: e.tier.clone(),
        result: match e.result {
            RequestResult::Answered => "answered",
            RequestResult::Failed => "failed",
            RequestResult::ClientMistake => "client_mistake",
            RequestResult::ClientGone => "client_gone",
        }
        .to_owned(),
        total_ms: e.total_ms,
        tiers: e
            .tiers
            .iter()
            .map(|t| RequestTier {
                tier: t.tier.clone(),
                why_not: t.why_not.clone(),
                share_percent: t.share_percent,
                trigger: t.trigger.map(|trigger| trigger.word().to_owned()),
            })
            .collect(),
        tries: e.attempts.iter().map(tried).collect(),
        not_resumed: e.not_resumed.clone(),
    }
}

fn tried(note: &TryNote) -> RequestTry {
    RequestTry {
        tier: note.tier.clone(),
        server: note.server.clone(),
        began_ms: note.began_ms,
        first_token_ms: note.first_token_ms,
        total_ms: note.total_ms,
        failure: note.failure.map(|class| class.word().to_owned()),
        message: note.message.clone(),
        verdict: note.verdict.clone(),
        left_out: note.left_out.clone(),
        resumes: note.resumes,
        fault: note.fault.map(shown),
    }
}
