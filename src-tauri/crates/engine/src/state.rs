//! The live state for the screens, and the tasks that keep them up to date.

use std::{collections::HashSet, sync::Arc, time::Duration};

use contract::{
    rpc::{Topic, UiEvent},
    view::Overview,
};
use domain::{
    event::{Event, Stamped},
    time::wall_ms,
};
use tokio::{
    sync::broadcast::error::RecvError,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use crate::{Engine, Inner, pace::Pace, views};

/// Every topic, for a screen that missed something.
pub(crate) const ALL_TOPICS: [Topic; 9] = [
    Topic::Config,
    Topic::Incidents,
    Topic::ChangeOvers,
    Topic::Gpus,
    Topic::Keys,
    Topic::Practice,
    Topic::Alerts,
    Topic::Runbooks,
    Topic::Orders,
];

/// The live state goes out at least this often.
const PULSE: Duration = Duration::from_secs(2);
/// The seven days' figures are computed this often.
const WEEK_EVERY: Duration = Duration::from_secs(15);
/// Spending is looked at this often.
const COSTS_EVERY: Duration = Duration::from_secs(60);
/// Change-overs on the Overview.
const RECENT: u32 = 10;

/// Where things are.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// `http://127.0.0.1:4747`
    pub endpoint: String,
    /// The screens' address with the operator's token; absent when they are not served.
    pub screens: Option<String>,
}

impl Inner {
    /// Where the screens are, without the token.
    pub(crate) fn admin_url(&self) -> Option<String> {
        let screens = self.screens.load();
        screens.as_ref().as_ref().map(|url| url.split('?').next().unwrap_or(url).to_owned())
    }
}

