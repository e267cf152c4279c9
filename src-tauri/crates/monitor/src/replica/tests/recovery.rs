//! The way back: hold, ramp, relapse, restart.

use super::*;

async fn kill(rig: &Rig) {
    rig.prober.answers(Err(failure(F::Refused)));
    rig.tell(bad(F::Refused));
    rig.until(|s| s.health == Health::Down).await;
}

/// Repairs the server and waits until its checks have said so.
async fn repair(rig: &Rig) -> Instant {
    rig.prober.answers(Ok(ms(1)));
    let before = Instant::now();
    rig.healthy().await;
    assert!(before.elapsed() <= ms(2_010), "two checks, a second apart: {:?}", before.elapsed());
    Instant::now()
}

#[tokio::test(start_paused = true)]
async fn a_repaired_server_is_held_then_ramped_up_by_time() {
    let mut rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    kill(&rig).await;
    rig.changes().await;
    let back = repair(&rig).await;
    // Hold 5 s, then 1 %, 10 %, 50 %, 100 % over 9 s.
    for (at, before, after) in [(5, 0.0, 0.01), (8, 0.01, 0.1), (11, 0.1, 0.5), (14, 0.5, 1.0)] {
        tokio::time::sleep_until(back + secs(at) - ms(5)).await;
        assert_eq!(rig.port.state().share, before, "before {at} s");
        tokio::time::sleep_until(back + secs(at) + ms(5)).await;
        assert_eq!(rig.port.state().share, after, "after {at} s");
    }
    let state = rig.port.state();
    assert!(state.in_full_service() && state.evidence_ms.is_none());
    let changes = rig.changes().await;
    let shares: Vec<_> = changes.iter().map(|c| c.to.share_percent).collect();
    assert_eq!(shares, [0, 1, 10, 50, 100]);
    assert_eq!(changes.iter().map(|c| c.in_service).collect::<Vec<_>>(), [false, false, false, false, true]);
}

#[tokio::test(start_paused = true)]
async fn a_relapse_doubles_the_hold_and_ten_good_minutes_forget_it() {
    let rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    let hold = async |rig: &Rig| {
        let back = repair(rig).await;
        rig.until(|s| s.share > 0.0).await;
        back.elapsed().as_secs()
    };
    kill(&rig).await;
    assert_eq!(hold(&rig).await, 5);
    // One failure on the way back is enough.
    rig.prober.answers(Err(failure(F::Refused)));
    rig.tell(bad(F::Refused));
    assert_eq!(rig.settle().await.health, Health::Down);
    assert_eq!(hold(&rig).await, 10);
    rig.until(ReplicaState::in_full_service).await;
    kill(&rig).await;
    assert_eq!(hold(&rig).await, 11, "with 9 s of ramp, no longer than 20 s");
    sleep(secs(601)).await;
    kill(&rig).await;
    assert_eq!(hold(&rig).await, 5);
}

