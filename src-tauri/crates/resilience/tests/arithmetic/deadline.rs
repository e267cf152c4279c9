use proptest::prelude::*;
use resilience::deadline::Deadline;
use tokio::time::Instant;

use crate::{after, ms, secs};

#[tokio::test(start_paused = true)]
async fn it_passes_at_its_moment() {
    let deadline = Deadline::new(Instant::now(), secs(120));
    let before = after(ms(119_999)).await;
    assert_eq!((deadline.remaining(before), deadline.has_passed(before)), (ms(1), false));
    let then = after(ms(1)).await;
    assert!(deadline.has_passed(then));
    assert_eq!(deadline.for_attempt(then, 0, secs(15)), secs(0));
}

#[test]
fn an_attempt_gets_what_it_wants_or_its_share() {
    let now = Instant::now();
    let deadline = Deadline::new(now, secs(60));
    assert_eq!(deadline.for_attempt(now, 2, secs(15)), secs(15));
    assert_eq!(deadline.for_attempt(now, 2, secs(30)), secs(20));
    assert_eq!(deadline.for_attempt(now + secs(20), 1, secs(30)), secs(20));
    assert_eq!(deadline.for_attempt(now + secs(40), 0, secs(30)), secs(20));
}

#[test]
fn what_an_attempt_does_not_use_goes_to_the_next() {
    let now = Instant::now();
    let deadline = Deadline::new(now, secs(60));
    assert_eq!(deadline.for_attempt(now + secs(1), 0, secs(600)), secs(59));
}

proptest! {
    /// Every attempt uses up what it was given: none gets more than the remainder, and the last has its share.
    #[test]
    fn shares_never_exceed_the_remainder(
        total in 0..600_000_u64,
        wanted in prop::collection::vec(0..900_000_u64, 1..8),
    ) {
        let base = Instant::now();
        let deadline = Deadline::new(base, ms(total));
        let mut now = base;
        let tiers = wanted.len();
        for (tried, want) in wanted.iter().enumerate() {
            let after_it = tiers - tried - 1;
            let given = deadline.for_attempt(now, after_it, ms(*want));
            prop_assert!(given <= deadline.remaining(now));
            prop_assert!(given <= ms(*want));
            let fair = ms(total) / u32::try_from(tiers).unwrap_or(1);
            prop_assert!(given + ms(1) >= fair.min(ms(*want)), "no attempt gets less than an equal share");
            now += given;
        }
        prop_assert!(now <= base + ms(total));
    }
}
