use std::fs;

use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use store::{DATABASE_FILE, OpenError, Store};
use time::OffsetDateTime;

use crate::{event, events, open};

/// A folder with a sound database of a few hundred pages, closed.
async fn folder(with_backup: bool) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.commit(&events((1..=5_000).map(event).collect())).await.unwrap();
    if with_backup {
        store.back_up(OffsetDateTime::now_utc()).await.unwrap();
    }
    store.close().await;
    dir
}

async fn refused(dir: &tempfile::TempDir) -> OpenError {
    let path = dir.path().join(DATABASE_FILE);
    let before = fs::read(&path).unwrap();
    let error = Store::open(dir.path()).await.expect_err("a damaged file was opened");
    assert!(fs::read(&path).unwrap() == before, "the damaged file was changed");
    error
}

#[tokio::test]
async fn a_damaged_page_is_refused_with_the_way_back() {
    let dir = folder(true).await;
    let path = dir.path().join(DATABASE_FILE);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2 / 4_096 * 4_096;
    bytes[middle..middle + 4_096].fill(0xA5);
    fs::write(&path, bytes).unwrap();

    let error = refused(&dir).await;
    let OpenError::Damaged { newest_backup: Some(backup), .. } = &error else { panic!("{error}") };
    let text = error.to_string();
    for part in [path.to_str().unwrap(), backup.to_str().unwrap(), "To restore it"] {
        assert!(text.contains(part), "{part} is not in: {text}");
    }
    // What the message says must work.
    for name in [DATABASE_FILE.to_owned(), format!("{DATABASE_FILE}-wal"), format!("{DATABASE_FILE}-shm")] {
        let file = dir.path().join(&name);
        if file.exists() {
            fs::rename(&file, dir.path().join(format!("kept-{name}"))).unwrap();
        }
    }
    fs::copy(backup, &path).unwrap();
    assert_eq!(open(dir.path()).await.last_seq().await.unwrap(), 5_000);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(DATABASE_FILE), "this is a shopping list, and a long one at that").unwrap();
    let error = refused(&dir).await;
    assert!(matches!(error, OpenError::Damaged { newest_backup: None, .. }), "{error}");
    assert!(error.to_string().contains("There is no backup yet"), "{error}");
}

#[tokio::test]
async fn a_file_that_was_cut_is_refused() {
    let dir = folder(true).await;
    let path = dir.path().join(DATABASE_FILE);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 3]).unwrap();
    assert!(matches!(refused(&dir).await, OpenError::Damaged { .. }));
    fs::write(&path, []).unwrap();
    assert!(matches!(refused(&dir).await, OpenError::Damaged { .. }), "empty, although there is a backup");
}

#[tokio::test]
async fn an_empty_file_of_a_first_start_that_was_killed_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(DATABASE_FILE), []).unwrap();
    assert_eq!(open(dir.path()).await.last_seq().await.unwrap(), 0);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let dir = folder(false).await;
    let options = SqliteConnectOptions::new().filename(dir.path().join(DATABASE_FILE));
    let mut raw = options.connect().await.unwrap();
    let insert =
        "INSERT INTO _sqlx_migrations SELECT 9999, 'later', installed_on, success, checksum, execution_time
                  FROM _sqlx_migrations LIMIT 1";
    sqlx::query(insert).execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    let error = refused(&dir).await;
    assert!(matches!(error, OpenError::Newer { found: 9_999, .. }), "{error}");
}

#[tokio::test]
async fn an_older_database_is_backed_up_before_it_is_migrated() {
    let dir = tempfile::tempdir().unwrap();
    let options =
        SqliteConnectOptions::new().filename(dir.path().join(DATABASE_FILE)).create_if_missing(true);
    let mut raw = options.connect().await.unwrap();
    let first = sqlx::migrate::Migrator::new(std::path::Path::new("../../../migrations")).await.unwrap();
    let oldest = first.iter().find(|m| m.version == 1).unwrap().clone();
    sqlx::migrate::Migrator::with_migrations(vec![oldest]).run(&mut raw).await.unwrap();
    sqlx::query("INSERT INTO states VALUES ('kept', 'yes')").execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();

    let store = open(dir.path()).await;
    assert_eq!(store.state("kept").await.unwrap().as_deref(), Some("yes"));
    assert_eq!(store.revisions(1).await.unwrap(), [], "it was migrated");
    assert_eq!(store.backups().len(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_data_folder_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("new/changeover");
    open(&folder).await;
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
}
