//! Whole copies of the database, for the day it is damaged.
//!
//! A backup gets its name only once it is complete and on the disk. Seven are kept.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use time::{OffsetDateTime, macros::format_description};

use crate::error::StoreError;

/// The folder beside the database.
pub(crate) const FOLDER: &str = "backups";
/// So many are kept.
const KEPT: usize = 7;
const PREFIX: &str = "changeover-";
const SUFFIX: &str = ".sqlite";

/// Complete backups, oldest first.
pub(crate) fn list(data: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(data.join(FOLDER)) else { return Vec::new() };
    let is_backup = |name: &str| name.starts_with(PREFIX) && name.ends_with(SUFFIX);
    let mut found: Vec<_> = entries
        .filter_map(Result::ok)
        .filter(|e| e.file_name().to_str().is_some_and(is_backup))
        .map(|e| e.path())
        .collect();
    found.sort();
    found
}

/// The newest complete backup.
pub(crate) fn newest(data: &Path) -> Option<PathBuf> {
    list(data).pop()
}

/// Copies the database at `database` into the backup folder and removes all but the newest seven.
pub(crate) async fn write(data: &Path, database: &Path, now: OffsetDateTime) -> Result<PathBuf, StoreError> {
    let folder = data.join(FOLDER);
    fs::create_dir_all(&folder).map_err(|source| StoreError::Backup { path: folder.clone(), source })?;
    let target = free_name(&folder, now);
    let failed = |source| StoreError::Backup { path: target.clone(), source };
    let partial = target.with_extension("partial");
    remove_if_there(&partial).map_err(failed)?;
    let partial_text = partial
        .to_str()
        .ok_or_else(|| failed(io::Error::new(io::ErrorKind::InvalidInput, "the path is not valid UTF-8")))?;
    let mut source = SqliteConnectOptions::new().filename(database).read_only(true).connect().await?;
    let copied = sqlx::query!("VACUUM INTO ?", partial_text).execute(&mut source).await;
    let closed = source.close().await;
    copied?;
    closed?;
    fs::File::open(&partial).and_then(|f| f.sync_all()).map_err(failed)?;
    fs::rename(&partial, &target).map_err(failed)?;
    let mut old = list(data);
    old.truncate(old.len().saturating_sub(KEPT));
    for path in old {
        fs::remove_file(&path).map_err(|source| StoreError::Backup { path, source })?;
    }
    Ok(target)
}

/// A name that sorts by time and is not taken.
fn free_name(folder: &Path, now: OffsetDateTime) -> PathBuf {
    let format = format_description!("[year][month][day]T[hour][minute][second].[subsecond digits:3]Z");
    let mut at = now;
    loop {
        // The format has no part that this type lacks, so an error cannot happen; the number stays unique anyway.
        let stamp = at.format(format).unwrap_or_else(|_| at.unix_timestamp_nanos().to_string());
        let path = folder.join(format!("{PREFIX}{stamp}{SUFFIX}"));
        if !path.exists() {
            return path;
        }
        at += time::Duration::milliseconds(1);
    }
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
