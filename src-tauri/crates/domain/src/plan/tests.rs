//! The plan, over every kind of state that a replica can be in.

use std::{collections::HashMap, sync::Arc, time::Duration};

use resilience::gate::Gate;

use super::*;
use crate::{
    board::CoolDown,
    chain::{Degrade, Failback, OnBrokenStream, ProviderKind, Replica, Retry, Timeouts},
    failure::Failure,
};

pub(crate) fn tier(name: &str, replicas: usize) -> Arc<Tier> {
    let second = Duration::from_secs(1);
    Arc::new(Tier {
        name: name.into(),
        provider: ProviderKind::Vllm,
        model: "m".into(),
        key: None,
        enabled: true,
        replicas: (0..replicas)
            .map(|n| Replica::new(ReplicaId::new("chat", name, &n.to_string()), String::new()))
            .collect(),
        timeouts: Timeouts { connect: second, first_token: second, idle: second, total: second },
        retry: Retry { attempts: 0, backoff: second },
        breaker: resilience::breaker::Settings {
            consecutive: 5,
            rate: 0.5,
            min_requests: 20,
            window: second,
            open: second,
            trials: 1,
            close_after: 2,
        },
        probe: None,
        triggers: crate::Triggers::default(),
        quality_impact: crate::Impact::Low,
        capability_weight: None,
        degrade: Degrade::default(),
        load: crate::LoadWatch::default(),
        can: crate::capability::Capabilities::default(),
        prefill: None,
    })
}

pub(crate) fn chain(tiers: Vec<Arc<Tier>>) -> Chain {
    Chain {
        name: "chat".into(),
        aliases: vec![],
        deadline: Duration::from_secs(60),
        on_broken_stream: OnBrokenStream::Stop,
        mark_body: false,
        wait_up_to: Duration::ZERO,
        hedge: None,
        failback: Failback { auto: true, hold: Duration::ZERO, ramp: Duration::ZERO },
        tiers,
        simulated: false,
    }
}

fn ask(dice: f64) -> Ask {
    Ask { now: Instant::now(), dice, seed: 7 }
}

fn order(plan: &Plan) -> Vec<(usize, usize)> {
    plan.order.iter().map(|c| (c.tier, c.replica)).collect()
}

/// Plans for `chain` with `odd` states; every other replica is well.
fn planned(chain: &Chain, dice: f64, odd: &[(&str, usize, ReplicaState)]) -> Plan {
    let odd: HashMap<ReplicaId, ReplicaState> =
        odd.iter().map(|(t, n, s)| (ReplicaId::new("chat", t, &n.to_string()), s.clone())).collect();
    plan(chain, &Preference::default(), &ask(dice), |id| Some((odd.get(id).cloned().unwrap_or_default(), 0)))
}

fn down() -> ReplicaState {
    let failure = Failure::new(FailureClass::Refused, "refused");
    ReplicaState {
        health: Health::Down,
        gate: Gate::Shut,
        last_failure: Some((failure, 0)),
        ..ReplicaState::default()
    }
}

#[test]
fn tiers_are_tried_in_order_and_each_says_why_not() {
    let chain = chain(vec![tier("a", 1), tier("b", 1), tier("c", 1)]);
    let plan = planned(&chain, 0.0, &[("a", 0, down())]);
    assert_eq!(order(&plan), [(1, 0), (2, 0)]);
    assert_eq!(plan.steps[0].why_not, Some(WhyNot::Down { error: "refused".into() }));
    assert!(plan.steps[1].why_not.is_none());
}

#[test]
fn a_tier_serves_as_long_as_one_replica_is_well() {
    let chain = chain(vec![tier("a", 2), tier("b", 1)]);
    let plan = planned(&chain, 0.0, &[("a", 0, down())]);
    assert_eq!(order(&plan), [(0, 1), (1, 0)]);
}