impl Engine {
    /// Where applications and browsers connect.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        let needs_key = !self.inner.snapshot.load().client_keys.is_empty();
        let base = self.inner.endpoint.view(needs_key).base_url;
        Addresses {
            endpoint: base.trim_end_matches("/v1").to_owned(),
            screens: self.inner.screens.load().as_ref().clone(),
        }
    }

    /// What the frame and the Overview show.
    pub(crate) async fn overview(&self) -> Overview {
        let inner = &self.inner;
        let in_force = inner.config.current();
        let snapshot = inner.snapshot.load_full();
        let open = self.open_incidents().await;
        let bindings = self.gpu_bindings();
        let chains = views::live(&views::LiveParts {
            snapshot: &snapshot,
            document: &in_force.document,
            board: &inner.board,
            serving: &inner.serving,
            orders: &inner.orders.port.now(),
            figures: &inner.figures,
            incidents: &open,
            gpus_of: &|replica| {
                bindings.iter().filter(|(_, r)| r == replica).map(|(gpu, _)| gpu.clone()).collect()
            },
        });
        let endpoint = inner.endpoint.view(!snapshot.client_keys.is_empty());
        let subject = views::subject(&chains);
        let recent = inner.store.changeovers(&store::ChangeoverFilter::default(), RECENT, 0).await;
        let recent = recent.unwrap_or_else(|e| {
            tracing::warn!(error = %e, "the newest change-overs could not be read");
            vec![]
        });
        let practice = inner.practice.page().await;
        Overview {
            at_ms: wall_ms(),
            sentence: views::sentence(subject, &endpoint),
            chain: subject.map(|c| c.name.clone()),
            endpoint,
            problems: inner.keeper.problem().borrow().iter().cloned().collect(),
            revision: in_force.revision,
            open_incidents: u32::try_from(open.len()).unwrap_or(u32::MAX),
            recent: recent.iter().map(views::change_over).collect(),
            week: inner.week.load().as_ref().clone(),
            faults_injected: practice.servers.into_iter().filter(|s| s.failing).map(|s| s.label).collect(),
            chains,
        }
    }

    /// Chain and id of each incident that goes on.
    async fn open_incidents(&self) -> Vec<(String, String)> {
        let filter = store::IncidentFilter { going_on: Some(true), ..store::IncidentFilter::default() };
        match self.inner.store.incidents(&filter, 500, 0).await {
            Ok((rows, _)) => rows.into_iter().map(|r| (r.chain, r.id.to_string())).collect(),
            Err(e) => {
                tracing::warn!(error = %e, "the open incidents could not be read");
                vec![]
            }
        }
    }

    /// Which GPU, by UUID, carries which replica, by id.
    pub(crate) fn gpu_bindings(&self) -> Vec<(String, String)> {
        self.inner.gpus.bindings().into_iter().map(|(gpu, replica)| (gpu, replica.to_string())).collect()
    }

    pub(crate) async fn live_event(&self) -> UiEvent {
        UiEvent::Live { overview: Box::new(self.overview().await) }
    }

    /// Sends the live state to every screen.
    pub(crate) async fn announce_live(&self) {
        if self.inner.events.receiver_count() > 0 {
            let event = self.live_event().await;
            self.send(event);
        }
    }

    /// Tells every screen that other things than the live state changed.
    pub(crate) fn changed(&self, topics: &[Topic]) {
        self.send(UiEvent::Changed { topics: topics.to_vec() });
    }

    fn send(&self, event: UiEvent) {
        // Without a screen there is nobody to tell.
        let _nobody_listens = self.inner.events.send(event);
    }

    /// Follows what is committed: figures, screens.
    pub(crate) async fn follow_journal(self) {
        let mut commits = self.inner.keeper.subscribe();
        let mut pace = Pace::default();
        let mut pulse = interval(PULSE);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let due = pace.due();
            let later = due.unwrap_or_else(|| Instant::now() + PULSE);
            tokio::select! {
                () = self.inner.stop.cancelled() => return,
                commit = commits.recv() => match commit {
                    Ok(commit) => {
                        self.take_in(&commit.events);
                        if !commit.incidents.is_empty() {
                            self.changed(&[Topic::Incidents]);
                        }
                        let figures = commit.incidents.is_empty()
                            && commit.events.iter().all(|stamped| stamped.event.may_be_thinned());
                        pace.happened(figures, Instant::now());
                    }
                    Err(RecvError::Lagged(_)) => self.changed(&ALL_TOPICS),
                    Err(RecvError::Closed) => return,
                },
                _ = pulse.tick() => self.announce_live().await,
                () = sleep_until(later), if due.is_some() => {
                    pace.sent(Instant::now());
                    self.announce_live().await;
                }
            }
        }
    }

    fn take_in(&self, events: &[Stamped]) {
        let mut topics = vec![];
        for stamped in events {
            self.inner.figures.add(stamped);
            match &stamped.event {
                Event::ChangedOver(change) => {
                    topics.push(Topic::ChangeOvers);
                    self.send(UiEvent::ChangedOver { change: views::changed_over(stamped, change, None) });
                }
                Event::Operator(_) => topics.push(Topic::Orders),
                Event::Gpu(_) => topics.push(Topic::Gpus),
                Event::Alert(_) => topics.push(Topic::Alerts),
                _ => {}
            }
        }
        topics.dedup();
        if !topics.is_empty() {
            self.changed(&topics);
        }
    }

    /// Computes the seven days' figures now and then.
    pub(crate) async fn follow_week(self) {
        let mut ticks = interval(WEEK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.inner.stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            let mut week = vec![];
            for simulated in [false, true] {
                match operations::reports::week(&self.inner.store, wall_ms(), simulated).await {
                    Ok(figures) => week.push(views::week(&figures, simulated)),
                    Err(e) => tracing::warn!(error = %e, "the week's figures could not be computed"),
                }
            }
            self.inner.week.store(Arc::new(week));
        }
    }

    /// Looks now and then whether a tier costs far more than it usually does.
    pub(crate) async fn follow_costs(self) {
        let mut ticks = interval(COSTS_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let going_on = self.inner.keeper.book();
        let mut spiking: HashSet<_> = going_on
            .open()
            .iter()
            .filter_map(|i| Some((i.chain.clone(), operations::incidents::costly_tier(&i.tier)?.to_owned())))
            .collect();
        loop {
            tokio::select! {
                () = self.inner.stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            let found = async {
                let terms = self.terms().await?;
                operations::costs::changes(&self.inner.store, &terms, &spiking, wall_ms()).await
            };
            match found.await {
                Ok(changes) => {
                    for change in changes {
                        let place = (change.chain.clone(), change.tier.clone());
                        let _known =
                            if change.spiking { spiking.insert(place) } else { spiking.remove(&place) };
                        self.inner.journal.tell(Event::Cost(change));
                    }
                }
                Err(e) => tracing::warn!(error = %e, "what the tiers cost could not be computed"),
            }
        }
    }

    /// Puts GPU samples on the screens and a missing key back to use: once a second, and every half minute.
    pub(crate) async fn follow_surroundings(self) {
        let mut seconds = interval(Duration::from_secs(1));
        seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut count = 0_u32;
        loop {
            tokio::select! {
                () = self.inner.stop.cancelled() => return,
                _ = seconds.tick() => {}
            }
            self.changed(&[Topic::Gpus]);
            count = count.wrapping_add(1);
            if count.is_multiple_of(30) && self.inner.keys.problem().is_some() {
                let snapshot = self.inner.snapshot.load_full();
                let in_force = self.inner.config.current();
                let alerts = &in_force.document.alerts;
                let names = crate::key_list::known(&self.inner.store, &snapshot, alerts).await;
                self.inner.keys.fetch(names).await;
                if self.inner.keys.problem().is_none() {
                    self.changed(&[Topic::Keys]);
                }
            }
        }
    }
}
