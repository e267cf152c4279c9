//! Whatever happens, the events tell one story.

use proptest::prelude::*;

use super::*;

const NAMES: [&str; 3] = ["a", "b", "c"];

#[derive(Clone, Debug)]
enum Step {
    Board,
    Served(Option<usize>, Vec<(usize, F)>),
    Wait(u64),
}

fn fits() -> impl Strategy<Value = [Fit; 3]> {
    prop::array::uniform3(prop::sample::select(vec![Out, Partly, Open, Full]))
}

fn step() -> impl Strategy<Value = Step> {
    let class = prop::sample::select(vec![F::Refused, F::ServerError, F::RateLimited, F::ContextTooLong]);
    let failed = prop::collection::vec((0..3_usize, class), 0..3);
    prop_oneof![
        Just(Step::Board),
        (prop::option::of(0..3_usize), failed).prop_map(|(tier, failed)| Step::Served(tier, failed)),
        (0..10_u64).prop_map(Step::Wait),
    ]
}

proptest! {
    #[test]
    fn each_change_begins_where_the_last_one_ended(story in prop::collection::vec((fits(), step()), 1..60)) {
        let named = |fits: [Fit; 3]| view(&[0, 1, 2].map(|i| (NAMES[i], fits[i])));
        let mut memory = Memory::begin(&named([Full; 3]), CALM);
        let mut now = Instant::now();
        let mut word = Some("a".to_owned());
        for (fits, step) in story {
            let view = named(fits);
            let events = match step {
                Step::Board => memory.decide(&view, now, &Input::Board),
                Step::Wait(seconds) => {
                    now += Duration::from_secs(seconds);
                    memory.decide(&view, now, &Input::Board)
                }
                Step::Served(tier, failed) => {
                    let failed: Vec<_> = failed.into_iter().map(|(i, class)| (NAMES[i], class)).collect();
                    let served = served(tier.map(|i| NAMES[i]), &failed);
                    memory.decide(&view, now, &Input::Served(&served))
                }
            };
            for event in events {
                match event {
                    Event::ChangedOver(change) => {
                        prop_assert_eq!(&change.from, &word);
                        prop_assert_ne!(&change.from, &change.to);
                        let place = |t: &Option<String>| t.as_ref().and_then(|t| view.position(t)).unwrap_or(3);
                        let over = place(&change.to) > place(&change.from);
                        prop_assert_eq!(change.direction == Direction::Over, over);
                        word = change.to;
                    }
                    Event::Answered { tier, .. } => prop_assert_eq!(Some(tier), word.clone()),
                    other => prop_assert!(false, "{:?}", other),
                }
            }
            prop_assert_eq!(&memory.tier, &word);
            // Nobody keeps the word while it is out of service and another one could answer.
            let out = word.as_ref().is_none_or(|t| view.tiers[view.position(t).unwrap()].fit == Out);
            let able = view.tiers.iter().any(|t| t.fit >= Open);
            prop_assert!(!out || !able || word.is_none());
            // And deciding anew with nothing new changes nothing.
            prop_assert_eq!(memory.clone().decide(&view, now, &Input::Board), []);
        }
    }
}