#[test]
fn a_ramp_takes_its_share_and_is_better_than_nothing() {
    let half = ReplicaState { share: 0.5, ..ReplicaState::default() };
    let chain = chain(vec![tier("a", 1), tier("b", 1)]);
    assert_eq!(order(&planned(&chain, 0.4, &[("a", 0, half.clone())])), [(0, 0), (1, 0)]);
    let passed_over = planned(&chain, 0.6, &[("a", 0, half.clone())]);
    assert_eq!(order(&passed_over), [(1, 0), (0, 0)]);
    assert_eq!(passed_over.steps[0].why_not, Some(WhyNot::Ramping { percent: 50 }));
    assert_eq!(order(&planned(&chain, 0.6, &[("a", 0, half), ("b", 0, down())])), [(0, 0)]);
}

#[test]
fn a_server_in_doubt_is_asked_only_when_nobody_else_can_answer() {
    let doubtful = ReplicaState { in_doubt: true, ..ReplicaState::default() };
    let chain = chain(vec![tier("a", 1), tier("b", 1)]);
    assert_eq!(order(&planned(&chain, 0.0, &[("a", 0, doubtful.clone())])), [(1, 0), (0, 0)]);
    let plan = planned(&chain, 0.0, &[("a", 0, doubtful), ("b", 0, down())]);
    assert_eq!(plan.order, [Candidate { tier: 0, replica: 0, last_resort: false }]);
}

#[test]
fn a_tier_that_a_trigger_fires_for_is_asked_last_and_never_given_up_for_nobody() {
    let left = crate::board::LeftFor {
        trigger: Trigger::FirstTokenAbove,
        class: FailureClass::SlowFirstToken,
        words: "too slow".into(),
    };
    let slow = ReplicaState { left_for: Some(left), ..ReplicaState::default() };
    let chain = chain(vec![tier("a", 1), tier("b", 1)]);
    let planned_ = planned(&chain, 0.0, &[("a", 0, slow.clone())]);
    assert_eq!(order(&planned_), [(1, 0), (0, 0)]);
    let why = planned_.steps[0].why_not.as_ref().map(ToString::to_string);
    assert_eq!(why.as_deref(), Some("too slow"));
    let alone = planned(&chain, 0.0, &[("a", 0, slow.clone()), ("b", 0, down())]);
    assert_eq!(alone.order, [Candidate { tier: 0, replica: 0, last_resort: false }]);
    let both = planned(&chain, 0.0, &[("a", 0, slow.clone()), ("b", 0, slow)]);
    assert_eq!(order(&both), [(0, 0), (1, 0)], "of two slow tiers the better one comes first");
}

#[test]
fn a_tier_whose_trigger_is_off_keeps_its_requests() {
    let mut keeper = Tier::clone(&tier("b", 1));
    let off = crate::Rule { on: false, impact: None };
    keeper.triggers = keeper.triggers.with(Trigger::ProviderDown, off);
    let chain = chain(vec![tier("a", 1), Arc::new(keeper), tier("c", 1)]);
    assert_eq!(order(&planned(&chain, 0.0, &[])), [(0, 0), (1, 0), (2, 0)]);
    let kept = planned(&chain, 0.0, &[("a", 0, down()), ("b", 0, down())]);
    assert_eq!(kept.order, [Candidate { tier: 1, replica: 0, last_resort: true }]);
    let why = kept.steps[2].why_not.as_ref().map(ToString::to_string);
    assert_eq!(why.as_deref(), Some("`b` keeps its requests: its trigger provider_down is off"));
    assert!(kept.steps[2].why_not.as_ref().is_some_and(|why| !why.still_serves()));
    let limited = ReplicaState {
        cool_down: Some(CoolDown {
            until: Instant::now() + Duration::from_secs(9),
            class: FailureClass::RateLimited,
        }),
        ..ReplicaState::default()
    };
    let passed = planned(&chain, 0.0, &[("a", 0, down()), ("b", 0, limited)]);
    assert_eq!(order(&passed), [(2, 0)], "another trigger is about rate limits");
}

