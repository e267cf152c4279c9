//! The arithmetic of resilience: when a target is left alone, tried again, preferred and trusted again.
//!
//! Nothing here does I/O, reads a clock, draws a random number or knows what a request is. `now` is always an
//! argument (`tokio::time::Instant`, which tests can pause), randomness is an argument in `0.0..1.0`, and every
//! number out of its range is brought into it instead of failing: this code runs on every request.
//!
//! State belongs to the caller. Only [`gate::Gate`] is meant to be shared.

pub mod backoff;
pub mod breaker;
pub mod budget;
pub mod deadline;
pub mod gate;
pub mod histogram;
pub mod latency;
pub mod pick;
pub mod quantile;
pub mod ramp;
pub mod window;

/// `span * factor` without a panic: what is negative or no number counts as zero, what is too long as `cap`.
fn scaled(span: std::time::Duration, factor: f64, cap: std::time::Duration) -> std::time::Duration {
    let seconds = (span.as_secs_f64() * factor).max(0.0);
    std::time::Duration::try_from_secs_f64(seconds).unwrap_or(cap).min(cap)
}

/// `base * 2^times`, at most `cap`, but never less than `base`.
fn doubled(base: std::time::Duration, times: u32, cap: std::time::Duration) -> std::time::Duration {
    let factor = 1_u32.checked_shl(times).unwrap_or(u32::MAX);
    base.saturating_mul(factor).min(cap.max(base))
}
