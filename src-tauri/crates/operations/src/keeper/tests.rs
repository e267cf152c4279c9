use domain::{
    Event, Journal,
    event::{Attempt, RequestResult},
    failure::FailureClass,
    journal::journal,
};
use store::{EventRow, IncidentFilter, Retention, RollupFilter};

use super::*;
use crate::testing::*;

struct Kept {
    dir: tempfile::TempDir,
    store: Store,
    journal: Journal,
    keeper: Keeper,
}

impl Kept {
    async fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap()).await
    }

    async fn start_in(dir: tempfile::TempDir) -> Self {
        let store = Store::open(dir.path()).await.unwrap();
        let (journal, reader) = journal();
        let keeper = Keeper::start(store.clone(), reader).await.unwrap();
        Self { dir, store, journal, keeper }
    }

    async fn restart(self) -> Self {
        self.keeper.shutdown().await;
        self.store.close().await;
        let Self { dir, store, journal, keeper } = self;
        drop((store, journal, keeper));
        Self::start_in(dir).await
    }

    async fn rows(&self) -> Vec<EventRow> {
        self.store.events(&EventFilter::default()).await.unwrap()
    }
}

fn attempt(failure: Option<FailureClass>, first_token_ms: Option<f64>) -> Event {
    Event::Attempt(Attempt {
        request: "r".into(),
        chain: CHAIN.into(),
        tier: "gpu".into(),
        replica: "chat/gpu@http://gpu:8000".into(),
        simulated: false,
        began_ms: 0,
        failure,
        message: String::new(),
        first_token_ms,
        total_ms: 100.0,
        tokens_in: Some(10),
        tokens_out: None,
        resumes: false,
    })
}

