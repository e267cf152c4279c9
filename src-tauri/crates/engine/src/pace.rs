//! How often the live state goes to the screens: mere figures once a second, anything else at once.

use std::time::Duration;

use tokio::time::Instant;

/// While nothing but figures change, not more often than this.
const FIGURES_EVERY: Duration = Duration::from_secs(1);
/// What is more than a figure is on every screen within this; what happens in the meantime goes with it.
const SOON: Duration = Duration::from_millis(100);

/// When the live state is to go out next.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    due: Option<Instant>,
    sent: Option<Instant>,
}

impl Pace {
    /// Something happened; `figures` if nothing but figures changed.
    pub(crate) fn happened(&mut self, figures: bool, now: Instant) {
        let soon = now + SOON;
        let rested = self.sent.map(|sent| sent + FIGURES_EVERY).filter(|_| figures);
        let wanted = rested.map_or(soon, |rested| rested.max(soon));
        self.due = Some(self.due.map_or(wanted, |due| due.min(wanted)));
    }

    /// When the live state is to go out; absent while nothing happened since the last time.
    pub(crate) const fn due(&self) -> Option<Instant> {
        self.due
    }

    /// The live state went out.
    pub(crate) const fn sent(&mut self, now: Instant) {
        self.due = None;
        self.sent = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn figures_go_out_once_a_second_and_the_first_after_a_rest_soon() {
        let start = Instant::now();
        let mut pace = Pace::default();
        pace.happened(true, start);
        assert_eq!(pace.due(), Some(start + SOON));
        pace.sent(start + SOON);
        assert_eq!(pace.due(), None);
        for at in [150, 400, 900] {
            pace.happened(true, start + ms(at));
            assert_eq!(pace.due(), Some(start + SOON + FIGURES_EVERY));
        }
        pace.sent(start + ms(1100));
        pace.happened(true, start + ms(9000));
        assert_eq!(pace.due(), Some(start + ms(9000) + SOON));
    }

    #[test]
    fn what_is_more_than_a_figure_does_not_wait_for_the_second() {
        let start = Instant::now();
        let mut pace = Pace::default();
        pace.sent(start);
        pace.happened(true, start + ms(10));
        pace.happened(false, start + ms(200));
        assert_eq!(pace.due(), Some(start + ms(200) + SOON));
        pace.happened(true, start + ms(250));
        assert_eq!(pace.due(), Some(start + ms(200) + SOON));
    }
}
