use store::{ChangeoverFilter, ChangeoverRow, Commit, EventFilter, EventRow, StoreError};

use crate::{event, events, incident, line, open};

#[tokio::test]
async fn a_commit_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let commit = Commit {
        events: vec![event(1), event(2)],
        incidents: vec![incident(1)],
        timeline: vec![line(1, 2)],
        states: vec![("fold".into(), "{}".into())],
        ..Commit::default()
    };
    store.commit(&commit).await.unwrap();
    store.close().await;
    drop(store);

    let store = open(dir.path()).await;
    assert_eq!(store.last_seq().await.unwrap(), 2);
    assert_eq!(store.events(&EventFilter::default()).await.unwrap(), commit.events);
    assert_eq!(store.incident(1).await.unwrap().unwrap(), commit.incidents[0]);
    assert_eq!(store.timeline(1).await.unwrap()[0].text, "line 2");
    assert_eq!(store.state("fold").await.unwrap().as_deref(), Some("{}"));
    assert!(store.size_bytes() > 0);
}

#[tokio::test]
async fn a_commit_is_written_whole_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let orphan = Commit { events: vec![event(1)], timeline: vec![line(77, 1)], ..Commit::default() };
    let error = store.commit(&orphan).await.unwrap_err();
    assert!(matches!(error, StoreError::Database(_)), "{error}");
    assert_eq!(store.last_seq().await.unwrap(), 0);
    store.commit(&events(vec![event(1)])).await.unwrap();
    assert!(store.commit(&events(vec![event(2), event(1)])).await.is_err(), "a number is used once");
    assert_eq!(store.last_seq().await.unwrap(), 1);
}

#[tokio::test]
async fn many_events_fit_in_one_commit() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.commit(&events((1..=2_500).map(event).collect())).await.unwrap();
    assert_eq!(store.count_events(&EventFilter::default()).await.unwrap(), 2_500);
}

#[tokio::test]
async fn events_are_filtered_by_every_field() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let odd = EventRow {
        kind: "alert".into(),
        chain: Some("other".into()),
        tier: None,
        simulated: true,
        durable: false,
        ..event(3)
    };
    store.commit(&events(vec![event(1), event(2), odd, event(4)])).await.unwrap();
    let all = EventFilter::default;
    let cases = [
        (EventFilter { from_ms: Some(2_000), to_ms: Some(4_000), ..all() }, vec![2, 3]),
        (EventFilter { kinds: vec!["alert".into()], ..all() }, vec![3]),
        (EventFilter { kinds: vec!["alert".into(), "replica".into()], ..all() }, vec![1, 2, 3, 4]),
        (EventFilter { chain: Some("chat".into()), ..all() }, vec![1, 2, 4]),
        (EventFilter { simulated: Some(true), ..all() }, vec![3]),
        (EventFilter { after_seq: Some(2), ..all() }, vec![3, 4]),
        (EventFilter { before_seq: Some(2), ..all() }, vec![1]),
        (EventFilter { newest_first: true, limit: 2, ..all() }, vec![4, 3]),
        (EventFilter { limit: 0, ..all() }, vec![1]),
        (EventFilter { kinds: vec!["' OR 1=1 --".into()], ..all() }, vec![]),
    ];
    for (filter, expected) in cases {
        let found: Vec<_> = store.events(&filter).await.unwrap().iter().map(|e| e.seq).collect();
        assert_eq!(found, expected, "{filter:?}");
    }
}

fn moved(seq: i64, from: &str, to: &str, cause: &str) -> ChangeoverRow {
    ChangeoverRow {
        seq,
        at_ms: seq * 1_000,
        chain: "chat".into(),
        direction: "over".into(),
        from_tier: from.into(),
        to_tier: to.into(),
        cause: cause.into(),
        error: format!("{from} said 100 % \"no\""),
        incident: (seq == 3).then_some(7),
        ..ChangeoverRow::default()
    }
}

#[tokio::test]
async fn change_overs_are_searched_filtered_and_paged() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let back = ChangeoverRow { direction: "back".into(), ..moved(4, "cpu", "gpu", "recovered") };
    let practice =
        ChangeoverRow { simulated: true, chain: "practice".into(), ..moved(5, "a", "b", "refused") };
    let rows = vec![
        moved(1, "gpu", "cpu", "refused"),
        moved(2, "cpu", "", "refused"),
        moved(3, "gpu", "cpu", "gpu"),
    ];
    let changeovers = [rows, vec![back, practice]].concat();
    store.commit(&Commit { changeovers: changeovers.clone(), ..Commit::default() }).await.unwrap();
    store.commit(&Commit { changeovers, ..Commit::default() }).await.unwrap();

    let all = ChangeoverFilter::default;
    let text = |t: &str| ChangeoverFilter { text: Some(t.into()), ..all() };
    let cases = [
        (all(), vec![5, 4, 3, 2, 1]),
        (ChangeoverFilter { simulated: Some(false), direction: Some("over".into()), ..all() }, vec![3, 2, 1]),
        (ChangeoverFilter { tier: Some("cpu".into()), before_seq: Some(4), ..all() }, vec![3, 2, 1]),
        (ChangeoverFilter { cause: Some("gpu".into()), ..all() }, vec![3]),
        (ChangeoverFilter { incident: Some(7), ..all() }, vec![3]),
        (ChangeoverFilter { chain: Some("practice".into()), ..all() }, vec![5]),
        (ChangeoverFilter { from_ms: Some(2_000), to_ms: Some(4_000), ..all() }, vec![3, 2]),
        (text("CPU SAID"), vec![4, 2]),
        (text("100 %"), vec![5, 4, 3, 2, 1]),
        (text("1_0"), vec![]),
        (text("' OR 1=1 --"), vec![]),
    ];
    for (filter, expected) in cases {
        let found: Vec<_> = store.changeovers(&filter, 100, 0).await.unwrap().iter().map(|c| c.seq).collect();
        assert_eq!(found, expected, "{filter:?}");
        assert_eq!(store.count_changeovers(&filter).await.unwrap(), expected.len() as u64, "{filter:?}");
    }
    let page: Vec<_> = store.changeovers(&all(), 2, 2).await.unwrap().iter().map(|c| c.seq).collect();
    assert_eq!(page, [3, 2]);
    let causes = store.changeover_causes(0, 10_000, false).await.unwrap();
    assert_eq!(causes, [("refused".to_owned(), 2), ("gpu".to_owned(), 1)]);
}
