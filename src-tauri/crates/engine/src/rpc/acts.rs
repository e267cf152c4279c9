//! What people do with incidents: looked over here, told to the journal, and read back once it is committed.

use std::ops::RangeInclusive;

use contract::{
    RpcError,
    rpc::{self, IncidentActs},
    view::{Incident, IncidentSeverity, Milestone, Phase},
};
use domain::event::{self, Act, Event};
use operations::incidents::Times;
use store::{IncidentRow, TimelineRow};

use super::{Reply, failed, problem, reply};
use crate::{Engine, views};

/// The longest note on an incident, characters.
pub(super) const LONGEST_NOTE: usize = 4_000;
/// The longest post-mortem, characters.
const LONGEST_POST_MORTEM: usize = 100_000;
/// The most incidents in one act.
const MOST: usize = 500;

impl Engine {
    /// Tells the journal of one act, and returns the incident with what follows.
    pub(super) async fn incident_act(&self, id: &str, actor: &str, act: Act) -> Reply {
        let number = self.incident_row(id).await?.id;
        self.tell_act(number, actor, act);
        self.inner.keeper.flushed().await;
        reply(&self.incident_detail(id).await?)
    }

    /// The same act upon each of the incidents; all of them are looked over before the first.
    pub(super) async fn incident_acts(
        &self,
        request: IncidentActs,
        actor: &str,
    ) -> Result<Vec<Incident>, RpcError> {
        if request.ids.is_empty() || request.ids.len() > MOST {
            return Err(problem("bad_request", "name 1 to 500 incidents", "choose some in the list"));
        }
        let mut acts = Vec::with_capacity(request.ids.len());
        for id in &request.ids {
            let row = self.incident_row(id).await?;
            acts.push((row.id, self.looked_over(&row, &request.act).await?));
        }
        for (number, act) in acts {
            self.tell_act(number, actor, act);
        }
        self.inner.keeper.flushed().await;
        let mut incidents = Vec::with_capacity(request.ids.len());
        for id in &request.ids {
            incidents.push(views::incident(&self.incident_row(id).await?));
        }
        Ok(incidents)
    }

    fn tell_act(&self, incident: i64, actor: &str, act: Act) {
        let actor = actor.to_owned();
        self.inner.journal.tell(Event::IncidentAct(event::IncidentAct { incident, actor, act }));
    }

    /// The incident of this id.
    pub(super) async fn incident_row(&self, id: &str) -> Result<IncidentRow, RpcError> {
        let missing =
            || problem("not_found", &format!("there is no incident `{id}`"), "choose one from the list");
        let number: i64 = id.parse().map_err(|_| missing())?;
        self.inner.store.incident(number).await.map_err(failed)?.ok_or_else(missing)
    }

    /// The act as the journal tells it, once it is known to be possible.
    async fn looked_over(&self, row: &IncidentRow, act: &rpc::IncidentAct) -> Result<Act, RpcError> {
        use rpc::IncidentAct as A;
        let note = |what, text: &str| text_of(what, text, 1..=LONGEST_NOTE);
        let act = match act {
            A::Acknowledge => Act::Acknowledge,
            A::Severity { severity, reason } => {
                Act::SetSeverity { severity: number(*severity), reason: note("the reason", reason)? }
            }
            A::Phase { phase, text } => {
                Act::SetPhase { phase: phase_of(*phase), text: text_of("the text", text, 0..=LONGEST_NOTE)? }
            }
            A::Resolve { reason } => {
                going_on(row)?;
                Act::Resolve { reason: note("the reason", reason)? }
            }
            A::Merge { into } => self.merge(row, into).await?,
            A::EditNote { entry, text } => {
                let line = self.note_line(row, entry).await?;
                Act::EditNote { note: line.seq, text: note("the note", text)? }
            }
            A::Correct { milestone, at_ms, reason } => {
                let (milestone, at_ms) = (milestone_of(*milestone), *at_ms);
                in_order(row, milestone, at_ms)?;
                Act::Correct { milestone, at_ms, reason: note("the reason", reason)? }
            }
            A::Runbook { name } => {
                if let Some(name) = name {
                    self.runbook(name)?;
                }
                Act::AttachRunbook { runbook: name.clone() }
            }
            A::Step { runbook, step, done } => {
                let text = self.step_text(runbook, *step)?;
                Act::Step { runbook: runbook.clone(), step: *step, done: *done, text }
            }
            A::PostMortem { text } => {
                Act::PostMortem { text: text_of("the post-mortem", text, 0..=LONGEST_POST_MORTEM)? }
            }
        };
        Ok(act)
    }

