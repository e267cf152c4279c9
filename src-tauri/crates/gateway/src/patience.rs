//! The wait for the beginning of an answer.
//!
//! The limit of a stream is that of its first token, where somebody else could be asked after it. The last tier that may
//! serve has no such limit: nobody would gain by it, so that the stream may begin as late as the deadline allows. Of a
//! whole answer the head comes when all of it is made, which may take as long as the answer is long, and nothing tells a
//! slow server from a hung one. In both cases the replica's task is asked to find out, each time the tier's first-token
//! time has passed, and the request goes on waiting until the task has taken the replica out of service.

use domain::{BreakerState, Failure, FailureClass, Health, ReplicaState};
use resilience::gate::Gate;
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout_at},
};

use crate::{attempt::Limits, record::Record};

/// The patience that a try has left.
pub(crate) struct Patience {
    limits: Limits,
    /// Whether a check that fails ends the wait. Where nobody else could answer, even a small hope is better than none.
    leaves: bool,
    /// When the server is suspected next.
    suspect: Option<Instant>,
    state: Option<watch::Receiver<ReplicaState>>,
}

impl Patience {
    /// For a try within `limits`; `others`: somebody else could be asked instead.
    pub(crate) fn new(limits: Limits, others: bool) -> Self {
        let leaves = others || limits.stream;
        Self { limits, leaves, suspect: limits.suspect.map(|every| limits.began + every), state: None }
    }

    /// Waits for what `coming` brings.
    pub(crate) async fn wait<T>(
        &mut self,
        coming: impl Future<Output = T>,
        record: &mut Record,
    ) -> Result<T, Failure> {
        let limits = self.limits;
        let Some(every) = limits.suspect else {
            return timeout_at(limits.first, coming).await.map_err(|_| limits.late());
        };
        tokio::pin!(coming);
        loop {
            let suspect = self.suspect.unwrap_or(limits.first);
            tokio::select! {
                biased;
                came = &mut coming => return Ok(came),
                () = sleep_until(limits.first) => return Err(limits.late()),
                () = sleep_until(suspect) => {
                    self.suspect = Some(suspect + every);
                    self.state = record.suspect(limits.first);
                }
                () = out(self.state.as_mut()), if self.leaves && self.state.is_some() => return Err(hung(limits)),
            }
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
