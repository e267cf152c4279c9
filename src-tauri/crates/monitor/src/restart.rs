//! Starts a server anew that is down: one task per replica, beside the one that judges it.
//!
//! It waits first, since many servers come back by themselves; it starts a server only so often; and it waits until
//! the checks find it well. It never judges: whether a server is well is the replica's task's word alone. Routing does
//! not wait for any of it.

mod system;
#[cfg(test)]
mod tests;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use domain::{
    Admin, Event, FailureClass, Health, Journal, ReplicaPort, ReplicaState, Signal,
    event::RestartRecord,
    restart::{How, Restart, RestartNote, RestartStep},
    time::wall_ms,
};
use futures::future::BoxFuture;
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};

pub use self::system::SystemStarter;
use crate::replica::Settings;

/// A command or a unit's manager that has not answered by then is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts servers anew; tests put a script in its place.
pub trait Starter: Send + Sync + 'static {
    /// Starts a server anew, or says in words why that failed. Dropping the future gives it up.
    fn start<'a>(&'a self, how: &'a How) -> BoxFuture<'a, Result<(), String>>;
}

/// One replica's restarts.
pub(crate) struct Supervisor {
    pub journal: Journal,
    pub starter: Arc<dyn Starter>,
    pub port: ReplicaPort,
    pub settings: watch::Receiver<Settings>,
}

impl Supervisor {
    pub(crate) async fn run(mut self) {
        let mut state = self.port.watch();
        let mut starts = VecDeque::new();
        loop {
            let Some(restart) = self.asked_for(&mut state).await else { return };
            // It may come back by itself, and the operator may change his mind.
            let delay = restart.delay;
            if timeout(delay, self.until_settled(&mut state, &restart)).await.is_ok() {
                continue;
            }
            let now = Instant::now();
            while starts.front().is_some_and(|at| now.saturating_duration_since(*at) >= restart.window) {
                starts.pop_front();
            }
            if starts.len() >= usize::try_from(restart.limit).unwrap_or(usize::MAX) {
                self.gave_up(starts.len(), &restart);
                self.until_settled(&mut state, &restart).await;
                continue;
            }
            starts.push_back(now);
            self.start(&mut state, &restart, starts.len()).await;
        }
    }

    /// Waits until the server is broken and its restart is switched on. Ends when the replica's task has ended.
    async fn asked_for(&mut self, state: &mut watch::Receiver<ReplicaState>) -> Option<Restart> {
        loop {
            let restart = self.settings.borrow_and_update().replica.restart.clone();
            let broken = is_broken(&state.borrow_and_update());
            if let Some(restart) = restart.filter(|r| r.on && broken) {
                return Some(Restart::clone(&restart));
            }
            tokio::select! {
                changed = state.changed() => changed.ok()?,
                changed = self.settings.changed() => changed.ok()?,
            }
        }
    }

    /// Waits until the server is well, or the restart's settings are other ones.
    async fn until_settled(&mut self, state: &mut watch::Receiver<ReplicaState>, restart: &Restart) {
        let same = |settings: &Settings| settings.replica.restart.as_deref() == Some(restart);
        let well = state.wait_for(|s| !is_broken(s));
        let other = self.settings.wait_for(|s| !same(s));
        // Either ends with an error when the replica is gone; the loop finds that out.
        tokio::select! {
            _ = well => {}
            _ = other => {}
        }
    }

    async fn start(&mut self, state: &mut watch::Receiver<ReplicaState>, restart: &Restart, nth: usize) {
        let how = restart.how.words();
        self.tell(
            RestartStep::Began,
            format!(
                "starting it anew with {how} (start {nth} of at most {} in {} s)",
                restart.limit,
                restart.window.as_secs()
            ),
        );
        let began = Instant::now();
        match timeout(PATIENCE, self.starter.start(&restart.how)).await {
            Ok(Ok(())) => {}
            Ok(Err(why)) => return self.tell(RestartStep::Failed, format!("{how} failed: {why}")),
            Err(_) => {
                let words = format!("{how} has not ended within {} s and was given up", PATIENCE.as_secs());
                return self.tell(RestartStep::Failed, words);
            }
        }
        self.port.tell(Signal::ProbeNow);
        let within = restart.healthy_within;
        let well = timeout(within, state.wait_for(is_well)).await.is_ok_and(|s| s.is_ok());
        let took = began.elapsed().as_secs_f64();
        if well {
            self.tell(
                RestartStep::Healthy,
                format!("it answers its checks again, {took:.1} s after its start"),
            );
        } else {
            let words = format!("it does not answer its checks {} s after its start", within.as_secs());
            self.tell(RestartStep::Failed, words);
        }
    }

    fn gave_up(&self, starts: usize, restart: &Restart) {
        let window = restart.window.as_secs();
        self.tell(
            RestartStep::GaveUp,
            format!("not started again: {starts} starts within {window} s did not help. Start it by hand."),
        );
    }

    fn tell(&self, step: RestartStep, words: String) {
        let at_ms = wall_ms();
        let settings = self.settings.borrow();
        match step {
            RestartStep::Began | RestartStep::Healthy => {
                tracing::info!(replica = %settings.replica.id, "{words}")
            }
            RestartStep::Failed | RestartStep::GaveUp => {
                tracing::warn!(replica = %settings.replica.id, "{words}");
            }
        }
        self.journal.tell_at(
            at_ms,
            Event::Restart(RestartRecord {
                chain: settings.chain.clone(),
                tier: settings.tier.name.clone(),
                replica: settings.replica.id.to_string(),
                simulated: settings.simulated,
                step,
                words: words.clone(),
            }),
        );
        self.port.tell(Signal::Restarted(RestartNote { at_ms, step, words }));
    }
}

/// Down or hung, and not because the operator took it out or its GPU failed: a start mends neither.
fn is_broken(state: &ReplicaState) -> bool {
    let by_gpu = state.last_failure.as_ref().is_some_and(|(f, _)| f.class == FailureClass::Gpu);
    state.admin == Admin::Enabled && ((state.health == Health::Down && !by_gpu) || state.hung)
}

fn is_well(state: &ReplicaState) -> bool {
    matches!(state.health, Health::Healthy | Health::Degraded) && !state.hung
}
