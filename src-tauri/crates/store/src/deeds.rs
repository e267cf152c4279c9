//! What people did to incidents: the rows that follow from it.

use sqlx::{SqliteConnection, query};

use crate::{
    Store,
    error::StoreError,
    rows::{CorrectionRow, DeedRow, RowDeed, StepRow},
};

impl Store {
    /// The corrected times of an incident, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn corrections(&self, incident: i64) -> Result<Vec<CorrectionRow>, StoreError> {
        let query = sqlx::query_as!(
            CorrectionRow,
            "SELECT at_ms, actor, milestone, was_ms, now_ms, reason FROM corrections WHERE incident = ? ORDER BY id",
            incident
        );
        Ok(query.fetch_all(&self.readers).await?)
    }

    /// The steps of runbooks that were ticked for an incident.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn runbook_steps(&self, incident: i64) -> Result<Vec<StepRow>, StoreError> {
        let query = sqlx::query_as!(
            StepRow,
            r#"SELECT runbook, step, done AS "done: bool", at_ms, actor FROM runbook_steps
               WHERE incident = ? ORDER BY runbook, step"#,
            incident
        );
        Ok(query.fetch_all(&self.readers).await?)
    }

    /// When a step of each runbook was last ticked, by runbook.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn runbooks_followed(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let query = sqlx::query!(
            r#"SELECT runbook AS "runbook!", MAX(at_ms) AS "last!: i64" FROM runbook_steps WHERE done GROUP BY runbook"#
        );
        let rows = query.fetch_all(&self.readers).await?;
        Ok(rows.into_iter().map(|r| (r.runbook, r.last)).collect())
    }
}

/// Writes deeds as part of a commit, in their order.
pub(crate) async fn write(tx: &mut SqliteConnection, deeds: &[DeedRow]) -> Result<(), StoreError> {
    for row in deeds {
        write_one(tx, row).await?;
    }
    Ok(())
}

async fn write_one(tx: &mut SqliteConnection, row: &DeedRow) -> Result<(), StoreError> {
    let id = row.incident;
    match &row.deed {
        RowDeed::Severity(severity) => {
            let set =
                query!("UPDATE incidents SET severity = ?, severity_by_hand = 1 WHERE id = ?", severity, id);
            set.execute(tx).await?;
        }
        RowDeed::Phase(phase) => {
            query!("UPDATE incidents SET phase = ? WHERE id = ?", phase, id).execute(tx).await?;
        }
        RowDeed::MergedInto(into) => {
            query!("UPDATE incidents SET merged_into = ? WHERE id = ?", into, id).execute(tx).await?;
        }
        RowDeed::Runbook(runbook) => {
            query!("UPDATE incidents SET runbook = ? WHERE id = ?", runbook, id).execute(tx).await?;
        }
        RowDeed::PostMortem(text) => {
            query!("UPDATE incidents SET post_mortem = ? WHERE id = ?", text, id).execute(tx).await?;
        }
        RowDeed::Step { runbook, step, done } => {
            let set = query!(
                "INSERT INTO runbook_steps (incident, runbook, step, done, at_ms, actor) VALUES (?, ?, ?, ?, ?, ?)
                 ON CONFLICT DO UPDATE SET done = excluded.done, at_ms = excluded.at_ms, actor = excluded.actor",
                id,
                runbook,
                step,
                done,
                row.at_ms,
                row.actor
            );
            set.execute(tx).await?;
        }
        RowDeed::Correct { milestone, was_ms, now_ms, reason } => {
            correct(tx, row, (milestone, *was_ms, *now_ms), reason).await?;
        }
    }
    Ok(())
}

async fn correct(
    tx: &mut SqliteConnection,
    row: &DeedRow,
    (milestone, was_ms, now_ms): (&str, Option<Option<i64>>, i64),
    reason: &str,
) -> Result<(), StoreError> {
    let was_ms = match was_ms {
        Some(known) => known,
        None => recorded(tx, row.incident, milestone).await?,
    };
    let query = query!(
        "INSERT INTO corrections (incident, seq, at_ms, actor, milestone, was_ms, now_ms, reason)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (seq) DO NOTHING",
        row.incident,
        row.seq,
        row.at_ms,
        row.actor,
        milestone,
        was_ms,
        now_ms,
        reason
    );
    query.execute(&mut *tx).await?;
    let set = match milestone {
        "began" => query!("UPDATE incidents SET began_ms = ? WHERE id = ?", now_ms, row.incident),
        "detected" => query!("UPDATE incidents SET detected_ms = ? WHERE id = ?", now_ms, row.incident),
        "assessed" => query!("UPDATE incidents SET assessed_ms = ? WHERE id = ?", now_ms, row.incident),
        "failed_over" => query!("UPDATE incidents SET failed_over_ms = ? WHERE id = ?", now_ms, row.incident),
        _ => query!("UPDATE incidents SET restored_ms = ? WHERE id = ?", now_ms, row.incident),
    };
    set.execute(tx).await?;
    Ok(())
}

/// The time as the row has it.
async fn recorded(tx: &mut SqliteConnection, id: i64, milestone: &str) -> Result<Option<i64>, StoreError> {
    let row = query!(
        "SELECT began_ms, detected_ms, assessed_ms, failed_over_ms, restored_ms FROM incidents WHERE id = ?",
        id
    );
    let Some(row) = row.fetch_optional(tx).await? else { return Ok(None) };
    Ok(match milestone {
        "began" => Some(row.began_ms),
        "detected" => Some(row.detected_ms),
        "assessed" => row.assessed_ms,
        "failed_over" => row.failed_over_ms,
        _ => row.restored_ms,
    })
}
