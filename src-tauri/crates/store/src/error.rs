//! What can go wrong, said so that an operator can mend it.

use std::{io, path::PathBuf};

/// Why the data folder could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process uses the folder.
    #[error("another Changeover{} is running on the data folder {}: stop it, or choose another folder with --data", process(*.pid), .folder.display())]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// The other process, where it could be read.
        pid: Option<u32>,
    },
    /// The database is damaged. It was left as it is.
    #[error("the database {} is damaged ({detail}); it was left as it is. {}", .path.display(), restore(.path, .newest_backup.as_deref()))]
    Damaged {
        /// The damaged file.
        path: PathBuf,
        /// What the check found.
        detail: String,
        /// The newest backup, if there is one.
        newest_backup: Option<PathBuf>,
    },
    /// The database was written by a newer version of the program.
    #[error("the database {} was written by a newer version of Changeover (schema {found}, this version knows {known}): install that version, or open an older backup", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema this program knows.
        known: i64,
    },
    /// The folder or a file in it could not be used.
    #[error("cannot use {} to keep data ({source}): {}, or choose another folder with --data", .path.display(), mend(.source))]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The database did not answer as it should.
    #[error("cannot open the database {}: {source}", .path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: StoreError,
    },
}

/// What to do about a folder or file that cannot be used.
fn mend(why: &io::Error) -> &'static str {
    match why.kind() {
        io::ErrorKind::PermissionDenied => "let the user who runs Changeover own it and write to it",
        io::ErrorKind::ReadOnlyFilesystem => "make its disk writable",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free some space",
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            "move the file that is in the folder's place"
        }
        _ => "check that it may be made and written",
    }
}

fn process(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}

fn restore(path: &std::path::Path, newest: Option<&std::path::Path>) -> String {
    let path = path.display();
    match newest {
        Some(backup) => format!(
            "The newest backup is {backup}. To restore it, keep the damaged file by moving it, with \
             {path}-wal and {path}-shm, to another folder; then copy the backup to {path} and start again",
            backup = backup.display()
        ),
        None => format!(
            "There is no backup yet. To start afresh, keep the damaged file by moving it, with {path}-wal and \
             {path}-shm, to another folder, and start again"
        ),
    }
}

/// Why a statement failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No space left.
    #[error("the disk that holds the database is full: free some space")]
    DiskFull,
    /// Somebody else holds the database.
    #[error("the database is locked by another program: close it")]
    Locked,
    /// The file or its folder may not be written.
    #[error("the database may not be written: check the permissions of its folder")]
    ReadOnly,
    /// Everything else.
    #[error("the database reported an error: {0}")]
    Database(String),
    /// A backup could not be written.
    #[error("cannot write the backup {}", .path.display())]
    Backup {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// SQLite's primary result codes, from <https://sqlite.org/rescode.html>.
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READONLY: i32 = 8;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const NOTADB: i32 = 26;

/// The primary result code in an error of SQLite.
fn code(error: &sqlx::Error) -> Option<i32> {
    let extended: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xff)
}

/// Whether SQLite says that the file is no sound database.
pub(crate) fn is_damage(error: &sqlx::Error) -> bool {
    matches!(code(error), Some(CORRUPT | NOTADB))
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match code(&error) {
            Some(FULL) => Self::DiskFull,
            Some(BUSY | LOCKED) => Self::Locked,
            Some(READONLY) => Self::ReadOnly,
            Some(IOERR) => Self::Database(format!("{error}; check the disk")),
            _ => Self::Database(error.to_string()),
        }
    }
}

/// Why a revision was not inserted.
#[derive(Debug, thiserror::Error)]
pub enum InsertError {
    /// Somebody else was faster.
    #[error(
        "the configuration is at revision {latest} and not at {expected} any more: load it again and repeat the change"
    )]
    Conflict {
        /// What the caller believed the latest revision to be.
        expected: i64,
        /// What it is; 0 when there is none.
        latest: i64,
    },
    /// The statement failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for InsertError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}
