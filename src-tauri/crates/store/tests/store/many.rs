//! Long lists: a million change-overs and a hundred thousand incidents. A page costs the same wherever it is.

use std::{path::Path, time::Duration};

use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use store::{ChangeoverFilter, IncidentFilter};
use tokio::time::Instant;

use crate::open;

const CHANGES: i64 = 1_000_000;
const INCIDENTS: i64 = 100_000;
const PAGE: u32 = 100;
/// A page of a list that is read from its beginning each time takes seconds at this length; one that goes on from a row
/// takes a fraction of a millisecond. Slow machines and a busy disk stay far below this.
const PATIENCE: Duration = Duration::from_millis(250);

/// Writes the rows by SQL alone, on a file that the store has made.
async fn fill(folder: &Path) {
    drop(open(folder).await);
    let file = folder.join("changeover.sqlite");
    let mut db = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let numbers = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ?)";
    let changes = format!(
        "{numbers} INSERT INTO changeovers
         SELECT x, x * 1000, 'chat', x % 5 = 0, CASE x % 2 WHEN 0 THEN 'over' ELSE 'back' END, 'gpu', 'cpu',
                CASE x % 3 WHEN 0 THEN 'refused' ELSE 'overloaded' END, 'the server answered 503', '', NULL, NULL FROM n"
    );
    sqlx::query(sqlx::AssertSqlSafe(changes)).bind(CHANGES).execute(&mut db).await.unwrap();
    let incidents = format!(
        "{numbers} INSERT INTO incidents (id, chain, tier, simulated, kind, severity, state, title, cause, advice, began_ms,
             detected_ms, saved, failed, relapses)
         SELECT x, 'chat', 'gpu', x % 5 = 0, 'outage', x % 4, 'closed', 'chat: gpu is down', 'refused', '', x * 1000,
                x * 1000 + 5, 0, 0, 0 FROM n"
    );
    sqlx::query(sqlx::AssertSqlSafe(incidents)).bind(INCIDENTS).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}

#[tokio::test]
async fn the_last_page_of_a_million_costs_no_more_than_the_first() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path()).await;
    let store = open(dir.path()).await;
    for before in [None, Some(CHANGES / 2), Some(150)] {
        let filter =
            ChangeoverFilter { before_seq: before, simulated: Some(false), ..ChangeoverFilter::default() };
        let begun = Instant::now();
        let rows = store.changeovers(&filter, PAGE, 0).await.unwrap();
        let took = begun.elapsed();
        assert!(took < PATIENCE, "{took:?} before {before:?}");
        assert_eq!(rows.len(), PAGE as usize);
        let first = before.unwrap_or(CHANGES + 1) - 1;
        assert!(rows[0].seq <= first && rows[0].seq > first - 3, "{} before {before:?}", rows[0].seq);
        assert!(rows.windows(2).all(|pair| pair[0].seq > pair[1].seq));
    }
    for before in [None, Some(INCIDENTS / 2), Some(150)] {
        let filter = IncidentFilter { before_id: before, ..IncidentFilter::default() };
        let begun = Instant::now();
        let rows = store.newest_incidents(&filter, PAGE).await.unwrap();
        let took = begun.elapsed();
        assert!(took < PATIENCE, "{took:?} before {before:?}");
        assert_eq!((rows.len(), rows[0].id), (PAGE as usize, before.unwrap_or(INCIDENTS + 1) - 1));
    }
    let begun = Instant::now();
    let last = store.last_failover("chat", false, i64::MAX).await.unwrap();
    assert_eq!(last, Some((999_998_000, None)));
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
}
