//! A gateway over tiers that the test chooses, and everything it tells.

use std::{collections::HashMap, net::SocketAddr, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use domain::{
    Board, Chain, Event, KeyRef, OrdersPort, Outcome, ProviderKind, Replica, ReplicaId, ReplicaPort,
    ReplicaState, Signal, Snapshot, Tier,
    board::Cutter,
    chain::{Degrade, Failback, OnBrokenStream, Retry, Timeouts},
    event::{Attempt, RequestEnd},
    journal::{JournalReader, journal},
    serving::{Delayed, Served, ServingPort, Told},
};
use futures::FutureExt;
use gateway::{Deps, Gateway, Patience, bind};
use secrecy::SecretString;
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::client::{Call, Reply, send};

/// Only `env:GOOD` is there.
struct Keys;

impl upstream::Credentials for Keys {
    fn resolve(&self, reference: &KeyRef) -> Result<SecretString, String> {
        match reference {
            KeyRef::Env(name) if name == "GOOD" => Ok("sk-good".into()),
            _ => Err("not set".into()),
        }
    }
}

/// A tier called `name` at `addr`, patient enough for a slow machine.
pub fn tier(name: &str, addr: SocketAddr) -> Tier {
    let url = format!("http://{addr}");
    Tier {
        name: name.into(),
        provider: ProviderKind::Vllm,
        model: format!("model-{name}"),
        key: None,
        enabled: true,
        replicas: vec![Replica::new(ReplicaId::new("chat", name, &url), url)],
        timeouts: Timeouts {
            connect: Duration::from_secs(2),
            first_token: Duration::from_secs(5),
            idle: Duration::from_secs(5),
            total: Duration::from_secs(10),
        },
        retry: Retry { attempts: 0, backoff: Duration::from_millis(1) },
        breaker: resilience::breaker::Settings::default(),
        probe: None,
        triggers: domain::Triggers::default(),
        quality_impact: domain::Impact::Low,
        capability_weight: None,
        degrade: Degrade::default(),
        load: domain::LoadWatch::default(),
        can: domain::capability::Capabilities::default(),
        prefill: None,
    }
}

/// The chain `chat` with these tiers.
pub fn chain(tiers: Vec<Tier>) -> Chain {
    Chain {
        name: "chat".into(),
        aliases: vec!["gpt-4o".into(), "*".into()],
        deadline: Duration::from_secs(20),
        on_broken_stream: OnBrokenStream::Stop,
        mark_body: false,
        wait_up_to: Duration::ZERO,
        hedge: None,
        failback: Failback { auto: true, hold: Duration::ZERO, ramp: Duration::ZERO },
        tiers: tiers.into_iter().map(Arc::new).collect(),
        simulated: false,
    }
}

/// The interval of keep-alive comments in these tests.
const KEEP_ALIVE: Duration = Duration::from_secs(1);

pub struct World {
    pub addr: SocketAddr,
    pub gateway: Gateway,
    /// By tier; a tier's second replica is `name#1`.
    pub states: HashMap<String, watch::Sender<ReplicaState>>,
    /// What cuts the running answers of a tier.
    pub cutters: HashMap<String, Cutter>,
    pub orders: OrdersPort,
    pub stop: CancellationToken,
    pub tasks: TaskTracker,
    signals: HashMap<String, mpsc::Receiver<Signal>>,
    events: JournalReader,
    served: mpsc::Receiver<Told>,
}

impl World {
    pub async fn of(tiers: Vec<Tier>) -> Self {
        Self::over(Snapshot { chains: vec![Arc::new(chain(tiers))], ..Snapshot::default() }).await
    }

    pub async fn over(snapshot: Snapshot) -> Self {
        Self::with(snapshot, Patience { keep_alive: KEEP_ALIVE, ..Patience::default() }).await
    }

    /// The same, with this patience for its clients.
    pub async fn with(snapshot: Snapshot, patience: Patience) -> Self {
        let (board, mut states, mut signals) = (Board::default(), HashMap::new(), HashMap::new());
        let (mut ports, mut cutters) = (HashMap::new(), HashMap::new());
        for (_, tier, replica) in snapshot.replicas() {
            let (state_tx, state_rx) = watch::channel(ReplicaState::default());
            let (signal_tx, signal_rx) = mpsc::channel(64);
            let port = ReplicaPort::new(state_rx, signal_tx);
            let cutter = port.cutter();
            ports.insert(replica.id.clone(), port);
            let position = tier.replicas.iter().position(|r| r.id == replica.id).unwrap();
            let name = if position == 0 { tier.name.clone() } else { format!("{}#{position}", tier.name) };
            states.insert(name.clone(), state_tx);
            cutters.insert(name.clone(), cutter);
            signals.insert(name, signal_rx);
        }
        board.replace(ports);
        let (journal, events) = journal();
        let (serving, served) = ServingPort::new();
        let upstream = upstream::Client::new(Arc::new(Keys));
        let snapshot = Arc::new(ArcSwap::from_pointee(snapshot));
        let orders = OrdersPort::default();
        let deps = Deps { snapshot, board, journal, serving, orders: orders.clone(), upstream };
        let gateway = Gateway::with_patience(deps, patience);
        let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let (addr, stop, tasks) = (listener.addr(), CancellationToken::new(), TaskTracker::new());
        let (serve, token) = (gateway.clone(), stop.clone());
        tasks.spawn(async move { serve.serve(listener, token, Duration::from_millis(200)).await });
        tasks.close();
        Self { addr, gateway, states, cutters, orders, stop, tasks, signals, events, served }
    }

    /// Sends a chat request without waiting for its answer.
    pub async fn call(&self, body: &str) -> Call {
        send(
            self.addr,
            "POST /v1/chat/completions HTTP/1.1\r\ncontent-type: application/json",
            body.as_bytes(),
        )
        .await
    }

    pub async fn post(&self, body: &str) -> Reply {
        self.call(body).await.reply().await
    }

    pub async fn get(&self, path: &str) -> Reply {
        send(self.addr, &format!("GET {path} HTTP/1.1"), b"").await.reply().await
    }

    /// How the next try at `tier` ended.
    pub async fn outcome(&mut self, tier: &str) -> Outcome {
        loop {
            match self.signal(tier).await {
                Signal::Outcome(outcome) => return outcome,
                Signal::Suspect | Signal::Quota(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// What the task of `tier` is told next.
    pub async fn signal(&mut self, tier: &str) -> Signal {
        let signals = self.signals.get_mut(tier).unwrap();
        timeout(Duration::from_secs(5), signals.recv()).await.expect("a signal in time").unwrap()
    }

    /// Whether nothing was told of `tier`.
    pub fn is_quiet(&mut self, tier: &str) -> bool {
        self.signals.get_mut(tier).unwrap().try_recv().is_err()
    }

    /// Every event up to the end of the next request: its tries and its end.
    pub async fn told(&mut self) -> (Vec<Attempt>, RequestEnd) {
        let mut attempts = Vec::new();
        loop {
            let batch =
                timeout(Duration::from_secs(5), self.events.batch(1)).await.expect("an event in time");
            for stamped in batch {
                match stamped.event {
                    Event::Attempt(attempt) => attempts.push(attempt),
                    Event::Request(end) => return (attempts, end),
                    other => panic!("{other:?}"),
                }
            }
        }
    }

    /// The ends of the requests that have been told by now.
    pub fn ends_by_now(&mut self) -> Vec<RequestEnd> {
        let mut ends = Vec::new();
        while let Some(batch) = self.events.batch(64).now_or_never() {
            ends.extend(batch.into_iter().filter_map(|it| match it.event {
                Event::Request(end) => Some(end),
                _ => None,
            }));
        }
        ends
    }

    /// What was told of who serves, next.
    pub async fn served(&mut self) -> Served {
        loop {
            if let Told::Served(served) = self.heard().await {
                return served;
            }
        }
    }

    /// A client that was told to have waited in vain, by now.
    pub fn delayed(&mut self) -> Delayed {
        match self.served.try_recv().expect("something was told") {
            Told::Delayed(delayed) => delayed,
            other => panic!("{other:?}"),
        }
    }

    /// Whether nothing was told of who serves or waits.
    pub fn told_nothing_of_serving(&mut self) -> bool {
        self.served.try_recv().is_err()
    }

    async fn heard(&mut self) -> Told {
        timeout(Duration::from_secs(5), self.served.recv()).await.expect("it in time").unwrap()
    }
}

pub const ASK: &str = r#"{"model":"chat","messages":[{"role":"user","content":"Hi"}]}"#;
pub const ASK_STREAM: &str = r#"{"model":"chat","stream":true,"messages":[{"role":"user","content":"Hi"}]}"#;
