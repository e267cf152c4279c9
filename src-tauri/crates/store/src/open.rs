//! Opening the data folder: lock, check, back up, migrate, and only then write.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    ConnectOptions, Connection, SqliteConnection, SqlitePool,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use time::OffsetDateTime;

use crate::{
    backup,
    error::{OpenError, StoreError, is_damage},
    lock::{self, FolderLock},
};

/// The database's name in the data folder.
pub const DATABASE_FILE: &str = "changeover.sqlite";

static MIGRATOR: Migrator = sqlx::migrate!("../../../migrations");

/// A statement waits this long for another program that holds the database.
const BUSY: Duration = Duration::from_secs(5);
/// Readers at the same time; each is a thread.
const READERS: u32 = 3;
/// The write-ahead log is cut back to this size, bytes.
const LOG_LIMIT: &str = "33554432";

/// The open database. Cheap to clone; the folder's lock is released with the last clone.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    pub(crate) folder: Arc<Path>,
    _lock: Arc<FolderLock>,
}

impl Store {
    /// Opens the database in the data folder, creating both if needed.
    ///
    /// # Errors
    /// When another process has the folder open, the database is damaged or newer than the program, or the folder
    /// cannot be used. The database is then left as it was.
    pub async fn open(folder: &Path) -> Result<Self, OpenError> {
        let in_folder = |source| OpenError::Folder { path: folder.to_owned(), source };
        create(folder).map_err(in_folder)?;
        let folder: Arc<Path> = std::path::absolute(folder).map_err(in_folder)?.into();
        let lock = lock::take(&folder)?;
        let path = folder.join(DATABASE_FILE);
        let on_database = |e: sqlx::Error| OpenError::Database { path: path.clone(), source: e.into() };
        if path.exists() {
            inspect(&folder, &path).await?;
        }
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .foreign_keys(true)
            .pragma("journal_size_limit", LOG_LIMIT);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            // On a full disk SQLite may end a transaction by itself; the connection then believes for ever that it is
            // in one, and takes no other. Such a connection is closed, and the next one is new.
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .connect_with(options.clone())
            .await
            .map_err(on_database)?;
        MIGRATOR.run(&writer).await.map_err(|e| on_database(e.into()))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true))
            .await
            .map_err(on_database)?;
        Ok(Self { writer, readers, folder, _lock: Arc::new(lock) })
    }

    /// The database file.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.join(DATABASE_FILE)
    }

    /// Size of the database with its write-ahead log, bytes.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        let size = |name: String| std::fs::metadata(self.folder.join(name)).map_or(0, |m| m.len());
        size(DATABASE_FILE.to_owned()) + size(format!("{DATABASE_FILE}-wal"))
    }

    /// Closes every connection and folds the write-ahead log into the file.
    pub async fn close(&self) {
        self.readers.close().await;
        // A reader's thread may let go last, and a read-only connection cannot fold the log.
        if let Err(e) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.writer).await {
            tracing::warn!(error = %e, "the write-ahead log is folded at the next start");
        }
        self.writer.close().await;
    }
}

/// Creates the data folder, for its owner alone.
fn create(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Checks an existing database without writing to it, and backs it up when a migration is due.
async fn inspect(folder: &Path, path: &Path) -> Result<(), OpenError> {
    let damaged = |detail: String| OpenError::Damaged {
        path: path.to_owned(),
        detail,
        newest_backup: backup::newest(folder),
    };
    let on_database = |source: StoreError| OpenError::Database { path: path.to_owned(), source };
    let size =
        std::fs::metadata(path).map_err(|source| OpenError::Folder { path: path.to_owned(), source })?.len();
    if size == 0 {
        // A start that was killed before its first write leaves an empty file; with a backup it was cut later.
        return if backup::newest(folder).is_some() {
            Err(damaged("the file is empty".into()))
        } else {
            Ok(())
        };
    }
    let opened =
        SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(BUSY).connect().await;
    let mut connection = opened.map_err(|e| refusal(e, damaged, on_database))?;
    let found = check(&mut connection).await.map_err(|e| refusal(e, damaged, on_database))?;
    if let Some(detail) = found {
        return Err(damaged(detail));
    }
    let applied = newest_migration(&mut connection).await.map_err(|e| refusal(e, damaged, on_database))?;
    connection.close().await.map_err(|e| on_database(e.into()))?;
    let known = MIGRATOR.iter().map(|m| m.version).max().unwrap_or(0);
    match applied {
        Some(found) if found > known => Err(OpenError::Newer { path: path.to_owned(), found, known }),
        Some(found) if found < known => {
            backup::write(folder, path, OffsetDateTime::now_utc()).await.map(drop).map_err(on_database)
        }
        _ => Ok(()),
    }
}

fn refusal(
    error: sqlx::Error,
    damaged: impl Fn(String) -> OpenError,
    other: impl Fn(StoreError) -> OpenError,
) -> OpenError {
    if is_damage(&error) { damaged(error.to_string()) } else { other(error.into()) }
}

/// What SQLite's own check finds wrong.
async fn check(connection: &mut SqliteConnection) -> Result<Option<String>, sqlx::Error> {
    let findings: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(3)").fetch_all(connection).await?;
    let sound = findings.iter().all(|f| f == "ok");
    Ok((!sound).then(|| findings.join("; ").replace('\n', " ")))
}

/// The newest migration that the database has; absent when it has none.
async fn newest_migration(connection: &mut SqliteConnection) -> Result<Option<i64>, sqlx::Error> {
    let table = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations'";
    let known: i64 = sqlx::query_scalar(table).fetch_one(&mut *connection).await?;
    if known == 0 {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(connection).await
}
