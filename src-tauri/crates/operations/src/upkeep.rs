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
        Ok(Some(path)) => tracing::info!(path = %path.display(), "wrote the daily backup {}", path.display()),
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
