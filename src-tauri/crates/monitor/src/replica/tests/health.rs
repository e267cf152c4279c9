//! Health by its definition: down after so many failures in a row, up after so many successes, whatever came before.

use domain::chain::ProbeKind;
use proptest::prelude::*;
use resilience::breaker;

use super::{super::life::Source, *};

/// What happens to a server between two checks.
#[derive(Clone, Copy, Debug)]
enum Round {
    Passes,
    Refuses,
    Offline,
}

fn rounds() -> impl Strategy<Value = Vec<Round>> {
    let round = prop_oneof![4 => Just(Round::Passes), 4 => Just(Round::Refuses), 1 => Just(Round::Offline)];
    proptest::collection::vec(round, 0..60)
}

/// The definition, apart from how the program does it.
#[derive(Default)]
struct Model {
    health: Health,
    bad: u32,
    good: u32,
}

impl Model {
    fn take(&mut self, round: Round, down_after: u32, up_after: u32) {
        match round {
            Round::Passes => {
                (self.bad, self.good) = (0, self.good + 1);
                if self.health != Health::Down || self.good >= up_after {
                    self.health = Health::Healthy;
                }
            }
            // Offline says nothing of the server; one that is down stays so.
            Round::Offline if self.health != Health::Down => self.health = Health::Unknown,
            Round::Refuses | Round::Offline => {
                (self.bad, self.good) = (self.bad + 1, 0);
                if self.bad >= down_after {
                    self.health = Health::Down;
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn health_is_what_its_definition_says(
        rounds in rounds(),
        down_after in 1_u32..5,
        up_after in 1_u32..5,
        pause_ms in 1_u64..20_000,
    ) {
        let settings = settings(|_, tier| {
            // The breaker has its own tests.
            tier.breaker = breaker::Settings { consecutive: 1000, min_requests: 1000, ..breaker::Settings::default() };
            if let Some(probe) = &mut tier.probe {
                (probe.down_after, probe.up_after) = (down_after, up_after);
            }
        });
        let start = Instant::now();
        let mut life = Life::new(settings, At { now: start, wall_ms: 0 });
        let mut model = Model::default();
        // On its way back a server is held to more than the definition; here it is given the time to arrive.
        for (n, round) in (1_u32..).zip(rounds) {
            let at = At { now: start + ms(pause_ms) * n, wall_ms: i64::from(n) };
            life.way_back = super::super::life::WayBack::Done;
            life.tick(at);
            match round {
                Round::Passes => life.check_passed(at, ms(1), &ProbeKind::Http("/health".into())),
                Round::Refuses => life.failed(at, &failure(F::Refused), at.wall_ms, Source::Check, false),
                Round::Offline => life.failed(at, &failure(F::Refused), at.wall_ms, Source::Check, true),
            }
            model.take(round, down_after, up_after);
            prop_assert_eq!(life.health, model.health, "round {}", n);
        }
    }
}
