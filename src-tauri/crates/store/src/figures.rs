//! Figures per replica (minutes, hours, days) and per GPU (minutes), and what every table takes.

use sqlx::Row;

use crate::{Store, error::StoreError};

const DAY_S: i64 = 86_400;

/// How long figures are kept, days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FiguresKept {
    /// Figures per replica and minute.
    pub minutes: i64,
    /// Figures per replica and hour.
    pub hours: i64,
    /// Figures per replica and day.
    pub days: i64,
    /// GPU figures per minute.
    pub gpu_minutes: i64,
}

impl Default for FiguresKept {
    fn default() -> Self {
        Self { minutes: 3, hours: 90, days: 800, gpu_minutes: 8 }
    }
}

/// Figures of one replica over one step of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplicaFiguresRow {
    /// The step's length in seconds: 60, 3,600 or 86,400.
    pub step: i64,
    /// When it began, seconds since 1970.
    pub start_s: i64,
    /// The replica's id.
    pub replica: String,
    /// Whether it is simulated.
    pub simulated: bool,
    /// Tries.
    pub requests: i64,
    /// Those that failed.
    pub failed: i64,
    /// Those that were refused for their rate or quota.
    pub rate_limited: i64,
    /// Answers that broke off after their first token.
    pub partial: i64,
    /// Output tokens.
    pub tokens_out: i64,
    /// Time in which they were made, milliseconds.
    pub generating_ms: i64,
    /// Failures by class, as a JSON object.
    pub errors: String,
    /// Times to the first token, as a kept histogram.
    pub first_token: Vec<u8>,
    /// Times to the end.
    pub total: Vec<u8>,
    /// Times between two tokens.
    pub inter_token: Vec<u8>,
}

/// What a GPU measured in one minute, as means.
#[derive(Clone, Debug, PartialEq)]
pub struct GpuMinuteRow {
    /// The minute since 1970.
    pub minute: i64,
    /// Its UUID.
    pub gpu: String,
    /// How it is called.
    pub name: String,
    /// Percent.
    pub utilisation: Option<f64>,
    /// MiB.
    pub memory_mib: Option<f64>,
    /// Degrees Celsius.
    pub temperature: Option<f64>,
    /// Watts.
    pub power: Option<f64>,
}

/// What a table takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSize {
    /// Its name.
    pub table: String,
    /// With its indexes, bytes.
    pub bytes: u64,
}

impl Store {
    /// Writes figures of replicas; what was there for the same step and replica is replaced.
    ///
    /// # Errors
    /// When the database cannot be written; nothing of it was written then.
    pub async fn put_replica_figures(&self, rows: &[ReplicaFiguresRow]) -> Result<(), StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for row in rows {
            let query = sqlx::query!(
                "INSERT OR REPLACE INTO replica_figures (step, start_s, replica, simulated, requests, failed,
                     rate_limited, partial, tokens_out, generating_ms, errors, first_token, total, inter_token)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row.step,
                row.start_s,
                row.replica,
                row.simulated,
                row.requests,
                row.failed,
                row.rate_limited,
                row.partial,
                row.tokens_out,
                row.generating_ms,
                row.errors,
                row.first_token,
                row.total,
                row.inter_token
            );
            query.execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Figures of steps of length `step` that began in `from_s..to_s`, of one replica or of all, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn replica_figures(
        &self,
        step: i64,
        from_s: i64,
        to_s: i64,
        replica: Option<&str>,
    ) -> Result<Vec<ReplicaFiguresRow>, StoreError> {
        let query = sqlx::query_as!(
            ReplicaFiguresRow,
            r#"SELECT step, start_s, replica, simulated AS "simulated: bool", requests, failed, rate_limited, partial,
                      tokens_out, generating_ms, errors, first_token, total, inter_token
               FROM replica_figures
               WHERE step = ?1 AND start_s >= ?2 AND start_s < ?3 AND (?4 IS NULL OR replica = ?4)
               ORDER BY start_s, replica"#,
            step,
            from_s,
            to_s,
            replica
        );
        Ok(query.fetch_all(&self.readers).await?)
    }

    /// Writes what GPUs measured; what was there for the same minute and GPU is replaced.
    ///
    /// # Errors
    /// When the database cannot be written; nothing of it was written then.
    pub async fn put_gpu_minutes(&self, rows: &[GpuMinuteRow]) -> Result<(), StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for row in rows {
            let query = sqlx::query!(
                "INSERT OR REPLACE INTO gpu_minutes (minute, gpu, name, utilisation, memory_mib, temperature, power)
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
                row.minute,
                row.gpu,
                row.name,
                row.utilisation,
                row.memory_mib,
                row.temperature,
                row.power
            );
            query.execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// What GPUs measured in the minutes `from..to`, of one GPU or of all, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn gpu_minutes(
        &self,
        from: i64,
        to: i64,
        gpu: Option<&str>,
    ) -> Result<Vec<GpuMinuteRow>, StoreError> {
        let query = sqlx::query_as!(
            GpuMinuteRow,
            "SELECT minute, gpu, name, utilisation, memory_mib, temperature, power FROM gpu_minutes
             WHERE minute >= ?1 AND minute < ?2 AND (?3 IS NULL OR gpu = ?3) ORDER BY minute, gpu",
            from,
            to,
            gpu
        );
        Ok(query.fetch_all(&self.readers).await?)
    }

    /// Removes figures that are older than they are kept. Returns how many rows went.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn prune_figures(&self, now_ms: i64, kept: FiguresKept) -> Result<u64, StoreError> {
        let now_s = now_ms / 1000;
        let mut gone = 0;
        for (step, days) in [(60, kept.minutes), (3600, kept.hours), (DAY_S, kept.days)] {
            let before = now_s - days * DAY_S;
            let query =
                sqlx::query!("DELETE FROM replica_figures WHERE step = ? AND start_s < ?", step, before);
            gone += query.execute(&self.writer).await?.rows_affected();
        }
        let before = (now_s - kept.gpu_minutes * DAY_S) / 60;
        let query = sqlx::query!("DELETE FROM gpu_minutes WHERE minute < ?", before);
        Ok(gone + query.execute(&self.writer).await?.rows_affected())
    }

    /// What each table takes with its indexes, the largest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn table_sizes(&self) -> Result<Vec<TableSize>, StoreError> {
        // `dbstat` is a table of the library's own, which no schema knows.
        let query = sqlx::query(
            "SELECT m.tbl_name, SUM(s.pgsize) FROM dbstat s JOIN sqlite_schema m ON m.name = s.name
             WHERE s.aggregate = 1 GROUP BY m.tbl_name ORDER BY 2 DESC",
        );
        let rows = query.fetch_all(&self.readers).await?;
        let size = |row: &sqlx::sqlite::SqliteRow| -> Result<TableSize, sqlx::Error> {
            let bytes: i64 = row.try_get(1)?;
            Ok(TableSize { table: row.try_get(0)?, bytes: bytes.unsigned_abs() })
        };
        Ok(rows.iter().map(size).collect::<Result<_, _>>()?)
    }
}
