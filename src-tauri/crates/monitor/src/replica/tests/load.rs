//! Engines that tell their load: degraded before they fail, and out of service when they bring nothing.

use domain::{LoadFault, ProviderKind};

use super::*;

fn metrics(running: u32, waiting: u32, tokens: u32) -> String {
    format!(
        "vllm:num_requests_running 0{running}\nvllm:num_requests_waiting {waiting}\n\
         vllm:generation_tokens_total {tokens}\n"
    )
}

fn slots(decoded: u32) -> String {
    format!("[{{\"id\":0,\"is_processing\":true,\"next_token\":[{{\"n_decoded\":{decoded}}}]}}]")
}

fn faults(state: &ReplicaState) -> Vec<LoadFault> {
    state.load.iter().flat_map(|l| l.findings.iter().map(|f| f.kind)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_saturated_engine_is_degraded_and_serves_on_until_it_is_well() {
    let mut rig = rig(settings(|_, _| {}));
    rig.prober.shows("/metrics", metrics(8, 9, 1));
    rig.healthy().await;
    rig.changes().await;
    let state = rig.until(|s| s.health == Health::Degraded).await;
    assert_eq!(faults(&state), [LoadFault::Saturated]);
    assert!(matches!(state.gate, Gate::Open) && state.in_full_service());
    let changes = rig.changes().await;
    assert_eq!(changes[0].why, "saturated: 9 requests wait in its queue");
    assert_eq!(changes.len(), 1, "{changes:?}");
    rig.prober.shows("/metrics", metrics(8, 0, 500));
    rig.healthy().await;
    let asked = rig.prober.pages_asked();
    let pauses: Vec<_> = asked.windows(2).map(|w| w[1].0 - w[0].0).collect();
    assert!(pauses.iter().all(|p| *p == secs(5)), "{pauses:?}");
}

#[tokio::test(start_paused = true)]
async fn a_batching_engine_that_brings_no_token_is_asked_for_one_before_it_is_taken_out() {
    let rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    rig.prober.shows("/metrics", metrics(3, 0, 77));
    let began = tokio::time::Instant::now();
    // Its figures may be out of date: a token proves that it lives.
    let state = rig.until(|s| faults(s) == [LoadFault::StandsStill]).await;
    assert_eq!(state.health, Health::Degraded);
    rig.healthy().await;
    assert!(began.elapsed() < secs(60));
    assert!(rig.prober.asked().iter().any(|(_, kind)| *kind == ProbeKind::Generation));
    assert_eq!(rig.port.state().breaker, BreakerState::Closed);
    // Now it brings nothing, while its health check goes on saying that all is well.
    rig.prober.generates(Err(failure(F::FirstTokenTimeout)));
    let state = rig.until(|s| matches!(s.breaker, BreakerState::Open { .. })).await;
    assert!(matches!(state.gate, Gate::Shut) && began.elapsed() < secs(120));
    assert!(state.evidence_ms.is_some());
    // Its health check alone does not bring it back; a token does.
    sleep(secs(60)).await;
    assert!(matches!(rig.port.state().gate, Gate::Shut));
    rig.prober.generates(Ok(ms(1)));
    rig.prober.shows("/metrics", metrics(0, 0, 78));
    rig.until(ReplicaState::in_full_service).await;
}

#[tokio::test(start_paused = true)]
async fn a_slot_that_makes_no_step_takes_its_server_out_at_once() {
    let mut rig = rig(settings(|_, tier| tier.provider = ProviderKind::LlamaCpp));
    rig.healthy().await;
    rig.prober.shows("/slots", slots(5));
    let seen = rig.until(|s| s.load.as_ref().is_some_and(|l| l.running == Some(1))).await;
    assert_eq!(faults(&seen), []);
    rig.changes().await;
    let began = tokio::time::Instant::now();
    let state = rig.until(|s| matches!(s.breaker, BreakerState::Open { .. })).await;
    assert!((secs(30)..=secs(35)).contains(&began.elapsed()), "{:?}", began.elapsed());
    assert!(matches!(state.gate, Gate::Shut));
    let changes = rig.changes().await;
    let words = &changes.last().expect("a change").why;
    assert!(words.contains("brought no token"), "{words}");
}

#[tokio::test(start_paused = true)]
async fn a_slot_that_goes_on_is_left_alone_however_long_its_answer() {
    let rig = rig(settings(|_, tier| tier.provider = ProviderKind::LlamaCpp));
    rig.healthy().await;
    for step in 0..60 {
        rig.prober.shows("/slots", slots(step));
        sleep(secs(5)).await;
    }
    let state = rig.port.state();
    assert_eq!(
        (state.health, state.breaker, faults(&state)),
        (Health::Healthy, BreakerState::Closed, vec![])
    );
}

#[tokio::test(start_paused = true)]
async fn an_engine_without_figures_is_judged_by_its_checks_and_asked_more_seldom() {
    let rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    sleep(secs(300)).await;
    let state = rig.port.state();
    assert_eq!((state.health, faults(&state)), (Health::Healthy, vec![LoadFault::Unreadable]));
    assert!((4..=7).contains(&rig.prober.pages_asked().len()), "{}", rig.prober.pages_asked().len());
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_is_not_ready_yet_is_asked_as_often_as_ever() {
    let rig = rig(settings(|_, _| {}));
    rig.prober.shows_not("/metrics", Failure { status: Some(503), ..failure(F::Unsupported) });
    rig.healthy().await;
    sleep(secs(70)).await;
    let load = rig.port.state().load.clone().unwrap();
    assert!(load.findings[0].what.contains("cannot be read yet"), "{load:?}");
    rig.prober.shows("/metrics", metrics(1, 0, 1));
    sleep(secs(6)).await;
    assert_eq!(rig.port.state().load.as_ref().and_then(|load| load.running), Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_was_away_is_asked_for_its_figures_as_soon_as_it_is_back() {
    let rig = rig(settings(|_, _| {}));
    rig.prober.answers(Err(failure(F::Refused)));
    rig.prober.shows_not("/metrics", failure(F::Refused));
    rig.until(|s| s.health == Health::Down).await;
    sleep(secs(330)).await;
    rig.prober.answers(Ok(ms(1)));
    rig.prober.shows("/metrics", metrics(1, 0, 1));
    // A check within a second, and the figures with it.
    sleep(ms(1_200)).await;
    assert_eq!(rig.port.state().load.as_ref().and_then(|load| load.running), Some(1));
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_takes_half_a_minute_for_its_figures_holds_up_no_check() {
    let rig = rig(settings(|_, _| {}));
    rig.prober.shows("/metrics", metrics(8, 9, 1));
    rig.prober.pages_take(secs(30));
    rig.healthy().await;
    let state = rig.until(|s| faults(s) == [LoadFault::Unreadable]).await;
    let checks = rig.prober.asked().len();
    sleep(secs(60)).await;
    assert!(rig.prober.asked().len() >= checks + 5);
    assert_eq!((state.health, rig.port.state().health), (Health::Healthy, Health::Healthy));
}

#[tokio::test(start_paused = true)]
async fn reading_can_be_switched_off_and_other_servers_are_not_asked() {
    for settings in [
        settings(|_, tier| tier.load.on = false),
        settings(|_, tier| tier.probe = None),
        settings(|_, tier| tier.provider = ProviderKind::OpenAi),
    ] {
        let rig = rig(settings);
        sleep(secs(60)).await;
        assert_eq!(rig.prober.pages_asked(), []);
        assert_eq!(rig.port.state().load, None);
    }
    let rig = rig(settings(|_, _| {}));
    rig.prober.shows("/metrics", metrics(8, 9, 1));
    rig.until(|s| s.health == Health::Degraded).await;
    rig.handle.settings.send_replace(settings(|_, tier| tier.load.on = false));
    let state = rig.until(|s| s.health == Health::Healthy).await;
    assert_eq!(state.load, None);
}
