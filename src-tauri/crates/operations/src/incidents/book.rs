//! The fold itself: which event does what to which incident.

use domain::{
    Admin, Event, Stamped,
    event::{
        AlertOutcome, AlertRecord, ChangedOver, Direction, GpuChange, ReplicaChange, RequestEnd,
        RequestResult, RestartRecord,
    },
    failure::FailureClass,
    verdict::IncidentKind,
};
use serde::{Deserialize, Serialize};

use super::{
    ALL_TIERS, Change, EntryKind, Incident, State, Step,
    chains::{Chains, is_back, is_out},
    losses::Losses,
    orders::OpenWindow,
    page::Page,
    words,
};

/// An incident that comes back this soon after it was closed is the same one, milliseconds.
pub const RELAPSE_WINDOW_MS: i64 = 300_000;
/// After so many lines about states, only changes of health are written.
const STATE_LINES: u32 = 100;

/// Every incident that goes on, those closed in the last five minutes, and what is needed to judge the next event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentBook {
    /// Incidents so far.
    pub(super) count: i64,
    /// The last event applied.
    applied_seq: i64,
    pub(super) open: Vec<Incident>,
    pub(super) recent: Vec<Incident>,
    pub(super) chains: Chains,
    /// Tiers whose incident was ended by hand while they were out.
    #[serde(default)]
    pub(super) quieted: Vec<Quieted>,
    /// Maintenance windows that are open.
    #[serde(default)]
    pub(super) windows: Vec<OpenWindow>,
    /// Failed requests that no incident has counted.
    #[serde(default)]
    losses: Losses,
}

/// A tier that opens no incident until it has been back, and the incident that hears of it meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Quieted {
    pub(super) incident: i64,
    pub(super) chain: String,
    pub(super) tier: String,
    pub(super) simulated: bool,
}

/// Whether the incident is the same one if its tier fails again at `now_ms`.
fn may_relapse(incident: &Incident, now_ms: i64) -> bool {
    incident.closed_ms.is_some_and(|closed| now_ms - closed <= RELAPSE_WINDOW_MS)
        && incident.merged_into.is_none()
}

impl IncidentBook {
    /// Incidents that go on.
    #[must_use]
    pub fn open(&self) -> &[Incident] {
        &self.open
    }

    /// Whether there is an incident of this number.
    #[must_use]
    pub(super) fn knows(&self, id: i64) -> bool {
        (1..=self.count).contains(&id)
    }

    /// Incidents closed in the last five minutes, and those whose end somebody is still to hear of.
    #[must_use]
    pub fn recently_closed(&self) -> &[Incident] {
        &self.recent
    }

    /// The last event applied; 0 when none was.
    #[must_use]
    pub const fn applied_seq(&self) -> i64 {
        self.applied_seq
    }

    /// Takes the next event and returns what it changed, in order. An event that was already applied changes nothing.
    pub fn apply(&mut self, stamped: &Stamped) -> Vec<Change> {
        if stamped.seq <= self.applied_seq {
            return Vec::new();
        }
        self.applied_seq = stamped.seq;
        let now = stamped.at_ms;
        self.recent.retain(|i| may_relapse(i, now) || i.awaits_alerts(now));
        let mut page = Page::new(stamped.seq, now);
        match &stamped.event {
            Event::Replica(change) => self.replica(change, &mut page),
            Event::ChangedOver(change) => self.changed_over(change, &mut page),
            Event::Answered { chain, tier, simulated } => {
                self.answered(chain, tier, *simulated, i64::MAX, &mut page);
            }
            Event::Request(end) => self.request(end, &mut page),
            Event::Operator(act) => self.ordered(act, &mut page),
            Event::Gpu(change) => self.gpu(change, &mut page),
            Event::Cost(change) => self.cost(change, &mut page),
            Event::Restart(restart) => self.restart(restart, &mut page),
            Event::IncidentAct(act) => self.act(act, &mut page),
            Event::Alert(alert) => self.alert(alert, &mut page),
            Event::Revision { revision, author, note } => {
                let text = format!("Revision {revision} of the configuration in force: {note}");
                for incident in &self.open {
                    page.by(incident.id, EntryKind::Revision, text.clone(), author);
                }
            }
            Event::Started { .. }
            | Event::Attempt(_)
            | Event::Rehearsed { .. }
            | Event::PracticeSwitched { .. } => {}
        }
        page.changes
    }

