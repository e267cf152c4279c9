//! From attempts to minutes, hours and days, in a real database.

use super::*;

fn attempt(
    replica: &str,
    failure: Option<FailureClass>,
    first_ms: Option<f64>,
    tokens: Option<u64>,
) -> Attempt {
    Attempt {
        request: "r".into(),
        chain: "chat".into(),
        tier: "gpu".into(),
        replica: replica.into(),
        simulated: false,
        began_ms: 0,
        failure,
        message: String::new(),
        first_token_ms: first_ms,
        total_ms: 1_100.0,
        tokens_in: None,
        tokens_out: tokens,
        resumes: false,
    }
}

async fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    (dir, store)
}

#[test]
fn each_kind_of_end_is_counted() {
    let mut minutes = Minutes::default();
    for (failure, first, tokens) in [
        (None, Some(100.0), Some(11)),
        (None, None, Some(5)),
        (Some(FailureClass::RateLimited), None, None),
        (Some(FailureClass::CutStream), Some(50.0), None),
        (Some(FailureClass::ClientGone), Some(50.0), None),
        (Some(FailureClass::ClientMistake), None, None),
    ] {
        minutes.attempt(7, &attempt("a", failure, first, tokens));
    }
    let sum = &minutes.0[&7]["a"];
    assert_eq!((sum.requests, sum.failed, sum.rate_limited, sum.partial), (4, 2, 1, 1));
    assert_eq!(sum.errors, BTreeMap::from([("cut_stream".into(), 1), ("rate_limited".into(), 1)]));
    assert_eq!((sum.tokens_out, sum.generating_ms), (16, 2_100));
    assert_eq!((sum.first_token.count(), sum.total.count(), sum.inter_token.count()), (2, 2, 1));
    let between = sum.inter_token.quantile(0.5).unwrap();
    assert!((99..=101).contains(&between.as_millis()), "{between:?}");
}

#[tokio::test]
async fn a_minute_is_written_when_it_is_over_and_added_to_that_of_an_earlier_run() {
    let (_dir, store) = store().await;
    for _run in 0..2 {
        let mut minutes = Minutes::default();
        minutes.attempt(100, &attempt("a", None, Some(10.0), Some(3)));
        minutes.write(&store, 100).await;
        let now = store.replica_figures(MINUTE, 0, i64::MAX, None).await.unwrap();
        assert_eq!(now.iter().map(|r| r.requests).sum::<i64>(), _run, "the minute goes on");
        minutes.write(&store, 101).await;
        assert!(minutes.0.is_empty());
    }
    let rows = store.replica_figures(MINUTE, 6_000, 6_001, Some("a")).await.unwrap();
    assert_eq!((rows.len(), rows[0].requests, Sum::from(&rows[0]).first_token.count()), (1, 2, 2));
    assert_eq!(store.replica_figures(MINUTE, 0, i64::MAX, Some("b")).await.unwrap(), []);
}

#[tokio::test]
async fn hours_and_days_are_the_sums_of_their_minutes() {
    let (_dir, store) = store().await;
    let day = 20_000 * DAY;
    let mut minutes = Minutes::default();
    for second in [0, 59, 60, HOUR, HOUR + 30, 2 * HOUR] {
        let ms = if second < HOUR { 10.0 } else { 1000.0 };
        minutes.attempt((day + second) / MINUTE, &attempt("a", None, Some(ms), Some(2)));
    }
    minutes.write(&store, i64::MAX).await;
    let rolled = async |now| {
        roll_up(&store, now).await.unwrap();
        let hours = store.replica_figures(HOUR, day, day + DAY, None).await.unwrap();
        let days = store.replica_figures(DAY, day, day + DAY, None).await.unwrap();
        (hours.iter().map(|r| r.requests).collect::<Vec<_>>(), days.iter().map(|r| r.requests).sum::<i64>())
    };
    // Just before and just after the hour's last minute is sure to be written.
    assert_eq!(rolled(day + HOUR + 2 * MINUTE - 1).await, (vec![], 0));
    assert_eq!(rolled(day + HOUR + 2 * MINUTE).await, (vec![3], 3));
    assert_eq!(rolled(day + 3 * HOUR + 2 * MINUTE).await, (vec![3, 2, 1], 6));
    assert_eq!(rolled(day + 3 * HOUR + 2 * MINUTE).await, (vec![3, 2, 1], 6), "once is enough");
    // What is not rolled up yet is there as minutes, and nothing twice.
    minutes.attempt((day + 3 * HOUR + 300) / MINUTE, &attempt("a", None, Some(10.0), Some(2)));
    minutes.write(&store, i64::MAX).await;
    for span in [DAY, 7 * DAY] {
        let rows = between(&store, Some("a"), day + DAY - span, day + DAY).await.unwrap();
        assert_eq!(rows.iter().map(|r| r.requests).sum::<i64>(), 7, "{span}");
    }
    let days = store.replica_figures(DAY, day, day + DAY, None).await.unwrap();
    let sum = Sum::from(&days[0]);
    assert_eq!(sum.first_token.count(), 6);
    assert!(sum.first_token.quantile(0.95).unwrap() > Duration::from_millis(990));
}

#[tokio::test]
async fn old_figures_go_and_their_sums_stay() {
    let (_dir, store) = store().await;
    let now_s = 20_000 * DAY;
    let kept = store::FiguresKept::default();
    let row = |step, age_days: i64, more| ReplicaFiguresRow {
        step,
        start_s: now_s - age_days * DAY + more,
        replica: "a".into(),
        errors: "{}".into(),
        ..ReplicaFiguresRow::default()
    };
    let rows = [
        row(MINUTE, kept.minutes, 0),
        row(MINUTE, kept.minutes, -60),
        row(HOUR, kept.minutes, -3600),
        row(HOUR, kept.hours, -3600),
        row(DAY, kept.hours, -DAY),
    ];
    store.put_replica_figures(&rows).await.unwrap();
    assert_eq!(store.prune_figures(now_s * 1000, kept).await.unwrap(), 2);
    for (step, left) in [(MINUTE, 1), (HOUR, 1), (DAY, 1)] {
        assert_eq!(store.replica_figures(step, 0, i64::MAX, None).await.unwrap().len(), left, "{step}");
    }
    let sizes = store.table_sizes().await.unwrap();
    assert!(sizes.iter().any(|s| s.table == "replica_figures" && s.bytes >= 4096), "{sizes:?}");
}