#[tokio::test(start_paused = true)]
async fn a_check_that_fails_during_the_hold_takes_it_out_again_and_is_no_relapse() {
    let rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    kill(&rig).await;
    repair(&rig).await;
    rig.prober.answers(Err(failure(F::Refused)));
    sleep(ms(1_100)).await;
    assert_eq!(rig.port.state().health, Health::Down);
    let back = repair(&rig).await;
    rig.until(|s| s.share > 0.0).await;
    assert_eq!(back.elapsed().as_secs(), 5, "it had not served");
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_hung_server_a_second_time() {
    let rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    // It accepts requests, stays silent, and goes on answering its health checks.
    rig.prober.generates(Err(failure(F::FirstTokenTimeout)));
    rig.tell(bad(F::FirstTokenTimeout));
    let state = rig.settle().await;
    assert_eq!((&state.gate, state.health), (&Gate::Shut, Health::Healthy), "the check asked for a token");
    // No request is a trial as long as a generated token is not had.
    for _ in 0..30 {
        sleep(secs(20)).await;
        assert_eq!(rig.port.state().gate, Gate::Shut);
    }
    let kind = rig.prober.asked().last().unwrap().1.clone();
    assert_eq!(kind, domain::chain::ProbeKind::Generation);
    rig.prober.generates(Ok(ms(30)));
    let mended = Instant::now();
    rig.until(|s| s.breaker == BreakerState::Closed).await;
    assert!(mended.elapsed() <= secs(21), "{:?}", mended.elapsed());
    rig.until(ReplicaState::in_full_service).await;
}

#[tokio::test(start_paused = true)]
async fn a_request_that_took_too_long_on_a_well_server_does_no_harm() {
    let rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    rig.tell(bad(F::FirstTokenTimeout));
    rig.until(|s| s.failing == 1).await;
    let state = rig.until(|s| s.failing == 0).await;
    assert!(state.in_full_service(), "it generated a token");
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_paid_provider_a_third_time() {
    let rig = rig(settings(|_, t| t.provider = domain::ProviderKind::OpenAi));
    rig.healthy().await;
    rig.tell(bad(F::FirstTokenTimeout));
    sleep(secs(15)).await;
    let state = rig.port.state();
    assert_eq!((state.failing, &state.gate), (1, &Gate::Open), "free checks prove nothing");
    rig.tell(bad(F::FirstTokenTimeout));
    assert_eq!(rig.settle().await.gate, Gate::Shut);
    let state = rig.until(|s| s.gate != Gate::Shut).await;
    assert_eq!(state.breaker, BreakerState::HalfOpen, "its trials are requests");
    let free = |(_, kind): &(_, domain::chain::ProbeKind)| *kind != domain::chain::ProbeKind::Generation;
    assert!(rig.prober.asked().iter().all(free), "nobody pays for checks");
}

#[tokio::test(start_paused = true)]
async fn a_hung_server_that_is_restarted_goes_down_and_comes_back() {
    let rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    rig.prober.generates(Err(failure(F::FirstTokenTimeout)));
    rig.tell(bad(F::FirstTokenTimeout));
    rig.tell(bad(F::FirstTokenTimeout));
    rig.until(|s| s.gate == Gate::Shut).await;
    rig.prober.answers(Err(failure(F::Refused)));
    rig.until(|s| s.health == Health::Down).await;
    repair(&rig).await;
    assert_eq!(rig.port.state().breaker, BreakerState::Closed);
    rig.until(ReplicaState::in_full_service).await;
}

#[tokio::test(start_paused = true)]
async fn manual_failback_waits_for_the_operator() {
    let rig = rig(settings(|c, _| c.failback.auto = false));
    rig.healthy().await;
    kill(&rig).await;
    repair(&rig).await;
    sleep(secs(3000)).await;
    assert_eq!(rig.port.state().share, 0.0);
    rig.port.tell(Signal::FailBack);
    rig.until(ReplicaState::in_full_service).await;
}

#[tokio::test(start_paused = true)]
async fn an_open_breaker_stays_open_over_a_restart() {
    let no_checks = || settings(|_, t| t.probe = None);
    let first = rig(no_checks());
    for _ in 0..5 {
        first.tell(bad(F::ServerError));
    }
    first.until(|s| s.gate == Gate::Shut).await;
    let json = serde_json::to_string(&*first.handle.memory.borrow()).unwrap();
    let mut memory: ReplicaMemory = serde_json::from_str(&json).unwrap();
    // The program was away for 50 of the 60 seconds.
    memory.at_ms -= 50_000;
    let second = rig_with(no_checks(), Some(&memory), || true);
    assert_eq!(second.port.state().gate, Gate::Shut, "from the first moment");
    sleep(ms(9_000)).await;
    assert!(matches!(second.port.state().breaker, BreakerState::Open { .. }));
    sleep(ms(1_100)).await;
    assert_eq!(second.port.state().breaker, BreakerState::HalfOpen);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_was_down_is_down_after_a_restart_until_its_checks_pass() {
    let first = rig(settings(|_, _| {}));
    first.healthy().await;
    kill(&first).await;
    let memory = first.handle.memory.borrow().clone();
    let second = rig_with(settings(|_, _| {}), Some(&memory), || true);
    assert_eq!(second.port.state().health, Health::Down);
    assert_eq!(second.port.state().evidence_ms, Some(7));
    second.until(ReplicaState::in_full_service).await;
}

#[tokio::test(start_paused = true)]
async fn a_changed_setting_keeps_what_was_learned() {
    let mut rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    kill(&rig).await;
    rig.changes().await;
    rig.handle.settings.send_replace(settings(|_, t| t.probe.as_mut().unwrap().every = secs(20)));
    assert_eq!(rig.settle().await.health, Health::Down);
    assert!(rig.changes().await.is_empty());
    rig.handle.settings.send_replace(settings(|_, t| t.probe = None));
    let state = rig.until(|s| s.health == Health::Healthy).await;
    assert_eq!(state.share, 0.0, "without checks, the ramp alone protects");
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_opens_again_and_again_stays_open_for_longer_however_it_was_opened() {
    let rig = rig(settings(|_, t| t.probe = None));
    let mut open_for = Vec::new();
    for _ in 0..3 {
        // Two silent answers open it before its counts would.
        rig.tell(bad(F::FirstTokenTimeout));
        rig.tell(bad(F::FirstTokenTimeout));
        let opened = rig.until(|s| s.gate == Gate::Shut).await;
        let BreakerState::Open { until } = opened.breaker else { panic!("{:?}", opened.breaker) };
        open_for.push((until - Instant::now()).as_secs());
        rig.until(|s| s.breaker == BreakerState::HalfOpen).await;
        sleep(secs(1)).await;
        rig.tell(good());
        rig.tell(good());
        rig.until(|s| s.breaker == BreakerState::Closed && s.share >= 1.0).await;
    }
    assert_eq!(open_for, [60, 120, 240]);
}

#[tokio::test(start_paused = true)]
async fn the_hold_of_one_that_relapses_for_ever_stays_within_the_promise() {
    let rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    let mut holds = Vec::new();
    for _ in 0..9 {
        kill(&rig).await;
        let back = repair(&rig).await;
        rig.until(|s| s.share > 0.0).await;
        holds.push(back.elapsed().as_secs());
    }
    assert_eq!(holds, [5, 10, 11, 11, 11, 11, 11, 11, 11]);
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_before_the_breaker_opened_is_no_trial() {
    let rig = rig(settings(|_, t| t.probe = None));
    for _ in 0..5 {
        rig.tell(bad(F::ServerError));
    }
    rig.until(|s| s.breaker == BreakerState::HalfOpen).await;
    sleep(secs(10)).await;
    rig.tell(Outcome { total: secs(75), ..bad(F::TotalTimeout) });
    assert_eq!(rig.settle().await.breaker, BreakerState::HalfOpen, "a late failure of before");
    for _ in 0..2 {
        rig.tell(Outcome { total: secs(75), ..good() });
    }
    assert_eq!(rig.settle().await.breaker, BreakerState::HalfOpen, "late answers of before");
    rig.tell(Outcome { total: secs(5), ..bad(F::ServerError) });
    assert!(matches!(rig.settle().await.breaker, BreakerState::Open { .. }), "a trial");
}
