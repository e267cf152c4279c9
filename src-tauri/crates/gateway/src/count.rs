//! How many tokens a prompt has, for clients that ask before they send it.
//!
//! The first tier in the plan's order that speaks the client's dialect is asked, which costs nothing there. Where none
//! does, or it does not answer, an estimate is given and said to be one: clients shorten their conversation by it.

use std::time::Duration;

use dialect::{
    client::{Asked, Dialect},
    edit::Edits,
};
use domain::{
    Chain, Tier,
    plan::{Ask, plan},
};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde_json::json;
use tokio::time::{Instant, timeout};
use upstream::{Endpoint, Target};

use crate::{
    attempt, hops, refusal,
    reply::{self, Body},
    server::Inner,
};

/// A tier that has not counted by then is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest answer that is read.
const LONGEST: usize = 64 * 1024;
/// Bytes of a request for each token, on the careful side.
const BYTES_PER_TOKEN: usize = 4;

/// Answers a request to count.
pub(crate) async fn answer(shared: &Inner, asked: &Asked, mut headers: HeaderMap) -> Response<Body> {
    let snapshot = shared.deps.snapshot.load_full();
    let Some(chain) = snapshot.chain_for(&asked.peek.model) else {
        return reply::error(asked.dialect, &refusal::unknown_model(&snapshot, &asked.peek.model));
    };
    if let Err(error) = hops::enter(&mut headers, &shared.instance, &chain.name) {
        return reply::error(asked.dialect, &error);
    }
    match by_a_tier(shared, chain, asked, headers).await {
        Some(response) => response,
        None => {
            let tokens = (asked.peek.bytes / BYTES_PER_TOKEN).max(1);
            let body = match asked.dialect {
                Dialect::Responses => json!({ "object": "response.input_tokens", "input_tokens": tokens }),
                _ => json!({ "input_tokens": tokens }),
            };
            let mut response = reply::json(StatusCode::OK, body.to_string().into());
            let notice = HeaderValue::from_static("estimated from the length of the request");
            response.headers_mut().insert("x-changeover-notice", notice);
            response
        }
    }
}

async fn by_a_tier(
    shared: &Inner,
    chain: &Chain,
    asked: &Asked,
    headers: HeaderMap,
) -> Option<Response<Body>> {
    let ask = Ask { now: Instant::now(), dice: rand::random(), seed: rand::random() };
    let planned = plan(chain, &shared.deps.orders.preference(chain), &ask, |id| shared.deps.board.load(id));
    let native = |tier: &Tier| {
        attempt::wire_of(tier.provider, asked.dialect).filter(|wire| wire.is_native(asked.dialect))
    };
    let (tier, replica, wire) = planned.order.iter().filter(|it| !it.last_resort).find_map(|candidate| {
        let tier = chain.tiers.get(candidate.tier)?;
        Some((tier, tier.replicas.get(candidate.replica)?, native(tier)?))
    })?;
    let edits = Edits { model: Some(tier.model.clone()), ..Edits::default() };
    let body = wire.prepare(asked, &edits).ok()?.body;
    let target = Target::of(tier, replica);
    let endpoint = match asked.dialect {
        Dialect::Responses => Endpoint::InputTokens,
        _ => Endpoint::CountTokens,
    };
    let call = async {
        let call = shared.deps.upstream.send(&target, endpoint, headers, body, false);
        let mut response = call.await.ok().filter(|response| response.status.is_success())?;
        response.body.up_to(LONGEST).await.ok()
    };
    let body = timeout(PATIENCE, call).await.ok()??;
    let mut response = reply::json(StatusCode::OK, body);
    if let Ok(name) = HeaderValue::from_str(&tier.name) {
        response.headers_mut().insert("x-changeover-tier", name);
    }
    Some(response)
}
