//! The circuit breaker's arithmetic: when a target is left alone, and when it may be tried again.
//!
//! It opens after a number of failures in a row, or when too large a part of the requests in a sliding window
//! failed. It stays open for a time that doubles with each relapse, then is half-open: a few trials decide. Time
//! alone leads from open to half-open, so that every open breaker is tried again.
//!
//! What counts as a failure is the caller's business, and so is letting through only [`Settings::trials`] requests
//! at a time while half-open (see [`crate::gate::Gate::limited`]).

use std::time::Duration;

use tokio::time::Instant;

use crate::{doubled, window::Window};

/// The longest that a breaker stays open, whatever the number of relapses (unless [`Settings::open`] is longer).
pub const LONGEST_OPEN: Duration = Duration::from_secs(600);

const BUCKETS: u32 = 12;

/// When a breaker opens and closes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Failures in a row that open it; 0: they never do.
    pub consecutive: u32,
    /// Part of the requests in the window, above 0 and up to 1, whose failure opens it; 0: it never does.
    pub rate: f64,
    /// Fewer requests in the window than this say nothing about the rate.
    pub min_requests: u32,
    /// The length of the window.
    pub window: Duration,
    /// How long it stays open the first time.
    pub open: Duration,
    /// Requests at a time while it is half-open.
    pub trials: u32,
    /// Successes in a row that close it; 0 is taken as 1.
    pub close_after: u32,
}

impl Default for Settings {
    /// Five in a row or half of at least 20 in a minute; a minute open; two good trials, one at a time.
    fn default() -> Self {
        Self {
            consecutive: 5,
            rate: 0.5,
            min_requests: 20,
            window: Duration::from_secs(60),
            open: Duration::from_secs(60),
            trials: 1,
            close_after: 2,
        }
    }
}

/// What a breaker lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Everything.
    Closed,
    /// Nothing, until then.
    Open {
        /// When it becomes half-open.
        until: Instant,
    },
    /// [`Settings::trials`] requests at a time.
    HalfOpen,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Closed { failing: u32, since: Option<Instant> },
    Open { until: Instant },
    HalfOpen { good: u32 },
}

/// One target's breaker.
#[derive(Clone, Debug)]
pub struct Breaker {
    settings: Settings,
    window: Window,
    phase: Phase,
    relapses: u32,
}

impl Breaker {
    /// A closed breaker.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let window = Window::new(settings.window, BUCKETS);
        Self { settings, window, phase: Phase::Closed { failing: 0, since: None }, relapses: 0 }
    }

    /// The settings in force.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Changes the settings and keeps the state; the window begins anew if its length changed.
    pub fn reconfigure(&mut self, settings: Settings) {
        if settings.window != self.settings.window {
            self.window = Window::new(settings.window, BUCKETS);
        }
        self.settings = settings;
    }

    /// The state at `now`.
    #[must_use]
    pub fn state(&self, now: Instant) -> State {
        match self.phase {
            Phase::Closed { .. } => State::Closed,
            Phase::Open { until } if now < until => State::Open { until },
            Phase::Open { .. } | Phase::HalfOpen { .. } => State::HalfOpen,
        }
    }

    /// Failures in a row while closed; 0 otherwise.
    #[must_use]
    pub fn failing(&self) -> u32 {
        match self.phase {
            Phase::Closed { failing, .. } => failing,
            Phase::Open { .. } | Phase::HalfOpen { .. } => 0,
        }
    }

    /// How often it opened again without having stayed closed for a while between: 0 the first time.
    #[must_use]
    pub fn relapses(&self) -> u32 {
        self.relapses.saturating_sub(1)
    }

    /// Takes note of an outcome, and says the state after it.
    ///
    /// While open, outcomes change nothing: they are of requests that were sent before.
    pub fn record(&mut self, now: Instant, ok: bool) -> State {
        match (self.state(now), self.phase) {
            (State::Closed, phase) => self.record_closed(now, ok, phase),
            (State::Open { .. }, _) => {}
            (State::HalfOpen, Phase::HalfOpen { good }) => self.record_trial(now, ok, good),
            (State::HalfOpen, _) => self.record_trial(now, ok, 0),
        }
        self.state(now)
    }

    /// Opens it whatever its counts say, for evidence that is not an outcome. Where it is open already, nothing
    /// changes.
    pub fn trip(&mut self, now: Instant) -> State {
        if !matches!(self.state(now), State::Open { .. }) {
            self.forget_old_relapses(now);
            self.open(now);
        }
        self.state(now)
    }

    /// Begins the trials of an open one before their time, for evidence that they may succeed. Where it is not open,
    /// nothing changes.
    pub fn half_open(&mut self, now: Instant) {
        if matches!(self.state(now), State::Open { .. }) {
            self.phase = Phase::HalfOpen { good: 0 };
        }
    }

    /// Closes it whatever its trials say, for evidence that is not an outcome. Its relapses are remembered for as
    /// long as if trials had closed it. Where it is closed already, nothing changes.
    pub fn close(&mut self, now: Instant) {
        if self.state(now) != State::Closed {
            self.phase = Phase::Closed { failing: 0, since: Some(now) };
            self.window.clear();
        }
    }

    fn record_closed(&mut self, now: Instant, ok: bool, phase: Phase) {
        let Phase::Closed { failing, since } = phase else { return };
        self.window.record(now, ok);
        self.forget_old_relapses(now);
        let failing = if ok { 0 } else { failing.saturating_add(1) };
        self.phase = Phase::Closed { failing, since };
        if !ok && (self.too_many_in_a_row(failing) || self.too_high_a_rate(now)) {
            self.open(now);
        }
    }

    fn record_trial(&mut self, now: Instant, ok: bool, good: u32) {
        let good = good.saturating_add(1);
        if !ok {
            self.open(now);
        } else if good >= self.settings.close_after.max(1) {
            self.close(now);
        } else {
            self.phase = Phase::HalfOpen { good };
        }
    }

    fn forget_old_relapses(&mut self, now: Instant) {
        let Phase::Closed { since: Some(since), .. } = self.phase else { return };
        if now.saturating_duration_since(since) >= self.settling() {
            self.relapses = 0;
        }
    }

    fn too_many_in_a_row(&self, failing: u32) -> bool {
        self.settings.consecutive > 0 && failing >= self.settings.consecutive
    }

    fn too_high_a_rate(&self, now: Instant) -> bool {
        let counts = self.window.counts(now);
        self.settings.rate > 0.0
            && counts.total() >= u64::from(self.settings.min_requests)
            && counts.failure_rate() >= self.settings.rate
    }

    fn open(&mut self, now: Instant) {
        let length = doubled(self.settings.open, self.relapses, LONGEST_OPEN);
        self.relapses = self.relapses.saturating_add(1);
        self.phase = Phase::Open { until: later(now, length) };
    }

    /// How long it must stay closed for its relapses to be forgotten: as long as it was last open, and at least
    /// one window.
    fn settling(&self) -> Duration {
        doubled(self.settings.open, self.relapses(), LONGEST_OPEN).max(self.settings.window)
    }
}

