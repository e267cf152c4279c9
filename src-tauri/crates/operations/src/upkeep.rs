//! Keeps the database small and backed up: once at start and every hour after.

use std::time::Duration;

use domain::time::wall_ms;
use store::{Retention, Store};
use time::OffsetDateTime;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(3_600);
/// Between two steps of pruning, so that events can be committed in between.
const BREATH: Duration = Duration::from_millis(50);

/// Prunes and backs up until `stop` is cancelled. Failures are logged and tried again an hour later.
pub async fn run(store: Store, stop: CancellationToken) {
    let work = async {
        loop {
            once(&store).await;
            sleep(EVERY).await;
        }
    };
    let _stopped = stop.run_until_cancelled(work).await;
}

async fn once(store: &Store) {
    match store.back_up_daily(OffsetDateTime::now_utc()).await {
        Ok(Some(path)) => tracing::info!(path = %path.display(), "wrote the daily backup"),
        Ok(None) => {}
        Err(error) => tracing::error!(%error, "the daily backup could not be written"),
    }
    loop {
        match store.prune(wall_ms(), Retention::default()).await {
            Ok(pruned) if pruned.more => sleep(BREATH).await,
            Ok(_) => return,
            Err(error) => {
                tracing::error!(%error, "old events could not be removed");
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use store::{Commit, EventFilter, EventRow};

    use super::*;

    #[tokio::test]
    async fn each_round_backs_up_and_prunes_all_that_is_old() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let old = |seq| EventRow {
            seq,
            at_ms: 0,
            kind: "attempt".into(),
            chain: None,
            tier: None,
            simulated: false,
            durable: seq == 12_000,
            body: "{}".into(),
        };
        store.commit(&Commit { events: (1..=12_000).map(old).collect(), ..Commit::default() }).await.unwrap();
        once(&store).await;
        let left: Vec<_> =
            store.events(&EventFilter::default()).await.unwrap().iter().map(|e| e.seq).collect();
        assert_eq!(left, [12_000]);
        assert_eq!(store.backups().len(), 1);
        once(&store).await;
        assert_eq!(store.backups().len(), 1, "one a day");
    }
}
