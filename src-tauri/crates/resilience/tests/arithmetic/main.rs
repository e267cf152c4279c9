//! The arithmetic against naive models, and just before and just after each threshold.

mod breaker;
mod deadline;
mod latency;
mod pick;
mod ramp;
mod retry;
mod window;

use std::time::Duration;

use tokio::time::Instant;

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// The paused clock, `by` later.
async fn after(by: Duration) -> Instant {
    tokio::time::advance(by).await;
    Instant::now()
}
