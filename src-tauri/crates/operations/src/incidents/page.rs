//! What one event writes: incidents that it changed and lines for their timelines.

use std::collections::BTreeMap;

use domain::event::Phase;

use super::{
    Acted, Change, Deed, Entry, EntryKind, Incident, State, Step, Times, book::Opening, chains::Chains,
    severity, words,
};

/// The changes of one event.
pub(super) struct Page {
    seq: i64,
    pub(super) at_ms: i64,
    pub(super) changes: Vec<Change>,
}

impl Page {
    pub(super) const fn new(seq: i64, at_ms: i64) -> Self {
        Self { seq, at_ms, changes: Vec::new() }
    }

    /// Writes a line.
    pub(super) fn entry(&mut self, incident: i64, kind: EntryKind, text: String) {
        self.line(incident, kind, text, self.at_ms, None);
    }

    /// Writes a line about what a person did.
    pub(super) fn by(&mut self, incident: i64, kind: EntryKind, text: String, actor: &str) {
        self.line(incident, kind, text, self.at_ms, Some(actor.to_owned()));
    }

    fn line(&mut self, incident: i64, kind: EntryKind, text: String, at_ms: i64, actor: Option<String>) {
        let entry = Entry { incident, seq: self.seq, at_ms, kind, text, actor, edits: None };
        self.changes.push(Change::Entry(entry));
    }

    /// Writes another wording of the note that came with the event `note`.
    pub(super) fn edit(&mut self, incident: i64, note: i64, text: String, actor: &str) {
        let (seq, at_ms, actor) = (self.seq, self.at_ms, Some(actor.to_owned()));
        let edits = Some(note);
        let kind = EntryKind::Note;
        self.changes.push(Change::Entry(Entry { incident, seq, at_ms, kind, text, actor, edits }));
    }

    /// Hands out what a person did to an incident's row.
    pub(super) fn deed(&mut self, incident: i64, actor: &str, act: Deed) {
        let (seq, at_ms, actor) = (self.seq, self.at_ms, actor.to_owned());
        self.changes.push(Change::Act(Acted { incident, seq, at_ms, actor, act }));
    }

    /// Hands out the incident as it is now.
    pub(super) fn update(&mut self, incident: &Incident) {
        self.changes.push(Change::Incident(Step::Updated, Box::new(incident.clone())));
    }

    /// The event's time, or the latest time of the incident when the clock went back since.
    pub(super) fn clamp(&mut self, incident: &Incident) -> i64 {
        let latest = incident.times.latest();
        if self.at_ms < latest {
            let back = words::duration(latest - self.at_ms);
            let text =
                format!("The clock read {back} less than at the step before; that step's time is used");
            self.entry(incident.id, EntryKind::Milestone, text);
        }
        self.at_ms.max(latest)
    }

    /// A new incident.
    pub(super) fn open(&mut self, id: i64, opening: &Opening<'_>, chains: &Chains) -> Incident {
        let began_ms = opening.evidence_ms.map_or(self.at_ms, |e| e.min(self.at_ms));
        let times =
            Times { began_ms, detected_ms: self.at_ms, assessed_ms: Some(self.at_ms), ..Times::default() };
        let mut incident = Incident {
            id,
            chain: opening.chain.to_owned(),
            tier: opening.tier.to_owned(),
            simulated: opening.simulated,
            kind: opening.kind,
            severity: severity::by_rule(opening.kind, false, 0),
            state: State::Open,
            title: String::new(),
            cause: opening.cause.to_owned(),
            advice: opening.advice.to_owned(),
            times,
            closed_ms: None,
            saved: 0,
            failed: 0,
            relapses: 0,
            answered_by: None,
            traffic_hit: false,
            away: false,
            told: BTreeMap::new(),
            severity_by_hand: false,
            phase: Phase::default(),
            runbook: None,
            merged_into: None,
            acknowledged_ms: None,
            state_lines: 0,
            floor_ms: i64::MIN,
        };
        take_traffic(&mut incident, opening);
        incident.severity = rule(&incident, chains);
        incident.title = words::title(&incident);
        self.changes.push(Change::Incident(Step::Opened, Box::new(incident.clone())));
        let cause = if opening.cause.is_empty() { "a failure" } else { opening.cause };
        self.line(id, EntryKind::Evidence, format!("First evidence: {cause}"), began_ms, None);
        let after = words::duration(self.at_ms - began_ms);
        self.entry(id, EntryKind::Milestone, format!("Detected, {after} after the first evidence"));
        self.entry(id, EntryKind::Milestone, format!("Severity {} by rule", incident.severity.word()));
        incident
    }

    /// The same incident again.
    pub(super) fn reopen(&mut self, incident: &mut Incident, opening: &Opening<'_>, chains: &Chains) {
        incident.floor_ms = incident.closed_ms.unwrap_or(i64::MIN);
        incident.state = State::Open;
        incident.times.restored_ms = None;
        incident.closed_ms = None;
        incident.relapses += 1;
        incident.cause = opening.cause.to_owned();
        incident.advice = opening.advice.to_owned();
        self.changes.push(Change::Incident(Step::Reopened, Box::new(incident.clone())));
        let text = format!("Came back, relapse {}: {}", incident.relapses, opening.cause);
        self.entry(incident.id, EntryKind::Milestone, text);
        self.more(incident, opening, chains);
    }

    /// More evidence for an incident that goes on.
    pub(super) fn more(&mut self, incident: &mut Incident, opening: &Opening<'_>, chains: &Chains) {
        take_traffic(incident, opening);
        let earlier = opening.evidence_ms.filter(|e| *e >= incident.floor_ms && *e < incident.times.began_ms);
        if let Some(began) = earlier {
            incident.times.began_ms = began;
            self.line(
                incident.id,
                EntryKind::Evidence,
                format!("Earlier evidence: {}", opening.cause),
                began,
                None,
            );
        }
        if severity::gravity(opening.kind) > severity::gravity(incident.kind) {
            incident.kind = opening.kind;
            incident.cause = opening.cause.to_owned();
            incident.advice = opening.advice.to_owned();
            self.entry(incident.id, EntryKind::Milestone, format!("Graver than it was: {}", opening.cause));
        }
        self.judge(incident, chains);
    }

    /// Applies the severity rule again, which only ever raises it, and hands out the incident.
    pub(super) fn judge(&mut self, incident: &mut Incident, chains: &Chains) {
        let now = rule(incident, chains);
        if now < incident.severity && !incident.severity_by_hand {
            let text = format!("Severity raised from {} to {} by rule", incident.severity.word(), now.word());
            self.entry(incident.id, EntryKind::Milestone, text);
            incident.severity = now;
        }
        incident.title = words::title(incident);
        self.update(incident);
    }
}

fn take_traffic(incident: &mut Incident, opening: &Opening<'_>) {
    if let Some(to) = opening.traffic {
        (incident.traffic_hit, incident.away) = (true, true);
        if to.is_some() {
            incident.answered_by = to.map(str::to_owned);
        }
    }
}

fn rule(incident: &Incident, chains: &Chains) -> super::Severity {
    let by = incident.answered_by.as_deref();
    let left = chains.others_left(&incident.chain, &incident.tier, incident.simulated, by);
    severity::by_rule(incident.kind, incident.traffic_hit, left)
}
