use domain::{
    Event, IncidentKind,
    event::{
        Act, AlertOutcome, AlertRecord, AlertStep, CostChange, IncidentAct, Milestone, Phase, RequestResult,
    },
};
use proptest::prelude::*;

use super::*;
use crate::testing::*;

/// Applies events at the given times and returns the book with everything it wrote.
fn told(events: Vec<(i64, Event)>) -> (IncidentBook, Vec<Change>) {
    let mut book = IncidentBook::default();
    let apply = |(n, (ms, event)): (usize, (i64, Event))| book.apply(&at(n as i64 + 1, ms, event));
    let changes = events.into_iter().enumerate().flat_map(apply).collect();
    (book, changes)
}

fn steps(changes: &[Change]) -> Vec<(Step, i64)> {
    let step = |c: &Change| match c {
        Change::Incident(step, i) if *step != Step::Updated => Some((*step, i.id)),
        _ => None,
    };
    changes.iter().filter_map(step).collect()
}

fn lines(changes: &[Change]) -> Vec<String> {
    let line = |c: &Change| match c {
        Change::Entry(e) => Some(format!("{} {}", e.kind.word(), e.text)),
        Change::Incident(..) | Change::Act(_) => None,
    };
    changes.iter().filter_map(line).collect()
}

fn has(lines: &[String], part: &str) -> bool {
    lines.iter().any(|l| l.contains(part))
}

#[test]
fn the_four_times_of_an_outage_found_by_a_request() {
    let (book, changes) = told(vec![
        (1_000, up("gpu")),
        (1_000, up("cpu")),
        (1_000, up("cloud")),
        (10_000, over("gpu", Some("cpu"), 9_900, Some(100))),
        (10_200, down("gpu", 9_900)),
        (30_000, ramping("gpu")),
        (31_000, back(Some("cpu"), "gpu")),
        (40_000, up("gpu")),
    ]);
    assert!(book.open().is_empty());
    let incident = &book.recently_closed()[0];
    let times = Times {
        began_ms: 9_900,
        detected_ms: 10_000,
        assessed_ms: Some(10_000),
        failed_over_ms: Some(10_000),
        restored_ms: Some(40_000),
    };
    assert_eq!(incident.times, times);
    assert_eq!((incident.kind, incident.severity), (IncidentKind::Outage, Severity::P2));
    assert_eq!(incident.title, "chat: gpu is down, cpu answers");
    assert_eq!(incident.cause, "gpu refused the connection");
    assert_eq!(incident.advice, "Start the server.");
    assert_eq!(steps(&changes), [(Step::Opened, 1), (Step::Closed, 1)]);
    let lines = lines(&changes);
    assert!(has(&lines, "evidence First evidence: gpu refused the connection"), "{lines:#?}");
    assert!(has(&lines, "milestone Detected, 100 ms after the first evidence"), "{lines:#?}");
    assert!(has(&lines, "failover Traffic moved from gpu to cpu (refused)"), "{lines:#?}");
    assert!(has(&lines, "the client waited 100 ms longer"), "{lines:#?}");
    assert!(has(&lines, "answer First good answer from cpu"), "{lines:#?}");
    assert!(has(&lines, "state http://gpu:8000 went from healthy to down: connection refused"), "{lines:#?}");
    assert!(has(
        &lines,
        "state http://gpu:8000 went from down to healthy, taking 10 % of traffic: checks pass"
    ));
    assert!(
        has(&lines, "state http://gpu:8000: in full service"),
        "a share alone is told by its reason: {lines:#?}"
    );
    assert!(has(&lines, "failover Traffic returned from cpu to gpu"), "{lines:#?}");
    assert!(has(&lines, "milestone The tier is in full service again, 30.1 s after"), "{lines:#?}");
}

#[test]
fn an_outage_found_by_a_check_fails_over_with_the_first_answer() {
    let (book, _) = told(vec![
        (5_000, down("gpu", 4_000)),
        (5_010, over("gpu", Some("cpu"), 4_000, None)),
        (9_000, answered("cpu")),
    ]);
    let incident = &book.open()[0];
    assert_eq!(incident.times.began_ms, 4_000);
    assert_eq!(incident.times.detected_ms, 5_000);
    assert_eq!(incident.times.failed_over_ms, Some(9_000));
    assert_eq!(incident.severity, Severity::P1, "cpu is all that is left");
}

