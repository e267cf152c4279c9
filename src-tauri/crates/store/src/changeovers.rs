//! Change-overs as rows of their own, so that a million of them can be searched and paged.

use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};

use crate::{
    Store,
    error::StoreError,
    rows::{ChangeoverFilter, ChangeoverRow, push_bounds, push_search},
};

/// The most change-overs in one answer.
const MOST: u32 = 10_000;

impl Store {
    /// A page of the change-overs that match, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn changeovers(
        &self,
        filter: &ChangeoverFilter,
        limit: u32,
        offset: u32,
    ) -> Result<Vec<ChangeoverRow>, StoreError> {
        // In the order of their numbers and no other: an index on what is asked for would have all that match sorted first.
        let mut query = QueryBuilder::new("SELECT * FROM changeovers NOT INDEXED");
        push_conditions(&mut query, filter);
        query.push(" ORDER BY seq DESC LIMIT ").push_bind(i64::from(limit.clamp(1, MOST)));
        query.push(" OFFSET ").push_bind(i64::from(offset));
        let rows = query.build().fetch_all(&self.readers).await?;
        Ok(rows.iter().map(changeover).collect::<Result<_, _>>()?)
    }

    /// How many change-overs match.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn count_changeovers(&self, filter: &ChangeoverFilter) -> Result<u64, StoreError> {
        let mut query = QueryBuilder::new("SELECT COUNT(*) FROM changeovers");
        push_conditions(&mut query, filter);
        let count: i64 = query.build_query_scalar().fetch_one(&self.readers).await?;
        Ok(count.unsigned_abs())
    }

    /// The newest change-over of a chain to another tier before `before_ms`; with the incident that it is part of.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn last_failover(
        &self,
        chain: &str,
        simulated: bool,
        before_ms: i64,
    ) -> Result<Option<(i64, Option<i64>)>, StoreError> {
        let query = sqlx::query!(
            "SELECT at_ms, incident FROM changeovers
             WHERE chain = ?1 AND simulated = ?2 AND direction = 'over' AND at_ms < ?3 AND to_tier <> ''
             ORDER BY at_ms DESC LIMIT 1",
            chain,
            simulated,
            before_ms
        );
        Ok(query.fetch_optional(&self.readers).await?.map(|row| (row.at_ms, row.incident)))
    }

    /// Change-overs to a less preferred tier, or to none, by what set them off, most frequent first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn changeover_causes(
        &self,
        from_ms: i64,
        to_ms: i64,
        simulated: bool,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let query = sqlx::query!(
            r#"SELECT cause, COUNT(*) AS "count!: i64" FROM changeovers
               WHERE simulated = ?1 AND direction = 'over' AND at_ms >= ?2 AND at_ms < ?3
               GROUP BY cause ORDER BY 2 DESC, cause"#,
            simulated,
            from_ms,
            to_ms
        );
        let rows = query.fetch_all(&self.readers).await?;
        Ok(rows.into_iter().map(|r| (r.cause, r.count.unsigned_abs())).collect())
    }
}

fn push_conditions(query: &mut QueryBuilder<Sqlite>, filter: &ChangeoverFilter) {
    query.push(" WHERE TRUE");
    let words = [(" AND direction = ", &filter.direction), (" AND cause = ", &filter.cause)];
    for (condition, value) in words {
        if let Some(value) = value {
            query.push(condition).push_bind(value.clone());
        }
    }
    if let Some(tier) = &filter.tier {
        query.push(" AND (from_tier = ").push_bind(tier.clone());
        query.push(" OR to_tier = ").push_bind(tier.clone()).push(")");
    }
    push_search(query, &["chain", "from_tier", "to_tier", "cause", "error"], filter.text.as_deref());
    let numbers = [
        (" AND at_ms >= ", filter.from_ms),
        (" AND at_ms < ", filter.to_ms),
        (" AND seq < ", filter.before_seq),
        (" AND incident = ", filter.incident),
        (" AND simulated = ", filter.simulated.map(i64::from)),
    ];
    push_bounds(query, &numbers, filter.chain.as_deref());
}

fn changeover(row: &SqliteRow) -> Result<ChangeoverRow, sqlx::Error> {
    Ok(ChangeoverRow {
        seq: row.try_get("seq")?,
        at_ms: row.try_get("at_ms")?,
        chain: row.try_get("chain")?,
        simulated: row.try_get("simulated")?,
        direction: row.try_get("direction")?,
        from_tier: row.try_get("from_tier")?,
        to_tier: row.try_get("to_tier")?,
        cause: row.try_get("cause")?,
        error: row.try_get("error")?,
        advice: row.try_get("advice")?,
        waited_ms: row.try_get("waited_ms")?,
        incident: row.try_get("incident")?,
    })
}

/// Writes change-overs as part of a commit. One that is there already, as after a replay, stays.
pub(crate) async fn insert(tx: &mut SqliteConnection, rows: &[ChangeoverRow]) -> Result<(), StoreError> {
    for row in rows {
        let query = sqlx::query!(
            "INSERT INTO changeovers (seq, at_ms, chain, simulated, direction, from_tier, to_tier, cause, error, advice,
                 waited_ms, incident)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            row.seq,
            row.at_ms,
            row.chain,
            row.simulated,
            row.direction,
            row.from_tier,
            row.to_tier,
            row.cause,
            row.error,
            row.advice,
            row.waited_ms,
            row.incident
        );
        query.execute(&mut *tx).await?;
    }
    Ok(())
}