/// What is kept of a breaker over a restart. It names no point in time, since the monotonic clock starts anew with
/// the program; the outcomes in the window are not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The state.
    pub state: SnapshotState,
    /// How often it opened since it was last closed for a while.
    pub openings: u32,
}

/// The state in a [`Snapshot`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotState {
    /// Closed.
    Closed {
        /// Failures in a row.
        failing: u32,
        /// For how long, if it was ever open.
        since: Option<Duration>,
    },
    /// Open.
    Open {
        /// For how much longer.
        remaining: Duration,
    },
    /// Half-open.
    HalfOpen {
        /// Good trials in a row.
        good: u32,
    },
}

impl Breaker {
    /// What to keep over a restart.
    #[must_use]
    pub fn snapshot(&self, now: Instant) -> Snapshot {
        let state = match self.phase {
            Phase::Closed { failing, since } => {
                SnapshotState::Closed { failing, since: since.map(|at| now.saturating_duration_since(at)) }
            }
            Phase::Open { until } if now < until => {
                SnapshotState::Open { remaining: until.saturating_duration_since(now) }
            }
            Phase::Open { .. } => SnapshotState::HalfOpen { good: 0 },
            Phase::HalfOpen { good } => SnapshotState::HalfOpen { good },
        };
        Snapshot { state, openings: self.relapses }
    }

    /// Continues from a snapshot that was taken `elapsed` ago by the wall clock (zero if that went backwards).
    ///
    /// The remaining time of an open breaker is never longer than the settings allow, whatever the snapshot says.
    #[must_use]
    pub fn restore(now: Instant, settings: Settings, snapshot: Snapshot, elapsed: Duration) -> Self {
        let mut breaker = Self::new(settings);
        breaker.relapses = snapshot.openings;
        breaker.phase = match snapshot.state {
            SnapshotState::Closed { failing, since } => {
                let since = since.map(|age| now.checked_sub(age.saturating_add(elapsed)).unwrap_or(now));
                Phase::Closed { failing, since }
            }
            SnapshotState::Open { remaining } => {
                let longest = doubled(settings.open, breaker.relapses(), LONGEST_OPEN);
                Phase::Open { until: later(now, remaining.saturating_sub(elapsed).min(longest)) }
            }
            SnapshotState::HalfOpen { good } => Phase::HalfOpen { good },
        };
        breaker
    }
}

/// `now + length`, or as far ahead as the clock can say.
fn later(now: Instant, length: Duration) -> Instant {
    now.checked_add(length).or_else(|| now.checked_add(LONGEST_OPEN)).unwrap_or(now)
}