#[test]
fn a_tier_without_traffic_never_fails_over() {
    let (book, changes) = told(vec![
        (1_000, up("gpu")),
        (2_000, down("cpu", 1_500)),
        (3_000, request(Some("gpu"), RequestResult::Answered, 10.0)),
        (4_000, request(Some("gpu"), RequestResult::Failed, 10.0)),
        (9_000, up("cpu")),
    ]);
    let incident = &book.recently_closed()[0];
    assert_eq!(incident.severity, Severity::P3);
    assert_eq!(incident.title, "chat: cpu is down, no traffic affected");
    assert_eq!(incident.times.failed_over_ms, None);
    assert_eq!(incident.times.restored_ms, Some(9_000));
    assert_eq!((incident.saved, incident.failed), (0, 0));
    assert_eq!(steps(&changes), [(Step::Opened, 1), (Step::Closed, 1)]);
}

#[test]
fn requests_count_as_saved_only_while_traffic_is_away() {
    let (book, _) = told(vec![
        (1_000, request(Some("gpu"), RequestResult::Answered, 10.0)),
        (2_000, over("gpu", Some("cpu"), 1_900, Some(20))),
        (2_001, request(Some("cpu"), RequestResult::Answered, 120.0)),
        (2_500, request(Some("cpu"), RequestResult::Answered, 20.0)),
        (2_600, request(None, RequestResult::Failed, 20.0)),
        (2_700, request(Some("gpu"), RequestResult::ClientMistake, 20.0)),
        (2_800, simulated(request(Some("cpu"), RequestResult::Answered, 20.0))),
        (3_000, down("gpu", 1_900)),
        (3_500, back(Some("cpu"), "gpu")),
        (3_600, request(Some("cpu"), RequestResult::Answered, 20.0)),
    ]);
    let incident = &book.open()[0];
    assert_eq!((incident.saved, incident.failed), (2, 1));
}

#[test]
fn a_request_that_broke_before_anybody_knew_counts_as_failed() {
    let broke = |tier| request(Some(tier), RequestResult::Failed, 3_000.0);
    let (book, _) = told(vec![
        (1_000, up("gpu")),
        (1_500, broke("gpu")), // long before
        (9_900, broke("gpu")), // the stream that was cut when the server died
        (9_950, broke("cpu")), // another tier's
        (9_960, simulated(broke("gpu"))),
        (10_000, down("gpu", 9_900)),
        (10_010, over("gpu", Some("cpu"), 9_900, None)),
        (10_500, over("gpu", Some("cpu"), 9_900, None)),
        (10_600, request(Some("cpu"), RequestResult::Answered, 20.0)),
    ]);
    let incident = &book.open()[0];
    assert_eq!((incident.tier.as_str(), incident.saved, incident.failed), ("gpu", 1, 1));
}

#[test]
fn when_no_tier_answers_there_is_an_incident_of_the_chain() {
    let (book, changes) = told(vec![
        (1_000, over("gpu", Some("cpu"), 900, Some(10))),
        (2_000, over("cpu", None, 1_950, Some(10))),
        (2_500, request(None, RequestResult::Failed, 5.0)),
    ]);
    let all: Vec<_> = book.open().iter().map(|i| (i.tier.as_str(), i.kind, i.severity)).collect();
    let expected = [
        ("gpu", IncidentKind::Outage, Severity::P1),
        ("cpu", IncidentKind::Outage, Severity::P1),
        (ALL_TIERS, IncidentKind::AllDown, Severity::P0),
    ];
    assert_eq!(all, expected);
    assert_eq!(book.open()[2].title, "chat: no tier answers");
    assert_eq!(book.open()[2].failed, 1);

    let mut book = book;
    let changes_back = book.apply(&at(10, 8_000, back(None, "cpu")));
    assert_eq!(steps(&changes_back), [(Step::Closed, 2), (Step::Closed, 3)]);
    let whole = book.recently_closed().iter().find(|i| i.tier == ALL_TIERS).unwrap();
    assert_eq!((whole.times.failed_over_ms, whole.times.restored_ms), (None, Some(8_000)));
    assert_eq!(book.open()[0].tier, "gpu");
    assert_eq!(steps(&changes).len(), 3);
}

