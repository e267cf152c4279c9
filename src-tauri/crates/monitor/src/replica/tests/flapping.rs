//! A server that comes and goes for a minute, then is repaired for good: back in full within half a minute.

use super::*;

/// How the server fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// Nothing listens.
    Refused,
    /// Errors for generations only.
    Error,
    /// Errors for whatever it is asked.
    ErrorsOnly,
    /// It accepts requests and stays silent.
    Hang,
}

const FAULTS: [Fault; 4] = [Fault::Refused, Fault::Error, Fault::ErrorsOnly, Fault::Hang];
const PROMISE: Duration = secs(30);
const HOLD: Duration = secs(5);

impl Fault {
    const fn class(self) -> F {
        match self {
            Self::Refused => F::Refused,
            Self::Error | Self::ErrorsOnly => F::ServerError,
            Self::Hang => F::FirstTokenTimeout,
        }
    }

    fn begin(self, prober: &FakeProber) {
        let bad = Err(failure(self.class()));
        match self {
            Self::Refused | Self::ErrorsOnly => prober.answers(bad),
            Self::Error | Self::Hang => prober.generates(bad),
        }
    }
}

/// A server with clients that the gate and the share let through.
struct Flapping {
    rig: Rig,
    fault: Fault,
    broken: bool,
    /// Requests that the share has let through, in parts.
    due: f64,
    /// When the next request comes.
    next: Option<Instant>,
    /// Since when it takes no traffic.
    out_since: Option<Instant>,
    /// How long it took none, each time that it took some again.
    breaks: Vec<Duration>,
}

impl Flapping {
    async fn begin(fault: Fault, settings: Settings) -> Self {
        let rig = rig(settings);
        rig.healthy().await;
        Self { rig, fault, broken: false, due: 0.0, next: None, out_since: None, breaks: vec![] }
    }

    fn set_broken(&mut self, broken: bool) {
        self.broken = broken;
        if broken { self.fault.begin(&self.rig.prober) } else { self.rig.prober.answers(Ok(ms(1))) }
    }

    /// Lets `time` pass, with a request every `pause`.
    async fn pass(&mut self, time: Duration, pause: Option<Duration>) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            sleep(ms(50)).await;
            let state = self.rig.port.state();
            let takes = state.gate != Gate::Shut && state.share > 0.0;
            // Trials are no trust yet.
            let trusted = state.gate == Gate::Open && takes;
            match (trusted, self.out_since) {
                (true, Some(since)) => self.breaks.push(since.elapsed()),
                (false, None) => self.out_since = Some(Instant::now()),
                _ => {}
            }
            self.out_since = self.out_since.filter(|_| !trusted);
            if let Some(pause) = pause.filter(|_| self.next.is_none_or(|at| Instant::now() >= at)) {
                self.next = Some(Instant::now() + pause);
                self.due += if takes { state.share } else { 0.0 };
                if self.due >= 1.0 {
                    self.due -= 1.0;
                    let answer = if self.broken { bad(self.fault.class()) } else { good() };
                    self.rig.tell(answer);
                }
            }
        }
    }

    /// Seven outages of 5 s, with `up` between them; the last one is over.
    async fn flap(&mut self, up: Duration) {
        for outage in 0..7 {
            if outage > 0 {
                self.pass(up, Some(ms(150))).await;
            }
            self.set_broken(true);
            self.pass(secs(5), Some(ms(150))).await;
            self.set_broken(false);
        }
    }

    /// From the repair to the full service.
    async fn recovery(&mut self, pause: Option<Duration>) -> Duration {
        let repaired = Instant::now();
        while !self.rig.port.state().in_full_service() {
            assert!(repaired.elapsed() < secs(900), "it never came back: {:?}", self.rig.port.state());
            self.pass(ms(50), pause).await;
        }
        repaired.elapsed()
    }
}

fn as_shipped() -> Settings {
    settings(|c, _| c.failback.ramp = secs(10))
}

#[tokio::test(start_paused = true)]
async fn a_server_that_flapped_is_back_in_full_within_half_a_minute_of_its_repair() {
    for fault in FAULTS {
        for pause in [None, Some(secs(1))] {
            let mut server = Flapping::begin(fault, as_shipped()).await;
            server.flap(secs(5)).await;
            assert!(!server.rig.port.state().in_full_service(), "{fault:?}: it never went out");
            let took = server.recovery(pause).await;
            assert!(took <= PROMISE, "{fault:?}, a request every {pause:?}: {took:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_flaps_is_not_trusted_again_before_its_hold_is_over() {
    for fault in FAULTS {
        let mut server = Flapping::begin(fault, as_shipped()).await;
        server.flap(secs(9)).await;
        let soonest = server.breaks.iter().min().expect("it came back");
        assert!(*soonest >= HOLD, "{fault:?}: {:?}", server.breaks);
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_paid_is_tried_with_requests_and_back_as_soon() {
    let paid = || {
        settings(|c, t| {
            c.failback.ramp = secs(10);
            t.provider = domain::ProviderKind::OpenAi;
        })
    };
    let mut server = Flapping::begin(Fault::Error, paid()).await;
    server.flap(secs(5)).await;
    let took = server.recovery(Some(secs(1))).await;
    assert!(took <= PROMISE, "{took:?}");
    let free = |(_, kind): &(_, domain::chain::ProbeKind)| *kind != domain::chain::ProbeKind::Generation;
    assert!(server.rig.prober.asked().iter().all(free), "nobody pays for checks");
}
