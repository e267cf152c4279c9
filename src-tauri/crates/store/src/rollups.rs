//! Figures per minute: added up as part of a commit, read back for reports and charts.

use sqlx::SqliteConnection;

use crate::{
    Store,
    error::StoreError,
    rows::{AttemptMinute, Commit, FirstTokenMinute, RequestMinute, RollupFilter},
};

/// Minutes of an hour.
const HOUR: i64 = 60;

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

    /// Requests of the whole range added up per chain, tier and result; `minute` is the first of the range. Whole hours
    /// are read as hours, so that a year is thousands of rows.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn request_totals(&self, filter: &RollupFilter) -> Result<Vec<RequestMinute>, StoreError> {
        let hours = Hours::within(filter);
        let query = sqlx::query_as!(
            RequestMinute,
            r#"SELECT ?1 AS "minute!: i64", chain AS "chain!", tier AS "tier!", ?3 AS "simulated!: bool",
                      result AS "result!", SUM(count) AS "count!: i64", SUM(first_tier_ok) AS "first_tier_ok!: i64"
               FROM (
                   SELECT chain, tier, result, count, first_tier_ok FROM request_minutes
                   WHERE minute >= ?1 AND minute < ?5 AND simulated = ?3
                   UNION ALL
                   SELECT chain, tier, result, count, first_tier_ok FROM request_hours
                   WHERE hour >= ?6 AND hour < ?7 AND simulated = ?3
                   UNION ALL
                   SELECT chain, tier, result, count, first_tier_ok FROM request_minutes
                   WHERE minute >= ?8 AND minute < ?2 AND simulated = ?3
               )
               WHERE ?4 IS NULL OR chain = ?4
               GROUP BY chain, tier, result ORDER BY chain, tier, result"#,
            filter.from_minute,
            filter.to_minute,
            filter.simulated,
            filter.chain,
            hours.head_end,
            hours.first,
            hours.end,
            hours.tail
        );
        Ok(query.fetch_all(&self.readers).await?)
    }

    /// Attempts of the whole range added up per chain, tier and result; `minute` is the first of the range. Whole hours
    /// are read as hours.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn attempt_totals(&self, filter: &RollupFilter) -> Result<Vec<AttemptMinute>, StoreError> {
        let hours = Hours::within(filter);
        let query = sqlx::query_as!(
            AttemptMinute,
            r#"SELECT ?1 AS "minute!: i64", chain AS "chain!", tier AS "tier!", ?3 AS "simulated!: bool",
                      result AS "result!", SUM(count) AS "count!: i64", SUM(tokens_in) AS "tokens_in!: i64",
                      SUM(tokens_out) AS "tokens_out!: i64"
               FROM (
                   SELECT chain, tier, result, count, tokens_in, tokens_out FROM attempt_minutes
                   WHERE minute >= ?1 AND minute < ?5 AND simulated = ?3
                   UNION ALL
                   SELECT chain, tier, result, count, tokens_in, tokens_out FROM attempt_hours
                   WHERE hour >= ?6 AND hour < ?7 AND simulated = ?3
                   UNION ALL
                   SELECT chain, tier, result, count, tokens_in, tokens_out FROM attempt_minutes
                   WHERE minute >= ?8 AND minute < ?2 AND simulated = ?3
               )
               WHERE ?4 IS NULL OR chain = ?4
               GROUP BY chain, tier, result ORDER BY chain, tier, result"#,
            filter.from_minute,
            filter.to_minute,
            filter.simulated,
            filter.chain,
            hours.head_end,
            hours.first,
            hours.end,
            hours.tail
        );
        Ok(query.fetch_all(&self.readers).await?)
    }

    /// Attempts per hour, tier and result, of the hours `from..to`, oldest first; `minute` is the hour's number.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn attempt_hours(
        &self,
        from: i64,
        to: i64,
        simulated: bool,
    ) -> Result<Vec<AttemptMinute>, StoreError> {
        let query = sqlx::query_as!(
            AttemptMinute,
            r#"SELECT hour AS minute, chain, tier, simulated AS "simulated: bool", result, count, tokens_in, tokens_out
               FROM attempt_hours WHERE hour >= ?1 AND hour < ?2 AND simulated = ?3
               ORDER BY hour, chain, tier, result"#,
            from,
            to,
            simulated
        );
        Ok(query.fetch_all(&self.readers).await?)
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

/// A range of minutes as the minutes before its first whole hour, its whole hours, and the minutes after the last.
struct Hours {
    /// The minute after those before the first whole hour.
    head_end: i64,
    /// The first whole hour.
    first: i64,
    /// The hour after the last whole one.
    end: i64,
    /// The first minute after the last whole hour.
    tail: i64,
}

impl Hours {
    fn within(filter: &RollupFilter) -> Self {
        let (from, to) = (filter.from_minute, filter.to_minute);
        let first = from.div_euclid(HOUR) + i64::from(from.rem_euclid(HOUR) > 0);
        let end = to.div_euclid(HOUR);
        if first < end {
            Self { head_end: first.saturating_mul(HOUR), first, end, tail: end.saturating_mul(HOUR) }
        } else {
            Self { head_end: to, first: 0, end: 0, tail: to }
        }
    }
}

/// Adds a commit's figures to what their minutes and hours already count.
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
    query.execute(&mut *tx).await?;
    let hour = row.minute.div_euclid(HOUR);
    let query = sqlx::query!(
        "INSERT INTO attempt_hours (hour, chain, tier, simulated, result, count, tokens_in, tokens_out)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET count = count + excluded.count, tokens_in = tokens_in + excluded.tokens_in,
             tokens_out = tokens_out + excluded.tokens_out",
        hour,
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
    query.execute(&mut *tx).await?;
    let hour = row.minute.div_euclid(HOUR);
    let query = sqlx::query!(
        "INSERT INTO request_hours (hour, chain, tier, simulated, result, count, first_tier_ok)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET count = count + excluded.count,
             first_tier_ok = first_tier_ok + excluded.first_tier_ok",
        hour,
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
