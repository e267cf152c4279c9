use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};
use store::{
    AttemptMinute, Commit, FirstTokenMinute, IncidentFilter, IncidentRow, InsertError, RequestMinute,
    RollupFilter,
};

use crate::{incident, line, open};

#[tokio::test]
async fn of_two_editors_the_slower_one_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    assert_eq!(store.latest_revision().await.unwrap(), None);
    assert_eq!(store.insert_revision("ada", "first", 1, "a: 1", Some(0)).await.unwrap(), 1);
    assert_eq!(store.insert_revision("ada", "second", 2, "a: 2", Some(1)).await.unwrap(), 2);
    let error = store.insert_revision("bob", "late", 3, "a: 3", Some(1)).await.unwrap_err();
    assert!(matches!(error, InsertError::Conflict { expected: 1, latest: 2 }), "{error}");
    assert!(error.to_string().contains("load it again"), "{error}");
    assert_eq!(store.insert_revision("bob", "whatever", 4, "a: 4", None).await.unwrap(), 3);

    let latest = store.latest_revision().await.unwrap().unwrap();
    assert_eq!((latest.revision, latest.document.as_str(), latest.author.as_str()), (3, "a: 4", "bob"));
    assert_eq!(store.revision(1).await.unwrap().unwrap().document, "a: 1");
    assert_eq!(store.revision(9).await.unwrap(), None);
    let list: Vec<_> =
        store.revisions(2).await.unwrap().into_iter().map(|r| (r.revision, r.document)).collect();
    assert_eq!(list, [(3, String::new()), (2, String::new())]);
}

#[tokio::test]
async fn incidents_are_rewritten_and_listed_newest_first() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let practice = IncidentRow { simulated: true, chain: "practice".into(), ..incident(3) };
    let commit = Commit { incidents: vec![incident(1), incident(2), practice], ..Commit::default() };
    store.commit(&commit).await.unwrap();
    let closed = IncidentRow {
        state: "closed".into(),
        restored_ms: Some(9),
        closed_ms: Some(9),
        saved: 7,
        ..incident(1)
    };
    store.commit(&Commit { incidents: vec![closed.clone()], ..Commit::default() }).await.unwrap();
    assert_eq!(store.incident(1).await.unwrap().unwrap(), closed);

    let all = IncidentFilter::default;
    let cases = [
        (all(), 2, 0, vec![3, 2], 3),
        (all(), 2, 2, vec![1], 3),
        (IncidentFilter { going_on: Some(true), ..all() }, 9, 0, vec![3, 2], 2),
        (IncidentFilter { going_on: Some(false), ..all() }, 9, 0, vec![1], 1),
        (IncidentFilter { simulated: Some(false), ..all() }, 9, 0, vec![2, 1], 2),
        (IncidentFilter { chain: Some("practice".into()), ..all() }, 9, 0, vec![3], 1),
        (IncidentFilter { from_ms: Some(2_000), to_ms: Some(3_000), ..all() }, 9, 0, vec![2], 1),
    ];
    for (filter, limit, offset, expected, count) in cases {
        let (rows, total) = store.incidents(&filter, limit, offset).await.unwrap();
        let ids: Vec<_> = rows.iter().map(|r| r.id).collect();
        assert_eq!((ids, total), (expected, count), "{filter:?}");
    }
}

#[tokio::test]
async fn nobody_can_rewrite_a_timeline() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store
        .commit(&Commit {
            incidents: vec![incident(1)],
            timeline: vec![line(1, 1), line(1, 2)],
            ..Commit::default()
        })
        .await
        .unwrap();
    let mut raw = SqliteConnectOptions::new().filename(store.path()).connect().await.unwrap();
    for statement in ["UPDATE timeline SET text = 'all was well'", "DELETE FROM timeline"] {
        let error = sqlx::query(statement).execute(&mut raw).await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
    }
    let texts: Vec<_> = store.timeline(1).await.unwrap().into_iter().map(|l| l.text).collect();
    assert_eq!(texts, ["line 1", "line 2"]);
}

#[tokio::test]
async fn figures_of_a_minute_add_up_and_kinds_stay_apart() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let attempt = |minute, simulated, result: &str, count| AttemptMinute {
        minute,
        chain: "chat".into(),
        tier: "gpu".into(),
        simulated,
        result: result.into(),
        count,
        tokens_in: 10 * count,
        tokens_out: count,
    };
    let request = |minute, result: &str, count| RequestMinute {
        minute,
        chain: "chat".into(),
        tier: "gpu".into(),
        simulated: false,
        result: result.into(),
        count,
        first_tier_ok: 1,
    };
    let token = |bucket_ms, count| FirstTokenMinute {
        minute: 5,
        chain: "chat".into(),
        tier: "gpu".into(),
        simulated: false,
        bucket_ms,
        count,
    };
    let commit = Commit {
        attempts: vec![
            attempt(5, false, "ok", 2),
            attempt(5, true, "ok", 50),
            attempt(5, false, "refused", 1),
        ],
        requests: vec![request(5, "answered", 2), request(6, "answered", 3), request(6, "failed", 1)],
        first_tokens: vec![token(50, 2), token(100, 1)],
        ..Commit::default()
    };
    store.commit(&commit).await.unwrap();
    store.commit(&commit).await.unwrap();

    let filter = |from, to, chain: Option<&str>| RollupFilter {
        from_minute: from,
        to_minute: to,
        simulated: false,
        chain: chain.map(str::to_owned),
    };
    let attempts = store.attempt_minutes(&filter(5, 6, None)).await.unwrap();
    let counts: Vec<_> =
        attempts.iter().map(|a| (a.result.as_str(), a.count, a.tokens_in, a.tokens_out)).collect();
    assert_eq!(counts, [("ok", 4, 40, 4), ("refused", 2, 20, 2)]);
    assert_eq!(store.attempt_minutes(&filter(5, 6, Some("other"))).await.unwrap(), []);
    assert_eq!(store.request_minutes(&filter(6, 7, Some("chat"))).await.unwrap().len(), 2);
    let totals = store.request_totals(&filter(5, 7, None)).await.unwrap();
    let totals: Vec<_> = totals.iter().map(|t| (t.result.as_str(), t.count, t.first_tier_ok)).collect();
    assert_eq!(totals, [("answered", 10, 4), ("failed", 2, 2)]);
    let tokens = store.first_token_minutes(&filter(0, 9, None)).await.unwrap();
    assert_eq!(tokens.iter().map(|t| (t.bucket_ms, t.count)).collect::<Vec<_>>(), [(50, 4), (100, 2)]);
}

#[tokio::test]
async fn states_are_found_by_name_and_by_prefix() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for (name, value) in [("key.a", "1"), ("key.b", "2"), ("keyring", "3"), ("key.a", "4")] {
        store.put_state(name, value).await.unwrap();
    }
    let pairs = store.states("key.").await.unwrap();
    assert_eq!(pairs, [("key.a".to_owned(), "4".to_owned()), ("key.b".to_owned(), "2".to_owned())]);
    store.remove_state("key.a").await.unwrap();
    store.remove_state("never there").await.unwrap();
    assert_eq!(store.state("key.a").await.unwrap(), None);
}
