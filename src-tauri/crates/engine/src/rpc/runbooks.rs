//! Runbooks: those of the program, reworded and completed by the configuration, and when they were rehearsed.

use std::collections::HashMap;

use contract::{
    RpcError,
    config::Runbook,
    rpc::{RunbookRehearsed, Topic},
    view::{Rehearsal, RunbookOrigin, RunbookView},
};
use domain::{event::Event, time::wall_ms};
use operations::runbooks::{SHIPPED, plain, steps};

use super::{
    acts::{LONGEST_NOTE, text_of},
    failed, problem,
};
use crate::Engine;

/// A rehearsal is good for a quarter.
const QUARTER_MS: i64 = 91 * 86_400_000;

impl Engine {
    pub(super) async fn runbooks(&self) -> Result<Vec<RunbookView>, RpcError> {
        let rehearsals = self.rehearsals().await?;
        let followed: HashMap<String, i64> =
            self.inner.store.runbooks_followed().await.map_err(failed)?.into_iter().collect();
        let now = wall_ms();
        let view = |(runbook, origin): (Runbook, RunbookOrigin)| {
            let rehearsed = rehearsals.get(&runbook.name).cloned();
            RunbookView {
                steps: steps(&runbook.text).into_iter().map(str::to_owned).collect(),
                origin,
                rehearsal_due: rehearsed.as_ref().is_none_or(|r| now - r.at_ms > QUARTER_MS),
                rehearsed,
                followed_ms: followed.get(&runbook.name).copied(),
                name: runbook.name,
                title: runbook.title,
                kinds: runbook.kinds,
                text: runbook.text,
            }
        };
        Ok(self.all_runbooks().into_iter().map(view).collect())
    }

    pub(super) async fn runbook_rehearsed(
        &self,
        request: RunbookRehearsed,
        actor: &str,
    ) -> Result<Vec<RunbookView>, RpcError> {
        let runbook = self.runbook(&request.name)?.name;
        let note = text_of("the note", &request.note, 0..=LONGEST_NOTE)?;
        self.inner.journal.tell(Event::Rehearsed { runbook, actor: actor.to_owned(), note });
        self.inner.keeper.flushed().await;
        self.changed(&[Topic::Runbooks]);
        self.runbooks().await
    }

    /// The runbook of this name, as it is in force.
    pub(super) fn runbook(&self, name: &str) -> Result<Runbook, RpcError> {
        let found = self.all_runbooks().into_iter().find(|(runbook, _)| runbook.name == name);
        found.map(|(runbook, _)| runbook).ok_or_else(|| {
            problem(
                "not_found",
                &format!("there is no runbook `{name}`"),
                "choose one on the Runbooks screen",
            )
        })
    }

    /// The words of a runbook's step.
    pub(super) fn step_text(&self, runbook: &str, step: u32) -> Result<String, RpcError> {
        let text = self.runbook(runbook)?.text;
        let at = usize::try_from(step).ok().and_then(|n| n.checked_sub(1));
        at.and_then(|n| steps(&text).get(n).map(|s| plain(s))).ok_or_else(|| {
            problem("not_found", &format!("`{runbook}` has no step {step}"), "reload the page")
        })
    }

    /// The shipped ones in their order, each as the configuration rewords it, then the operator's own.
    fn all_runbooks(&self) -> Vec<(Runbook, RunbookOrigin)> {
        let in_force = self.inner.config.current();
        let own = &in_force.document.runbooks;
        let shipped = SHIPPED.iter().map(|shipped| match own.iter().find(|r| r.name == shipped.name) {
            Some(edited) => (edited.clone(), RunbookOrigin::Edited),
            None => {
                let kinds = shipped.kinds.iter().map(ToString::to_string).collect();
                let (name, title) = (shipped.name.to_owned(), shipped.title.to_owned());
                (Runbook { name, title, kinds, text: shipped.text.to_owned() }, RunbookOrigin::Shipped)
            }
        });
        let is_shipped = |r: &&Runbook| SHIPPED.iter().any(|s| s.name == r.name);
        let added = own.iter().filter(|r| !is_shipped(r)).map(|r| (r.clone(), RunbookOrigin::Own));
        shipped.chain(added).collect()
    }

    /// The newest rehearsal of each runbook.
    async fn rehearsals(&self) -> Result<HashMap<String, Rehearsal>, RpcError> {
        let filter = store::EventFilter {
            kinds: vec!["rehearsed".to_owned()],
            newest_first: true,
            ..store::EventFilter::default()
        };
        let mut newest = HashMap::new();
        for row in self.inner.store.events(&filter).await.map_err(failed)? {
            if let Ok(Event::Rehearsed { runbook, actor, note }) = serde_json::from_str(&row.body) {
                newest.entry(runbook).or_insert(Rehearsal { at_ms: row.at_ms, actor, note });
            }
        }
        Ok(newest)
    }
}
