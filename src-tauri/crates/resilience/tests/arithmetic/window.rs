use std::time::Duration;

use proptest::prelude::*;
use resilience::{
    quantile::Quantiles,
    window::{Counts, Window},
};
use tokio::time::Instant;

use crate::{after, ms, secs};

#[tokio::test(start_paused = true)]
async fn an_outcome_leaves_when_the_window_has_passed_over_it() {
    let mut window = Window::new(secs(60), 12);
    window.record(Instant::now(), false);
    assert_eq!(window.counts(after(ms(59_999)).await), Counts { ok: 0, failed: 1 });
    assert_eq!(window.counts(after(ms(1)).await), Counts::default());
}

#[test]
fn a_slot_that_comes_round_again_begins_anew() {
    let now = Instant::now();
    let mut window = Window::new(secs(4), 4);
    window.record(now, true);
    window.record(now + secs(4), false);
    assert_eq!(window.counts(now + secs(4)), Counts { ok: 0, failed: 1 });
}

#[test]
fn what_lies_before_the_window_is_not_counted() {
    let now = Instant::now();
    let mut window = Window::new(secs(4), 4);
    window.record(now, true);
    window.record(now + secs(8), true);
    window.record(now + secs(1), true);
    window.record(now, true);
    assert_eq!(window.counts(now + secs(8)).total(), 1);
}

#[test]
fn no_span_and_no_buckets_do_no_harm() {
    let now = Instant::now();
    let mut window = Window::new(Duration::ZERO, 0);
    window.record(now, false);
    assert_eq!(window.counts(now).failed, 1);
    assert_eq!(window.counts(now + Duration::from_nanos(1)).failed, 0);
}

#[test]
fn an_empty_window_has_no_failure_rate() {
    assert!(Counts::default().failure_rate().abs() < f64::EPSILON);
    assert!((Counts { ok: 1, failed: 3 }.failure_rate() - 0.75).abs() < f64::EPSILON);
}

#[test]
fn clear_forgets() {
    let now = Instant::now();
    let mut window = Window::new(secs(60), 12);
    window.record(now, true);
    window.clear();
    assert_eq!(window.counts(now), Counts::default());
    window.record(now, true);
    assert_eq!(window.counts(now).ok, 1);
}

#[tokio::test(start_paused = true)]
async fn durations_leave_when_the_window_has_passed_over_them() {
    let mut durations = Quantiles::new(secs(900), 6);
    assert_eq!(durations.p50_p95(Instant::now()), None);
    durations.record(Instant::now(), ms(250));
    let before = after(ms(899_999)).await;
    assert_eq!(durations.count(before), 1);
    let (p50, p95) = durations.p50_p95(before).expect("one duration");
    assert!((ms(247)..=ms(253)).contains(&p50), "{p50:?}");
    assert_eq!(p50, p95);
    assert_eq!(durations.p50_p95(after(ms(1)).await), None);
}

#[test]
fn extreme_durations_are_brought_into_range() {
    let now = Instant::now();
    let mut durations = Quantiles::new(secs(900), 6);
    durations.record(now, Duration::MAX);
    let [longest] = durations.quantiles(now, [1.0]).expect("one duration");
    assert!((secs(3_600)..secs(3_700)).contains(&longest), "{longest:?}");
    let mut durations = Quantiles::new(secs(900), 6);
    durations.record(now, Duration::ZERO);
    let [shortest] = durations.quantiles(now, [0.0]).expect("one duration");
    assert!(shortest <= Duration::from_micros(1));
}

/// What a window of `slots` steps of a second must hold, counted one by one.
fn naive<T: Copy>(recorded: &[(u64, T)], now: u64, slots: u64) -> Vec<T> {
    let first = recorded.first().map_or(0, |(at, _)| *at);
    let step = |at: u64| (at - first) / 1_000;
    recorded.iter().filter(|(at, _)| step(*at) + slots > step(now)).map(|(_, what)| *what).collect()
}

proptest! {
    #[test]
    fn counts_equal_a_naive_model(
        slots in 1..20_u32,
        steps in prop::collection::vec((0..3_000_u64, any::<bool>()), 1..200),
        idle in 0..30_000_u64,
    ) {
        let base = Instant::now();
        let mut window = Window::new(secs(u64::from(slots)), slots);
        let (mut now, mut recorded) = (0, Vec::new());
        for (wait, ok) in steps {
            now += wait;
            window.record(base + ms(now), ok);
            recorded.push((now, ok));
            let live = naive(&recorded, now, u64::from(slots));
            let good = live.iter().filter(|ok| **ok).count() as u64;
            let expected = Counts { ok: good, failed: live.len() as u64 - good };
            prop_assert_eq!(window.counts(base + ms(now)), expected);
        }
        let live = naive(&recorded, now + idle, u64::from(slots));
        prop_assert_eq!(window.counts(base + ms(now + idle)).total(), live.len() as u64);
    }

    #[test]
    fn quantiles_are_within_one_percent_of_a_naive_model(
        slots in 1..8_u32,
        steps in prop::collection::vec((0..2_000_u64, 1..100_000_u64), 1..120),
        part in 0.0..=1.0_f64,
    ) {
        let base = Instant::now();
        let mut durations = Quantiles::new(secs(u64::from(slots)), slots);
        let (mut now, mut recorded) = (0, Vec::new());
        for (wait, took) in steps {
            now += wait;
            durations.record(base + ms(now), ms(took));
            recorded.push((now, took));
        }
        let mut live = naive(&recorded, now, u64::from(slots));
        live.sort_unstable();
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small numbers"
        )]
        let rank = ((part * live.len() as f64).ceil() as usize).clamp(1, live.len());
        let exact = ms(live[rank - 1]);
        let [found] = durations.quantiles(base + ms(now), [part]).expect("something was recorded");
        prop_assert_eq!(durations.count(base + ms(now)), live.len() as u64);
        prop_assert!(found >= exact.mul_f64(0.99) && found <= exact.mul_f64(1.01), "{:?} for {:?}", found, exact);
    }
}
