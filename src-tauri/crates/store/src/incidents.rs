//! Incidents and their timelines.

use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};

use crate::{
    Store,
    error::StoreError,
    rows::{IncidentFilter, IncidentRow, TimelineNew, TimelineRow, push_bounds},
};

/// The most incidents in one answer.
const MOST: u32 = 10_000;

impl Store {
    /// A page of the incidents that match, newest first, and how many match in all.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn incidents(
        &self,
        filter: &IncidentFilter,
        limit: u32,
        offset: u32,
    ) -> Result<(Vec<IncidentRow>, u64), StoreError> {
        let mut tx = self.readers.begin().await?;
        let mut count = QueryBuilder::new("SELECT COUNT(*) FROM incidents");
        push_conditions(&mut count, filter);
        let total: i64 = count.build_query_scalar().fetch_one(&mut *tx).await?;
        let mut page = QueryBuilder::new("SELECT * FROM incidents");
        push_conditions(&mut page, filter);
        page.push(" ORDER BY id DESC LIMIT ").push_bind(i64::from(limit.clamp(1, MOST)));
        page.push(" OFFSET ").push_bind(i64::from(offset));
        let rows = page.build().fetch_all(&mut *tx).await?;
        tx.commit().await?;
        Ok((rows.iter().map(incident).collect::<Result<_, _>>()?, total.unsigned_abs()))
    }

    /// The incident of this number.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn incident(&self, id: i64) -> Result<Option<IncidentRow>, StoreError> {
        let row = sqlx::query("SELECT * FROM incidents WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        Ok(row.as_ref().map(incident).transpose()?)
    }

    /// The event that the newest line of any timeline comes from; 0 when there is none. Lines are committed with
    /// their event, so every line of this event and of all before it is there.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn last_timeline_seq(&self) -> Result<i64, StoreError> {
        let row = sqlx::query!(r#"SELECT COALESCE(MAX(seq), 0) AS "last!: i64" FROM timeline"#);
        Ok(row.fetch_one(&self.readers).await?.last)
    }

    /// An incident's timeline, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn timeline(&self, incident: i64) -> Result<Vec<TimelineRow>, StoreError> {
        let query = sqlx::query_as!(
            TimelineRow,
            "SELECT id, seq, at_ms, kind, text, actor FROM timeline WHERE incident = ? ORDER BY id LIMIT 10000",
            incident
        );
        Ok(query.fetch_all(&self.readers).await?)
    }
}

fn push_conditions(query: &mut QueryBuilder<Sqlite>, filter: &IncidentFilter) {
    query.push(match filter.going_on {
        Some(true) => " WHERE state <> 'closed'",
        Some(false) => " WHERE state = 'closed'",
        None => " WHERE TRUE",
    });
    let numbers = [
        (" AND began_ms >= ", filter.from_ms),
        (" AND began_ms < ", filter.to_ms),
        (" AND simulated = ", filter.simulated.map(i64::from)),
    ];
    push_bounds(query, &numbers, filter.chain.as_deref());
}

fn incident(row: &SqliteRow) -> Result<IncidentRow, sqlx::Error> {
    Ok(IncidentRow {
        id: row.try_get("id")?,
        chain: row.try_get("chain")?,
        tier: row.try_get("tier")?,
        simulated: row.try_get("simulated")?,
        kind: row.try_get("kind")?,
        severity: row.try_get("severity")?,
        state: row.try_get("state")?,
        title: row.try_get("title")?,
        cause: row.try_get("cause")?,
        advice: row.try_get("advice")?,
        began_ms: row.try_get("began_ms")?,
        detected_ms: row.try_get("detected_ms")?,
        assessed_ms: row.try_get("assessed_ms")?,
        failed_over_ms: row.try_get("failed_over_ms")?,
        restored_ms: row.try_get("restored_ms")?,
        closed_ms: row.try_get("closed_ms")?,
        saved: row.try_get("saved")?,
        failed: row.try_get("failed")?,
        relapses: row.try_get("relapses")?,
    })
}

/// Writes incidents and lines of timelines as part of a commit.
pub(crate) async fn write(
    tx: &mut SqliteConnection,
    incidents: &[IncidentRow],
    timeline: &[TimelineNew],
) -> Result<(), StoreError> {
    for row in incidents {
        upsert(tx, row).await?;
    }
    for line in timeline {
        let insert = sqlx::query!(
            "INSERT INTO timeline (incident, seq, at_ms, kind, text, actor) VALUES (?, ?, ?, ?, ?, ?)",
            line.incident,
            line.seq,
            line.at_ms,
            line.kind,
            line.text,
            line.actor
        );
        insert.execute(&mut *tx).await?;
    }
    Ok(())
}

async fn upsert(tx: &mut SqliteConnection, row: &IncidentRow) -> Result<(), StoreError> {
    let query = sqlx::query!(
        "INSERT INTO incidents (id, chain, tier, simulated, kind, severity, state, title, cause, advice, began_ms,
             detected_ms, assessed_ms, failed_over_ms, restored_ms, closed_ms, saved, failed, relapses)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET
             chain = excluded.chain, tier = excluded.tier, simulated = excluded.simulated, kind = excluded.kind,
             severity = excluded.severity, state = excluded.state, title = excluded.title, cause = excluded.cause,
             advice = excluded.advice, began_ms = excluded.began_ms, detected_ms = excluded.detected_ms,
             assessed_ms = excluded.assessed_ms, failed_over_ms = excluded.failed_over_ms,
             restored_ms = excluded.restored_ms, closed_ms = excluded.closed_ms, saved = excluded.saved,
             failed = excluded.failed, relapses = excluded.relapses",
        row.id,
        row.chain,
        row.tier,
        row.simulated,
        row.kind,
        row.severity,
        row.state,
        row.title,
        row.cause,
        row.advice,
        row.began_ms,
        row.detected_ms,
        row.assessed_ms,
        row.failed_over_ms,
        row.restored_ms,
        row.closed_ms,
        row.saved,
        row.failed,
        row.relapses
    );
    query.execute(tx).await?;
    Ok(())
}
