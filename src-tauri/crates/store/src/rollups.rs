//! Figures per minute: added up as part of a commit, read back for reports and charts.

use sqlx::SqliteConnection;

use crate::{
    Store,
    error::StoreError,
    rows::{AttemptMinute, Commit, FirstTokenMinute, RequestMinute, RollupFilter},
};

impl Store {
    /// Attempts per minute, tier and result, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn attempt_minutes(&self, filter: &RollupFilter) -> Result<Vec<AttemptMinute>, StoreError> {
        let query = sqlx::query_as!(
            AttemptMinute,
            r#"SELECT minute, chain, tier, simulated AS "simulated: bool", result, count, tokens_in, tokens_out
               FROM attempt_minutes
               WHERE minute >= ?1 AND minute < ?2 AND simulated = ?3 AND (?4 IS NULL OR chain = ?4)
               ORDER BY minute, chain, tier, result"#,
            filter.from_minute,
            filter.to_minute,
            filter.simulated,
            filter.chain
        );
        Ok(query.fetch_all(&self.readers).await?)
    }

    /// Requests per minute, answering tier and result, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn request_minutes(&self, filter: &RollupFilter) -> Result<Vec<RequestMinute>, StoreError> {
        let query = sqlx::query_as!(
            RequestMinute,
            r#"SELECT minute, chain, tier, simulated AS "simulated: bool", result, count, first_tier_ok
               FROM request_minutes
               WHERE minute >= ?1 AND minute < ?2 AND simulated = ?3 AND (?4 IS NULL OR chain = ?4)
               ORDER BY minute, chain, tier, result"#,
            filter.from_minute,
            filter.to_minute,
            filter.simulated,
            filter.chain
        );
        Ok(query.fetch_all(&self.readers).await?)
    }

    /// Requests of the whole range added up per chain, tier and result; `minute` is the first of the range.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn request_totals(&self, filter: &RollupFilter) -> Result<Vec<RequestMinute>, StoreError> {
        let query = sqlx::query_as!(
            RequestMinute,
            r#"SELECT ?1 AS "minute!: i64", chain, tier, simulated AS "simulated: bool", result,
                      SUM(count) AS "count!: i64", SUM(first_tier_ok) AS "first_tier_ok!: i64"
               FROM request_minutes
               WHERE minute >= ?1 AND minute < ?2 AND simulated = ?3 AND (?4 IS NULL OR chain = ?4)
               GROUP BY chain, tier, simulated, result ORDER BY chain, tier, result"#,
            filter.from_minute,
            filter.to_minute,
            filter.simulated,
            filter.chain
        );
        Ok(query.fetch_all(&self.readers).await?)
    }

    /// Attempts of the whole range added up: chain, tier, result, how many.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn attempt_totals(
        &self,
        filter: &RollupFilter,
    ) -> Result<Vec<(String, String, String, u64)>, StoreError> {
        let query = sqlx::query!(
            r#"SELECT chain, tier, result, SUM(count) AS "count!: i64" FROM attempt_minutes
               WHERE minute >= ?1 AND minute < ?2 AND simulated = ?3 AND (?4 IS NULL OR chain = ?4)
               GROUP BY chain, tier, result ORDER BY chain, tier, result"#,
            filter.from_minute,
            filter.to_minute,
            filter.simulated,
            filter.chain
        );
        let rows = query.fetch_all(&self.readers).await?;
        Ok(rows.into_iter().map(|r| (r.chain, r.tier, r.result, r.count.unsigned_abs())).collect())
    }

    /// Times to the first token per minute, tier and bucket, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn first_token_minutes(
        &self,
        filter: &RollupFilter,
    ) -> Result<Vec<FirstTokenMinute>, StoreError> {
        let query = sqlx::query_as!(
            FirstTokenMinute,
            r#"SELECT minute, chain, tier, simulated AS "simulated: bool", bucket_ms, count
               FROM first_token_minutes
               WHERE minute >= ?1 AND minute < ?2 AND simulated = ?3 AND (?4 IS NULL OR chain = ?4)
               ORDER BY minute, chain, tier, bucket_ms"#,
            filter.from_minute,
            filter.to_minute,
            filter.simulated,
            filter.chain
        );
        Ok(query.fetch_all(&self.readers).await?)
    }
}

/// Adds a commit's figures to what their minutes already count.
pub(crate) async fn add(tx: &mut SqliteConnection, commit: &Commit) -> Result<(), StoreError> {
    for row in &commit.attempts {
        add_attempts(tx, row).await?;
    }
    for row in &commit.requests {
        add_requests(tx, row).await?;
    }
    for row in &commit.first_tokens {
        add_first_tokens(tx, row).await?;
    }
    Ok(())
}

async fn add_attempts(tx: &mut SqliteConnection, row: &AttemptMinute) -> Result<(), StoreError> {
    let query = sqlx::query!(
        "INSERT INTO attempt_minutes (minute, chain, tier, simulated, result, count, tokens_in, tokens_out)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET count = count + excluded.count, tokens_in = tokens_in + excluded.tokens_in,
             tokens_out = tokens_out + excluded.tokens_out",
        row.minute,
        row.chain,
        row.tier,
        row.simulated,
        row.result,
        row.count,
        row.tokens_in,
        row.tokens_out
    );
    query.execute(tx).await?;
    Ok(())
}

async fn add_requests(tx: &mut SqliteConnection, row: &RequestMinute) -> Result<(), StoreError> {
    let query = sqlx::query!(
        "INSERT INTO request_minutes (minute, chain, tier, simulated, result, count, first_tier_ok)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET count = count + excluded.count,
             first_tier_ok = first_tier_ok + excluded.first_tier_ok",
        row.minute,
        row.chain,
        row.tier,
        row.simulated,
        row.result,
        row.count,
        row.first_tier_ok
    );
    query.execute(tx).await?;
    Ok(())
}

async fn add_first_tokens(tx: &mut SqliteConnection, row: &FirstTokenMinute) -> Result<(), StoreError> {
    let query = sqlx::query!(
        "INSERT INTO first_token_minutes (minute, chain, tier, simulated, bucket_ms, count)
         VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET count = count + excluded.count",
        row.minute,
        row.chain,
        row.tier,
        row.simulated,
        row.bucket_ms,
        row.count
    );
    query.execute(tx).await?;
    Ok(())
}
