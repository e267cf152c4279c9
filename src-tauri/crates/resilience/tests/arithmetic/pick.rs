use proptest::prelude::*;
use resilience::pick::pick;

#[test]
fn none_of_none_and_the_only_one_of_one() {
    assert_eq!(pick(0, |_| 0.0, [0.3, 0.7]), None);
    assert_eq!(pick(1, |_| f64::NAN, [0.9, 0.9]), Some(0));
}

#[test]
fn the_less_loaded_of_two_whichever_was_drawn_first() {
    let load = |i: usize| [3.0, 1.0][i];
    assert_eq!(pick(2, load, [0.0, 0.0]), Some(1));
    assert_eq!(pick(2, load, [0.99, 0.99]), Some(1));
}

#[test]
fn no_number_is_the_worst_load() {
    let load = |i: usize| [f64::NAN, 1e300][i];
    assert_eq!(pick(2, load, [0.0, 0.0]), Some(1));
    assert_eq!(pick(2, load, [0.9, 0.0]), Some(1));
}

proptest! {
    #[test]
    fn never_the_most_loaded_and_always_in_range(
        loads in prop::collection::vec(0.0..100.0_f64, 2..12),
        first in 0.0..=1.0_f64,
        second in 0.0..=1.0_f64,
    ) {
        let picked = pick(loads.len(), |i| loads[i], [first, second]).expect("there are targets");
        prop_assert!(picked < loads.len());
        let worse_or_equal = loads.iter().enumerate().filter(|(i, l)| *i != picked && **l >= loads[picked]);
        prop_assert!(worse_or_equal.count() > 0);
    }

    /// With equal loads every target is drawn by some random numbers.
    #[test]
    fn every_target_can_be_picked(count in 1..12_usize, wanted in 0..12_usize) {
        prop_assume!(wanted < count);
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let random = (wanted as f64 + 0.5) / count as f64;
        prop_assert_eq!(pick(count, |_| 1.0, [random, 0.5]), Some(wanted));
    }
}
