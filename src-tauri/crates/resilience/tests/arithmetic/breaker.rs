use std::time::Duration;

use proptest::prelude::*;
use resilience::breaker::{Breaker, LONGEST_OPEN, Settings, Snapshot, SnapshotState, State};
use tokio::time::Instant;

use crate::{after, ms, secs};

const NEVER_BY_RATE: Settings = Settings {
    consecutive: 3,
    rate: 0.0,
    min_requests: 1,
    window: Duration::from_secs(60),
    open: Duration::from_secs(10),
    trials: 1,
    close_after: 2,
};

const BY_RATE: Settings = Settings { consecutive: 0, rate: 0.5, min_requests: 20, ..NEVER_BY_RATE };

fn fail(breaker: &mut Breaker, now: Instant, times: u32) -> State {
    (0..times).fold(breaker.state(now), |_, _| breaker.record(now, false))
}

fn open_for(breaker: &Breaker, now: Instant) -> Option<Duration> {
    match breaker.state(now) {
        State::Open { until } => Some(until - now),
        State::Closed | State::HalfOpen => None,
    }
}

/// Closes a breaker that is half-open.
fn close(breaker: &mut Breaker, now: Instant) {
    assert_eq!(breaker.state(now), State::HalfOpen);
    for _ in 0..breaker.settings().close_after {
        breaker.record(now, true);
    }
    assert_eq!(breaker.state(now), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn opens_at_the_nth_failure_in_a_row_and_not_before() {
    let now = Instant::now();
    let mut breaker = Breaker::new(NEVER_BY_RATE);
    assert_eq!(fail(&mut breaker, now, 2), State::Closed);
    assert_eq!(breaker.failing(), 2);
    breaker.record(now, true);
    assert_eq!(fail(&mut breaker, now, 2), State::Closed, "a success between begins the row anew");
    assert_eq!(fail(&mut breaker, now, 1), State::Open { until: now + secs(10) });
}

#[tokio::test(start_paused = true)]
async fn is_half_open_just_after_its_time_and_open_just_before() {
    let mut breaker = Breaker::new(NEVER_BY_RATE);
    fail(&mut breaker, Instant::now(), 3);
    assert!(matches!(breaker.state(after(ms(9_999)).await), State::Open { .. }));
    assert_eq!(breaker.state(after(ms(1)).await), State::HalfOpen);
}

#[test]
fn late_outcomes_change_nothing_while_open() {
    let now = Instant::now();
    let mut breaker = Breaker::new(NEVER_BY_RATE);
    let opened = fail(&mut breaker, now, 3);
    assert_eq!(breaker.record(now + secs(1), true), opened);
    assert_eq!(breaker.record(now + secs(9), false), opened);
    close(&mut breaker, now + secs(10));
}

#[test]
fn half_open_closes_after_enough_successes_and_one_failure_reopens_it() {
    let now = Instant::now();
    let mut breaker = Breaker::new(NEVER_BY_RATE);
    fail(&mut breaker, now, 3);
    let trial = now + secs(10);
    assert_eq!(breaker.record(trial, true), State::HalfOpen, "one of two");
    assert_eq!(breaker.record(trial, false), State::Open { until: trial + secs(20) });
    let trial = trial + secs(20);
    assert_eq!(breaker.record(trial, true), State::HalfOpen, "the row begins anew");
    assert_eq!(breaker.record(trial, true), State::Closed);
}

#[test]
fn opens_when_the_rate_is_reached_with_enough_requests() {
    let now = Instant::now();
    let mut breaker = Breaker::new(BY_RATE);
    for _ in 0..10 {
        breaker.record(now, true);
    }
    assert_eq!(fail(&mut breaker, now, 9), State::Closed, "19 requests are too few");
    assert!(matches!(fail(&mut breaker, now, 1), State::Open { .. }), "10 of 20");
}

#[test]
fn a_rate_just_below_does_not_open_it() {
    let now = Instant::now();
    let mut breaker = Breaker::new(BY_RATE);
    for _ in 0..11 {
        breaker.record(now, true);
    }
    assert_eq!(fail(&mut breaker, now, 10), State::Closed, "10 of 21");
    assert!(matches!(fail(&mut breaker, now, 1), State::Open { .. }), "11 of 22");
}

#[test]
fn failures_that_left_the_window_do_not_count() {
    let now = Instant::now();
    let mut breaker = Breaker::new(BY_RATE);
    assert_eq!(fail(&mut breaker, now, 19), State::Closed);
    assert_eq!(fail(&mut breaker, now + secs(60), 19), State::Closed);
    assert!(matches!(fail(&mut breaker, now + secs(60), 1), State::Open { .. }));
}

#[test]
fn the_window_begins_anew_when_it_closes() {
    let now = Instant::now();
    let mut breaker = Breaker::new(BY_RATE);
    fail(&mut breaker, now, 20);
    close(&mut breaker, now + secs(10));
    assert_eq!(fail(&mut breaker, now + secs(11), 19), State::Closed);
}

#[test]
fn open_time_doubles_with_each_relapse_up_to_ten_minutes() {
    let mut now = Instant::now();
    let mut breaker = Breaker::new(NEVER_BY_RATE);
    let mut seen = Vec::new();
    for _ in 0..9 {
        fail(&mut breaker, now, 3);
        let length = open_for(&breaker, now).expect("three failures open it");
        seen.push(length.as_secs());
        now += length;
        close(&mut breaker, now);
    }
    assert_eq!(seen, [10, 20, 40, 80, 160, 320, 600, 600, 600]);
    assert_eq!(breaker.relapses(), 8);
}

#[test]
fn relapses_are_forgotten_after_a_window_of_peace_and_not_before() {
    for (peace, expected) in [(ms(59_999), secs(20)), (secs(60), secs(10))] {
        let now = Instant::now();
        let mut breaker = Breaker::new(NEVER_BY_RATE);
        fail(&mut breaker, now, 3);
        let closed = now + secs(10);
        close(&mut breaker, closed);
        fail(&mut breaker, closed + peace, 3);
        assert_eq!(open_for(&breaker, closed + peace), Some(expected), "after {peace:?}");
    }
}

#[test]
fn after_a_long_open_time_peace_must_last_as_long() {
    let settings = Settings { window: secs(5), ..NEVER_BY_RATE };
    for (peace, expected) in [(ms(39_999), secs(80)), (secs(40), secs(10))] {
        let mut now = Instant::now();
        let mut breaker = Breaker::new(settings);
        for length in [10, 20, 40] {
            fail(&mut breaker, now, 3);
            now += secs(length);
            close(&mut breaker, now);
        }
        fail(&mut breaker, now + peace, 3);
        assert_eq!(open_for(&breaker, now + peace), Some(expected), "after {peace:?}");
    }
}

#[test]
fn time_off_counts_as_peace() {
    for (off, expected) in [(ms(57_999), secs(20)), (secs(58), secs(10))] {
        let now = Instant::now();
        let mut breaker = Breaker::new(NEVER_BY_RATE);
        fail(&mut breaker, now, 3);
        close(&mut breaker, now + secs(10));
        let kept = breaker.snapshot(now + secs(12));
        let mut after = Breaker::restore(now, NEVER_BY_RATE, kept, off);
        fail(&mut after, now, 3);
        assert_eq!(open_for(&after, now), Some(expected), "off for {off:?}");
    }
}

#[test]
fn a_longer_open_time_than_the_limit_is_kept() {
    let now = Instant::now();
    let mut breaker = Breaker::new(Settings { open: secs(3_600), ..NEVER_BY_RATE });
    fail(&mut breaker, now, 3);
    assert_eq!(open_for(&breaker, now), Some(secs(3_600)));
}

#[test]
fn a_tripped_breaker_is_as_any_other_open_one() {
    let now = Instant::now();
    let mut breaker = Breaker::new(NEVER_BY_RATE);
    assert_eq!(breaker.trip(now), State::Open { until: now + secs(10) });
    assert_eq!(breaker.trip(now + secs(5)), State::Open { until: now + secs(10) }, "it is open already");
    let trial = now + secs(10);
    assert_eq!(breaker.trip(trial), State::Open { until: trial + secs(20) }, "a trial that failed");
    let closed = trial + secs(20);
    close(&mut breaker, closed);
    assert_eq!(breaker.trip(closed + secs(60)), State::Open { until: closed + secs(70) }, "after peace");
}

#[test]
fn trials_may_begin_early_and_fail_as_any_others() {
    let now = Instant::now();
    let mut breaker = Breaker::new(NEVER_BY_RATE);
    breaker.half_open(now);
    assert_eq!(breaker.state(now), State::Closed, "it was not open");
    breaker.trip(now);
    breaker.half_open(now + secs(1));
    assert_eq!(breaker.record(now + secs(1), true), State::HalfOpen);
    breaker.half_open(now + secs(1));
    assert_eq!(breaker.record(now + secs(1), true), State::Closed, "the first trial was not forgotten");
    breaker.trip(now + secs(2));
    breaker.half_open(now + secs(3));
    assert_eq!(breaker.record(now + secs(3), false), State::Open { until: now + secs(43) });
}

#[test]
fn closing_by_hand_keeps_the_relapses_and_forgets_the_window() {
    let now = Instant::now();
    let mut breaker = Breaker::new(Settings { consecutive: 3, ..BY_RATE });
    fail(&mut breaker, now, 3);
    breaker.close(now + secs(1));
    assert_eq!((breaker.state(now + secs(1)), breaker.failing()), (State::Closed, 0));
    assert_eq!(fail(&mut breaker, now + secs(2), 2), State::Closed);
    breaker.close(now + secs(2));
    assert_eq!(breaker.failing(), 2, "it was closed already");
    assert_eq!(fail(&mut breaker, now + secs(2), 1), State::Open { until: now + secs(22) });
}

#[test]
fn new_settings_keep_the_state() {
    let now = Instant::now();
    let mut breaker = Breaker::new(NEVER_BY_RATE);
    fail(&mut breaker, now, 2);
    breaker.reconfigure(Settings { consecutive: 4, window: secs(30), ..NEVER_BY_RATE });
    assert_eq!(fail(&mut breaker, now, 1), State::Closed);
    assert!(matches!(fail(&mut breaker, now, 1), State::Open { .. }));
}

#[test]
fn an_open_breaker_outlives_a_restart_by_what_remains() {
    let now = Instant::now();
    let mut breaker = Breaker::new(NEVER_BY_RATE);
    fail(&mut breaker, now, 3);
    let kept = breaker.snapshot(now + secs(4));
    assert_eq!(kept, Snapshot { state: SnapshotState::Open { remaining: secs(6) }, openings: 1 });

    let after = Breaker::restore(now, NEVER_BY_RATE, kept, secs(5));
    assert!(matches!(after.state(now + ms(999)), State::Open { .. }));
    assert_eq!(after.state(now + secs(1)), State::HalfOpen);

    let later = Breaker::restore(now, NEVER_BY_RATE, kept, secs(3_600));
    assert_eq!(later.state(now), State::HalfOpen, "its time passed while the program was off");
}

#[test]
fn a_snapshot_cannot_hold_a_breaker_open_longer_than_the_settings_allow() {
    let now = Instant::now();
    let wild = Snapshot { state: SnapshotState::Open { remaining: Duration::MAX }, openings: 1 };
    let breaker = Breaker::restore(now, NEVER_BY_RATE, wild, Duration::ZERO);
    assert_eq!(open_for(&breaker, now), Some(secs(10)));
}

#[test]
fn failures_in_a_row_and_relapses_outlive_a_restart() {
    let now = Instant::now();
    let mut breaker = Breaker::new(NEVER_BY_RATE);
    fail(&mut breaker, now, 3);
    close(&mut breaker, now + secs(10));
    fail(&mut breaker, now + secs(11), 2);
    let kept = breaker.snapshot(now + secs(11));
    let mut after = Breaker::restore(now, NEVER_BY_RATE, kept, Duration::ZERO);
    assert_eq!(after.failing(), 2);
    assert_eq!(after.record(now, false), State::Open { until: now + secs(20) }, "the second time");
}

fn settings() -> impl Strategy<Value = Settings> {
    (0..6_u32, 0.0..1.2_f64, 0..30_u32, 0..120_u64, 0..2_000_u64, 0..3_u32, 0..4_u32).prop_map(
        |(consecutive, rate, min_requests, window, open, trials, close_after)| Settings {
            consecutive,
            rate,
            min_requests,
            window: secs(window),
            open: secs(open),
            trials,
            close_after,
        },
    )
}

proptest! {
    /// However it was treated, an open breaker is half-open after the longest open time, and closes if all is well.
    #[test]
    fn every_open_breaker_is_tried_again(
        settings in settings(),
        history in prop::collection::vec((0..120_u64, any::<bool>()), 0..200),
    ) {
        let mut now = Instant::now();
        let mut breaker = Breaker::new(settings);
        for (wait, ok) in history {
            now += secs(wait);
            breaker.record(now, ok);
            if let State::Open { until } = breaker.state(now) {
                prop_assert!(until > now);
                prop_assert!(until - now <= LONGEST_OPEN.max(settings.open));
                prop_assert_eq!(breaker.state(until), State::HalfOpen);
            }
        }
        let much_later = now + LONGEST_OPEN.max(settings.open);
        let still_open = matches!(breaker.state(much_later), State::Open { .. });
        prop_assert!(!still_open);
        for _ in 0..settings.close_after.max(1) {
            breaker.record(much_later, true);
        }
        prop_assert_eq!(breaker.state(much_later), State::Closed);
    }

    /// A breaker that went through a snapshot behaves as the one that was not, but for its window.
    #[test]
    fn a_restart_changes_nothing(
        settings in settings().prop_map(|s| Settings { rate: 0.0, ..s }),
        before in prop::collection::vec((0..40_u64, any::<bool>()), 0..60),
        downtime in 0..300_u64,
        later in prop::collection::vec((0..40_u64, any::<bool>()), 0..60),
    ) {
        // A restored breaker cannot have been closed before the monotonic clock began.
        let mut now = Instant::now() + secs(1_000_000);
        let mut kept = Breaker::new(settings);
        for (wait, ok) in before {
            now += secs(wait);
            kept.record(now, ok);
        }
        let snapshot = kept.snapshot(now);
        now += secs(downtime);
        let mut restored = Breaker::restore(now, settings, snapshot, secs(downtime));
        prop_assert_eq!(restored.state(now), kept.state(now));
        for (wait, ok) in later {
            now += secs(wait);
            prop_assert_eq!(restored.record(now, ok), kept.record(now, ok));
        }
    }
}
