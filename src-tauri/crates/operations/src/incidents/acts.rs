//! What people do with an incident. Each act is an event of its own; nothing that was recorded is taken back: a note's
//! new wording and a corrected time are further lines, and the first ones stay.
//!
//! Acts reach incidents that ended long ago too. Those are no longer in memory: their rows alone change.

use domain::event::{Act, IncidentAct, Milestone, Phase};

use super::{
    Correction, Deed, EntryKind, Incident, IncidentBook, Severity, State, Times, book::Quieted, page::Page,
    words,
};

impl IncidentBook {
    /// Applies an act to the incident that it names; an act on none changes nothing.
    pub(super) fn act(&mut self, act: &IncidentAct, page: &mut Page) {
        let (id, actor) = (act.incident, act.actor.as_str());
        if !self.knows(id) {
            return;
        }
        match &act.act {
            Act::Note { text } => page.by(id, EntryKind::Note, text.clone(), actor),
            Act::EditNote { note, text } => page.edit(id, *note, text.clone(), actor),
            Act::Acknowledge => self.acknowledge(id, actor, page),
            Act::SetSeverity { severity, reason } => {
                self.set_severity(id, Severity::of_event(*severity), reason, actor, page);
            }
            Act::SetPhase { phase, text } => self.set_phase(id, *phase, text, actor, page),
            Act::Resolve { reason } => self.resolve(id, reason, actor, page),
            Act::MergeInto { into } => self.merge(id, *into, actor, page),
            Act::Correct { milestone, at_ms, reason } => {
                let (milestone, at_ms, reason) = (*milestone, *at_ms, reason.clone());
                self.correct(id, Correction { milestone, was_ms: None, at_ms, reason }, actor, page);
            }
            Act::AttachRunbook { runbook } => self.attach(id, runbook.as_deref(), actor, page),
            Act::Step { runbook, step, done, text } => {
                let word = if *done { "Done" } else { "Not done after all" };
                page.by(id, EntryKind::Runbook, format!("{word}: {runbook}, step {step}: {text}"), actor);
                page.deed(id, actor, Deed::Step(runbook.clone(), *step, *done));
            }
            Act::PostMortem { text } => {
                page.by(id, EntryKind::Operator, "Wrote the post-mortem".to_owned(), actor);
                page.deed(id, actor, Deed::PostMortem(text.clone()));
            }
        }
    }

    fn acknowledge(&mut self, id: i64, actor: &str, page: &mut Page) {
        let open = self.open.iter_mut().find(|i| i.id == id && i.state == State::Open);
        let Some(incident) = open else { return };
        incident.state = State::Acknowledged;
        incident.acknowledged_ms = Some(page.at_ms);
        incident.phase = incident.phase.max(Phase::Triage);
        page.by(id, EntryKind::Operator, "Acknowledged".to_owned(), actor);
        page.update(incident);
    }

    fn set_severity(&mut self, id: i64, severity: Severity, reason: &str, actor: &str, page: &mut Page) {
        let why = because(reason);
        page.by(id, EntryKind::Operator, format!("Severity set to {} by hand{why}", severity.word()), actor);
        match self.held(id) {
            Some(incident) => {
                incident.severity = severity;
                incident.severity_by_hand = true;
                page.update(incident);
            }
            None => page.deed(id, actor, Deed::Severity(severity)),
        }
    }

    fn set_phase(&mut self, id: i64, phase: Phase, text: &str, actor: &str, page: &mut Page) {
        let what = if text.is_empty() { String::new() } else { format!(": {text}") };
        let word = phase.word().replace('_', "-");
        page.by(id, EntryKind::Operator, format!("Phase: {word}{what}"), actor);
        match self.held(id) {
            Some(incident) => {
                incident.phase = phase;
                page.update(incident);
            }
            None => page.deed(id, actor, Deed::Phase(phase)),
        }
    }

    /// Ends an incident by hand. Its tier opens no other one until it has been back.
    fn resolve(&mut self, id: i64, reason: &str, actor: &str, page: &mut Page) {
        let Some(incident) = self.open.iter().find(|i| i.id == id) else { return };
        let (chain, tier, simulated) = (incident.chain.clone(), incident.tier.clone(), incident.simulated);
        page.by(id, EntryKind::Operator, format!("Resolved by hand{}", because(reason)), actor);
        self.quieted.push(Quieted { incident: id, chain: chain.clone(), tier: tier.clone(), simulated });
        self.close(&chain, &tier, simulated, "Closed by hand, before the tier was back", page);
    }

    /// Ends an incident as part of another, which takes over its figures and hears of its tier from now on.
    fn merge(&mut self, id: i64, into: i64, actor: &str, page: &mut Page) {
        if id == into || !self.knows(into) || self.held(id).is_some_and(|i| i.merged_into.is_some()) {
            return;
        }
        page.by(id, EntryKind::Operator, format!("Merged into incident {into}"), actor);
        page.by(into, EntryKind::Operator, format!("Took in incident {id}"), actor);
        page.deed(id, actor, Deed::MergedInto(into));
        let Some(merged) = self.held(id) else { return };
        merged.merged_into = Some(into);
        let merged = merged.clone();
        if let Some(other) = self.held(into) {
            other.saved += merged.saved;
            other.failed += merged.failed;
            if merged.times.began_ms < other.times.began_ms {
                other.times.began_ms = merged.times.began_ms;
            }
            page.update(other);
        }
        if merged.state == State::Closed {
            page.update(&merged);
        } else {
            let (chain, tier, simulated) = (merged.chain.clone(), merged.tier.clone(), merged.simulated);
            self.close(&chain, &tier, simulated, "Closed as part of the other incident", page);
            self.quieted.push(Quieted { incident: into, chain, tier, simulated });
        }
    }

    fn correct(&mut self, id: i64, mut correction: Correction, actor: &str, page: &mut Page) {
        let Correction { milestone, at_ms, .. } = correction;
        let name = words::milestone(milestone);
        let done = format!("{name} corrected{}", because(&correction.reason));
        let Some(incident) = self.held(id) else {
            page.by(id, EntryKind::Correction, done, actor);
            return page.deed(id, actor, Deed::Correct(correction));
        };
        let bound = incident.closed_ms.unwrap_or(page.at_ms);
        let early = milestone == Milestone::Restored && incident.closed_ms.is_none();
        let fits = |t: &Times| !early && t.latest() <= bound;
        let Some(times) = incident.times.corrected(milestone, at_ms).filter(fits) else {
            let text = format!("{name} was not corrected: the times would run backwards");
            return page.by(id, EntryKind::Correction, text, actor);
        };
        correction.was_ms = Some(incident.times.of(milestone));
        incident.times = times;
        page.update(incident);
        page.by(id, EntryKind::Correction, done, actor);
        page.deed(id, actor, Deed::Correct(correction));
    }

    fn attach(&mut self, id: i64, runbook: Option<&str>, actor: &str, page: &mut Page) {
        let text = runbook.map_or_else(|| "Runbook taken away".to_owned(), |name| format!("Runbook: {name}"));
        page.by(id, EntryKind::Runbook, text, actor);
        match self.held(id) {
            Some(incident) => {
                incident.runbook = runbook.map(str::to_owned);
                page.update(incident);
            }
            None => page.deed(id, actor, Deed::Runbook(runbook.map(str::to_owned))),
        }
    }

    /// The incident, when it is in memory.
    fn held(&mut self, id: i64) -> Option<&mut Incident> {
        self.open.iter_mut().chain(&mut self.recent).find(|i| i.id == id)
    }
}

fn because(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(": {reason}") }
}
