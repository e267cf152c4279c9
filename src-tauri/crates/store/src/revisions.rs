//! Revisions of the configuration: whole documents, never changed, numbered from 1.

use crate::{
    Store,
    error::{InsertError, StoreError},
    rows::RevisionRow,
};

impl Store {
    /// Adds a revision and returns its number. With `expected`, only when that is still the latest (0: none yet).
    ///
    /// # Errors
    /// [`InsertError::Conflict`] when it is not, or when the database cannot be written.
    pub async fn insert_revision(
        &self,
        author: &str,
        note: &str,
        at_ms: i64,
        document: &str,
        expected: Option<i64>,
    ) -> Result<i64, InsertError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let latest = sqlx::query!(r#"SELECT COALESCE(MAX(revision), 0) AS "latest!: i64" FROM revisions"#);
        let latest = latest.fetch_one(&mut *tx).await?.latest;
        if let Some(expected) = expected.filter(|e| *e != latest) {
            return Err(InsertError::Conflict { expected, latest });
        }
        let insert = sqlx::query!(
            "INSERT INTO revisions (at_ms, author, note, document) VALUES (?, ?, ?, ?)",
            at_ms,
            author,
            note,
            document
        );
        let revision = insert.execute(&mut *tx).await?.last_insert_rowid();
        tx.commit().await?;
        Ok(revision)
    }

    /// The latest revision; absent on a fresh installation.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn latest_revision(&self) -> Result<Option<RevisionRow>, StoreError> {
        let query = sqlx::query_as!(
            RevisionRow,
            "SELECT revision, at_ms, author, note, document FROM revisions ORDER BY revision DESC LIMIT 1"
        );
        Ok(query.fetch_optional(&self.readers).await?)
    }

    /// The revision of this number.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn revision(&self, revision: i64) -> Result<Option<RevisionRow>, StoreError> {
        let query = sqlx::query_as!(
            RevisionRow,
            "SELECT revision, at_ms, author, note, document FROM revisions WHERE revision = ?",
            revision
        );
        Ok(query.fetch_optional(&self.readers).await?)
    }

    /// Revisions, newest first, without their documents.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn revisions(&self, limit: u32) -> Result<Vec<RevisionRow>, StoreError> {
        let limit = i64::from(limit);
        let query = sqlx::query_as!(
            RevisionRow,
            r#"SELECT revision, at_ms, author, note, '' AS "document!: String"
               FROM revisions ORDER BY revision DESC LIMIT ?"#,
            limit
        );
        Ok(query.fetch_all(&self.readers).await?)
    }

    /// Revisions older than `before`, newest first, with their documents.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn revisions_before(&self, before: i64, limit: u32) -> Result<Vec<RevisionRow>, StoreError> {
        let limit = i64::from(limit);
        let query = sqlx::query_as!(
            RevisionRow,
            "SELECT revision, at_ms, author, note, document FROM revisions WHERE revision < ?
             ORDER BY revision DESC LIMIT ?",
            before,
            limit
        );
        Ok(query.fetch_all(&self.readers).await?)
    }
}
