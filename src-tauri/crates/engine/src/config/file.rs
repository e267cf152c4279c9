//! A configuration file that is the source of truth: read at start, and again when it changes.

use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tokio::time::{MissedTickBehavior, interval};

/// How often the file's date is looked at. Polling works on network and container mounts too, where change
/// notifications do not arrive.
const LOOK: Duration = Duration::from_millis(500);

/// What tells one state of a file from another.
type Mark = Option<(SystemTime, u64)>;

/// Watches one file.
#[derive(Debug)]
pub struct FileWatch {
    path: PathBuf,
    seen: Mark,
}

impl FileWatch {
    /// Watches `path` from its present state on.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), seen: mark(path) }
    }

    /// Waits until the file has changed and has then been left alone for one look, so that a file that is
    /// being written is not read half.
    pub async fn changed(&mut self) {
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut settling = None;
        loop {
            ticks.tick().await;
            let now = mark(&self.path);
            if now == self.seen {
                settling = None;
            } else if settling == Some(now) {
                self.seen = now;
                return;
            } else {
                settling = Some(now);
            }
        }
    }
}

fn mark(path: &Path) -> Mark {
    let data = std::fs::metadata(path).ok()?;
    Some((data.modified().ok()?, data.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_change_is_noticed_once_it_has_settled() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("changeover.yaml");
        std::fs::write(&path, "version: 1").unwrap();
        let mut watch = FileWatch::new(&path);
        std::fs::write(&path, "version: 1\nchains: []").unwrap();
        tokio::time::timeout(Duration::from_secs(5), watch.changed()).await.unwrap();
        let quiet = tokio::time::timeout(Duration::from_millis(1500), watch.changed()).await;
        assert!(quiet.is_err(), "nothing changed since");
    }
}
