//! A limit on silence that moves on with each sound.
//!
//! To set a timer for each piece of a stream and to take it back costs more than the piece. Here one timer stays set, and
//! only when it rings it is looked whether the limit has moved on since.

use std::{
    pin::{Pin, pin},
    task::Poll,
};

use tokio::time::{Instant, Sleep, sleep_until};

/// A timer for one wait after the other.
pub(crate) struct Lull(Pin<Box<Sleep>>);

impl Lull {
    /// A timer for a first wait until `until`.
    pub(crate) fn new(until: Instant) -> Self {
        Self(Box::pin(sleep_until(until)))
    }

    /// What `wanted` brings, unless it brings nothing by `until`.
    pub(crate) async fn unless<T>(&mut self, until: Instant, wanted: impl Future<Output = T>) -> Option<T> {
        let mut wanted = pin!(wanted);
        let timer = &mut self.0;
        std::future::poll_fn(|cx| {
            if let Poll::Ready(brought) = wanted.as_mut().poll(cx) {
                return Poll::Ready(Some(brought));
            }
            if until < timer.deadline() {
                timer.as_mut().reset(until);
            }
            while timer.as_mut().poll(cx).is_ready() {
                if timer.deadline() >= until {
                    return Poll::Ready(None);
                }
                timer.as_mut().reset(until);
            }
            Poll::Pending
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::{future::pending, time::Duration};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_wait_has_the_limit_it_was_given() {
        let second = Duration::from_secs(1);
        let began = Instant::now();
        let mut lull = Lull::new(began + second);
        let piece = async { tokio::time::sleep(second / 2).await };
        assert!(lull.unless(began + second, piece).await.is_some());
        // Later than the timer was set for.
        assert!(lull.unless(began + 3 * second, pending::<()>()).await.is_none());
        assert_eq!(began.elapsed(), 3 * second);
        // Again, after it rang.
        assert!(lull.unless(began + 5 * second, pending::<()>()).await.is_none());
        assert_eq!(began.elapsed(), 5 * second);
        // Sooner than the timer is set for.
        let mut lull = Lull::new(began + 90 * second);
        assert!(lull.unless(began + 6 * second, pending::<()>()).await.is_none());
        assert_eq!(began.elapsed(), 6 * second);
    }
}
