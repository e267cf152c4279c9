//! What spending does to incidents: one of its own for each tier that spikes, beside those of its service.

use domain::{event::CostChange, verdict::IncidentKind};

use super::{IncidentBook, book::Opening, page::Page};

const ADVICE: &str =
    "See which requests spend, and whether a cheaper tier before it is out of service; drain it if need be.";

/// Stands in the place of the tier, so that it is told apart from an incident of the tier's service.
fn subject(tier: &str) -> String {
    format!("cost of {tier}")
}

/// The tier whose cost an incident is of.
#[must_use]
pub fn costly_tier(incident_tier: &str) -> Option<&str> {
    incident_tier.strip_prefix("cost of ")
}

impl IncidentBook {
    pub(super) fn cost(&mut self, change: &CostChange, page: &mut Page) {
        let tier = subject(&change.tier);
        let figures = format!("{:.2} USD in the last hour, {:.2} USD is usual", change.hour, change.usual);
        if change.spiking {
            let opening = Opening {
                chain: &change.chain,
                tier: &tier,
                simulated: false,
                kind: IncidentKind::Cost,
                cause: &figures,
                advice: ADVICE,
                evidence_ms: None,
                traffic: None,
            };
            self.open_or_update(&opening, page);
        } else {
            self.unquiet(&change.chain, &tier, false);
            self.close(
                &change.chain,
                &tier,
                false,
                &format!("Closed: the cost is usual again ({figures})"),
                page,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{Event, Stamped};

    use super::*;
    use crate::incidents::Severity;

    fn change(spiking: bool) -> Event {
        Event::Cost(CostChange { chain: "chat".into(), tier: "cpu".into(), spiking, hour: 9.0, usual: 2.0 })
    }

    #[test]
    fn a_spike_is_an_incident_beside_that_of_the_tiers_service() {
        let mut book = IncidentBook::default();
        let mut apply = |seq, event| book.apply(&Stamped { seq, at_ms: seq * 1_000, event });
        apply(1, crate::testing::down("cpu", 500));
        apply(2, change(true));
        apply(3, change(true));
        apply(4, crate::testing::up("cpu"));
        let open: Vec<_> = book.open().iter().map(|i| (i.tier.as_str(), i.kind, i.severity)).collect();
        assert_eq!(
            open,
            [("cost of cpu", IncidentKind::Cost, Severity::P2)],
            "the outage is over, and it alone"
        );
        assert_eq!(book.open()[0].title, "chat: cost of cpu is far above the usual");
        assert_eq!(costly_tier(&book.open()[0].tier), Some("cpu"));
        book.apply(&Stamped { seq: 5, at_ms: 5_000, event: change(false) });
        assert!(book.open().is_empty());
        let closed = book.recently_closed().iter().find(|i| i.kind == IncidentKind::Cost).unwrap();
        assert_eq!(closed.times.restored_ms, None, "no recovery time: nothing was out of service");
    }
}