    fn replica(&mut self, change: &ReplicaChange, page: &mut Page) {
        self.chains.learn(change);
        let (chain, tier, simulated) = (change.chain.as_str(), change.tier.as_str(), change.simulated);
        let out = is_out(change);
        if out && self.chains.all_out(chain, tier, simulated) {
            let class = change.to.cool_down.or(change.class);
            let opening = Opening {
                chain,
                tier,
                simulated,
                kind: class.and_then(|c| domain::verdict(c).incident).unwrap_or(IncidentKind::Outage),
                cause: &change.why,
                advice: class.map_or(FailureClass::Refused.advice(), FailureClass::advice),
                evidence_ms: change.evidence_ms,
                traffic: None,
            };
            self.open_or_update(&opening, page);
        }
        if change.to.admin == Admin::Disabled && !self.chains.has_any(chain, simulated) {
            self.close(chain, ALL_TIERS, simulated, "Closed: every tier was taken out of service", page);
        }
        if is_back(change) && !out || !self.chains.has_replica(chain, tier, simulated) {
            self.unquiet(chain, tier, simulated);
        } else if let Some(id) = self.quiet(chain, tier, simulated) {
            return page.entry(id, EntryKind::State, words::changed(change));
        }
        let Some(incident) = self.find(chain, tier, simulated) else { return };
        let matters = change.from.health != change.to.health || change.from.admin != change.to.admin;
        let incident = &mut self.open[incident];
        if matters || change.in_service || incident.state_lines < STATE_LINES {
            incident.state_lines += 1;
            page.entry(incident.id, EntryKind::State, words::changed(change));
        }
        if is_back(change) && !out {
            self.restore(chain, tier, simulated, "every check and trial passed, full share of traffic", page);
        } else if !self.chains.has_replica(chain, tier, simulated) {
            self.close(chain, tier, simulated, "Closed: the tier was taken out of service", page);
        }
    }

    fn changed_over(&mut self, change: &ChangedOver, page: &mut Page) {
        let (chain, simulated) = (change.chain.as_str(), change.simulated);
        for tier in self.chains.moved(change) {
            if let Some(at) = self.find(chain, &tier, simulated) {
                self.open[at].away = false;
                page.update(&self.open[at]);
            }
        }
        match change.direction {
            Direction::Over => self.over(change, page),
            Direction::Back => self.back(change, page),
        }
        if let Some(to) = &change.to {
            self.restore(chain, ALL_TIERS, simulated, &format!("{to} answers"), page);
        }
    }

    fn over(&mut self, change: &ChangedOver, page: &mut Page) {
        let (chain, simulated) = (change.chain.as_str(), change.simulated);
        let opening = |tier, kind| Opening {
            chain,
            tier,
            simulated,
            kind,
            cause: &change.error,
            advice: &change.advice,
            evidence_ms: change.evidence_ms,
            traffic: Some(change.to.as_deref()),
        };
        if let (Some(from), Some(kind)) = (&change.from, change.incident) {
            let kind = if kind == IncidentKind::AllDown { kind_of(&change.trigger) } else { kind };
            let id = self.open_or_update(&opening(from, kind), page);
            page.entry(id, EntryKind::Failover, words::moved(change));
            self.count_losses(id, page);
        }
        match &change.to {
            None if change.incident.is_some() => {
                let id = self.open_or_update(&opening(ALL_TIERS, IncidentKind::AllDown), page);
                page.entry(id, EntryKind::Failover, words::moved(change));
                self.count_losses(id, page);
            }
            Some(to) if change.answered => self.answered(chain, to, simulated, i64::MAX, page),
            _ => {}
        }
    }

    fn back(&mut self, change: &ChangedOver, page: &mut Page) {
        let (chain, simulated) = (change.chain.as_str(), change.simulated);
        let Some(to) = &change.to else { return };
        let of_tier = |i: &&Incident| i.is_of(chain, simulated) && i.tier == *to;
        if let Some(incident) = self.open.iter().chain(&self.recent).find(of_tier) {
            page.entry(incident.id, EntryKind::Failover, words::moved(change));
        }
        // A replica that is still on trial or on its ramp tells when it is whole; one that never told cannot.
        if self.chains.whole(chain, to, simulated) {
            self.restore(chain, to, simulated, "traffic returned to it", page);
        }
    }

