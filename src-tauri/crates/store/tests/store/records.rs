use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};
use store::{
    AttemptMinute, Commit, DeedRow, FirstTokenMinute, IncidentFilter, IncidentRow, InsertError,
    RequestMinute, RollupFilter, RowDeed,
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

#[tokio::test]
async fn what_people_did_changes_rows_and_keeps_what_was_recorded_first() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.commit(&Commit { incidents: vec![incident(1)], ..Commit::default() }).await.unwrap();
    let correct = |was_ms, now_ms| RowDeed::Correct {
        milestone: "began".into(),
        was_ms,
        now_ms,
        reason: "the log says so".into(),
    };
    let deeds = [
        RowDeed::Severity(0),
        RowDeed::Phase("post_mortem".into()),
        RowDeed::MergedInto(9),
        RowDeed::Runbook(Some("gpu-lost".into())),
        RowDeed::PostMortem("# What happened".into()),
        RowDeed::Step { runbook: "gpu-lost".into(), step: 2, done: true },
        RowDeed::Step { runbook: "gpu-lost".into(), step: 2, done: false },
        correct(None, 900),
        correct(Some(Some(900)), 800),
    ];
    let row = |(n, deed)| DeedRow { incident: 1, seq: n, at_ms: 5_000, actor: "ada".into(), deed };
    let commit = Commit { deeds: (1..).zip(deeds).map(row).collect(), ..Commit::default() };
    store.commit(&commit).await.unwrap();

    let found = store.incident(1).await.unwrap().unwrap();
    let texts = (found.phase.as_str(), found.runbook.as_deref(), found.post_mortem.as_deref());
    assert_eq!(texts, ("post_mortem", Some("gpu-lost"), Some("# What happened")));
    let numbers = (found.severity, found.severity_by_hand, found.merged_into, found.began_ms);
    assert_eq!(numbers, (0, true, Some(9), 800));
    let corrections: Vec<_> =
        store.corrections(1).await.unwrap().iter().map(|c| (c.was_ms, c.now_ms)).collect();
    assert_eq!(corrections, [(Some(1_000), 900), (Some(900), 800)]);
    let steps = store.runbook_steps(1).await.unwrap();
    assert_eq!((steps.len(), steps[0].step, steps[0].done, steps[0].actor.as_str()), (1, 2, false, "ada"));
    assert_eq!(store.runbooks_followed().await.unwrap(), [], "a step that was unticked was not followed");

    // The fold writes the row again and leaves the post-mortem alone.
    store.commit(&Commit { incidents: vec![incident(1)], ..Commit::default() }).await.unwrap();
    assert!(store.incident(1).await.unwrap().unwrap().post_mortem.is_some());
}

#[tokio::test]
async fn incidents_are_found_by_state_severity_kind_tier_and_text() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let gpu = IncidentRow { kind: "gpu".into(), severity: 0, tier: "b".into(), ..incident(2) };
    let acknowledged =
        IncidentRow { state: "acknowledged".into(), cause: "Xid 79".into(), severity: 3, ..incident(3) };
    let commit = Commit { incidents: vec![incident(1), gpu, acknowledged], ..Commit::default() };
    store.commit(&commit).await.unwrap();
    let all = IncidentFilter::default;
    let cases = [
        (IncidentFilter { states: vec!["open".into()], ..all() }, vec![2, 1]),
        (IncidentFilter { states: vec!["open".into(), "acknowledged".into()], ..all() }, vec![3, 2, 1]),
        (IncidentFilter { severities: vec![0, 3], ..all() }, vec![3, 2]),
        (IncidentFilter { kinds: vec!["gpu".into()], ..all() }, vec![2]),
        (IncidentFilter { tier: Some("b".into()), ..all() }, vec![2]),
        (IncidentFilter { text: Some("xid".into()), ..all() }, vec![3]),
        (IncidentFilter { text: Some("%".into()), ..all() }, vec![]),
    ];
    for (filter, expected) in cases {
        let (rows, total) = store.incidents(&filter, 9, 0).await.unwrap();
        let ids: Vec<_> = rows.iter().map(|r| r.id).collect();
        assert_eq!((ids, total), (expected.clone(), expected.len() as u64), "{filter:?}");
    }
}

#[tokio::test]
async fn whole_hours_add_up_to_the_same_as_their_minutes() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let request = |minute: i64| RequestMinute {
        minute,
        chain: "chat".into(),
        tier: "gpu".into(),
        simulated: false,
        result: "answered".into(),
        count: 1,
        first_tier_ok: 1,
    };
    let attempt = |minute: i64| AttemptMinute {
        minute,
        chain: "chat".into(),
        tier: "gpu".into(),
        simulated: false,
        result: "ok".into(),
        count: 1,
        tokens_in: 10,
        tokens_out: 3,
    };
    let minutes = -130..400;
    let commit = Commit {
        requests: minutes.clone().map(request).collect(),
        attempts: minutes.map(attempt).collect(),
        ..Commit::default()
    };
    store.commit(&commit).await.unwrap();
    for (from, to) in
        [(0, 60), (-61, 121), (59, 61), (1, 59), (60, 60), (30, 90), (-130, 400), (i64::MIN, i64::MAX)]
    {
        let filter =
            RollupFilter { from_minute: from, to_minute: to, simulated: false, chain: Some("chat".into()) };
        let expected = (to.min(400) - from.max(-130)).max(0);
        let requests: i64 = store.request_totals(&filter).await.unwrap().iter().map(|r| r.count).sum();
        let attempts = store.attempt_totals(&filter).await.unwrap();
        let tokens: i64 = attempts.iter().map(|a| a.tokens_in + a.tokens_out).sum();
        assert_eq!((requests, tokens), (expected, expected * 13), "{from} to {to}");
    }
}
