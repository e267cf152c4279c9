//! How a server is checked. The connection itself is made by `upstream`; tests put a script in its place.

use std::{sync::Arc, time::Duration};

use domain::Failure;
use futures::future::BoxFuture;
use tokio::{sync::Semaphore, time::timeout};
use upstream::{Page, PageTarget, ProbeTarget};

use crate::load::{self, Engine, Reading};

/// Makes one active check.
pub trait Prober: Send + Sync + 'static {
    /// Checks a server and returns how long it took, or why it failed.
    fn probe<'a>(&'a self, target: &'a ProbeTarget) -> BoxFuture<'a, Result<Duration, Failure>>;

    /// Reads a page that a server shows of itself.
    fn page<'a>(&'a self, target: &'a PageTarget, path: &'a str) -> BoxFuture<'a, Result<Page, Failure>>;
}

impl Prober for upstream::Client {
    fn probe<'a>(&'a self, target: &'a ProbeTarget) -> BoxFuture<'a, Result<Duration, Failure>> {
        Box::pin(Self::probe(self, target))
    }

    fn page<'a>(&'a self, target: &'a PageTarget, path: &'a str) -> BoxFuture<'a, Result<Page, Failure>> {
        Box::pin(Self::page(self, target, path))
    }
}

/// As many checks as run at a time, over all replicas; those that real traffic asks for come on top.
const AT_A_TIME: usize = 8;

/// A reading of an engine's figures that takes longer is cut off.
const LONGEST_READING: Duration = Duration::from_secs(8);

/// A prober that runs only so many checks at a time.
#[derive(Clone)]
pub(crate) struct Checker {
    prober: Arc<dyn Prober>,
    permits: Arc<Semaphore>,
    /// The same for engines' figures, so that slow pages never hold up a check.
    pages: Arc<Semaphore>,
}

/// A check that has ended.
#[derive(Debug)]
pub(crate) struct Checked {
    pub target: ProbeTarget,
    /// Wall clock, milliseconds.
    pub began_ms: i64,
    pub took: Duration,
    pub result: Result<(), Failure>,
}

impl Checker {
    pub(crate) fn new(prober: Arc<dyn Prober>) -> Self {
        let permits = || Arc::new(Semaphore::new(AT_A_TIME));
        Self { prober, permits: permits(), pages: permits() }
    }

    /// Waits for its turn, then asks an engine for its figures.
    pub(crate) async fn load(self, engine: Engine, target: PageTarget) -> Result<Reading, Failure> {
        // The semaphore is never closed; without a permit the reading would only come early.
        let _permit = self.pages.acquire().await.ok();
        timeout(LONGEST_READING, load::read(self.prober.as_ref(), engine, &target)).await.unwrap_or_else(
            |_| {
                let words = format!("no answer within {} s", LONGEST_READING.as_secs());
                Err(Failure::new(domain::FailureClass::FirstTokenTimeout, words))
            },
        )
    }

    /// Waits for its turn unless it is urgent, then checks. A prober that forgets its time limit is cut off.
    pub(crate) async fn check(self, target: ProbeTarget, urgent: bool) -> Checked {
        // The semaphore is never closed; without a permit the check would only come early.
        let _permit = if urgent { None } else { self.permits.acquire().await.ok() };
        let began_ms = domain::time::wall_ms();
        let began = tokio::time::Instant::now();
        let limit = target.timeout + Duration::from_millis(100);
        let result = timeout(limit, self.prober.probe(&target)).await.unwrap_or_else(|_| {
            let words = format!("the check got no answer within {} ms", target.timeout.as_millis());
            Err(Failure::new(domain::FailureClass::FirstTokenTimeout, words))
        });
        let took = *result.as_ref().unwrap_or(&began.elapsed());
        Checked { target, began_ms, took, result: result.map(drop) }
    }
}