#[test]
fn an_answer_that_was_under_way_before_the_failure_ends_nothing() {
    let (mut book, _) = told(vec![(2_000, over("gpu", None, 1_900, Some(10)))]);
    book.apply(&at(2, 2_100, request(Some("gpu"), RequestResult::Answered, 5_000.0)));
    assert!(book.open().iter().any(|i| i.tier == ALL_TIERS));
    book.apply(&at(3, 9_000, request(Some("gpu"), RequestResult::Answered, 50.0)));
    assert!(!book.open().iter().any(|i| i.tier == ALL_TIERS));
}

#[test]
fn back_within_five_minutes_is_the_same_incident_and_later_is_a_new_one() {
    let flap = |again_ms: i64| {
        told(vec![
            (1_000, over("gpu", Some("cpu"), 900, Some(10))),
            (2_000, back(Some("cpu"), "gpu")),
            (again_ms, over("gpu", Some("cpu"), again_ms - 50, Some(10))),
        ])
    };
    let (book, changes) = flap(2_000 + RELAPSE_WINDOW_MS);
    assert_eq!(steps(&changes), [(Step::Opened, 1), (Step::Closed, 1), (Step::Reopened, 1)]);
    let incident = &book.open()[0];
    assert_eq!((incident.relapses, incident.times.began_ms), (1, 900));
    assert_eq!((incident.times.restored_ms, incident.closed_ms), (None, None));

    let (book, changes) = flap(2_001 + RELAPSE_WINDOW_MS);
    assert_eq!(steps(&changes), [(Step::Opened, 1), (Step::Closed, 1), (Step::Opened, 2)]);
    assert_eq!(book.open()[0].relapses, 0);
}

#[test]
fn evidence_from_before_the_last_recovery_does_not_move_the_beginning() {
    let (mut book, _) = told(vec![(1_000, down("gpu", 900)), (1_100, down("gpu", 800)), (2_000, up("gpu"))]);
    assert_eq!(book.recently_closed()[0].times.began_ms, 800, "earlier evidence counts while it goes on");
    book.apply(&at(9, 3_000, down("gpu", 100)));
    assert_eq!((book.open()[0].relapses, book.open()[0].times.began_ms), (1, 800));
}

