//! The playground: an operator's prompt, sent through a chain or at one tier, and read as its answer comes.
//!
//! Prompt and answer live in this process's memory until the end was read, the operator hangs up, or nobody has
//! read for a while. They are written nowhere. A run is read in steps rather than pushed, so that a slow screen
//! misses nothing and a screen that went away costs nothing.

mod fault;
mod run;
mod told;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use contract::{
    RpcError,
    rpc::{PlaygroundRead, PlaygroundStart},
    view::{PlaygroundProgress, PlaygroundRun},
};
use domain::Injection;
use serde_json::{Value, json};

use crate::{Engine, rpc::problem};
pub(crate) use fault::shown;
use run::Run;

/// Runs at once; two tiers side by side in four windows.
const MOST: usize = 8;
/// The longest prompt, and the longest system prompt, characters.
const LONGEST: usize = 200_000;
/// A reading waits this long for more.
const WAIT: Duration = Duration::from_secs(1);

/// The requests that run.
#[derive(Default)]
pub(crate) struct Playground {
    runs: Mutex<HashMap<String, Arc<Run>>>,
}

impl Playground {
    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Run>>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, id: &str) -> Result<Arc<Run>, RpcError> {
        let gone = || problem("not_found", "this request has ended or was given up", "send it again");
        self.all().get(id).cloned().ok_or_else(gone)
    }

    fn forget(&self, id: &str) {
        self.all().remove(id);
    }
}

impl Engine {
    /// Sends a prompt; what comes of it is read with [`Self::playground_read`].
    ///
    /// # Errors
    /// The chain, the tier or the prompt cannot be, or too many requests run already.
    pub(crate) fn playground_start(&self, request: &PlaygroundStart) -> Result<PlaygroundRun, RpcError> {
        let fault = self.check(request)?;
        let id = uuid::Uuid::now_v7().to_string();
        let run = Arc::new(Run::default());
        {
            let mut runs = self.inner.playground.all();
            if runs.len() >= MOST {
                let message = format!("{MOST} requests of the playground run already");
                return Err(problem("unavailable", &message, "wait for one to end, or stop it"));
            }
            runs.insert(id.clone(), Arc::clone(&run));
        }
        let (engine, tier, body, name) = (self.clone(), request.tier.clone(), body_of(request), id.clone());
        self.inner.tasks.spawn(async move {
            run.follow(&engine, body, tier.as_deref(), fault.as_ref()).await;
            engine.inner.playground.forget(&name);
        });
        Ok(PlaygroundRun { id })
    }

    /// The fault that it asks for, if it can be sent.
    fn check(&self, request: &PlaygroundStart) -> Result<Option<Injection>, RpcError> {
        let snapshot = self.inner.snapshot.load();
        let Some(chain) = snapshot.chains.iter().find(|c| c.name == request.chain) else {
            let message = format!("there is no chain `{}`", request.chain);
            return Err(problem("not_found", &message, "choose one of the chains in force"));
        };
        if let Some(tier) = &request.tier
            && !chain.tiers.iter().any(|t| t.name == *tier)
        {
            let message = format!("the chain `{}` has no tier `{tier}`", chain.name);
            return Err(problem("not_found", &message, "choose one of its tiers"));
        }
        let fits = |text: &str| text.chars().count() <= LONGEST;
        if request.prompt.trim().is_empty()
            || !fits(&request.prompt)
            || !request.system.as_deref().is_none_or(fits)
            || request.max_tokens == Some(0)
        {
            return Err(problem(
                "bad_request",
                "the prompt is empty, a text is longer than 200,000 characters, or no output token is allowed",
                "write a prompt, and allow at least one token",
            ));
        }
        fault::wanted(request, chain)
    }

    /// What came of a request since it was last read; waits a moment for more.
    ///
    /// # Errors
    /// There is no such request any more.
    pub(crate) async fn playground_read(
        &self,
        from: &PlaygroundRead,
    ) -> Result<PlaygroundProgress, RpcError> {
        let run = self.inner.playground.of(&from.id)?;
        Ok(run.read(from, WAIT).await)
    }

    /// Hangs up. A request that has ended already is as good.
    pub(crate) fn playground_stop(&self, run: &PlaygroundRun) {
        if let Ok(run) = self.inner.playground.of(&run.id) {
            run.stop();
        }
    }
}

fn body_of(request: &PlaygroundStart) -> Bytes {
    let system = request.system.as_deref().filter(|s| !s.trim().is_empty());
    let system = system.map(|text| json!({"role": "system", "content": text}));
    let messages: Vec<Value> =
        system.into_iter().chain([json!({"role": "user", "content": request.prompt})]).collect();
    let mut body = json!({
        "model": request.chain, "messages": messages, "stream": true, "stream_options": {"include_usage": true},
    });
    if let Some(most) = request.max_tokens {
        body["max_tokens"] = most.into();
    }
    body.to_string().into()
}