#[tokio::test]
async fn whoever_hears_of_an_event_finds_it_in_the_store() {
    let kept = Kept::start().await;
    let mut commits = kept.keeper.subscribe();
    kept.journal.tell_at(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    let commit = commits.recv().await.unwrap();
    assert_eq!(commit.events[0].seq, 1);
    let steps: Vec<_> = commit.incidents.iter().map(|(step, i)| (*step, i.id)).collect();
    assert_eq!(steps, [(Step::Opened, 1), (Step::Updated, 1)]);

    let rows = kept.rows().await;
    assert_eq!((rows[0].seq, rows[0].kind.as_str(), rows[0].durable), (1, "changed_over", true));
    assert_eq!(read_event(&rows[0]).unwrap(), commit.events[0]);
    let (incidents, _) = kept.store.incidents(&IncidentFilter::default(), 10, 0).await.unwrap();
    let opened = (incidents[0].id, incidents[0].state.as_str(), incidents[0].failed_over_ms);
    assert_eq!(opened, (1, "open", Some(1_000)));
    assert!(kept.store.timeline(1).await.unwrap().len() >= 4);
    assert_eq!(
        kept.store.changeovers(&store::ChangeoverFilter::default(), 1, 0).await.unwrap()[0].incident,
        Some(1)
    );
    assert_eq!(kept.keeper.book().open()[0].id, 1);
}

#[tokio::test]
async fn an_incident_goes_on_over_a_restart() {
    let kept = Kept::start().await;
    kept.journal.tell_at(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    kept.keeper.flushed().await;
    let before = kept.keeper.book();
    let kept = kept.restart().await;
    assert_eq!(*kept.keeper.book(), *before);
    kept.journal.tell_at(9_000, up("gpu"));
    kept.keeper.flushed().await;
    assert_eq!(kept.rows().await.iter().map(|r| r.seq).collect::<Vec<_>>(), [1, 2]);
    let row = kept.store.incident(1).await.unwrap().unwrap();
    assert_eq!((row.state.as_str(), row.restored_ms), ("closed", Some(9_000)));
}

#[tokio::test]
async fn a_lost_fold_is_made_again_from_the_journal() {
    let kept = Kept::start().await;
    kept.journal.tell_at(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    kept.journal.tell_at(2_000, down("gpu", 900));
    kept.journal.tell_at(3_000, request(Some("cpu"), RequestResult::Answered, 5.0));
    kept.keeper.flushed().await;
    let (before, lines) = (kept.keeper.book(), kept.store.timeline(1).await.unwrap());
    kept.store.remove_state(BOOK_STATE).await.unwrap();
    let kept = kept.restart().await;
    assert_eq!(*kept.keeper.book(), *before);
    assert_eq!(kept.store.timeline(1).await.unwrap(), lines, "no line is written twice");
    let filter = RollupFilter { from_minute: 0, to_minute: 9, simulated: false, chain: None };
    assert_eq!(kept.store.request_minutes(&filter).await.unwrap()[0].count, 1, "no request is counted twice");
}

#[tokio::test]
async fn attempts_and_requests_become_figures_of_their_minute() {
    let kept = Kept::start().await;
    kept.journal.tell_at(59_999, attempt(None, Some(42.0)));
    kept.journal.tell_at(60_000, attempt(None, Some(900_000.0)));
    kept.journal.tell_at(60_001, attempt(Some(FailureClass::Refused), None));
    kept.journal.tell_at(60_002, request(Some("gpu"), RequestResult::Answered, 5.0));
    kept.journal.tell_at(60_003, request(None, RequestResult::Failed, 5.0));
    kept.keeper.flushed().await;
    let filter = RollupFilter { from_minute: 0, to_minute: 9, simulated: false, chain: None };
    let attempts = kept.store.attempt_minutes(&filter).await.unwrap();
    let attempts: Vec<_> =
        attempts.iter().map(|a| (a.minute, a.result.as_str(), a.count, a.tokens_in)).collect();
    assert_eq!(attempts, [(0, "ok", 1, 10), (1, "ok", 1, 10), (1, "refused", 1, 10)]);
    let tokens = kept.store.first_token_minutes(&filter).await.unwrap();
    let tokens: Vec<_> = tokens.iter().map(|t| (t.minute, t.bucket_ms, t.count)).collect();
    assert_eq!(tokens, [(0, 50, 1), (1, i64::MAX, 1)]);
    let requests = kept.store.request_minutes(&filter).await.unwrap();
    let requests: Vec<_> =
        requests.iter().map(|r| (r.tier.as_str(), r.result.as_str(), r.first_tier_ok)).collect();
    assert_eq!(requests, [("", "failed", 0), ("gpu", "answered", 1)]);
    assert!(!kept.rows().await[0].durable);
}

#[tokio::test]
async fn while_the_database_cannot_be_written_nothing_is_lost_and_the_order_is_kept() {
    let kept = Kept::start().await;
    // A row that takes the next number makes every commit fail until it is pruned.
    let squatter = EventRow {
        seq: 1,
        at_ms: 0,
        kind: "attempt".into(),
        chain: None,
        tier: None,
        simulated: false,
        durable: false,
        body: "{}".into(),
    };
    kept.store.commit(&Commit { events: vec![squatter], ..Commit::default() }).await.unwrap();
    let mut problem = kept.keeper.problem();
    kept.journal.tell_at(1_000, down("gpu", 900));
    let said = problem.wait_for(Option::is_some).await.unwrap().clone().unwrap();
    assert!(said.starts_with("History is not being saved"), "{said}");
    for n in 0..2_000 {
        kept.journal.tell_at(2_000 + n, if n % 2 == 0 { up("gpu") } else { down("gpu", 900) });
    }
    let pruned = kept.store.prune(1_000 * 86_400_000, Retention::default()).await.unwrap();
    assert_eq!(pruned.rows, 1);
    problem.wait_for(Option::is_none).await.unwrap();
    kept.keeper.flushed().await;
    let filter = EventFilter { limit: 10_000, ..EventFilter::default() };
    let rows = kept.store.events(&filter).await.unwrap();
    assert_eq!(rows.len(), 2_001);
    assert!(rows.iter().map(|r| r.seq).eq(1..=2_001));
    assert!(rows.is_sorted_by_key(|r| r.at_ms));
}

#[tokio::test]
async fn shutting_down_commits_what_was_handed_in() {
    let kept = Kept::start().await;
    for n in 0..1_500 {
        kept.journal.tell_at(n, attempt(None, None));
    }
    kept.journal.tell_at(9_000, up("gpu"));
    kept.keeper.shutdown().await;
    let filter = RollupFilter { from_minute: 0, to_minute: 1, simulated: false, chain: None };
    assert_eq!(kept.store.attempt_minutes(&filter).await.unwrap()[0].count, 1_500);
    assert!(kept.rows().await.iter().any(|r| r.kind == "replica"));
    // Whoever still waits for the keeper is not left waiting.
    kept.keeper.flushed().await;
}

#[tokio::test]
async fn heavy_traffic_is_counted_in_full_and_kept_in_part() {
    let kept = Kept::start().await;
    for n in 0..500 {
        kept.journal.tell_at(60_000 + n, request(Some("gpu"), RequestResult::Answered, 5.0));
        kept.journal.tell_at(60_000 + n, attempt(Some(FailureClass::Refused), None));
    }
    kept.journal.tell_at(61_000, request(Some("gpu"), RequestResult::Answered, 5.0));
    kept.keeper.flushed().await;
    let filter = RollupFilter { from_minute: 1, to_minute: 2, simulated: false, chain: None };
    assert_eq!(kept.store.request_minutes(&filter).await.unwrap()[0].count, 501);
    let rows = kept.rows().await;
    let count = |kind: &str| rows.iter().filter(|r| r.kind == kind).count();
    assert_eq!(count("request"), 51, "50 of the first second, one of the next");
    assert_eq!(count("attempt"), 500, "failures are never thinned here");
}
