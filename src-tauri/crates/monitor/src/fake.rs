//! Scripted servers and small configurations, for tests.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use domain::{
    Chain, Event, Failure, FailureClass, Outcome, ProviderKind, Replica, ReplicaId, Snapshot, Tier,
    chain::{Degrade, Failback, OnBrokenStream, Probe, ProbeKind, Retry, Timeouts},
    journal::JournalReader,
};
use futures::future::BoxFuture;
use tokio::time::{Instant, sleep};
use upstream::{Page, PageTarget, ProbeTarget};

use crate::Prober;

/// Answers checks as it is told, and notes them.
#[derive(Default)]
pub(crate) struct FakeProber(Mutex<Script>);

struct Script {
    answer: Result<Duration, Failure>,
    generation: Result<Duration, Failure>,
    asked: Vec<(Instant, ProbeKind)>,
    pages: HashMap<String, Result<Page, Failure>>,
    pages_asked: Vec<(Instant, String)>,
    page_takes: Duration,
}

impl Default for Script {
    fn default() -> Self {
        let good = Ok(Duration::from_millis(1));
        Self {
            answer: good.clone(),
            generation: good,
            asked: vec![],
            pages: HashMap::new(),
            pages_asked: vec![],
            page_takes: Duration::ZERO,
        }
    }
}

impl FakeProber {
    pub(crate) fn answers(&self, answer: Result<Duration, Failure>) {
        let mut script = self.0.lock().unwrap();
        script.answer = answer.clone();
        script.generation = answer;
    }

    pub(crate) fn generates(&self, answer: Result<Duration, Failure>) {
        self.0.lock().unwrap().generation = answer;
    }

    /// From now on the page at `path` says this.
    pub(crate) fn shows(&self, path: &str, text: impl Into<String>) {
        let page = Page { status: 200, body: text.into().into() };
        self.0.lock().unwrap().pages.insert(path.into(), Ok(page));
    }

    /// From now on the page at `path` cannot be had.
    pub(crate) fn shows_not(&self, path: &str, failure: Failure) {
        self.0.lock().unwrap().pages.insert(path.into(), Err(failure));
    }

    /// From now on each page takes this long.
    pub(crate) fn pages_take(&self, took: Duration) {
        self.0.lock().unwrap().page_takes = took;
    }

    pub(crate) fn pages_asked(&self) -> Vec<(Instant, String)> {
        self.0.lock().unwrap().pages_asked.clone()
    }

    pub(crate) fn asked(&self) -> Vec<(Instant, ProbeKind)> {
        self.0.lock().unwrap().asked.clone()
    }
}

impl Prober for FakeProber {
    fn probe<'a>(&'a self, target: &'a ProbeTarget) -> BoxFuture<'a, Result<Duration, Failure>> {
        Box::pin(async move {
            let answer = {
                let mut script = self.0.lock().unwrap();
                script.asked.push((Instant::now(), target.kind.clone()));
                if target.kind == ProbeKind::Generation {
                    script.generation.clone()
                } else {
                    script.answer.clone()
                }
            };
            if let Ok(took) = &answer {
                sleep(*took).await;
            }
            answer
        })
    }

    fn page<'a>(&'a self, _: &'a PageTarget, path: &'a str) -> BoxFuture<'a, Result<Page, Failure>> {
        let mut script = self.0.lock().unwrap();
        script.pages_asked.push((Instant::now(), path.to_owned()));
        let missing = Ok(Page { status: 404, body: Bytes::new() });
        let page = script.pages.get(path).cloned().unwrap_or(missing);
        let takes = script.page_takes;
        Box::pin(async move {
            sleep(takes).await;
            page
        })
    }
}

pub(crate) const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn failure(class: FailureClass) -> Failure {
    Failure::new(class, format!("it failed: {class}"))
}

pub(crate) fn good() -> Outcome {
    Outcome {
        began_ms: 7,
        failure: None,
        stream: true,
        first_token: Some(ms(2)),
        total: ms(5),
        tokens_out: None,
    }
}

pub(crate) fn bad(class: FailureClass) -> Outcome {
    Outcome {
        began_ms: 7,
        failure: Some(failure(class)),
        stream: true,
        first_token: None,
        total: ms(3),
        tokens_out: None,
    }
}

pub(crate) fn tier(name: &str) -> Tier {
    Tier {
        name: name.into(),
        provider: ProviderKind::Vllm,
        model: "m".into(),
        key: None,
        enabled: true,
        replicas: vec![replica(name, "http://127.0.0.1:1")],
        timeouts: Timeouts { connect: secs(2), first_token: secs(15), idle: secs(30), total: secs(120) },
        retry: Retry { attempts: 0, backoff: ms(1) },
        breaker: resilience::breaker::Settings::default(),
        probe: Some(Probe {
            kind: ProbeKind::Http("/health".into()),
            every: secs(10),
            timeout: secs(5),
            slow: secs(2),
            down_after: 3,
            up_after: 2,
        }),
        triggers: domain::Triggers::default(),
        quality_impact: domain::Impact::Low,
        capability_weight: None,
        degrade: Degrade::default(),
        load: domain::LoadWatch::default(),
        can: domain::capability::Capabilities::default(),
        prefill: None,
    }
}

pub(crate) fn replica(tier: &str, url: &str) -> Replica {
    Replica::new(ReplicaId::new("chat", tier, url), url.into())
}

pub(crate) fn chain(tiers: Vec<Tier>) -> Chain {
    Chain {
        name: "chat".into(),
        aliases: vec![],
        deadline: secs(120),
        on_broken_stream: OnBrokenStream::Stop,
        mark_body: false,
        wait_up_to: Duration::ZERO,
        hedge: None,
        failback: Failback { auto: true, hold: secs(5), ramp: secs(9) },
        tiers: tiers.into_iter().map(Arc::new).collect(),
        simulated: false,
    }
}

pub(crate) fn snapshot(chain: Chain) -> Arc<Snapshot> {
    Arc::new(Snapshot { revision: 1, chains: vec![Arc::new(chain)], ..Snapshot::default() })
}

/// Every event that was handed in so far.
pub(crate) async fn events(reader: &mut JournalReader) -> Vec<Event> {
    let mut all = Vec::new();
    while let Ok(batch) = tokio::time::timeout(Duration::ZERO, reader.batch(1000)).await {
        if batch.is_empty() {
            break;
        }
        all.extend(batch.into_iter().map(|s| s.event));
    }
    all
}
