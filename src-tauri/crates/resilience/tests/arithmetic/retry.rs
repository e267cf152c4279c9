use std::time::Duration;

use proptest::prelude::*;
use resilience::{
    backoff::Backoff,
    budget::{Budget, Settings},
};
use tokio::time::Instant;

use crate::{after, ms, secs};

const PLAIN: Backoff = Backoff { base: Duration::from_millis(500), cap: Duration::from_secs(5), jitter: 0.0 };
const NO_TRICKLE: Settings = Settings { per_success: 0.2, per_second: 0.0, burst: 2.0 };

#[test]
fn waits_double_up_to_the_limit() {
    let waits: Vec<u128> = (0..6).map(|retry| PLAIN.delay(retry, 0.0).as_millis()).collect();
    assert_eq!(waits, [500, 1_000, 2_000, 4_000, 5_000, 5_000]);
}

#[test]
fn jitter_only_shortens() {
    let backoff = Backoff { jitter: 0.2, ..PLAIN };
    assert_eq!(backoff.delay(1, 0.0), ms(1_000));
    assert_eq!(backoff.delay(1, 0.5), ms(900));
    assert_eq!(backoff.delay(1, 1.0), ms(800));
}

#[test]
fn a_base_above_the_limit_is_brought_down() {
    assert_eq!(Backoff { base: secs(60), ..PLAIN }.delay(0, 0.0), secs(5));
}

#[test]
fn a_new_budget_is_full_and_then_spent() {
    let now = Instant::now();
    let mut budget = Budget::new(now, NO_TRICKLE);
    assert!(budget.withdraw(now));
    assert!(budget.withdraw(now));
    assert!(!budget.withdraw(now));
}

#[test]
fn five_successes_pay_for_one_retry_and_four_do_not() {
    let now = Instant::now();
    let mut budget = Budget::new(now, Settings { burst: 2.0, ..NO_TRICKLE });
    while budget.withdraw(now) {}
    for _ in 0..4 {
        budget.deposit(now);
    }
    assert!(!budget.withdraw(now));
    budget.deposit(now);
    assert!(budget.withdraw(now));
    assert!(!budget.withdraw(now));
}

#[test]
fn savings_are_limited() {
    let now = Instant::now();
    let mut budget = Budget::new(now, NO_TRICKLE);
    for _ in 0..1_000 {
        budget.deposit(now);
    }
    let spent = (0..10).filter(|_| budget.withdraw(now)).count();
    assert_eq!(spent, 2);
}

#[tokio::test(start_paused = true)]
async fn the_trickle_pays_for_a_retry_at_its_moment() {
    let mut budget = Budget::new(Instant::now(), Settings { per_second: 0.5, ..NO_TRICKLE });
    while budget.withdraw(Instant::now()) {}
    assert!(!budget.withdraw(after(ms(1_999)).await), "a refusal costs nothing");
    assert!(budget.withdraw(after(ms(1)).await));
}

#[test]
fn no_number_is_nothing() {
    let now = Instant::now();
    let wild = Settings { per_success: f64::NAN, per_second: f64::INFINITY, burst: -3.0 };
    let mut budget = Budget::new(now, wild);
    budget.deposit(now);
    assert!(!budget.withdraw(now + secs(3_600)));
}

proptest! {
    #[test]
    fn a_wait_lies_between_its_bounds(
        base in 0..100_000_u64,
        cap in 0..100_000_u64,
        jitter in prop::num::f64::ANY,
        retry in any::<u32>(),
        random in 0.0..1.0_f64,
    ) {
        let backoff = Backoff { base: ms(base), cap: ms(cap), jitter };
        let wait = backoff.delay(retry, random);
        let nominal = Backoff { jitter: 0.0, ..backoff }.delay(retry, random);
        prop_assert!(wait <= nominal);
        prop_assert!(nominal <= ms(cap));
        let least = if jitter.is_finite() { 1.0 - jitter.clamp(0.0, 1.0) } else { 1.0 };
        prop_assert!(wait + Duration::from_micros(1) >= nominal.mul_f64(least));
    }

    /// Retries are at most what was saved at first, what successes paid in and what trickled in.
    #[test]
    fn retries_never_exceed_what_was_paid(
        steps in prop::collection::vec((0..500_u64, any::<bool>()), 0..300),
    ) {
        let settings = Settings::default();
        let base = Instant::now();
        let (mut now, mut budget) = (base, Budget::new(base, settings));
        let (mut successes, mut retries) = (0.0, 0.0);
        for (wait, success) in steps {
            now += ms(wait);
            if success {
                budget.deposit(now);
                successes += 1.0;
            } else if budget.withdraw(now) {
                retries += 1.0;
            }
            let paid = successes * settings.per_success + (now - base).as_secs_f64() * settings.per_second;
            prop_assert!(retries <= settings.burst + paid + 1e-6);
            prop_assert!((0.0..=settings.burst).contains(&budget.balance(now)));
        }
    }
}
