use std::time::Duration;

use proptest::prelude::*;
use resilience::latency::PeakEwma;
use tokio::time::Instant;

use crate::{ms, secs};

fn estimate() -> PeakEwma {
    PeakEwma::new(secs(10), secs(5))
}

#[test]
fn the_first_answer_is_the_estimate() {
    let now = Instant::now();
    let mut latency = estimate();
    assert_eq!(latency.estimate(now), None);
    latency.record(now, ms(200));
    assert_eq!(latency.estimate(now), Some(ms(200)));
}

#[test]
fn a_slow_answer_counts_at_once_and_a_fast_one_by_and_by() {
    let now = Instant::now();
    let mut latency = estimate();
    latency.record(now, ms(200));
    latency.record(now + secs(1), ms(900));
    assert!(latency.estimate(now + secs(1)) >= Some(ms(899)));
    latency.record(now + secs(2), ms(100));
    let after = latency.estimate(now + secs(2)).expect("measured");
    assert!(after > ms(700) && after < ms(900), "{after:?}");
}

#[test]
fn a_fast_failure_makes_a_target_look_slow() {
    let now = Instant::now();
    let (mut failing, mut slow) = (estimate(), estimate());
    failing.record(now, ms(50));
    slow.record(now, ms(2_000));
    assert!(failing.load(now, 0) < slow.load(now, 0));
    failing.record_failure(now, ms(1));
    assert!(failing.load(now, 0) > slow.load(now, 0));
    assert!(failing.estimate(now).is_some_and(|e| e >= ms(4_999)));
}

#[test]
fn a_penalty_decays_to_what_is_typical() {
    let now = Instant::now();
    let mut latency = estimate();
    latency.record(now, ms(50));
    latency.record_failure(now, ms(1));
    let soon = latency.estimate(now + secs(10)).expect("measured");
    assert!((soon.as_secs_f64() - (0.05 + 4.95 / std::f64::consts::E)).abs() < 0.001, "{soon:?}");
    let later = latency.estimate(now + secs(200)).expect("measured");
    assert!((ms(50)..ms(51)).contains(&later), "{later:?}");
}

#[test]
fn failures_do_not_add_up() {
    let now = Instant::now();
    let mut latency = estimate();
    for _ in 0..50 {
        latency.record_failure(now, ms(1));
    }
    assert_eq!(latency.estimate(now), Some(secs(5)));
}

#[test]
fn the_queue_multiplies_the_load() {
    let now = Instant::now();
    let mut latency = estimate();
    latency.record(now, ms(200));
    assert!((latency.load(now, 0) - 0.2).abs() < 1e-9);
    assert!((latency.load(now, 4) - 1.0).abs() < 1e-9);
}

#[test]
fn an_unmeasured_target_gets_one_request_at_a_time() {
    let now = Instant::now();
    let (new, mut known) = (estimate(), estimate());
    known.record(now, ms(800));
    assert!(new.load(now, 0) < known.load(now, 0));
    assert!(new.load(now, 1) > known.load(now, 1));
}

proptest! {
    /// The estimate never leaves the range of what was measured and the penalty.
    #[test]
    fn the_estimate_stays_within_what_was_seen(
        steps in prop::collection::vec((0..30_000_u64, 1..60_000_u64, any::<bool>()), 1..100),
    ) {
        let mut now = Instant::now();
        let mut latency = estimate();
        let (mut least, mut most) = (Duration::MAX, Duration::ZERO);
        for (wait, took, ok) in steps {
            now += ms(wait);
            if ok {
                latency.record(now, ms(took));
                least = least.min(ms(took));
                most = most.max(ms(took));
            } else {
                latency.record_failure(now, ms(took));
                most = most.max(ms(took)).max(secs(5));
            }
            let found = latency.estimate(now).expect("measured");
            prop_assert!(found <= most + ms(1));
            if ok {
                prop_assert!(found + ms(1) >= ms(took).max(least));
            }
        }
    }
}
