//! The triggers that make requests leave a server that answers, and its way back.

use domain::{Impact, Rule, Trigger, Triggers};

use super::*;

const LIMIT: Duration = Duration::from_secs(5);

fn limited(change: impl FnOnce(&mut domain::Tier)) -> Settings {
    settings(|_, tier| {
        tier.triggers = Triggers::above(Some(LIMIT), None);
        change(tier);
    })
}

fn answer(first_token: Duration) -> Outcome {
    Outcome { first_token: Some(first_token), total: first_token + secs(1), ..good() }
}

async fn slow(rig: &Rig) -> ReplicaState {
    rig.healthy().await;
    (0..3).for_each(|_| rig.tell(answer(secs(6))));
    rig.until(|s| s.left_for.is_some()).await
}

#[tokio::test(start_paused = true)]
async fn a_server_slower_than_its_limit_is_left_and_says_why() {
    let mut rig = rig(limited(|_| {}));
    rig.healthy().await;
    rig.changes().await;
    (0..2).for_each(|_| rig.tell(answer(secs(6))));
    assert!(rig.settle().await.in_full_service(), "two slow answers are not enough");
    rig.tell(answer(secs(6)));
    let state = rig.until(|s| s.left_for.is_some()).await;
    assert_eq!((state.health, &state.gate, state.share), (Health::Degraded, &Gate::Open, 0.0));
    assert_eq!((state.failing, state.evidence_ms), (0, Some(7)));
    assert!(!state.in_full_service());
    let changes = rig.changes().await;
    let [change] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!(change.class, Some(F::SlowFirstToken));
    assert!(change.why.contains("3 of 3 above its limit of 5.0 s"), "{}", change.why);
}

#[tokio::test(start_paused = true)]
async fn a_fast_token_brings_it_back_and_a_slow_one_does_not() {
    let rig = rig(limited(|_| {}));
    rig.prober.generates(Ok(secs(4) + ms(100)));
    slow(&rig).await;
    let began = Instant::now();
    sleep(secs(60)).await;
    assert!(rig.port.state().left_for.is_some(), "above four fifths of the limit it is not fast again");
    let asked: Vec<_> = rig.prober.asked().into_iter().filter(|(_, k)| *k == ProbeKind::Generation).collect();
    assert!((3..=7).contains(&asked.len()), "{asked:?}");
    assert!(asked[0].0 - began >= secs(9), "{asked:?}");
    rig.prober.generates(Ok(secs(4)));
    let state = rig.until(|s| s.left_for.is_none()).await;
    assert!(state.share < 1.0, "it comes back over hold and ramp");
    rig.until(ReplicaState::in_full_service).await;
}

#[tokio::test(start_paused = true)]
async fn where_tokens_cost_money_it_is_tried_after_a_pause_that_doubles() {
    let rig = rig(limited(|tier| tier.provider = domain::ProviderKind::OpenAi));
    let mut pauses = Vec::new();
    for _ in 0..3 {
        let began = Instant::now();
        (0..3).for_each(|_| rig.tell(answer(secs(6))));
        rig.until(|s| s.left_for.is_some()).await;
        rig.until(|s| s.left_for.is_none()).await;
        pauses.push(began.elapsed().as_secs());
        rig.until(ReplicaState::in_full_service).await;
    }
    assert_eq!(pauses, [10, 20, 40]);
    let kinds: Vec<_> = rig.prober.asked().into_iter().map(|(_, kind)| kind).collect();
    assert!(!kinds.contains(&ProbeKind::Generation));
}