#[test]
fn a_clock_that_goes_back_is_told_and_does_not_turn_the_times() {
    let (book, changes) = told(vec![
        (10_000, over("gpu", Some("cpu"), 9_900, None)),
        (4_000, answered("cpu")),
        (5_000, back(Some("cpu"), "gpu")),
    ]);
    let incident = &book.recently_closed()[0];
    assert_eq!(incident.times.failed_over_ms, Some(10_000));
    assert_eq!(incident.times.restored_ms, Some(10_000));
    let clock: Vec<_> = changes
        .iter()
        .filter_map(|c| match c {
            Change::Entry(e) if e.text.contains("clock read") => Some((e.at_ms, e.text.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(clock.len(), 2, "{clock:?}");
    assert_eq!(clock[0].0, 4_000, "the reading is kept");
    assert!(clock[0].1.contains("6.0 s"), "{clock:?}");
}

#[test]
fn an_operators_switch_is_no_incident_and_ends_one() {
    let (book, _) = told(vec![(1_000, disabled("gpu"))]);
    assert!(book.open().is_empty());
    let (book, changes) = told(vec![(1_000, down("gpu", 900)), (2_000, disabled("gpu"))]);
    assert!(book.open().is_empty());
    assert_eq!(book.recently_closed()[0].times.restored_ms, None, "it was not restored");
    assert!(has(&lines(&changes), "taken out of service"));
}

#[test]
fn a_chain_that_is_removed_leaves_nothing_open() {
    let (mut book, _) = told(vec![
        (1_000, down("gpu", 900)),
        (1_100, down("cpu", 950)),
        (1_200, over("cpu", None, 950, None)),
        (2_000, disabled("gpu")),
    ]);
    assert_eq!(book.open().len(), 2, "cpu, and that no tier answers");
    book.apply(&at(9, 2_000, disabled("cpu")));
    assert!(book.open().is_empty(), "{:?}", book.open());
}

#[test]
fn one_of_two_replicas_down_is_no_incident_of_the_tier() {
    let second = |event: Event| match event {
        Event::Replica(mut e) => {
            e.replica.push_str("-2");
            Event::Replica(e)
        }
        other => other,
    };
    let (book, _) = told(vec![(1_000, up("gpu")), (1_000, second(up("gpu"))), (2_000, down("gpu", 1_900))]);
    assert!(book.open().is_empty());
    let mut book = book;
    book.apply(&at(9, 3_000, second(down("gpu", 2_900))));
    assert_eq!(book.open().len(), 1);
    book.apply(&at(10, 4_000, up("gpu")));
    assert!(book.open().is_empty(), "one replica in full service is enough");
}

#[test]
fn real_and_simulated_tiers_of_one_name_are_apart() {
    let (book, _) =
        told(vec![(1_000, down("gpu", 900)), (1_000, simulated(down("gpu", 900))), (2_000, up("gpu"))]);
    assert_eq!(book.open().len(), 1);
    assert!(book.open()[0].simulated);
}

#[test]
fn a_graver_failure_makes_the_incident_graver() {
    let limited = |event: Event| match event {
        Event::ChangedOver(mut e) => {
            e.incident = Some(IncidentKind::RateLimit);
            Event::ChangedOver(e)
        }
        other => other,
    };
    let (mut book, _) = told(vec![(1_000, limited(over("gpu", Some("cpu"), 900, Some(5))))]);
    assert_eq!(book.open()[0].severity, Severity::P3);
    assert_eq!(book.open()[0].title, "chat: gpu is rate-limited, cpu answers");
    let changes = book.apply(&at(2, 2_000, down("gpu", 1_900)));
    assert_eq!(book.open()[0].kind, IncidentKind::Outage);
    assert_eq!(book.open()[0].severity, Severity::P1);
    assert!(has(&lines(&changes), "Severity raised from P3 to P1"));
}

#[test]
fn an_operator_acknowledges_and_writes_notes_also_afterwards() {
    let act = |act| Event::IncidentAct(IncidentAct { incident: 1, actor: "ada".into(), act });
    let note = |text: &str| act(Act::Note { text: text.into() });
    let (book, changes) = told(vec![
        (1_000, down("gpu", 900)),
        (2_000, act(Act::Acknowledge)),
        (2_500, act(Act::Acknowledge)),
        (3_000, note("fan replaced")),
        (4_000, up("gpu")),
        (5_000, note("will order a spare")),
    ]);
    assert!(book.open().is_empty());
    let by: Vec<_> = changes
        .iter()
        .filter_map(|c| match c {
            Change::Entry(e) => e.actor.as_deref().map(|a| (a, e.text.as_str())),
            Change::Incident(..) | Change::Act(_) => None,
        })
        .collect();
    assert_eq!(by, [("ada", "Acknowledged"), ("ada", "fan replaced"), ("ada", "will order a spare")]);
    let mut book = book;
    let unknown = IncidentAct { incident: 7, actor: "ada".into(), act: Act::Acknowledge };
    assert!(book.apply(&at(20, 6_000, Event::IncidentAct(unknown))).is_empty());
}

#[test]
fn an_alert_is_remembered_and_stands_in_the_timeline() {
    let alert = |outcome| {
        Event::Alert(AlertRecord {
            incident: Some(1),
            channel: "desktop".into(),
            title: "chat: gpu -> cpu".into(),
            body: String::new(),
            outcome,
            reason: Some("no daemon".into()),
            step: None,
            severity: None,
            relapses: 0,
        })
    };
    let (mut book, changes) = told(vec![(1_000, down("gpu", 900)), (1_100, alert(AlertOutcome::Failed))]);
    let told = |incident: &Incident| incident.told["desktop"].clone();
    assert_eq!((told(&book.open()[0]).severity, told(&book.open()[0]).sent), (Some(Severity::P3), false));
    assert!(has(&lines(&changes), "alert Alert (desktop) failed: chat: gpu -> cpu: no daemon"));
    book.apply(&at(3, 2_000, up("gpu")));
    assert_eq!(told(&book.recently_closed()[0]).over, None);
    book.apply(&at(4, 2_100, alert(AlertOutcome::Sent)));
    assert_eq!(told(&book.recently_closed()[0]).over, Some(0));
}

#[test]
fn a_replica_that_flaps_for_weeks_does_not_fill_the_timeline() {
    let trial = |n: i64| {
        let Event::Replica(mut e) = down("gpu", 900) else { unreachable!() };
        e.from = e.to.clone();
        e.from.breaker = if n % 2 == 0 { "open" } else { "half_open" }.into();
        e.to.breaker = if n % 2 == 0 { "half_open" } else { "open" }.into();
        (2_000 + n, Event::Replica(e))
    };
    let mut events = vec![(1_000, down("gpu", 900))];
    events.extend((0..5_000).map(trial));
    let (_, changes) = told(events);
    let states = lines(&changes).iter().filter(|l| l.starts_with("state")).count();
    assert_eq!(states, 100);
}

fn any_act() -> impl Strategy<Value = Act> {
    let milestone = prop::sample::select(vec![
        Milestone::Began,
        Milestone::Detected,
        Milestone::Assessed,
        Milestone::FailedOver,
        Milestone::Restored,
    ]);
    let text = || "because".to_owned();
    prop_oneof![
        Just(Act::Acknowledge),
        Just(Act::Note { text: text() }),
        Just(Act::Resolve { reason: text() }),
        (0_u8..4).prop_map(move |severity| Act::SetSeverity { severity, reason: text() }),
        (1_i64..6).prop_map(|into| Act::MergeInto { into }),
        (milestone, 900_000_i64..9_000_000).prop_map(move |(milestone, at_ms)| Act::Correct {
            milestone,
            at_ms,
            reason: text()
        }),
        Just(Act::SetPhase { phase: Phase::Mitigate, text: String::new() }),
        Just(Act::Step { runbook: "gpu-lost".into(), step: 1, done: true, text: text() }),
    ]
}

fn any_record() -> impl Strategy<Value = AlertRecord> {
    let outcome = prop::sample::select(vec![
        AlertOutcome::Sent,
        AlertOutcome::Failed,
        AlertOutcome::HeldBack,
        AlertOutcome::Retrying,
        AlertOutcome::Waiting,
    ]);
    let step =
        prop::option::of(prop::sample::select(vec![AlertStep::Opened, AlertStep::Worse, AlertStep::Over]));
    (outcome, step, 0_u8..4, 0_u32..3).prop_map(|(outcome, step, severity, relapses)| AlertRecord {
        incident: None,
        channel: "desktop".into(),
        title: String::new(),
        body: String::new(),
        outcome,
        reason: None,
        step,
        severity: Some(severity),
        relapses,
    })
}

fn any_event() -> impl Strategy<Value = Event> {
    let tier = prop::sample::select(vec!["gpu", "cpu", "cloud"]);
    let result = prop::sample::select(vec![
        RequestResult::Answered,
        RequestResult::Failed,
        RequestResult::ClientGone,
        RequestResult::ClientMistake,
    ]);
    let event = prop_oneof![
        (tier.clone(), 0_i64..2_000_000).prop_map(|(t, e)| down(t, e)),
        tier.clone().prop_map(up),
        tier.clone().prop_map(ramping),
        tier.clone().prop_map(disabled),
        tier.clone().prop_map(answered),
        (tier.clone(), prop::option::of(tier.clone()), 0_i64..2_000_000, prop::option::of(0_i64..9_000))
            .prop_map(|(from, to, evidence, waited)| over(from, to, evidence, waited)),
        (prop::option::of(tier.clone()), tier.clone()).prop_map(|(from, to)| back(from, to)),
        (prop::option::of(tier.clone()), result, 0.0..90_000.0).prop_map(|(t, r, ms)| request(t, r, ms)),
        (tier.clone(), any::<bool>()).prop_map(|(tier, spiking)| {
            Event::Cost(CostChange {
                chain: "chat".into(),
                tier: tier.into(),
                spiking,
                hour: 9.0,
                usual: 2.0,
            })
        }),
        (1_i64..6, any_act()).prop_map(|(incident, act)| {
            Event::IncidentAct(IncidentAct { incident, actor: "ada".into(), act })
        }),
        (1_i64..6, any_record()).prop_map(|(incident, record)| {
            Event::Alert(AlertRecord { incident: Some(incident), ..record })
        }),
    ];
    (event, any::<bool>()).prop_map(|(event, real)| if real { event } else { simulated(event) })
}

/// Events with times that mostly go on, and now and then go back.
fn any_journal() -> impl Strategy<Value = Vec<(i64, Event)>> {
    prop::collection::vec((-20_000_i64..120_000, any_event()), 0..120).prop_map(|events| {
        let mut now = 1_000_000;
        events
            .into_iter()
            .map(|(step, event)| {
                now += step;
                (now, event)
            })
            .collect()
    })
}

fn check_times(incident: &Incident) {
    let t = &incident.times;
    let mut last = t.began_ms;
    let known = [t.assessed_ms, t.failed_over_ms, t.restored_ms, incident.closed_ms].into_iter().flatten();
    for next in std::iter::once(t.detected_ms).chain(known) {
        assert!(next >= last, "times go backwards: {incident:?}");
        last = next;
    }
}

proptest! {
    #[test]
    fn times_never_go_backwards_and_no_incident_is_opened_twice(journal in any_journal()) {
        let mut open = std::collections::BTreeMap::new();
        let mut known = 0;
        let (book, changes) = told(journal);
        for change in &changes {
            let Change::Incident(step, incident) = change else { continue };
            check_times(incident);
            let key = (incident.chain.clone(), incident.tier.clone(), incident.simulated);
            match step {
                Step::Opened => {
                    known += 1;
                    prop_assert_eq!(incident.id, known, "numbers have no gaps");
                    prop_assert_eq!(open.insert(key, incident.id), None, "two at once");
                }
                Step::Reopened => {
                    prop_assert!(incident.id <= known);
                    prop_assert_eq!(open.insert(key, incident.id), None, "two at once");
                }
                Step::Updated => {}
                Step::Closed => {
                    prop_assert_eq!(open.remove(&key), Some(incident.id), "closed what was not open");
                    prop_assert_eq!(incident.state, State::Closed);
                }
            }
        }
        let still: Vec<_> = open.values().copied().collect();
        let mut booked: Vec<_> = book.open().iter().map(|i| i.id).collect();
        booked.sort_unstable();
        let mut still_sorted = still;
        still_sorted.sort_unstable();
        prop_assert_eq!(booked, still_sorted, "none is lost");
    }

    #[test]
    fn a_saved_fold_goes_on_as_if_it_had_never_stopped(journal in any_journal(), cut in 0_usize..120) {
        let (whole, all) = told(journal.clone());
        let mut first = IncidentBook::default();
        let mut parts = Vec::new();
        for (n, (ms, event)) in journal.into_iter().enumerate() {
            if n == cut {
                first = serde_json::from_str(&serde_json::to_string(&first).unwrap()).unwrap();
            }
            let stamped = at(n as i64 + 1, ms, event);
            parts.extend(first.apply(&stamped));
            prop_assert_eq!(first.apply(&stamped), vec![], "an event counts once");
        }
        prop_assert_eq!(parts, all);
        prop_assert_eq!(first, whole);
    }

    #[test]
    fn every_entry_belongs_to_an_incident_that_was_written_before(journal in any_journal()) {
        let (_, changes) = told(journal);
        let mut known = std::collections::BTreeSet::new();
        for change in changes {
            match change {
                Change::Incident(_, incident) => _ = known.insert(incident.id),
                Change::Entry(entry) => prop_assert!(known.contains(&entry.incident)),
                Change::Act(act) => prop_assert!(known.contains(&act.incident)),
            }
        }
    }
}