    /// A good answer by `tier` to a request that was begun at `began_ms` or, for `i64::MAX`, after the change-over.
    fn answered(&mut self, chain: &str, tier: &str, simulated: bool, began_ms: i64, page: &mut Page) {
        for incident in self.open.iter_mut().filter(|i| i.is_of(chain, simulated) && i.tier != ALL_TIERS) {
            let first = incident.away && incident.tier != tier && incident.times.failed_over_ms.is_none();
            if first && began_ms >= incident.times.detected_ms {
                let at = page.clamp(incident);
                incident.times.failed_over_ms = Some(at);
                incident.answered_by = Some(tier.to_owned());
                incident.title = words::title(incident);
                let since = words::duration(at - incident.times.began_ms);
                let text = format!("First good answer from {tier}, {since} after the first evidence");
                page.entry(incident.id, EntryKind::Answer, text);
                page.update(incident);
            }
        }
        let all_down = self.find(chain, ALL_TIERS, simulated);
        if all_down.is_some_and(|at| began_ms >= self.open[at].times.detected_ms) {
            self.restore(chain, ALL_TIERS, simulated, &format!("{tier} answers"), page);
        }
    }

    fn request(&mut self, end: &RequestEnd, page: &mut Page) {
        if end.result == RequestResult::Answered
            && let Some(tier) = &end.tier
        {
            // An answer that was under way before the failure proves nothing.
            let took = if end.total_ms.is_finite() { end.total_ms.ceil() as i64 } else { i64::MAX };
            self.answered(&end.chain, tier, end.simulated, page.at_ms.saturating_sub(took), page);
        }
        let mut heard = false;
        for incident in self.open.iter_mut().filter(|i| i.is_of(&end.chain, end.simulated) && i.away) {
            heard = true;
            match (end.result, &end.tier) {
                (RequestResult::Answered, Some(tier))
                    if *tier != incident.tier && incident.tier != ALL_TIERS =>
                {
                    incident.saved += 1;
                }
                (RequestResult::Failed, _) => incident.failed += 1,
                _ => continue,
            }
            page.update(incident);
        }
        if end.result == RequestResult::Failed && !heard {
            self.losses.note(end, page.at_ms);
        }
    }

    /// Counts the requests that failed before the incident could hear of them.
    fn count_losses(&mut self, id: i64, page: &mut Page) {
        let Some(incident) = self.open.iter_mut().find(|i| i.id == id) else { return };
        let lost = self.losses.claim(incident);
        if lost > 0 {
            incident.failed += lost;
            page.update(incident);
        }
    }

    fn gpu(&mut self, change: &GpuChange, page: &mut Page) {
        let findings =
            if change.findings.is_empty() { "well again".to_owned() } else { change.findings.join("; ") };
        for incident in self.open.iter().filter(|i| i.kind == IncidentKind::Gpu && !i.simulated) {
            page.entry(incident.id, EntryKind::Gpu, format!("{}: {findings}", change.name));
        }
    }

    /// A step of a restart belongs to the incident of its tier; one that is over takes a late word too.
    fn restart(&self, restart: &RestartRecord, page: &mut Page) {
        let its = |i: &&Incident| {
            i.is_of(&restart.chain, restart.simulated) && (i.tier == restart.tier || i.tier == ALL_TIERS)
        };
        let over = || self.recent.iter().rev().find(its);
        let found: Vec<&Incident> = self.open.iter().filter(its).collect();
        let server = restart.replica.rsplit_once('@').map_or(restart.replica.as_str(), |(_, url)| url);
        let found = if found.is_empty() { over().into_iter().collect() } else { found };
        for incident in found {
            page.entry(incident.id, EntryKind::Restart, format!("{server}: {}", restart.words));
        }
    }

    fn alert(&mut self, alert: &AlertRecord, page: &mut Page) {
        let Some(id) = alert.incident.filter(|id| (1..=self.count).contains(id)) else { return };
        let reason = alert.reason.as_deref().map(|r| format!(": {r}")).unwrap_or_default();
        let fared = match alert.outcome {
            AlertOutcome::Sent => "sent",
            AlertOutcome::Failed => "failed",
            AlertOutcome::HeldBack => "held back",
            AlertOutcome::Retrying => "not delivered yet",
            AlertOutcome::Waiting => "waits",
        };
        page.entry(
            id,
            EntryKind::Alert,
            format!("Alert ({}) {fared}: {}{reason}", alert.channel, alert.title),
        );
        if let Some(incident) = self.open.iter_mut().chain(&mut self.recent).find(|i| i.id == id) {
            incident.was_told(alert, page.at_ms);
            page.update(incident);
        }
    }

