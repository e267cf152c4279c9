//! Statistics over the sliding window: what counts, and when it leaves.

use domain::stats::Quota;

use super::*;

fn answer(first_ms: u64, total_ms: u64, tokens: u64) -> Outcome {
    Outcome { first_token: Some(ms(first_ms)), total: ms(total_ms), tokens_out: Some(tokens), ..good() }
}

#[tokio::test(start_paused = true)]
async fn what_was_answered_and_what_failed_is_counted_and_leaves_after_fifteen_minutes() {
    let rig = rig(settings(|_, tier| tier.load.on = false));
    rig.healthy().await;
    rig.tell(answer(100, 1_100, 101));
    rig.tell(answer(300, 1_300, 101));
    rig.tell(Outcome { first_token: Some(ms(5)), ..bad(F::CutStream) });
    rig.tell(bad(F::RateLimited));
    rig.tell(bad(F::ClientGone));
    let state = rig.until(|s| s.stats.requests == 4).await;
    let stats = &state.stats;
    // The rate limit is no failure of the replica's, and is counted by itself.
    assert_eq!((stats.rate_limited, stats.partial), (1, 1));
    assert_eq!(stats.errors, [(F::CutStream, 1), (F::RateLimited, 1)]);
    assert_eq!(stats.tokens_per_second, Some(101.0));
    let near =
        |got: Duration, want: u64| (got.as_secs_f64() * 1000.0 - want as f64).abs() / (want as f64) < 0.02;
    let (total, between) = (stats.total.expect("totals"), stats.inter_token.expect("gaps"));
    assert!(near(total.p50, 1_100) && near(total.p99, 1_300) && near(between.p95, 10), "{stats:?}");
    assert!(near(stats.first_token.expect("first tokens").p95, 300));
    assert_eq!(state.first_token.map(|f| f.1), stats.first_token.map(|f| f.p95));
    sleep(secs(11 * 60)).await;
    assert_eq!(rig.port.state().stats.requests, 4);
    // Without traffic the checks see to it that old figures go.
    sleep(secs(4 * 60 + 20)).await;
    let stats = rig.port.state().stats;
    assert_eq!((stats.requests, stats.errors.len(), stats.partial), (0, 0, 0));
    assert_eq!((stats.first_token, stats.total, stats.tokens_per_second), (None, None, None));
}

#[tokio::test(start_paused = true)]
async fn the_quota_is_the_last_that_was_told_and_checks_are_counted_by_kind() {
    let rig = rig(settings(|_, tier| tier.load.on = false));
    rig.healthy().await;
    for left in [9, 7] {
        rig.port.tell(Signal::Quota(Quota { requests_left: Some(left), ..Quota::default() }));
    }
    let state = rig.until(|s| s.stats.quota.is_some()).await;
    assert_eq!(state.stats.quota.and_then(|q| q.requests_left), Some(7));
    let (made, tokens) = (state.stats.checks.made, state.stats.checks.generations);
    assert!(made >= 1 && tokens == 0, "{made} {tokens}");
    // Silence is met with a check that asks for a token.
    rig.tell(bad(F::FirstTokenTimeout));
    let state = rig.until(|s| s.stats.checks.generations == 1).await;
    assert_eq!(state.stats.checks.made, made + 1);
}
