//! Incidents and their timelines.

use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};

use crate::{
    Store,
    error::StoreError,
    rows::{
        IncidentFilter, IncidentRow, RecoveryTotals, TimelineNew, TimelineRow, push_any, push_bounds,
        push_search,
    },
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
        let rows = page(filter, limit, offset).build().fetch_all(&mut *tx).await?;
        tx.commit().await?;
        Ok((rows.iter().map(incident).collect::<Result<_, _>>()?, total.unsigned_abs()))
    }

    /// The newest incidents that match, without counting the others.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn newest_incidents(
        &self,
        filter: &IncidentFilter,
        limit: u32,
    ) -> Result<Vec<IncidentRow>, StoreError> {
        let rows = page(filter, limit, 0).build().fetch_all(&self.readers).await?;
        Ok(rows.iter().map(incident).collect::<Result<_, _>>()?)
    }

    /// How many incidents began on each day of 24 hours since `from_ms`: the day's number from 0, the severity, how many.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn incident_days(
        &self,
        from_ms: i64,
        simulated: Option<bool>,
    ) -> Result<Vec<(i64, i64, i64)>, StoreError> {
        let query = sqlx::query!(
            r#"SELECT (began_ms - ?1) / 86400000 AS "day!: i64", severity AS "severity!: i64", COUNT(*) AS "count!: i64"
               FROM incidents WHERE began_ms >= ?1 AND (?2 IS NULL OR simulated = ?2) GROUP BY 1, 2"#,
            from_ms,
            simulated
        );
        let rows = query.fetch_all(&self.readers).await?;
        Ok(rows.into_iter().map(|r| (r.day, r.severity, r.count)).collect())
    }

    /// Means and worst of all recoveries of incidents that began in a period, however many they are.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn recovery_totals(
        &self,
        from_ms: i64,
        to_ms: i64,
        simulated: bool,
        all_tiers: &str,
    ) -> Result<RecoveryTotals, StoreError> {
        let query = sqlx::query_as!(
            RecoveryTotals,
            r#"SELECT COUNT(*) AS "incidents!: i64",
                      COUNT(restored_ms) AS "restored!: i64",
                      CAST(AVG(CASE WHEN restored_ms IS NOT NULL THEN detected_ms - began_ms END) AS INTEGER)
                          AS "detect_ms: i64",
                      CAST(AVG(CASE WHEN restored_ms IS NOT NULL THEN assessed_ms - detected_ms END) AS INTEGER)
                          AS "assess_ms: i64",
                      CAST(AVG(CASE WHEN assessed_ms IS NOT NULL THEN restored_ms - began_ms END) AS INTEGER)
                          AS "restore_ms: i64",
                      MAX(coalesce(failed_over_ms, CASE WHEN tier = ?4 THEN restored_ms END) - began_ms)
                          AS "worst_service_ms: i64",
                      MAX(restored_ms - began_ms) AS "worst_rto_ms: i64"
               FROM incidents WHERE began_ms >= ?1 AND began_ms < ?2 AND simulated = ?3"#,
            from_ms,
            to_ms,
            simulated,
            all_tiers
        );
        Ok(query.fetch_one(&self.readers).await?)
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
            "SELECT id, seq, at_ms, kind, text, actor, edits FROM timeline WHERE incident = ? ORDER BY id LIMIT 10000",
            incident
        );
        Ok(query.fetch_all(&self.readers).await?)
    }
}

fn page(filter: &IncidentFilter, limit: u32, offset: u32) -> QueryBuilder<Sqlite> {
    // In the order of their numbers: an index on anything else would have all that match sorted first.
    let ordered = filter.chain.is_none() && filter.going_on.is_none() && filter.from_ms.is_none();
    let hint = if ordered { " NOT INDEXED" } else { "" };
    let mut page = QueryBuilder::new(format!("SELECT * FROM incidents{hint}"));
    push_conditions(&mut page, filter);
    page.push(" ORDER BY id DESC LIMIT ").push_bind(i64::from(limit.clamp(1, MOST)));
    page.push(" OFFSET ").push_bind(i64::from(offset));
    page
}

fn push_conditions(query: &mut QueryBuilder<Sqlite>, filter: &IncidentFilter) {
    query.push(match filter.going_on {
        Some(true) => " WHERE state <> 'closed'",
        Some(false) => " WHERE state = 'closed'",
        None => " WHERE TRUE",
    });
    push_any(query, "state", &filter.states);
    push_any(query, "severity", &filter.severities);
    push_any(query, "kind", &filter.kinds);
    if let Some(tier) = &filter.tier {
        query.push(" AND tier = ").push_bind(tier.clone());
    }
    push_search(query, &["title", "cause", "chain", "tier"], filter.text.as_deref());
    let numbers = [
        (" AND id < ", filter.before_id),
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
        severity_by_hand: row.try_get("severity_by_hand")?,
        phase: row.try_get("phase")?,
        runbook: row.try_get("runbook")?,
        merged_into: row.try_get("merged_into")?,
        acknowledged_ms: row.try_get("acknowledged_ms")?,
        answered_by: row.try_get("answered_by")?,
        post_mortem: row.try_get("post_mortem")?,
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
            "INSERT INTO timeline (incident, seq, at_ms, kind, text, actor, edits) VALUES (?, ?, ?, ?, ?, ?, ?)",
            line.incident,
            line.seq,
            line.at_ms,
            line.kind,
            line.text,
            line.actor,
            line.edits
        );
        insert.execute(&mut *tx).await?;
    }
    Ok(())
}

async fn upsert(tx: &mut SqliteConnection, row: &IncidentRow) -> Result<(), StoreError> {
    let phase = if row.phase.is_empty() { "detect" } else { &row.phase };
    let query = sqlx::query!(
        "INSERT INTO incidents (id, chain, tier, simulated, kind, severity, state, title, cause, advice, began_ms,
             detected_ms, assessed_ms, failed_over_ms, restored_ms, closed_ms, saved, failed, relapses, severity_by_hand, phase,
             runbook, merged_into, acknowledged_ms, answered_by)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET
             chain = excluded.chain, tier = excluded.tier, simulated = excluded.simulated, kind = excluded.kind,
             severity = excluded.severity, state = excluded.state, title = excluded.title, cause = excluded.cause,
             advice = excluded.advice, began_ms = excluded.began_ms, detected_ms = excluded.detected_ms,
             assessed_ms = excluded.assessed_ms, failed_over_ms = excluded.failed_over_ms,
             restored_ms = excluded.restored_ms, closed_ms = excluded.closed_ms, saved = excluded.saved,
             failed = excluded.failed, relapses = excluded.relapses, severity_by_hand = excluded.severity_by_hand,
             phase = excluded.phase, runbook = excluded.runbook, merged_into = excluded.merged_into,
             acknowledged_ms = excluded.acknowledged_ms, answered_by = excluded.answered_by",
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
        row.relapses,
        row.severity_by_hand,
        phase,
        row.runbook,
        row.merged_into,
        row.acknowledged_ms,
        row.answered_by
    );
    query.execute(tx).await?;
    Ok(())
}
