//! The wait for the head of an answer.
//!
//! Of a stream the head comes at once, so its limit is that of the first token. Of a whole answer it comes when all
//! of it is made, which may take as long as the answer is long, and nothing tells a slow server from a hung one. So
//! the replica's task is asked to find out, each time the tier's first-token time has passed, and the request goes
//! on waiting until the task has taken the replica out of service.

use domain::{BreakerState, Failure, FailureClass, Health, ReplicaState};
use resilience::gate::Gate;
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout_at},
};

use crate::{attempt::Limits, record::Record};

/// Waits for what `sending` brings, within `limits`. `others`: somebody else could be asked instead.
pub(crate) async fn head<T>(
    sending: impl Future<Output = T>,
    limits: Limits,
    others: bool,
    record: &mut Record,
) -> Result<T, Failure> {
    let Some(every) = limits.suspect else {
        return timeout_at(limits.first, sending).await.map_err(|_| limits.late());
    };
    tokio::pin!(sending);
    let mut suspect = limits.began + every;
    let mut state = None;
    loop {
        tokio::select! {
            biased;
            head = &mut sending => return Ok(head),
            () = sleep_until(limits.first) => return Err(limits.late()),
            () = sleep_until(suspect) => {
                suspect += every;
                state = record.suspect(limits.first);
            }
            // Where nobody else is left, even a small hope is better than none.
            () = out(state.as_mut()), if others && state.is_some() => return Err(hung(limits)),
        }
    }
}

/// Waits until the replica is found out of service; that the operator drains it or that it wants to be left alone is
/// no reason to leave it in the middle of an answer.
async fn out(state: Option<&mut watch::Receiver<ReplicaState>>) {
    let fails = |s: &ReplicaState| {
        let open = matches!(s.breaker, BreakerState::Open { .. });
        matches!(s.gate, Gate::Shut) && (s.health == Health::Down || open)
    };
    let gone = match state {
        Some(state) => state.wait_for(fails).await.is_err(),
        None => true,
    };
    if gone {
        // Nobody watches the replica any more.
        std::future::pending::<()>().await;
    }
}

fn hung(limits: Limits) -> Failure {
    let waited = (Instant::now() - limits.began).as_millis();
    let words = format!("no answer within {waited} ms, and the server fails its check");
    Failure::new(FailureClass::FirstTokenTimeout, words)
}
