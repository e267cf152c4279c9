//! Power of two choices: look at two targets at random, take the less loaded one.
//!
//! Always taking the best one sends everybody to the same target until its load is known again; two choices are
//! nearly as good and do not herd.

/// The index of the target to use among `count`, by `load` (lower is better, no number is worst). `random` are two
/// independent numbers in `0.0..1.0`. Absent when there is no target.
#[must_use]
pub fn pick(count: usize, load: impl Fn(usize) -> f64, random: [f64; 2]) -> Option<usize> {
    match count {
        0 => None,
        1 => Some(0),
        _ => {
            let first = index(count, random[0]);
            let mut second = index(count - 1, random[1]);
            if second >= first {
                second += 1;
            }
            let worth = |i| Some(load(i)).filter(|l| !l.is_nan()).unwrap_or(f64::INFINITY);
            Some(if worth(second) < worth(first) { second } else { first })
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the product is brought into 0..count"
)]
fn index(count: usize, random: f64) -> usize {
    ((random * count as f64) as usize).min(count - 1)
}
