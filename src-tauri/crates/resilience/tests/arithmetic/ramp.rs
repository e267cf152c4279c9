use proptest::prelude::*;
use resilience::ramp::{LONGEST_WAY_BACK, Ramp};
use tokio::time::Instant;

use crate::{after, ms, secs};

#[tokio::test(start_paused = true)]
async fn the_share_steps_up_at_its_moments() {
    let ramp = Ramp::begin(Instant::now(), secs(5), 0, secs(9));
    let mut seen = vec![ramp.share(Instant::now())];
    for wait in [4_999, 1, 2_999, 1, 2_999, 1, 2_999, 1] {
        seen.push(ramp.share(after(ms(wait)).await));
    }
    assert_eq!(seen, [0.0, 0.0, 0.01, 0.01, 0.1, 0.1, 0.5, 0.5, 1.0]);
    assert!(ramp.done(Instant::now()));
    assert_eq!(ramp.next_change(Instant::now()), None);
}

#[test]
fn the_hold_doubles_with_each_relapse_as_long_as_the_way_back_stays_short() {
    let now = Instant::now();
    let first_traffic = |relapses| Ramp::begin(now, secs(5), relapses, secs(10)).next_change(now);
    for (relapses, expected) in [(0, 5), (1, 10), (2, 10), (u32::MAX, 10)] {
        assert_eq!(first_traffic(relapses), Some(now + secs(expected)), "{relapses} relapses");
    }
    let own = Ramp::begin(now, secs(45), 3, secs(10));
    assert_eq!(own.next_change(now), Some(now + secs(45)), "a hold that is longer by itself is kept");
}

#[test]
fn neither_hold_nor_ramp_is_the_whole_share_at_once() {
    let now = Instant::now();
    let ramp = Ramp::begin(now, secs(0), 9, secs(0));
    assert!(ramp.done(now));
    assert_eq!((ramp.share(now), ramp.next_change(now)), (1.0, None));
}

proptest! {
    #[test]
    fn the_share_never_falls_and_is_whole_in_time(
        hold in 0..2_000_000_u64,
        relapses in 0..40_u32,
        length in 0..600_000_u64,
        mut moments in prop::collection::vec(0..4_000_000_u64, 1..60),
    ) {
        let base = Instant::now();
        let ramp = Ramp::begin(base, ms(hold), relapses, ms(length));
        moments.sort_unstable();
        let shares: Vec<f64> = moments.iter().map(|at| ramp.share(base + ms(*at))).collect();
        prop_assert!(shares.iter().all(|s| (0.0..=1.0).contains(s)));
        prop_assert!(shares.is_sorted());
        prop_assert!(ramp.length() <= (ms(hold) + ms(length)).max(LONGEST_WAY_BACK));
        let end = base + ramp.length();
        prop_assert!(ramp.done(end));
        prop_assert!((ramp.share(end) - 1.0).abs() < f64::EPSILON);
        for at in &moments {
            let now = base + ms(*at);
            prop_assert_eq!(ramp.done(now), ramp.next_change(now).is_none());
        }
    }

    /// Who sleeps until each change sees every step, and comes to an end.
    #[test]
    fn following_the_changes_leads_to_the_whole_share(
        hold in 0..60_000_u64,
        length in 3..60_000_u64,
    ) {
        let mut now = Instant::now();
        let ramp = Ramp::begin(now, ms(hold), 0, ms(length));
        let mut seen = vec![ramp.share(now)];
        while let Some(next) = ramp.next_change(now) {
            prop_assert!(next > now);
            now = next;
            seen.push(ramp.share(now));
        }
        seen.retain(|share| *share > 0.0);
        prop_assert_eq!(seen, [0.01, 0.1, 0.5, 1.0]);
    }
}
