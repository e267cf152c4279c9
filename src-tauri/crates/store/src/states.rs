//! Small states by name. Never a secret.

use sqlx::SqliteConnection;

use crate::{Store, error::StoreError};

impl Store {
    /// The state of this name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn state(&self, name: &str) -> Result<Option<String>, StoreError> {
        let query = sqlx::query!("SELECT value FROM states WHERE name = ?", name);
        Ok(query.fetch_optional(&self.readers).await?.map(|row| row.value))
    }

    /// States whose names begin with `prefix`, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn states(&self, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let query = sqlx::query!(
            "SELECT name, value FROM states WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
            prefix
        );
        Ok(query.fetch_all(&self.readers).await?.into_iter().map(|row| (row.name, row.value)).collect())
    }

    /// Sets the state of this name.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn put_state(&self, name: &str, value: &str) -> Result<(), StoreError> {
        put(&mut *self.writer.acquire().await?, name, value).await
    }

    /// Removes the state of this name, if it is there.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn remove_state(&self, name: &str) -> Result<(), StoreError> {
        sqlx::query!("DELETE FROM states WHERE name = ?", name).execute(&self.writer).await?;
        Ok(())
    }
}

/// Sets a state as part of a commit.
pub(crate) async fn put(tx: &mut SqliteConnection, name: &str, value: &str) -> Result<(), StoreError> {
    let query = sqlx::query!(
        "INSERT INTO states (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        name,
        value
    );
    query.execute(tx).await?;
    Ok(())
}
