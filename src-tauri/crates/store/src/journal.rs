//! The journal's rows: written in one transaction with all that was folded from them.

use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};

use crate::{
    Store,
    error::StoreError,
    rows::{Commit, EventFilter, EventRow, push_bounds},
};

/// Events in one statement; SQLite takes 32,766 values.
const ROWS_PER_STATEMENT: usize = 1_000;
/// The most events in one answer.
const MOST: u32 = 10_000;

impl Store {
    /// Writes everything in `commit` in one transaction. When it returns `Ok`, nothing of it can be lost.
    ///
    /// # Errors
    /// When the disk is full or the database cannot be written; nothing of it was written then.
    pub async fn commit(&self, commit: &Commit) -> Result<(), StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        insert_events(&mut tx, &commit.events).await?;
        crate::incidents::write(&mut tx, &commit.incidents, &commit.timeline).await?;
        crate::deeds::write(&mut tx, &commit.deeds).await?;
        crate::changeovers::insert(&mut tx, &commit.changeovers).await?;
        crate::rollups::add(&mut tx, commit).await?;
        for (name, value) in &commit.states {
            crate::states::put(&mut tx, name, value).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The greatest number of an event; 0 when there is none.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn last_seq(&self) -> Result<i64, StoreError> {
        let row = sqlx::query!(r#"SELECT COALESCE(MAX(seq), 0) AS "last!: i64" FROM events"#);
        Ok(row.fetch_one(&self.readers).await?.last)
    }

    /// Events that match, at most `limit`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn events(&self, filter: &EventFilter) -> Result<Vec<EventRow>, StoreError> {
        let mut query =
            QueryBuilder::new("SELECT seq, at_ms, kind, chain, tier, simulated, durable, body FROM events");
        push_conditions(&mut query, filter);
        query.push(if filter.newest_first { " ORDER BY seq DESC LIMIT " } else { " ORDER BY seq LIMIT " });
        query.push_bind(i64::from(filter.limit.clamp(1, MOST)));
        let rows = query.build().fetch_all(&self.readers).await?;
        Ok(rows.iter().map(event).collect::<Result<_, _>>()?)
    }

    /// How many events match; `limit` and order do not count.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn count_events(&self, filter: &EventFilter) -> Result<u64, StoreError> {
        let mut query = QueryBuilder::new("SELECT COUNT(*) FROM events");
        push_conditions(&mut query, filter);
        let count: i64 = query.build_query_scalar().fetch_one(&self.readers).await?;
        Ok(count.unsigned_abs())
    }
}

async fn insert_events(tx: &mut SqliteConnection, events: &[EventRow]) -> Result<(), StoreError> {
    for chunk in events.chunks(ROWS_PER_STATEMENT) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO events (seq, at_ms, kind, chain, tier, simulated, durable, body) ",
        );
        query.push_values(chunk, |mut row, e| {
            row.push_bind(e.seq)
                .push_bind(e.at_ms)
                .push_bind(&e.kind)
                .push_bind(&e.chain)
                .push_bind(&e.tier)
                .push_bind(e.simulated)
                .push_bind(e.durable)
                .push_bind(&e.body);
        });
        // The text differs with the number of rows, so keeping each prepared would only fill the cache.
        query.build().persistent(false).execute(&mut *tx).await?;
    }
    Ok(())
}

fn push_conditions(query: &mut QueryBuilder<Sqlite>, filter: &EventFilter) {
    query.push(" WHERE TRUE");
    if !filter.kinds.is_empty() {
        query.push(" AND kind IN (");
        let mut kinds = query.separated(", ");
        for kind in &filter.kinds {
            kinds.push_bind(kind.clone());
        }
        query.push(")");
    }
    let numbers = [
        (" AND at_ms >= ", filter.from_ms),
        (" AND at_ms < ", filter.to_ms),
        (" AND seq > ", filter.after_seq),
        (" AND seq < ", filter.before_seq),
        (" AND simulated = ", filter.simulated.map(i64::from)),
    ];
    push_bounds(query, &numbers, filter.chain.as_deref());
}

fn event(row: &SqliteRow) -> Result<EventRow, sqlx::Error> {
    Ok(EventRow {
        seq: row.try_get("seq")?,
        at_ms: row.try_get("at_ms")?,
        kind: row.try_get("kind")?,
        chain: row.try_get("chain")?,
        tier: row.try_get("tier")?,
        simulated: row.try_get("simulated")?,
        durable: row.try_get("durable")?,
        body: row.try_get("body")?,
    })
}
