//! A request that waits: whether the server works or hangs is found out before anybody counts anything.

use domain::chain::ProbeKind;

use super::*;

fn generations(rig: &Rig) -> usize {
    rig.prober.asked().iter().filter(|(_, kind)| *kind == ProbeKind::Generation).count()
}

#[tokio::test(start_paused = true)]
async fn a_slow_server_is_asked_for_a_token_at_once_and_nothing_is_held_against_it() {
    let mut rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    rig.changes().await;
    rig.port.tell(Signal::Suspect);
    let state = rig.settle().await;
    assert_eq!((generations(&rig), state.failing), (1, 0));
    assert!(state.in_full_service());
    // Ten requests that wait ask for no token each.
    for _ in 0..10 {
        rig.port.tell(Signal::Suspect);
    }
    rig.settle().await;
    assert_eq!(generations(&rig), 1);
    sleep(secs(60)).await;
    assert_eq!(generations(&rig), 1, "later checks are liveness checks");
    assert!(rig.port.state().last_failure.is_none() && rig.changes().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_hangs_while_a_request_waits_is_out_after_one_check() {
    let rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    rig.prober.generates(Err(failure(F::FirstTokenTimeout)));
    rig.port.tell(Signal::Suspect);
    let state = rig.settle().await;
    assert_eq!((&state.gate, state.health), (&Gate::Shut, Health::Healthy));
    assert!(matches!(state.breaker, BreakerState::Open { .. }));
    // The request that waited reports too; a token brings the server back.
    rig.tell(bad(F::FirstTokenTimeout));
    rig.prober.generates(Ok(ms(30)));
    rig.until(ReplicaState::in_full_service).await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_fails_while_a_request_waits_is_down_after_three_checks() {
    let rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    rig.prober.generates(Err(failure(F::ServerError)));
    rig.port.tell(Signal::Suspect);
    sleep(ms(450)).await;
    assert_eq!(rig.port.state().health, Health::Down);
}

#[tokio::test(start_paused = true)]
async fn a_liveness_check_that_was_under_way_does_not_answer_for_a_token() {
    let rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    rig.prober.answers(Ok(ms(50)));
    rig.prober.generates(Err(failure(F::FirstTokenTimeout)));
    rig.tell(bad(F::ServerError));
    sleep(ms(10)).await;
    rig.port.tell(Signal::Suspect);
    sleep(ms(100)).await;
    assert_eq!((generations(&rig), rig.port.state().gate), (1, Gate::Shut));
}

#[tokio::test(start_paused = true)]
async fn nobody_pays_for_a_suspicion() {
    let rig = rig(settings(|_, t| t.provider = domain::ProviderKind::OpenAi));
    rig.healthy().await;
    let before = rig.prober.asked().len();
    rig.port.tell(Signal::Suspect);
    rig.settle().await;
    assert_eq!((rig.prober.asked().len(), generations(&rig)), (before + 1, 0));
    assert!(rig.port.state().in_full_service());
}

#[tokio::test(start_paused = true)]
async fn without_checks_a_suspicion_changes_nothing() {
    let rig = rig(settings(|_, t| t.probe = None));
    rig.port.tell(Signal::Suspect);
    assert!(rig.settle().await.in_full_service());
    assert!(rig.prober.asked().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_server_with_one_slot_is_not_blamed_for_its_long_answer() {
    let rig = rig(settings(|_, t| t.provider = domain::ProviderKind::Ollama));
    rig.healthy().await;
    // A token would wait behind the long answer.
    rig.prober.generates(Err(failure(F::FirstTokenTimeout)));
    for _ in 0..5 {
        rig.port.tell(Signal::Suspect);
        rig.settle().await;
    }
    assert_eq!(generations(&rig), 0);
    assert!(rig.port.state().in_full_service());
}

#[tokio::test(start_paused = true)]
async fn a_request_that_waited_in_vain_puts_the_server_in_doubt_until_it_is_checked() {
    let rig = rig(settings(|_, _| {}));
    rig.healthy().await;
    rig.prober.generates(Ok(ms(50)));
    rig.tell(bad(F::FirstTokenTimeout));
    sleep(ms(10)).await;
    let state = rig.port.state();
    assert!(state.in_doubt && state.gate == Gate::Open, "{state:?}");
    sleep(ms(100)).await;
    assert!(rig.port.state().in_full_service(), "a token clears the doubt");
}