    async fn merge(&self, row: &IncidentRow, into: &str) -> Result<Act, RpcError> {
        let other = self.incident_row(into).await?;
        let refused = |why: &str| problem("bad_request", why, "choose another incident");
        if other.id == row.id {
            return Err(refused("an incident cannot be merged into itself"));
        }
        if row.merged_into.is_some() || other.merged_into.is_some() {
            return Err(refused("one of the two is part of another incident already"));
        }
        if other.simulated != row.simulated {
            return Err(refused("real and simulated incidents are kept apart"));
        }
        if other.state == "closed" && row.state != "closed" {
            return Err(refused("the other incident is over while this one goes on"));
        }
        Ok(Act::MergeInto { into: other.id })
    }

    async fn note_line(&self, row: &IncidentRow, entry: &str) -> Result<TimelineRow, RpcError> {
        let lines = self.inner.store.timeline(row.id).await.map_err(failed)?;
        let found = lines.into_iter().find(|l| l.id.to_string() == entry);
        found.filter(|l| l.kind == "note" && l.edits.is_none()).ok_or_else(|| {
            problem(
                "not_found",
                &format!("there is no note `{entry}` on this incident"),
                "choose a note of its timeline",
            )
        })
    }
}

/// A text without white space around it.
///
/// # Errors
/// When it has not so many characters.
pub(super) fn text_of(what: &str, text: &str, length: RangeInclusive<usize>) -> Result<String, RpcError> {
    let text = text.trim().to_owned();
    let (count, most) = (text.chars().count(), length.end());
    if count > *most {
        let message = format!("{what} has {count} characters, and may have {most} at most");
        return Err(problem("bad_request", &message, "shorten it"));
    }
    if count < *length.start() {
        let remedy = format!("write 1 to {most} characters");
        return Err(problem("bad_request", &format!("{what} is empty"), &remedy));
    }
    Ok(text)
}

fn going_on(row: &IncidentRow) -> Result<(), RpcError> {
    if row.state == "closed" {
        return Err(problem("bad_request", "the incident is over already", "look at the list again"));
    }
    Ok(())
}

/// Refuses a correction after which times would run backwards.
fn in_order(row: &IncidentRow, milestone: event::Milestone, at_ms: i64) -> Result<(), RpcError> {
    let times = Times {
        began_ms: row.began_ms,
        detected_ms: row.detected_ms,
        assessed_ms: row.assessed_ms,
        failed_over_ms: row.failed_over_ms,
        restored_ms: row.restored_ms,
    };
    if milestone == event::Milestone::Restored && row.closed_ms.is_none() {
        let remedy = "resolve the incident first, or wait until its tier is back";
        return Err(problem("bad_request", "an incident that goes on is not restored", remedy));
    }
    let bound = row.closed_ms.unwrap_or_else(domain::time::wall_ms);
    let fits = times.corrected(milestone, at_ms).is_some_and(|t| t.latest() <= bound);
    if fits {
        return Ok(());
    }
    Err(problem(
        "bad_request",
        "the times would run backwards, or beyond the incident's end",
        "choose a time between the one before and the one after it",
    ))
}

const fn number(severity: IncidentSeverity) -> u8 {
    match severity {
        IncidentSeverity::P0 => 0,
        IncidentSeverity::P1 => 1,
        IncidentSeverity::P2 => 2,
        IncidentSeverity::P3 => 3,
    }
}

const fn phase_of(phase: Phase) -> event::Phase {
    match phase {
        Phase::Detect => event::Phase::Detect,
        Phase::Triage => event::Phase::Triage,
        Phase::Mitigate => event::Phase::Mitigate,
        Phase::Investigate => event::Phase::Investigate,
        Phase::Recover => event::Phase::Recover,
        Phase::PostMortem => event::Phase::PostMortem,
    }
}

const fn milestone_of(milestone: Milestone) -> event::Milestone {
    match milestone {
        Milestone::Began => event::Milestone::Began,
        Milestone::Detected => event::Milestone::Detected,
        Milestone::Assessed => event::Milestone::Assessed,
        Milestone::FailedOver => event::Milestone::FailedOver,
        Milestone::Restored => event::Milestone::Restored,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_refused_with_what_is_wrong_with_its_length() {
        let refused = |text: &str, length| text_of("the note", text, length).unwrap_err();
        assert_eq!(text_of("the note", " seen ", 1..=4).unwrap(), "seen");
        assert_eq!(text_of("the note", "", 0..=4).unwrap(), "");
        assert_eq!(refused("  ", 1..=4).message, "the note is empty");
        assert_eq!(refused("a word", 1..=4).message, "the note has 6 characters, and may have 4 at most");
    }
}