#[test]
fn what_is_out_stays_out_until_its_time() {
    let later = Instant::now() + Duration::from_secs(3);
    let cooling = ReplicaState {
        cool_down: Some(CoolDown { until: later, class: FailureClass::RateLimited }),
        ..ReplicaState::default()
    };
    let open = ReplicaState { breaker: BreakerState::Open { until: later }, ..ReplicaState::default() };
    let gate = Gate::limited(1);
    let _only_trial = gate.try_enter();
    let taken = ReplicaState { gate, breaker: BreakerState::HalfOpen, ..ReplicaState::default() };
    let draining = ReplicaState { admin: Admin::Draining, ..ReplicaState::default() };
    let chain = chain(vec![tier("a", 1), tier("b", 1)]);
    for state in [cooling, open, taken, draining] {
        assert_eq!(order(&planned(&chain, 0.0, &[("a", 0, state)])), [(1, 0)]);
    }
}

#[test]
fn the_last_usable_tier_is_tried_when_all_are_out() {
    let mut off = Tier::clone(&tier("c", 1));
    off.enabled = false;
    let chain = chain(vec![tier("a", 1), tier("b", 2), Arc::new(off)]);
    let disabled = ReplicaState { admin: Admin::Disabled, gate: Gate::Shut, ..ReplicaState::default() };
    let plan = planned(&chain, 0.0, &[("a", 0, down()), ("b", 0, disabled), ("b", 1, down())]);
    assert_eq!(plan.order, [Candidate { tier: 1, replica: 1, last_resort: true }]);
}

#[test]
fn the_faster_of_two_replicas_goes_first_and_a_new_one_is_not_stormed() {
    let took = |ms| ReplicaState { latency: Some(Duration::from_millis(ms)), ..ReplicaState::default() };
    let chain = chain(vec![tier("a", 2)]);
    for seed in 0..50_u64 {
        let ask = Ask { seed: seed << 31, ..ask(0.0) };
        let slow_first =
            |id: &ReplicaId| Some((took(if id.as_str().ends_with("@0") { 900 } else { 100 }), 0));
        assert_eq!(order(&plan(&chain, &Preference::default(), &ask, slow_first)), [(0, 1), (0, 0)]);
    }
    let three = chain_of_three();
    let mut first = [0_u32; 3];
    for seed in 0..300_u64 {
        let ask = Ask { seed: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15), ..ask(0.0) };
        let new_last = |id: &ReplicaId| {
            Some((if id.as_str().ends_with("@2") { ReplicaState::default() } else { took(100) }, 0))
        };
        first[order(&plan(&three, &Preference::default(), &ask, new_last))[0].1] += 1;
    }
    assert!(first.iter().all(|n| *n > 50), "{first:?}");
}

fn chain_of_three() -> Chain {
    chain(vec![tier("a", 3)])
}

#[test]
fn a_degraded_replica_gives_way_to_a_healthy_one_until_that_has_a_queue() {
    let took = Some(Duration::from_millis(100));
    let chain = chain(vec![tier("a", 2)]);
    let first = |seed: u64, queue: u32| {
        let read = |id: &ReplicaId| {
            let degraded = id.as_str().ends_with("@0");
            let health = if degraded { Health::Degraded } else { Health::Healthy };
            let state = ReplicaState { latency: took, health, ..ReplicaState::default() };
            Some((state, if degraded { 0 } else { queue }))
        };
        order(&plan(&chain, &Preference::default(), &Ask { seed: seed << 31, ..ask(0.0) }, read))[0].1
    };
    for seed in 0..50 {
        assert_eq!(first(seed, 0), 1);
        assert_eq!(first(seed, 2), 1);
        assert_eq!(first(seed, 4), 0);
    }
}

