//! Who holds the configuration in force, and the one way to change it.

use std::{path::PathBuf, sync::Arc};

use arc_swap::ArcSwap;
use contract::{Problem, config::Document, view::Applied};
use domain::time::wall_ms;
use store::{InsertError, Store};
use tokio::sync::Mutex;

use super::{check, error, has_errors, read, starter, to_yaml};

/// The configuration in force.
#[derive(Clone, Debug)]
pub struct InForce {
    /// Its revision.
    pub revision: i64,
    /// The document.
    pub document: Document,
    /// The file that is the source of truth, if one is.
    pub file: Option<PathBuf>,
    /// Why the latest state of that file was not taken.
    pub file_problems: Vec<Problem>,
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The document has errors.
    #[error("the configuration has errors")]
    Invalid(Vec<Problem>),
    /// Somebody else changed the configuration meanwhile.
    #[error(
        "the configuration was changed meanwhile: you looked at revision {expected}, revision {in_force} is in force"
    )]
    Conflict {
        /// The revision that was looked at.
        expected: i64,
        /// The revision in force.
        in_force: i64,
    },
    /// A file is the source of truth.
    #[error("the configuration comes from the file {0}")]
    FromFile(PathBuf),
    /// There is no such revision.
    #[error("there is no revision {0}")]
    NoRevision(i64),
    /// The database refused.
    #[error("the configuration could not be stored: {0}")]
    Store(String),
}

/// Holds the configuration in force. Only one change is made at a time.
#[derive(Debug)]
pub struct ConfigOwner {
    store: Store,
    in_force: ArcSwap<InForce>,
    changing: Mutex<()>,
}

impl ConfigOwner {
    /// Loads the configuration: from `file` when one is given, else the newest revision, else the starter.
    ///
    /// # Errors
    /// The file has errors, or the stored document cannot be read.
    pub async fn load(store: Store, file: Option<PathBuf>, author: &str) -> Result<Self, ApplyError> {
        let stored = store.latest_revision().await.map_err(|e| ApplyError::Store(e.to_string()))?;
        let latest = stored.as_ref().map_or(0, |row| row.revision);
        let document = match (&file, stored.as_ref()) {
            (Some(path), _) => read_file(path)?,
            (None, Some(row)) => read(&row.document).document.ok_or_else(|| {
                ApplyError::Store(format!(
                    "revision {latest} in the database cannot be read; restore a backup"
                ))
            })?,
            (None, None) => starter(),
        };
        let in_force = InForce { revision: latest, document, file, file_problems: vec![] };
        let owner =
            Self { store, in_force: ArcSwap::from_pointee(in_force.clone()), changing: Mutex::default() };
        let changed =
            stored.is_none_or(|row| read(&row.document).document.as_ref() != Some(&in_force.document));
        if changed {
            let note = if in_force.file.is_some() { "read from the file at start" } else { "first start" };
            let _one_at_a_time = owner.changing.lock().await;
            owner.commit(in_force.document, author, note).await?;
        }
        Ok(owner)
    }

    /// The configuration in force.
    #[must_use]
    pub fn current(&self) -> Arc<InForce> {
        self.in_force.load_full()
    }

    /// Makes `document` the configuration: checks it, calls `prepare` for what else can fail, commits the
    /// revision and puts it in force.
    ///
    /// # Errors
    /// As [`ApplyError`] says; nothing has changed then.
    pub async fn apply<P: Future<Output = Result<(), Vec<Problem>>>>(
        &self,
        document: Document,
        expected: i64,
        author: &str,
        note: &str,
        prepare: impl FnOnce(Document) -> P,
    ) -> Result<Applied, ApplyError> {
        let _one_at_a_time = self.changing.lock().await;
        let current = self.current();
        if let Some(file) = &current.file {
            return Err(ApplyError::FromFile(file.clone()));
        }
        if current.revision != expected {
            return Err(ApplyError::Conflict { expected, in_force: current.revision });
        }
        self.check_and_commit(document, author, note, prepare).await
    }

    /// Reads the file again and puts it in force. A file with errors leaves the running configuration as it
    /// is, and its problems are shown.
    ///
    /// # Errors
    /// As [`ApplyError`] says; nothing has changed then.
    pub async fn reload<P: Future<Output = Result<(), Vec<Problem>>>>(
        &self,
        author: &str,
        prepare: impl FnOnce(Document) -> P,
    ) -> Result<Option<Applied>, ApplyError> {
        let _one_at_a_time = self.changing.lock().await;
        let current = self.current();
        let Some(path) = &current.file else { return Ok(None) };
        let outcome = match read_file(path) {
            Ok(document) if document == current.document => Ok(None),
            Ok(document) => {
                self.check_and_commit(document, author, "read from the changed file", prepare).await.map(Some)
            }
            Err(e) => Err(e),
        };
        let problems = match &outcome {
            Err(ApplyError::Invalid(problems)) => problems.clone(),
            Err(e) => {
                vec![error("", e.to_string(), "mend the file; the running configuration stays in force")]
            }
            Ok(_) => vec![],
        };
        let now = self.current();
        self.in_force.store(Arc::new(InForce { file_problems: problems, ..InForce::clone(&now) }));
        outcome
    }

    async fn check_and_commit<P: Future<Output = Result<(), Vec<Problem>>>>(
        &self,
        document: Document,
        author: &str,
        note: &str,
        prepare: impl FnOnce(Document) -> P,
    ) -> Result<Applied, ApplyError> {
        let problems = check(&document);
        if has_errors(&problems) {
            return Err(ApplyError::Invalid(problems));
        }
        prepare(document.clone()).await.map_err(ApplyError::Invalid)?;
        let previous = self.current().revision;
        let revision = self.commit(document, author, note).await?;
        Ok(Applied { revision, previous, warnings: problems })
    }

    async fn commit(&self, document: Document, author: &str, note: &str) -> Result<i64, ApplyError> {
        let current = self.current();
        let yaml = to_yaml(&document).map_err(ApplyError::Store)?;
        let inserted =
            self.store.insert_revision(author, note, wall_ms(), &yaml, Some(current.revision)).await;
        let revision = inserted.map_err(|e| match e {
            InsertError::Conflict { expected, latest } => ApplyError::Conflict { expected, in_force: latest },
            other => ApplyError::Store(other.to_string()),
        })?;
        let next = InForce { revision, document, file_problems: vec![], ..InForce::clone(&current) };
        self.in_force.store(Arc::new(next));
        Ok(revision)
    }

    /// The document of an old revision.
    ///
    /// # Errors
    /// There is none of this number, or it cannot be read.
    pub async fn document_of(&self, revision: i64) -> Result<Document, ApplyError> {
        let row = self.store.revision(revision).await.map_err(|e| ApplyError::Store(e.to_string()))?;
        let row = row.ok_or(ApplyError::NoRevision(revision))?;
        let read = read(&row.document);
        read.document.ok_or(ApplyError::Invalid(read.problems))
    }
}

fn read_file(path: &std::path::Path) -> Result<Document, ApplyError> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        let what = format!("{} cannot be read: {e}", path.display());
        ApplyError::Invalid(vec![error("", what, "check the path and its permissions")])
    })?;
    let read = read(&text);
    read.document.ok_or(ApplyError::Invalid(read.problems))
}
