//! How fast a server answers, against the thresholds of its tier.
//!
//! It is too slow when more than one answer in twenty of the last minute took longer than a threshold, and three at
//! least: what the 95th percentile says, without letting one odd answer among a few speak for all. Pure: no clock.

use std::{sync::Arc, time::Duration};

use domain::{FailureClass, Trigger, Triggers, board::LeftFor};
use resilience::{quantile::Quantiles, window::Window};
use tokio::time::Instant;

/// How far it looks back.
const SPAN: Duration = Duration::from_secs(60);
const STEPS: u32 = 6;
/// Fewer slow answers than this say nothing.
const LEAST: u64 = 3;
/// One in so many may be slow.
const ONE_IN: u64 = 20;
/// So many answers in a row within the relief prove that it is fast again.
const PROOF: u32 = 5;
/// It is fast again within this part of the threshold, so that it does not go to and fro around it.
const RELIEF: f64 = 0.8;

/// Answers against one threshold.
#[derive(Debug)]
struct Gauge {
    trigger: Trigger,
    limit: Option<Duration>,
    answers: Window,
    took: Quantiles,
    /// When the first slow answer of this run began, wall clock, milliseconds.
    evidence_ms: Option<i64>,
    /// Answers in a row within the relief.
    fast: u32,
}

impl Gauge {
    fn new(trigger: Trigger) -> Self {
        Self {
            trigger,
            limit: None,
            answers: Window::new(SPAN, STEPS),
            took: Quantiles::new(SPAN, STEPS),
            evidence_ms: None,
            fast: 0,
        }
    }

    fn clear(&mut self) {
        self.answers.clear();
        self.took = Quantiles::new(SPAN, STEPS);
        (self.evidence_ms, self.fast) = (None, 0);
    }

    /// An answer that took this long; `whole`: or longer, since nobody waited for its end.
    fn record(&mut self, now: Instant, began_ms: i64, took: Duration, whole: bool) {
        let Some(limit) = self.limit else { return };
        let slow = took > limit;
        if !slow && !whole {
            return;
        }
        self.answers.record(now, !slow);
        self.took.record(now, took);
        self.fast = if took <= limit.mul_f64(RELIEF) { self.fast.saturating_add(1) } else { 0 };
        if !slow && self.answers.counts(now).failed == 0 {
            self.evidence_ms = None;
        } else if slow {
            self.evidence_ms.get_or_insert(began_ms);
        }
    }

    fn is_slow(&self, now: Instant) -> bool {
        let counts = self.answers.counts(now);
        counts.failed >= LEAST && counts.failed.saturating_mul(ONE_IN) > counts.total()
    }

    fn finding(&self, now: Instant) -> Option<LeftFor> {
        let (limit, [p95]) = self.limit.zip(self.took.quantiles(now, [0.95]))?;
        let (what, class) = match self.trigger {
            Trigger::TotalAbove => ("answer", FailureClass::SlowAnswer),
            _ => ("first token", FailureClass::SlowFirstToken),
        };
        let counts = self.answers.counts(now);
        let words = format!(
            "too slow: {what} after {} for the slowest 5 % of the last minute, {} of {} above its limit of {}",
            span(p95),
            counts.failed,
            counts.total(),
            span(limit)
        );
        Some(LeftFor { trigger: self.trigger, class, words: words.into() })
    }
}

/// A duration in a sentence.
fn span(took: Duration) -> String {
    match took.as_millis() {
        ms @ ..1000 => format!("{ms} ms"),
        _ => format!("{:.1} s", took.as_secs_f64()),
    }
}

/// What is measured of a try.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    pub began_ms: i64,
    /// Time to the first token, or how long one was waited for.
    pub first_token: Option<Duration>,
    /// Time to the end of the answer, or how long it was waited for.
    pub total: Option<Duration>,
    /// Whether it ended by itself: else the times are lower bounds.
    pub whole: bool,
}

/// Why it is too slow, and since when.
#[derive(Clone, Debug)]
pub(super) struct Slow {
    pub left: LeftFor,
    pub evidence_ms: Option<i64>,
    pub since: Instant,
    /// When it is tried again.
    pub until: Instant,
}

/// Both thresholds.
#[derive(Debug)]
pub(crate) struct Pace {
    gauges: [Gauge; 2],
    pub(super) slow: Option<Slow>,
}

impl Default for Pace {
    fn default() -> Self {
        let gauges = [Gauge::new(Trigger::FirstTokenAbove), Gauge::new(Trigger::TotalAbove)];
        Self { gauges, slow: None }
    }
}