    /// The incident that hears of the tier although its own was ended by hand.
    fn quiet(&self, chain: &str, tier: &str, simulated: bool) -> Option<i64> {
        let of_tier = |q: &&Quieted| q.chain == chain && q.tier == tier && q.simulated == simulated;
        self.quieted.iter().find(of_tier).map(|q| q.incident)
    }

    /// The tier was back: what fails from now on is news.
    pub(super) fn unquiet(&mut self, chain: &str, tier: &str, simulated: bool) {
        self.quieted.retain(|q| !(q.chain == chain && q.tier == tier && q.simulated == simulated));
    }

    fn find(&self, chain: &str, tier: &str, simulated: bool) -> Option<usize> {
        self.open.iter().position(|i| i.is_of(chain, simulated) && i.tier == tier)
    }

    /// Makes sure that an incident of this tier goes on, and returns the number of the one that hears of it.
    pub(super) fn open_or_update(&mut self, opening: &Opening<'_>, page: &mut Page) -> i64 {
        let of_tier = |i: &Incident| i.is_of(opening.chain, opening.simulated) && i.tier == opening.tier;
        if let Some(at) = self.open.iter().position(of_tier) {
            page.more(&mut self.open[at], opening, &self.chains);
            return self.open[at].id;
        }
        if let Some(id) = self.quiet(opening.chain, opening.tier, opening.simulated) {
            return id;
        }
        if let Some(at) = self.recent.iter().position(|i| of_tier(i) && may_relapse(i, page.at_ms)) {
            let mut incident = self.recent.remove(at);
            page.reopen(&mut incident, opening, &self.chains);
            self.open.push(incident);
        } else {
            self.count += 1;
            self.open.push(page.open(self.count, opening, &self.chains));
        }
        self.open.last().map_or(0, |i| i.id)
    }

    fn restore(&mut self, chain: &str, tier: &str, simulated: bool, how: &str, page: &mut Page) {
        self.unquiet(chain, tier, simulated);
        let Some(at) = self.find(chain, tier, simulated) else { return };
        let incident = &mut self.open[at];
        let restored = page.clamp(incident);
        incident.times.restored_ms = Some(restored);
        let took = words::duration(restored - incident.times.began_ms);
        let subject =
            if tier == ALL_TIERS { "The chain answers again" } else { "The tier is in full service again" };
        page.entry(
            incident.id,
            EntryKind::Milestone,
            format!("{subject}, {took} after the first evidence: {how}"),
        );
        self.close(chain, tier, simulated, "Closed by itself", page);
    }

    pub(super) fn close(&mut self, chain: &str, tier: &str, simulated: bool, text: &str, page: &mut Page) {
        let Some(at) = self.find(chain, tier, simulated) else { return };
        let mut incident = self.open.remove(at);
        incident.state = State::Closed;
        incident.away = false;
        incident.closed_ms = Some(page.at_ms.max(incident.times.latest()));
        page.entry(incident.id, EntryKind::Milestone, text.to_owned());
        page.changes.push(Change::Incident(Step::Closed, Box::new(incident.clone())));
        self.recent.push(incident);
    }
}

/// Why an incident opens.
pub(super) struct Opening<'a> {
    pub(super) chain: &'a str,
    pub(super) tier: &'a str,
    pub(super) simulated: bool,
    pub(super) kind: IncidentKind,
    pub(super) cause: &'a str,
    pub(super) advice: &'a str,
    pub(super) evidence_ms: Option<i64>,
    /// Set when traffic had to leave the tier: the tier that took over, if one did.
    pub(super) traffic: Option<Option<&'a str>>,
}

/// The kind of incident that a trigger, the word of a failure class, stands for.
fn kind_of(trigger: &str) -> IncidentKind {
    let class = FailureClass::ALL.iter().find(|c| c.word() == trigger);
    class.and_then(|c| domain::verdict(*c).incident).unwrap_or(IncidentKind::Outage)
}