#[tokio::test(start_paused = true)]
async fn as_the_last_hope_it_is_fast_again_after_five_fast_answers() {
    let rig = rig(limited(|tier| tier.provider = domain::ProviderKind::OpenAi));
    slow(&rig).await;
    sleep(secs(2)).await;
    (0..4).for_each(|_| rig.tell(answer(ms(500))));
    assert!(rig.settle().await.left_for.is_some());
    rig.tell(answer(ms(500)));
    rig.until(|s| s.left_for.is_none()).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_given_up_late_counts_as_slow() {
    let rig = rig(limited(|_| {}));
    rig.healthy().await;
    for class in [F::ClientGone, F::Superseded, F::Superseded] {
        rig.tell(Outcome { total: secs(6), ..bad(class) });
    }
    let state = rig.until(|s| s.left_for.is_some()).await;
    assert_eq!(state.failing, 0);
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_the_whole_answer_is_one_of_its_own() {
    let rig = rig(settings(|_, tier| tier.triggers = Triggers::above(None, Some(secs(20)))));
    rig.healthy().await;
    (0..3).for_each(|_| rig.tell(Outcome { stream: false, first_token: None, total: secs(21), ..good() }));
    let state = rig.until(|s| s.left_for.is_some()).await;
    assert_eq!(state.left_for.map(|l| (l.trigger, l.class)), Some((Trigger::TotalAbove, F::SlowAnswer)));
    rig.until(|s| s.left_for.is_none()).await;
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_is_taken_away_lets_it_serve_at_once() {
    let rig = rig(limited(|_| {}));
    slow(&rig).await;
    rig.handle.settings.send_modify(|s| Arc::make_mut(&mut s.tier).triggers = Triggers::default());
    rig.until(ReplicaState::in_full_service).await;
}

#[tokio::test(start_paused = true)]
async fn the_operator_may_bring_it_back_at_once() {
    let rig = rig(limited(|_| {}));
    slow(&rig).await;
    rig.port.tell(Signal::FailBack);
    rig.until(ReplicaState::in_full_service).await;
}

#[tokio::test(start_paused = true)]
async fn quality_and_budget_make_requests_leave_where_their_triggers_are_on() {
    let on = Rule { on: true, impact: Some(Impact::High) };
    let rig = rig(settings(|_, tier| tier.triggers = Triggers::default().with(Trigger::Quality, on)));
    rig.healthy().await;
    for (signal, over, class) in [
        (Signal::Quality(Some("it loops".into())), Signal::Quality(None), F::QualityRejected),
        (Signal::Budget(Some("10 EUR a day".into())), Signal::Budget(None), F::OverBudget),
    ] {
        rig.port.tell(signal);
        let state = rig.until(|s| s.left_for.is_some()).await;
        assert_eq!((state.left_for.unwrap().class, state.health), (class, Health::Degraded));
        rig.port.tell(over);
        rig.until(ReplicaState::in_full_service).await;
    }
    rig.handle.settings.send_modify(|s| Arc::make_mut(&mut s.tier).triggers = Triggers::default());
    rig.port.tell(Signal::Quality(Some("it loops".into())));
    assert!(rig.settle().await.in_full_service(), "the trigger is off");
}

#[tokio::test(start_paused = true)]
async fn a_gpu_fault_takes_it_out_only_where_the_trigger_is_on() {
    let off = Rule { on: false, impact: None };
    let rig = rig(settings(|_, tier| tier.triggers = Triggers::default().with(Trigger::Gpu, off)));
    rig.healthy().await;
    rig.port.tell(Signal::Gpu(Some("Xid 79".into())));
    let state = rig.until(|s| s.health == Health::Degraded).await;
    assert_eq!((state.gate, state.share), (Gate::Open, 1.0));
    rig.handle.settings.send_modify(|s| Arc::make_mut(&mut s.tier).triggers = Triggers::default());
    rig.until(|s| s.health == Health::Down).await;
    rig.handle
        .settings
        .send_modify(|s| Arc::make_mut(&mut s.tier).triggers = Triggers::default().with(Trigger::Gpu, off));
    rig.until(|s| s.health == Health::Degraded).await;
    rig.port.tell(Signal::Gpu(None));
    rig.until(|s| s.health == Health::Healthy).await;
}