#[test]
fn a_fast_replica_with_a_long_queue_gives_way_to_a_slower_one_without() {
    let took = |ms| ReplicaState { latency: Some(Duration::from_millis(ms)), ..ReplicaState::default() };
    let chain = chain(vec![tier("a", 2)]);
    let first = |fast: &ReplicaState, queue: u32, slow: &ReplicaState| {
        let read = |id: &ReplicaId| {
            Some(if id.as_str().ends_with("@0") { (fast.clone(), queue) } else { (slow.clone(), 0) })
        };
        order(&plan(&chain, &Preference::default(), &ask(0.0), read))[0].1
    };
    assert_eq!(first(&took(100), 1, &took(300)), 0);
    assert_eq!(first(&took(100), 3, &took(300)), 1);
    // Nothing was measured yet: the shorter queue.
    assert_eq!(first(&ReplicaState::default(), 1, &ReplicaState::default()), 1);
}

#[test]
fn a_pinned_tier_comes_first_and_the_others_after_it() {
    let chain = chain(vec![tier("a", 1), tier("b", 1), tier("c", 1)]);
    let prefer = Preference { pinned: Some(2), ..Preference::default() };
    let plan = plan(&chain, &prefer, &ask(0.9), |_| Some((ReplicaState::default(), 0)));
    assert_eq!(order(&plan), [(2, 0), (0, 0), (1, 0)]);
    assert_eq!(plan.steps.iter().map(|s| s.tier).collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn a_tier_that_is_pinned_alone_shuts_the_others_out_even_when_it_is_down() {
    let chain = chain(vec![tier("a", 1), tier("b", 1)]);
    let prefer = Preference { pinned: Some(1), only: true, ..Preference::default() };
    let read = |id: &ReplicaId| {
        Some((if id.as_str().starts_with("chat/b") { down() } else { ReplicaState::default() }, 0))
    };
    let plan = plan(&chain, &prefer, &ask(0.0), read);
    assert_eq!(plan.order, [Candidate { tier: 1, replica: 0, last_resort: true }]);
    assert_eq!(plan.steps[0].why_not, Some(WhyNot::PinnedElsewhere { tier: "b".into() }));
}

#[test]
fn a_pin_waits_for_no_ramp() {
    let chain = chain(vec![tier("a", 1), tier("b", 1)]);
    let prefer = Preference { pinned: Some(0), ..Preference::default() };
    let ramping = ReplicaState { share: 0.0, ..ReplicaState::default() };
    let read = |id: &ReplicaId| {
        Some((if id.as_str().starts_with("chat/a") { ramping.clone() } else { ReplicaState::default() }, 0))
    };
    assert_eq!(order(&plan(&chain, &prefer, &ask(0.9), read)), [(0, 0), (1, 0)]);
}

#[test]
fn a_tier_that_is_set_aside_answers_when_nobody_else_can() {
    let chain = chain(vec![tier("a", 1), tier("b", 1)]);
    let prefer = Preference { aside: vec![0], ..Preference::default() };
    let well = plan(&chain, &prefer, &ask(0.0), |_| Some((ReplicaState::default(), 0)));
    assert_eq!(order(&well), [(1, 0), (0, 0)]);
    assert_eq!(well.steps[0].why_not, Some(WhyNot::SetAside));
    let read = |id: &ReplicaId| {
        Some((if id.as_str().starts_with("chat/b") { down() } else { ReplicaState::default() }, 0))
    };
    assert_eq!(order(&plan(&chain, &prefer, &ask(0.0), read)), [(0, 0)]);
}

#[test]
fn nothing_that_the_operator_took_out_is_ever_asked() {
    use Admin::{Disabled, Draining, Enabled, Maintenance, Retired};
    let chain = chain(vec![tier("a", 2), tier("b", 1)]);
    let all = [Enabled, Draining, Disabled, Maintenance, Retired];
    let preferences = [
        Preference::default(),
        Preference { pinned: Some(0), ..Preference::default() },
        Preference { pinned: Some(1), only: true, ..Preference::default() },
        Preference { aside: vec![0], ..Preference::default() },
    ];
    for case in 0..preferences.len() * 125 {
        let prefer = &preferences[case / 125];
        let (a, b, c) = (all[case % 5], all[case / 5 % 5], all[case / 25 % 5]);
        for health in [Health::Healthy, Health::Down] {
            let admin_of = |id: &ReplicaId| match id.as_str() {
                "chat/a@0" => a,
                "chat/a@1" => b,
                _ => c,
            };
            let read = |id: &ReplicaId| {
                Some((ReplicaState { admin: admin_of(id), health, ..ReplicaState::default() }, 0))
            };
            for candidate in plan(&chain, prefer, &ask(0.5), read).order {
                let id = &chain.tiers[candidate.tier].replicas[candidate.replica].id;
                assert_eq!(admin_of(id), Enabled, "{prefer:?} {health:?} {candidate:?}");
            }
        }
    }
}

/// Numbers that look random and are the same each time.
fn numbers(mut seed: u64) -> impl FnMut(u64) -> u64 {
    move |below| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    }
}

#[test]
fn no_plan_whatever_the_states_has_a_replica_that_the_operator_took_out() {
    for seed in 0..4000 {
        let mut next = numbers(seed);
        let names = ["a", "b", "c"];
        let tiers: Vec<Arc<Tier>> = names
            .iter()
            .map(|name| {
                let mut tier = Arc::unwrap_or_clone(tier(name, 1 + next(3) as usize));
                tier.enabled = next(5) > 0;
                Arc::new(tier)
            })
            .collect();
        let chain = chain(tiers);
        let now = Instant::now();
        let mut states = HashMap::new();
        for replica in chain.tiers.iter().flat_map(|tier| &tier.replicas) {
            let later = now + Duration::from_secs(next(60));
            let mut state = ReplicaState {
                admin: [Admin::Enabled, Admin::Draining, Admin::Disabled][next(3) as usize],
                health: [Health::Healthy, Health::Down, Health::Unknown][next(3) as usize],
                breaker: [BreakerState::Closed, BreakerState::Open { until: later }][next(2) as usize],
                gate: [Gate::Open, Gate::Shut, Gate::limited(1)][next(3) as usize].clone(),
                share: [0.0, 0.5, 1.0][next(3) as usize],
                spent_until: (next(3) == 0).then_some(later),
                in_doubt: next(3) == 0,
                ..ReplicaState::default()
            };
            if next(3) == 0 {
                state.cool_down = Some(CoolDown { until: later, class: FailureClass::RateLimited });
            }
            states.insert(replica.id.clone(), state);
        }
        let ask = Ask { now, dice: 0.4, seed: next(u64::MAX) };
        let plan = plan(&chain, &Preference::default(), &ask, |id| Some((states.get(id)?.clone(), 0)));
        for candidate in &plan.order {
            let tier = &chain.tiers[candidate.tier];
            let state = &states[&tier.replicas[candidate.replica].id];
            assert!(tier.enabled && state.admin == Admin::Enabled, "seed {seed}: {candidate:?}");
        }
        let mut seen = plan.order.iter().map(|it| (it.tier, it.replica)).collect::<Vec<_>>();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), plan.order.len(), "seed {seed}: nobody is asked twice");
    }
}

#[test]
fn a_chain_is_found_with_and_without_the_tag_of_ollamas_clients() {
    let named = |name: &str, aliases: &[&str]| {
        let aliases = aliases.iter().map(|&it| it.into()).collect();
        Arc::new(Chain { name: name.into(), aliases, ..chain(vec![]) })
    };
    let chains = vec![named("chat", &["small:latest"]), named("chat:latest", &[]), named("big:8b", &["big"])];
    let snapshot = crate::Snapshot { chains, ..crate::Snapshot::default() };
    let found = |model: &str| snapshot.chain_for(model).map(|it| it.name.clone());
    for (model, chain) in [
        ("chat", Some("chat")),
        ("chat:latest", Some("chat:latest")),
        ("small", Some("chat")),
        ("big:latest", Some("big:8b")),
        ("big:70b", None),
        ("chat:8b", None),
    ] {
        assert_eq!(found(model).as_deref(), chain, "{model}");
    }
}
