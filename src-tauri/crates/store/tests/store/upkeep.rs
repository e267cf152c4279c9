use std::fs;

use store::{Commit, EventFilter, EventRow, RequestMinute, Retention, RollupFilter};
use time::{Duration, OffsetDateTime};

use crate::{event, events, open};

const DAY_MS: i64 = 86_400_000;

#[tokio::test]
async fn only_what_is_old_and_may_be_lost_is_pruned_step_by_step() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let now = 1_000 * DAY_MS;
    let thin = |seq, days| EventRow { at_ms: now - days * DAY_MS - 1, durable: false, ..event(seq) };
    let mut rows: Vec<_> = (1..=6_000).map(|seq| thin(seq, 7)).collect();
    rows.push(thin(6_001, 6));
    rows.push(EventRow { at_ms: 0, ..event(6_002) });
    let minute = |days: i64| RequestMinute {
        minute: (now - days * DAY_MS) / 60_000,
        chain: "chat".into(),
        tier: "gpu".into(),
        simulated: false,
        result: "answered".into(),
        count: 1,
        first_tier_ok: 1,
    };
    let commit = Commit { requests: vec![minute(401), minute(500), minute(399)], ..events(rows) };
    store.commit(&commit).await.unwrap();

    let first = store.prune(now, Retention::default()).await.unwrap();
    assert!(first.more && first.rows < 6_002, "{first:?}");
    while store.prune(now, Retention::default()).await.unwrap().more {}
    let left: Vec<_> = store.events(&EventFilter::default()).await.unwrap().iter().map(|e| e.seq).collect();
    assert_eq!(left, [6_001, 6_002]);
    let filter = RollupFilter { from_minute: 0, to_minute: i64::MAX, simulated: false, chain: None };
    assert_eq!(store.request_minutes(&filter).await.unwrap(), [minute(399)]);
}

#[tokio::test]
async fn there_is_one_backup_a_day_and_seven_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.commit(&events(vec![event(1)])).await.unwrap();
    let now = OffsetDateTime::now_utc();
    let first = store.back_up_daily(now).await.unwrap().expect("there was none");
    assert_eq!(store.back_up_daily(now + Duration::hours(23)).await.unwrap(), None);
    assert!(store.back_up_daily(now + Duration::hours(25)).await.unwrap().is_some());
    for day in 2..9 {
        store.back_up(now + Duration::days(day)).await.unwrap();
    }
    assert_eq!(store.backups().len(), 7);
    assert!(!first.exists(), "the oldest is gone");
    assert!(store.backups().is_sorted());

    let restored = tempfile::tempdir().unwrap();
    fs::copy(store.backups().pop().unwrap(), restored.path().join(store::DATABASE_FILE)).unwrap();
    assert_eq!(open(restored.path()).await.last_seq().await.unwrap(), 1);
}

#[tokio::test]
async fn an_incomplete_backup_is_never_the_newest() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let whole = store.back_up(OffsetDateTime::now_utc()).await.unwrap();
    fs::write(dir.path().join("backups/changeover-99991231T000000.000Z.partial"), "half").unwrap();
    assert_eq!(store.backups(), [whole]);
}