impl Pace {
    /// Takes these thresholds; what was measured against others says nothing about them.
    pub(super) fn set(&mut self, triggers: &Triggers) {
        let limits = [triggers.first_token_above, triggers.total_above];
        for (gauge, limit) in self.gauges.iter_mut().zip(limits) {
            if gauge.limit != limit {
                gauge.limit = limit;
                gauge.clear();
            }
        }
        let gone = |slow: &mut Slow| !triggers.rule(slow.left.trigger).on;
        _ = self.slow.take_if(gone);
    }

    /// Takes note of a try.
    pub(super) fn record(&mut self, now: Instant, measured: Measured) {
        for (gauge, took) in self.gauges.iter_mut().zip([measured.first_token, measured.total]) {
            if let Some(took) = took {
                gauge.record(now, measured.began_ms, took, measured.whole);
            }
        }
    }

    /// What is found too slow now, with its first evidence.
    pub(super) fn finding(&self, now: Instant) -> Option<(LeftFor, Option<i64>)> {
        let slow = self.gauges.iter().find(|gauge| gauge.is_slow(now))?;
        Some((slow.finding(now)?, slow.evidence_ms))
    }

    /// Whether the last answers were fast again.
    pub(super) fn is_relieved(&self) -> bool {
        let about = |slow: &Slow| self.gauges.iter().find(|gauge| gauge.trigger == slow.left.trigger);
        self.slow.as_ref().and_then(about).is_some_and(|gauge| gauge.fast >= PROOF)
    }

    /// Whether a token that came after `took` is fast enough to try it again.
    pub(super) fn relieves(&self, took: Duration) -> bool {
        let limit = self.gauges[0].limit;
        limit.is_some_and(|limit| took <= limit.mul_f64(RELIEF))
    }

    /// Forgets everything that was measured.
    pub(super) fn clear(&mut self) {
        self.gauges.iter_mut().for_each(Gauge::clear);
        self.slow = None;
    }

    /// It is too slow from now on.
    pub(super) fn begin(&mut self, left: LeftFor, evidence_ms: Option<i64>, now: Instant, until: Instant) {
        self.clear();
        self.slow = Some(Slow { left, evidence_ms, since: now, until });
    }
}

/// Words for a finding that others hand in.
pub(super) fn told(trigger: Trigger, class: FailureClass, words: &str) -> LeftFor {
    LeftFor { trigger, class, words: Arc::from(words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(now: Instant, answers: impl IntoIterator<Item = u64>) -> Pace {
        let mut pace = Pace::default();
        pace.set(&Triggers::above(Some(Duration::from_secs(1)), None));
        for ms in answers {
            let first_token = Some(Duration::from_millis(ms));
            pace.record(now, Measured { began_ms: 7, first_token, total: first_token, whole: true });
        }
        pace
    }

    #[test]
    fn three_slow_answers_and_more_than_one_in_twenty_are_too_slow() {
        let now = Instant::now();
        let slow = |fast: usize, slow: usize| {
            let answers = std::iter::repeat_n(100, fast).chain(std::iter::repeat_n(2000, slow));
            pace(now, answers).finding(now).map(|(left, _)| left.words.to_string())
        };
        assert_eq!(slow(0, 2), None, "two are not enough");
        assert_eq!(slow(57, 3), None, "one in twenty is not more than one in twenty");
        let words = slow(56, 3).expect("3 of 59");
        assert!(words.contains("3 of 59 above its limit of 1.0 s"), "{words}");
    }

    #[test]
    fn an_answer_at_the_threshold_is_not_above_it_and_a_minute_forgets() {
        let now = Instant::now();
        assert!(pace(now, [1000; 10]).finding(now).is_none());
        let slow = pace(now, [1001; 3]);
        assert!(slow.finding(now).is_some());
        assert!(slow.finding(now + SPAN).is_none());
    }

    #[test]
    fn what_was_given_up_counts_only_where_it_was_slow() {
        let now = Instant::now();
        let mut pace = pace(now, []);
        let given_up = |ms| Measured {
            began_ms: 7,
            first_token: Some(Duration::from_millis(ms)),
            total: None,
            whole: false,
        };
        (0..40).for_each(|_| pace.record(now, given_up(10)));
        (0..3).for_each(|_| pace.record(now, given_up(1500)));
        assert!(pace.finding(now).is_some(), "what was given up early is no fast answer");
    }
}
